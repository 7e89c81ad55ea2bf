"""A new configuration while the engine runs: read and checked in a process of its own, applied whole or not
at all.

It must not know how settings are used. The one idea: between asking and switching the old configuration is in
force, and after any mistake it stays.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Final

from router import logs
from router.config.check import Report
from router.config.compare import diff
from router.config.model import Configuration

CHECK_MOST_S: Final = 60.0
"""Reading 10,000 agents takes a third of a second; a check that takes this long hangs on something else."""

CHANGES_LOGGED: Final = 50
"""Differences that are logged one by one; a longer list says how many more there are."""

_log = logs.get("reload")


async def check_elsewhere(directory: Path, version: int) -> Report | None:
    """Check the directory in another process. None, and a line in the log, where that failed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "router.config",
        str(directory),
        str(version),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), CHECK_MOST_S)
    except TimeoutError:
        process.kill()
        await process.wait()
        _log.error("reload_failed", why=f"the check took longer than {CHECK_MOST_S:.0f} s")
        return None
    try:
        return Report.from_bytes(out)
    except ValueError as error:
        _log.error("reload_failed", why=f"the check did not report: {error}", said=err.decode(errors="replace"))
    return None


def accepted(report: Report, old: Configuration) -> Configuration | None:
    """The new configuration, None where it is refused; what was found and what differs is logged."""
    for fault in report.faults:
        write = _log.error if fault.level == "error" else _log.warning
        write("configuration_fault", fault=str(fault))
    if report.configuration is None:
        _log.error("reload_refused", faults=len(report.errors), version=old.settings.version)
        return None
    new = report.configuration
    changes = diff(old, new)
    for change in changes[:CHANGES_LOGGED]:
        write = _log.warning if change.restart else _log.info
        write("configuration_change", change=str(change))
    _log.info("reload_accepted", version=new.settings.version, changes=len(changes))
    return new
