"""The centres that benchmarks run: a small and a large one in which every agent serves the same number of lines.

busy part    every agent busy, contacts waiting in every line: an agent who comes free takes the most urgent
idle part    a tenth of the agents, with lines of their own and nobody waiting: an arrival finds a free agent

A mix says what the contacts are beside plain calls. In both sizes those of the busy part then wait for the same number
of lifecycles a contact, so that as many steps are taken, and as many tickets come due, a lifecycle.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec import structs

from router.core import settings as of
from router.core.needs.asked import Step
from router.core.needs.want import Want
from router.core.ruling.settings import ActingRule
from router.rules import All, Compare, Condition
from router.rules.gauge import Relation

LINES_AN_AGENT = 5
IDLE_SHARE = 10
"""One agent in so many is in the idle part."""
LIFECYCLE_US = 30
"""Core time that a lifecycle takes in a bench."""
OWN_NEEDS: tuple[dict[str, Any], ...] = (
    {"languages": {"french": 3}},
    {"attributes": {"site": "north"}},
    {"any": [{"languages": {"french": 5}}, {"attributes": {"site": "north"}}]},
    {"not": {"attributes": {"site": "north"}}},
)
"""What contacts may need beside their queue: in both sizes somebody who serves a queue meets each."""


@dataclass(frozen=True)
class Mix:
    """What contacts are, beside plain calls."""

    own_needs: float = 0.0
    """Share of contacts with needs of their own; where there are any, the needs of every queue give way in steps."""
    tickets: float = 0.0
    """Tickets with a due time that wait in the busy part, for each call that waits there."""
    rules: int = 0
    """Rules over the queues, by turns of every kind of condition; none of them turns, all of them are watched."""


PLAIN = Mix()
NEEDS = Mix(own_needs=0.2)
TICKETS = Mix(tickets=0.5)
MIXES = {"needs": NEEDS, "tickets": TICKETS}
DUE_WAITS = 10
"""A ticket is due after so many times the wait of a call: about one in twenty of those that run through is a ticket."""


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


def rank_of(size: Size, agent: int) -> int:
    """Which one this agent's profile is of those with the same skills."""
    idle = agent >= size.agents - idle_agents(size)
    number = idle_queues(size) if idle else size.queues - idle_queues(size)
    return agent % size.profiles * LINES_AN_AGENT // number


def wait_us(size: Size) -> int:
    """How long a call of the busy part waits: those before it, one a lifecycle."""
    return size.waiting * LIFECYCLE_US


def settings(size: Size, mix: Mix = PLAIN) -> of.Settings:
    """The centre as the core takes it."""
    plain = of.Settings(
        queues=tuple(
            of.Queue(queue_name(i), needs=Want(((f"s{i}", 1),)), waiting_max=10_000_000) for i in range(size.queues)
        ),
        agents=tuple(of.Agent(agent_name(i), skills=skills_of(size, i)) for i in range(size.agents)),
        limits=of.Limits(contacts_max=10_000_000),
    )
    if mix.rules:
        return structs.replace(plain, rules=rules(size, mix.rules))
    if mix.own_needs:
        return _with_needs(plain, size)
    return _with_tickets(plain, size) if mix.tickets else plain


def rules(size: Size, count: int) -> tuple[ActingRule, ...]:
    """So many rules, a queue each by turns, each of another kind than the one before."""
    made = []
    for i in range(count):
        queue = queue_name(i % size.queues)
        made.append(ActingRule(f"r{i:04}", CONDITIONS[(i + i // size.queues) % len(CONDITIONS)](queue), observe=True))
    return tuple(made)


def _compare(queue: str, signal: str, relation: Relation, bound: float, window_us: int = 0) -> Compare:
    return Compare("queue", queue, signal, relation, bound, window_us)


NEVER_US = 10**15
WINDOW_US = 900_000_000
CONDITIONS: tuple[Callable[[str], Condition], ...] = (
    lambda queue: _compare(queue, "waiting", "above", 10_000_000),
    lambda queue: _compare(queue, "oldest_wait_s", "above", NEVER_US),
    lambda queue: All((
        _compare(queue, "oldest_wait_s", "above", NEVER_US), _compare(queue, "idle", "at_least", 100_000),
    )),
    lambda queue: _compare(queue, "staffed", "above", 100_000),
    lambda queue: _compare(queue, "arrivals", "above", 10_000_000, WINDOW_US),
    lambda queue: All((
        _compare(queue, "waiting", "above", 10_000_000), _compare(queue, "service_level", "below", 0.0, WINDOW_US),
    )),
    lambda queue: _compare(queue, "abandonment", "above", 0.9, WINDOW_US),
)  # fmt: skip
"""What rules of the bench ask of a queue."""


def _with_needs(plain: of.Settings, size: Size) -> of.Settings:
    """Three steps a queue, each of which every call that waits comes to; and what contacts' own needs ask for."""
    quarter_us = wait_us(size) // 4
    queues = []
    for i, queue in enumerate(plain.queues):
        steps = (
            Step(quarter_us, needs=Want(((f"s{i}", 2),))),
            Step(2 * quarter_us, needs=Want(((f"s{i}", 1),))),
            Step(3 * quarter_us, also=Want(teams=("helpers",))),
        )
        queues.append(structs.replace(queue, needs=Want(((f"s{i}", 3),)), relax=steps))
    agents = []
    for i, agent in enumerate(plain.agents):
        rank = rank_of(size, i)
        site = "north" if rank % 2 else "south"
        agents.append(structs.replace(agent, languages=(("french", 1 + rank % 5),), attributes=(("site", site),)))
    return structs.replace(plain, queues=tuple(queues), agents=tuple(agents))


def _with_tickets(plain: of.Settings, size: Size) -> of.Settings:
    """Tickets in the queues of calls. A target of as long as calls wait weighs both alike: they are taken in turn. Each
    takes a whole agent, as a call does: else whoever took one could be given nothing but tickets any more."""
    queues = tuple(
        structs.replace(queue, channels=("voice", "ticket"), target_us=wait_us(size)) for queue in plain.queues
    )
    channels = tuple(
        structs.replace(channel, units=100) if channel.name == "ticket" else channel for channel in plain.channels
    )
    return structs.replace(plain, queues=queues, channels=channels)
