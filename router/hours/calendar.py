"""One calendar: is it open, when does that change, how much open time lies between two moments.

Hours are written in local time, as pairs of minutes since midnight of the day on which they begin; the end may lie on
the next day (22:00 to 06:00 is 1320 to 1800), so a night shift of Friday goes on into a holiday on Saturday. Open at a
moment means: what the clock on the wall shows then lies in such a pair. So an hour that comes twice in autumn is open
twice, and one that is left out in spring is open never.

The one idea: open time is a sorted list of stretches in UTC, made ahead in pieces of some weeks and kept, with the open
seconds before each; every question is then a bisection.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, TypeAlias

Spans: TypeAlias = tuple[tuple[int, int], ...]
"""(first minute, minute after the last), since midnight of the day on which it begins; sorted, not overlapping."""

DAY_S: Final = 86_400
MINUTE_S: Final = 60
PIECE_S: Final = 28 * DAY_S
"""Made at once: a month costs less than a tenth of a millisecond."""
LOOK_DAYS: Final = 1_100
"""How far ahead anything is looked for: about three years. What does not happen by then counts as never, so that a
calendar without hours ends every search."""
NEVER_S: Final = 1 << 42
"""Later than every moment: what a search that finds nothing answers."""
FAR_S: Final = 2 * LOOK_DAYS * DAY_S
"""A question so far from what is kept (a clock that was set) throws that away."""


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


class Calendar:
    """Frozen hours, and what has been made of them so far.

    `weekly`: seven entries, Monday first. `special`: day number -> hours that take the place of the weekly ones.
    `offsets`: (UTC second, seconds that local time is ahead from then on), sorted; the first one holds before it, too.
    """

    __slots__ = ("_before", "_ends", "_from_s", "_offsets", "_special", "_starts", "_until_s", "_weekly")

    def __init__(
        self, weekly: Sequence[Spans], special: Mapping[int, Spans], offsets: Sequence[tuple[int, int]]
    ) -> None:
        assert len(weekly) == 7, "a week has seven days"
        self._weekly = tuple(weekly)
        self._special = dict(special)
        self._offsets = tuple(offsets) or ((0, 0),)
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []
        """Open seconds in what is kept before each stretch."""
        self._from_s = self._until_s = 0
        """What is kept: everything open from the one to the other."""

    # -- questions ----------------------------------------------------------------------------------------------

    def is_open(self, utc_s: int) -> bool:
        """Is it open at that moment?"""
        self._cover(utc_s, utc_s + 1)
        at = bisect_right(self._starts, utc_s) - 1
        return at >= 0 and utc_s < self._ends[at]

    def next_change(self, utc_s: int) -> int:
        """The first moment after `utc_s` at which it is open and was not, or the other way round; `NEVER_S` where
        there is none within `LOOK_DAYS`."""
        most_s = utc_s + LOOK_DAYS * DAY_S
        self._cover(utc_s, utc_s + 1)
        while True:
            at = bisect_right(self._starts, utc_s) - 1
            if at >= 0 and utc_s < self._ends[at]:
                change_s = self._ends[at]
            elif at + 1 < len(self._starts):
                change_s = self._starts[at + 1]
            else:
                change_s = self._until_s
            if change_s < self._until_s:
                return change_s
            if self._until_s > most_s:
                return NEVER_S
            self._append()

    def open_between(self, from_s: int, until_s: int) -> int:
        """Open seconds from the one moment to the other; 0 where the second is not after the first."""
        if until_s <= from_s:
            return 0
        self._cover(from_s, until_s)
        return self._open_before(until_s) - self._open_before(from_s)

    def add_open(self, utc_s: int, open_s: int) -> int:
        """The first moment at which `open_s` open seconds have passed since `utc_s` (Friday 17:55 + 4 h is Monday);
        `NEVER_S` where they do not pass within `LOOK_DAYS`."""
        if open_s <= 0:
            return utc_s
        most_s = utc_s + LOOK_DAYS * DAY_S
        self._cover(utc_s, utc_s + 1)
        wanted_s = self._open_before(utc_s) + open_s
        while self._open_before(self._until_s) < wanted_s:
            if self._until_s > most_s:
                return NEVER_S
            self._append()
        at = bisect_left(self._before, wanted_s) - 1
        return self._starts[at] + wanted_s - self._before[at]

    # -- what is kept -------------------------------------------------------------------------------------------

    def _open_before(self, utc_s: int) -> int:
        """Open seconds of what is kept before that moment, which must lie in it."""
        at = bisect_right(self._starts, utc_s) - 1
        return self._before[at] + min(utc_s, self._ends[at]) - self._starts[at] if at >= 0 else 0

    def _cover(self, from_s: int, until_s: int) -> None:
        """Keep at least this much."""
        if self._from_s <= from_s and until_s <= self._until_s:
            return
        if self._from_s == self._until_s or from_s < self._from_s or until_s > self._until_s + FAR_S:
            # Questions come in order of time; one from before, or from far away, begins anew.
            self._starts, self._ends, self._before = [], [], []
            self._from_s = self._until_s = from_s - from_s % DAY_S - DAY_S
        while self._until_s < until_s:
            self._append()

    def _append(self) -> None:
        """Make the next piece."""
        until_s = self._until_s + PIECE_S
        offsets = self._offsets
        at = max(0, bisect_right(offsets, self._until_s, key=_begins) - 1)
        from_s = self._until_s
        while from_s < until_s:
            # Within one offset local time runs as UTC does.
            to_s = min(until_s, offsets[at + 1][0]) if at + 1 < len(offsets) else until_s
            if to_s > from_s:
                self._add_stretches(from_s, to_s, offsets[at][1])
                from_s = to_s
            at += 1
        self._until_s = until_s

    def _add_stretches(self, from_s: int, until_s: int, offset_s: int) -> None:
        """Add what is open from the one moment to the other, while local time is `offset_s` ahead."""
        weekly, special = self._weekly, self._special
        first_day = (from_s + offset_s) // DAY_S
        # The hours of the day before may go on into the first one.
        for day in range(first_day - 1, (until_s - 1 + offset_s) // DAY_S + 1):
            spans = special.get(day)
            if spans is None:
                spans = weekly[(day + 3) % 7]  # 1970-01-01 was a Thursday
            midnight_s = day * DAY_S - offset_s
            for first, after in spans:
                starts_s = max(from_s, midnight_s + first * MINUTE_S)
                ends_s = min(until_s, midnight_s + after * MINUTE_S)
                if starts_s < ends_s:
                    self._add_stretch(starts_s, ends_s)

    def _add_stretch(self, starts_s: int, ends_s: int) -> None:
        ends = self._ends
        if ends and starts_s <= ends[-1]:
            ends[-1] = max(ends[-1], ends_s)
            return
        self._before.append(self._before[-1] + ends[-1] - self._starts[-1] if ends else 0)
        self._starts.append(starts_s)
        ends.append(ends_s)


def _begins(offset: tuple[int, int]) -> int:
    return offset[0]
