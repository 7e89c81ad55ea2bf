"""Counting who comes and goes into the windows that steps of needs and rules read. The tally counts beside it, for
people; where nobody reads a window nothing is counted here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core.needs import courses
from router.core.partners import partner
from router.core.ruling.ruled import ABANDONED, ARRIVED, COUNTED, IN_TARGET, KNOWN, REPEATED, FlowView

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
        _count(world, view, COUNTED)
        if in_target:
            _count(world, view, IN_TARGET)


def count_abandoned(world: World, queue: Queue, segment: Segment | None) -> None:
    """A contact was abandoned after a while."""
    if queue.share is not None:
        queue.share.counted += 1
    if queue.level is not None:
        courses.count(world, queue.level, in_target=False)
    for view in _views(world, queue, segment):
        _count(world, view, COUNTED)
        _count(world, view, ABANDONED)


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
        _count(world, view, ARRIVED)


def count_known(world: World, queue: Queue, repeats: bool) -> None:
    """Its customer is known; does it repeat one that was served shortly before?"""
    for view in queue.flows:
        _count(world, view, KNOWN)
        if repeats:
            _count(world, view, REPEATED)


def _views(world: World, queue: Queue, segment: Segment | None) -> tuple[FlowView, ...]:
    if segment is None or not world.ruling.segments:
        return queue.flows
    of_segment = world.ruling.segments.get((segment.tenant, segment.name))
    return queue.flows if of_segment is None else (*queue.flows, of_segment)


def _count(world: World, view: FlowView, row: int) -> None:
    if not view.counts[row]:
        return
    for ring in view.rings.values():
        # As `Ring.add` does, without a call: each contact comes through here.
        if world.now_us // ring.slot_us != ring.last:
            ring.roll(world.now_us)
        ring.rows[row][-1] += 1
        ring.totals[row] += 1
    world.changed[view] = None
    if view.quiet:
        view.quiet -= 1
    else:
        world.roster.dirty[view] = None
