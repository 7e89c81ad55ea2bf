"""Who is planned to come, by the roster: agents who are signed out or on a break now, and are due within two hours.

They are counted in slices, as crews are, when a line is estimated; who has come meanwhile is left out when it is read.
Who is late is counted on for a while, and then is missing: nobody waits for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from router.core.estimates.crews import AN_AGENT_US, HORIZON_S, SCAN_A_SLICE, slots_of
from router.core.needs.able import Able
from router.core.needs.want import Traits
from router.core.rota import Key, utc_s
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.entities import Agent
    from router.core.line import Needs
    from router.core.world import World

LATE_S = 120
"""Who is late by no more is counted on still."""
SOON_S = 30
"""When they are expected then."""
FRESH_US = 10 * SECOND_US
"""A count is good for so long, and for a millisecond an agent more."""

Comer = tuple[int, int, "Agent"]
"""(when, Unix seconds; slots on the channel, in millionths; who)."""


class Comers:
    """Agents of the same tenant and traits. `meets`: which needs they meet, as far as it was asked."""

    __slots__ = ("able", "meets", "tenant", "who")

    def __init__(self, tenant: str, traits: Traits) -> None:
        self.tenant = tenant
        self.able = Able(traits)
        self.meets: dict[Needs, bool] = {}
        self.who: list[Comer] = []

    def serve(self, needs: Needs) -> bool:
        """Do they meet these needs?"""
        found = self.meets.get(needs)
        if found is None:
            found = self.meets[needs] = needs.key[0] == self.tenant and self.able.meets(needs.want)
        return found

    def at(self, now_s: int) -> dict[int, int]:
        """When -> slots, of those who are not there yet."""
        found: dict[int, int] = {}
        for at_s, slots, agent in self.who:
            if at_s + LATE_S < now_s or is_there(agent):
                continue
            comes_s = at_s if at_s >= now_s else now_s + SOON_S
            found[comes_s] = found.get(comes_s, 0) + slots
        return found


class Coming:
    """Everybody who is planned to come on one channel."""

    __slots__ = ("channel", "counted_us", "groups", "version")

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.counted_us = -1
        self.version = -1
        self.groups: dict[tuple[str, Traits], Comers] = {}

    def is_fresh(self, world: World) -> bool:
        """Is the count good still?"""
        good_us = FRESH_US + AN_AGENT_US * len(world.rota.at_work)
        return self.version == world.rota.version and 0 <= self.counted_us <= world.now_us < self.counted_us + good_us

    def count(self, world: World) -> Iterator[None]:
        """Count anew, at most `SCAN_A_SLICE` agents a step."""
        version, now_us, now_s = world.rota.version, world.now_us, utc_s(world)
        groups: dict[tuple[str, Traits], Comers] = {}
        for number, key in enumerate(list(world.rota.at_work) if now_s else (), 1):
            self._look(world, key, now_s, groups)
            if number % SCAN_A_SLICE == 0:
                yield
        self.groups, self.version, self.counted_us = groups, version, now_us

    def _look(self, world: World, key: Key, now_s: int, groups: dict[tuple[str, Traits], Comers]) -> None:
        agent = world.agents.get(key)
        if agent is None or agent.retired or is_there(agent):
            return
        at_s = due_s(world, key, now_s)
        if not at_s or self.channel not in world.channels or not self._has(agent):
            return
        group = (agent.tenant, agent.traits)
        comers = groups.get(group)
        if comers is None:
            comers = groups[group] = Comers(*group)
        comers.who.append((at_s, slots_of(world, agent, self.channel), agent))

    def _has(self, agent: Agent) -> bool:
        """Have they a device for it? Who has none attached takes one with their seat."""
        return not agent.endpoints or any(self.channel in endpoint.channels for endpoint in agent.endpoints.values())


def is_there(agent: Agent) -> bool:
    """Are they at work, and about to stay?"""
    return agent.state in ("available", "reserved") and not agent.next_state


def due_s(world: World, key: Key, now_s: int) -> int:
    """When somebody who is not there is planned to come, within the horizon; 0: not that anybody knew. Who should be
    there already is late for a while."""
    _, span, next_s = world.rota.outlook(key, now_s)
    if span is not None and span[0] + LATE_S < now_s:
        span = None if not next_s else (next_s, next_s)
    if span is None or span[0] > now_s + HORIZON_S:
        return 0
    return span[0]
