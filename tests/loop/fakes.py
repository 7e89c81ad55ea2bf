"""An event loop whose time is moved by hand, an engine that does what its commands say, a hub without
sockets, and a store that answers when it is told to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import Any, ClassVar

from router.core.batch import Batch
from router.core.commands import Enqueue
from router.core.effects import Message, Ok, Queued
from router.core.internal import StoodStill, StoreHealth, WallClock
from router.loop.clock import Clock
from router.loop.loop import Loop
from router.server.outbox import Outbox
from router.store.base import Landed, Lead, Stamp, Store, StoreError
from tests.loop.hub import MessageHub


class Handle:
    """A timer that can be cancelled."""

    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class EventLoop:
    """Callbacks in order, timers by time. `run_ready` runs what is ready, `advance` moves time."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.ready: deque[tuple[Callable[..., object], tuple[Any, ...]]] = deque()
        self.timers: list[tuple[float, int, Handle, Callable[..., object], tuple[Any, ...]]] = []
        self._numbers = count()

    def time(self) -> float:
        return self.now

    def boot_us(self) -> int:
        return round(self.now * 1e6)

    def call_soon(self, function: Callable[..., object], *arguments: Any) -> None:
        self.ready.append((function, arguments))

    call_soon_threadsafe = call_soon

    def call_later(self, delay: float, function: Callable[..., object], *arguments: Any) -> Handle:
        handle = Handle()
        heappush(self.timers, (self.now + delay, next(self._numbers), handle, function, arguments))
        return handle

    def create_future(self) -> asyncio.Future[None]:
        return asyncio.get_running_loop().create_future()

    def run_once(self) -> None:
        """One round: what is ready now, not what that makes ready."""
        for _ in range(len(self.ready)):
            function, arguments = self.ready.popleft()
            function(*arguments)

    def run_ready(self) -> None:
        """Until nothing is ready."""
        while self.ready:
            self.run_once()

    def advance(self, seconds: float) -> None:
        """Move time; every timer fires at its own."""
        self.run_ready()
        until = self.now + seconds
        while self.timers and self.timers[0][0] <= until:
            at, _, handle, function, arguments = heappop(self.timers)
            self.now = max(self.now, at)
            if not handle.cancelled:
                function(*arguments)
            self.run_ready()
        self.now = until


class World:
    """What has changed."""

    def __init__(self) -> None:
        self.changed: dict[Any, Any] = {}
        self.dropped: list[Any] = []
        self.history: list[bytes] = []
        self.deeds: list[bytes] = []
        self.durability = ""
        self.monitored = False


class Engine:
    """Every command is answered `ok`, and changes one record unless it is in `questions`; an enqueue
    `queued`. A command that is an exception is raised."""

    def __init__(self) -> None:
        self.world = World()
        self.effects: list[tuple[str, Message]] = []
        self.applied: list[tuple[int, str, Any]] = []
        self.ticks: list[int] = []
        self.deadline_us: int | None = None
        self.record_bytes = 100
        self.batches = 0

    def apply(self, now_us: int, peer: str, command: Any) -> None:
        if isinstance(command, Exception):
            raise command
        self.applied.append((now_us, peer, command))
        if isinstance(command, WallClock | StoodStill | StoreHealth):
            return
        if isinstance(command, Enqueue):
            self.effects.append((peer, Queued(command.seq, command.contact)))
        else:
            self.effects.append((peer, Ok(abs(command))))
        if isinstance(command, Enqueue) or command > 0:
            self.world.changed[len(self.applied)] = command

    def tick(self, now_us: int) -> None:
        self.ticks.append(now_us)
        if self.deadline_us is not None and self.deadline_us <= now_us:
            self.deadline_us = None

    def has_deadline(self) -> bool:
        return self.deadline_us is not None

    def next_deadline_us(self) -> int | None:
        return self.deadline_us

    def everything(self) -> Iterator[tuple[str, str, bytes]]:
        yield "world", "world", b"all"

    def take_batch(self, records: bool = True, most: int = 0) -> Batch | None:
        world = self.world
        if not world.changed and not world.history:
            return None
        self.batches += 1
        puts = [("contact", str(key), bytes(self.record_bytes)) for key in world.changed]
        appends = [("history", entry) for entry in world.history]
        visits: list[Any] = list(world.history)
        world.changed, world.history = {}, []
        return Batch(self.batches, 1, puts, [], appends, visits)


