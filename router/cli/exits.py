"""Exit codes of the commands, for scripts.

`serve` has those of the daemon beside them (`router.daemon.exits`), which begin at 64: a service manager decides by
them whether to start again.
"""

from __future__ import annotations

from typing import Final

OK: Final = 0
"""Done, and nothing to complain of."""

PROBLEMS: Final = 1
"""The command ran, and what it looked at is not as it should be."""

USAGE: Final = 2
"""The command line can't be understood."""

CANNOT: Final = 3
"""What the command needs can't be reached, opened or read."""

INTERRUPTED: Final = 130
"""Stopped with Ctrl-C (128 and the signal's number, as shells have it)."""

EXITS: Final = {
    OK: "done, nothing to complain of",
    PROBLEMS: "it ran and found problems: mistakes in a configuration, violations, a ledger that is not clean",
    USAGE: "the command line can't be understood",
    CANNOT: "a file, a socket or a daemon can't be reached, opened or read",
    INTERRUPTED: "stopped with Ctrl-C",
}
