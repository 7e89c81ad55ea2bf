"""Contacts in several queues at once: what a seed draws of them, and the judge's own book of their places.

Drawn apart from the rest of the plan. The book knows from what was asked and told where a contact has its places;
for those who judge order, urgency and idleness it shows the contact once in each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING

from msgspec.structs import replace

from router.core import commands as ask
from router.core import settings as of
from router.core.actions import CloseEntry, LimitEntry
from router.core.effects import ContactEvent, ContactState, PlaceGone
from router.terms import SECOND_US
from tests.sim.possible import actions_of
from tests.sim.seen import Visit, is_special

if TYPE_CHECKING:
    from tests.sim.judge import Judge

REACHED = (
    "in several queues", "offered in another queue", "served in another queue", "back in all queues",
    "refused by one of several", "place gone: closed", "place gone: nobody", "place gone: waited_too_long",
    "place gone: channel", "too many queues", "several by a row", "several found again",
)  # fmt: skip
"""What a set of a hundred seeds must show."""

KEPT = ("held", "waiting", "offered", "connecting")
"""States in which a contact has all of its places."""
CHANCES = (0.0, 0.15, 0.4)
NO_LIMIT = 1000


def drawn(seed: int, settings: of.Settings) -> of.Settings:
    """These settings with rows that lead into several queues, and now and then few places a contact."""
    rng = Random(f"places {seed}")
    names = [queue.name for queue in settings.queues if "ticket" not in queue.channels]
    routes = tuple(
        replace(row, queues=tuple(name for name in rng.sample(names, 2) if name != row.queue))
        if row.queue is not None and rng.random() < 0.3
        else row
        for row in settings.routes
    )
    most = rng.choice((2, 3, 4, 4))
    return replace(settings, routes=routes, limits=replace(settings.limits, queues_per_contact_max=most))


class Wishes:
    """Which callers ask for several queues, and for which."""

    def __init__(self, seed: int, settings: of.Settings) -> None:
        self._rng = Random(f"places asked {seed}")
        self._queues = settings.queues
        self._chance = self._rng.choice(CHANCES)

    def some(self, enqueue: ask.Enqueue) -> None:
        """Now and then further queues; mostly such as serve the channel."""
        rng = self._rng
        if rng.random() >= self._chance:
            return
        names = [
            queue.name for queue in self._queues
            if (enqueue.channel in queue.channels and "ticket" not in queue.channels) or rng.random() < 0.02
        ]  # fmt: skip
        enqueue.queues = tuple(rng.sample(names, min(len(names), rng.choice((1, 2, 2, 3)))))


class PlaceBook:
    """The judge's view. See the module."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    # -- what was asked -------------------------------------------------------------------------------------------

    def asked(self, asked: ask.Enqueue | ask.AliveContact) -> list[str]:
        """The queues that it wants to wait in, as they are named."""
        judge = self._judge
        row = judge.routes.row_of(asked)
        first = judge.routes.queue_of(asked)
        names = [name for name in (row.queues if row is not None else ()) if self._serves(name, asked.channel)]
        return list(dict.fromkeys((first, *names, *(asked.queues or ()))))

    def _serves(self, name: str, channel: str) -> bool:
        queue = self._judge.queues.get(name)
        return queue is not None and channel in queue.channels

    def entered(self, visit: Visit, asked: ask.Enqueue | ask.AliveContact, event: ContactEvent) -> None:
        """It was let in, into these queues of those that it asked for."""
        judge = self._judge
        names = self.asked(asked)
        if len(names) < 2:
            if event.queues:
                judge.fault("I1", f"{visit.id} asked for {names} and is in {event.queue} and {event.queues}")
            return
        told = [event.queue, *event.queues]
        further = names[1:]
        if not set(event.queues) <= set(further) or len(set(told)) != len(told):
            judge.fault("I1", f"{visit.id} asked for {names} and is in {told}")
        for name in further if event.queue in names else ():
            if name not in told and not is_special(visit) and self._surely_lets_in(name, asked):
                judge.fault("I1", f"{visit.id} asked for {names}, is in {told}, and {name} lets everybody in")
        judge.reached["refused by one of several"] += len(told) < len(names)
        judge.reached["several by a row"] += len(told) > 1 and asked.queues is None
        judge.reached["several found again"] += len(told) > 1 and isinstance(asked, ask.AliveContact)
        judge.reached["in several queues"] += len(told) > 1
        if len(told) > 1:
            visit.places = told
            visit.unsure = visit.unsure or (isinstance(asked, ask.Enqueue) and asked.token is not None)
            waited_us = judge.hours.now_us(visit) - visit.entered_us
            for name in event.queues:
                view = replace(visit, queue=judge.queues[name])
                judge.hours.enter(view, waited_us)
                visit.kept[name] = (view.clock, view.entered_us)

    def _surely_lets_in(self, name: str, asked: ask.Enqueue | ask.AliveContact) -> bool:
        judge = self._judge
        queue, settings = judge.queues[name], judge.settings
        blocked = asked.customer in settings.blocked_customers or f"main/{asked.customer}" in settings.blocked
        return (
            queue.enter_unstaffed
            and queue.waiting_max >= NO_LIMIT
            and not self._may_be_limited(name)
            and not blocked
            and judge.hours.surely_open(queue, asked.channel)
        )

    def _may_be_limited(self, name: str) -> bool:
        """A plan or rule may limit who is let in; whether it does now is held by `verify`, beside every run."""
        actions = actions_of(self._judge.settings)
        return any(isinstance(action, LimitEntry | CloseEntry) and name in action.queues for action in actions)

    # -- what is told ---------------------------------------------------------------------------------------------

    def heard(self, visit: Visit, event: ContactEvent, *, by_hand: bool) -> bool:
        """An event about a contact. True where it is about no more than its places: another one leads, or one is gone.
        While it waits it has all of its places, and once it is served or gone none."""
        judge = self._judge
        if not visit.places:
            if event.queues:
                judge.fault("I1", f"{visit.id} has places in {event.queues}, and nobody knows why")
            return False
        if event.state not in KEPT:
            judge.reached["served in another queue"] += event.state == "connected" and event.queue != visit.places[0]
            visit.places = []
            return False
        alone = event.queue != visit.queue.name and not event.queues and len(visit.places) > 1
        if event.queue not in visit.places or alone:
            # Held too long it goes as the queue that leads says, also into another one of its own.
            held = dict(visit.queue.treatments).get("held_too_long")
            pressed = isinstance(judge.command, ask.Key) and judge.command.contact == visit.id
            asked = by_hand or pressed or (held is not None and held.do == "queue")
            if len(visit.places) > 1 and not asked:
                judge.fault("I1", f"{visit.id} waits in {visit.places}, and was sent to {event.queue}")
            visit.places = []
            return False
        if {event.queue, *event.queues} != set(visit.places):
            judge.fault("I1", f"{visit.id} waits in {visit.places}, told is {event.queue} and {event.queues}")
        if event.state == "waiting" and visit.state in ("offered", "connecting") and event.queues:
            judge.reached["back in all queues"] += 1
        if event.queue != visit.queue.name:
            judge.reached["offered in another queue"] += event.state == "offered"
            visit.kept[visit.queue.name] = (visit.clock, visit.entered_us)
            visit.queue = judge.queues[event.queue]
            visit.needs = visit.queue.needs
            visit.clock, visit.entered_us = visit.kept[event.queue]
        return event.state == visit.state

    def is_gone(self, key: str, told: PlaceGone) -> None:
        """It does not wait in this queue any more: for a reason that is true."""
        judge = self._judge
        judge.reached[f"place gone: {told.why}"] += 1
        visit = judge.visits[key, told.contact]
        if told.queue not in visit.places or {*told.left, told.queue} != set(visit.places) or told.queue in told.left:
            judge.fault("I1", f"{told!r}, and it waits in {visit.places}")
            return
        view = next(view for view in self._views(visit) if view.queue.name == told.queue)
        visit.places = [name for name in visit.places if name != told.queue]
        queue, hours = view.queue, judge.hours
        if told.why == "closed" and not hours.may_leave(view):
            judge.fault("hours", f"{told!r}, and nobody need leave {queue.name}")
        elif told.why == "waited_too_long":
            waited_us = hours.now_us(view) - view.entered_us
            soon = queue.wait_most_us and waited_us + SECOND_US < queue.wait_most_us
            if not judge.settings.segments and not visit.unsure and (soon or not queue.wait_most_us):
                judge.fault("places", f"{told!r}, after {waited_us} us of {queue.wait_most_us}")
        elif told.why == "channel":
            command = judge.command
            served = isinstance(command, ask.SwitchChannel) and command.channel in queue.channels
            if served and not is_special(visit):
                judge.fault("places", f"{told!r}, and {queue.name} serves it")
        elif told.why == "removed":
            judge.fault("places", f"{told!r}, and no queue was taken away")

    def switched(self, visit: Visit) -> None:
        """It comes by another channel, which may be counted by other clocks."""
        visit.unsure = visit.unsure or len(visit.places) > 1

    def listed(self, key: str, contacts: list[ContactState]) -> None:
        """A part of what a gateway is told that it has: each has the places that it had (I2)."""
        for each in contacts:
            visit = self._judge.visits.get((key, each.contact))
            told = {each.queue, *each.queues}
            if visit is not None and len(visit.places) > 1 and told != set(visit.places):
                self._judge.fault("I2", f"{each.contact} waits in {visit.places}, listed is {told}")

    # -- for those who judge --------------------------------------------------------------------------------------

    def of(self, visit: Visit) -> list[Visit]:
        """The visit as it stands in each of its queues. Who waits for one agent by name stands once."""
        return [visit] if len(visit.places) < 2 or visit.direct is not None else self._views(visit)

    def _views(self, visit: Visit) -> list[Visit]:
        queues = self._judge.queues
        return [
            visit
            if name == visit.queue.name
            else replace(
                visit, queue=queues[name], needs=queues[name].needs, clock=visit.kept[name][0],
                entered_us=visit.kept[name][1],
            )
            for name in visit.places
        ]  # fmt: skip

    def at(self, visit: Visit, queue: str) -> Visit:
        """The visit as it stands in that queue."""
        return next((view for view in self._views(visit) if view.queue.name == queue), visit)

    def all(self) -> Iterator[tuple[Visit, Visit]]:
        """Every visit, and each place where it stands."""
        for visit in self._judge.visits.values():
            if visit.state == "waiting":
                yield from ((visit, view) for view in self.of(visit))
            else:
                yield visit, visit
