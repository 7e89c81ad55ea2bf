"""How a standby keeps up: it loads a site's records while the leader writes them, and then reads the feed.

What is loaded meanwhile is a mixture of older and newer records; the feed from where the loading began makes it whole,
since a batch put again changes nothing. It writes nothing but who stands by. It must not know what a record is. The one
idea: every entry of the feed says which batch it is, so a missing one is seen, and then everything is loaded again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, TypeVar

from router.store.base import Stamp, StoreError, StoreUnusable
from router.store.redis.load import STEP, Meta, look, stamp_of, torn
from router.store.redis.script import Keys, unpack
from router.store.redis.wire import Dialler, Wire

ENTRIES_A_TIME: Final = 200
"""Batches asked for at a time: at most some 50 MB where each is as large as it may be, and far less as a rule."""

STANDBY_MS: Final = 3_000
"""How long it is remembered that somebody stands by."""


Found = TypeVar("Found")


class Hole(Exception):
    """The feed does not go on where we are: everything must be loaded again."""


class Position(NamedTuple):
    """The last batch that is known."""

    epoch: int
    number: int


class Entry(NamedTuple):
    """A batch as the feed has it."""

    position: Position
    changes: bytes
    stamp: Stamp | None

    def records(self) -> Iterator[tuple[str, str, bytes | None]]:
        """(kind, key, record), drops (no record) before puts. Raises `StoreUnusable` on what is no batch."""
        try:
            for kind, drops, puts in unpack(self.changes):
                for key in drops:
                    yield kind, key, None
                yield from ((kind, key, record) for key, record in puts)
        except ValueError as error:
            name = f"batch {self.position.epoch}-{self.position.number} of the feed"
            raise torn(name, f"can't be read: {error}") from error


class Follower:
    """One reader of one site, on a connection of its own, in a thread of its caller's. Everything raises `StoreError`:
    after `StoreAway` it may go on where it was."""

    def __init__(self, dialler: Dialler, keys: Keys, temporary: bool) -> None:
        self._dialler = dialler
        self._keys = Keys(keys.site)
        self._temporary = temporary
        self._wire: Wire | None = None
        self.position = Position(0, 0)
        self.stamp: Stamp | None = None
        """Of the last batch."""

    def load(self) -> Iterator[tuple[str, str, bytes]]:
        """Every record, as it is when it is read. Afterwards `entries` goes on from where this began."""
        meta = self._guard(self._look)
        if meta is None:
            self.position = Position(0, 0)
            return
        self._keys.generation = meta.generation
        self.position = Position(meta.epoch, meta.number)
        self.stamp = meta.stamp
        for kind in meta.counts:
            cursor = b"0"
            while True:
                cursor, flat = self._call("HSCAN", self._keys.hash(kind), cursor, "COUNT", STEP)
                for name, record in zip(flat[::2], flat[1::2], strict=True):
                    yield kind, name.decode(errors="replace"), record
                if cursor == b"0":
                    break

    def entries(self, wait_ms: int) -> list[Entry]:
        """The next batches, none where none comes within `wait_ms`. Raises `Hole`."""
        after = f"{self.position.epoch}-{self.position.number}"
        words: list[str | int] = ["BLOCK", wait_ms] if wait_ms else []
        found = self._call("XREAD", "COUNT", ENTRIES_A_TIME, *words, "STREAMS", self._keys.feed, after)
        return [entry for name, fields in (found[0][1] if found else []) if (entry := self._entry(name, fields))]

    def _entry(self, name: bytes, fields: list[bytes]) -> Entry | None:
        """One entry, in its order; None for the beginning of an epoch."""
        epoch, _, number = name.partition(b"-")
        position = Position(int(epoch), int(number))
        values = dict(zip(fields[::2], fields[1::2], strict=True))
        if (begun := values.get(b"begin")) is not None:
            if begun != b"%d-%d" % self.position:
                raise Hole
            self.position = position
            return None
        # A new generation begins with no batch: what came before is not what counts any more.
        if b"batch" not in values or position != (self.position.epoch, self.position.number + 1):
            raise Hole
        self.position = position
        self.stamp = stamp_of(values.get(b"stamp", b"").decode(errors="replace")) or self.stamp
        return Entry(position, values[b"batch"], self.stamp)

    def leader(self) -> str:
        """The name of who holds the lease; empty where nobody does."""
        held: bytes | None = self._call("GET", self._keys.lease)
        return held.decode(errors="replace").rpartition(" ")[0] if held else ""

    def serves(self) -> str:
        """The digest of what the leader serves; empty where none was said."""
        said: bytes | None = self._call("HGET", self._keys.meta, "serves")
        return said.decode(errors="replace") if said else ""

    @property
    def lease_key(self) -> str:
        """Where the leader's name stands."""
        return self._keys.lease

    def say_so(self, name: str) -> None:
        """Let the leader know that somebody stands by, and how far."""
        text = f"{name} {self.position.epoch}-{self.position.number}"
        self._call("SET", self._keys.standby, text, "PX", STANDBY_MS)

    def counts(self) -> dict[str, int]:
        """How many records of each kind the store has. Nobody may write meanwhile."""
        meta = self._guard(self._look)
        return {} if meta is None else meta.counts

    def close(self) -> None:
        """Hang up."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def _look(self, wire: Wire) -> Meta | None:
        return look(wire, self._keys, self._temporary)

    def _call(self, *words: str | bytes | int) -> Any:
        return self._guard(lambda wire: wire.call(*words))

    def _guard(self, ask: Callable[[Wire], Found]) -> Found:
        try:
            if self._wire is None:
                self._wire = self._dialler.dial()
            return ask(self._wire)
        except StoreUnusable:
            raise
        except StoreError:
            self.close()
            raise
