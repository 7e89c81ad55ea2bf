"""What must hold of rules and of what they watch: measured again from what there is, as `world.py` does for others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from router.core.entities import Agent
from router.core.oldest import is_sure, oldest_wait_us
from router.core.queue import Queue
from router.core.ruling.hooks import counts_who_waits
from router.core.ruling.ruled import RuleState
from router.core.ruling.ruling import is_paused
from router.core.ruling.watched import CrewView, FlowView, HoursView, QueueView, View
from router.core.ruling.windows import measured
from router.core.world import World
from router.rules import STATES, Gauge, Life, Value
from router.rules.gauge import edge_of
from router.rules.signals import signal_of

Found: TypeAlias = Iterator[tuple[str, str]]


def check_queue_view(world: World, view: QueueView) -> Found:
    """What is true of its gauges is true of the queue; the expected wait is looked at by its own times."""
    queue = view.queue
    if view in world.roster.dirty:
        return
    free = [sum(pool.free for pool in line.needs.ready.values()) for line in queue.own.values()]
    staffed = [sum(profile.agents for profile in line.needs.profiles) for line in queue.own.values()]
    yield from _compare(view, view.waiting, queue.waiting())
    yield from _compare(view, view.oldest, oldest_wait_us(world, queue), least=not is_sure(world, queue))
    yield from _compare(view, view.idle, max(free, default=0))
    yield from _compare(view, view.staffed, max(staffed, default=0))
    if view.expected and not view.due_us:
        yield "rules", f"{view.key}: nobody looks at its expected wait again"
    hooked = counts_who_waits(view)
    if (queue.view is view) is not hooked:
        yield "rules", f"{view.key}: its queue tells it {'nothing' if hooked else 'what it does not ask for'}"
    for line in queue.own.values():
        if (view.idle is not None or view.staffed is not None) and view not in line.needs.crews:
            yield "rules", f"{view.key}: needs of its own line do not tell it who could serve"


def check_flow_view(world: World, view: FlowView) -> Found:
    """What is true of its gauges is true of what it has counted. Where the newest comes first, who has waited for too
    long is seen when a slot is over."""
    if view in world.roster.dirty:
        return
    lines = view.queue.lines if view.queue is not None else ()
    late = any(line.newest and line.order.first is not None for line in lines)
    overdue = view.overdue
    for (signal, _), gauge in view.gauges.items():
        if signal != "arrivals_ratio" and not (signal == "service_level" and late):
            yield from _compare(view, gauge, measured(world, view, gauge))
    view.overdue = overdue


def _check_crew(world: World, crew: CrewView) -> Found:
    """It counts everybody of the team, or of the tenant, as they are."""
    if crew in world.roster.dirty or any(isinstance(each, Agent) for each in world.roster.dirty):
        return
    readers = world.ruling.readers
    if not any(gauge in readers for gauge in (crew.waiting, crew.idle, crew.staffed, *crew.occupancy.values())):
        return  # of a version that is not in force yet: its people are being counted
    tenant, _, team = crew.key.split("/", 2)
    people = [
        agent
        for agent in world.agents.values()
        if agent.tenant == tenant and team in ("", agent.team) and agent.state != "offline"
    ]
    ready = [agent for agent in people if agent.state in ("available", "reserved")]
    idle = sum(1 for agent in people if agent.places)
    room = sum(agent.capacity for agent in ready)
    busy = sum(min(agent.used, agent.capacity) for agent in ready)
    counted, there = (crew.idles, len(crew.members), crew.busy, crew.room), (idle, len(people), busy, room)
    if counted != there:
        yield "rules", f"{crew.key}: idle, staffed, busy and room are {counted}, but {there} are there"
    yield from _compare(crew, crew.idle, idle)
    yield from _compare(crew, crew.staffed, len(people))
    told = not any(isinstance(each, QueueView) and each.site is crew for each in world.roster.dirty)
    if crew.waiting in readers and told:
        waits = sum(queue.waiting() for queue in _queues(world, tenant))
        if crew.waits != waits:
            yield "rules", f"{crew.key}: {crew.waits} wait, but {waits} do"
        yield from _compare(crew, crew.waiting, waits)


def check_hours_view(world: World, view: HoursView) -> Found:
    """It shows whether the calendar is open."""
    hours = world.hours.get(view.name)
    if view not in world.roster.dirty and hours is not None and world.ahead_us:
        yield from _compare(view, view.gauge, int(hours.stopped_us < 0))


def check_rule(world: World, state: RuleState) -> Found:
    """Where it is agrees with what is true, and it is looked at when its time comes."""
    life, rule = state.life, state.rule
    if life.state not in STATES or life.since_us > world.now_us:
        yield "rules", f"rule {rule.key}: {life.state} since {life.since_us} at {world.now_us}"
    if state in world.roster.dirty or state in world.ruling.unasked:
        return
    if is_paused(world, state):
        if life.state != "inactive" or state.due_us:
            yield "rules", f"rule {rule.key}: is {life.state} though it is paused"
        return
    begins, ends = state.begins(), state.ends()
    if begins and life.held_us < 0:
        yield "rules", f"rule {rule.key}: its condition holds, and it does not know"
    if begins is False and life.held_us >= 0:
        yield "rules", f"rule {rule.key}: its condition does not hold, and it does not know"
    at_us = life.next_us(state.times, begins, ends)
    if at_us != state.due_us:
        yield "rules", f"rule {rule.key}: looks again at {state.due_us}, but its time comes at {at_us}"
    if len(life.starts) > rule.per_hour_most:
        yield "rules", f"rule {rule.key}: {len(life.starts)} starts kept, of {rule.per_hour_most}"


def everything(world: World) -> list[View | RuleState]:
    """What has a deadline here."""
    return [*world.ruling.views.values(), *world.ruling.rules.values()]


def is_there(world: World, entity: View | RuleState) -> bool:
    """Does it belong to the world still?"""
    if isinstance(entity, RuleState):
        return world.ruling.rules.get(entity.key) is entity
    return world.ruling.views.get(entity.key) is entity


def check_rules(world: World) -> Found:
    """As many free agents are kept for watched needs as there are; nothing is kept of rules that are gone."""
    for needs in world.roster.needs.values():
        free = sum(pool.free for pool in needs.ready.values())
        if (needs.crews or needs.kept) and needs.free != free:
            yield "rules", f"needs {needs.key}: {needs.free} free kept, {free} found"
    known = {rule.key for rule in world.settings.rules}
    if known != world.ruling.rules.keys():
        yield "rules", f"rules {sorted(known ^ world.ruling.rules.keys())} are known on one side only"
    yield from _check_watched(world)
    for crew in world.ruling.crews.values():
        yield from _check_crew(world, crew)
    for state in world.ruling.rules.values():
        if state.life == Life() and state.due_us:
            yield "rules", f"rule {state.key}: has a deadline though nothing is known of it"


def _check_watched(world: World) -> Found:
    """What rules read is watched, by the comparisons that they make; and, while nothing crosses, nothing else is."""
    kept = world.ruling
    edges: dict[Gauge, set[tuple[float, bool]]] = {}
    for state in kept.rules.values():
        for compare, gauge in state.reads:
            whole = signal_of(compare.key).whole
            edges.setdefault(gauge, set()).add(edge_of(compare.relation, compare.bound, whole))
            if kept.gauges.get((state.rule.tenant, compare.key)) is not gauge:
                yield "rules", f"rule {state.key}: reads {compare.key}, which is not watched"
            if state not in kept.readers.get(gauge, ()):
                yield "rules", f"rule {state.key}: is not asked when {compare.key} changes"
    if world.crossing is not None:
        return
    if kept.unasked:
        yield "rules", f"rules {[state.key for state in kept.unasked]} were never asked"
    measure = dict.fromkeys(kept.measures.values())
    needless = [view.key for view in kept.views.values() if view not in measure and not _serves(view)]
    if any(gauge not in edges for gauge in kept.gauges.values()):
        yield "rules", "values are watched that no rule reads"
    elif any(gauge.leaves.keys() != edges[gauge] for gauge in kept.gauges.values()):
        yield "rules", "comparisons are made that no rule asks for"
    if needless:
        yield "rules", f"nothing is read of {needless}, and they are watched"


def _serves(view: View) -> bool:
    """Does another view count by this one?"""
    return isinstance(view, QueueView) and (view.site is not None or view.level is not None)


def _queues(world: World, tenant: str) -> list[Queue]:
    return [queue for (owner, _), queue in world.queues.items() if owner == tenant and not queue.retired]


def _compare(view: View, gauge: Gauge | None, value: Value, *, least: bool = False) -> Found:
    """What is true of this value is what the gauge says. `least`: it may be more, and nothing is said of that."""
    if gauge is None or value is None:
        return
    for (edge, rising), leaf in gauge.leaves.items():
        truth = None if least and value < edge else (value >= edge) is rising
        if leaf.truth is not truth:
            yield "rules", f"{view.key}: {gauge.key.signal} is {value}, and {leaf.truth} is said of {edge}"
