"""Breathers: who has worked too much of the last half-hour is given nothing for a while after each contact.

A breather is a back-off (`people.pause_offers`), so it is told, kept and shown as one, and `ready` ends it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from router.core import people
from router.core.actions.occupancy_cap import CAP, EVERYBODY, OccupancyCap
from router.core.effects import AgentState
from router.core.layers import timesheets

if TYPE_CHECKING:
    from router.core.entities import Agent
    from router.core.world import World

WHY: Final = "breather"


def take(world: World, tenant: str, team: str) -> None:
    """Layers on the occupancy of this team came, went or rank otherwise: without one nobody needs a breather."""
    was, now = timesheets.take(world, tenant, (CAP, team))
    if was is None or now is not None:
        return
    for agent in world.agents.values():
        if (
            agent.tenant == tenant
            and agent.backoff is not None
            and agent.backoff.why == WHY
            and not _caps(world, agent)
        ):
            people.end_backoff(world, agent)
            world.loose_agents[agent] = None
            told = AgentState(agent.name, agent.state, agent.reason)
            told.by = str(was.source)
            world.tell_session(agent, told)


def follow(world: World) -> None:
    """The configuration was switched: some sources may say otherwise, or nothing."""
    for tenant, target in dict.fromkeys([*world.layers.sheets, *world.layers.targets]):
        if target[0] == CAP:
            take(world, tenant, target[1])


def restored(world: World) -> None:
    """Agents are there: a breather that nothing gives any more is over."""
    for agent in world.agents.values():
        if agent.backoff is not None and agent.backoff.why == WHY and not _caps(world, agent):
            people.end_backoff(world, agent)
            world.layers.loans.ended.append(agent)


def look(world: World, agent: Agent) -> None:
    """A contact is off the agent's hands: are they to have a breather?"""
    lasts_us = 0
    for action in _caps(world, agent):
        sheet = agent.sheets.get(timesheets.name_of((CAP, action.team or EVERYBODY)))
        if sheet is not None:
            work, _ = sheet.sums(world.now_us, agent.capacity)
            if work > action.occupancy_most * action.window_us * agent.capacity:
                lasts_us = max(lasts_us, action.breather_us)
    if lasts_us and agent.state == "available" and not agent.next_state and agent.backoff is None:
        people.pause_offers(world, agent, WHY, lasts_us)
        world.tally.withheld[WHY] = world.tally.withheld.get(WHY, 0) + 1


def _caps(world: World, agent: Agent) -> list[OccupancyCap]:
    """What is in effect for this agent: for their team, and for everybody."""
    found = []
    for team in dict.fromkeys((EVERYBODY, agent.team)):
        layer = timesheets.in_effect(world, agent.tenant, (CAP, team))
        if layer is not None and isinstance(layer.action, OccupancyCap):
            found.append(layer.action)
    return found
