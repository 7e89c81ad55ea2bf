"""Plans and layers by hand: start, stop, pause, and what is in force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from router.core import audit
from router.core import commands as ask
from router.core.actions import QueueAction
from router.core.doors import doors
from router.core.effects import (
    Clash,
    LayersReply,
    LayerStatus,
    Ok,
    PlansReply,
    PlanStarted,
    PlanStatus,
    Reply,
)
from router.core.entities import Agent, Peer
from router.core.layers import layers, plans
from router.core.layers.layer import Layer, Pause, Source
from router.core.layers.plan import HAND, ActivePlan
from router.core.layers.plan_settings import Plan
from router.core.queue import Queue
from router.core.world import World
from router.errors import Refused
from router.terms import MILLISECOND_US

PAGE = 500


def start_plan(world: World, peer: Peer, command: ask.StartPlan) -> Reply:
    """It is active from now on."""
    plan = plans.find(world, peer.tenant, command.plan)
    lasts_us = None if command.lasts_ms is None else command.lasts_ms * MILLISECOND_US
    active = plans.start(world, plan, plans.Asker(HAND, command.who, command.why, peer), lasts_us)
    return started(world, command.seq, plan, active)


def started(world: World, seq: int, plan: Plan, active: ActivePlan) -> PlanStarted:
    """What whoever starts a plan is told of it."""
    source = Source(plan.tenant, "plan", plan.name)
    laid = world.layers.sources.get(source, [])
    return PlanStarted(
        seq,
        plan.name,
        len(laid),
        clashes(world, laid),
        plan.todo,
        _left_ms(world, active.until_us),
        [f"{_target(layer)} {layer.what}" for layer in laid if layer.spent == "no_room"],
        world.layers.paused(source),
    )


def stop_plan(world: World, peer: Peer, command: ask.StopPlan) -> Reply:
    """It is over, whoever started it."""
    plans.find(world, peer.tenant, command.plan)
    active = world.plans.active.get((peer.tenant, command.plan))
    if active is None:
        raise Refused("not_active", command.plan)
    plans.stop(world, active, plans.Asker(HAND, command.who, command.why, peer))
    return Ok(command.seq)


def listed(world: World, peer: Peer, command: ask.Plans) -> Reply:
    """A page of plans."""
    names = sorted(name for tenant, name in world.plans.known if tenant == peer.tenant and name > command.after)
    page = [_status(world, world.plans.known[peer.tenant, name]) for name in names[:PAGE]]
    return PlansReply(command.seq, page, len(names) > PAGE)


def pause_layers(world: World, peer: Peer, command: ask.PauseLayers) -> Reply:
    """Take them off."""
    if command.name and (peer.tenant, command.name) not in world.plans.known:
        raise Refused("unknown_source", f"{command.kind} {command.name}".strip())
    paused = layers.pause(world, peer.tenant, command.kind, command.name)
    audit.write(world, peer, command.who, command.why, "pause_layers", _words(paused), {}, {})
    return Ok(command.seq)


def resume_layers(world: World, peer: Peer, command: ask.ResumeLayers) -> Reply:
    """Put them on again."""
    paused = Pause(peer.tenant, command.kind, command.name)
    if not layers.resume(world, peer.tenant, command.kind, command.name):
        raise Refused("not_paused", _words(paused))
    audit.write(world, peer, command.who, command.why, "resume_layers", _words(paused), {}, {})
    return Ok(command.seq)


def shown(world: World, peer: Peer, command: ask.LayersAsked) -> Reply:
    """A page of layers: those of rules and plans, and what hands have set beside them."""
    mine = [laid for source, laid in world.layers.sources.items() if source.tenant == peer.tenant]
    found = {layer.key: layer for laid in mine for layer in laid}
    by_hand: dict[str, Queue | Agent] = {
        f"{peer.tenant}/hand/queue {queue.name}": queue
        for (tenant, _), queue in world.queues.items()
        if tenant == peer.tenant and queue.door is not None and queue.door.hand
    }
    by_hand |= {
        f"{peer.tenant}/hand/agent {agent.name}": agent
        for agent in world.agents.values()
        if agent.tenant == peer.tenant and agent.by_hand
    }
    keys = sorted(key for key in (*found, *by_hand) if key > command.after)
    page = [_layer(world, found[key]) if key in found else _hand(world, key, by_hand[key]) for key in keys[:PAGE]]
    paused = [_words(pause) for pause in world.layers.pauses.values() if pause.tenant == peer.tenant]
    return LayersReply(command.seq, page, len(keys) > PAGE, sorted(paused))


def clashes(world: World, laid: list[Layer]) -> list[Clash]:
    """Where these layers meet those of other sources on the same value."""
    found = []
    for layer in laid:
        if layer.spent or not layer.action.undone:
            continue
        for other in world.layers.targets[layer.place]:
            if other.what == layer.what and other.source != layer.source and not other.spent:
                winner, loser = (layer, other) if layer.weight > other.weight else (other, layer)
                found.append(Clash(_target(layer), layer.what, str(winner.source), str(loser.source)))
    return found


def _words(pause: Pause) -> str:
    return f"{pause.kind} {pause.name}".strip() or "all"


def _target(layer: Layer) -> str:
    return " ".join(layer.target)


def _left_ms(world: World, until_us: int) -> int | None:
    return max(0, until_us - world.now_us) // MILLISECOND_US if until_us else None


def _status(world: World, plan: Plan) -> PlanStatus:
    active: ActivePlan | None = world.plans.active.get((plan.tenant, plan.name))
    status = PlanStatus(plan.name, active is not None, plan.owner, plan.todo, plan.rank, plan.calendar)
    if active is not None:
        status.by, status.who, status.why = list(active.holders), active.who, active.why
        status.since_ms = (world.now_us - active.since_us) // MILLISECOND_US
        status.expires_in_ms = _left_ms(world, active.until_us)
    status.paused = world.layers.paused(Source(plan.tenant, "plan", plan.name))
    return status


def _layer(world: World, layer: Layer) -> LayerStatus:
    status = LayerStatus(
        layer.key, layer.source.kind, layer.source.name, _target(layer), layer.what, "in_force",
        str(type(layer.action).__struct_config__.tag), "", layer.rank, layer.by_hand,
        (world.now_us - layer.since_us) // MILLISECOND_US, _left_ms(world, layer.due_us),
    )  # fmt: skip
    queue = world.queues.get((layer.source.tenant, layer.target[1])) if layer.target[0] == "queue" else None
    if queue is not None and isinstance(layer.action, QueueAction):
        status.value = layer.action.shown(queue.settings)
    overruler = world.layers.overruler(layer)
    if layer.spent:
        status.state = layer.spent
    elif world.layers.paused(layer.source):
        status.state = "paused"
    elif overruler is not None:
        status.state, status.overruled_by = "overruled", str(overruler.source)
    return status


def _hand(world: World, key: str, target: Queue | Agent) -> LayerStatus:
    """What a person has set by hand on a door, or on an agent's skills: it goes before rules and plans."""
    if isinstance(target, Agent):
        levels = ",".join(f"{skill}={level}" for skill, level in target.by_hand.items())
        since_ms = (world.now_us - target.skills_us) // MILLISECOND_US
        status = LayerStatus(key, "hand", "skills", f"agent {target.name}", "skills", "in_force", "", levels)
        status.by_hand, status.since_ms = True, since_ms
        return status
    door = target.door
    assert door is not None
    value = "closed" if doors.closed_by(world, target) else "open"
    return LayerStatus(
        key, "hand", "door", f"queue {target.name}", "open", "in_force", "", value, 0, True, 0,
        _left_ms(world, door.until_us),
    )  # fmt: skip


HANDLERS: dict[type[ask.Request], Callable[[World, Peer, Any], Reply]] = {
    ask.StartPlan: start_plan,
    ask.StopPlan: stop_plan,
    ask.Plans: listed,
    ask.LayersAsked: shown,
    ask.PauseLayers: pause_layers,
    ask.ResumeLayers: resume_layers,
}
