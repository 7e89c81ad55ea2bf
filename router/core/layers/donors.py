"""Who may be lent, and who first: what lending goes by when it lends, and estimates when they foresee it.

It lends nobody (`lending.py`), and asks nobody for an estimate: what it knows of waits is what was estimated last.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest
from typing import TYPE_CHECKING

from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.actions import Borrow
    from router.core.entities import Agent
    from router.core.queue import Queue
    from router.core.roster import Profile
    from router.core.world import World

HOUR_US = 3600 * SECOND_US
COST_A_SLICE = 512
"""Looked at in one slice, about half a microsecond each."""
AGENT_COST = 4
EVERYBODY = 1 << 30
"""More are not idle anywhere: what must stay is looked at for all of them together."""


def donors(world: World, tenant: str, action: Borrow) -> Iterator[Agent]:
    """Who is signed in and belongs to the donor; not who is able to serve a queue of it by a loan alone."""
    test = DonorTest(world, tenant, action)
    for profile in world.roster.profiles.values():
        if test.meets(profile):
            yield from profile.members.values()


class DonorTest:
    """Does a profile belong to the donor? `cost`: of one answer, about half a microsecond each."""

    def __init__(self, world: World, tenant: str, action: Borrow) -> None:
        queues = [queue for name in action.queues if (queue := world.queues.get((tenant, name))) is not None]
        self._tenant = tenant
        self._team = action.team
        self._wants = list(dict.fromkeys(queue.settings.needs for queue in queues))
        self._needs = [line.needs for queue in queues for line in queue.lines]
        self.cost = 1 + (len(self._wants) + len(self._needs)) // 64

    def meets(self, profile: Profile) -> bool:
        """Its agents are of the team, or can serve one of the queues."""
        if profile.key[0] != self._tenant:
            return False
        if self._team:
            return profile.key[1].team == self._team
        return any(profile in needs.levels for needs in self._needs) or any(map(profile.able.meets, self._wants))


class NextLent:
    """Who would be lent next if nothing changed until then, as `lending` lends: looked for in pieces."""

    def __init__(self, world: World, tenant: str, action: Borrow) -> None:
        self._world = world
        self._action = action
        self._test = DonorTest(world, tenant, action)
        self._idle: list[tuple[tuple[int, int, int, int], Agent]] = []
        self._others: list[tuple[tuple[int, int, int, int], Agent]] = []
        self._free = 0

    def look(self) -> Iterator[None]:
        """Look at all donors, `COST_A_SLICE` at a time."""
        cost = 0
        for profile in list(self._world.roster.profiles.values()):
            cost += self._test.cost
            for agent in list(profile.members.values()) if self._test.meets(profile) else ():
                self._see(agent)
                cost += AGENT_COST
                if cost >= COST_A_SLICE:
                    cost = 0
                    yield
            if cost >= COST_A_SLICE:
                cost = 0
                yield

    def _see(self, agent: Agent) -> None:
        idle = bool(agent.places) and not agent.lent
        self._free += idle
        if may_go(self._world, agent, self._action, EVERYBODY):
            (self._idle if idle else self._others).append((rank(agent, self._action), agent))

    def agents(self, most: int) -> list[Agent]:
        """In their order: who is free, as far as enough of them stay, and then who is not."""
        spare = self._free - self._action.keep_idle
        if spare < 0:
            return []
        found = nsmallest(min(spare, most), self._idle)
        return [agent for _, agent in (*found, *nsmallest(most - len(found), self._others))]


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
