"""Which contacts a free agent may be given, where rules or plans keep them for some queue or from another.

A queue that keeps n agents idle says so of the needs of its own lines. An agent who meets such needs may take a contact
of another queue only if n others stand free for them. Who is kept for several queues takes the contacts of each. The
one idea: the needs count who is free for them, so that the question costs a comparison (`kept_idle.py` says who looks
when one more comes free). Who is past the share of their time that a queue may have (`shares.py`) is of another profile
than others who can do the same. By name, as direct or preferred agent, everybody is given what waits for them.
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from router.core.line import Line

if TYPE_CHECKING:
    from router.core.entities import Agent
    from router.core.queue import Queue
    from router.core.roster import Profile

NO_CLASS: Final = 1 << 30
"""Above every class: nothing is urgent enough."""


class Guard(Struct, frozen=True, gc=False):
    """What an agent may be given who is kept from some contacts."""

    own: tuple[Queue, ...]
    """The queues for which they are kept idle."""
    from_class: int
    """Of other queues: contacts of this class or above."""
    barred: tuple[str, ...]
    """Queues that have had their share of the agent's time."""

    def lets(self, line: Line) -> bool:
        """May they take who waits in this line?"""
        if line.queue.name in self.barred:
            return False
        return line.contact_class >= self.from_class or line.queue in self.own


def guard(agent: Agent, channels: Container[str]) -> Guard | None:
    """For an agent who could take a contact of each of `channels`; None: they may take whatever there is."""
    profile = agent.profile
    assert profile is not None, "who is asked is signed in"
    if not profile.kept and not profile.barred:
        return None
    from_class = 0
    for needs in profile.kept:
        if needs.channel in channels:
            others = needs.free - (needs.channel in agent.places)
            for keep in needs.kept:
                if others < keep.agents:
                    from_class = max(from_class, keep.but_class or NO_CLASS)
    return Guard(_own(profile), from_class, profile.barred) if from_class or profile.barred else None


def may_be_given(agent: Agent, line: Line) -> bool:
    """May this agent, who stands free, take who waits in this line?"""
    found = guard(agent, agent.places)
    return found is None or found.lets(line)


def spares(profile: Profile, line: Line) -> bool:
    """May those of a profile who stand free be given who waits in this line, as far as its own channel goes?"""
    if line.queue.name in profile.barred:
        return False
    channel, contact_class, barred = line.needs.channel, line.contact_class, False
    for needs in profile.kept:
        if needs.channel == channel:
            for keep in needs.kept:
                barred = barred or (needs.free <= keep.agents and not 0 < keep.but_class <= contact_class)
    return not barred or line.queue in _own(profile)


def free_for(line: Line) -> int:
    """How many stand free who may be given who waits in this line."""
    return sum(
        pool.free
        for profile, pool in line.needs.ready.items()
        if not (profile.kept or profile.barred) or spares(profile, line)
    )


def _own(profile: Profile) -> tuple[Queue, ...]:
    return tuple(keep.queue for needs in profile.kept for keep in needs.kept)
