"""A transport, an event loop and clients in memory, so that connections and hub are tried without sockets or
waiting."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgpack

from router.core.effects import Message
from router.core.internal import GatewayDown, GatewayUp
from router.server.connection import Connection
from router.server.hub import Hub
from router.server.limits import TURN_COMMANDS, Door, ServerLimits
from router.server.outbox import Outbox
from router.wire.catalogue import Limits
from router.wire.frames import FrameReader, frame
from router.wire.session import EngineFacts

FACTS = EngineFacts(epoch=7, durability="memory", limits=Limits(65_536, 2_048, 10, 256, 1 << 20))
PROGRAMS = Door()
"""Frames, on an address that only this machine reaches."""
STRANGERS = Door(trust="keys")
"""Frames, on an address that others reach."""


class FakeTransport(asyncio.Transport):
    """Keeps what is written; while `stuck` the client reads nothing."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.connection = connection
        self.written = bytearray()
        self.writes = 0
        self.reading = True
        self.ended = False
        self.lost = False
        self.aborted = False
        self.closed = False
        self.stuck = False
        self.high = 0
        self.unsent = 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.high = high or 0

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def write(self, data: Any) -> None:
        if self.ended or self.lost:
            raise RuntimeError("the handler is closed")  # uvloop's do; asyncio's own only log it
        self.writes += 1
        was = self.unsent
        self.written += data
        if self.stuck:
            self.unsent += len(data)
        if was <= self.high < self.unsent:
            self.connection.pause_writing()

    def read_all(self) -> None:
        """The client reads at last."""
        self.stuck = False
        self.unsent = 0
        self.connection.resume_writing()

    def pause_reading(self) -> None:
        assert self.reading, "paused twice"
        self.reading = False

    def resume_reading(self) -> None:
        assert not self.reading, "resumed twice"
        self.reading = True

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.ended = True

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.aborted = self.closed = True


class FakeLoop:
    """An event loop that runs what is soon when told to."""

    def __init__(self) -> None:
        self.soon: list[Callable[[], None]] = []

    def time(self) -> float:
        return 0.0

    def call_soon(self, call: Callable[[], None]) -> None:
        self.soon.append(call)

    def call_later(self, _delay: float, _call: Callable[[], None]) -> None:
        return None

    def run_soon(self) -> None:
        now, self.soon = self.soon, []
        for call in now:
            call()


class Client:
    """One end of a fake connection, speaking with the msgpack package."""

    def __init__(self, bench: "Bench", door: Door = PROGRAMS) -> None:
        self.connection = Connection(bench.hub, door)
        self.transport = FakeTransport(self.connection)
        self._reader = FrameReader(1 << 24)
        self._taken = 0
        self.connection.connection_made(self.transport)

    def say(self, *messages: dict[str, Any]) -> "Client":
        """Send messages in one chunk."""
        self.send(b"".join(frame(msgpack.packb(each)) for each in messages))
        return self

    def send(self, data: bytes) -> "Client":
        if self.transport.reading:
            self.connection.data_received(data)
        return self

    def hello(self, name: str = "gw1", role: str = "gateway", **fields: Any) -> "Client":
        return self.say({"t": "hello", "name": name, "role": role, "instance": "i"} | fields)

    def heard(self) -> list[dict[str, Any]]:
        """What came since the last time."""
        new = bytes(self.transport.written[self._taken :])
        self._taken = len(self.transport.written)
        frames = self._reader.feed(new, 1 << 20)
        return [msgpack.unpackb(each) for each in frames]

    def lose(self, error: Exception | None = None) -> None:
        """The connection is gone."""
        self.transport.lost = True
        self.connection.connection_lost(error)


class Bench:
    """A hub without a loop: the test takes turns and says what is decided."""

    def __init__(self, limits: ServerLimits | None = None, keys: dict[str, bytes] | None = None) -> None:
        self.woken = 0
        self.loop = FakeLoop()
        self.hub = Hub(FACTS, self._wake, limits, keys)
        self.hub.start(self.loop)  # type: ignore[arg-type]  # as much of a loop as the hub needs

    def _wake(self) -> None:
        self.woken += 1

    def client(self, door: Door = PROGRAMS) -> Client:
        return Client(self, door)

    def drain(self, outbox: Outbox | None = None, most: int = 1 << 20) -> list[tuple[str, Any]]:
        """What the loop would apply now, in its order."""
        hub = self.hub
        taken: list[tuple[str, Any]] = []
        while len(taken) < most and (connection := hub.next_turn()) is not None:
            if connection.fresh:
                hub.bind(connection)
            turn = min(len(connection.inbox), TURN_COMMANDS)
            taken += [(connection.peer, connection.inbox.popleft()[0]) for _ in range(turn)]
            hub.end_turn(connection)
        if outbox is not None:
            hub.pack([], outbox)
        return taken

    def deliver(self, *effects: tuple[str, Message]) -> None:
        self.hub.deliver(list(effects))


def kinds(taken: list[tuple[str, Any]]) -> list[str]:
    """`up`, `down` or the contact of each command: short, for comparing."""
    names = []
    for _, command in taken:
        match command:
            case GatewayUp():
                names.append("up")
            case GatewayDown(reason=reason):
                names.append(f"down {reason}")
            case _:
                names.append(getattr(command, "contact", command.__struct_config__.tag))
    return names
