"""The messages of the roster, beside the others of `catalogue.py`."""

from __future__ import annotations

from router.core.commands import Roster, RosterDay, RosterEntry, Rosters
from router.core.commands.rota import DAYS_MOST, ENTRIES_MOST
from router.core.effects import MissingStatus, RosterReply, RostersReply

__all__ = [
    "DAYS_MOST",
    "ENTRIES_MOST",
    "MissingStatus",
    "Roster",
    "RosterDay",
    "RosterEntry",
    "RosterReply",
    "Rosters",
    "RostersReply",
]
