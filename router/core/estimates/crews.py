"""The agents of one profile on one channel, counted by what they do and since when.

A crew is counted from the agents themselves, in slices, when a line that it serves is estimated, and is good for a
moment; so no event of an agent has to keep a count, and none can be missed. Counts and sums are whole numbers:
they do not depend on the order of the agents. A crew knows, too, who of it is planned to go, and to be back, within two
hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from router.core.rota import utc_s
from router.ewt.agents import READY, TALK, WRAP
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.entities import Agent
    from router.core.estimates.state import Estimates
    from router.core.roster import Profile
    from router.core.world import World

SLOT = 1_000_000
"""A whole slot, in the unit in which slots are counted."""
SCAN_A_SLICE = 256
"""Agents counted in one slice: half a microsecond each."""
FRESH_US = SECOND_US
"""A count is good for so long, and for a millisecond an agent more: a larger crew changes less in its proportions."""
AN_AGENT_US = 1000
BUCKET_US = 5 * SECOND_US
"""Beginnings are counted in buckets as long as this, each with the mean of its own."""

HORIZON_S = 7200
"""Plans further ahead are not looked at: few waits are longer."""

Cells = dict[tuple[int, str], dict[int, list[int]]]
"""(state, service) -> bucket -> [millionths of a slot, the same times the beginnings in microseconds]."""


class Crew:
    """See the module. `size` and `free` in millionths of a slot, and so `plans`: when (Unix seconds) -> how much more
    there is, or less where it is negative."""

    __slots__ = ("cells", "channel", "counted_us", "free", "plans", "profile", "size")

    def __init__(self, profile: Profile, channel: str) -> None:
        self.profile = profile
        self.channel = channel
        self.counted_us = -1
        self.cells: Cells = {}
        self.plans: dict[int, int] = {}
        self.size = 0
        self.free = 0

    def is_fresh(self, now_us: int) -> bool:
        """Is the count good still?"""
        return 0 <= now_us - self.counted_us < FRESH_US + AN_AGENT_US * self.profile.agents and self.counted_us >= 0

    def busy_s(self, estimates: Estimates) -> float:
        """How long it takes on the average until somebody who is busy comes free, whatever the age of what they do."""
        many = total_s = 0.0
        for (state, name), buckets in self.cells.items():
            service = estimates.by_name.get(name)
            if state != READY and service is not None:
                slots = sum(entry[0] for entry in buckets.values())
                many += slots
                total_s += slots * ((service.talk.mean_s() if state == TALK else 0.0) + service.wrap.mean_s())
        return total_s / many if many else 0.0

    def count(self, world: World, estimates: Estimates) -> Iterator[None]:
        """Count anew, at most `SCAN_A_SLICE` agents a step."""
        counting = _Count(world, estimates, self.channel)
        now_us = world.now_us
        for number, agent in enumerate(list(self.profile.members.values()), 1):
            counting.add(agent)
            if number % SCAN_A_SLICE == 0:
                yield
        self.cells, self.size, self.free = counting.cells, counting.size, counting.free
        self.plans = counting.plans
        self.counted_us = now_us


class _Count:
    """A count under way."""

    def __init__(self, world: World, estimates: Estimates, channel: str) -> None:
        self._world = world
        self._now_s = utc_s(world) if world.rota.at_work else 0
        settings = world.channels.get(channel)
        self._estimates = estimates
        self._channel = channel
        self._units = settings.units if settings is not None else 1
        self._most = settings.most_at_once if settings is not None else 1
        self.cells: Cells = {}
        self.plans: dict[int, int] = {}
        self.size = 0
        self.free = 0

    def add(self, agent: Agent) -> None:
        """One agent: nobody who is on a break, about to go on one, or kept for somebody."""
        if agent.state != "available" or agent.next_state:
            return
        channel, units = self._channel, self._units
        before = self.size
        held = 0
        for offer in agent.offers.values():
            slots = SLOT
            if offer.channel == channel:
                held += 1
            else:
                slots = min(SLOT, SLOT * offer.units // units)
            service = self._estimates.service(offer.queue, offer.channel).name
            if offer.state == "wrap_up":
                self._put(WRAP, service, offer.talk_over_us, slots)
            else:
                self._put(TALK, service, offer.connected_us or offer.made_us, slots)
        if channel in agent.places:
            most = self._most
            if agent.most_at_once is not None:
                most = agent.most_at_once.get(channel, most)
            slots = SLOT * max(1, min(most - held, (agent.capacity - agent.used) // units))
            self.free += slots
            self._put(READY, "", agent.free_since_us, slots)
        if self._now_s and self.size > before:
            self._foresee(agent, self.size - before)

    def _foresee(self, agent: Agent, slots: int) -> None:
        """When they are planned to go, and to be back. Who talks since before they were to go does so afterwards."""
        over_s, span, next_s = self._world.rota.outlook((agent.tenant, agent.name), self._now_s)
        if over_s and (span is None or span[0] > self._now_s):
            over_us = over_s * SECOND_US - self._world.ahead_us
            if agent.offers and all(offer.made_us < over_us for offer in agent.offers.values()):
                self._plan(self._now_s, -slots)
                if span is not None:
                    self._plan(span[0], slots)
        if span is not None:
            self._plan(span[1], -slots)
        if next_s:
            self._plan(next_s, slots)

    def _plan(self, at_s: int, slots: int) -> None:
        if at_s <= self._now_s + HORIZON_S:
            self.plans[at_s] = self.plans.get(at_s, 0) + slots

    def _put(self, state: int, service: str, since_us: int, slots: int) -> None:
        self.size += slots
        cell = self.cells.setdefault((state, service), {})
        entry = cell.setdefault(since_us // BUCKET_US, [0, 0])
        entry[0] += slots
        entry[1] += slots * since_us


def slots_of(world: World, agent: Agent, channel: str) -> int:
    """How many contacts of a channel they can have at once, in millionths."""
    settings = world.channels.get(channel)
    if settings is None:
        return SLOT
    most = settings.most_at_once
    if agent.most_at_once is not None:
        most = agent.most_at_once.get(channel, most)
    return SLOT * max(1, min(most, agent.capacity // settings.units))


def free_us(estimates: Estimates, agent: Agent, channel: str) -> int:
    """How long it takes on the average until they can take a contact of the channel: of those who hold some, until the
    first is over, whatever its age (lives are taken to be memoryless here)."""
    if channel in agent.places or not agent.offers:
        return 0
    left_s = []
    for offer in agent.offers.values():
        service = estimates.service(offer.queue, offer.channel)
        talk_s = 0.0 if offer.state == "wrap_up" else service.talk.mean_s()
        left_s.append(talk_s + service.wrap.mean_s())
    return int(min(left_s) * SECOND_US)
