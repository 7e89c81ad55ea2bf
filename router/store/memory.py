"""Stores that forget: `MemoryStore` for tests and simulation, `VolatileStore` for a daemon without a store.

It commits at once and on the loop. It keeps the encoded records and nothing else, so that what is loaded from
it is what a durable store would give back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import ClassVar

from router.core.batch import Batch
from router.store.base import STREAM_MOST, STREAMS_MOST, Lead, Stamp, Store, next_epoch


class MemoryStore(Store):
    """Records in dictionaries. A second engine may be loaded from it, as after a restart."""

    durability: ClassVar[str] = "memory"
    synchronous: ClassVar[bool] = True

    def __init__(self, streams_most: dict[str, int] | None = None) -> None:
        self.kinds: dict[str, dict[str, bytes]] = {}
        self._streams_most = STREAMS_MOST if streams_most is None else streams_most
        self._streams: dict[str, deque[bytes]] = {}
        self._appended: dict[str, int] = {}
        """Number of the last entry of each stream."""

    def begin_epoch(self, stamp: Stamp | None = None, lead: Lead | None = None) -> int:
        """See `Store`."""
        self.epoch = max(next_epoch(self.epoch, stamp), lead.least_epoch if lead is not None else 0)
        self.number = 0
        return self.epoch

    def load(self) -> Iterator[tuple[str, str, bytes]]:
        """See `Store`. The records as they are at this moment, whatever is committed meanwhile."""
        for kind, records in list(self.kinds.items()):
            for key, record in list(records.items()):
                yield kind, key, record

    def commit(self, batch: Batch, stamp: Stamp | None = None) -> bool:
        """See `Store`."""
        # The straight path of every step: the checks of `is_next` come only when the common case fails.
        if (batch.number != self.number + 1 or batch.epoch != self.epoch) and not self.is_next(batch):
            return False
        kinds = self.kinds
        for kind, key in batch.drops:
            if kind in kinds:
                kinds[kind].pop(key, None)
        for kind, key, record in batch.puts:
            try:
                kinds[kind][key] = record
            except KeyError:
                kinds[kind] = {key: record}
        for stream, entry in batch.appends:
            self._append(stream, entry)
        self.number = batch.number
        if stamp is not None:
            self.stamp = stamp
        return True

    def _append(self, stream: str, entry: bytes) -> None:
        entries = self._streams.get(stream)
        if entries is None:
            entries = self._streams[stream] = deque(maxlen=self._streams_most.get(stream, STREAM_MOST))
        entries.append(entry)
        self._appended[stream] = self._appended.get(stream, 0) + 1

    def read(self, stream: str, after: int, count: int) -> list[tuple[int, bytes]]:
        """See `Store`."""
        entries = self._streams.get(stream, deque())
        first = self._appended.get(stream, 0) - len(entries) + 1
        numbered = enumerate(entries, start=first)
        return [pair for pair in numbered if after < pair[0] <= max(after, first - 1) + count]

    def attach(self, post: Callable[..., object]) -> None:
        """See `Store`. What is committed at once needs nobody to be told later."""

    def close(self) -> None:
        """See `Store`. Nothing to do: the records live as long as the object."""


class VolatileStore(MemoryStore):
    """What `memory:` means to a daemon: with its process everything is gone, so only streams are kept, for as long."""

    keeps_records: ClassVar[bool] = False
