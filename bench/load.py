"""The load: gateways on TCP connections that keep lifecycles outstanding. It speaks frames, nothing else.

Each connection is a gateway with agents of its own. A lifecycle is enqueue -> offer, accept -> ok, complete -> ok.

    plain    the next lifecycle starts when one is over: no more contacts than are outstanding
    hold     agents stay in talk and lines stay full; a turn completes one talk and enqueues another contact

The client may be slower than the server: what is measured is the server's CPU.
"""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Union

from msgspec.msgpack import Decoder, Encoder

from router.core import commands as ask
from router.core.effects import EVENTS, REPLIES, Error, Offer, Ok, Queued, Synced
from router.wire.messages import SESSION_REPLIES, Closing, Hello, Ping, Welcome

BARE = "g"
"""The bare server's name for every gateway."""

_decode: Callable[[bytes], Any] = Decoder(Union[REPLIES + EVENTS + SESSION_REPLIES]).decode  # noqa: UP007  # of a tuple of types
_encode = Encoder().encode
_length = struct.Struct(">I")


class Gone(RuntimeError):
    """A connection has ended in the middle of a measurement: what is measured then is nothing."""


class Gateway(asyncio.Protocol):
    """One connection. `queues` are used in turn; `running` says whether finished lifecycles start new ones."""

    def __init__(self, name: str, queues: list[str]) -> None:
        self.name = name
        self.queues = queues
        self.seq = 0
        self.calls = 0
        self.completed = 0
        self.frames_out = 0
        self.running = False
        self.hold = False
        self.talking: deque[tuple[str, str | None]] = deque()
        """Holding: contacts in talk with our agents, and their gateway where it is another."""
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting: dict[int, asyncio.Future[Any]] = {}
        self.accepting: dict[int, tuple[str, str | None]] = {}
        self.completing: set[int] = set()
        self.transport: Any = None
        self.rest = b""
        self.out: list[bytes] = []
        self.over = ""
        """Why the connection has ended, or what was refused on it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say hello."""
        self.transport = transport
        self.send(Hello(self.name, "gateway", "bench-1", features=("no_connect_report",)))
        self.flush()

    def send(self, message: Any) -> None:
        """Queue a frame."""
        body = _encode(message)
        self.out.append(_length.pack(len(body)))
        self.out.append(body)

    def flush(self) -> None:
        """Write what is queued. Raises `Gone`."""
        self.must_be_up()
        if self.out:
            self.transport.write(b"".join(self.out))
            self.out = []

    def must_be_up(self) -> None:
        """Raises `Gone` where the connection has ended."""
        if self.over:
            raise Gone(f"{self.name}: {self.over}")

    def number(self) -> int:
        """A new seq."""
        self.seq += 1
        return self.seq

    async def ask(self, command: ask.Request) -> Any:
        """Send a request and wait for its reply."""
        future = asyncio.get_running_loop().create_future()
        self.waiting[command.seq] = future
        self.send(command)
        self.flush()
        return await future

    def enqueue(self) -> None:
        """Begin a lifecycle."""
        self.calls += 1
        queue = self.queues[self.calls % len(self.queues)]
        self.send(ask.Enqueue(self.number(), f"{self.name}-{self.calls}", queue))

    def data_received(self, data: bytes) -> None:
        """Frames in; what follows from them goes out in one write."""
        data = self.rest + data
        at = 0
        while len(data) - at >= 4:
            end = at + 4 + int.from_bytes(data[at : at + 4], "big")
            if end > len(data):
                break
            self.frames_out += 1
            self.handle(_decode(data[at + 4 : end]))
            at = end
        self.rest = data[at:]
        if not self.over:
            self.flush()

    def handle(self, message: Any) -> None:
        """One message."""
        kind = type(message)
        if kind is Offer:
            if message.endpoint_gateway in (self.name, BARE):
                self.send(ask.Accept(self.number(), message.offer))
                home = None if message.gateway in (self.name, BARE) else message.gateway
                self.accepting[self.seq] = (message.contact, home)
        elif kind is Ok:
            self.on_ok(message.re)
        elif kind is Queued or kind is Synced:
            self.resolve(message.re, message)
        elif kind is Welcome:
            self.ready.set_result(None)
        elif kind is Error or kind is Closing:
            self.end(repr(message))

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever sends next, or waits for an answer, hears why."""
        self.end(f"the server has closed the connection: {exc!r}")

    def end(self, why: str) -> None:
        """Nothing is measured on it any more. The first reason counts."""
        self.over = self.over or why
        for future in (self.ready, *self.waiting.values()):
            if not future.done():
                future.set_exception(Gone(f"{self.name}: {self.over}"))
        self.waiting.clear()

    def on_ok(self, seq: int) -> None:
        """An accept or a complete has gone through, or something that is waited for."""
        contact = self.accepting.pop(seq, None)
        if contact is not None:
            if not self.hold:
                self.complete(contact)
                return
            self.talking.append(contact)
            if self.running:
                self.turn()
        elif seq in self.completing:
            self.completing.remove(seq)
            self.completed += 1
            if self.running and not self.hold:
                self.enqueue()
        else:
            self.resolve(seq, None)

    def complete(self, talk: tuple[str, str | None]) -> None:
        """End a talk."""
        self.send(ask.Complete(self.number(), *talk))
        self.completing.add(self.seq)

    def turn(self) -> None:
        """Holding: one talk ends, one contact comes."""
        if self.talking:
            self.complete(self.talking.popleft())
            self.enqueue()

    def resolve(self, seq: int, value: Any) -> None:
        """Somebody may wait for this reply."""
        future = self.waiting.pop(seq, None)
        if future is not None and not future.done():
            future.set_result(value)


async def connect(port: int, names: list[str], queues: Callable[[int], list[str]]) -> list[Gateway]:
    """Gateways on their connections, let in."""
    loop = asyncio.get_running_loop()
    gateways = []
    for index, name in enumerate(names):
        _, gateway = await loop.create_connection(partial(Gateway, name, queues(index)), "127.0.0.1", port)
        await gateway.ready
        gateways.append(gateway)
    return gateways


async def heartbeat(gateways: list[Gateway]) -> None:
    """Signs of life, until cancelled."""
    while True:
        await asyncio.sleep(2)
        for gateway in gateways:
            if not gateway.over:
                gateway.send(Ping(1))
                gateway.flush()
