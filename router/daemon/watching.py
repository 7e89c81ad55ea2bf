"""Watches the configuration directory, and has a change checked: as a service of the daemon.

It looks at names, sizes and times every few seconds, in a thread: a directory on a disk that hangs must hold nobody
up, a few dozen files cost some microseconds, and a notice by the kernel (inotify) would need a library, be lost over
network file systems, and still have to wait until somebody has finished writing. The one idea: a change counts once two
looks have found the same, so that nobody's half-written file is checked.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from router import logs
from router.config.versions import signature
from router.daemon.reloads import Order
from router.terms import SECOND_US

if TYPE_CHECKING:
    from pathlib import Path

    from router.core.effects import Reloaded
    from router.daemon.daemon import Daemon

FAULTS_LOGGED: Final = 5

_log = logs.get("reload")


class Watch:
    """Of one daemon; a reload may begin or end that."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._task: asyncio.Task[None] | None = None
        self._seen: object = None
        """The last look."""
        self._judged: object = None
        """The look that was judged last."""

    async def start(self) -> None:
        """See `services.Service`."""
        directory = self._daemon.reloads.directory
        if directory is not None:
            # Before the daemon is ready: what is changed from then on is not taken for what was there.
            self._judged = await self._look(directory)
            self._task = asyncio.get_running_loop().create_task(self._watch(directory))

    async def stop(self) -> None:
        """See `services.Service`."""
        if self._task is not None:
            self._task.cancel()

    async def _watch(self, directory: Path) -> None:
        while True:
            settings = self._daemon.configuration.reload
            await asyncio.sleep(settings.look_us / SECOND_US)
            if settings.watch == "off" or self._daemon.ended.done():
                continue
            look = await self._look(directory)
            stands, self._seen = look == self._seen, look
            if look is None or look == self._judged or not stands:
                continue
            self._judged = look
            await self._judge(directory, apply=settings.watch == "apply")

    async def _look(self, directory: Path) -> object:
        try:
            return await asyncio.to_thread(signature, directory)
        except OSError as error:
            _log.warning("directory_not_read", directory=str(directory), why=str(error))
            return None

    async def _judge(self, directory: Path, *, apply: bool) -> None:
        """Has the change checked, and applied where that is wanted."""
        reloads = self._daemon.reloads
        try:
            taken_back = await asyncio.to_thread(reloads.was_taken_back, directory)
        except OSError as error:
            _log.warning("directory_not_read", directory=str(directory), why=str(error))
            return
        # What a person took back is not put in force by itself.
        apply = apply and not taken_back
        told = await reloads.carry_out(Order("watch", dry=not apply, why="the directory has changed"))
        self._daemon.tell_pending(_words(told))
        if reloads.pending:
            faults = told.faults[:FAULTS_LOGGED]
            _log.warning("configuration_pending", what=reloads.pending, directory=str(directory), faults=faults)


def _words(told: Reloaded) -> str:
    """What lies there and is not in force; empty: nothing."""
    if told.done or told.why == "same":
        return ""
    if told.why == "faults":
        return "a configuration with mistakes: see `switchboard diff`"
    if told.why in ("failed", "not_kept"):
        return "a configuration that could not be checked or kept: see the log"
    stops = [each.words for each in told.consequences if each.stops]
    return "; ".join([f"{told.changes_total} change{'' if told.changes_total == 1 else 's'}", *stops])
