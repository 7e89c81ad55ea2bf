"""Group commit: one batch is in flight, one is open, and messages wait for the batch that they rest on.

The open batch is the engine's own set of changes, coalesced by key, with the messages decided meanwhile; it
closes when the flight lands. A closed one never changes: the same is sent again until its fate is known.

A store that fails, or is silent for `DEGRADE_AFTER_US`, is away: from then on the engine routes from memory
and says so in its replies, until the store answers again. Messages are encoded late for that: a promise that
was decided, and not made, can still be put into other words.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic_ns
from typing import Any, Final

from router.core.batch import Batch
from router.core.effects import Queued
from router.loop import crash
from router.loop.clock import Clock, boot_us
from router.loop.commits import OnBatch, count_batch, count_told
from router.loop.figures import Figures
from router.loop.lease import Lease
from router.loop.rewrite import Rewrite
from router.loop.seams import Effects, Engine, Hub
from router.server.outbox import Outbox
from router.store.base import Stamp, Store, StoreAway, StoreError, StoreGap

RECORDS_MOST: Final = 1_024
"""Records in the open batch; then no command is applied until the flight lands. Bounds what a commit
costs."""

BYTES_MOST: Final = 262_144
"""The same in bytes, by the mean size of the records before: how long they are is known when the batch
closes."""

DEGRADE_AFTER_US: Final = 300_000
"""A store that has not answered for this long is away: callers hear silence longer than this as a fault."""

RETRY_S: Final = (0.05, 0.1, 0.2, 0.5, 1.0)
"""Pauses before the same batch is sent again; the last one goes on."""

PIECE_RECORDS: Final = 8_192
"""Records of one batch after an absence of the store: some 2 MB, which Redis keeps in a few milliseconds."""

HELD_EFFECTS_MOST: Final = 100_000
"""Messages that wait for a store that is away, where nothing may be told without it: some 30 MB."""

HISTORY_AWAY_MOST: Final = 100_000
"""Contact records kept in memory for a store that is away, some 50 MB; then new contacts are answered `busy`,
so that what is left is bounded by what lives."""

Timer = Callable[[float, Callable[[], None]], Any]
"""The event loop's `call_later`: returns a handle with `cancel()`."""


class Held:
    """Messages that wait for a batch: as decided, and, where a connection was bound meanwhile, as bytes."""

    __slots__ = ("effects", "outbox", "read_ns")

    def __init__(self) -> None:
        self.effects: Effects = []
        self.outbox = Outbox()
        self.read_ns = 0
        """When the first frame was read that a message here answers."""


