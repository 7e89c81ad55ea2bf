"""Lending agents, and taking them back: what `Borrow` layers do while they are in effect.

A loan is looked at when it begins and then each `step_s`: one more agent is lent while the donor can spare one, one
goes back where the donor is under what it must keep, and whoever is a donor no more goes back too. Nobody is cut off:
who is lent or goes back keeps what rings and talks. Breaks are not touched, and who signs out is not lent any more.

What is kept: with each agent by which loans they are lent (`Agent.lent`) and when they were moved; with each layer when
it is looked at next.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from router.core import people
from router.core.actions.borrow import LOAN, Borrow
from router.core.effects import AgentState
from router.core.estimates.expect import expected_wait_us
from router.core.layers.donors import HOUR_US, donors, kept_queues, may_go, rank
from router.core.layers.layer import Layer
from router.core.layers.loans import Grant
from router.core.needs.levels import level_of
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.entities import Agent
    from router.core.world import World

LOOK_US = 10 * SECOND_US
"""How often a loan with `step_s = 0` is looked at: somebody may have signed in, or the donor be short."""


def take(world: World, tenant: str, name: str) -> None:
    """Layers on this loan came, went or rank otherwise."""
    target = (LOAN, name)
    winners = world.layers.winners(tenant, target)
    for key, layer in list(world.layers.loans.by_layer.items()):
        if layer.place == (tenant, target) and layer not in winners:
            _end(world, key, layer)
    for layer in winners:
        if layer.key not in world.layers.loans.by_layer:
            world.layers.loans.by_layer[layer.key] = layer
            world.layers.loans.lent[layer.key] = {}
            _count(world, layer)
            due(world, layer)


def follow(world: World) -> None:
    """The configuration was switched: some sources may lend otherwise, or not at all."""
    places = [layer.place for layer in world.layers.loans.by_layer.values()]
    for tenant, target in dict.fromkeys([*places, *world.layers.targets]):
        if target[0] == LOAN:
            take(world, tenant, target[1])


def _count(world: World, layer: Layer) -> None:
    """What a loan must keep is counted from its beginning on."""
    action = _action(layer)
    for queue in kept_queues(world, layer.source.tenant, action) if action.keep_service_level else ():
        level_of(queue)


def _end(world: World, key: str, layer: Layer) -> None:
    """Everybody goes back."""
    for agent in _in_order(world, key):
        give_back(world, agent, layer)
    del world.layers.loans.by_layer[key], world.layers.loans.lent[key]
    world.deadlines.cancel(layer)
    layer.due_us = 0
    if layer in world.layers.sources.get(layer.source, ()):
        # It goes on, paused or overruled: kept with a time it would be taken for one whose time is over.
        world.changed[layer] = None


def due(world: World, layer: Layer) -> None:
    """Look at a loan, and set when to look again."""
    action = _action(layer)
    found = _donors(world, layer, action)
    for agent in [agent for agent in _in_order(world, layer.key) if agent not in found]:
        give_back(world, agent, layer)
    more = True
    while more:
        more = _step(world, layer, action, found) and not action.step_us
    world.set_due(layer, world.now_us + (action.step_us or LOOK_US))
    world.changed[layer] = None


def _in_order(world: World, key: str) -> list[Agent]:
    """Who is lent, in an order that a loaded world has too: as they were; those of one moment by their numbers."""
    return sorted(world.layers.loans.lent[key], key=lambda agent: (agent.lent[key], agent.number))


def _step(world: World, layer: Layer, action: Borrow, found: Iterable[Agent]) -> bool:
    """One more or one fewer. Has anything changed that one more step could follow?"""
    lent = world.layers.loans.lent[layer.key]
    idle = sum(1 for agent in found if agent.places and not agent.lent)
    if idle < action.keep_idle or _waits_too_long(world, layer, action) or _serves_too_few(world, layer, action):
        if lent:
            give_back(world, _in_order(world, layer.key)[-1], layer)
        return False
    if len(lent) >= action.agents_most:
        return False
    may = [agent for agent in found if may_go(world, agent, action, idle)]
    if not may:
        return False
    _lend(world, min(may, key=lambda agent: rank(agent, action)), layer)
    return True


def _donors(world: World, layer: Layer, action: Borrow) -> dict[Agent, None]:
    """Who is signed in and belongs to the donor, lent or not."""
    found = dict.fromkeys(donors(world, layer.source.tenant, action))
    if not action.team:
        found |= world.layers.loans.lent[layer.key]
    return found


def _waits_too_long(world: World, layer: Layer, action: Borrow) -> bool:
    """Is the expected wait in one of the donors' queues over what must be kept? Unknown is no."""
    if not action.keep_ewt_us:
        return False
    for queue in kept_queues(world, layer.source.tenant, action):
        for line in queue.lines:
            waits_us = expected_wait_us(world, line, len(line.order))
            if waits_us is not None and waits_us > action.keep_ewt_us:
                return True
    return False


