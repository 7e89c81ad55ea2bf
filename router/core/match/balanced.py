"""Whose turn it is in a balance (see `balance.py`).

The one idea: a balance stands for its turn with its most urgent head, so that nobody outside of it is passed by its
doing; then the balance decides who of it is taken. From `urgency_most` on it is the most urgent himself, so nobody of
it waits without end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core.line import Entry, first_for
from router.core.places.several import rank as place_rank

if TYPE_CHECKING:
    from router.core.entities import Agent
    from router.core.layers.guards import Guard
    from router.core.match.balance import Balance


def turn(
    urgent: Entry,
    rank: tuple[int, float],
    group: Balance,
    agent: Agent,
    channels: list[str],
    now_us: int,
    kept: Guard | None,
) -> Entry:
    """Who of the balance is next, where `urgent` of it, of this class and urgency, would be: compares the heads of its
    lines that the agent can serve, of the same class. Of one queue the most urgent, and of equals the earlier
    arrival."""
    contact_class, urgency = rank
    settings = group.settings
    if urgency >= settings.urgency_most:
        return urgent
    profile = agent.profile
    assert profile is not None
    by_length = settings.measure == "length"
    waiting = group.waiting() if by_length else 0
    best = urgent
    best_index: tuple[float, float, int, int] | None = None
    for channel in channels:
        for needs in profile.pools[channel].needs:
            for line in needs.lines:
                queue = line.queue
                share = queue.share
                if share is None or share.group is not group or not queue.settings.balanced:
                    continue
                entry = first_for(line.order, agent, now_us) if line.contact_class == contact_class else None
                if entry is None or (kept is not None and not kept.lets(line)):
                    continue
                urgent_by = line.urgency_of(entry, now_us)
                if by_length:
                    over = queue.counts["waiting"] - share.ratio * waiting
                else:
                    over = line.boost + (urgent_by - line.boost) * share.haste
                index = (over, urgent_by, -abs(entry[1]), -place_rank(entry[2]))
                if best_index is None or index > best_index:
                    best, best_index = entry, index
    return best
