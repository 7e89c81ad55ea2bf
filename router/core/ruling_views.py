"""Measuring: from what is watched to the values of its gauges. Each function looks at one view, tells its gauges, and
says when it must look again though nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from router.core import hours as clocks
from router.core.deadlines import NEVER_US
from router.core.entities import Agent
from router.core.expect import estimate
from router.core.oldest import longest_waits_us
from router.core.queue import Queue
from router.core.ruled import (
    ABANDONED,
    ARRIVED,
    BUSY,
    COUNTED,
    IN_TARGET,
    KNOWN,
    READY,
    REPEATED,
    CrewView,
    FlowView,
    HoursView,
    Learned,
    Member,
    QueueView,
    StoreView,
    View,
)
from router.core.world import World
from router.rules import Gauge, Ring, Value
from router.rules.usual import HALF_HOUR_S, half_hour_of_week
from router.rules.window import SLOTS
from router.terms import SECOND_US

EXPECTED_EVERY_US = SECOND_US
"""An expected wait is worked out no oftener: it costs some microseconds, and moves with every contact."""
USUAL_LEAST = 1.0
"""What is usual counts as one contact at least: three calls where half a one is usual are no surge."""


def see(world: World, gauge: Gauge | None, value: Value) -> None:
    """A gauge shows this now: whoever reads it looks, if anything else is true of it."""
    if gauge is not None and gauge.see(value):
        ruling = world.ruling
        for state in ruling.readers.get(gauge, ()):
            ruling.stirred[state] = None


def again(world: World, view: View, at_us: int) -> None:
    """Look at the view at this time, if not before; 0: not by time."""
    if at_us and at_us < NEVER_US and (not view.due_us or at_us < view.due_us):
        world.deadlines.set(view, max(at_us, world.now_us + 1), view.number)


def due(world: World, view: View) -> None:
    """It is time to look at it."""
    world.ruling.dirty[view] = None


# -- queues -----------------------------------------------------------------------------------------------------------


def look_at_queue(world: World, view: QueueView) -> None:
    """Who waits, how long, and who could serve."""
    queue = view.queue
    assert queue is not None
    waits = queue.waiting()
    see(world, view.waiting, waits)
    if view.site is not None and waits != view.counted:
        view.site.waits += waits - view.counted
        view.counted = waits
        see(world, view.site.waiting, view.site.waits)
    if view.oldest is not None:
        _look_at_oldest(world, view, queue, view.oldest)
    lines = queue.own.values()
    if view.idle is not None:
        see(world, view.idle, max((line.needs.free for line in lines), default=0))
    if view.staffed is not None:
        see(world, view.staffed, max((line.needs.staffed for line in lines), default=0))
    if view.expected:
        _look_at_expected(world, view, queue)
    if view.level is not None:
        _touch_level(world, queue, view.level)


def _look_at_oldest(world: World, view: QueueView, queue: Queue, gauge: Gauge) -> None:
    if view.first_us >= 0 and view.due_us:
        for line in queue.lines.values():
            first = line.order.first
            if first is not None and (first[0] < view.first_us or line.newest or line.clock is not None):
                break
        else:
            return  # nobody has waited longer than was thought when the deadline was set
    view.first_us = -1
    waits = list(longest_waits_us(world, queue))
    see(world, gauge, max((waited_us for waited_us, _ in waits), default=0))
    if gauge.hi >= NEVER_US:
        return
    plain = all(line.clock is None and not line.newest for _, line in waits)
    for waited_us, line in waits:
        # Each line counts by its own clock, so that another one may be the first to pass the edge.
        again(world, view, clocks.due_us(world, line.clock, round(gauge.hi) - waited_us))
    if plain and waits and gauge.lo == -inf:
        firsts = [line.order.first[0] for _, line in waits if line.order.first is not None]
        at_us = min(firsts) + round(gauge.hi)
        if at_us > world.now_us:
            view.first_us = min(firsts)
            again(world, view, at_us)


def _look_at_expected(world: World, view: QueueView, queue: Queue) -> None:
    if world.now_us < view.expected_from_us:
        again(world, view, view.expected_from_us)
        return
    view.expected_from_us = world.now_us + EXPECTED_EVERY_US
    line = next(iter(queue.own.values()), None)
    said = None if line is None else estimate(world, line, len(line.order))
    for gauge in view.expected:
        if said is None:
            see(world, gauge, None)
        else:
            see(world, gauge, round((said.p50 if gauge.key.signal == "ewt_p50_s" else said.p90) * SECOND_US))


# -- people -----------------------------------------------------------------------------------------------------------


def account(world: World, agent: Agent) -> None:
    """Something about an agent has changed: their team and the site count them as they are now."""
    ruling = world.ruling
    team = ruling.teams.pop(agent.number, None)
    for key in dict.fromkeys((team, (agent.tenant, agent.team), (agent.tenant, None))):
        crew = ruling.crews.get(key) if key is not None else None
        if crew is not None:
            pass_time(world, crew)
            _leave(crew, agent)
            ruling.dirty[crew] = None
    if agent.state != "offline":
        enrol(world, agent)


def enrol(world: World, agent: Agent) -> None:
    """Count a signed-in agent as they are now."""
    ruling = world.ruling
    ruling.teams[agent.number] = (agent.tenant, agent.team)
    for key in ((agent.tenant, agent.team), (agent.tenant, None)):
        crew = ruling.crews.get(key)
        if crew is not None:
            now = crew.members[agent.number] = counts_as(agent)
            crew.idles += now.idle
            crew.busy += now.busy
            crew.room += now.room
            ruling.dirty[crew] = None


def _leave(crew: CrewView, agent: Agent) -> None:
    was = crew.members.pop(agent.number, None)
    if was is not None:
        crew.idles -= was.idle
        crew.busy -= was.busy
        crew.room -= was.room


def counts_as(agent: Agent) -> Member:
    """What a signed-in agent counts as now."""
    ready = agent.state in ("available", "reserved")
    room = agent.capacity if ready else 0
    return Member(int(bool(agent.places)), min(agent.used, room), room)


def pass_time(world: World, crew: CrewView) -> None:
    """Let the windows count the people who were there up to now."""
    if not crew.rings or world.ruling.loading:
        return
    lasted_us = world.now_us - crew.seen_us
    crew.seen_us = world.now_us
    if lasted_us <= 0:
        return
    if crew.room:
        for ring in crew.rings.values():
            ring.spread(world.now_us - lasted_us, world.now_us, BUSY, crew.busy)
            ring.spread(world.now_us - lasted_us, world.now_us, READY, crew.room)
    world.changed[crew] = None


def look_at_crew(world: World, crew: CrewView) -> None:
    """How many people there are, free and at work."""
    see(world, crew.idle, crew.idles)
    see(world, crew.staffed, len(crew.members))
    see(world, crew.waiting, crew.waits)
    if not crew.rings:
        return
    pass_time(world, crew)
    for window_us, gauge in crew.occupancy.items():
        ring = crew.rings[window_us]
        busy, ready = ring.sums(world.now_us)
        see(world, gauge, busy / ready if ready else None)
        if ready or crew.room:
            again(world, crew, ring.next_us(world.now_us))


# -- windows ----------------------------------------------------------------------------------------------------------


def look_at_flow(world: World, view: FlowView) -> None:
    """What came and went in the windows."""
    now_us = world.now_us
    if view.usual is not None:
        _turn_half_hour(world, view, view.usual)
    if view.level and view.queue is not None:
        again(world, view, _overdue_us(world, view.queue))
    for (signal, window_us), gauge in view.gauges.items():
        ring = view.rings[window_us]
        see(world, gauge, MEASURED[signal](world, view, ring, window_us))
        next_us = ring.next_us(now_us)
        if not view.due_us or view.due_us > next_us:
            if any(ring.totals):
                again(world, view, next_us)
            if now_us < view.since_us + window_us:
                again(world, view, view.since_us + window_us)


def _touch_level(world: World, queue: Queue, view: FlowView) -> None:
    """Others wait than before: while nobody has waited beyond the target that is no matter of the service level, but
    for the time when somebody will have."""
    if not view.overdue:
        target_us = queue.settings.target_us
        for line in queue.lines.values():
            first = line.order.first
            if first is None:
                continue
            ends_us = first[0] + target_us + 1
            if line.newest or line.clock is not None or ends_us <= world.now_us:
                break
            if not view.due_us or ends_us < view.due_us:
                again(world, view, ends_us)
        else:
            return
    look_at_flow(world, view)


def _service_level(world: World, view: FlowView, ring: Ring, _window_us: int) -> Value:
    sums = ring.sums(world.now_us)
    overdue = _overdue(world, view.queue)
    view.overdue = overdue > 0
    counted = sums[COUNTED] + overdue
    return sums[IN_TARGET] / counted if counted else None


def _overdue(world: World, queue: Queue | None) -> int:
    """How many wait beyond their queue's target."""
    missed = 0
    for line in queue.lines.values() if queue is not None else ():
        first = line.order.first
        if first is None:
            continue
        latest_us = line.time(world.now_us) - line.queue.settings.target_us
        if first[0] >= latest_us and not line.newest:
            continue
        # Where the newest comes first the keys are turned round.
        before: Any = (-latest_us,) if line.newest else (latest_us,)
        rank = line.order.rank(before)
        missed += len(line.order) - rank if line.newest else rank
    return missed


