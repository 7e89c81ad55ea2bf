"""The real store of Redis over simulated connections: what waits in a thread there waits in the agenda here.

All that is decided (numbers, epochs, what an answer means, replicas that are short, generations) is `RedisStore`'s,
`Generation`'s and `router.store.redis.lease`'s own. The one idea: a thread that computes nothing is an event later on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from router.core.batch import Batch
from router.store.base import Landed, Lead, Stamp, StoreError
from router.store.redis import script
from router.store.redis.errors import error_of
from router.store.redis.generation import Generation, Told
from router.store.redis.lease import RENEWALS, Renewal
from router.store.redis.store import Flight, RedisStore
from router.store.redis.url import read
from tests.sim.pair.net import Dialler, Line, Wire

if TYPE_CHECKING:
    from tests.sim.pair.daemon import Daemon


class SimStore(RedisStore):
    """Of one daemon, for one turn."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        super().__init__(read(daemon.site.pair.url), "main")

    def _new_dialler(self) -> Any:
        return Dialler(self._daemon.site.net, self._daemon.name, self.where)

    def _line_on(self, wire: Any) -> Any:
        return Line(wire, self._daemon.events.call_later)

    def begin_epoch(self, stamp: Stamp | None = None, lead: Lead | None = None) -> int:
        """See `RedisStore`. An epoch may be begun and not confirmed: the next one comes after it all the same."""
        self.before = (0, 0)
        try:
            return super().begin_epoch(stamp, lead)
        finally:
            self._daemon.site.began(self.before, self._daemon)

    def attach(self, post: Callable[..., object]) -> None:
        """See `RedisStore`: on the daemon's own events."""
        self._post = post
        events: Any = self._daemon.events
        self._loop = events
        if self._wire is not None:
            self._line, self._wire = self._line_on(self._wire), None

    def send(self, batch: Batch, stamp: Stamp, landed: Landed) -> None:
        """See `RedisStore`. Whoever judges hears first what is kept."""

        def told(error: StoreError | None) -> None:
            if error is None:
                self._daemon.site.kept(self._daemon, batch.number)
            landed(error)

        super().send(batch, stamp, told)

    def _take_the_long_way(self, flight: Flight) -> None:
        self._daemon.events.call_later(self._daemon.site.net.delay_us() / 1e6, partial(self._dial_for, flight))

    def _dial_for(self, flight: Flight) -> None:
        try:
            wire: Any = self._dialler.dial()
        except StoreError as error:
            self._came_back((flight, None, error))
            return
        line = self._line_on(wire)
        line.ask(flight.data, self._lines, lambda answer: self._came_back((flight, wire, answer)))

    def keep_lease(self, clock: Callable[[], int], told: Callable[[Renewal], object]) -> Any:
        """See `RedisStore`."""
        return Keeper(self, self._daemon, clock, told)

    def rewriter(self) -> Any:
        """See `RedisStore`."""
        self._daemon.site.faults["gap: written anew"] += 1
        maker: Any = super().rewriter()
        return SimGeneration(maker, self._daemon)

    def rewritten(self, rewriter: Any, number: int) -> None:
        """See `RedisStore`. Whatever the server lost, it has it again."""
        super().rewritten(rewriter, number)
        if self._daemon.engine is not None:
            self._daemon.site.book.written_anew(self._daemon.engine)

    @property
    def keys(self) -> script.Keys:
        """Of its site."""
        return self._keys


class ReplicatedSimStore(SimStore):
    """With `wait_replicas`."""

    durability: ClassVar[str] = "replicated"


class SimGeneration(Generation):
    """The real one, step by step in the agenda."""

    def __init__(self, real: Generation, daemon: Daemon) -> None:
        super().__init__(real._dialler, real._keys, real._whose, daemon.events.call_soon)
        self._events = daemon.events
        self._net = daemon.site.net

    def _in_thread(self, work: Callable[[], None], told: Told) -> None:
        self._events.call_later(self._net.delay_us() / 1e6, lambda: self._whole(work, told))


class Keeper:
    """`LeaseKeeper` without its thread: asked at one time, carried out at the server later, heard of later still."""

    def __init__(
        self, store: SimStore, daemon: Daemon, clock: Callable[[], int], told: Callable[[Renewal], object]
    ) -> None:
        self._store = store
        self._daemon = daemon
        self._clock = clock
        self._told = told
        self._closed = False
        self._asking = False
        self._dialler: Any = store._new_dialler()
        self._wire: Wire | None = None
        self._ask()

    def ask_now(self) -> None:
        """Renew at once."""
        self._ask()

    def _ask(self) -> None:
        if self._asking or self._closed:
            return
        self._asking = True
        sent_us, net = self._clock(), self._daemon.site.net
        lead = self._store.lead
        assert lead is not None, "an epoch was begun with a lease"
        data = script.lease(self._store.keys, lead, self._store.epoch, lead.ttl_ms)

        def heard(error: StoreError | None) -> None:
            self._asking = False
            if self._closed:
                return
            if error is None and sent_us >= self._daemon.woken_us:
                self._daemon.in_doubt = False
            self._daemon.events.call_later(lead.ttl_ms / 1000 / RENEWALS / (1 if error is None else 4), self._ask)
            self._told(Renewal(sent_us, error))

        def arrive() -> None:
            error = self._say(data)

            def come_back() -> None:
                self._daemon.events.call_soon(heard, error)

            net.sim.after(net.delay_us(), come_back)

        # What is on its way arrives also where the daemon is stopped or dead meanwhile.
        net.sim.after(net.delay_us(), arrive)

    def _say(self, data: bytes) -> StoreError | None:
        try:
            if self._wire is None:
                self._wire = self._dialler.dial()
            answer = self._wire.exchange(data)
            if answer.startswith(b"-"):
                raise error_of(answer[1:].decode(), self._wire.where)
        except StoreError as error:
            self._wire = None
            return error
        return None

    def close(self, give_up: bool) -> None:
        """End; with `give_up` the lease goes with it."""
        self._closed = True
        lead = self._store.lead
        if give_up and lead is not None:
            self._say(script.lease(self._store.keys, lead, self._store.epoch, 0))
