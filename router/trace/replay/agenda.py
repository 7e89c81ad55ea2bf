"""What happens when, in a replay: virtual time.

It must not know what the events are.

The one idea: what was certain beforehand is one sorted list, what comes up on the way is a small heap, and the earlier
of the two heads is next. At one moment the lower rank goes first, then what was entered first.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, Final, Protocol, TypeAlias

ENDS: Final = 0
"""Ends of talk and of wrap-up: who comes free at a moment is free for all else that happens in it."""
LOG_OUT: Final = 1
LOG_IN: Final = 2
"""Log-ins and ends of breaks."""
BREAK: Final = 3
ARRIVAL: Final = 4
HANG_UP: Final = 5
"""Last: whoever can be served at the moment when their patience ends is served."""

Event: TypeAlias = tuple[int, int, int, Callable[[Any], None], Any]
"""(core time in microseconds, rank, number, what to do, with what): the number is never twice the same."""

TICKS_MAX: Final = 100_000
"""Deadlines between two events; more means that the engine asks to be woken for nothing, for ever."""


class Driven(Protocol):
    """What an agenda drives: an engine with its own deadlines, and whoever answers it."""

    def due_us(self) -> int | None:
        """The engine's next deadline."""

    def wake(self, at_us: int) -> None:
        """Let that deadline fire, and answer what comes of it."""

    def step(self, at_us: int, do: Callable[[Any], None], what: Any) -> None:
        """Do what an event says, and answer what comes of it."""

    def stuck(self) -> None:
        """The engine asks to be woken without end."""


class Agenda:
    """Events by time, rank and number."""

    def __init__(self) -> None:
        self._certain: list[Event] = []
        self._at = 0
        self._heap: list[Event] = []
        self._number = 0

    def __len__(self) -> int:
        return len(self._certain) - self._at + len(self._heap)

    def plan(self, at_us: int, rank: int, do: Callable[[Any], None], what: Any) -> None:
        """Enter what is certain, before `begin`."""
        self._number += 1
        self._certain.append((at_us, rank, self._number, do, what))

    def begin(self) -> None:
        """All that is certain was entered."""
        self._certain.sort()

    def add(self, at_us: int, rank: int, do: Callable[[Any], None], what: Any) -> None:
        """Enter what came up."""
        self._number += 1
        heappush(self._heap, (at_us, rank, self._number, do, what))

    def drive(self, driven: Driven) -> None:
        """From the first event to the last, with every deadline at its own time between them. What comes of a deadline
        may be sooner than the event that was next."""
        ticks = 0
        while (at_us := self.soonest_us()) is not None:
            due_us = driven.due_us()
            if due_us is not None and due_us < at_us and ticks < TICKS_MAX:
                ticks += 1
                driven.wake(due_us)
                continue
            if ticks == TICKS_MAX:
                driven.stuck()
            ticks = 0
            event = self.next()
            assert event is not None, "the soonest event is there"
            driven.step(at_us, event[3], event[4])

    def soonest_us(self) -> int | None:
        """When the next event is; None where none is left. What comes up before it may still go first."""
        heap = self._heap
        if self._at < len(self._certain):
            at_us = self._certain[self._at][0]
            return min(at_us, heap[0][0]) if heap else at_us
        return heap[0][0] if heap else None

    def next(self) -> Event | None:
        """Take the next event out; None where none is left."""
        heap = self._heap
        if self._at < len(self._certain):
            event = self._certain[self._at]
            if heap and heap[0] < event:
                return heappop(heap)
            self._at += 1
            return event
        return heappop(heap) if heap else None
