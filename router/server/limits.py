"""Every limit of the server, with its unit and its reason, and how each kind of listener treats who comes.

No behaviour lives here. The one idea: what bounds memory or time is a name that can be looked up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from router.wire.codec import FRAMES, LINES, Codec
from router.wire.frames import HELLO_FRAME_BYTES_MAX, FrameReader
from router.wire.lines import LineReader
from router.wire.session import Timing

TICK_S: Final = 0.25
"""Timers are looked at this often: fine enough for limits of seconds."""
LAGGING_BYTES: Final = 65_536
"""Unsent bytes above which a client counts as lagging and is looked at closely. What all others have unsent
is bounded by this times their number."""
TURN_COMMANDS: Final = 32
"""Commands of one connection before the next has its turn: a flood of one delays others by less than a
millisecond."""


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """The caps of one server."""

    connections_max: int = 12_000
    """Open connections: keeps descriptors free for store and listeners (the unit file allows 65,536)."""
    newcomers_max: int = 2_000
    """Connections that have not said hello: above it the oldest of them is closed, about 3 KiB each."""
    hellos_per_s: float = 500.0
    """Clients let in each second: hello is followed by a list of all that is alive, which is the dear part of
    a reconnect. The others wait, and their time to authenticate with them."""
    hello_burst: int = 200
    """Clients let in at once after a quiet time."""
    inbox_commands_max: int = 1_024
    """Commands of one connection that are decoded and not applied; above it the connection is not read."""
    inbox_bytes_max: int = 1 << 20
    """The same in bytes of frames."""
    inboxes_bytes_max: int = 64 << 20
    """The same over all connections."""
    unread_bytes_max: int = 1 << 20
    """Bytes that a client has not read; above it the client is cut."""
    unreads_bytes_max: int = 64 << 20
    """The same over all lagging connections; above it the one that lags most is cut."""
    linger_s: float = 1.0
    """After an error a connection is read and thrown away this long, so that the reply is not lost in a
    reset."""
    finish_s: float = 60.0
    """Who has ended their input and waits for replies waits at most this long."""
    events_max: int = 65_536
    """Monitor events kept for those who come back."""
    events_bytes_max: int = 16 << 20
    """The same in bytes."""
    events_kept_s: float = 600.0
    """After the last monitor left, events are made this long, so that it can come back without a gap."""


Trust: TypeAlias = Literal["owner", "keys_if_any", "keys"]


@dataclass(frozen=True, slots=True)
class Door:
    """How a listener treats those who come through it."""

    codec: Codec = FRAMES
    reader: Callable[[], FrameReader | LineReader] = field(default=lambda: FrameReader(HELLO_FRAME_BYTES_MAX))
    timing: Timing = field(default_factory=Timing)
    trust: Trust = "keys_if_any"
    """`owner`: whoever can open it may be anyone (a socket of mode 0600). `keys_if_any`: a name that has a
    key must prove it, others are let in (loopback). `keys`: without a key nobody is let in."""
    people: bool = False
    """Somebody may begin without hello, as a guest supervisor, and end the input before reading the
    replies."""


PEOPLE: Final = Door(
    codec=LINES,
    reader=LineReader,
    timing=Timing(auth_most_s=0.0, frame_most_s=0.0, heartbeat_s=0.0),
    trust="owner",
    people=True,
)
"""Lines at a terminal: nobody is hurried."""
