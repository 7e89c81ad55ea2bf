"""Answers what is asked of the store's streams, beside the loop: the core knows nothing of what is over.

It must not know how a question came. The one idea: a store that commits in a thread is read in a thread too, one
question at a time, so that a slow disk or a far Redis keeps nobody waiting who is being routed.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

from router.core import audit
from router.core.commands import Audit, Request
from router.core.effects import AuditEntry, AuditReply, Busy, Message
from router.store.base import Store, StoreError

WAITING_MOST: Final = 16
"""Questions at a time: people ask one after the other."""

RETRY_MS: Final = 1_000


class Asking(Protocol):
    """Whoever has asked."""

    peer: str
    closing: bool

    def tell(self, message: Message) -> None:
        """Send at once."""


class Reading:
    """Put in as `read` of the hub. Made on the event loop's thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._threads = None if store.synchronous else ThreadPoolExecutor(1, "store-read")
        self._waiting: dict[asyncio.Future[Message], None] = {}

    def __call__(self, asking: Asking, request: Request) -> None:
        """Answer now, or when the store has."""
        assert isinstance(request, Audit), f"nothing of {type(request).__name__} is stored"
        tenant = asking.peer.partition("/")[0]
        if self._threads is None:
            asking.tell(page(self._store, tenant, request))
        elif len(self._waiting) >= WAITING_MOST:
            asking.tell(Busy(request.seq, RETRY_MS, "store"))
        else:
            loop = asyncio.get_running_loop()
            reading = loop.run_in_executor(self._threads, page, self._store, tenant, request)
            self._waiting[reading] = None
            reading.add_done_callback(lambda done: self._answer(asking, done))

    def _answer(self, asking: Asking, done: asyncio.Future[Message]) -> None:
        del self._waiting[done]
        if not done.cancelled() and not asking.closing:
            asking.tell(done.result())

    def stop(self) -> None:
        """Read nothing any more; what is being read is not waited for, and nobody is told of it."""
        for reading in self._waiting:
            # Or its thread would wake a loop that may have ended by then.
            reading.cancel()
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)


def page(store: Store, tenant: str, request: Audit) -> Message:
    """What a tenant's people did by hand after a number. A store that can't be read now is `busy`."""
    try:
        found = store.read(audit.STREAM, request.after, request.count + 1)
    except StoreError:
        return Busy(request.seq, RETRY_MS, "store_away")
    more = len(found) > request.count
    entries = []
    last = request.after
    for number, stored in found[: request.count]:
        deed, last = audit.decode(stored), number
        if deed.tenant == tenant:
            entries.append(
                AuditEntry(
                    number, deed.utc_s, deed.who, deed.why, deed.what, deed.target, deed.client, deed.before,
                    deed.after, deed.epoch, deed.version,
                )
            )  # fmt: skip
    return AuditReply(request.seq, entries, last, more)
