"""An agent as the configuration has them."""

from __future__ import annotations

from router.core import settings as of
from router.core.entities import Agent


def agent_of(known: of.Agent, number: int) -> Agent:
    """An agent of the configuration, offline."""
    agent = Agent(known.name, known.tenant, number)
    agent.team, agent.capacity = known.team, known.capacity_units
    agent.configured = agent.skills = known.skills
    agent.languages, agent.attributes = known.languages, known.attributes
    agent.most_at_once = dict(known.most_at_once) or None
    return agent
