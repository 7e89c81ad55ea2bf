"""The rows of `calendars.toml`: weekly hours, time zone, public holidays, special days."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any, Final

from msgspec import UNSET

from router.config.kinds.fields import Checked, Kind, Taken, Wrong, said
from router.config.public_holidays import region_wrong
from router.config.rows import File, Row, Section
from router.config.zones import zone_wrong
from router.core import settings as core
from router.core.settings import Spans
from router.hours import day_number

WEEK: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAYS: Final = WEEK[:5]
SPANS_MAX: Final = 24
"""Hours of one day: more would be minutes."""
DAYS_MAX: Final = 2_000
"""Special days of one calendar: those of many years."""
REGIONS_MAX: Final = 16
DAY_MINUTES: Final = 1_440

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_HOW = 'write it as ["09:00-12:30", "13:30-18:00"]; no hours: []'


class DayHours(Kind):
    """Hours of one day; kept as pairs of minutes. The last may end on the next day."""

    words = "list of hours"

    def take(self, value: object) -> Taken:
        """Sorted; hours that overlap are told at the later of them."""
        if not isinstance(value, list):
            return Taken(UNSET, (Wrong(f"is {said(value)}, not a list of hours", _HOW),))
        found: list[tuple[int, int, int]] = []
        wrongs: list[Wrong] = []
        for index, element in enumerate(value):
            span = _span(element)
            if isinstance(span, Wrong):
                wrongs.append(span._replace(path=(index,)))
            else:
                found.append((*span, index))
        found.sort()
        for (_, after, _), (first, _, index) in pairwise(found):
            if first < after:
                wrongs.append(
                    Wrong(f"{value[index]} begins before the hours before it end", "let them follow", (index,))
                )
        if len(value) > SPANS_MAX:
            wrongs.append(Wrong(f"has {len(value)} hours", f"use at most {SPANS_MAX}"))
        return Taken(tuple(span[:2] for span in found), tuple(wrongs))

    def show(self, kept: Spans) -> list[str]:
        """As the file says it."""
        return [f"{_clock(first)}-{_clock(after if after == DAY_MINUTES else after % 1440)}" for first, after in kept]

    def bounds(self) -> str:
        """How many."""
        return f"at most {SPANS_MAX} hours"

    def schema(self) -> dict[str, Any]:
        """Of texts."""
        return {"type": "array", "items": {"type": "string", "pattern": f"^{_SPAN.pattern}$"}, "maxItems": SPANS_MAX}


def _span(element: object) -> tuple[int, int] | Wrong:
    """`22:00-06:00` as (1320, 1800)."""
    found = _SPAN.fullmatch(element) if isinstance(element, str) else None
    if found is None or (found[3] == "24" and found[4] != "00"):
        return Wrong(f"{said(element)} are no hours", 'write them as "09:00-18:00"; midnight is 24:00')
    first, after = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if first == after:
        return Wrong(f"{said(element)} is no time at all", 'a whole day is "00:00-24:00"')
    return first, after if after > first else after + DAY_MINUTES


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


_HOURS: Final = DayHours()


class Days(Kind):
    """Special days with their hours; kept as pairs (day from 1970-01-01, hours), sorted."""

    words = "table of date = hours"

    def take(self, value: object) -> Taken:
        """Dates as ISO 8601 writes them."""
        how = 'write it as { "2026-12-24" = ["09:00-12:00"], "2026-12-31" = [] }'
        if not isinstance(value, dict):
            return Taken(UNSET, (Wrong(f"is {said(value)}, not a table", how),))
        days: dict[int, Spans] = {}
        wrongs: list[Wrong] = []
        for key, hours in value.items():
            taken = _HOURS.take(hours)
            wrongs.extend(wrong._replace(path=(key, *wrong.path)) for wrong in taken.wrongs)
            day = _date(key)
            if day is None:
                wrongs.append(Wrong(f"{said(key)} is no date", "write it as 2026-12-24", (key,)))
            elif taken.value is not UNSET:
                days[day_number(day)] = taken.value
        if len(value) > DAYS_MAX:
            wrongs.append(Wrong(f"has {len(value)} days", f"use at most {DAYS_MAX}"))
        return Taken(tuple(sorted(days.items())), tuple(wrongs))

    def show(self, kept: tuple[tuple[int, Spans], ...]) -> dict[str, list[str]]:
        """As a table."""
        first = date(1970, 1, 1).toordinal()
        return {date.fromordinal(first + day).isoformat(): _HOURS.show(hours) for day, hours in kept}

    def bounds(self) -> str:
        """How many."""
        return f"at most {DAYS_MAX} days"

    def schema(self) -> dict[str, Any]:
        """An object of hours by date."""
        return {
            "type": "object",
            "propertyNames": {"type": "string", "pattern": f"^{_DAY.pattern}$"},
            "additionalProperties": _HOURS.schema(),
            "maxProperties": DAYS_MAX,
        }


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


class Regions(Kind):
    """Countries and parts of them, by the codes of ISO 3166."""

    words = "list of countries, or parts of them"

    def __init__(self, check: Callable[[str], Wrong | None]) -> None:
        self._check = check

    def take(self, value: object) -> Taken:
        """Each must be known."""
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            return Taken(UNSET, (Wrong(f"is {said(value)}, not a list of codes", 'write it as ["DE-BY"]'),))
        if len(value) > REGIONS_MAX:
            return Taken(UNSET, (Wrong(f"has {len(value)} codes", f"use at most {REGIONS_MAX}"),))
        wrongs = []
        for index, region in enumerate(value):
            wrong = self._check(region)
            if wrong is not None:
                wrongs.append(wrong._replace(path=(index,)))
        return Taken(tuple(value) if not wrongs else UNSET, tuple(wrongs))

    def show(self, kept: tuple[str, ...]) -> list[str]:
        """As a list."""
        return list(kept)

    def bounds(self) -> str:
        """How many."""
        return f"at most {REGIONS_MAX} codes"

    def schema(self) -> dict[str, Any]:
        """Of texts."""
        return {"type": "array", "items": {"type": "string"}, "maxItems": REGIONS_MAX}


CALENDARS = Section(
    "calendars",
    "When something is open. Hours belong to the day on which they begin: those of Friday, 22:00 to 06:00, go on into "
    "Saturday, whatever Saturday is.",
    (
        Row("time_zone", Checked("time zone", zone_wrong, 64), "On which wall the clock hangs."),
        Row("weekdays", _HOURS, "Hours from Monday to Friday, where a day's own are not given."),
        *(Row(day, _HOURS, f"Hours on {day.capitalize()}s.") for day in WEEK),
        Row(
            "holidays",
            Regions(region_wrong),
            "Regions whose public holidays are closed: a country (`DE`) or a part of it (`DE-BY`), 2020 to 2045.",
        ),
        Row("days", Days(), "Single days with other hours than their weekday's; they go before holidays."),
    ),
    struct=core.Calendar,
    many=True,
)

CALENDAR_FILE = File(
    "calendars.toml",
    "Hours: when queues are open. Used by queues, by name.",
    (),
    (CALENDARS,),
    core.Settings,
)
