"""A hub without sockets, for tests and the simulation: messages where the real one has bytes.

It gives turns and knows routes as `router.server.hub.Hub` does; who is told what, and how, is its heirs'.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Generic, Protocol, TypeVar

from router.core.effects import Message
from router.server.outbox import Outbox


class Heard(Protocol):
    """A connection, as far as turns go."""

    peer: str
    fresh: bool
    inbox: deque[tuple[Any, int]]


HeardT = TypeVar("HeardT", bound=Heard)


class MessageHub(Generic[HeardT]):
    """See the module."""

    def __init__(self) -> None:
        self.routes: dict[str, HeardT] = {}
        self._ready: deque[HeardT] = deque()

    def next_turn(self) -> HeardT | None:
        """See `Hub`."""
        return self._ready.popleft() if self._ready else None

    def end_turn(self, connection: HeardT) -> None:
        """See `Hub`."""
        if connection.inbox:
            self._ready.append(connection)

    def waiting_commands(self) -> bool:
        """See `Hub`."""
        return bool(self._ready)

    def bind(self, connection: HeardT) -> None:
        """See `Hub`."""
        connection.fresh = False
        self.routes[connection.peer] = connection

    def pack(self, effects: list[tuple[str, Message]], outbox: Outbox) -> None:
        """See `Hub`: messages, by connection, into the pieces of the outbox."""
        raise NotImplementedError

    def send(self, outbox: Outbox) -> None:
        """See `Hub`."""
        raise NotImplementedError

    def deliver(self, effects: list[tuple[str, Message]]) -> None:
        """See `Hub`."""
        outbox = Outbox()
        self.pack(effects, outbox)
        self.send(outbox)
