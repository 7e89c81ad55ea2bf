"""The bare server: decodes the same typed frames, answers with the same number and kind of frames, no logic.

It is what the daemon's CPU per lifecycle is compared with, so its source is fixed: a change here changes every figure.
An enqueue is answered with `queued` and `offer`, everything else with `ok`.
"""

from __future__ import annotations

import asyncio
import struct
import sys
from collections.abc import Callable
from typing import Any, Union

import uvloop
from msgspec.msgpack import Decoder, Encoder

from router.core.commands import WIRE_REQUESTS, Enqueue
from router.core.effects import Message, Offer, Ok, Queued
from router.wire.messages import SESSION_REQUESTS, Hello, Limits, Welcome

_decode: Callable[[bytes], Any] = Decoder(Union[WIRE_REQUESTS + SESSION_REQUESTS]).decode  # noqa: UP007  # of a tuple of types
_encode = Encoder().encode
_length = struct.Struct(">I")


class Bare(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport: Any = transport
        self.rest = b""

    def data_received(self, data: bytes) -> None:
        """Frames in, frames out."""
        data = self.rest + data
        at = 0
        out: list[bytes] = []
        while len(data) - at >= 4:
            end = at + 4 + int.from_bytes(data[at : at + 4], "big")
            if end > len(data):
                break
            message: Any = _decode(data[at + 4 : end])
            at = end
            if type(message) is Enqueue:
                self.add(out, Queued(message.seq, message.contact))
                self.add(
                    out,
                    Offer(
                        f"1-{message.seq}",
                        message.contact,
                        "g",
                        message.queue or "",
                        "voice",
                        "a1",
                        "e1",
                        "g",
                        20_000,
                        0,
                    ),
                )
            elif type(message) is Hello:
                self.add(out, Welcome(1, [], "leader", 1, "memory", 5_000, Limits(65_536, 2_048, 10, 256, 1 << 20)))
            else:
                self.add(out, Ok(message.seq))
        self.rest = data[at:]
        self.transport.write(b"".join(out))

    @staticmethod
    def add(out: list[bytes], message: Message) -> None:
        """One frame."""
        body = _encode(message)
        out.append(_length.pack(len(body)))
        out.append(body)


async def serve() -> None:
    """Listen on a free port and print it."""
    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    sys.exit(uvloop.run(serve()))
