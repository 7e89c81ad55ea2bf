"""The judge's book of call-backs and places: a place goes over whole (I6), nobody is dialled more often than the queue
says, before their time, in a pause or twice at once, and a number has one open call-back a queue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from router.core import commands as ask
from router.core.effects import CallbackTaken, ContactEvent, Dial, DialCancelled, Error, Ok, Queued, Reply
from router.terms import MILLISECOND_US
from tests.sim.seen import GatewaySeen, Visit, asked_for

if TYPE_CHECKING:
    from tests.sim.judge import Judge

Asked = ask.TakeCallback | ask.ScheduleCallback


class Seen(Struct, eq=False):
    """A call-back that was promised."""

    home: str
    """The gateway that has it."""
    number: str
    customer: str | None
    queue: str
    from_us: int
    agent_until_us: int = 0
    """It belongs to an agent until then."""
    tries: int = 0
    dialling: bool = False
    failed_us: int = -1
    """When a try failed last."""
    reached: bool = False
    listed: bool = False
    """Its gateway has just said that the customer is on the line."""


class CallbackBook:
    """See the module."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.open: dict[str, Seen] = {}
        self._tokens: dict[str, Visit] = {}
        """Token -> the visit that had its place last."""
        self.over: Visit | None = None
        """The visit that ended last: a call-back may have its place."""

    # -- contacts -------------------------------------------------------------------------------------------------

    def admitted(self, key: tuple[str, str]) -> Visit | None:
        """A contact that nobody brought by its id: is it a call-back that this very command asked for?"""
        judge, command = self._judge, self._judge.command
        if not key[1].startswith("callback-") or not isinstance(command, Asked):
            return None
        gateway = judge.gateway(key[0])
        if isinstance(command, ask.TakeCallback):
            had = self.over
            if had is None or had.id != command.contact:
                # It has left, and is not over while an agent of before a transfer still wraps up.
                had = judge.visits.get((key[0], command.contact))
            if had is None:
                return None
            visit = replace(
                had, gateway=gateway, id=key[1], channel="callback", body=None, state="new", missed={}, preferred=None,
                gave_back=("", 0), offer=None, ringing={}, others=[], waited_us=0, direct_us=0,
                assigned=False, arrived_us=judge.now_us, places=[], kept={},
            )  # fmt: skip
            customer = None
        else:
            queue = judge.queues[command.queue]
            own = dict(command.needs or {})
            visit = Visit(
                gateway, key[1], queue, "callback", queue.needs, own, command.priority_s, judge.now_us
            )  # fmt: skip
            visit.unsure = True  # its wait begins when it is due
            customer = command.customer
        visit.unsure, visit.clock = visit.unsure or bool(visit.clock), ""
        visit.direct = command.agent
        # It belongs to the agent for a while, then to anybody.
        visit.unsure = visit.unsure or command.agent is not None
        self._open(key[1], command, visit, customer)
        judge.visits[key] = visit
        return visit

    def _open(self, callback: str, command: Asked, visit: Visit, customer: str | None) -> None:
        judge = self._judge
        rules = visit.queue.callback
        for name, seen in self.open.items():
            same = seen.number == command.number or (customer is not None and seen.customer == customer)
            if seen.queue == visit.queue.name and same and not seen.reached:
                judge.fault("C1", f"{callback} is opened for {command.number}, and {name} is open")
        if not command.number.startswith(rules.numbers) or command.number.startswith(rules.numbers_barred):
            judge.fault("C2", f"{callback} is for {command.number}, which {visit.queue.name} may not dial")
        from_us = judge.now_us + command.not_before_ms * MILLISECOND_US
        until_us = from_us + rules.agent_most_us
        self.open[callback] = Seen(visit.gateway.key, command.number, customer, visit.queue.name, from_us, until_us)

    def entered(self, visit: Visit, asked: Any) -> None:
        """A contact came in; with a token it has the place of whoever had that last."""
        token = getattr(asked, "token", None)
        if token is not None:
            self._take_over(visit, self._tokens.get(token))
            self._judge.reached["place kept by token"] += 1

    def _take_over(self, visit: Visit, had: Visit | None) -> None:
        if had is None:
            visit.unsure = True
            return
        visit.entered_us, visit.priority_s, visit.unsure = had.entered_us, had.priority_s, had.unsure
        # The class and target are its own; who had it may have had others.
        visit.unsure = visit.unsure or visit.queue is not had.queue or bool(visit.clock or had.clock)

    def moved_house(self, event: ContactEvent) -> Visit | None:
        """A call-back is on another gateway now: its own stayed away, or is back."""
        judge = self._judge
        if not event.contact.startswith("callback-"):
            return None
        seen = self.open.get(event.contact)
        listed = asked_for(judge.command, event.contact) is not None
        if seen is None or (listed and (seen.reached or seen.dialling)):
            return None  # a customer who was on the line all the time, and was called again meanwhile: two visits
        visit = judge.visits.pop((seen.home, event.contact), None)
        if visit is None:
            return None
        visit.gateway = judge.gateway(event.gateway)
        judge.visits[event.gateway, event.contact] = visit
        judge.reached["call-back on another gateway"] += 1
        seen.home = event.gateway
        seen.dialling = seen.reached = False
        return visit

    def ended(self, visit: Visit) -> None:
        """A contact is over."""
        self.over = visit
        seen = self.open.get(visit.id)
        if seen is not None and seen.home == visit.gateway.key:
            del self.open[visit.id]

    # -- what is said ---------------------------------------------------------------------------------------------

    def said(self, gateway: GatewaySeen, command: Any, reply: Reply) -> None:
        """A request about call-backs, or an enqueue, was answered."""
        if isinstance(reply, Queued | CallbackTaken):
            self._note_token(gateway, reply)
        if isinstance(reply, CallbackTaken) and reply.callback not in self.open:
            self._judge.fault("C1", f"{reply!r}, and no contact was made")
        if isinstance(command, ask.Sync) and isinstance(reply, Ok):
            self._list(command)
        elif isinstance(command, ask.Dialled) and isinstance(reply, Ok):
            self._result(command)
        elif isinstance(command, ask.Transfer) and isinstance(reply, Ok):
            self.open.pop(command.contact, None)  # a call like others from now on
        elif isinstance(command, ask.TakePlace) and isinstance(reply, Ok):
            visit = self._judge.visits.get((gateway.key, command.contact))
            if visit is not None:
                self._take_over(visit, self.over if command.callback else self._tokens.get(command.token or ""))
        elif isinstance(command, ask.Dialled) and isinstance(reply, Error):
            seen = self.open.get(command.contact)
            # Its old gateway may tell of an old dial, while another one dials.
            if seen is not None and seen.dialling and seen.home == gateway.key:
                self._judge.fault("C3", f"{command!r}: {reply!r}, and it is being dialled")

    def _note_token(self, gateway: GatewaySeen, reply: Queued | CallbackTaken) -> None:
        name = reply.contact if isinstance(reply, Queued) else reply.callback
        home = gateway.key if isinstance(reply, Queued) else f"main/{reply.gateway}"
        visit = self._judge.visits.get((home, name))
        if visit is not None and reply.token is not None:
            self._tokens[reply.token] = visit

    def _list(self, command: ask.Sync) -> None:
        """A gateway says what it dials, and who is on its lines."""
        for alive in command.contacts:
            seen = self.open.get(alive.contact)
            if seen is not None:
                seen.listed = True
                seen.reached = seen.reached or not alive.dialling
                seen.dialling = seen.dialling and not seen.reached

    def _result(self, command: ask.Dialled) -> None:
        seen = self.open.get(command.contact)
        if seen is None:
            return  # its tries were used up
        if command.result == "answered":
            seen.dialling, seen.reached = False, True
        else:
            self._failed(command.contact, seen)

    def _failed(self, callback: str, seen: Seen) -> None:
        seen.dialling, seen.failed_us = False, self._judge.now_us
        for (_, name), visit in self._judge.visits.items():
            if name == callback and visit.queue.callback.no_answer == "front":
                visit.unsure = True

    def told(self, gateway: str, message: Dial | DialCancelled) -> None:
        """A gateway is told to dial, or to stop."""
        if isinstance(message, Dial):
            self.dialled(gateway, message)
        else:
            self.cancelled(message)

    def dialled(self, gateway: str, dial: Dial) -> None:
        """A gateway is told to dial."""
        judge, seen = self._judge, self.open.get(dial.contact)
        visit = judge.visits.get((gateway, dial.contact))
        if seen is not None and seen.reached and sum(name == dial.contact for _, name in judge.visits) > 1:
            return  # its old gateway has listed it as well: two visits of one id, of which the book knows one
        if seen is None or visit is None or seen.reached:
            judge.fault("C3", f"{gateway} is told {dial!r}, and it is not open there")
            return
        rules = visit.queue.callback
        seen.tries += 1
        if seen.dialling:
            judge.fault("C3", f"{dial!r} while it is being dialled")
        if seen.tries > rules.tries or seen.tries != dial.attempt:
            judge.fault("C4", f"{dial!r} is the {seen.tries}th try of {rules.tries}")
        if judge.now_us < seen.from_us:
            judge.fault("C5", f"{dial!r} is {seen.from_us - judge.now_us} us too early")
        if seen.failed_us >= 0 and judge.now_us < seen.failed_us + rules.pause_us:
            judge.fault("C5", f"{dial!r} in its pause")
        if dial.number != seen.number:
            judge.fault("C2", f"{dial!r}, and {seen.number} was asked for")
        if dial.offer is None and not judge.gateway(gateway).open():
            judge.fault("C3", f"{dial!r} to {gateway}, which takes no offers now")
        seen.dialling = True

    def cancelled(self, cancelled: DialCancelled) -> None:
        """A dial is given up."""
        seen = self.open.get(cancelled.contact)
        if seen is not None and seen.dialling:
            self._failed(cancelled.contact, seen)

    def lost(self, gateway: GatewaySeen) -> None:
        """A gateway's list is whole, or it stayed away: dials and customers that are not there any more were tries."""
        for (home, name), visit in self._judge.visits.items():
            seen = self.open.get(name)
            if seen is None or home != gateway.key or visit.state not in ("held", "waiting"):
                continue
            if not seen.listed:
                seen.dialling = seen.reached = False
            seen.listed = False

    def offered(self, visit: Visit) -> None:
        """It is offered: one that belonged to an agent may be anybody's by now."""
        seen = self.open.get(visit.id)
        if seen is not None and not visit.assigned and (seen.reached or self._judge.now_us >= seen.agent_until_us):
            visit.direct = None

    def joined(self, visit: Visit) -> None:
        """Talk begins: what it waits in another queue afterwards does not count the time at home."""
        visit.unsure = visit.unsure or visit.id in self.open

    def time_of(self, visit: Visit, connect_us: int) -> int:
        """How long joining may take: dialling takes longer."""
        seen = self.open.get(visit.id)
        return connect_us if seen is None else max(connect_us, visit.queue.callback.dial_most_us)
