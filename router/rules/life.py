"""The life of one rule: when it is pending, active, or cooling. Time comes in; nothing here measures.

    inactive --hold--> pending --start--> active --end--> cooling --over--> inactive
                          |                                   a person's `stop` leads to inactive from anywhere
                          +--fail--> inactive

It starts when its condition has held for `for_us`, and ends when `until` holds (without one, when the condition does
not), once it was active for `active_least_us`. Between an end and the next start lie `cool_down_us` at least, and no
more than `per_hour_most` starts fall into any hour. What is unknown changes nothing: who is pending stays pending and
does not start, who is active stays active. The bound that follows, whatever the input: a rule turns at most twice
every `active_least_us + cool_down_us`.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

HOUR_US = 3_600_000_000

Turn: TypeAlias = Literal["", "started", "ended"]

STATES: dict[str, dict[str, str]] = {
    "inactive": {"hold": "pending", "start": "active"},
    "pending": {"start": "active", "fail": "inactive", "stop": "inactive"},
    "active": {"end": "cooling", "stop": "inactive"},
    "cooling": {"over": "inactive", "stop": "inactive"},
}


class Times(Struct, frozen=True, gc=False):
    """What keeps a rule from flapping; all in microseconds."""

    for_us: int = 0
    """The condition must have held for so long."""
    active_least_us: int = 60_000_000
    cool_down_us: int = 60_000_000
    per_hour_most: int = 0
    """Starts in any hour; 0: no limit."""


class Life(Struct, gc=False):
    """Where a rule is. Times are core time."""

    state: str = "inactive"
    since_us: int = 0
    """When it came into this state; of `pending`, since when the condition holds."""
    held_us: int = -1
    """Since when the condition has not been false; -1: it is, or nothing is known of it yet."""
    starts: list[int] = []
    """When it started, within the hour; kept only where starts are limited."""

    def look(self, times: Times, now_us: int, begins: bool | None, ends: bool | None) -> Turn:
        """What is true of it now: `begins` of its condition, `ends` of what ends it. Returns whether it turned."""
        if begins:
            self.held_us = now_us if self.held_us < 0 else self.held_us
        elif begins is not None:
            self.held_us = -1
        if self.state == "active":
            if not ends or now_us < self.since_us + times.active_least_us:
                return ""
            self._move("end", now_us)
            if not times.cool_down_us:
                self._move("over", now_us)
            return "ended"
        if self.state == "cooling":
            if now_us < self.since_us + times.cool_down_us:
                return ""
            self._move("over", now_us)
        return self._may_start(times, now_us, begins)

    def next_us(self, times: Times, begins: bool | None, ends: bool | None) -> int:
        """When it must be looked at though no value changes; 0: never."""
        if self.state == "active":
            return self.since_us + times.active_least_us if ends else 0
        if self.state == "cooling":
            return self.since_us + times.cool_down_us
        return self.starts_us(times, self.held_us) if self.state == "pending" and begins else 0

    def stop(self, now_us: int) -> bool:
        """A person pauses it, or it is gone. True where it was active. How often it started is not forgotten."""
        was = self.state == "active"
        self.held_us = -1
        if self.state != "inactive":
            self._move("stop", now_us)
        return was

    def _may_start(self, times: Times, now_us: int, begins: bool | None) -> Turn:
        if self.held_us < 0:
            if self.state == "pending":
                self._move("fail", now_us)
            return ""
        if begins and now_us >= self.starts_us(times, self.held_us):
            self._move("start", now_us)
            if times.per_hour_most:
                self.starts = [*self.starts, now_us][-times.per_hour_most :]
            return "started"
        if self.state == "inactive":
            self._move("hold", self.held_us)
        return ""

    def starts_us(self, times: Times, held_us: int) -> int:
        """The earliest time of its next start, if its condition holds from `held_us` on and nothing cools down."""
        at_us = held_us + times.for_us
        if 0 < times.per_hour_most <= len(self.starts):
            at_us = max(at_us, self.starts[-times.per_hour_most] + HOUR_US)
        return at_us

    def _move(self, event: str, now_us: int) -> None:
        self.state = STATES[self.state][event]
        self.since_us = now_us
