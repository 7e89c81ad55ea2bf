"""What no rule reads any more is watched no more: the opposite of `watch.py`, value by value.

It must not know why. The one idea: a view ends with the last of its gauges, and what it has counted with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from router.core.ruling.hooks import counts_who_waits, hook_queue, shape
from router.core.ruling.watched import CrewView, FlowView, HoursView, QueueView, StoreView, View
from router.core.world import World
from router.rules import Gauge, Key


def forget(world: World, tenant: str, key: Key) -> Iterator[int]:
    """Nobody reads this value any more: what only it needed costs nothing from then on. Yields how many views each
    piece has left."""
    ruling = world.ruling
    gauge = ruling.gauges.pop((tenant, key))
    view = ruling.measures.pop(gauge, None)
    if isinstance(view, QueueView):
        _forget_of_queue(world, view, gauge)
    elif isinstance(view, FlowView):
        _forget_of_flow(world, view, key)
    elif isinstance(view, CrewView):
        yield from _forget_of_crew(world, view, key)
    elif isinstance(view, HoursView):
        ruling.by_clock.remove(view)
        _end(world, view)
    elif isinstance(view, StoreView):
        ruling.store.remove(view)
        _end(world, view)
    elif key.scope == "rule" and (state := ruling.rules.get(f"{tenant}/{key.subject}")) is not None:
        state.gauge = None
    yield 1


def _forget_of_queue(world: World, view: QueueView, gauge: Gauge) -> None:
    view.expected = tuple(other for other in view.expected if other is not gauge)
    for name in ("waiting", "oldest", "idle", "staffed"):
        if getattr(view, name) is gauge:
            setattr(view, name, None)
    _hook_or_end(world, view)


def _hook_or_end(world: World, view: QueueView) -> None:
    hook_queue(world, view)
    if not view.watched and not counts_who_waits(view) and view.idle is None and view.staffed is None:
        _end(world, view)


def _forget_of_flow(world: World, view: FlowView, key: Key) -> None:
    queue = view.queue
    view.gather()
    view.gauges = {kept: gauge for kept, gauge in view.gauges.items() if kept != (key.signal, key.window_us)}
    _keep_rings(world, view, {window_us for _, window_us in view.gauges})
    had_level = view.level
    shape(view)
    of_queue = queue.view if queue is not None else None
    if had_level and not view.level and of_queue is not None:
        of_queue.level = None
        _hook_or_end(world, of_queue)
    if view.usual is not None and not any(signal == "arrivals_ratio" for signal, _ in view.gauges):
        world.ruling.by_clock.remove(view)
        world.ruling.learned.remove(view.usual)
        world.changed.pop(view.usual, None)
        world.dropped.append(("usual", view.usual.key))
        view.usual = None
    if view.gauges:
        return
    tenant, _, scope, subject = view.key.split("/", 3)
    if scope == "segment":
        del world.ruling.segments[tenant, subject]
    for each in (queue,) if queue is not None else world.queues.values():
        each.flows = tuple(other for other in each.flows if other is not view)
    _end(world, view)


def _forget_of_crew(world: World, crew: CrewView, key: Key) -> Iterator[int]:
    if key.signal == "occupancy":
        crew.occupancy = {window_us: each for window_us, each in crew.occupancy.items() if window_us != key.window_us}
        _keep_rings(world, crew, set(crew.occupancy))
    else:
        setattr(crew, key.signal, None)
    ruling = world.ruling
    if key.signal == "waiting":
        for view in list(ruling.views.values()):
            if isinstance(view, QueueView) and view.site is crew:
                leave_site(world, view)
                yield 1
    if crew.waiting is crew.idle is crew.staffed is None and not crew.occupancy:
        tenant, _, team = crew.key.split("/", 2)
        del ruling.crews[tenant, team or None]
        _end(world, crew)
        if not ruling.crews:
            ruling.people = world.roster.people = False
            ruling.teams.clear()


def leave_site(world: World, view: QueueView) -> None:
    """Its queue is none of the site's any more, or the site counts nobody."""
    assert view.site is not None
    view.site.waits -= view.counted
    world.ruling.dirty[view.site] = None
    view.site, view.counted = None, 0
    _hook_or_end(world, view)


def _keep_rings(world: World, view: FlowView | CrewView, windows: set[int]) -> None:
    if view.rings.keys() == windows:
        return
    view.rings = {window_us: each for window_us, each in view.rings.items() if window_us in windows}
    if view.rings:
        world.changed[view] = None
    else:
        world.changed.pop(view, None)
        world.dropped.append(("flow", view.key))


def _end(world: World, view: View) -> None:
    """Nothing is watched of it any more."""
    ruling = world.ruling
    del ruling.views[view.key]
    world.deadlines.cancel(view)
    ruling.dirty.pop(view, None)
    queue = getattr(view, "queue", None)
    if queue is not None:
        ruling.of_queue[queue].remove(view)
        if not ruling.of_queue[queue]:
            del ruling.of_queue[queue]
