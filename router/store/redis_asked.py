"""What is asked of a Redis store beside its commits, by those who can wait: people's commands, reports, the hand-over.

The one idea: all of it goes over the connection of those who wait, so that none of it holds up a commit.
"""

from __future__ import annotations

import re
import time
from abc import abstractmethod

from router.store import redis_script as script
from router.store.base import SCHEMA, Lead, Store, StoreError
from router.store.redis_dangers import Danger, dangers
from router.store.redis_errors import error_of
from router.store.redis_url import Where
from router.store.redis_wire import Wire


class Asked(Store):
    """The part of `RedisStore` that waits for answers."""

    where: Where
    lead: Lead | None = None
    _keys: script.Keys

    @abstractmethod
    def _waiting(self) -> Wire:
        """The connection of those who wait."""

    @abstractmethod
    def _hang_up(self) -> None:
        """That connection is of no use any more."""

    def upgrade(self) -> None:
        """See `Store`."""
        self._waiting().call("HSET", self._keys.meta, "schema", SCHEMA)
        self.schema = SCHEMA

    def dangers(self, now_s: float, drift_s: float) -> list[Danger]:
        """Settings of this Redis that lose what was promised. Waits. Raises `StoreError`."""
        return dangers(self._waiting(), now_s, drift_s)

    def give_up(self) -> None:
        """Let others lead: for a command that has done its work. Waits. Raises `StoreError`."""
        assert self.lead is not None, "an epoch was begun with a lease"
        answer = self._waiting().exchange(script.lease(self._keys, self.lead, self.epoch, 0))
        if answer.startswith(b"-"):
            raise error_of(answer[1:].decode(errors="replace"), self.where.shown)

    def _connected_replicas(self) -> int:
        """How many replicas the primary has now. Waits. Raises `StoreError`."""
        said = self._waiting().call("INFO", "replication")
        text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        found = re.search(r"connected_slaves['\"]?: ?(\d+)", text)
        return int(found[1]) if found else 0

    def standby(self) -> str:
        """The name of who else stands by; empty where nobody does. Waits. Raises `StoreError`."""
        name = (self._waiting().call("GET", self._keys.standby) or b"").decode(errors="replace").rpartition(" ")[0]
        return "" if self.lead is not None and name == self.lead.name else name

    def read(self, stream: str, after: int, count: int) -> list[tuple[int, bytes]]:
        """See `Store`. Waits, on a connection of its own while commits run. Raises `StoreError`."""
        try:
            found = self._waiting().call("XRANGE", self._keys.stream(stream), f"(0-{after}", "+", "COUNT", count)
        except StoreError:
            self._hang_up()
            raise
        return [(int(name.partition(b"-")[2]), fields[1]) for name, fields in found]

    def fsync_s(self, tries: int = 5) -> float:
        """How long Redis takes to keep one page, in seconds: the median of some writes, with whatever
        appendfsync it has. No commit is quicker. Raises `StoreError`."""
        took: list[float] = []
        for _ in range(tries):
            started = time.perf_counter()
            self._waiting().call("SET", self._keys.probe, bytes(4096), "PX", 60_000)
            took.append(time.perf_counter() - started)
        return sorted(took)[len(took) // 2]
