"""A store that has lost batches is given the whole state again, in pieces between the engine's steps.

The engine goes on meanwhile as without a store. The one idea: the open batch is not closed until the new state counts,
so whatever changes after a record was written is in the batch that follows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol

from router.core.batch import Batch
from router.store.base import Stamp, StoreAway, StoreError

PIECE: Final = 500
"""Records encoded at a time: some 2 ms of the loop."""

PAUSE_S: Final = 0.5
"""Before another attempt at a store that went away meanwhile."""


class Writer(Protocol):
    """What a store offers for it. See `router.store.redis.generation.Generation`."""

    def begin(self, told: Callable[[StoreError | None], object]) -> None:
        """Make room beside what there is."""

    def write(self, puts: list[tuple[str, str, bytes]], told: Callable[[StoreError | None], object]) -> None:
        """Write some records there."""

    def flip(self, epoch: int, number: int, stamp: Stamp, told: Callable[[StoreError | None], object]) -> None:
        """Make it the state that counts."""

    def close(self) -> None:
        """Let go of it."""


class Rewrite:
    """One rewriting, until it is done or can't be. `records` gives every record now; `done` is told once."""

    def __init__(
        self,
        writer: Writer,
        batch: Batch,
        records: Callable[[], Iterator[tuple[str, str, bytes]]],
        stamp: Callable[[], Stamp],
        call_later: Callable[[float, Callable[[], None]], Any],
        done: Callable[[StoreError | None], None],
    ) -> None:
        self._writer = writer
        self._batch = batch
        self._make = records
        self._stamp = stamp
        self._call_later = call_later
        self._done = done
        self._records: Iterator[tuple[str, str, bytes]] = iter(())
        self.written = 0
        self.start()

    def start(self) -> None:
        """Begin, or begin again."""
        self._records = self._make()
        self.written = 0
        self._writer.begin(self._began)

    def _began(self, error: StoreError | None) -> None:
        if not self._failed(error):
            self._next()

    def _next(self) -> None:
        puts = []
        for record in self._records:
            puts.append(record)
            if len(puts) >= PIECE:
                break
        self.written += len(puts)
        if puts:
            self._writer.write(puts, self._wrote)
        else:
            self._writer.flip(self._batch.epoch, self._batch.number, self._stamp(), self._flipped)

    def _wrote(self, error: StoreError | None) -> None:
        if not self._failed(error):
            self._next()

    def _flipped(self, error: StoreError | None) -> None:
        if not self._failed(error):
            self._writer.close()
            self._done(None)

    def _failed(self, error: StoreError | None) -> bool:
        if error is None:
            return False
        if isinstance(error, StoreAway):
            self._call_later(PAUSE_S, self.start)
        else:
            self._writer.close()
            self._done(error)
        return True
