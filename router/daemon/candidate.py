"""Reading a configuration in a process of its own, and handing it over without holding the loop up.

It must not know how settings are used, nor who asked. The one idea: a check that hangs, dies or answers nonsense is
told from one that found mistakes, and neither leaves anything behind.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

from router import logs
from router.config.faults import Fault, of_level
from router.config.handed import Head, Taken
from router.config.model import Configuration
from router.config.versions import Files
from router.daemon.process import out_of_sight

CHECK_MOST_S: Final = 60.0
"""Reading 10,000 agents takes a third of a second; a check that takes this long hangs on something else."""

CHANGES_LOGGED: Final = 50
"""Differences that are logged one by one; a longer list says how many more there are."""

_log = logs.get("reload")


class Candidate(NamedTuple):
    """What was read."""

    head: Head
    configuration: Configuration | None
    """None where it has mistakes."""
    files: Files

    @property
    def errors(self) -> list[Fault]:
        """The faults for which it is refused."""
        return list(of_level(self.head.faults, "error"))


async def check_elsewhere(
    directory: Path, version: int, files: Files, against: Path | None = None, base: Path | None = None
) -> Candidate | None:
    """Check the directory in another process, and compare it with `against`. None, and a line in the log, where that
    failed."""
    words = (str(directory), str(version), str(against or "-"), str(base or directory))
    # Begun by a thread: Python's own way to start a process copies nothing of this one, however large it is (uvloop's
    # forks), and a disk that hangs is waited for by nobody else.
    process = await asyncio.to_thread(_begin, words)
    try:
        out, err = await asyncio.to_thread(process.communicate, None, CHECK_MOST_S)
    except subprocess.TimeoutExpired:
        _log.error("reload_failed", why=f"the check took longer than {CHECK_MOST_S:.0f} s")
        return None
    finally:
        if process.poll() is None:
            process.kill()
    try:
        with out_of_sight():
            taken = Taken(out)
            for _ in range(taken.head.pieces):
                taken.take()
                # Others have their turn between two pieces.
                await asyncio.sleep(0)
            return Candidate(taken.head, taken.configuration(), files)
    except ValueError as error:
        _log.error("reload_failed", why=f"the check did not report: {error}", said=err.decode(errors="replace"))
    return None


def _begin(words: tuple[str, ...]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "router.config", *words]
    return subprocess.Popen(  # noqa: S603  # our own program, and paths that the operator gave
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )


def log_faults(candidate: Candidate) -> None:
    """A line for each thing that the check found."""
    for fault in candidate.head.faults:
        write = _log.error if fault.level == "error" else _log.warning
        write("configuration_fault", fault=str(fault))


def log_changes(head: Head) -> None:
    """A line for each difference, the first of many."""
    for change in head.changes[:CHANGES_LOGGED]:
        write = _log.warning if change.restart else _log.info
        write("configuration_change", change=change.words)
