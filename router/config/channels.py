"""What must fit together between channels, and between agents and channels."""

from __future__ import annotations

from router.config.faults import Findings, dangling
from router.config.read import Found
from router.core.settings import Channel


def check_channels(found: Found, channels: tuple[Channel, ...], findings: Findings) -> None:
    """Interrupting and exclusive channels: each named channel exists, and the two do not speak against each other."""
    known = {channel.name: channel for channel in channels}
    for table in found.tables("channels"):
        channel = known[table.key]
        for index, name in enumerate(channel.interrupts):
            place = table.at("interrupts") / index
            if name not in known:
                dangling(place, "channel", name, known, findings)
            elif name == channel.name:
                findings.error(place, "is the channel itself", "name the channels that give way to it")
            elif known[name].exclusive:
                findings.error(place, f"{name} is exclusive: nothing is given beside it", "take one of the two out")
        for setting, needed, why in (
            (channel.park_after_us, channel.activity_reported, "activity_reported = true"),
            (channel.park_after_us, channel.parked_most_us, "parked_most_s"),
        ):
            if setting and not needed:
                what = f"has no effect without {why}"
                findings.error(table.at("park_after_s"), what, f"add {why}, or take it out")
        if channel.exclusive and channel.interrupts:
            findings.error(
                table.at("exclusive"),
                "stands beside interrupts: an exclusive contact is given only to an agent who has nothing",
                "take one of the two out",
            )


def most_at_once(table: Found) -> tuple[tuple[str, int], ...]:
    """The limits of one agent, by channel."""
    inner = table.tables("channels")
    return tuple(sorted((found.key, found.values["most_at_once"]) for found in inner if "most_at_once" in found.values))
