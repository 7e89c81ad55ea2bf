"""Opening what a command line names: traces and configurations, with errors that say what to do.

The one idea: a file that can't be used ends the command with one line, never with a traceback.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from router.cli import exits, say

if TYPE_CHECKING:
    from router.config import Configuration
    from router.trace import Trace


def trace(path: Path) -> Trace:
    """The trace in a file."""
    from router.trace import TraceError, read_trace

    try:
        return read_trace(path)
    except TraceError as error:
        say.fail(f"{path}: {error}")
    except OSError as error:
        say.fail(f"{path} can't be read: {error.strerror}", "make one with: switchboard import")


def day_of(trace: Trace, number: int) -> Trace:
    """Day `number`, counted from 1, as a trace of its own."""
    from router.trace import one_day

    days = trace.header.days
    if not 1 <= number <= len(days):
        say.fail(
            f"there is no day {number}: the trace has {len(days)}",
            f"name one from 1 ({days[0].date}) to {len(days)} ({days[-1].date})" if days else "",
            exits.USAGE,
        )
    return one_day(trace, number - 1)


def configuration(directory: Path, *, read_keys: bool = False) -> Configuration:
    """The configuration in a directory, or the end of the command with all that is wrong with it. Keys are left alone
    unless they are asked for: not everybody may read them."""
    from router.config import check

    if not directory.is_dir():
        say.fail(f"{directory}: there is no such directory", "name the directory that holds queues.toml", exits.CANNOT)
    report = check(directory, read_keys=read_keys)
    if report.configuration is None:
        for fault in report.errors:
            say.note(str(fault))
        say.fail(f"{directory}: the configuration has mistakes", f"see: switchboard check {directory}", exits.PROBLEMS)
    return report.configuration
