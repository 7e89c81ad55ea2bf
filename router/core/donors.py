"""Who may be lent, and who first: what lending goes by when it lends, and estimates when they foresee it.

It lends nobody (`lending.py`), and asks nobody for an estimate: what it knows of waits is what was estimated last.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.actions import Borrow
    from router.core.entities import Agent
    from router.core.queue import Queue
    from router.core.world import World

HOUR_US = 3600 * SECOND_US


def donors(world: World, tenant: str, action: Borrow) -> Iterator[Agent]:
    """The same, but for whom a loan has made able to do something else only."""
    wants = [queue.settings.needs for name in action.queues if (queue := world.queues.get((tenant, name))) is not None]
    able = {
        profile
        for name in action.queues
        if (queue := world.queues.get((tenant, name))) is not None
        for line in queue.lines
        for profile in line.needs.profiles
    }
    for profile in world.roster.profiles.values():
        owner, traits = profile.key[:2]
        if owner == tenant and (
            traits.team == action.team
            if action.team
            else profile in able or any(profile.able.meets(want) for want in wants)
        ):
            yield from profile.members.values()


def next_lent(world: World, tenant: str, action: Borrow, most: int) -> list[Agent]:
    """Who would be lent next, in their order, if nothing changed until then: as `lending` lends, one by one."""
    found = [agent for agent in donors(world, tenant, action) if not agent.lent]
    idle = sum(1 for agent in found if agent.places)
    spare = idle - action.keep_idle
    if spare < 0:
        return []
    picked: list[Agent] = []
    for agent in sorted(found, key=lambda agent: rank(agent, action)):
        if len(picked) == most:
            break
        if may_go(world, agent, action, idle) and (spare or not agent.places):
            spare -= bool(agent.places)
            picked.append(agent)
    return picked


def may_go(world: World, agent: Agent, action: Borrow, idle: int) -> bool:
    """May they be lent, with so many of the donors free?"""
    if agent.lent or agent.state not in ("available", "reserved") or agent.next_state or agent.retired:
        return False
    if agent.places and idle - 1 < action.keep_idle:
        return False
    have = dict(agent.skills)
    if action.mode == "also" and all(have.get(skill, 0) >= level for skill, level in action.skills):
        return False
    moves = sum(1 for at_us in agent.moves_us if at_us > world.now_us - HOUR_US)
    return moves < action.moves_an_hour_most


def rank(agent: Agent, action: Borrow) -> tuple[int, int, int, int]:
    """The least goes first: who is free, by what the action says, then who was there first."""
    by = agent.free_since_us
    if action.first == "best_skill":
        have = dict(agent.skills)
        by = -max((have.get(skill, 0) for skill, _ in action.skills), default=0)
    elif action.first == "least_flexible":
        assert agent.profile is not None, "who may go is signed in"
        by = agent.profile.queues_servable()
    return (0 if agent.places else 1, by, agent.free_since_us, agent.number)


def is_short(world: World, tenant: str, action: Borrow) -> bool:
    """Is a queue of the donors beyond a floor that is a figure, as far as that is known? Then nobody is lent."""
    estimates = world.estimates
    for queue in kept_queues(world, tenant, action):
        if action.keep_service_level and queue.level is not None:
            share = queue.level.share(world.now_us)
            if share is not None and share < action.keep_service_level:
                return True
        for line in queue.lines if action.keep_ewt_us else ():
            view = estimates.views.get(line)
            made = view.plain if view is not None else None
            if made is not None and made.at(len(line.order) + 1).mean * SECOND_US > action.keep_ewt_us:
                return True
    return False


def kept_queues(world: World, tenant: str, action: Borrow) -> Iterator[Queue]:
    """The queues whose service a loan must not spoil."""
    for name in action.keep_queues or action.queues:
        queue = world.queues.get((tenant, name))
        if queue is not None:
            yield queue
