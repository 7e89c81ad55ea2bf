"""A gateway's side of the protocol, written from docs/protocol.md alone.

It imports nothing of the project: sockets, `struct`, `hmac` and the `msgpack` package, as a stranger would
in any language. So whatever it can do, the page is enough to do."""

from __future__ import annotations

import hmac
import os
import socket
import struct
from typing import Any

import msgpack

Message = dict[str, Any]
PATIENCE_S = 30.0


class Refused(Exception):
    """The engine closed the connection before welcome; the message is its error."""


class SecondClient:
    """One connection of one gateway; requests wait for their reply, events are kept in order."""

    def __init__(
        self, host: str, port: int, name: str, instance: str, key: bytes | None = None, role: str = "gateway"
    ) -> None:
        self.socket = socket.create_connection((host, port), timeout=PATIENCE_S)
        self.seq = 0
        self.events: list[Message] = []
        self._buffer = b""
        try:
            self.welcome = self._hello(name, role, instance, key)
        except BaseException:
            self.close()
            raise

    # -- frames: 4 bytes of length, big-endian, then one MessagePack map

    def send(self, message: Message) -> None:
        body = msgpack.packb(message)
        self.socket.sendall(struct.pack(">I", len(body)) + body)

    def _exactly(self, count: int) -> bytes:
        while len(self._buffer) < count:
            piece = self.socket.recv(65_536)
            if not piece:
                raise ConnectionError("the engine closed the connection")
            self._buffer += piece
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def receive(self) -> Message:
        (length,) = struct.unpack(">I", self._exactly(4))
        message: Message = msgpack.unpackb(self._exactly(length))
        return message

    # -- hello, and the proof where there is a key

    def _hello(self, name: str, role: str, instance: str, key: bytes | None) -> Message:
        hello: Message = {"t": "hello", "name": name, "role": role, "instance": instance}
        nonce = os.urandom(32)
        if key is not None:
            hello["nonce"] = nonce
        self.send(hello)
        answer = self.receive()
        if answer["t"] == "challenge" and key is not None:

            def proof(who: str) -> bytes:
                lines = ["switchboard 1", who, f"main/{name}", role, instance, nonce.hex(), answer["nonce"].hex()]
                return hmac.new(key, "\n".join(lines).encode(), "sha256").digest()

            if not hmac.compare_digest(proof("engine"), answer["proof"]):
                raise Refused({"code": "the engine has another key"})
            self.send({"t": "auth", "proof": proof("client")})
            answer = self.receive()
        if answer["t"] != "welcome":
            raise Refused(answer)
        return answer

    # -- requests and events

    def request(self, kind: str, **fields: Any) -> Message:
        """Sends a request under the next number and returns its reply."""
        self.seq += 1
        return self.again(self.seq, kind, **fields)

    def again(self, seq: int, kind: str, **fields: Any) -> Message:
        """Sends a request under a number of the caller's and returns its reply."""
        self.send({"t": kind, "seq": seq, **fields})
        while True:
            message = self.receive()
            if message.get("re") == seq and message["t"] != "pong":
                return message
            if "re" not in message:
                self.events.append(message)

    def event(self, kind: str) -> Message:
        """The next event of this kind; those before it are passed over."""
        while True:
            message = self.events.pop(0) if self.events else self.receive()
            if message["t"] == kind:
                return message

    def ping(self) -> None:
        """Everything that the engine said before is in `events` after this."""
        self.send({"t": "ping", "seq": 1})
        while (message := self.receive())["t"] != "pong":
            self.events.append(message)

    def close(self) -> None:
        self.socket.close()
