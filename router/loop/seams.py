"""What the loop asks of its neighbours, as types: the engine below it, the ring of connections around it.

The one idea: the loop knows nothing of sockets and nothing of routing, so tests drive it with either left
out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sized
from typing import Any, Protocol

from router.core.batch import Batch
from router.core.effects import Message
from router.server.outbox import Outbox

Effects = list[tuple[str, Message]]
"""(peer key, message), in the order decided."""


class Changes(Protocol):
    """What has changed since the last batch; only their numbers matter here."""

    durability: str
    """What an acknowledged command survives now: shown by `status`."""

    monitored: bool
    """Somebody wants to hear of every change: the one thing that the ring tells the core outside of commands,
    since it changes no decision."""

    @property
    def changed(self) -> Sized:
        """Entities to record."""

    @property
    def dropped(self) -> Sized:
        """Records to drop."""

    @property
    def history(self) -> Sized:
        """Entries to append."""

    @property
    def deeds(self) -> Sized:
        """Entries of the audit to append."""


class Engine(Protocol):
    """The core, as far as the loop drives it. See `router.core.engine.Engine`."""

    @property
    def effects(self) -> Effects:
        """What is to be told; whoever takes it clears the list."""

    @property
    def world(self) -> Changes:
        """See `Changes`."""

    def apply(self, now_us: int, peer: str, command: Any) -> None:
        """Fire the deadlines due, then carry the command out."""

    def tick(self, now_us: int) -> None:
        """Fire the deadlines due."""

    def everything(self) -> Iterator[tuple[str, str, bytes]]:
        """Every record, encoded as it is asked for."""

    def next_deadline_us(self) -> int | None:
        """No deadline is before this time."""

    def take_batch(self, records: bool = True, most: int = 0) -> Batch | None:
        """What has changed since the last one; without `records`, only what is appended to streams. `most`: no more
        records than that, the others come with the next; 0: all."""


class Source(Protocol):
    """A connection, as far as the loop reads it. See `router.server.connection.Connection`."""

    peer: str
    inbox: deque[Any]
    """(command, time of its reading by `monotonic_ns`), oldest first."""
    fresh: bool
    """The engine has not heard of it: it must be bound first."""


class Monitors(Protocol):
    """Those who follow the events."""

    @property
    def wanted(self) -> bool:
        """There are some, or were until a while ago."""


class Hub(Protocol):
    """The ring of connections. See `router.server.hub.Hub`."""

    @property
    def monitors(self) -> Monitors:
        """See `Monitors`."""

    def next_turn(self) -> Any:
        """The `Source` whose turn it is, or None. Every one is given back to `end_turn`."""

    def end_turn(self, connection: Any) -> None:
        """The loop has taken what it wanted."""

    def waiting_commands(self) -> bool:
        """Somebody has something to apply."""

    def bind(self, connection: Any) -> None:
        """From here on in the order of decisions, what is for this client is for this connection."""

    def pack(self, effects: Effects, outbox: Outbox) -> None:
        """Encode messages for the connections that their clients have now."""

    def send(self, outbox: Outbox) -> None:
        """Write what was packed."""

    def deliver(self, effects: Effects) -> None:
        """`pack` and `send` in one."""
