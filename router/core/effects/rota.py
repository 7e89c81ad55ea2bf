"""What is said of the roster."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from router.core.commands.rota import RosterDay
from router.core.effects.base import Reply


class RosterReply(Reply, tag="roster"):
    """A roster was taken, or looked at."""

    days: int
    """Days that were planned, changed or taken away; days that are over are not among them."""
    fresh: int = 0
    """Those of them of which nothing was planned before."""
    past: int = 0
    """Days that are over, and not kept."""
    room: int = 0
    """How many more days may be planned."""
    unknown: list[str] = field(default_factory=list)
    """Only with `check`: agents that the configuration does not have."""


class RostersReply(Reply, tag="rosters"):
    """A page of days; `more` where another page follows after the last one."""

    days: list[RosterDay]
    """What is planned, by agent and day."""
    more: bool = False
    """There are further ones, after the last of these."""


class MissingStatus(Struct, omit_defaults=True, gc=False):
    """Somebody who should be at work by the roster, and is not."""

    agent: str
    """Their name."""
    why: Literal["not_signed_in", "not_ready"]
    """What they are instead of at work."""
    since_ms: int
    """For how long, since the plan began or they went."""
    until_ms: int
    """How long they are still planned to be at work."""
    reason: str = ""
    """Why they are not ready."""
