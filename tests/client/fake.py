"""An engine that exists only in a test, joined to the client by a fake link: no socket, no real time.

`FakeEngine` speaks the wire's own codec and decides nothing: it notes what it hears and says what the test
tells it to. `run` runs a test in a loop whose clock jumps to the next timer whenever there is nothing to
do, so a time-out of ten seconds takes no time."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from typing import Any

from router.client import Address, Link
from router.wire import catalogue as c
from router.wire.codec import FRAMES, ClientMessage, encode_frame
from router.wire.frames import FRAME_BYTES_MAX, FrameReader
from router.wire.proof import proof, proves

LIMITS = c.Limits(
    frame_bytes_max=65536, data_bytes_max=2048, frame_most_s=10, sync_entries_max=256, unread_bytes_max=1 << 22
)
ENGINE_NONCE = b"engine nonce of 32 bytes length."


class JumpingSelector(selectors.SelectSelector):
    """Instead of waiting it moves the loop's clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise AssertionError("the test waits for something that can't happen any more")
        self.now_s += max(timeout, 0.0)
        return super().select(0)


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time."""

    def __init__(self) -> None:
        self.jumping = JumpingSelector()
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.now_s


def run(story: Callable[[], Awaitable[None]]) -> None:
    """Runs a test coroutine in virtual time."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(_as_coroutine(story))


async def _as_coroutine(story: Callable[[], Awaitable[None]]) -> None:
    await story()


async def turns(count: int = 20) -> None:
    """Lets everything that is due happen, without time passing."""
    for _ in range(count):
        await asyncio.sleep(0)


class Joined(asyncio.Transport):
    """The client's end of a fake link; `piece` bytes arrive at a time."""

    def __init__(self, conversation: Conversation, link: Link, piece: int) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._conversation = conversation
        self._link = link
        self._piece = piece
        self._closing = False
        self._lost = False
        self.writes = 0

    def write(self, data: Any) -> None:
        if self._lost:
            raise RuntimeError("the handler is closed")  # uvloop's do; asyncio's own only log it
        self.writes += 1
        self._loop.call_soon(self._conversation.hear, bytes(data))

    def deliver(self, data: bytes) -> None:
        for start in range(0, len(data), self._piece):
            self._loop.call_soon(self._give, data[start : start + self._piece])

    def _give(self, data: bytes) -> None:
        if not self._closing:
            self._link.data_received(data)

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._loop.call_soon(self._lose)

    def _lose(self) -> None:
        self._lost = True
        self._link.connection_lost(None)
        self._conversation.lost()

    def abort(self) -> None:
        self.close()


class Conversation:
    """One connection as the fake engine sees it."""

    def __init__(self, engine: FakeEngine, link: Link, piece: int) -> None:
        self.engine = engine
        self.transport = Joined(self, link, piece)
        self.heard: list[ClientMessage] = []
        self.open = True
        self._reader = FrameReader(FRAME_BYTES_MAX)
        self._nonce: bytes | None = None

    def say(self, *messages: c.Message) -> None:
        self.transport.deliver(b"".join(encode_frame(message) for message in messages))

    def hear(self, data: bytes) -> None:
        for frame in self._reader.feed(data):
            message = FRAMES.decode(frame)
            self.heard.append(message)
            self.engine.hear(self, message)

    def lost(self) -> None:
        self.open = False

    def cut(self) -> None:
        """The connection is lost, after what was said on it."""
        asyncio.get_running_loop().call_soon(self.transport.close)


class FakeEngine:
    """Says what `answers` returns for a message: by default `ok`, and what a welcome and a sync need."""

    def __init__(
        self, *, epoch: int = 1, state: Any = "leader", key: bytes | None = None, piece: int = 1 << 20
    ) -> None:
        self.epoch = epoch
        self.state = state
        self.turn = ""
        """The name of its turn of leading, where it says one."""
        self.key = key
        self.piece = piece
        self.heartbeat_ms = 5000
        self.refuse_connections = False
        self.conversations: list[Conversation] = []
        self.answers: Callable[[ClientMessage], list[c.Message] | None] = lambda message: None

    async def connect(self, address: Address, make: Callable[[], Link]) -> Link:
        """A client's `connect=`."""
        if self.refuse_connections:
            raise ConnectionRefusedError(111, "refused")
        link = make()
        conversation = Conversation(self, link, self.piece)
        self.conversations.append(conversation)
        link.connection_made(conversation.transport)
        return link

    @property
    def now(self) -> Conversation:
        return self.conversations[-1]

    def heard(self, kind: type[Any]) -> list[Any]:
        """All messages of one kind, over all connections."""
        return [message for talk in self.conversations for message in talk.heard if isinstance(message, kind)]

    def hear(self, talk: Conversation, message: ClientMessage) -> None:
        answers = self.answers(message)
        talk.say(*(self.usual(message) if answers is None else answers))

    def welcome(self) -> c.Welcome:
        return c.Welcome(1, [], self.state, self.epoch, "memory", self.heartbeat_ms, LIMITS, leader=self.turn)

    def usual(self, message: ClientMessage) -> list[c.Message]:
        match message:
            case c.Hello() if self.key is not None:
                self.hello = message
                return [c.Challenge(ENGINE_NONCE, proof(self.key, "engine", message, ENGINE_NONCE))]
            case c.Hello():
                return [self.welcome()]
            case c.Auth():
                assert self.key is not None
                if proves(proof(self.key, "client", self.hello, ENGINE_NONCE), message.proof):
                    return [self.welcome()]
                return [c.Error(0, "wrong_key", closes=True)]
            case c.Ping():
                return [c.Pong(message.seq)]
            case c.SyncEnd():
                return [c.State(), c.Synced(message.seq, 0, 0, 0)]
            case c.Enqueue():
                return [c.Queued(message.seq, message.contact)]
            case c.Subscribe():
                return [c.Resumed(message.seq, self.epoch, 1)]
            case c.Request():
                return [c.Ok(message.seq)]
        return []


class Engines:
    """Several fake engines, each at its own address."""

    def __init__(self, **engines: FakeEngine) -> None:
        self.by_host = engines

    async def connect(self, address: Address, make: Callable[[], Link]) -> Link:
        return await self.by_host[address.host].connect(address, make)
