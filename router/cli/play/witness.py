"""A monitor that writes down the engine's own word on how each visit ended.

It must not know gateways. The one idea: events are numbered, so it comes back where it was; only a new epoch (the
engine was killed) can have swallowed some, and that is counted.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from router.cli.play.gateway import CALL_MOST_S, RECONNECT_MOST_S
from router.client import Client
from router.wire.catalogue import AgentEvent, ContactEvent, Message, Resumed, Subscribe, TicketEvent

if TYPE_CHECKING:
    from router.cli.play.ledger import Ledger
    from router.client import Outcome


class Witness:
    """Follows the numbered events from when it is started."""

    def __init__(self, name: str, addresses: list[str], ledger: Ledger) -> None:
        self.epoch = 0
        self.restarts = 0
        """Epochs after the first."""
        self._ledger = ledger
        self._number = 0
        self._following = asyncio.Event()
        self.client = Client(
            addresses,
            name,
            "monitor",
            on_event=self._take,
            call_timeout_s=CALL_MOST_S,
            reconnect_most_s=RECONNECT_MOST_S,
        )
        self.client.on_no_engine(0.0, self._gone, self._back)

    async def ready(self, timeout_s: float) -> bool:
        """Events are followed from now on; False where that takes too long."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._following.wait()
        except TimeoutError:
            return False
        return True

    def _gone(self) -> None:
        self._following.clear()

    def _back(self) -> None:
        # The answer is taken as it comes, since the first events may be right behind it.
        self.client.send(Subscribe(0, self.epoch, self._number), self._answered)

    def _answered(self, outcome: Outcome) -> None:
        if not isinstance(outcome, Resumed):
            self._ledger.fault("unexpected", f"the monitor could not subscribe: {outcome}")
            return
        if self.epoch and (outcome.epoch != self.epoch or outcome.from_number > self._number + 1):
            self._ledger.gaps += 1
        if self.epoch and outcome.epoch != self.epoch:
            self.restarts += 1
        self.epoch, self._number = outcome.epoch, outcome.from_number - 1
        self._following.set()

    def _take(self, event: Message) -> None:
        if not isinstance(event, ContactEvent | AgentEvent | TicketEvent):
            return
        if self._following.is_set() and event.number != self._number + 1:
            self._ledger.fault("unexpected", f"event {event.number} follows event {self._number}")
        self._number = event.number
        if isinstance(event, ContactEvent) and event.state == "ended":
            self._ledger.told(event.contact, event.outcome or "")
