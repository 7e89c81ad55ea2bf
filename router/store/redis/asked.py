"""What is asked of a Redis store beside its commits, by those who can wait: people's commands, reports, the hand-over.

The one idea: all of it goes over the connection of those who wait, so that none of it holds up a commit.
"""

from __future__ import annotations

import re
import time
from abc import abstractmethod
from typing import Any, Final

from router.store.base import SCHEMA, Lead, Store, StoreError, StoreHeld
from router.store.redis import script
from router.store.redis.dangers import Danger, dangers
from router.store.redis.errors import at_start, error_of
from router.store.redis.url import Where
from router.store.redis.wire import Wire

WAIT_MS: Final = 500
"""How long replicas may take to have a batch before it is asked for again."""

CUT: Final = "store_cut"
"""The code of a connection that was lost."""

CONFIRM_TRIES: Final = 4
"""Times `WAIT_MS` that an epoch waits for replicas: as long as a command may take."""


class Asked(Store):
    """The part of `RedisStore` that waits for answers."""

    where: Where
    lead: Lead | None = None
    _keys: script.Keys
    _replicas: int
    """How many of them must have a batch."""

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

    def _wait(self) -> bytes:
        """The command that waits for replicas."""
        return script.command(b"WAIT", b"%d" % self._replicas, b"%d" % WAIT_MS)

    def _confirm(self, epoch: int, lead: Lead | None) -> None:
        """As many replicas as must have a batch must know of the epoch, too. Else this may be the primary of before,
        cut off from its site: whoever led from it would go on from an old state, and write that over the right one
        later. Raises `StoreHeld` or `StoreUnusable`."""
        acknowledged = 0
        try:
            for _ in range(CONFIRM_TRIES):
                answer = self._waiting().exchange(self._wait())
                if answer.startswith(b"-"):
                    raise error_of(answer[1:].decode(errors="replace"), self.where.shown)
                acknowledged = int(answer[1:])
                if acknowledged >= self._replicas:
                    return
            if lead is not None:
                self._waiting().exchange(script.lease(self._keys, lead, epoch, 0))
        except StoreError as error:
            raise at_start(error) from error
        have = f"{acknowledged} of {self._replicas} replicas know of epoch {epoch}"
        what = f"{self.where.shown}: {have}, so another Redis may have taken its place"
        raise StoreHeld("not_confirmed", what, "bring the replicas back; until then nobody can lead from here")

    def _connected_replicas(self) -> int:
        """How many replicas the primary has now. Waits. Raises `StoreError`."""
        said = self._told("INFO", "replication")
        text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        found = re.search(r"connected_slaves['\"]?: ?(\d+)", text)
        return int(found[1]) if found else 0

    def _told(self, *words: str | bytes | int) -> Any:
        """The answer to a command that changes nothing. The connection may have been lost since the last one, with
        nobody there to see it: then it is asked once more, on a new one."""
        try:
            return self._waiting().call(*words)
        except StoreError as error:
            self._hang_up()
            if error.code != CUT:
                raise
        try:
            return self._waiting().call(*words)
        except StoreError:
            self._hang_up()
            raise

    def standby(self) -> str:
        """The name of who else stands by; empty where nobody does. Waits. Raises `StoreError`."""
        name = (self._told("GET", self._keys.standby) or b"").decode(errors="replace").rpartition(" ")[0]
        return "" if self.lead is not None and name == self.lead.name else name

    def read(self, stream: str, after: int, count: int) -> list[tuple[int, bytes]]:
        """See `Store`. Waits, on a connection of its own while commits run. Raises `StoreError`."""
        found = self._told("XRANGE", self._keys.stream(stream), f"(0-{after}", "+", "COUNT", count)
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
