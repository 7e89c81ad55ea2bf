"""The judge's view of where contacts go: the queue that was asked for, or one along treatments that lead to a queue.

All from the settings and from what was said; nothing from the core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core import commands as ask
from router.core import settings as of
from router.core.effects import ContactEvent
from tests.sim.seen import Visit

if TYPE_CHECKING:
    from tests.sim.judge import Judge


class RouteBook:
    """See the module."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def entered(self, visit: Visit, asked: ask.Enqueue | ask.AliveContact, event: ContactEvent) -> None:
        """It was let in: where it asked, or where treatments lead from there."""
        if event.queue == visit.queue.name:
            return
        if isinstance(asked, ask.AliveContact) or event.queue not in self._reached(visit):
            self._judge.fault("routes", f"{visit.id} asked for {visit.queue.name} and is in {event.queue}")
        visit.direct = visit.preferred = None
        self._now_in(visit, event.queue)

    def moved(self, visit: Visit, event: ContactEvent) -> None:
        """It goes on waiting elsewhere: only while it waits, only where a treatment leads, and not for ever."""
        if event.queue == visit.queue.name or event.queue not in self._reached(visit):
            self._judge.fault("routes", f"{visit.id} was sent from {visit.queue.name} to {event.queue}")
        visit.moves += 1
        if visit.moves > self._judge.settings.hops_max:
            self._judge.fault("routes", f"{visit.id} was sent on {visit.moves} times")
        visit.direct = visit.preferred = None
        self._now_in(visit, event.queue)

    def _reached(self, visit: Visit) -> set[str]:
        """Queues that treatments lead to from the visit's queue: the first, and on from it in at most so many steps."""
        found: set[str] = set()
        ends = {visit.queue.name}
        for _ in range(self._judge.settings.hops_max + 1):
            ends = {
                name for end in ends for name in _leads_to(self._judge.queues[end], visit.channel, self._judge.queues)
            }
            found |= ends
        return found

    def _now_in(self, visit: Visit, name: str) -> None:
        queue = self._judge.queues.get(name)
        if queue is None:
            return
        visit.queue = queue
        needs = dict(queue.needs)
        visit.needs = {
            skill: max(needs.get(skill, 0), visit.own_needs.get(skill, 0)) for skill in {**needs, **visit.own_needs}
        }


def _leads_to(queue: of.Queue, channel: str, queues: dict[str, of.Queue]) -> list[str]:
    return [
        treatment.to
        for _, treatment in queue.treatments
        if treatment.do == "queue" and treatment.to in queues and channel in queues[treatment.to].channels
    ]
