"""The two searches: the best free agent for a contact, and the most urgent contact for a free agent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from router.core.layers.guards import Guard, guard, may_be_given, spares
from router.core.line import Entry, Line, Needs, first_for, passed_over
from router.core.match import best_skill, least_flexible, least_occupied, longest_idle, round_robin
from router.core.match.balanced import turn
from router.core.order import Order
from router.core.places.several import rank as place_rank
from router.core.roster import OrderKind, Profile

if TYPE_CHECKING:
    from router.core.entities import Agent, Contact, Endpoint


class AgentChoice(Protocol):
    """What a file of this folder offers."""

    ORDER: OrderKind

    def profile_rank(self, profile: Profile, needs: Needs) -> int:
        """What is compared first between profiles."""


CHOICES: dict[str, AgentChoice] = {
    "longest_idle": longest_idle,
    "best_skill": best_skill,
    "least_flexible": least_flexible,
    "round_robin": round_robin,
    "least_occupied": least_occupied,
}


def usable_endpoint(agent: Agent, channel: str) -> Endpoint | None:
    """The agent's first attached endpoint that serves the channel and whose gateway takes offers now."""
    for endpoint in agent.endpoints.values():
        if channel in endpoint.channels and endpoint.number <= endpoint.peer.reach and endpoint.peer.open:
            return endpoint
    return None


def agent_for(contact: Contact, now_us: int) -> Agent | None:
    """The best free agent for a contact that stands in its line, by its queue's agent choice."""
    line = contact.line
    assert line is not None
    needs = line.needs
    if not needs.ready:
        return None
    choice = CHOICES[line.queue.settings.agent_choice]
    best = None
    best_rank: tuple[int, int, int, int, int] | None = None
    preferred = needs.preferred
    for profile, pool in needs.ready.items():
        if (profile.kept or profile.barred) and not spares(profile, line):
            continue
        for entry in pool.orders[choice.ORDER]:
            agent: Agent = entry[3]
            if profile.kept and not may_be_given(agent, line):
                continue
            if contact.missed is not None and passed_over(contact, agent, now_us):
                continue
            if contact.state == "offered" and any(offer.agent is agent for offer in contact.offers):
                continue
            if usable_endpoint(agent, contact.channel) is None:
                continue
            before = 0 if preferred is None else preferred[profile]
            rank = (before, choice.profile_rank(profile, needs), entry[0], entry[1], entry[2])
            if best_rank is None or rank < best_rank:
                best, best_rank = agent, rank
            break
    return best


def contact_for(agent: Agent, channels: list[str], now_us: int) -> Contact | None:
    """The most urgent contact that a free agent may take on one of `channels`: compares the heads of the lines that
    they can serve, and of those who wait for them by name. Ties go to the earlier arrival.

    The heads are compared by their places alone, without a look at the contacts, which lie all over the memory of a
    large centre; only if the winner may not be taken by this agent are all of them looked at."""
    profile = agent.profile
    assert profile is not None
    kept = guard(agent, channels) if profile.kept or profile.barred else None
    line, rank = _most_urgent_line(profile, channels, now_us, kept)
    best = line.order.first if line is not None else None
    if best is not None and (best[2].missed is not None or not best[2].peer.open):
        best, rank = _most_urgent_allowed(agent, channels, now_us, kept)
    if best is not None:
        share = best[2].queue.share
        if share is not None and share.queue.settings.balanced:
            best = turn(best, rank, share.group, agent, channels, now_us, kept)
    if agent.wanted:
        named = _most_urgent_wanted(agent, agent.wanted, channels, now_us)
        if named is not None and (best is None or named[1] > (rank[0], rank[1], -best[2].number)):
            return named[0]
    return best[2] if best is not None else None


def _most_urgent_line(
    profile: Profile, channels: list[str], now_us: int, kept: Guard | None
) -> tuple[Line | None, tuple[int, float]]:
    """The line with the most urgent head of those that `kept` lets them take, and the head's class and urgency."""
    best: Line | None = None
    best_class = 0
    best_urgency = 0.0
    for channel in channels:
        for needs in profile.pools[channel].needs:
            for line in needs.lines:
                order = line.order
                if not len(order) or (kept is not None and not kept.lets(line)):
                    continue
                key_us = _newest_key_us(line) if line.newest else order.first_key
                line_us = now_us if line.clock is None else line.clock.now(now_us)
                urgency = line.boost + (line_us - key_us) * line.per_us
                if (
                    best is None
                    or line.contact_class > best_class
                    or (
                        line.contact_class == best_class
                        and (urgency > best_urgency or (urgency == best_urgency and _came_first(line, best)))
                    )
                ):
                    best, best_class, best_urgency = line, line.contact_class, urgency
    return best, (best_class, best_urgency)


def _newest_key_us(line: Line) -> int:
    """The key of the first contact, where places are sorted by something else."""
    entry = line.order.first
    assert entry is not None
    return entry[2].key_us


def _most_urgent_allowed(
    agent: Agent, channels: list[str], now_us: int, kept: Guard | None
) -> tuple[Entry | None, tuple[int, float]]:
    """As above, of the first in each line whom this agent may take: its place, class and urgency."""
    profile = agent.profile
    assert profile is not None
    best: Entry | None = None
    best_rank: tuple[int, float, int, int] | None = None
    for channel in channels:
        for needs in profile.pools[channel].needs:
            for line in needs.lines:
                entry = first_for(line.order, agent, now_us)
                if entry is None or (kept is not None and not kept.lets(line)):
                    continue
                urgency = line.urgency_of(entry, now_us)
                rank = (line.contact_class, urgency, -abs(entry[1]), -place_rank(entry[2]))
                if best_rank is None or rank > best_rank:
                    best, best_rank = entry, rank
    return best, (0, 0.0) if best_rank is None else (best_rank[0], best_rank[1])


def _came_first(line: Line, other: Line) -> bool:
    """Of two lines whose heads are equally urgent: whose came first? Of one contact: whose queue was named first?"""
    entry, best = line.order.first, other.order.first
    assert entry is not None
    assert best is not None
    number, others = abs(entry[1]), abs(best[1])
    return number < others or (number == others and place_rank(entry[2]) < place_rank(best[2]))


def _most_urgent_wanted(
    agent: Agent, wanted: dict[Line, Order[Entry]], channels: list[str], now_us: int
) -> tuple[Contact, tuple[int, float, int]] | None:
    """The most urgent of those who wait for this agent by name, with its rank: (class, urgency, -number)."""
    found: tuple[Contact, tuple[int, float, int]] | None = None
    for line, order in wanted.items():
        entry = first_for(order, agent, now_us) if line.needs.channel in channels else None
        if entry is None:
            continue
        rank = (line.contact_class, line.urgency_of(entry, now_us), -entry[2].number)
        if found is None or rank > found[1]:
            found = (entry[2], rank)
    return found
