"""Record before tell: what a step decided is told only when the batch that it rests on is kept.

Two ways, one interface. `StraightCommit`, here: the store keeps a batch at once, so nothing ever waits and
the whole path is a function call. `GroupCommit`, in `group.py`: one batch is in flight and one is open.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic_ns
from typing import Any, Protocol

from router.core.batch import Batch
from router.core.effects import Offer
from router.loop.clock import Clock
from router.loop.figures import Figures
from router.loop.lease import Lease
from router.loop.seams import Effects, Engine, Hub
from router.server.outbox import Outbox
from router.store.base import Store

OnBatch = Callable[[Batch], None]
"""Told of each batch with appends that is kept: who logs contacts reads them there."""


class Commits(Protocol):
    """What the loop knows of the way its batches are kept."""

    full: bool
    """The open batch holds its most: apply nothing more of clients until it has closed."""
    refusing: bool
    """New contacts must be answered `busy`."""
    on_batch: OnBatch | None
    lease: Lease | None
    """Where several engines may lead."""

    @property
    def holding(self) -> bool:
        """What is decided now is told to nobody, for as long as the store is away or who leads is in doubt."""

    def bind(self, source: Any) -> None:
        """From here on a client's messages are for this connection, and none of those decided before."""

    def end_step(self, now_us: int, read_ns: int) -> None:
        """A step is over: keep what changed, and tell what was decided once that is kept. `read_ns`: when the
        first of its frames was read (monotonic)."""

    def settled(self) -> bool:
        """Everything decided is kept and told."""

    def stop(self) -> None:
        """Send nothing any more: the store is about to be closed."""


class StraightCommit:
    """For a store that keeps a batch at once."""

    full = False
    refusing = False
    holding = False
    lease: Lease | None = None
    """A store that keeps a batch at once is this process's own."""

    def __init__(self, engine: Engine, store: Store, hub: Hub, clock: Clock, figures: Figures) -> None:
        self._engine = engine
        self._store = store
        self._records = store.keeps_records
        self._hub = hub
        self._clock = clock
        self._figures = figures
        self._outbox = Outbox()
        self.on_batch: OnBatch | None = None

    def bind(self, source: Any) -> None:
        """See `Commits`."""
        effects = self._engine.effects
        if effects:
            self._figures.effects += len(effects)
            self._hub.pack(effects, self._outbox)
            effects.clear()
        self._hub.bind(source)

    def end_step(self, now_us: int, read_ns: int) -> None:
        """See `Commits`."""
        engine = self._engine
        figures = self._figures
        batch = engine.take_batch(self._records)
        if batch is not None:
            began_ns = monotonic_ns()
            self._store.commit(batch, self._clock.stamp(now_us))
            figures.commit_us.observe((monotonic_ns() - began_ns) // 1000)
            count_batch(figures, batch)
            if self.on_batch is not None and (batch.visits or batch.deeds):
                self.on_batch(batch)
        effects = engine.effects
        outbox = self._outbox
        # Also without effects: the hub may have a connection to finish.
        self._hub.pack(effects, outbox)
        if outbox:
            self._hub.send(outbox)
            self._outbox = Outbox()
        if effects:
            count_told(figures, effects, (monotonic_ns() - read_ns) // 1000)
            effects.clear()

    def settled(self) -> bool:
        """See `Commits`. Nothing outlives a step."""
        return True

    def stop(self) -> None:
        """See `Commits`."""


def count_batch(figures: Figures, batch: Batch) -> None:
    """A batch is kept."""
    records = len(batch.puts) + len(batch.drops) + len(batch.appends)
    figures.batches += 1
    figures.records += records
    figures.batch_records.observe(records)


def count_told(figures: Figures, effects: Effects, reaction_us: int) -> None:
    """Messages were written, so long after the first frame was read that they answer."""
    figures.effects += len(effects)
    figures.reaction_us.observe(reaction_us, len(effects))
    offers = 0
    for _, message in effects:
        if type(message) is Offer:
            offers += 1
    if offers:
        figures.offer_us.observe(reaction_us, offers)
