"""One agent: a desk, a phone on some gateway, shifts and breaks.

It must not know callers. The one idea: the person goes by the phone, takes what rings there, wraps up for as long as
the trace has it, and leaves when the contact in hand is done. The desk is told of offers over a connection of its own,
and may be ahead of what the phone is still to hear is over.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from router.cli.play.gateway import CALL_MOST_S, RECONNECT_MOST_S
from router.client import Client
from router.client.outcomes import Refused, Unknown
from router.wire.catalogue import Already, Message, OfferCancelled, TalkOver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from router.cli.play.gateway import PlayGateway
    from router.client import Outcome
    from router.trace import Agent, Shift

SEEN_KEPT: Final = 64
"""Offers remembered, so that the second telling of one (after a new connection) is no second offer."""

OVER_ALREADY: Final = ("gone", "unknown_offer")
"""What an accept may be told when the caller was quicker."""

Stage: TypeAlias = Literal["accepting", "taken", "wrap_up", "completing"]


@dataclass(slots=True)
class Hand:
    """The contact in hand."""

    offer: str
    contact: str
    gateway: str
    stage: Stage = "accepting"
    while_off: bool = False
    """It came although the engine had acknowledged that the agent takes nothing."""


class Person:
    """An agent with one set of skills."""

    def __init__(
        self,
        agent: Agent,
        desk: str,
        phone: str,
        gateway: PlayGateway,
        wrap_ups_us: Mapping[str, int],
        *,
        accepts_at_desk: bool,
    ) -> None:
        """`desk` is the client's name, `phone` the address on `gateway`, `wrap_ups_us` by contact."""
        self.name = agent.name
        self.phone = phone
        self._agent = agent
        self._gateway = gateway
        self._clock = gateway.clock
        self._ledger = gateway.ledger
        self._wrap_ups_us = wrap_ups_us
        self._accepts_at_desk = accepts_at_desk
        self.hand: Hand | None = None
        self._seen: deque[str] = deque(maxlen=SEEN_KEPT)
        self._free = asyncio.Event()
        self._free.set()
        self._off = True
        self.client = Client(
            gateway.addresses,
            desk,
            "desk",
            on_event=self._take,
            call_timeout_s=CALL_MOST_S,
            reconnect_most_s=RECONNECT_MOST_S,
        )

    # -- shifts ----------------------------------------------------------------------------------------------

    async def work(self) -> None:
        """Every shift of the trace, or until the play is cut short."""
        for shift in sorted(self._agent.shifts, key=lambda each: each.from_us):
            if not await self._clock.until(shift.from_us):
                return
            if shift.to_us <= self._clock.now_us():
                continue
            await self._work(shift)

    async def _work(self, shift: Shift) -> None:
        client, gateway = self.client, self._gateway
        gateway.phones[self.phone] = self
        self._hear("attach", await gateway.client.attach(self.phone, self.name))
        self._off = False
        self._hear("log_in", await client.log_in(self.name, ready=True))
        for pause in shift.breaks:
            if not await self._clock.until(min(pause.from_us, shift.to_us)) or pause.from_us >= shift.to_us:
                break
            if not await self._rest(pause.for_us, shift.to_us):
                break
        await self._clock.until(shift.to_us)
        self._hear("log_out", await client.log_out(self.name))
        self._off = self._off or self.hand is None
        await self._free.wait()
        self._off = True
        gateway.phones.pop(self.phone, None)
        self._hear("detach", await gateway.client.detach(self.phone), "unknown_endpoint")

    async def _rest(self, for_us: int, to_us: int) -> bool:
        """A break of its whole length from the moment that it begins. False where the shift ends before it does."""
        self._hear("not_ready", await self.client.not_ready(self.name, "break"))
        self._off = self.hand is None
        await self._free.wait()
        self._off = True
        until_us = self._clock.now_us() + for_us
        if not await self._clock.until(min(until_us, to_us)) or until_us >= to_us:
            return False
        self._off = False
        self._hear("ready", await self.client.ready(self.name))
        return True

    def _hear(self, what: str, outcome: Outcome, *fine: str) -> None:
        if isinstance(outcome, Refused) and outcome.code not in fine:
            self._ledger.fault("unexpected", f"{self.name}: {what} is refused: {outcome.code} {outcome.detail}")
        elif isinstance(outcome, Unknown):
            self._ledger.fault("unknown", f"{self.name}: {what}: {outcome.why}")

    # -- offers ----------------------------------------------------------------------------------------------

    def _take(self, event: Message) -> None:
        """What the desk is told is over; the phone's gateway is told the same."""
        match event:
            case OfferCancelled():
                self.cancelled(event.offer)
            case TalkOver():
                self.talk_over(event.offer, event.contact)

    def rung(self, offer: str, contact: str, gateway: str, live: set[str]) -> None:
        """The phone rings, or is said to ring still. `live` is what the engine has named to the phone's gateway since
        that connected, this offer too."""
        if offer in self._seen:
            return
        self._seen.append(offer)
        self.keep_only(live)
        if self.hand is not None and self.hand.stage != "completing":
            self._ledger.fault("doubled", f"{self.name} is offered {contact} with {self.hand.contact} in hand")
            return
        self.hand = Hand(offer, contact, gateway, while_off=self._off)
        self._free.clear()
        self._gateway.spawn(self._accept(self.hand))

    async def _accept(self, hand: Hand) -> None:
        client = self.client if self._accepts_at_desk else self._gateway.client
        outcome = await client.accept(hand.offer)
        if isinstance(outcome, Refused):
            if outcome.code not in OVER_ALREADY:
                self._hear("accept", outcome)
            self._let_go(hand)
        elif isinstance(outcome, Unknown):
            self._hear("accept", outcome)
            self._let_go(hand)
        elif self.hand is hand:
            if hand.while_off:
                self._ledger.fault("unexpected", f"{self.name} is off, and could take contact {hand.contact}")
            # `Already`: done before, with an outcome that nobody remembers. The end of the sync tells.
            if not isinstance(outcome, Already):
                self._ledger.taken(self.name, hand.contact, hand.offer)
            if hand.stage == "accepting":
                hand.stage = "taken"
            if client is self._gateway.client and hand.gateway == self._gateway.name:
                self._gateway.accepted(hand.contact, self.name)

    def cancelled(self, offer: str) -> None:
        """It rings no more."""
        hand = self.hand
        if hand is not None and hand.offer == offer and hand.stage in ("accepting", "taken"):
            self._let_go(hand)

    def talk_over(self, offer: str, contact: str) -> None:
        """The talk is over: wrap up. The contact counts, since an engine that lost the offer gives it a new id."""
        hand = self.hand
        if hand is None or (hand.offer != offer and hand.contact != contact):
            return
        if hand.stage in ("accepting", "taken"):
            hand.stage = "wrap_up"
            self._gateway.spawn(self._wrap_up(hand))

    async def _wrap_up(self, hand: Hand) -> None:
        await self._clock.until(self._clock.now_us() + self._wrap_ups_us.get(hand.contact, 0))
        hand.stage = "completing"
        self._ledger.released(self.name, hand.contact)
        outcome = await self.client.complete(hand.contact, gateway=hand.gateway, resolved="yes")
        self._hear(f"complete of {hand.contact}", outcome)
        self._let_go(hand)

    def _let_go(self, hand: Hand) -> None:
        self._ledger.released(self.name, hand.contact)
        if self.hand is hand:
            self.hand = None
            self._free.set()

    def keep_only(self, live: set[str]) -> None:
        """What is in hand and not named was over when the phone's gateway connected."""
        hand = self.hand
        if hand is None or hand.stage not in ("accepting", "taken"):
            return
        if hand.offer not in live:
            self._let_go(hand)
        elif hand.stage == "taken":
            self._ledger.taken(self.name, hand.contact, hand.offer)