def _serves_too_few(world: World, layer: Layer, action: Borrow) -> bool:
    """Is the service level of one of the donors' queues under what must be kept? Unknown is no."""
    for queue in kept_queues(world, layer.source.tenant, action) if action.keep_service_level else ():
        share = level_of(queue).share(world.now_us)
        if share is not None and share < action.keep_service_level:
            return True
    return False


def _lend(world: World, agent: Agent, layer: Layer) -> None:
    action = _action(layer)
    agent.lent = {**agent.lent, layer.key: world.now_us}
    agent.moves_us = (*(at_us for at_us in agent.moves_us if at_us > world.now_us - HOUR_US), world.now_us)
    agent.grants = {**agent.grants, layer.key: grant_of(action)}
    world.layers.loans.lent[layer.key][agent] = None
    _moved(world, agent, layer, f"lent: {action.granted}")


def give_back(world: World, agent: Agent, layer: Layer) -> None:
    """They have their own skills again."""
    people.unlend(world, agent, layer.key)
    _moved(world, agent, layer, "given back")


def _moved(world: World, agent: Agent, layer: Layer, why: str) -> None:
    world.layers.version += 1
    agent.skills_us = world.now_us
    world.changed[agent] = None
    people.take_skills(world, agent)
    if agent.state == "offline":
        return
    told = AgentState(agent.name, agent.state, agent.reason)
    told.next_state, told.by, told.why, told.skills = agent.next_state, str(layer.source), why, dict(agent.skills)
    world.tell_agent(agent, told)


def grant_of(action: Borrow) -> Grant:
    """What it does to skills."""
    return Grant(action.skills, action.mode == "only")


def _action(layer: Layer) -> Borrow:
    assert isinstance(layer.action, Borrow), "a loan is what a borrow lays"
    return layer.action


# -- a start ---------------------------------------------------------------------------------------------------------


def restore(world: World) -> None:
    """Layers are there, agents are not: what is on loan."""
    for tenant, target in list(world.layers.targets):
        if target[0] == LOAN:
            for layer in world.layers.winners(tenant, target):
                world.layers.loans.by_layer[layer.key] = layer
                world.layers.loans.lent[layer.key] = {}
                _count(world, layer)
                if not layer.due_us:
                    world.set_due(layer, world.now_us)


def restore_agent(world: World, agent: Agent, lent: dict[str, int]) -> bool:
    """By which loans they were lent, as far as those are in effect still. Are all of them?"""
    agent.lent = {key: since_us for key, since_us in lent.items() if key in world.layers.loans.by_layer}
    agent.grants = {key: grant_of(_action(world.layers.loans.by_layer[key])) for key in agent.lent}
    return len(agent.lent) == len(lent)


def restored(world: World) -> None:
    """Agents are there: who is lent by what, in the order in which they were."""
    found = [
        (since_us, agent.number, key, agent) for agent in world.agents.values() for key, since_us in agent.lent.items()
    ]
    for _, _, key, agent in sorted(found, key=lambda each: each[:3]):
        world.layers.loans.lent[key][agent] = None
