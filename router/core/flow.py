"""Counting who comes and goes into the windows that steps of needs and rules read. The tally counts beside it, for
people; where nobody reads a window nothing is counted here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core.needs import courses
from router.core.partners import partner
from router.core.ruling.watched import FlowView

if TYPE_CHECKING:
    from router.core.queue import Queue
    from router.core.routes.settings import Segment
    from router.core.world import World


def count_answered(world: World, queue: Queue, segment: Segment | None, in_target: bool) -> None:
    """A contact was answered, within the target that it had."""
    if queue.share is not None:
        queue.share.counted += 1
        queue.share.in_target += in_target
    if queue.level is not None:
        courses.count(world, queue.level, in_target)
    for view in _views(world, queue, segment):
        if view.ends:
            _counts(world, view)
            view.counted += 1
            view.in_target += in_target


def count_abandoned(world: World, queue: Queue, segment: Segment | None) -> None:
    """A contact was abandoned after a while."""
    if queue.share is not None:
        queue.share.counted += 1
    if queue.level is not None:
        courses.count(world, queue.level, in_target=False)
    for view in _views(world, queue, segment):
        if view.ends:
            _counts(world, view)
            view.counted += 1
            view.abandoned += 1


def count_arrival(world: World, queue: Queue) -> None:
    """A contact has come into the queue."""
    if queue.share is not None:
        queue.share.arrived += 1
    queue.tally.arrived += 1
    if queue.partners:
        partner.count_arrival(world, queue)
    for view in queue.flows:
        if view.usual is not None:
            view.usual.arrivals += 1
            world.changed[view.usual] = None
        if view.comes:
            _counts(world, view)
            view.arrived += 1


def count_known(world: World, queue: Queue, repeats: bool) -> None:
    """Its customer is known; does it repeat one that was served shortly before?"""
    for view in queue.flows:
        if view.knows:
            _counts(world, view)
            view.known += 1
            view.repeated += repeats


def _views(world: World, queue: Queue, segment: Segment | None) -> tuple[FlowView, ...]:
    if segment is None or not world.ruling.segments:
        return queue.flows
    of_segment = world.ruling.segments.get((segment.tenant, segment.name))
    return queue.flows if of_segment is None else (*queue.flows, of_segment)


def _counts(world: World, view: FlowView) -> None:
    """It counts one more now."""
    if world.now_us >= view.until_us:
        view.roll(world.now_us)
    world.changed[view] = None
    if view.quiet:
        view.quiet -= 1
    else:
        world.roster.dirty[view] = None
