"""What a seed draws of channels: which interrupts which, which is exclusive, who may hold fewer than the others; and
how the judge reads it. Drawn apart from the rest of the plan, so that other topics do not move these draws.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from msgspec.structs import replace

from router.core import commands as ask
from router.core import settings as of
from router.core.effects import Offer
from router.terms import SECOND_US
from tests.sim.seen import AgentSeen, OfferSeen, Visit

if TYPE_CHECKING:
    from tests.sim.judge import Judge

REACHED = (
    "picked by hand", "offered by interrupting", "exclusive given", "limit of one agent", "parked",
    "parked by itself", "parked by a desk", "customer wrote", "agent wrote", "came back by hand",
    "treated: parked_too_long", "sync: parked", "caller gone: parked", "channel switched: waiting",
    "channel switched: connected", "channel switched: parked", "talk never ended", "asked whether a talk lives",
    "talk repaired", "completed while parked", "came back to the same agent", "came back to another agent",
)  # fmt: skip
"""What a set of a hundred seeds must show."""


def drawn(seed: int, settings: of.Settings) -> of.Settings:
    """These settings with channels that interrupt or are exclusive, and with agents of their own limits."""
    rng = Random(f"channels {seed}")
    interrupts = rng.choice(((), (), ("chat",), ("chat", "email")))
    exclusive = "" if "email" in interrupts else rng.choice(("", "", "email"))
    channels = tuple(
        replace(
            channel,
            interrupts=interrupts if channel.name == "voice" else (),
            interrupts_most=rng.choice((1, 2)),
            exclusive=channel.name == exclusive,
            parked_most_us=rng.choice((20, 200)) * SECOND_US if channel.name != "voice" else 0,
            parked_agent_most_us=rng.choice((0, 3, 20)) * SECOND_US,
            park_after_us=rng.choice((0, 4, 9)) * SECOND_US if channel.name == "chat" else 0,
            activity_reported=channel.name == "chat",
            reserve_after_us=rng.choice((0, 1, 4)) * SECOND_US if channel.name == "voice" else 0,
            talk_lease_us=rng.choice((5, 15, 30)) * SECOND_US * (channel.name != "ticket"),
            reserved_most_us=rng.choice((3, 20)) * SECOND_US,
        )
        for channel in settings.channels
    )
    agents = tuple(
        replace(agent, most_at_once=(("chat", rng.choice((0, 1, 2))),)) if rng.random() < 0.1 else agent
        for agent in settings.agents
    )
    limits = replace(settings.limits, confirm_us=rng.choice((2, 5)) * SECOND_US)
    queues = tuple(replace(queue, pick=rng.random() < 0.4) for queue in settings.queues)
    return replace(settings, channels=channels, agents=agents, limits=limits, queues=queues)


def confirming(seed: int, gateways: int) -> tuple[bool, ...]:
    """Which gateways answer when they are asked whether a talk lives."""
    rng = Random(f"leases {seed}")
    return tuple(rng.random() < 0.6 for _ in range(gateways))


class Rules:
    """What may go beside what, as the settings say it. It shares no code with the core."""

    def __init__(self, settings: of.Settings) -> None:
        self._channels = {channel.name: channel for channel in settings.channels}

    def most(self, agent: AgentSeen, channel: str) -> int:
        """Contacts of that channel at a time."""
        return dict(agent.known.most_at_once).get(channel, self._channels[channel].most_at_once)

    def gives_way(self, leg: OfferSeen, channel: str) -> bool:
        """Does what is held give way to a contact of this channel?"""
        return leg.channel in self._channels[channel].interrupts

    def excludes(self, legs: list[OfferSeen], outside: int, channel: str) -> bool:
        """May what is held, or what is asked for, not stand beside anything?"""
        if any(self._channels[leg.channel].exclusive for leg in legs):
            return True
        return self._channels[channel].exclusive and bool(legs or outside)

    def interrupts(self, channel: str) -> bool:
        """Is it a channel that others give way to?"""
        return bool(self._channels[channel].interrupts)


def picked_by_hand(judge: Judge, visit: Visit, offer: Offer) -> bool:
    """Has the agent taken it themselves? Then their queue allows it, and they need not be ready."""
    picked = isinstance(judge.command, ask.Pick) and judge.command.agent == offer.agent
    if picked:
        judge.reached["picked by hand"] += 1
        if not visit.queue.pick:
            judge.fault("I9", f"{offer!r}: queue {visit.queue.name} is not picked from")
    return picked
