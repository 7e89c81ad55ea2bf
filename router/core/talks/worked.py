"""When work is over: what it counts for, and what follows for the agent before they look for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core import people
from router.core.layers import breathers, shares, timesheets

if TYPE_CHECKING:
    from router.core.entities import Agent, Offer
    from router.core.world import World


def came_free(world: World, agent: Agent, served: Offer | None) -> None:
    """A contact is off the agent's hands. `served`: it was work, so idle time starts anew and occupancy is fixed."""
    if served is None:
        world.changed[agent] = None
    else:
        agent.worked_us += (world.now_us - served.accepted_us) * served.units // max(1, agent.capacity)
        people.rest(world, agent)
        if agent.sheets:
            timesheets.worked(world, agent, served.queue.name, served.accepted_us, served.units)
            shares.look(world, agent, served.queue.name)
    if agent.next_state and not people.engaged(agent):
        people.take_next_state(world, agent)
    elif served is not None and agent.sheets:
        breathers.look(world, agent)
    world.loose_agents[agent] = None
