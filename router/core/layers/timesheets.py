"""Who spends their time on what, for rules and plans that go by it: shares of queues, and caps of occupancy.

An agent has a sheet for each such layer in effect that is about them, from the layer's beginning or their first log-in
under it. Ready time is counted when they come and go, work when it is over, so a sheet costs nothing between. Sheets
outlive a log-out, and end with the layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from router.core.actions.occupancy_cap import CAP, EVERYBODY, OccupancyCap
from router.core.actions.share import SHARE, ShareOfTime
from router.core.layers.sheet import READY, WORK, Sheet
from router.rules.window import SLOTS, ring

if TYPE_CHECKING:
    from router.core.actions import Target
    from router.core.entities import Agent
    from router.core.layers.layer import Layer
    from router.core.world import World

KINDS = (SHARE, CAP)
"""Targets that go by sheets."""


def in_effect(world: World, tenant: str, target: Target) -> Layer | None:
    """The layer on such a target that counts now."""
    return world.layers.sheets.get((tenant, target))


def concerns(layer: Layer, agent: Agent) -> bool:
    """Is it about this agent?"""
    action = layer.action
    assert isinstance(action, ShareOfTime | OccupancyCap), "a sheet is what such a layer goes by"
    return layer.source.tenant == agent.tenant and action.team in ("", agent.team)


def take(world: World, tenant: str, target: Target) -> tuple[Layer | None, Layer | None]:
    """Layers on this target came, went or rank otherwise: everybody has the sheets of what is in effect now. Returns
    which layer was, and which is."""
    sheets = world.layers.sheets
    was = sheets.pop((tenant, target), None)
    now = next(iter(world.layers.winners(tenant, target)), None)
    if now is not None:
        sheets[tenant, target] = now
    if was is not now:
        for agent in world.agents.values():
            if agent.tenant == tenant:
                renew(world, agent)
    return was, now


def restore(world: World) -> None:
    """Layers are there, agents are not: what is in effect."""
    for tenant, target in world.layers.targets:
        if target[0] in KINDS:
            for layer in world.layers.winners(tenant, target):
                world.layers.sheets[tenant, target] = layer


def renew(world: World, agent: Agent) -> None:
    """The sheets of what is in effect for this agent, in the place of those that they have."""
    wanted = {name_of(layer.target): window_us for layer, window_us in _about(world, agent)}
    kept = {
        name: sheet
        for name, sheet in agent.sheets.items()
        if name in wanted and sheet.ring.slot_us == wanted[name] // SLOTS
    }
    new = [name for name in wanted if name not in kept]
    if len(kept) == len(agent.sheets) and not new:
        return
    ready_us = world.now_us if is_ready(agent) else -1
    for name in new:
        kept[name] = Sheet(ring(wanted[name], 2, world.now_us), world.now_us, ready_us)
    agent.sheets = kept
    world.changed[agent] = None


def turned(world: World, agent: Agent) -> None:
    """The agent is ready from now on, or is not any more."""
    for sheet in agent.sheets.values():
        if sheet.ready_us >= 0:
            sheet.ring.spread(sheet.ready_us, world.now_us, READY, agent.capacity)
        sheet.ready_us = world.now_us if is_ready(agent) else -1


def worked(world: World, agent: Agent, queue: str, since_us: int, units: int) -> None:
    """Work for a queue is over, or (none named) work that the engine did not give."""
    for name, sheet in agent.sheets.items():
        if name in (name_of((SHARE, queue)), name_of((CAP, EVERYBODY)), name_of((CAP, agent.team))):
            sheet.ring.spread(max(since_us, sheet.began_us), world.now_us, WORK, units)


def is_ready(agent: Agent) -> bool:
    """Does their time count?"""
    return agent.state in ("available", "reserved")


def name_of(target: Target) -> str:
    """What the sheet of a layer on this target is called."""
    return "/".join(target)


def _about(world: World, agent: Agent) -> Iterator[tuple[Layer, int]]:
    for layer in world.layers.sheets.values():
        if concerns(layer, agent):
            yield layer, layer.action.window_us  # type: ignore[union-attr]  # `concerns` has looked
