"""Shares of time: who has given a queue its share is offered no more of its contacts until that has fallen.

It is looked at when a contact of the queue is over, and of those who are past it at the end of each slot of the window.
Being past it is part of what an agent can do (`Profile.barred`), so that nobody is looked at who would only be passed
over. Kept with each agent: for which queues they are past it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core import people
from router.core.actions.share import SHARE, ShareOfTime
from router.core.layers import timesheets
from router.rules.window import SLOTS

if TYPE_CHECKING:
    from router.core.entities import Agent
    from router.core.layers.layer import Layer
    from router.core.world import World


def take(world: World, tenant: str, queue: str) -> None:
    """Layers on the share of this queue came, went or rank otherwise."""
    was, now = timesheets.take(world, tenant, (SHARE, queue))
    if was is now:
        return
    if was is not None and was.due_us:
        world.deadlines.cancel(was)
        if was in world.layers.sources.get(was.source, ()):
            world.changed[was] = None
    name = timesheets.name_of((SHARE, queue))
    for agent in world.agents.values():
        if agent.tenant == tenant and (name in agent.sheets or queue in agent.barred):
            look(world, agent, queue)


def follow(world: World) -> None:
    """The configuration was switched: some sources may say otherwise, or nothing."""
    for tenant, target in dict.fromkeys([*world.layers.sheets, *world.layers.targets]):
        if target[0] == SHARE:
            take(world, tenant, target[1])


def look(world: World, agent: Agent, queue: str) -> None:
    """Has the agent given the queue its share by now?"""
    layer = timesheets.in_effect(world, agent.tenant, (SHARE, queue))
    sheet = agent.sheets.get(timesheets.name_of((SHARE, queue)))
    past = False
    if layer is not None and sheet is not None and timesheets.concerns(layer, agent):
        work, ready = sheet.sums(world.now_us, agent.capacity)
        past = work > _action(layer).share_most * ready
    if past is not (queue in agent.barred):
        _bar(world, agent, queue, past=past)
    if past and layer is not None and not layer.due_us:
        slot_us = _action(layer).window_us // SLOTS
        world.set_due(layer, (world.now_us // slot_us + 1) * slot_us)
        world.changed[layer] = None


def due(world: World, layer: Layer) -> None:
    """A slot is over: shares have fallen, though nothing may have happened."""
    world.changed[layer] = None
    tenant, (_, queue) = layer.place
    for agent in _barred(world, tenant, queue):
        look(world, agent, queue)


def _bar(world: World, agent: Agent, queue: str, *, past: bool) -> None:
    """They are offered nothing of it from now on, or again."""
    barred = world.layers.barred.setdefault((agent.tenant, queue), {})
    names = {queue} ^ set(agent.barred)
    agent.barred = tuple(sorted(names))
    if past:
        barred[agent] = None
    else:
        del barred[agent]
        if not barred:
            del world.layers.barred[agent.tenant, queue]
    world.changed[agent] = None
    if agent.profile is not None:
        people.enrol(world, agent)
        world.loose_agents[agent] = None


def _barred(world: World, tenant: str, queue: str) -> list[Agent]:
    """Who is past it, in an order that a loaded world has too."""
    return sorted(world.layers.barred.get((tenant, queue), ()), key=_number)


def _number(agent: Agent) -> int:
    return agent.number


def _action(layer: Layer) -> ShareOfTime:
    assert isinstance(layer.action, ShareOfTime), "a share is what such an action lays"
    return layer.action


def restored(world: World) -> None:
    """Agents are there: whose sheets count still, and who is past a share that is in effect still."""
    for agent in world.agents.values():
        had = agent.sheets, agent.barred
        timesheets.renew(world, agent)
        in_effect = [timesheets.in_effect(world, agent.tenant, (SHARE, queue)) for queue in agent.barred]
        agent.barred = tuple(layer.target[1] for layer in in_effect if layer is not None)
        for layer in in_effect:
            if layer is not None:
                world.layers.barred.setdefault((agent.tenant, layer.target[1]), {})[agent] = None
                if not layer.due_us:
                    world.set_due(layer, world.now_us)
        if (agent.sheets, agent.barred) != had:
            world.layers.loans.ended.append(agent)
