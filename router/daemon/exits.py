"""Exit codes of `switchboard serve`, for service managers and scripts.

The one idea: a code says whether starting again by itself can help. Numbers from 64 on are those of BSD's
sysexits(3).
"""

from __future__ import annotations

from typing import Final

STOPPED: Final = 0
"""Stopped as asked: all that was decided is kept and told."""

LISTEN_FAILED: Final = 69
"""An address can't be opened: it is taken, or not ours."""

OUR_MISTAKE: Final = 70
"""The engine failed on a command. The batch was not kept; a start goes on from the store."""

STORE_FAILED: Final = 74
"""The store can't be opened or loaded, or it went away for good. Nothing was written to what could not be
read."""

NOT_KEPT: Final = 75
"""Stopped as asked, but the store did not take the last batch in the time given: what had not been told is
not kept."""

CONFIGURATION_WRONG: Final = 78
"""What was asked for can't be: a faster clock needs a temporary store."""

SIGNAL_TWICE: Final = 128
"""Plus the signal's number: it came a second time, and the drain was cut short."""

NEXT_TURN: Final = -1
"""No exit: another daemon leads, or is to lead, and this one begins again by standing by."""

EXITS: Final = {
    STOPPED: "stopped as asked, everything kept",
    LISTEN_FAILED: "an address can't be opened",
    OUR_MISTAKE: "the engine failed on a command (a mistake of ours, logged); start again",
    STORE_FAILED: "the store can't be used (logged with a remedy)",
    NOT_KEPT: "stopped as asked, but the store did not take the last batch",
    CONFIGURATION_WRONG: "the configuration, or what was asked for, can't be",
    SIGNAL_TWICE: "plus the signal's number: stopped at once at the second signal",
}
