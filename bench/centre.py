"""The centres that benchmarks run: a small and a large one in which every agent serves the same number of lines.

busy part    every agent busy, contacts waiting in every line: an agent who comes free takes the most urgent
idle part    a tenth of the agents, with lines of their own and nobody waiting: an arrival finds a free agent
"""

from __future__ import annotations

from dataclasses import dataclass

from router.core import settings as of
from router.core.want import Want

LINES_AN_AGENT = 5
IDLE_SHARE = 10
"""One agent in so many is in the idle part."""


@dataclass(frozen=True)
class Size:
    """How large a centre is."""

    queues: int
    agents: int
    profiles: int
    waiting: int


SMALL = Size(queues=10, agents=50, profiles=10, waiting=100)
LARGE = Size(queues=500, agents=10_000, profiles=2_000, waiting=100_000)


def queue_name(index: int) -> str:
    """The name of a queue."""
    return f"q{index}"


def agent_name(index: int) -> str:
    """The name of an agent."""
    return f"a{index}"


def idle_queues(size: Size) -> int:
    """How many of the last queues belong to the idle part."""
    return max(LINES_AN_AGENT, size.queues // IDLE_SHARE)


def idle_agents(size: Size) -> int:
    """How many of the last agents belong to the idle part."""
    return size.agents // IDLE_SHARE


def skills_of(size: Size, agent: int) -> tuple[tuple[str, int], ...]:
    """An agent's five skills: those of one of `profiles` profiles, levels included."""
    idle = agent >= size.agents - idle_agents(size)
    first = size.queues - idle_queues(size) if idle else 0
    number = idle_queues(size) if idle else size.queues - idle_queues(size)
    profile = agent % size.profiles
    names = {f"s{first + (profile * LINES_AN_AGENT + j) % number}" for j in range(LINES_AN_AGENT)}
    # The level tells profiles with the same skills apart.
    level = 1 + profile * LINES_AN_AGENT // number % 10
    return tuple(sorted((name, level) for name in names))


def settings(size: Size) -> of.Settings:
    """The centre as the core takes it."""
    return of.Settings(
        queues=tuple(
            of.Queue(queue_name(i), needs=Want(((f"s{i}", 1),)), waiting_max=10_000_000) for i in range(size.queues)
        ),
        agents=tuple(of.Agent(agent_name(i), skills=skills_of(size, i)) for i in range(size.agents)),
        limits=of.Limits(contacts_max=10_000_000),
    )
