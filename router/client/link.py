"""One connection to one engine: frames in and out, hello, heartbeats, and why it ended.

It knows nothing of numbers, leaders or what messages mean; its owner does. An `asyncio.Protocol` and not
streams (half the CPU), and all that is sent within one turn of the loop leaves in one write."""

from __future__ import annotations

import asyncio
from typing import Final, NamedTuple, Protocol, cast

from router.client.handshake import Handshake, HandshakeFailed, Identity
from router.wire.catalogue import Bye, Closing, Error, Message, Ping, Pong, Request, SessionMessage, Welcome
from router.wire.client_lines import decode_reply_line, encode_line
from router.wire.codec import decode_reply, encode_frame
from router.wire.explain import UNDECODABLE
from router.wire.frames import ENGINE_FRAME_BYTES_MAX, Chunk, FrameReader, Unreadable
from router.wire.lines import LineReader

HELLO_MOST_S: Final = 5.0
"""From connecting to welcome: an engine that takes longer is given up, as it would give up us."""
SILENT_BEATS: Final = 2
"""Heartbeats without a byte from the engine after which the connection counts as dead."""


class Address(NamedTuple):
    """Where an engine listens: `host:port` (frames), or `unix:PATH` (lines)."""

    text: str
    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, text: str) -> Address:
        """Raises ValueError, with what is wrong, on anything else."""
        if text.startswith("unix:"):
            if text == "unix:":
                raise ValueError("an address unix:PATH needs a path")
            return cls(text, "", 0, text.removeprefix("unix:"))
        host, colon, port = text.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not (colon and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise ValueError(f"an address is host:port or unix:PATH, not {text!r}")
        return cls(text, host, int(port), "")


class Owner(Protocol):
    """Who a link works for."""

    def link_welcome(self, link: Link, welcome: Welcome) -> None:
        """The engine lets us in, or (said again) has become the leader or stopped being it."""

    def link_message(self, link: Link, message: Message) -> None:
        """Any other message of the engine, after welcome."""

    def link_lost(self, link: Link) -> None:
        """The connection is over; said once, and nothing comes after it."""


class Lost(NamedTuple):
    """Why a connection ended: an error code of the protocol page or `lost`, and when the engine wants us
    back."""

    code: str
    detail: str = ""
    retry_ms: int = 0


class Link(asyncio.Protocol):
    """A connection from the moment that it is open to its loss."""

    def __init__(self, address: Address, owner: Owner, identity: Identity, epoch_seen: int, nonce: bytes) -> None:
        self.address = address
        self.welcome: Welcome | None = None
        self.over: asyncio.Future[Lost] = asyncio.get_running_loop().create_future()
        """Done with `Lost` when the connection has ended."""
        self._owner = owner
        self._loop = asyncio.get_running_loop()
        self._handshake: Handshake | None = Handshake(identity, epoch_seen, nonce)
        self._transport: asyncio.Transport | None = None
        self._why: Lost | None = None
        self._out: list[bytes] = []
        self._flush_due = False
        self._paused = False
        self._quiet_beats = 0
        self._pings = 0
        self._timer: asyncio.TimerHandle | None = None
        lines = bool(address.path)
        self._reader = LineReader(ENGINE_FRAME_BYTES_MAX) if lines else FrameReader(ENGINE_FRAME_BYTES_MAX)
        self._decode = decode_reply_line if lines else decode_reply
        self.encode = encode_line if lines else encode_frame

    # -- what the owner calls --------------------------------------------------------------------------------

    def send(self, message: Request | SessionMessage) -> None:
        """Sends at the end of this turn of the loop, together with all else that is sent in it."""
        self.send_encoded(self.encode(message))

    def send_encoded(self, encoded: bytes) -> None:
        """The same for a message that was encoded (with `encode`) before."""
        self._out.append(encoded)
        if not self._flush_due and not self._paused:
            self._flush_due = True
            self._loop.call_soon(self._flush)

    def close(self, code: str = "closed", detail: str = "", *, bye: bool = False) -> None:
        """Ends the connection from our side; with `bye` the engine is told that we do not come back."""
        if self.over.done() or self._transport is None:
            return
        self._why = self._why or Lost(code, detail)
        if bye and self._handshake is None:
            self._out.append(self.encode(Bye()))
        self._flush()
        self._transport.close()

    # -- what asyncio calls ----------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Says hello."""
        assert self._handshake is not None
        # uvloop's transports are asyncio's by what they can do, not by their class.
        self._transport = cast("asyncio.Transport", transport)
        self._timer = self._loop.call_later(HELLO_MOST_S, self._fail, "hello_too_late", "no welcome in time")
        self.send(self._handshake.hello)

    def data_received(self, data: bytes) -> None:
        """Takes whatever part of the conversation the network gives."""
        self._quiet_beats = 0
        chunk: Chunk = data
        while not self._ending():
            try:
                frames = self._reader.feed(chunk)
            except Unreadable as unreadable:
                self._fail(unreadable.code, unreadable.detail)
                return
            for frame in frames:
                self._take(frame)
                if self._ending():
                    return
            if not self._reader.more:
                return
            chunk = b""

    def pause_writing(self) -> None:
        """The engine reads slower than we write: what is sent now waits here."""
        self._paused = True

    def resume_writing(self) -> None:
        """It has caught up."""
        self._paused = False
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tells the owner, once."""
        if self._timer is not None:
            self._timer.cancel()
        if not self.over.done():
            why = self._why or Lost("lost", str(exc) if exc else "the engine closed the connection")
            self.over.set_result(why)
            self._owner.link_lost(self)

    # -- inside ----------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        self._flush_due = False
        # It may have been lost since it was planned.
        if self._out and not self._paused and not self.over.done() and self._transport is not None:
            joined = b"".join(self._out)
            self._out.clear()
            self._transport.write(joined)

    def _take(self, frame: Chunk) -> None:
        try:
            message = self._decode(frame)
        except UNDECODABLE as error:
            self._fail("bad_frame", str(error) or type(error).__name__)
            return
        if message is None or isinstance(message, Pong):
            return  # a type that we do not know is a newer engine's: the protocol tells clients to pass over it
        if self._handshake is not None:
            self._shake(self._handshake, message)
        elif isinstance(message, Welcome):
            self.welcome = message
            self._owner.link_welcome(self, message)
        elif isinstance(message, Closing):
            self._why = Lost(message.code, "the engine is closing the connection", message.retry_ms)
        else:
            if isinstance(message, Error) and message.closes:
                self._why = Lost(message.code, message.detail)
            self._owner.link_message(self, message)

    def _ending(self) -> bool:
        return self._transport is None or self._transport.is_closing()

    def _shake(self, handshake: Handshake, message: Message) -> None:
        try:
            answer = handshake.take(message)
        except HandshakeFailed as failed:
            self._fail(failed.code, failed.detail, failed.retry_ms)
            return
        if not isinstance(answer, Welcome):
            self.send(answer)
            return
        self._handshake = None
        self.welcome = answer
        assert self._timer is not None
        self._timer.cancel()
        if answer.heartbeat_ms:  # 0 on the people's socket: nobody is hurried there
            every_s = answer.heartbeat_ms / 1000
            self._timer = self._loop.call_later(every_s, self._beat, every_s)
        self._owner.link_welcome(self, answer)

    def _beat(self, every_s: float) -> None:
        self._quiet_beats += 1
        if self._quiet_beats > SILENT_BEATS:
            self._fail("silent", f"nothing from the engine for {SILENT_BEATS} heartbeats")
            return
        self._pings += 1
        self.send(Ping(self._pings))
        self._timer = self._loop.call_later(every_s, self._beat, every_s)

    def _fail(self, code: str, detail: str, retry_ms: int = 0) -> None:
        self._why = self._why or Lost(code, detail, retry_ms)
        assert self._transport is not None
        self._transport.abort()
