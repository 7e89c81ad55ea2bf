"""The expected wait of a place, from what the engine counts itself: a seam with one function.

A documented closed form stands behind it until the learned estimate (`router.ewt`) does: whoever asks need not change.
It must not decide anything, and says "unknown" rather than guess.

    expected wait = (places ahead + 1) * mean handle time / agents        0 where somebody is free for this place

An agent shared by k queues counts 1/k of an agent here, the closed form of Google CCAI Platform's queue estimate
("estimated wait time", 2023); one who takes n contacts of the channel at a time counts n times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from router.core.line import Line, Needs
    from router.core.world import World

PROFILES_MOST = 64
"""Profiles whose share is looked at; beyond it the rest counts as they do on average: bounds the cost."""
CAPACITY_UNITS = 100
"""Of an agent, as it is unless configured otherwise: profiles do not tell capacities apart."""


def expected_wait_us(world: World, line: Line, ahead: int) -> int | None:
    """How long a contact with `ahead` others before it in `line` has to wait from now, in microseconds.

    None where it is unknown: nobody able is signed in, or none of the queue's work was finished since the engine's
    start. It changes nothing.
    """
    needs = line.needs
    if ahead < sum(pool.free for pool in needs.ready.values()):
        return 0
    agents = _agents(needs) * _at_once(world, needs.channel)
    tally = line.queue.tally
    if agents <= 0.0 or tally.legs == 0:
        return None
    handle_us = (tally.talk_us + tally.hold_us + tally.wrap_up_us) / tally.legs
    return round((ahead + 1) * handle_us / agents)


def _agents(needs: Needs) -> float:
    """Signed-in agents who meet the needs, each counting 1 / the queues that they can serve."""
    shares = 0.0
    seen = 0
    for profile in needs.profiles[:PROFILES_MOST]:
        seen += profile.agents
        shares += profile.agents / max(1, profile.queues_servable())
    return shares * needs.staffed / seen if seen else 0.0


def _at_once(world: World, channel: str) -> int:
    """Contacts of the channel that one agent serves at a time."""
    settings = world.channels.get(channel)
    if settings is None:
        return 1
    return max(1, min(settings.most_at_once, CAPACITY_UNITS // settings.units))
