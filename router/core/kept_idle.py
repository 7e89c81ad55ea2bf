"""Agents who are kept idle on purpose: which contacts a free agent may be given, and who looks when one may be spared.

A queue that keeps n agents idle says so of the needs of its own lines. An agent who meets such needs may take a contact
of another queue only if n others stand free for them. Who is kept for several queues takes the contacts of each. The
one idea: the needs count who is free for them, so that the question costs a comparison, and when one more comes free
only those who were kept until then look again, n of them.
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from router.core.keep import Keep
from router.core.line import Line

if TYPE_CHECKING:
    from router.core.entities import Agent
    from router.core.queue import Queue
    from router.core.roster import Profile
    from router.core.world import World

NO_CLASS: Final = 1 << 30
"""Above every class: nothing is urgent enough."""


class Guard(Struct, frozen=True, gc=False):
    """What an agent who is kept idle may be given."""

    own: tuple[Queue, ...]
    """The queues for which they are kept."""
    from_class: int
    """Of other queues: contacts of this class or above."""

    def lets(self, line: Line) -> bool:
        """May they take who waits in this line?"""
        return line.contact_class >= self.from_class or line.queue in self.own


def guard(agent: Agent, channels: Container[str]) -> Guard | None:
    """For an agent who could take a contact of each of `channels`; None: they may take whatever there is."""
    profile = agent.profile
    assert profile is not None, "who is asked is signed in"
    from_class = 0
    for needs in profile.kept:
        if needs.channel in channels:
            others = needs.free - (needs.channel in agent.places)
            for keep in needs.kept:
                if others < keep.agents:
                    from_class = max(from_class, keep.but_class or NO_CLASS)
    return Guard(_own(profile), from_class) if from_class else None


def may_be_given(agent: Agent, line: Line) -> bool:
    """May this agent, who stands free, take who waits in this line?"""
    found = guard(agent, agent.places)
    return found is None or found.lets(line)


def spares(profile: Profile, line: Line) -> bool:
    """May those of a profile who stand free be given who waits in this line, as far as its own channel goes?"""
    channel, contact_class, barred = line.needs.channel, line.contact_class, False
    for needs in profile.kept:
        if needs.channel == channel:
            for keep in needs.kept:
                barred = barred or (needs.free <= keep.agents and not 0 < keep.but_class <= contact_class)
    return not barred or line.queue in _own(profile)


def free_for(line: Line) -> int:
    """How many stand free who may be given who waits in this line."""
    return sum(pool.free for profile, pool in line.needs.ready.items() if not profile.kept or spares(profile, line))


def _own(profile: Profile) -> tuple[Queue, ...]:
    return tuple(keep.queue for needs in profile.kept for keep in needs.kept)


def take(world: World, queue: Queue) -> None:
    """The queue has other lines, or keeps others idle: those who were kept for it look again."""
    roster, laid = world.roster, queue.settings.laid
    for needs in queue.kept:
        roster.keep(needs, tuple(keep for keep in needs.kept if keep.queue is not queue))
    queue.kept = ()
    if laid.keep_idle and not queue.retired:
        queue.kept = tuple(dict.fromkeys(line.needs for line in queue.own.values()))
    for needs in queue.kept:
        roster.keep(needs, (*needs.kept, Keep(queue, laid.keep_idle, laid.keep_idle_but)))


def look(world: World) -> None:
    """One more is free for needs that keep agents idle, or fewer are to be kept: those who were kept look again; and so
    does who stands free for less than before."""
    spared, world.roster.spared = world.roster.spared, {}
    found, world.roster.loosened = world.roster.loosened, {}
    for needs, limit in spared.items():
        if sum(pool.free for pool in needs.ready.values()) <= limit:
            for pool in needs.ready.values():
                order = next(iter(pool.orders.values()))
                found.update((entry[3], None) for entry in order)
    # In an order that a loaded world has too: the longest idle goes first.
    world.loose_agents.update((agent, None) for agent in sorted(found, key=_idle_since))


def _idle_since(agent: Agent) -> tuple[int, int]:
    return agent.free_since_us, agent.number
