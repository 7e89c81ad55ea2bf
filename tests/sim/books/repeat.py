"""The judge's own memory of customers: who is told to come again has been served, and who was served is known again.

All from visits as they were said to end; nothing from the core.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from router.core import commands as ask
from router.core.effects import ContactEvent, Queued, Reply
from router.core.tickets.ticket import TICKET
from router.terms import SECOND_US
from tests.sim.seen import Visit

if TYPE_CHECKING:
    from tests.sim.judge import Judge

KEPT = 8
"""So many served contacts of a customer are remembered at least, where there is room for the customer."""
ALL = 100
"""Settings from here on leave nobody out in a run."""


class ServedSeen(Struct, frozen=True):
    """A part of a visit that was answered. Not `sure`: perhaps."""

    arrived_us: int
    about: str
    """Its business type, or its queue."""
    sure: bool


class RepeatBook:
    """See the module."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._served: defaultdict[str, list[ServedSeen]] = defaultdict(list)

    def over(self, visit: Visit, queue: str, sure: bool) -> None:
        """This visit, or the part of it in that queue, was answered and is over."""
        if visit.customer_id is not None and not visit.test:
            served = ServedSeen(visit.arrived_us, visit.business or queue, sure and not visit.unsure)
            self._served[visit.customer_id].append(served)

    def ended(self, visit: Visit, event: ContactEvent) -> None:
        """Nobody works on it any more."""
        if event.outcome == "answered":
            self.over(visit, event.queue, sure=True)

    def let_in(self, visit: Visit | None, command: ask.Enqueue, reply: Reply) -> None:
        """Where it was let in now: what the engine says of its customer must be so; what follows from that is noted."""
        judge = self._judge
        if visit is None or visit.admitted_step != judge.step or not isinstance(reply, Queued):
            return
        rules = judge.settings.repeat
        asked = judge.routes.queue_of(command)
        about = command.business or asked
        known = self._served[command.customer or ""]
        recent = [one for one in known if 0 <= judge.now_us - one.arrived_us <= rules.window_us]
        same = [one for one in recent if one.about == about]
        most, least = (0, 0) if visit.test else (len(same), sum(one.sure for one in same))
        if len(recent) > KEPT or rules.customers_max < ALL or rules.contacts_per_day_max < ALL or not rules.window_us:
            least = 0
        if command.channel == TICKET:
            most = least = 0
        if command.token is not None:
            # It takes a place back: the visit that it goes on with was counted.
            least = 0
        if not least <= reply.repeat <= most:
            judge.fault("repeats", f"{command!r}: {reply!r}, and {least} to {most} are known")
        if not reply.repeat:
            return
        judge.reached["known again"] += 1
        again = judge.routes.repeat_of(command)
        visit.priority_s += again.head_start_us // SECOND_US
        if again.same_agent_us and command.preferred is None and command.agent is None:
            # Whoever served them last; this judge need not know who that was to leave it alone until then.
            visit.preferred = "somebody"
            visit.preferred_until_us = judge.now_us + again.same_agent_us
        if visit.queue.name != asked and again.queue:
            judge.reached["sent to specialists"] += visit.queue.name == again.queue
            # By the time that it comes, or along treatments: with the first it keeps whom it waits for.
            visit.unsure = True
