"""Messages that have no answer yet, kept until they have one or their time is over, and the numbers they go
under.

It knows no socket and no clock: who calls it passes the time (seconds of one monotonic clock). The one
idea: within an instance a number means one message for good. So what was sent and not answered may be sent
again over a new connection, and the engine answers what it has applied before with the same outcome or
`already`. A number is given when a message is sent, and again when the engine said that it surely had no
effect (`busy`, `not_synced`), because the engine takes only numbers that rise."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from router.client.outcomes import Refused, Unknown
from router.wire.catalogue import HandOver, Message, Request, Subscribe

Outgoing: TypeAlias = Request | Subscribe | HandOver
Outcome: TypeAlias = Message | Refused | Unknown
Done: TypeAlias = Callable[[Outcome], None]


class Pending:
    """One message on its way. Its number is 0 while it has none."""

    __slots__ = ("done", "expires_s", "number", "of_connection", "parked", "request", "timeout_s")

    def __init__(self, request: Outgoing, done: Done, timeout_s: float, now_s: float, of_connection: bool) -> None:
        self.request = request
        self.done = done
        self.timeout_s = timeout_s
        self.expires_s = now_s + timeout_s
        self.of_connection = of_connection
        """It makes sense only on the connection that it was made for."""
        self.number = 0
        self.parked: Refused | None = None
        """Why it had no effect when it was sent last."""


class Outbox:
    """Messages to send, and messages sent and not answered."""

    def __init__(self, pending_max: int) -> None:
        self._pending_max = pending_max
        self._to_send: dict[Pending, None] = {}
        self._held_back: list[Pending] = []
        self._sent: dict[int, Pending] = {}
        self._by_timeout: dict[float, dict[Pending, None]] = {}
        """Messages of one time-out expire in the order in which they came, so only the heads need a look."""
        self._count = 0
        self._last = 0

    def __len__(self) -> int:
        return self._count

    @property
    def last_number(self) -> int:
        """The highest number given so far."""
        return self._last

    def add(
        self, request: Outgoing, done: Done, timeout_s: float, now_s: float, *, of_connection: bool = False
    ) -> Pending | None:
        """Keeps a message to be sent. None where `pending_max` messages wait already; what belongs to a
        connection is a few messages and always let in."""
        if self._count >= self._pending_max and not of_connection:
            return None
        pending = Pending(request, done, timeout_s, now_s, of_connection)
        self._by_timeout.setdefault(timeout_s, {})[pending] = None
        self._count += 1
        self._to_send[pending] = None
        return pending

    def number(self, pending: Pending) -> None:
        """The message is sent now, under the next number."""
        self._to_send.pop(pending, None)
        self._last += 1
        pending.number = pending.request.seq = self._last
        pending.parked = None
        self._sent[self._last] = pending

    def to_send(self) -> list[Pending]:
        """What waits to be sent, in order: first what the engine would not take before the sync was over."""
        for pending in self._held_back:
            self._to_send.pop(pending, None)
        held_back, self._held_back = self._held_back, []
        return [pending for pending in held_back if self._is_kept(pending)] + list(self._to_send)

    def unanswered(self) -> list[Pending]:
        """What was sent and not answered, in order of number."""
        return list(self._sent.values())

    def answered(self, number: int) -> Pending | None:
        """Takes out the message that an answer names; None where it is not waited for any more."""
        pending = self._sent.pop(number, None)
        if pending is not None:
            self._forget(pending)
        return pending

    def hold_back(self, number: int, why: Refused) -> None:
        """The engine did not take it, because the sync is not over: it is to be sent before all that
        follows."""
        pending = self.park(number, why)
        if pending is not None:
            self._held_back.append(pending)
            self._to_send[pending] = None

    def park(self, number: int, why: Refused) -> Pending | None:
        """The message had no effect and goes again later, with `unpark`; its time runs on."""
        pending = self._sent.pop(number, None)
        if pending is not None:
            pending.number = 0
            pending.parked = why
        return pending

    def unpark(self, pending: Pending) -> bool:
        """A parked message waits to be sent again; False where its time ended in between."""
        if not self._is_kept(pending):
            return False
        self._to_send[pending] = None
        return True

    def drop_of_connection(self) -> None:
        """Forgets what made sense only on the connection that is gone."""
        for pending in self._all():
            if pending.of_connection:
                self._take_out(pending)

    def expired(self, now_s: float) -> list[tuple[Pending, Outcome]]:
        """Takes out what waited too long, with what that means for it."""
        over: list[tuple[Pending, Outcome]] = []
        for timeout_s in list(self._by_timeout):
            group = self._by_timeout[timeout_s]
            while group and (pending := next(iter(group))).expires_s <= now_s:
                over.append((pending, pending.parked or Unknown("timed out", pending.number > 0)))
                self._take_out(pending)
        return over

    def close(self, why: str) -> list[tuple[Pending, Outcome]]:
        """Takes out everything."""
        over: list[tuple[Pending, Outcome]] = []
        for pending in self._all():
            over.append((pending, pending.parked or Unknown(why, pending.number > 0)))
            self._take_out(pending)
        return over

    def _all(self) -> list[Pending]:
        return [pending for group in self._by_timeout.values() for pending in group]

    def _is_kept(self, pending: Pending) -> bool:
        return pending in self._by_timeout.get(pending.timeout_s, ())

    def _take_out(self, pending: Pending) -> None:
        self._sent.pop(pending.number, None)
        self._to_send.pop(pending, None)
        self._forget(pending)

    def _forget(self, pending: Pending) -> None:
        self._count -= 1
        group = self._by_timeout[pending.timeout_s]
        del group[pending]
        if not group:
            del self._by_timeout[pending.timeout_s]
