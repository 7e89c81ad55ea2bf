"""What must hold of layers and plans: checked from outside, as `world.py` does for everything else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from router.core import settings as of
from router.core.actions import ORDER, Borrow, QueueAction
from router.core.entities import Agent
from router.core.layers.layer import Layer
from router.core.layers.plan import ActivePlan
from router.core.queue import Queue
from router.core.world import World

Found: TypeAlias = Iterator[tuple[str, str]]


def in_effect(world: World, configured: of.Queue) -> of.Queue:
    """A queue's settings with its layers, worked out the long way: all layers by weight, each value by its first."""
    layers = [layer for laid in world.layers.sources.values() for layer in laid]
    off = {tuple(key.split("/")) for key in world.layers.pauses}
    mine = [
        layer
        for layer in layers
        if layer.source.tenant == configured.tenant
        and layer.target == ("queue", configured.name)
        and not layer.spent
        and off.isdisjoint({(configured.tenant, "", ""), (*layer.source[:2], ""), tuple(layer.source)})
    ]
    mine.sort(key=lambda layer: (-layer.rank, not layer.by_hand, -layer.since_us, -layer.number))
    first: dict[str, QueueAction] = {}
    for layer in mine:
        if isinstance(layer.action, QueueAction):
            first.setdefault(layer.action.what, layer.action)
    for action in sorted(first.values(), key=lambda action: ORDER[type(action)]):
        configured = action.over(configured)
    return configured


def check_queue(world: World, queue: Queue) -> Found:
    """What is in effect is the configuration with the winning layers over it, and nothing else."""
    configured = world.configured.get((queue.settings.tenant, queue.name))
    if queue.retired or configured is None:
        return
    wanted = in_effect(world, configured)
    if queue.settings != wanted:
        names = [name for name in wanted.__struct_fields__ if getattr(wanted, name) != getattr(queue.settings, name)]
        yield "layers", f"queue {queue.name}: {', '.join(names)} are not what configuration and layers say"
    for line in queue.lines.values():
        boost = 0.0 if wanted.order == "oldest" else wanted.boost
        # Whoever is in a line that was set aside crosses by what was in effect before.
        if line.boost != boost and not line.version:
            yield "layers", f"queue {queue.name}: a line of it has boost {line.boost}, not {boost}"


def check_layer(world: World, layer: Layer) -> Found:
    """Found by its source and by its target, with its own end kept."""
    name = f"layer {layer.key}"
    for listed in (world.layers.sources.get(layer.source, ()), world.layers.targets.get(layer.place, ())):
        if sum(1 for each in listed if each is layer) != 1:
            yield "index", f"{name}: not found by its source or its target"
    if layer.due_us and not world.deadlines.holds(layer):
        yield "L2", f"{name}: deadline {layer.due_us} is not kept"
    if layer.source.kind == "plan" and (layer.source.tenant, layer.source.name) not in world.plans.active:
        yield "layers", f"{name}: its plan is not active"


def check_plan(world: World, active: ActivePlan) -> Found:
    """Somebody wants it, it ends in time, and configuration knows it."""
    name = f"plan {active.key}"
    if not active.holders:
        yield "layers", f"{name}: nobody wants it"
    if (active.tenant, active.name) not in world.plans.known:
        yield "layers", f"{name}: configuration does not have it"
    if bool(active.due_us) != bool(active.until_us) or active.due_us > max(active.until_us, world.now_us):
        yield "L2", f"{name}: ends at {active.until_us}, deadline {active.due_us}"
    if active.due_us and not world.deadlines.holds(active):
        yield "L2", f"{name}: deadline {active.due_us} is not kept"


def check_loans(world: World) -> Found:
    """Who is lent is lent by what is in effect, and by no more than it may; and found from both sides."""
    for agent in world.agents.values():
        for key in agent.lent:
            if agent not in world.layers.loans.lent.get(key, ()):
                yield "index", f"agent {agent.name}: lent by {key}, which does not know"
        if agent.lent and (agent.grants.keys() != agent.lent.keys() or agent.profile is None):
            yield "layers", f"agent {agent.name}: lent by {sorted(agent.lent)}, has skills of {sorted(agent.grants)}"
        if dict(agent.skills) != _levels(world, agent):
            yield "layers", f"agent {agent.name}: skills {agent.skills} are not what configuration, loans and hands say"
    for key, layer in world.layers.loans.by_layer.items():
        lent = world.layers.loans.lent[key]
        if world.layers.overruler(layer) is not None or layer not in world.layers.sources.get(layer.source, ()):
            yield "layers", f"loan {key}: not in effect"
        if isinstance(layer.action, Borrow) and len(lent) > layer.action.agents_most:
            yield "layers", f"loan {key}: {len(lent)} agents of at most {layer.action.agents_most}"
        if any(key not in agent.lent for agent in lent):
            yield "index", f"loan {key}: an agent does not know of it"
        if not world.deadlines.holds(layer):
            yield "L2", f"loan {key}: nobody looks at it again"


def _levels(world: World, agent: Agent) -> dict[str, int]:
    """Skills and levels, worked out the long way."""
    own = dict(agent.configured)
    loans = [world.layers.loans.by_layer[key].action for key in agent.lent if key in world.layers.loans.by_layer]
    lent = [loan for loan in loans if isinstance(loan, Borrow)]
    levels = {} if any(loan.mode == "only" for loan in lent) else dict(own)
    for skill, level in (pair for loan in lent for pair in loan.skills):
        levels[skill] = max(level, levels.get(skill, 0), own.get(skill, 0))
    return {skill: level for skill, level in (levels | agent.by_hand).items() if level}


def check_layers(world: World) -> Found:
    """As many by target as by source."""
    by_source = sum(len(laid) for laid in world.layers.sources.values())
    by_target = sum(len(laid) for laid in world.layers.targets.values())
    if by_source != by_target:
        yield "index", f"{by_source} layers by source, {by_target} by target"
