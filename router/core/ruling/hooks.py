"""Where what is watched hooks in: what tells a view that something has changed.

    hook_queue(world, view)           the queue and the needs of its lines tell the view what it asks for, and no more
    queue_will(world, queue, needs)   a line of a queue will ask for these needs: they tell its view already
    queue_switched(world, queue)      a queue has other lines or settings: its views look at those
    queue_through(world, queue)       and needs of lines of before tell it nothing any more
    shape(view)                       what a window counts is what its gauges read

The one idea: each hooks in by what it is asked for now, so that more and less are the same step.
"""

from __future__ import annotations

from router.core.line import Needs
from router.core.queue import Queue
from router.core.ruling.watched import ARRIVED, COUNTED, KNOWN, READ_BY, FlowView, QueueView, View
from router.core.world import World

FLOW_ROWS, CREW_ROWS = 6, 2
"""Of windows of contacts, and of people."""


def queues_of(world: World, tenant: str) -> list[Queue]:
    """Those of a tenant that take somebody in."""
    return [queue for (owner, _), queue in world.queues.items() if owner == tenant and not queue.retired]


def offsets_of(world: World, queue: Queue) -> tuple[tuple[int, int], ...]:
    """The zone that its half-hours go by."""
    return dict(world.settings.zones).get(queue.settings.time_zone, ())


def of_site(view: View) -> bool:
    """Does it count what comes and goes at the whole site?"""
    return isinstance(view, FlowView) and view.key.split("/", 3)[2] == "site"


def shape(view: FlowView) -> None:
    """What it counts is what its gauges read."""
    wanted = {row for signal, _ in view.gauges for row in READ_BY[signal]}
    view.gather()
    view.counts = [row in wanted for row in range(FLOW_ROWS)]
    view.comes, view.ends, view.knows = ARRIVED in wanted, COUNTED in wanted, KNOWN in wanted
    view.level = view.queue is not None and any(signal == "service_level" for signal, _ in view.gauges)


def hook_queue(world: World, view: QueueView) -> None:
    """Let the queue, and the needs of its own lines, tell the view what it asks for, and no more."""
    _hook(world, view)
    queue = view.queue
    own = [line.needs for line in queue.own.values()] if _who_could_serve(view) else []
    for needs in view.watched:
        if needs not in own:
            world.roster.unwatch(needs, view)
    view.watched = own


def _hook(world: World, view: QueueView) -> None:
    queue = view.queue
    queue.view = view if counts_who_waits(view) else None
    view.look_anew()
    if _who_could_serve(view):
        for line in queue.own.values():
            _watch(world, view, line.needs)


def _watch(world: World, view: QueueView, needs: Needs) -> None:
    if needs not in view.watched:
        world.roster.watch(needs, view)
        view.watched.append(needs)


def _who_could_serve(view: QueueView) -> bool:
    """Must the needs of its lines tell it who is free and signed in?"""
    return view.idle is not None or view.staffed is not None or bool(view.expected)


def counts_who_waits(view: QueueView) -> bool:
    """Must the queue tell it whenever somebody comes to wait, or waits no more?"""
    by_wait = (view.waiting, view.oldest, view.site, view.level)
    return bool(view.expected) or any(each is not None for each in by_wait)


def queue_will(world: World, queue: Queue, needs: Needs) -> None:
    """A line of the queue asks for this in the version that comes: who meets it is counted before."""
    for view in world.ruling.of_queue.get(queue, ()):
        if isinstance(view, QueueView) and _who_could_serve(view):
            _watch(world, view, needs)


def queue_switched(world: World, queue: Queue) -> None:
    """The queue has other lines, or other settings: what watches it looks at those."""
    for view in world.ruling.of_queue.get(queue, ()):
        if isinstance(view, QueueView):
            _hook(world, view)
        world.ruling.dirty[view] = None


def queue_through(world: World, queue: Queue) -> None:
    """Nobody is in the lines of before any more."""
    for view in world.ruling.of_queue.get(queue, ()):
        if isinstance(view, QueueView):
            hook_queue(world, view)
