"""Answers what supervisors ask of the configuration, beside the loop: each question is a task of its own.

It must not know how a question came, nor how anything is applied.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from router import logs
from router.core.commands import Apply, ConfirmApply, Difference, Request, Versions
from router.core.effects import Busy, Error, Ok, Reply
from router.daemon.reading import Asking, Reading
from router.daemon.reloads import Gone, Order
from router.errors import ERRORS
from router.terms import MILLISECOND_US

if TYPE_CHECKING:
    from router.daemon.reloads import Reloads

WAITING_MOST: Final = 4
"""Questions at a time: one is answered, and each may read a whole configuration."""

RETRY_MS: Final = 2_000

_log = logs.get("reload")


class Asked:
    """Put in as `read` of the hub: what is stored is read by `reading`, what is configured by `reloads`."""

    def __init__(self, reading: Reading, reloads: Reloads) -> None:
        self._reading = reading
        self._reloads = reloads
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, asking: Asking, request: Request) -> None:
        """Answer when it is known."""
        if not isinstance(request, Difference | Apply | ConfirmApply | Versions):
            self._reading(asking, request)
        elif self._reloads.directory is None:
            asking.tell(_error("not_allowed", request.seq, "the configuration did not come from a directory"))
        elif len(self._tasks) >= WAITING_MOST:
            asking.tell(Busy(request.seq, RETRY_MS, "reload"))
        else:
            task = asyncio.get_running_loop().create_task(self._tell(asking, request))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _tell(self, asking: Asking, request: Request) -> None:
        try:
            reply = await self._answer(asking, request)
        except Gone as gone:
            reply = _error("unknown_version", request.seq, str(gone))
        except OSError as error:
            _log.error("versions_not_kept", why=str(error))
            reply = Busy(request.seq, RETRY_MS, "disk")
        reply.re = request.seq
        if not asking.closing:
            asking.tell(reply)

    async def _answer(self, asking: Asking, request: Request) -> Reply:
        reloads = self._reloads
        if isinstance(request, Versions):
            return await reloads.history()
        if isinstance(request, ConfirmApply):
            confirmed = await reloads.confirm(request.who, request.why)
            return Ok(request.seq) if confirmed else _error("no_trial", request.seq)
        client = asking.peer.partition("/")[2]
        if isinstance(request, Difference):
            return await reloads.carry_out(Order("apply", request.version, dry=True, after=request.after))
        assert isinstance(request, Apply), "nothing else is asked here"
        order = Order(
            "rollback" if request.version else "apply",
            request.version,
            request.who,
            request.why,
            client,
            dry=request.dry_run,
            force=request.force,
            confirm_us=request.confirm_ms * MILLISECOND_US,
        )
        return await reloads.carry_out(order)

    def stop(self) -> None:
        """Answer nothing any more."""
        for task in self._tasks:
            task.cancel()


def _error(code: str, seq: int, detail: str = "") -> Error:
    return Error(seq, code, detail, ERRORS[code].fault)
