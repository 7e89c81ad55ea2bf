"""The production store: a site's records in Redis, one script a batch (see `script` for the keys).

A commit is one command on one connection that the event loop itself listens to (`line`). Whatever is not that
one command and its answer (dialling, a script that Redis forgot, a cluster that moved the site) happens in a thread
that waits and does not compute.

It must not know what is in a record. The one idea: the script knows the number of the last batch, so nothing here
has to know whether a batch whose answer was lost is kept: the same one is sent again.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import ClassVar, Final, NamedTuple

from router.core.batch import Batch
from router.store.base import (
    SCHEMA,
    STREAMS_MOST,
    Landed,
    Lead,
    Stamp,
    StoreAway,
    StoreError,
    next_epoch,
)
from router.store.redis import load as loading
from router.store.redis import script
from router.store.redis.asked import Asked
from router.store.redis.errors import at_start, error_of
from router.store.redis.feed import Feed
from router.store.redis.follow import Follower
from router.store.redis.generation import Generation, Whose
from router.store.redis.lease import LeaseKeeper, Told
from router.store.redis.line import Line
from router.store.redis.url import ALL_REPLICAS, Where
from router.store.redis.wire import Dialler, Wire

START_MOST_S: Final = 30.0
"""How long a start waits for a Redis that is itself starting; the service manager waits longer."""

START_PAUSE_S: Final = 0.1

STARTING: Final = frozenset({"store_loading", "store_no_primary", "store_cluster_down", "store_moving"})
"""Codes that pass by themselves soon."""


class Flight(NamedTuple):
    """A batch on its way."""

    batch: Batch
    stamp: Stamp
    data: bytes
    size: int
    """Of its changes, as the feed keeps them."""
    landed: Landed


class Short(StoreAway):
    """The batch is kept by the primary, and by too few replicas so far."""

    def __init__(self, why: StoreError) -> None:
        super().__init__(why.code, why.what, why.remedy)


class RedisStore(Asked):
    """Opens the store at `url`, and writes nothing to it yet. Raises `StoreUnusable`."""

    durability: ClassVar[str] = "redis"
    synchronous: ClassVar[bool] = False
    leased: ClassVar[bool] = True

    def __init__(
        self,
        where: Where,
        site: str,
        temporary: bool = False,
        streams_most: dict[str, int] | None = None,
    ) -> None:
        self.where = where
        self._temporary = temporary
        self._streams_most = STREAMS_MOST if streams_most is None else streams_most
        self._keys = script.Keys(site)
        self._dialler = self._new_dialler()
        self._wire: Wire | None = None
        """For those who wait for an answer."""
        self._line: Line | None = None
        """For the event loop."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._post: Callable[..., object] = _call
        self._thread: threading.Thread | None = None
        self._closed = False
        self.before = (0, 0)
        """Epoch and number of the last batch before this epoch: what a standby must have come to."""
        self.lead: Lead | None = None
        self.leads_until_us = 0
        """CLOCK_BOOTTIME up to which the lease runs that came with the epoch, counted from asking for it."""
        self._replicas = where.wait_replicas
        """How many of them must have a batch."""
        self._short = (0, 0)
        """Epoch and number of the batch that is there and not at enough replicas yet."""
        self._short_size = 0
        self._feed = Feed()
        try:
            self._look()
        except StoreError as error:
            self.close()
            raise at_start(error) from error

    # -- connections: what a simulation has in another way -----------------------------------------------

    def _new_dialler(self) -> Dialler:
        """For those who need connections of their own."""
        return Dialler(self.where, self._keys.meta)

    def _line_on(self, wire: Wire) -> Line:
        """The event loop's own connection."""
        assert self._loop is not None, "there is an event loop"
        return Line(self._loop, wire)

    # -- starting ----------------------------------------------------------------------------------------

    def _look(self) -> loading.Meta | None:
        """Read meta; a Redis that is just starting is waited for."""
        until = time.monotonic() + START_MOST_S
        meta: loading.Meta | None = None
        while True:
            try:
                meta = loading.look(self._waiting(), self._keys, self._temporary)
                break
            except StoreAway as error:
                self._hang_up()
                if error.code not in STARTING or time.monotonic() > until:
                    raise
                time.sleep(START_PAUSE_S)
        if meta is not None:
            self.schema, self.epoch, self.number, self.stamp = meta.schema, meta.epoch, meta.number, meta.stamp
            self._keys.generation = meta.generation
        return meta

    def begin_epoch(self, stamp: Stamp | None = None, lead: Lead | None = None) -> int:
        """See `Store`. The epoch is at least the time of day: a Redis that lost its tail, or was replaced by a
        replica, may not know the last one that gateways have seen."""
        least = next_epoch(0, stamp) if stamp is not None else 1
        if lead is not None:
            least = max(least, lead.least_epoch)
        data = script.begin(self._keys, SCHEMA, self._temporary, least, lead)
        try:
            answer = self._talk(data)
            self._raise_if_error(answer)
        except StoreError as error:
            raise at_start(error) from error
        if self.where.wait_replicas == ALL_REPLICAS:
            known = self._dialler.replicas()
            self._replicas = max(1, known if known is not None else self._connected_replicas())
        _, epoch, generation, last_epoch, last_number = answer.split()
        self.before = (int(last_epoch), int(last_number))
        if self._replicas:
            self._confirm(int(epoch), lead)
        self.epoch = int(epoch)
        self.number = 0
        self.lead = lead
        self.leads_until_us = stamp.boot_us + lead.ttl_ms * 1000 if stamp is not None and lead is not None else 0
        self._keys.generation = int(generation)
        self._feed = Feed()
        return self.epoch

    def load(self) -> Iterator[tuple[str, str, bytes]]:
        """See `Store`. After `begin_epoch` no other engine can write meanwhile."""
        try:
            meta = self._look()
            if meta is not None:
                yield from loading.records(self._waiting(), self._keys, meta)
        except StoreError as error:
            self._hang_up()
            raise at_start(error) from error

    # -- committing --------------------------------------------------------------------------------------

    def commit(self, batch: Batch, stamp: Stamp | None = None) -> bool:
        """See `Store`. Waits for Redis: on the loop's own thread only where there is no loop."""
        data, size = self._command(batch, stamp)
        try:
            answer = self._talk(data)
        except StoreAway:
            self._hang_up()
            raise
        return self._judge(answer, batch, stamp, size)

    def _command(self, batch: Batch, stamp: Stamp | None) -> tuple[bytes, int]:
        """The bytes of a commit, and how many of them the feed will keep."""
        packed = script.pack(batch, self._streams_most)
        replicas = self._replicas
        turn = self.lead.turn if self.lead is not None else ""
        data = script.commit(batch, stamp, self._keys, packed, self._feed.oldest, touch=replicas > 0, turn=turn)
        if replicas:
            data += self._wait()
        return data, len(packed.changes)

    @property
    def _lines(self) -> int:
        """Reply lines of a commit."""
        return 2 if self._replicas else 1

    def _judge(self, answer: bytes, batch: Batch, stamp: Stamp | None, size: int) -> bool:
        """What the answer to a commit means: True kept now, False it was there; or raises."""
        self._raise_if_error(answer)
        said, _, acknowledged = answer.partition(b"\r\n:")
        if self._replicas:
            self._count_replicas(acknowledged or b"0")
        if self.number != batch.number:
            self.number = batch.number
            self._feed.note(batch.epoch, batch.number, size)
        if stamp is not None:
            self.stamp = stamp
        return said == b"+KEPT"

    def _count_replicas(self, acknowledged: bytes) -> None:
        """Enough of them have the batch, or it is not kept yet."""
        if int(acknowledged) < self._replicas:
            line = f"{acknowledged.decode()} of {self._replicas} replicas have the batch so far"
            raise Short(error_of(f"NOREPLICAS {line}", self.where.shown))

    def _raise_if_error(self, answer: bytes) -> None:
        if answer.startswith(b"-"):
            line = answer.partition(b"\r\n")[0][1:].decode(errors="replace")
            raise error_of(line, self.where.shown)

    def _talk(self, data: bytes) -> bytes:
        """Send a script's command and wait for its answer. A server that does not know the script, or not the
        site any more, has done nothing: a new connection finds the right one and brings the script along."""
        lines = self._lines if data.count(script.COMMIT.sha, 0, 200) else 1
        answer = self._waiting().exchange(data, lines)
        if answer.startswith((b"-NOSCRIPT", b"-MOVED")):
            self._hang_up()
            answer = self._waiting().exchange(data, lines)
        return answer

    def _waiting(self) -> Wire:
        """The connection of those who wait."""
        if self._wire is None:
            self._wire = self._dialler.dial()
        return self._wire

    def _hang_up(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    # -- on the event loop -------------------------------------------------------------------------------

    def attach(self, post: Callable[..., object]) -> None:
        """See `Store`. To be called on the event loop that commits; elsewhere `send` waits."""
        self._post = post
        with contextlib.suppress(RuntimeError):
            self._loop = asyncio.get_running_loop()
        if self._loop is not None and self._wire is not None:
            self._line = self._line_on(self._wire)
            self._wire = None

    def send(self, batch: Batch, stamp: Stamp, landed: Landed) -> None:
        """See `Store`."""
        if self._loop is None:
            super().send(batch, stamp, self._posting(landed))
            return
        if self._line is not None and not self._line.lost and self._short == (batch.epoch, batch.number):
            # It is there, and some replica has not said so: that is asked again, never the batch.
            flight = Flight(batch, stamp, b"", self._short_size, landed)
            self._line.ask(self._wait(), 1, partial(self._replicas_answered, flight))
            return
        data, size = self._command(batch, stamp)
        flight = Flight(batch, stamp, data, size, landed)
        if self._line is None or self._line.lost:
            self._take_the_long_way(flight)
        else:
            self._line.ask(data, self._lines, partial(self._answered, flight))

    def _posting(self, landed: Landed) -> Landed:
        def post(outcome: StoreError | None) -> None:
            self._post(landed, outcome)

        return post

    def _answered(self, flight: Flight, answer: bytes | StoreError) -> None:
        """The answer on the loop's own connection."""
        if isinstance(answer, bytes) and answer.startswith((b"-NOSCRIPT", b"-MOVED")) and not self._closed:
            self._drop_line()
            self._take_the_long_way(flight)
            return
        self._tell(flight, answer)

    def _take_the_long_way(self, flight: Flight) -> None:
        """By a new connection, dialled in a thread, since names, TLS and Sentinels make it wait."""
        self._thread = threading.Thread(target=self._dial_and_talk, args=(flight,), name="store", daemon=True)
        self._thread.start()

    def _dial_and_talk(self, flight: Flight) -> None:
        answer: bytes | StoreError
        wire: Wire | None = None
        try:
            wire = self._dialler.dial()
            answer = wire.exchange(flight.data, self._lines)
        except StoreError as error:
            answer = error
        except Exception as error:  # noqa: BLE001  # whatever it is, the loop must hear of it
            answer = StoreError("store_broken", f"our own mistake: {error!r}", "report it; start again")
        self._post(self._came_back, (flight, wire, answer))

    def _came_back(self, what: tuple[Flight, Wire | None, bytes | StoreError]) -> None:
        """On the loop again. The connection stays, where it is one."""
        flight, wire, answer = what
        self._thread = None
        if wire is not None:
            if isinstance(answer, StoreError) or self._loop is None or self._closed:
                wire.close()
            else:
                self._line = self._line_on(wire)
        self._tell(flight, answer)

    def _tell(self, flight: Flight, answer: bytes | StoreError) -> None:
        outcome: StoreError | None = None
        self._short = (0, 0)
        try:
            if isinstance(answer, StoreError):
                raise answer
            self._judge(answer, flight.batch, flight.stamp, flight.size)
        except Short as error:
            # On this very connection WAIT means this batch: it must stay.
            self._short, self._short_size = (flight.batch.epoch, flight.batch.number), flight.size
            outcome = error
        except StoreError as error:
            # Another server may be the right one by now: the next attempt looks.
            self._drop_line()
            outcome = error
        flight.landed(outcome)

    def _replicas_answered(self, flight: Flight, answer: bytes | StoreError) -> None:
        """What WAIT alone said: as if the batch had been answered, too."""
        self._tell(flight, answer if isinstance(answer, StoreError) else b"+AGAIN\r\n" + answer)

    def _drop_line(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    # -- the rest ----------------------------------------------------------------------------------------

    def follower(self) -> Follower:
        """A reader of the same site, for an engine that stands by."""
        return Follower(self._new_dialler(), self._keys, self._temporary)

    def keep_lease(self, clock: Callable[[], int], told: Told) -> LeaseKeeper:
        """Begin to renew the lease that came with the epoch. `told` hears of it on the event loop."""
        assert self.lead is not None, "an epoch was begun with a lease"
        return LeaseKeeper(self._new_dialler(), self._keys, self.lead, self.epoch, clock, self._post, told)

    def rewriter(self) -> Generation:
        """See `Store`."""
        whose = Whose(self.schema, self._temporary, self.lead)
        return Generation(self._new_dialler(), self._keys, whose, self._post)

    def rewritten(self, rewriter: Generation, number: int) -> None:
        """See `Store`."""
        self._keys.generation = rewriter.number
        self._feed = Feed()
        self._feed.note(self.epoch, number, 0)
        self.number = number

    def close(self) -> None:
        """See `Store`. Waits no longer than a commit may take."""
        self._closed = True
        if self._thread is not None:
            self._thread.join()
        self._drop_line()
        self._hang_up()


def _call(function: Callable[..., object], *arguments: object) -> None:
    function(*arguments)
