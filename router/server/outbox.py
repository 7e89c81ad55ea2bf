"""What is to be sent once a batch is kept: encoded, bound to connections, in the order decided.

It decides nothing and sends nothing by itself. The one idea: an effect is bound to the connection that its
client has when the effect is decided, not when it is sent; so a reply to a connection that was replaced
meanwhile goes nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from router.core.effects import NoticeOut
    from router.server.connection import Connection
    from router.server.monitor import EventLog


class Outbox:
    """The effects of one batch. Filled by `Hub.pack`, several times while the batch is open, sent by
    `Hub.send`."""

    __slots__ = ("events", "finished", "notices", "pieces")

    def __init__(self) -> None:
        self.pieces: dict[Connection, list[bytes]] = {}
        """Connection -> encoded messages in pieces, to be joined into one write."""
        self.events: list[tuple[EventLog, bytes]] = []
        """Monitor events in the order of their numbers."""
        self.notices: list[NoticeOut] = []
        """What is for somebody outside."""
        self.finished: list[Connection] = []
        """Connections that are closed after this: their input has ended, and all of it is answered."""

    def __bool__(self) -> bool:
        return bool(self.pieces or self.events or self.finished or self.notices)

    def bytes(self) -> int:
        """Encoded bytes held here."""
        of_clients = sum(sum(map(len, pieces)) for pieces in self.pieces.values())
        return of_clients + sum(len(frame) for _, frame in self.events)
