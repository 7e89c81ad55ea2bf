"""What every store promises, in one class, and the errors that it may answer with.

A store keeps bytes under (kind, key) and appends bytes to capped streams. It never looks into a record and
knows neither the engine nor the loop.

The one idea: a commit is a numbered batch that takes effect whole or not at all. The number of the last one
is kept in the same commit, so that a batch whose fate is unknown is simply sent again: a store that has it
says so.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Final, NamedTuple

from router.core.batch import Batch

SCHEMA: Final = 2
"""The layout of a store that this release makes. A store with a higher number is left alone; one with the number before
is read and written as it is, until `switchboard store upgrade`: so the release before can still take it back."""

KINDS_BEFORE: Final = frozenset({"world", "peer", "agent", "endpoint", "contact"})
"""Kinds of record that a store of schema 1 has; what others hold is not kept there."""

STREAMS_MOST: Final = {"history": 500_000, "audit": 100_000}
"""Entries kept in each stream, oldest out first: contact records are about 500 bytes, so at most some 250
MB."""

STREAM_MOST: Final = 100_000
"""The same for a stream that is not named above."""

EPOCH_ZERO_S: Final = 1_704_067_200
"""2024-01-01T00:00:00Z. The first epoch of a new store counts tenths of seconds since then, see
`next_epoch`."""


class Stamp(NamedTuple):
    """When a batch was committed, by three clocks: what the next start needs to go on with core time."""

    core_us: int
    boot_us: int
    """CLOCK_BOOTTIME. Comparable only within one boot."""
    wall_us: int
    """Unix time."""
    boot_id: str


class Lead(NamedTuple):
    """Who wants to lead, and for how long without saying so again."""

    name: str
    """The daemon's own, the same after each of its starts: a daemon that died need not wait for its own lease."""
    turn: str
    """Drawn for each turn of leading: two processes of one name are told apart by it."""
    ttl_ms: int
    least_epoch: int = 0
    """Take no epoch below this one: a gateway has seen the one before."""
    own: bool = True
    """May it take a running lease of its own name? Not after somebody has taken the lead from it."""
    serves: str = ""
    """A digest of what it serves: two sites that were given one name are told apart by it, a pair has one."""


class StoreError(Exception):
    """Something is wrong with the store: `code` for machines, what and remedy for people."""

    def __init__(self, code: str, what: str, remedy: str) -> None:
        super().__init__(f"{what} ({code}); {remedy}")
        self.code = code
        self.what = what
        self.remedy = remedy


class StoreUnusable(StoreError):
    """The store can't be opened or loaded. Nothing was written to it."""


class StoreAway(StoreError):
    """The store can't commit now: the fate of the batch is open, send the same one again."""


class StoreFenced(StoreError):
    """Another engine has begun a later epoch: this one leads no more. Nothing of the batch was kept."""


class StoreHeld(StoreError):
    """Another engine leads this site and its lease runs: stand by, and try again. Nothing was written."""


class StoreGap(StoreError):
    """The batch is not the next one: the store has lost some, or never had them. Nothing of it was kept."""


Landed = Callable[[StoreError | None], None]
"""Told once per `send`: None when the batch is kept, else why it may not be."""


class Store(ABC):
    """Load everything live; commit batches; read a stream. Used by one engine at a time."""

    durability: ClassVar[str]
    """What a commit survives: `memory` nothing, `local` the death of process and machine."""

    synchronous: ClassVar[bool]
    """True: `commit` costs microseconds and may run on the loop. False: the loop must use `send`."""

    leased: ClassVar[bool] = False
    """True: several engines may open it, and the one that holds the lease leads. False: it is one engine's alone."""

    keeps_records: ClassVar[bool] = True
    """False: nobody will ever load from it, so records need not even be encoded; batches bring appends only."""

    schema: int = SCHEMA
    """The layout that it has."""
    epoch: int = 0
    """The epoch begun last."""
    number: int = 0
    """The last batch of that epoch that is kept."""
    stamp: Stamp | None = None
    """When that was, None in a new store."""

    @abstractmethod
    def begin_epoch(self, stamp: Stamp | None = None, lead: Lead | None = None) -> int:
        """Begin, and keep, an epoch higher than every one before; batches count from 1 in it. Returns it. Where the
        store is `leased`, with `lead` the lease begins too; `StoreHeld` where another engine has it."""

    @abstractmethod
    def load(self) -> Iterator[tuple[str, str, bytes]]:
        """Every record as (kind, key, bytes), in pieces as it is asked for. Raises `StoreUnusable`."""

    @abstractmethod
    def commit(self, batch: Batch, stamp: Stamp | None = None) -> bool:
        """Keep `batch`, and wait for it. True: kept now; False: it was already there, without effect.

        Drops come before puts: what went and came again under one key within a batch is there.

        Raises `StoreFenced`, `StoreGap` or `StoreAway`.
        """

    @abstractmethod
    def read(self, stream: str, after: int, count: int) -> list[tuple[int, bytes]]:
        """At most `count` entries of `stream` numbered above `after`, as (number, bytes), oldest first.

        Any thread may ask, one at a time; `close` waits for it or makes it fail. Raises `StoreError`.
        """

    @abstractmethod
    def attach(self, post: Callable[..., object]) -> None:
        """From now on `send` tells the outcome through `post(function, argument)`, which any thread may call:
        the event loop's `call_soon_threadsafe`. A synchronous store has no use for it."""

    def send(self, batch: Batch, stamp: Stamp, landed: Landed) -> None:
        """Commit without waiting: `landed` is told on the event loop. One batch at a time."""
        try:
            self.commit(batch, stamp)
        except StoreError as error:
            landed(error)
        else:
            landed(None)

    def rewriter(self) -> Any:
        """What writes the whole state anew after a `StoreGap` (see `router.loop.rewrite`); None where nothing does."""
        return None

    def rewritten(self, rewriter: Any, number: int) -> None:
        """What `rewriter` wrote counts now, as the batch of that number."""
        raise NotImplementedError("a store without a rewriter")

    @abstractmethod
    def close(self) -> None:
        """Finish the commit that is running and let go. The records stay."""

    @property
    def kept_kinds(self) -> frozenset[str] | None:
        """The kinds of record that its layout has; None: all."""
        return None if self.schema >= SCHEMA else KINDS_BEFORE

    def upgrade(self) -> None:
        """Give it the layout of this release. The release before can't open it afterwards. Raises `StoreError`."""
        self.schema = SCHEMA

    def is_next(self, batch: Batch) -> bool:
        """True: `batch` is the next; False: it is the last one again. Raises `StoreFenced` or `StoreGap`."""
        if batch.epoch != self.epoch:
            raise StoreFenced(
                "fenced",
                f"the store is in epoch {self.epoch}, the batch of epoch {batch.epoch}",
                "the engine with the lower epoch must stop; look for a second one on this store",
            )
        if batch.number == self.number + 1:
            return True
        if batch.number == self.number:
            return False
        raise StoreGap(
            "gap",
            f"the store has batch {self.number}, batch {batch.number} is not the next",
            "start the engine again: it goes on from what the store has",
        )


def next_epoch(last: int, stamp: Stamp | None) -> int:
    """The epoch after `last`. A new store begins with the time of day, in tenths of seconds since 2024:
    gateways refuse an epoch lower than one that they have seen, and they may have seen those of a store that
    was lost."""
    if last or stamp is None:
        return last + 1
    return max(1, (stamp.wall_us // 100_000) - EPOCH_ZERO_S * 10)
