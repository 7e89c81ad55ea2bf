"""Calendars the slow way: look at the clock on the wall, minute by minute, with the standard library's own zones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from router.config.zones import offsets
from router.hours import Calendar, Spans, day_number

MINUTE_S = 60
DAY_MINUTES = 1440


class Naive:
    """What `Calendar` answers, by counting."""

    def __init__(self, zone: str, weekly: Sequence[Spans], special: Mapping[date, Spans]) -> None:
        self._zone = ZoneInfo(zone)
        self._weekly, self._special = weekly, special

    def is_open(self, utc_s: int) -> bool:
        """What the wall shows lies in the hours of its day, or in those of the day before that go on into it."""
        local = datetime.fromtimestamp(utc_s, self._zone)
        minute = local.hour * 60 + local.minute
        today = local.date()
        yesterday = date.fromordinal(today.toordinal() - 1)
        return any(first <= minute < after for first, after in self._spans(today)) or any(
            first <= minute + DAY_MINUTES < after for first, after in self._spans(yesterday)
        )

    def _spans(self, day: date) -> Spans:
        return self._special.get(day, self._weekly[day.weekday()])

    def open_between(self, from_s: int, until_s: int) -> int:
        """Both whole minutes."""
        return MINUTE_S * sum(self.is_open(at_s) for at_s in range(from_s, until_s, MINUTE_S))

    def add_open(self, utc_s: int, minutes: int, most: int) -> int | None:
        """None where they have not passed after `most` minutes."""
        for at_s in range(utc_s, utc_s + most * MINUTE_S, MINUTE_S):
            if minutes == 0:
                return at_s
            minutes -= self.is_open(at_s)
        return None

    def next_change(self, utc_s: int, most: int) -> int | None:
        """None where there is none within `most` minutes."""
        now = self.is_open(utc_s)
        for at_s in range(utc_s + MINUTE_S, utc_s + most * MINUTE_S, MINUTE_S):
            if self.is_open(at_s) is not now:
                return at_s
        return None


def calendar(zone: str, weekly: Sequence[Spans], special: Mapping[date, Spans]) -> Calendar:
    """The real one."""
    return Calendar(weekly, {day_number(day): spans for day, spans in special.items()}, offsets(zone))


def at(zone: str, *moment: int) -> int:
    """UTC seconds of a local moment (year, month, day, hour, minute); of one that comes twice, the first."""
    return int(datetime(*moment, tzinfo=ZoneInfo(zone)).timestamp())  # type: ignore[arg-type,misc]  # up to five numbers


def utc(*moment: int) -> int:
    """UTC seconds of a moment in UTC."""
    return int(datetime(*moment, tzinfo=UTC).timestamp())  # type: ignore[arg-type,misc]  # up to five numbers
