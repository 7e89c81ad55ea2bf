"""The judge's view of where contacts go: the queue that was asked for, or one along treatments that lead to a queue.

All from the settings and from what was said; nothing from the core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from router.core import commands as ask
from router.core import settings as of
from router.core.customers.settings import Again
from router.core.effects import ContactEvent, SteerTo
from router.core.routes.settings import Condition, Route
from router.terms import SECOND_US, NeedsTable
from tests.sim.seen import Visit

if TYPE_CHECKING:
    from tests.sim.judge import Judge


Asked = ask.Enqueue | ask.AliveContact


class RouteBook:
    """See the module."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    # -- the table, naively -------------------------------------------------------------------------------------------

    def row_of(self, asked: Asked) -> Route | None:
        """The first row that it meets, tried one by one."""
        if asked.queue is not None and isinstance(asked, ask.Enqueue):
            return None
        row = next(
            (row for row in self._judge.settings.routes if _meets(row.conditions, asked, self._judge.hours.open_now())),
            None,
        )
        return row if row is not None and asked.queue in (None, row.queue) else None

    def queue_of(self, asked: Asked) -> str:
        """Where it goes."""
        row = self.row_of(asked)
        return asked.queue if asked.queue is not None else (row.queue if row is not None else None) or ""

    def repeat_of(self, asked: Asked) -> Again:
        """What is done for who comes again: its row's word, else its queue's."""
        row = self.row_of(asked)
        if row is not None and row.repeat is not None:
            return row.repeat
        return self._judge.queues[self.queue_of(asked)].repeat

    def needs_of(self, asked: Asked) -> NeedsTable:
        """Its needs beyond the queue's: its row's, which are skills here, and its own."""
        row = self.row_of(asked)
        levels: dict[str, Any] = dict(row.needs.skills) if row is not None else {}
        for key, value in (asked.needs or {}).items():
            levels[key] = max(value, levels.get(key, 0)) if isinstance(value, int) else value
        return levels

    def priority_of(self, asked: Asked) -> int:
        """Its head start."""
        row = self.row_of(asked)
        return asked.priority_s + (row.priority_us // SECOND_US if row is not None else 0)

    def mark(self, visit: Visit, asked: Asked) -> None:
        """Note what the routes say of it beyond that."""
        row = self.row_of(asked)
        segments = self._judge.settings.segments
        named = (row.segment if row is not None else None) or ""
        of_it = [one for one in segments if (one.name == named if named else _meets(one.conditions, asked))]
        segment = of_it[0] if of_it else None
        visit.own_target_us = segment.target_us if segment is not None else 0
        if row is not None:
            visit.row_needs = row.needs
            visit.own_class, visit.test = row.contact_class, row.test

    # -- where it is --------------------------------------------------------------------------------------------------

    def entered(self, visit: Visit, asked: ask.Enqueue | ask.AliveContact, event: ContactEvent) -> None:
        """It was let in: where it asked, or where treatments lead from there."""
        settings = self._judge.settings
        if event.queue == visit.queue.name:
            blocked = (
                asked.customer in settings.blocked_customers or settings.blocked.get(f"main/{asked.customer}") == 0
            )
            if blocked and isinstance(asked, ask.Enqueue):
                self._judge.fault("routes", f"{visit.id} of {asked.customer}, who is blocked, is in {event.queue}")
            return
        specialists = self.repeat_of(asked).queue if isinstance(asked, ask.Enqueue) and asked.customer else ""
        if event.queue == specialists and asked.agent is None:
            self._now_in(visit, event.queue)
            return
        if event.queue in self._judge.places.asked(asked):
            self._now_in(visit, event.queue)
            return
        if isinstance(asked, ask.AliveContact) or event.queue not in self._reached(visit):
            self._judge.fault("routes", f"{visit.id} asked for {visit.queue.name} and is in {event.queue}")
        visit.direct = visit.preferred = None
        self._now_in(visit, event.queue)

    def advised(self, asked: ask.Enqueue, advice: SteerTo) -> None:
        """Advice is of a cell that speaks of such a contact, and gains what the cell asks for."""
        cell = next(cell for cell in self._judge.settings.steers if cell.name == advice.steer)
        fits = (
            asked.channel != cell.to
            and (not cell.channels or asked.channel in cell.channels)
            and (not cell.business or asked.business in cell.business)
            and (advice.to, advice.queue) == (cell.to, cell.queue)
        )
        if not fits or advice.gain_ms * 1000 < cell.gain_least_us or advice.gain_ms > advice.wait_ms:
            self._judge.fault("routes", f"{asked!r} was advised {advice!r} by {cell!r}")

    def moved(self, visit: Visit, event: ContactEvent, *, by_hand: bool) -> None:
        """It goes on waiting elsewhere: only while it waits, only where a treatment leads, and not for ever; or where a
        supervisor has put it."""
        if by_hand:
            visit.direct = visit.preferred = None
            self._now_in(visit, event.queue)
            return
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
        visit.queue, visit.needs = queue, queue.needs
        self._judge.hours.moved(visit)


def _leads_to(queue: of.Queue, channel: str, queues: dict[str, of.Queue]) -> list[str]:
    return [
        treatment.to
        for _, treatment in queue.treatments
        if treatment.do == "queue" and treatment.to in queues and channel in queues[treatment.to].channels
    ]


def _meets(conditions: tuple[Condition, ...], asked: Asked, calendars: tuple[str, ...] = ()) -> bool:
    for condition in conditions:
        if condition.attribute == "calendar":
            if any(name in condition.values for name in calendars) == condition.negated:
                return False
            continue
        value = getattr(asked, condition.attribute)
        told = value is not None and (
            value in condition.values or any(value.startswith(prefix) for prefix in condition.prefixes)
        )
        if told == condition.negated:
            return False
    return True
