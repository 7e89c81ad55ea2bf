"""The client that owns tickets: a customer-relations system that says whatever it likes to any of its tickets at any
time, the agents' work included. What is no longer so is refused, and nothing may come of that.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from router.core import commands as ask
from router.core import internal as told
from router.core.effects import Accepted, Error, Message, Reply, State, TicketEvent, TrackReply
from router.terms import SECOND_US
from tests.sim.client import Client
from tests.sim.tickets import CRM, TICKET

if TYPE_CHECKING:
    from tests.sim.run import Run


class Crm(Client):
    """See the module."""

    role = "gateway"

    def __init__(self, run: Run) -> None:
        super().__init__(run.site, CRM)
        self.run = run
        self.rng = Random(f"crm {run.plan.seed}")
        self.queues = [queue.name for queue in run.plan.settings.queues if TICKET in queue.channels]
        self.known: dict[str, None] = {}
        """Tickets that may live."""
        self.solved: list[str] = []
        self._number = 0
        self._reports_connecting = self.rng.random() < 0.5

    # -- saying -------------------------------------------------------------------------------------------------------

    def hello(self) -> told.GatewayUp:
        """What it says of itself."""
        return told.GatewayUp(f"crm-{self._instance}", "gateway", False, self._reports_connecting)

    def introduce(self) -> None:
        """It lists none of its tickets: they are kept all the same."""
        self._transmit(ask.SyncEnd(1))

    def beat(self) -> None:
        """New tickets, and something said to one of the old ones."""
        if not self.queues:
            return
        if self.run.calming:
            for contact in list(self.known):
                self._end(contact)
            return
        if self.rng.random() < 0.4 and len(self.known) < 12:
            self._arrive()
        for _ in range(self.rng.choice((0, 1, 1, 2))):
            if self.known:
                self._bother(self.rng.choice(list(self.known)))
        if self.solved and self.rng.random() < 0.2:
            self._reopen()

    def _arrive(self) -> None:
        self._number += 1
        queue = self.rng.choice(self.queues)
        due_ms = self.rng.choice((None, None, 0, 8_000, 60_000))
        self.site.faults["ticket without a path"] += queue == "t2"
        contact = f"t{self._number}"
        self.known[contact] = None
        self.say(ask.Enqueue(1, contact, queue, TICKET, due_ms=due_ms))

    def _bother(self, contact: str) -> None:
        rng = self.rng
        kinds = ("customer", "department", "date")
        requests: list[ask.Request] = [
            ask.Complete(1, contact, None, rng.choice(((), ("sold",), ("solved",))), "no"),
            ask.Complete(1, contact, None, (), rng.choice(("yes", "yes", "unknown"))),
            ask.CloseTicket(1, contact), ask.CloseTicket(1, contact), ask.OpenTicket(1, contact),
            ask.Pend(1, contact, rng.choice(kinds), rng.choice((None, 2_000, 9_000))),  # type: ignore[arg-type]  # one of its literals
            ask.Pend(1, contact, "customer"), ask.Resume(1, contact), ask.Resume(1, contact), ask.Hold(1, contact),
            ask.Track(1, contact), ask.Transfer(1, contact, rng.choice(self.queues)),
            ask.Update(1, contact, rng.choice((0, 30)), {"note": "x"}),
        ]  # fmt: skip
        request = rng.choice(requests)
        self.say(request)
        if isinstance(request, ask.Complete) and request.resolved == "yes":
            self.solved = [*self.solved[-8:], contact]
        if rng.random() < 0.02:
            self.site.faults["ticket withdrawn"] += 1
            self._end(contact)

    def _end(self, contact: str) -> None:
        self.known.pop(contact, None)
        self.say(ask.End(1, contact, "withdrawn"))

    def _reopen(self) -> None:
        self._number += 1
        contact = f"t{self._number}"
        self.known[contact] = None
        self.say(ask.Reopen(1, contact, self.rng.choice(self.solved)))

    # -- hearing ------------------------------------------------------------------------------------------------------

    def answered(self, request: Any, reply: Reply) -> None:
        """What came of it. A ticket that is over is not spoken of any more."""
        self.site.faults["ticket tracked"] += isinstance(reply, TrackReply)
        contact = getattr(request, "contact", "")
        if isinstance(reply, Error) and (reply.code == "unknown_contact" or reply.detail == "ended"):
            self.known.pop(contact, None)

    def event(self, message: Message) -> None:
        """Something that it was told."""
        if isinstance(message, Accepted) and self._reports_connecting:
            contact = message.contact
            self.site.after(self.site.some(SECOND_US // 2), lambda: self.say(ask.Connected(1, contact)))
        elif isinstance(message, TicketEvent):
            self.site.faults[f"ticket: {message.news}"] += 1
            self.site.faults[f"ticket: {message.news}: {message.why}"] += 1
        elif isinstance(message, State):
            for known in message.contacts:
                if known.contact not in self.known:
                    self.site.faults["ticket unknown after a list"] += 1
                    self.known[known.contact] = None