class GroupCommit:
    """For a store that needs time."""

    def __init__(
        self, engine: Engine, store: Store, hub: Hub, clock: Clock, figures: Figures, call_later: Timer
    ) -> None:
        self._engine = engine
        self._store = store
        self._hub = hub
        self._clock = clock
        self._figures = figures
        self._call_later = call_later
        self.full = False
        self.refusing = False
        self.degrade_after_us = DEGRADE_AFTER_US
        self.on_batch: OnBatch | None = None
        self.on_landed: Callable[[], None] = _nothing
        """Told when the open batch has room again, or may have."""
        self.on_away: Callable[[StoreError | None], None] = _nothing_of
        """Told when the store fails, or is late (then without an error)."""
        self.on_back: Callable[[], None] = _nothing
        self.lease: Lease | None = None
        """Where several engines may lead: whether this one still does, by its own clock."""
        self.strict = False
        """Without the store nothing is told, and no new contact is taken in: what is promised is kept whatever dies."""
        self._muted: deque[Held] = deque()
        """Kept, and not told: the lease is in doubt."""
        self.on_lost: Callable[[Exception], None] = _nothing_of
        """Told when the store will never take the batch, or something failed outside a step: the engine must
        stop."""
        self._flight: Batch | None = None
        self._flying = Held()
        self._open = Held()
        self._sent_ns = 0
        self._late: Any = None
        self._tries = 0
        self._record_bytes = 200.0
        self._carried: list[tuple[str, bytes]] = []
        """Appends of a batch whose records were written another way."""
        self._stopped = False

    @property
    def holding(self) -> bool:
        """See `Commits`."""
        return bool(self._muted) or (self.strict and self._figures.store_away)

    # -- for the loop ------------------------------------------------------------------------------------

    def bind(self, source: Any) -> None:
        """See `Commits`. What is held must find its connections while they still have their names."""
        self._take_effects(0)
        # Connections that are finished after their replies: those are in the open batch, never in the flight.
        self._hub.pack([], self._open.outbox)
        for held in (*self._muted, self._flying, self._open):
            self._hub.pack(held.effects, held.outbox)
            self._figures.effects += len(held.effects)
            held.effects.clear()
        self._hub.bind(source)

    def end_step(self, now_us: int, read_ns: int) -> None:  # noqa: ARG002  # whoever keeps at once stamps the step
        """See `Commits`."""
        if self.lease is not None:
            self.lease.look()
        self._take_effects(read_ns)
        self._hub.pack([], self._open.outbox)
        if self._flight is None:
            self._close()
        elif self._figures.store_away and not self.strict:
            self._tell_early()
        else:
            self._look_whether_full()

    def settled(self) -> bool:
        """See `Commits`."""
        return self._flight is None and not self._muted

    def stop(self) -> None:
        """See `Commits`."""
        self._stopped = True
        if self._late is not None:
            self._late.cancel()

    # -- the flight --------------------------------------------------------------------------------------

    def _take_effects(self, read_ns: int) -> None:
        effects = self._engine.effects
        if effects:
            held = self._open
            if not held.read_ns:
                held.read_ns = read_ns
            held.effects += effects
            effects.clear()

    def _close(self) -> None:
        """The open batch becomes the one in flight. Without any change its messages rest on nothing that is
        not kept, and are told."""
        held, self._open = self._open, Held()
        # What gathered while the store was away goes in pieces: any mixture of records is a legal world.
        batch = self._engine.take_batch(most=PIECE_RECORDS if self._figures.store_away else 0)
        if batch is None:
            self._tell(held)
            return
        if self._carried:
            batch.appends, self._carried = [*self._carried, *batch.appends], []
        self._flight = batch
        self._flying = held
        self._tries = 0
        if batch.puts:
            mean = sum(len(record) for _, _, record in batch.puts) / len(batch.puts)
            self._record_bytes += (mean - self._record_bytes) / 8
        self._late = self._call_later(self.degrade_after_us / 1e6, self._look_at_late)
        self._send()

    def _send(self) -> None:
        if self._flight is not None and not self._stopped:
            self._sent_ns = monotonic_ns()
            crash.at("before_commit")
            # When it is sent, not when it was decided: the clocks of a stamp must show one and the same moment, or a
            # batch that waited for its store takes that time from the next start's.
            self._store.send(self._flight, self._clock.stamp(self._clock.now_us()), self._landed)
            crash.at("after_send")

    def _landed(self, error: StoreError | None) -> None:
        """The store's answer, on the event loop."""
        if self._stopped and error is not None:
            return
        try:
            if error is None:
                self._kept()
            else:
                self._failed(error)
        except Exception as mistake:  # noqa: BLE001  # as in a step: an unknown world must not go on
            self.on_lost(mistake)

    def _kept(self) -> None:
        batch = self._flight
        assert batch is not None, "the store answers once a batch"
        figures = self._figures
        figures.commit_us.observe((monotonic_ns() - self._sent_ns) // 1000)
        count_batch(figures, batch)
        self._late.cancel()
        self._flight = None
        held, self._flying = self._flying, Held()
        self._tell(held)
        if self.on_batch is not None and (batch.visits or batch.deeds):
            self.on_batch(batch)
        self.full = False
        if figures.store_away and self._pending() <= RECORDS_MOST:
            # The next batch holds the rest of what was routed from memory; what is decided from now on waits again.
            figures.store_away = self.refusing = False
            self._engine.world.durability = self._store.durability
            figures.away_since_us = 0
            self.on_back()
        if not self._stopped:
            self._close()
        self.on_landed()

    def _pending(self) -> int:
        """Records that the next batch will have."""
        world = self._engine.world
        return len(world.changed) + len(world.dropped) + len(world.history) + len(world.deeds)

    def _look_whether_full(self) -> None:
        if self.strict and self._figures.store_away:
            # No new contact comes in, so what changes is bounded by what lives; what waits to be told is not.
            self.full = len(self._open.effects) >= HELD_EFFECTS_MOST
            return
        records = self._pending()
        if records >= RECORDS_MOST or records * self._record_bytes >= BYTES_MOST:
            self.full = True

    def _tell(self, held: Held) -> None:
        lease = self.lease
        if lease is not None:
            lease.look()
            if self._muted or not lease.may_speak():
                self._mute(held)
                return
        self._say(held)

    def _mute(self, held: Held) -> None:
        """Somebody else may lead by now: wait until the store says."""
        self._muted.append(held)
        self.refusing = True

    def confirmed(self) -> None:
        """The store has said that we lead: tell what was held back for that."""
        if self._muted and self.lease is not None and self.lease.may_speak():
            while self._muted:
                self._say(self._muted.popleft())
            self.refusing = self.strict and self._figures.store_away
            self.on_landed()

    def _say(self, held: Held) -> None:
        crash.at("before_tell")
        self._hub.pack(held.effects, held.outbox)
        crash.at("in_the_middle_of_telling")
        if held.outbox:
            self._hub.send(held.outbox)
        crash.at("after_tell")
        if held.effects:
            count_told(self._figures, held.effects, (monotonic_ns() - held.read_ns) // 1000)

    # -- without the store -------------------------------------------------------------------------------

    def _failed(self, error: StoreError) -> None:
        if isinstance(error, StoreGap):
            self._rewrite(error)
            return
        if not isinstance(error, StoreAway):
            self.on_lost(error)
            return
        self._figures.store_failures += 1
        self._away(error)
        pause_s = RETRY_S[min(self._tries, len(RETRY_S) - 1)]
        self._tries += 1
        self._call_later(pause_s, self._send)

    def _rewrite(self, error: StoreGap) -> None:
        """The store has lost some batches: it gets the whole state again, if it can take it."""
        writer = self._store.rewriter()
        batch = self._flight
        if writer is None or batch is None:
            self.on_lost(error)
            return
        self._figures.rewritten += 1
        self._away(error)
        # Its records are in the whole state; what it appends is not.
        self._carried += batch.appends

        def done(failed: StoreError | None) -> None:
            if failed is not None:
                self.on_lost(failed)
                return
            self._store.rewritten(writer, batch.number)
            self._landed(None)

        def stamp() -> Stamp:
            return self._clock.stamp(self._clock.now_us())

        Rewrite(writer, batch, self._engine.everything, stamp, self._call_later, done)

    def _look_at_late(self) -> None:
        try:
            self._away(None)
        except Exception as mistake:  # noqa: BLE001  # as in a step
            self.on_lost(mistake)

    def _away(self, error: StoreError | None) -> None:
        figures = self._figures
        if not figures.store_away:
            figures.store_away = True
            self._engine.world.durability = "memory"
            figures.away_since_us = boot_us()
            self.on_away(error)
        self.full = False
        if self.strict:
            self.refusing = True
        else:
            self._tell_early()
        self.on_landed()

    def _tell_early(self) -> None:
        """Route on from memory, and say so where something is promised."""
        for held in (self._flying, self._open):
            # Already in bytes, so they promise too much. Their connections are cut: what they don't hear they
            # ask again, and are answered in other words.
            for connection in held.outbox.pieces:
                connection.abort("store_away")
            for _, message in held.effects:
                if type(message) is Queued:
                    message.durability = "memory"
            self._figures.told_early += len(held.effects)
            self._tell(held)
        self._flying = Held()
        self._open = Held()
        self.refusing = bool(self._muted) or len(self._engine.world.history) >= HISTORY_AWAY_MOST


def _nothing() -> None:
    pass


def _nothing_of(_: object) -> None:
    pass
