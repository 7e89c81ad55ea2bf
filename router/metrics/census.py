"""Counts of things that may be many, agents, clients and segments, made in slices before the rows read them.

It knows the world and no row. The one idea: a generator that gives way after so many, over a list taken at
the start, so that what comes and goes meanwhile does no harm.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final

from router.core.handlers.questions import agent_doing
from router.core.routes.routing import SegmentTally
from router.core.routes.steering import SteerTally
from router.core.world import World
from router.metrics.text import Number

A_SLICE: Final = 128
"""Agents, clients or descriptors looked at before it gives way: about 0.1 ms."""

DOING: Final = (
    "offline", "not_ready", "available", "reserved", "offered", "connecting", "connected", "wrap_up", "outside",
)  # fmt: skip
"""What `agent_doing` says."""

DESCRIPTORS: Final = "/proc/self/fd"


class Census:
    """Counts, as of the last time that `take` ran through."""

    def __init__(self) -> None:
        self.agents: dict[tuple[str, ...], int] = {}
        """(tenant, team, what they do) -> agents."""
        self.clients: dict[tuple[str, ...], int] = {}
        """(role,) -> clients that we listen to."""
        self.segments: dict[str, dict[tuple[str, ...], Number]] = {name: {} for name in SegmentTally.__struct_fields__}
        """Field of its tally -> (tenant, segment) -> count."""
        self.steers: dict[str, dict[tuple[str, ...], Number]] = {name: {} for name in SteerTally.__struct_fields__}
        """The same for the cells of the matrix."""
        self.open_descriptors: int | None = None
        """None where the system does not tell."""

    def take(self, world: World) -> Iterator[None]:
        """Count anew."""
        yield from self._count_agents(world)
        yield from self._count_clients(world)
        yield from _copied(world.routing.tallies, self.segments)
        yield from _copied(world.routing.steering.tallies, self.steers)
        yield from self._count_descriptors()

    def _count_agents(self, world: World) -> Iterator[None]:
        counts: dict[tuple[str, ...], int] = {}
        for number, agent in enumerate(list(world.agents.values()), start=1):
            doing = agent_doing(agent)
            key = (agent.tenant, agent.team, doing)
            if key not in counts:
                # A team shows all its states, so that a state that empties is 0 and does not vanish.
                counts |= dict.fromkeys(((agent.tenant, agent.team, each) for each in DOING), 0)
            counts[key] += 1
            if number % A_SLICE == 0:
                yield
        self.agents = counts

    def _count_clients(self, world: World) -> Iterator[None]:
        counts: dict[tuple[str, ...], int] = dict.fromkeys(
            ((role,) for role in ("gateway", "desk", "supervisor", "monitor")), 0
        )
        for number, peer in enumerate(list(world.peers.values()), start=1):
            if peer.live:
                counts[(peer.role,)] = counts.get((peer.role,), 0) + 1
            if number % A_SLICE == 0:
                yield
        self.clients = counts

    def _count_descriptors(self) -> Iterator[None]:
        count = 0
        with suppress(OSError), os.scandir(DESCRIPTORS) as descriptors:
            for _ in descriptors:
                count += 1
                if count % A_SLICE == 0:
                    yield
        # One of them is the scan's own.
        self.open_descriptors = count - 1 if count else None


def _copied(
    tallies: Mapping[tuple[str, str], SegmentTally | SteerTally], into: dict[str, dict[tuple[str, ...], Number]]
) -> Iterator[None]:
    """Each field of these tallies, by whose they are. None of them ever goes."""
    for number, (key, tally) in enumerate(list(tallies.items()), start=1):
        for name, counts in into.items():
            counts[key] = getattr(tally, name)
        if number % A_SLICE == 0:
            yield