def _overdue_us(world: World, queue: Queue) -> int:
    """When one more will: of a line where the newest comes first, that is seen when the slot is over; 0: nobody."""
    ends = []
    for line in queue.lines.values():
        latest_us = line.time(world.now_us) - queue.settings.target_us
        before: Any = (latest_us,)
        entry = None if line.newest else line.order.following(before)
        if entry is not None:
            ends.append(clocks.due_us(world, line.clock, entry[0] - latest_us + 1))
    return min(ends, default=0)


def _abandonment(world: World, _view: FlowView, ring: Ring, _window_us: int) -> Value:
    sums = ring.sums(world.now_us)
    return sums[ABANDONED] / sums[COUNTED] if sums[COUNTED] else None


def _arrivals(world: World, view: FlowView, ring: Ring, window_us: int) -> Value:
    if world.now_us < view.since_us + window_us:
        return None
    return ring.sums(world.now_us)[ARRIVED]


def _repeat_rate(world: World, _view: FlowView, ring: Ring, _window_us: int) -> Value:
    sums = ring.sums(world.now_us)
    return sums[REPEATED] / sums[KNOWN] if sums[KNOWN] else None


def _arrivals_ratio(world: World, view: FlowView, ring: Ring, window_us: int) -> Value:
    arrivals = _arrivals(world, view, ring, window_us)
    if arrivals is None or view.usual is None or not world.ahead_us:
        return None
    until_s = local_us(world, view.usual) / SECOND_US
    from_us = (world.now_us // ring.slot_us - SLOTS + 1) * ring.slot_us
    expected = view.usual.usual.expected(until_s - (world.now_us - from_us) / SECOND_US, until_s)
    return None if expected is None else arrivals / max(expected, USUAL_LEAST)


MEASURED: dict[str, Callable[[World, FlowView, Ring, int], Value]] = {
    "service_level": _service_level,
    "abandonment": _abandonment,
    "arrivals": _arrivals,
    "arrivals_ratio": _arrivals_ratio,
    "repeat_rate": _repeat_rate,
}


# -- what is usual ----------------------------------------------------------------------------------------------------


def local_us(world: World, learned: Learned) -> int:
    """The local time of a queue, in microseconds since 1970."""
    utc_us = world.now_us + world.ahead_us
    offset_s = learned.offsets[0][1] if learned.offsets else 0
    for from_s, ahead_s in learned.offsets:
        if from_s * SECOND_US > utc_us:
            break
        offset_s = ahead_s
    return utc_us + offset_s * SECOND_US


def _turn_half_hour(world: World, view: FlowView, learned: Learned) -> None:
    """Where a half-hour is over: learn it if it was counted from its beginning, and begin the next."""
    if not world.ahead_us or world.ruling.loading:
        return
    now_us = local_us(world, learned)
    half_hour, into_us = divmod(now_us, HALF_HOUR_S * SECOND_US)
    again(world, view, world.now_us + HALF_HOUR_S * SECOND_US - into_us)
    if half_hour == learned.half_hour:
        return
    follows = half_hour == learned.half_hour + 1
    if follows and learned.whole:
        learned.usual.learn(half_hour_of_week(learned.half_hour * HALF_HOUR_S), learned.arrivals)
    learned.half_hour, learned.arrivals = half_hour, 0
    # One that began while nobody looked is not whole.
    learned.whole = follows or into_us == 0
    world.changed[learned] = None


# -- the rest ---------------------------------------------------------------------------------------------------------


def look_at_hours(world: World, view: HoursView) -> None:
    """Is the calendar open? Unknown before anybody has told the time."""
    hours = world.hours.get(view.name)
    see(world, view.gauge, None if hours is None or not world.ahead_us else int(hours.stopped_us < 0))


def look_at_store(world: World, view: StoreView) -> None:
    """How long the store has been away."""
    gauge, since_us = view.gauge, world.ruling.store_away_us
    assert gauge is not None
    see(world, gauge, world.now_us - since_us if since_us else 0)
    if since_us and gauge.hi < NEVER_US:
        again(world, view, since_us + round(gauge.hi))


LOOKS: dict[type, Callable[[World, Any], None]] = {
    QueueView: look_at_queue,
    CrewView: look_at_crew,
    FlowView: look_at_flow,
    HoursView: look_at_hours,
    StoreView: look_at_store,
}
"""What looks at a view."""
