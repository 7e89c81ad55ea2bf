"""What happens when, in a replay: virtual time.

It must not know what the events are.

The one idea: what was certain beforehand is one sorted list, what comes up on the way is a small heap, and the earlier
of the two heads is next. At one moment the lower rank goes first, then what was entered first.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, Final, TypeAlias

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
