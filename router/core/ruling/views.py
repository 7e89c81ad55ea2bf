"""Measuring: from what is watched to the values of its gauges. Each function looks at one view, tells its gauges, and
says when it must look again though nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from router.core.deadlines import NEVER_US
from router.core.doors import hours as clocks
from router.core.entities import Agent
from router.core.oldest import is_sure, longest_waits_us, oldest_wait_us
from router.core.queue import Queue
from router.core.ruling.expected import look_at_expected
from router.core.ruling.see import again, see, see_least
from router.core.ruling.watched import (
    BUSY,
    LONG_AGO_US,
    READY,
    CrewView,
    FlowView,
    HoursView,
    Member,
    QueueView,
    StoreView,
)
from router.core.ruling.windows import look_at_flow, measured, touch_level
from router.core.world import World
from router.rules import Gauge, Value

# -- queues -----------------------------------------------------------------------------------------------------------


def look_at_queue(world: World, view: QueueView) -> None:
    """Who waits, how long, and who could serve."""
    queue = view.queue
    waits = queue.waiting()
    see(world, view.waiting, waits)
    if view.site is not None and waits != view.counted:
        view.site.waits += waits - view.counted
        view.counted = waits
        see(world, view.site.waiting, view.site.waits)
    if view.oldest is not None:
        if waits:
            _look_at_oldest(world, view, queue, view.oldest)
        else:
            _look_at_nobody(world, view, view.oldest)
    if view.idle is not None:
        see(world, view.idle, idle_of(queue))
    if view.staffed is not None:
        see(world, view.staffed, max((line.needs.staffed for line in queue.own.values()), default=0))
    if view.expected:
        look_at_expected(world, view, queue)
    calm = view.level is None or touch_level(world, queue, view.level)
    if view.expected:
        return
    if view.idle is None:
        view.rest_between(-inf, inf)
    else:
        view.rest_between(view.idle.lo, view.idle.hi)
    if not calm or view.site is not None or (view.oldest is not None and (view.first_us < 0 or not view.due_us)):
        view.look_each_time()
    else:
        _rest(view, queue)


def _rest(view: QueueView, queue: Queue) -> None:
    """Until another number waits, or somebody comes who has waited longer, nobody need tell it who comes and goes."""
    view.waiting_from, view.waiting_below = (-inf, inf) if view.waiting is None else (view.waiting.lo, view.waiting.hi)
    view.key_from_us = LONG_AGO_US if view.oldest is None else view.first_us
    if view.level is not None:
        reaches_us = view.level.due_us - queue.settings.target_us - 1
        view.key_from_us = max(view.key_from_us, reaches_us)


def idle_of(queue: Queue) -> int:
    """Agents who are free for one of its own lines: of that which has most."""
    return max((line.needs.free for line in queue.own.values()), default=0)


def current(world: World, gauge: Gauge) -> Value:
    """What a gauge would show if everything were looked at now: what cannot turn anything may not have been."""
    view = world.ruling.measures.get(gauge)
    if isinstance(view, FlowView):
        return measured(world, view, gauge)
    if isinstance(view, QueueView):
        if gauge is view.idle:
            return idle_of(view.queue)
        if gauge is view.waiting:
            return view.queue.waiting()
        if gauge is view.oldest and gauge.value is not None:
            return oldest_wait_us(world, view.queue)
    return gauge.value


def _look_at_nobody(world: World, view: QueueView, gauge: Gauge) -> None:
    """Nobody waits. Who comes next has waited since now at most: with a deadline by that it need not be looked at for
    whoever comes and is served at once. If it has passed, there is none until somebody comes."""
    see(world, gauge, 0)
    if world.ruling.away or gauge.lo > -inf or gauge.hi >= NEVER_US or (view.first_us >= 0 and not view.due_us):
        view.first_us = -1
    elif view.first_us < 0:
        view.first_us = world.now_us
        again(world, view, world.now_us + round(gauge.hi))


def _look_at_oldest(world: World, view: QueueView, queue: Queue, gauge: Gauge) -> None:
    calm = not world.ruling.away
    if not calm:
        # Whoever comes or goes may make it known or unknown: it is looked at each time.
        view.first_us = -1
    if not calm and not is_sure(world, queue):
        waits = list(longest_waits_us(world, queue))
        see_least(world, gauge, max((waited_us for waited_us, _ in waits), default=0))
        for waited_us, line in waits:
            edge_us = gauge.edge_after(waited_us)
            if edge_us < NEVER_US:
                again(world, view, clocks.due_us(world, line.clock, round(edge_us) - waited_us))
        return
    if view.first_us >= 0 and view.due_us:
        for line in queue.lines.values():
            first = line.order.first
            if first is not None and (first[0] < view.first_us or not line.aged or line.clock is not None):
                break
        else:
            return  # nobody has waited longer than was thought when the deadline was set
    view.first_us = -1
    waits = list(longest_waits_us(world, queue))
    see(world, gauge, max((waited_us for waited_us, _ in waits), default=0))
    if gauge.hi >= NEVER_US:
        return
    plain = all(line.clock is None and line.aged for _, line in waits)
    for waited_us, line in waits:
        # Each line counts by its own clock, so that another one may be the first to pass the edge.
        again(world, view, clocks.due_us(world, line.clock, round(gauge.hi) - waited_us))
    if calm and plain and waits and gauge.lo == -inf:
        firsts = [line.order.first[0] for _, line in waits if line.order.first is not None]
        at_us = min(firsts) + round(gauge.hi)
        if at_us > world.now_us:
            view.first_us = min(firsts)
            again(world, view, at_us)


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
            _join(crew, agent)
            ruling.dirty[crew] = None


def enrol_in(world: World, crew: CrewView, agent: Agent) -> None:
    """Count an agent in a crew that is new, where they belong to it and are not counted yet."""
    crews = world.ruling.crews
    if agent.state == "offline" or agent.number in crew.members:
        return
    if crew is crews.get((agent.tenant, agent.team)) or crew is crews.get((agent.tenant, None)):
        # Somebody who has just changed their team is looked at anew when this step is over, by the team of before.
        world.ruling.teams.setdefault(agent.number, (agent.tenant, agent.team))
        _join(crew, agent)
        world.ruling.dirty[crew] = None


def _join(crew: CrewView, agent: Agent) -> None:
    now = crew.members[agent.number] = counts_as(agent)
    crew.idles += now.idle
    crew.busy += now.busy
    crew.room += now.room


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


# -- the rest ---------------------------------------------------------------------------------------------------------


def look_at_hours(world: World, view: HoursView) -> None:
    """Is the calendar open? Unknown before anybody has told the time."""
    hours = world.hours.get(view.name)
    see(world, view.gauge, None if hours is None or not world.ahead_us else int(hours.stopped_us < 0))


def look_at_store(world: World, view: StoreView) -> None:
    """How long the store has been away."""
    gauge, since_us = view.gauge, world.ruling.store_away_us
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
