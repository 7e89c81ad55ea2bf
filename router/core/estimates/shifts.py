"""Queues that will ask for less, or more, than now, by `change_needs` that begins or ends at a known time (`turns.py`).

For each line of such a queue: which profiles will serve it that do not now, and which will not any more. A layer whose
end is known, and one that will begin where no other lies over the same needs; where several do, nothing is foreseen.
Steps by which needs give way with time (`relax`) are not: whom they will admit depends on each contact's own wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from router.core.actions import ChangeNeeds, QueueAction
from router.core.estimates.turns import NEVER, Turn, When, end_of
from router.core.needs.course import Way, course_of
from router.core.queue import Queue
from router.core.tally import QueueTally

if TYPE_CHECKING:
    from router.core import settings as of
    from router.core.line import Line
    from router.core.needs.able import Able
    from router.core.needs.want import Want
    from router.core.roster import Profile
    from router.core.world import World

PROFILES_A_SLICE = 256
"""Profiles compared with other needs in one slice, a microsecond each."""


class Shift(NamedTuple):
    """A line that other people will serve: `gains` come and `loses` go, until `back`."""

    goes: When
    back: When
    gains: list[Profile]
    loses: list[Profile]


Shifts = dict["Line", Shift]


def count_shifts(world: World, turns: list[Turn], last_us: int, found: Shifts) -> Iterator[None]:
    """Fill in `found`, in slices. `turns`: what is about to begin; `last_us`: later than this is not looked at."""
    for queue, settings, goes, back in [*_ending(world), *_beginning(world, turns)]:
        if goes.likely_us <= last_us:
            for line in list(queue.lines):
                shift = Shift(goes, back, [], [])
                yield from _compare(world, line, _wanted(line, settings), shift)
                if shift.gains or shift.loses:
                    found.setdefault(line, shift)


def _ending(world: World) -> Iterator[tuple[Queue, of.Queue, When, When]]:
    """Queues whose needs are changed now, and what they will be without that."""
    for (tenant, (kind, name)), layers in world.layers.targets.items():
        queue, configured = world.queues.get((tenant, name)), world.configured.get((tenant, name))
        if kind != "queue" or queue is None or configured is None:
            continue
        laid = [layer for layer in layers if layer.what == ChangeNeeds.what and not layer.spent]
        if len(laid) == 1 and not world.layers.paused(laid[0].source):
            settings = configured
            for layer in world.layers.winners(tenant, (kind, name)):
                if layer is not laid[0] and isinstance(layer.action, QueueAction):
                    settings = layer.action.over(settings)
            yield queue, settings, end_of(world, laid[0].source), NEVER


def _beginning(world: World, turns: list[Turn]) -> Iterator[tuple[Queue, of.Queue, When, When]]:
    """Queues whose needs will be changed."""
    for turn in turns:
        tenant = turn.source.tenant
        for action in turn.actions:
            for target in action.targets() if isinstance(action, ChangeNeeds) else ():
                queue = world.queues.get((tenant, target[1]))
                laid = world.layers.targets.get((tenant, target), ())
                if queue is not None and not any(layer.what == action.what and not layer.spent for layer in laid):
                    assert isinstance(action, ChangeNeeds)
                    yield queue, action.over(queue.settings), turn.begins, turn.ends


def _wanted(line: Line, settings: of.Queue) -> Want:
    """What the line would ask by other settings of its queue: with what its first contact asks, or one without needs of
    its own (a course whose needs never give way does not tell the two apart)."""
    way = Way(line.needs.channel, contact_class=settings.contact_class)
    if line.order.first is not None:
        contact = line.order.first[2]
        way = Way(contact.channel, contact.needs, contact.language or "", settings.contact_class)
    course = course_of(Queue(settings.name, settings, QueueTally(), {}, {}), way)
    kept = len(line.state) == len(course.streams) and all(
        stage <= len(stream.steps) for (stage, _), stream in zip(line.state, course.streams, strict=True)
    )
    return course.wanted(line.state if kept else course.begin)


def _compare(world: World, line: Line, want: Want, into: Shift) -> Iterator[None]:
    """Who meets the one and not the other."""
    tenant, channel = line.needs.key[:2]
    for number, profile in enumerate(list(world.roster.profiles.values()), 1):
        if profile.key[0] == tenant and channel in profile.pools:
            able: Able = profile.able
            serves = profile in line.needs.levels
            if able.meets(want) is not serves:
                (into.loses if serves else into.gains).append(profile)
        if number % PROFILES_A_SLICE == 0:
            yield
