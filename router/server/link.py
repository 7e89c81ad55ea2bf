"""One connection as a transport: writing, holding back, ending well.

It knows bytes and encoded messages; what they mean is for `Connection`, which is a `Link` that also reads.
The one idea: an end is either said (our last words are let out, the rest of theirs is thrown away for a
moment, then it is closed) or cut (at once, unsent bytes dropped).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from router.core.effects import Error, Message
from router.server.limits import LAGGING_BYTES, Door
from router.wire.codec import FRAMES

if TYPE_CHECKING:
    from router.server.connection import Connection
    from router.server.hub import Hub


class Link(asyncio.Protocol):
    """The sending half of a connection, and its end."""

    __slots__ = (
        "_reading",
        "_stops",
        "_transport",
        "append",
        "closing",
        "door",
        "due_s",
        "framed",
        "hub",
        "lagging",
        "reason",
    )

    def __init__(self, hub: Hub, door: Door) -> None:
        self.hub = hub
        self.door = door
        self.append = door.codec.append
        """Encodes one message into pieces, for `Hub.pack`."""
        self.framed = door.codec is FRAMES
        self.closing = False
        """Nothing is read from it or decided for it any more."""
        self.reason = ""
        """Why it ended."""
        self.lagging = False
        """It has not read for a while."""
        self.due_s = 0.0
        """Its timers need not be looked at before."""
        self._stops = 0
        """Reasons not to read it now, as bits."""
        self._reading = True
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody has connected."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=LAGGING_BYTES)
        self.hub.arrived(self._whole())

    def pause_writing(self) -> None:
        """More is unsent than a client in good health leaves unread."""
        self.lagging = True
        self.hub.lagged(self._whole())

    def resume_writing(self) -> None:
        """It has read."""
        self.lagging = False
        self.hub.caught_up(self._whole())

    def write(self, data: bytes) -> None:
        """Send bytes. Who does not read them is cut, here or later. What is asked may be answered after its connection
        has ended: that is for nobody then."""
        if self.closing or self._transport is None:
            self.hub.undelivered += 1
            return
        self._transport.write(data)
        if self.lagging:
            self.hub.lagged(self._whole())

    def tell(self, message: Message) -> None:
        """Send one message at once: one that rests on no state."""
        if isinstance(message, Error):
            self.hub.count(message.code)
        pieces: list[bytes] = []
        self.append(pieces, message)
        self.write(b"".join(pieces))

    def unsent_bytes(self) -> int:
        """What the client has not read yet, as far as we hold it."""
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    def _stop(self, why: int) -> None:
        """Read no further, for this reason too."""
        self._stops |= why
        if self._reading and self._transport is not None:
            self._reading = False
            self._transport.pause_reading()

    def _resume(self) -> None:
        """Read on."""
        if not self._reading and self._transport is not None:
            self._reading = True
            self._transport.resume_reading()

    def _hang_up(self) -> None:
        """Let what is unsent go out, then close.

        Closing with bytes unread would reset the connection and could take our last words with it: so our
        side is ended, and what still comes is thrown away for a moment.
        """
        self.due_s = self.hub.now_s + self.hub.limits.linger_s
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        self._resume()
        if transport.can_write_eof():
            transport.write_eof()
        else:
            transport.close()

    def _close_at_once(self, drop: bool) -> None:
        """Close without waiting for the other side; `drop` what is unsent."""
        if self._transport is None:
            return
        if drop:
            self._transport.abort()
        else:
            self._transport.close()

    def _whole(self) -> Connection:
        """What this is a half of."""
        return cast("Connection", self)
