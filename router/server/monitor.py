"""The numbered events of a tenant's monitors: kept for a while, so that one who was away comes back without a
gap.

It knows nothing of what the events say. The one idea: every follower is a cursor into one ring of encoded
events, so a slow monitor costs no memory of its own; it is cut when the ring has overtaken it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from router.core.effects import AgentEvent, ContactEvent, Message, TicketEvent
from router.core.world import MONITOR
from router.server.limits import ServerLimits
from router.wire.codec import encode_frame, line_of_frame
from router.wire.messages import Resumed, Subscribe

if TYPE_CHECKING:
    from router.server.connection import Connection

MAIN_TENANT: Final = "main"
"""Whose monitors get the events that name no tenant."""
PUMP_BYTES: Final = 65_536
"""Written to one follower at once; the next piece follows when it has read."""


class EventLog:
    """A ring of encoded events, at most `events_max` and `bytes_max`, and who follows it.

    Numbers are given when an event is decided (`number`), and the event can be read once it is kept (`keep`),
    in the same order.
    """

    __slots__ = ("_bytes", "_frames", "_next", "bytes_max", "events_max", "first", "followers")

    def __init__(self, events_max: int, bytes_max: int) -> None:
        self.events_max = events_max
        self.bytes_max = bytes_max
        self.first = 1
        """The oldest event that can still be read."""
        self.followers: dict[Connection, int] = {}
        """Connection -> number of the next event it gets."""
        self._next = 1
        self._frames: dict[int, bytes] = {}
        self._bytes = 0

    @property
    def last(self) -> int:
        """The newest event that can be read."""
        return self.first + len(self._frames) - 1

    def number(self, event: AgentEvent | ContactEvent | TicketEvent) -> bytes:
        """Give the event its number and encode it."""
        event.number = self._next
        self._next += 1
        return encode_frame(event)

    def keep(self, frame: bytes) -> None:
        """Take in the next event."""
        self._frames[self.last + 1] = frame
        self._bytes += len(frame)
        while self._bytes > self.bytes_max or len(self._frames) > self.events_max:
            self._bytes -= len(self._frames.pop(self.first))
            self.first += 1

    def skip(self) -> None:
        """Events were not made for a while: nothing before can be followed up, and no number hides that."""
        self._frames.clear()
        self._bytes = 0
        self._next += 1
        self.first = self._next

    def start(self, same_epoch: bool, after: int) -> int:
        """The first number that somebody gets who has seen all up to `after`: the next one if it is kept,
        else the first that is still to come."""
        if same_epoch and self.first - 1 <= after <= self.last:
            return after + 1
        return self.last + 1

    def pump(self) -> None:
        """Write to every follower what it has not got yet."""
        for follower in list(self.followers):
            self.pump_one(follower)

    def pump_one(self, follower: Connection) -> None:
        """Write to one follower, until it lags or has all."""
        cursor = self.followers.get(follower)
        last = self.last
        while cursor is not None and cursor <= last and not follower.lagging and not follower.closing:
            if cursor < self.first:
                follower.cut("too_slow_reader")
                return
            pieces = []
            size = 0
            while cursor <= last and size < PUMP_BYTES:
                frame = self._frames[cursor]
                pieces.append(frame if follower.framed else line_of_frame(frame))
                size += len(frame)
                cursor += 1
            self.followers[follower] = cursor
            follower.write(b"".join(pieces))


class Monitors:
    """The event logs of all tenants, and whether anybody wants events at all.

    An event comes as an effect for the key `*monitor`, or `tenant/*monitor` where the engine has several
    tenants: no client can have such a key, and no monitor sees another tenant's events.
    """

    __slots__ = ("_limits", "_logs", "_unfollowed_s", "wanted")

    def __init__(self, limits: ServerLimits) -> None:
        self.wanted = False
        """Somebody follows the events, or did until a while ago: else the core need not make them."""
        self._limits = limits
        self._logs: dict[str, EventLog] = {}
        self._unfollowed_s = 0.0

    def number(self, peer: str, message: Message) -> tuple[EventLog, bytes] | None:
        """Number an event and encode it; None where the effect is none."""
        if not peer.endswith(MONITOR) or not isinstance(message, AgentEvent | ContactEvent | TicketEvent):
            return None
        log = self._log(peer.removesuffix(MONITOR).removesuffix("/") or MAIN_TENANT)
        return log, log.number(message)

    def publish(self, events: list[tuple[EventLog, bytes]]) -> None:
        """These are kept: they can be read."""
        for log, frame in events:
            log.keep(frame)
        for log in dict.fromkeys(log for log, _ in events):
            log.pump()

    def follow(self, connection: Connection, subscribe: Subscribe, epoch: int) -> None:
        """A monitor wants the events of its tenant: those it missed, then each as it comes."""
        if not self.wanted:
            self.wanted = True
            for log in self._logs.values():
                log.skip()
        log = self._log(connection.peer.partition("/")[0])
        start = log.start(subscribe.epoch == epoch, subscribe.after)
        connection.tell(Resumed(re=subscribe.seq, epoch=epoch, from_number=start))
        log.followers[connection] = start
        log.pump_one(connection)

    def caught_up(self, connection: Connection) -> None:
        """A connection has read what was unsent."""
        for log in self._logs.values():
            if connection in log.followers:
                log.pump_one(connection)

    def left(self, connection: Connection, now_s: float) -> None:
        """A connection is gone."""
        for log in self._logs.values():
            if log.followers.pop(connection, None) is not None:
                self._unfollowed_s = now_s

    def advance(self, now_s: float) -> None:
        """Time has passed: when nobody has followed for long, no events are made."""
        if self.wanted and not any(log.followers for log in self._logs.values()):
            self.wanted = now_s - self._unfollowed_s < self._limits.events_kept_s

    def _log(self, tenant: str) -> EventLog:
        log = self._logs.get(tenant)
        if log is None:
            log = self._logs[tenant] = EventLog(self._limits.events_max, self._limits.events_bytes_max)
        return log
