"""The roster: who should be there when, so that estimates know who comes and goes, and `status` who is missing."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from router.core.commands.base import Request
from router.core.commands.hands import Hand
from router.terms import Id

DAYS_MOST = 200
"""Days in one message: one step's work. A longer roster is several messages."""
ENTRIES_MOST = 32
"""Entries of one agent's day: more than any shift plan has."""

Day = Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
UtcS = Annotated[int, Meta(ge=0, le=2**40)]


class RosterEntry(Struct, forbid_unknown_fields=True, gc=False):
    """One time of an agent's day."""

    from_utc_s: UtcS
    """When it begins: Unix time in seconds. A roster is written for the clock on the wall, so this is no duration."""
    until_utc_s: UtcS
    """When it ends: within two days of its beginning."""
    activity: Annotated[str, Meta(min_length=1, max_length=64)] = "work"
    """`work`: takes contacts. Anything else, `lunch` or `training`, is time away, also where it lies within work."""


class RosterDay(Struct, forbid_unknown_fields=True, gc=False):
    """One day of one agent."""

    agent: Id
    """Their name in the configuration."""
    day: Day
    """The name under which it is replaced: 2026-11-22, the agent's own date."""
    entries: Annotated[list[RosterEntry], Meta(max_length=ENTRIES_MOST)] = []
    """Its times; empty: nothing is planned that day."""


class Roster(Hand, tag="roster"):
    """Plan days of agents. Each day takes the place of what was planned for that agent and day, all others stay. All of
    the message is taken, or nothing. A day goes an hour after its last entry; one that is over is not kept."""

    days: Annotated[list[RosterDay], Meta(max_length=DAYS_MOST)]
    """Days of agents, of each agent and day one."""
    check: bool = False
    """Change nothing: say who is unknown, and whether there is room."""
    answers = ("roster",)
    errors = ("unknown_agent", "bad_roster", "roster_full")


class Rosters(Request, tag="rosters"):
    """The days that are planned, by agent and day: at most 200 after `after`."""

    agent: Id | None = None
    """Only this agent's."""
    after: str = ""
    """Those after this one, as agent/day; empty: from the first."""
    roles = ("supervisor", "monitor", "desk")
    answers = ("rosters",)
    numbered = False
