"""One visit: somebody calls, waits, talks or hangs up.

It must not know how messages travel. The one idea: the caller is alive until the engine has acknowledged the end, so
that a gateway which connects anew never forgets one.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal, TypeAlias

from router.client.outcomes import Refused, Unknown
from router.terms import MILLISECOND_US, LeaveReason
from router.wire.catalogue import AliveContact, RefusedEntry

if TYPE_CHECKING:
    from router.cli.play.gateway import PlayGateway
    from router.trace import Contact, Draw

Stage: TypeAlias = Literal["new", "waiting", "talking", "over", "gone"]
"""`over`: the caller has left, and the engine has not acknowledged it; `gone`: it has."""

NEVER_US = 1 << 60
"""The patience of who never hangs up: thirty thousand years."""


class Caller:
    """A contact of a gateway."""

    def __init__(self, name: str, contact: Contact, draw: Draw, gateway: PlayGateway) -> None:
        self.name = name
        self.contact = contact
        self.draw = draw
        self.stage: Stage = "new"
        self.agent = ""
        self._gateway = gateway
        self._joined_us = 0
        self._joined = asyncio.Event()
        self._asked_us = 0

    # -- what happens to it ----------------------------------------------------------------------------------

    async def call(self) -> None:
        """From arrival to the end."""
        gateway, contact = self._gateway, self.contact
        clock, ledger = gateway.clock, gateway.ledger
        if not await clock.until(contact.arrival_us):
            return
        self.stage = "waiting"
        self._asked_us = clock.now_us()
        gateway.callers[self.name] = self
        ledger.asked(self.name, contact.queue, self._asked_us)
        if not await self._enter():
            self._leave_books()
            return
        patience_us = self.draw.patience_us
        until_us = NEVER_US if patience_us is None else self._asked_us + patience_us
        if await clock.either_or_hurry(self._joined, until_us):
            await clock.until(self._joined_us + self.draw.service_us)
            await self._end("hangup", "answered")
        elif self.stage == "waiting":
            hurried = clock.hurried and clock.now_us() < until_us
            await self._end("withdrawn" if hurried else "hangup", "withdrawn" if hurried else "abandoned")
        self._leave_books()

    async def _enter(self) -> bool:
        """True once the engine has it."""
        contact, gateway = self.contact, self._gateway
        outcome = await gateway.client.enqueue(
            self.name,
            contact.queue,
            contact.channel,
            priority_s=contact.head_start_s,
            customer=contact.customer,
            data={"trace": contact.id},
        )
        if isinstance(outcome, RefusedEntry):
            gateway.ledger.refused(self.name, outcome.why)
            return False
        if isinstance(outcome, Refused):
            gateway.ledger.refused(self.name, outcome.code)
            gateway.ledger.fault("unexpected", f"contact {self.name}: enqueue is refused: {outcome.code}")
            return False
        if isinstance(outcome, Unknown):
            gateway.ledger.fault("unknown", f"contact {self.name}: enqueue: {outcome.why}")
            return False
        gateway.ledger.acknowledged(self.name)
        return True

    def accepted(self, agent: str) -> None:
        """An agent takes it: join them now. Said again it changes nothing."""
        if self.stage != "waiting":
            return
        self.stage, self.agent = "talking", agent
        self._joined_us = self._gateway.clock.now_us()
        self._gateway.ledger.joined(self.name, agent, self._joined_us)
        self._joined.set()
        self._gateway.spawn(self._tell_joined())

    async def _tell_joined(self) -> None:
        outcome = await self._gateway.client.connected(self.name)
        if isinstance(outcome, Refused):
            self._gateway.ledger.fault("unexpected", f"contact {self.name}: connected is refused: {outcome.code}")
        elif isinstance(outcome, Unknown):
            self._gateway.ledger.fault("unknown", f"contact {self.name}: connected: {outcome.why}")

    def treated(self) -> None:
        """The engine has ended the visit by itself."""
        if self.stage == "waiting":
            self.stage = "gone"
            self._gateway.ledger.ended(self.name, "treated", self._gateway.clock.now_us())
            self._joined.set()

    async def _end(self, reason: LeaveReason, how: str) -> None:
        if self.stage == "gone":
            return
        self.stage = "over"
        outcome = await self._gateway.client.end(self.name, reason)
        ledger = self._gateway.ledger
        if isinstance(outcome, Refused):
            ledger.fault("unexpected", f"contact {self.name}: end is refused: {outcome.code}")
        elif isinstance(outcome, Unknown):
            ledger.fault("unknown", f"contact {self.name}: end: {outcome.why}")
        self.stage = "gone"
        ledger.ended(self.name, how, self._gateway.clock.now_us())
        self._gateway.talk_ended(self.name)

    def _leave_books(self) -> None:
        self.stage = "gone"
        self._gateway.callers.pop(self.name, None)

    # -- what its gateway says of it -------------------------------------------------------------------------

    def alive(self) -> AliveContact:
        """For the list after hello."""
        contact, now_us = self.contact, self._gateway.clock.now_us()
        talks = bool(self.agent)
        return AliveContact(
            self.name,
            contact.queue,
            contact.channel,
            priority_s=contact.head_start_s,
            customer=contact.customer,
            waited_ms=((self._joined_us if talks else now_us) - self._asked_us) // MILLISECOND_US,
            data={"trace": contact.id},
            talks_to=self.agent or None,
            talked_ms=(now_us - self._joined_us) // MILLISECOND_US if talks else 0,
        )