class Connection:
    """A client's connection: what it says goes in with `say`, what it is told is in `told`."""

    def __init__(self, hub: Hub, peer: str) -> None:
        self.hub = hub
        self.peer = peer
        self.inbox: deque[tuple[Any, int]] = deque()
        self.fresh = True
        self.told: list[Any] = []
        self.aborted = ""
        hub.live[peer] = self

    def say(self, *commands: Any) -> None:
        was_empty = not self.inbox
        self.inbox.extend((command, 1) for command in commands)
        if was_empty:
            self.hub.queue(self)

    def abort(self, reason: str) -> None:
        self.aborted = reason

    def numbers(self) -> list[int]:
        """Of the replies that it was told."""
        return [message.re for message in self.told]


class Monitors:
    wanted = False


class Hub(MessageHub[Connection]):
    """Keeps in `log` who was told what, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.live: dict[str, Connection] = {}
        self.log: list[tuple[str, Any]] = []
        self.wake: Callable[[], None] = lambda: None
        self.finished: list[Any] = []
        self.monitors = Monitors()

    def queue(self, connection: Connection) -> None:
        self._ready.append(connection)
        self.wake()

    def pack(self, effects: list[tuple[str, Message]], outbox: Outbox) -> None:
        for peer, message in effects:
            connection: Any = self.routes[peer]
            # Messages where the real hub has bytes.
            pieces: list[Any] = outbox.pieces.setdefault(connection, [])
            pieces.append(message)
        outbox.finished += self.finished
        self.finished.clear()

    def send(self, outbox: Outbox) -> None:
        pieces: dict[Any, list[Any]] = {**outbox.pieces}
        for connection, messages in pieces.items():
            if not connection.aborted:
                connection.told += messages
                self.log += [(connection.peer, message) for message in messages]
        for finished in outbox.finished:
            self.log.append(("finished", finished))


class SlowStore(Store):
    """Answers when told to, with `answer`."""

    durability: ClassVar[str] = "local"
    synchronous: ClassVar[bool] = False

    def __init__(self) -> None:
        self.sent: list[Batch] = []
        self.kept: list[Batch] = []
        self._landed: Landed | None = None

    def send(self, batch: Batch, stamp: Stamp, landed: Landed) -> None:
        assert self._landed is None, "one batch is in flight"
        assert batch.number == len(self.kept) + 1
        self.sent.append(batch)
        self._landed = landed

    @property
    def flying(self) -> bool:
        return self._landed is not None

    def answer(self, error: StoreError | None = None) -> None:
        landed, self._landed = self._landed, None
        assert landed is not None
        if error is None:
            self.kept.append(self.sent[-1])
        landed(error)

    def attach(self, post: Callable[..., object]) -> None:
        pass

    def commit(self, batch: Batch, stamp: Stamp | None = None) -> bool:
        raise AssertionError("the loop must not wait")

    def begin_epoch(self, stamp: Stamp | None = None, lead: Lead | None = None) -> int:
        return 1

    def load(self) -> Iterator[tuple[str, str, bytes]]:
        yield from ()

    def read(self, stream: str, after: int, count: int) -> list[tuple[int, bytes]]:
        return []

    def close(self) -> None:
        pass


class Rig:
    """A loop with all its fakes, started, and one connection `a`."""

    def __init__(self, store: Store, speed: int = 1) -> None:
        self.events = EventLoop()
        self.engine = Engine()
        self.hub = Hub()
        self.store = store
        self.failures: list[Exception] = []
        clock = Clock(1_000_000, speed, boot=self.events.boot_us, wall=lambda: 1_732_000_000_000_000)
        self.loop = Loop(
            self.engine,
            store,
            self.hub,
            clock,
            self.failures.append,
            self.events,  # type: ignore[arg-type]  # as much of an event loop as the loop asks for
        )
        self.hub.wake = self.loop.wake
        self.loop.start()
        self.events.run_ready()
        self.a = Connection(self.hub, "a")

    def is_away(self) -> bool:
        """Does the loop count the store as away?"""
        return self.loop.figures.store_away

    def commands(self) -> list[Any]:
        """What clients had applied."""
        return [command for _, peer, command in self.engine.applied if peer]
