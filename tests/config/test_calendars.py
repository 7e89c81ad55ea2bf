"""Calendars in files: what is read, what is refused, and the two tables that the core gets instead of libraries."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from router.config import diff, tables
from router.config.public_holidays import holidays_of, region_wrong
from router.config.zones import FIRST_YEAR, LAST_YEAR, offsets
from router.hours import day_number
from tests.config.given import QUEUES, checked, right, the_fault

OFFICE = """\
[calendars.office]
time_zone = "Europe/Berlin"
weekdays = ["09:00-12:30", "13:30-18:00"]
friday = ["22:00-06:00"]
holidays = ["DE-BY"]
days = { "2026-12-24" = ["09:00-12:00"], "2026-12-31" = [] }
"""
USED = {
    "calendars.toml": OFFICE,
    "queues.toml": QUEUES.replace("[queues.cards]", '[queues.cards]\ncalendar = "office"'),
}


def test_a_calendar_is_numbers() -> None:
    """Hours as minutes, days and holidays counted from 1970, the zone as a table: the core looks nothing up."""
    calendar = right(USED).settings.calendars[0]
    assert calendar.monday == calendar.thursday == ((540, 750), (810, 1080))
    assert calendar.friday == ((1320, 1800),)
    assert calendar.saturday == ()
    assert calendar.days == ((day_number(date(2026, 12, 24)), ((540, 720),)), (day_number(date(2026, 12, 31)), ()))
    assert day_number(date(2026, 1, 6)) in calendar.closed
    assert calendar.special[day_number(date(2026, 12, 25))] == ()
    assert calendar.offsets == offsets("Europe/Berlin")


def test_hours_are_shown_as_they_are_written() -> None:
    """A calendar turns back into the words of the file, for `diff` and whoever reads them."""
    configuration = right(USED)
    shown = tables(configuration)["calendars"]["office"]
    assert shown["friday"] == ["22:00-06:00"]
    assert shown["monday"] == ["09:00-12:30", "13:30-18:00"]
    assert shown["days"] == {"2026-12-24": ["09:00-12:00"], "2026-12-31": []}
    later = right(USED | {"calendars.toml": OFFICE.replace("22:00-06:00", "22:00-24:00")})
    assert [str(change) for change in diff(configuration, later)] == [
        "changed calendars.office.friday: ['22:00-06:00'] -> ['22:00-24:00']"
    ]


@pytest.mark.parametrize(
    ("was", "instead", "line", "path", "what", "remedy"),
    [
        ("Europe/Berlin", "Europe/Berlyn", 2, "time_zone", "no time zone", 'did you mean "Europe/Berlin"?'),
        ("09:00-12:30", "9-12", 3, "weekdays[1]", '"9-12" are no hours', "midnight is 24:00"),
        ("09:00-12:30", "09:00-24:30", 3, "weekdays[1]", "are no hours", "midnight is 24:00"),
        ("09:00-12:30", "09:00-09:00", 3, "weekdays[1]", "no time at all", 'a whole day is "00:00-24:00"'),
        ("09:00-12:30", "09:00-14:00", 3, "weekdays[2]", "13:30-18:00 begins before", "follow"),
        ("13:30-18:00", "13:30-10:00", 3, "weekdays", "Tuesday's hours begin before those of Monday", "sooner"),
        ('["22:00-06:00"]', '["22:00-06:00"]\nsaturday = ["05:00-08:00"]', 5, "saturday",
         "Saturday's hours begin before those of Friday are over", "sooner"),
        ('["22:00-06:00"]', "9", 4, "friday", "is 9, not a list of hours", '["09:00-12:30"'),
        ("DE-BY", "DE-XY", 5, "holidays[1]", "DE-XY is no part of DE", "DE-BY"),
        ("DE-BY", "XX", 5, "holidays[1]", "XX is no country", ""),
        ('["DE-BY"]', '"DE-BY"', 5, "holidays", "not a list of codes", '["DE-BY"]'),
        ("2026-12-31", "2026-13-31", 6, 'days."2026-13-31"', "is no date", "2026-12-24"),
        ("2026-12-31", "31.12.2026", 6, 'days."31.12.2026"', "is no date", "2026-12-24"),
        ('"2026-12-31" = []', '"2026-12-31" = ["x"]', 6, "days.2026-12-31[1]", "are no hours", ""),
    ],
)  # fmt: skip
def test_mistakes_in_a_calendar(was: str, instead: str, line: int, path: str, what: str, remedy: str) -> None:
    """Each is told with its line, what is wrong, and what would be right."""
    assert was in OFFICE
    fault = the_fault(USED | {"calendars.toml": OFFICE.replace(was, instead, 1)})
    assert (fault.file, fault.level) == ("calendars.toml", "error")
    assert fault.line is not None
    assert abs(fault.line - line) <= 1
    assert fault.path.replace('"', "").startswith(f"calendars.office.{path}".replace('"', "")), fault
    assert what in fault.what
    assert remedy in fault.remedy


def test_a_calendar_that_is_not_there() -> None:
    """Told at the queue that names it, with the one that was meant."""
    texts = USED | {"queues.toml": QUEUES.replace("[queues.cards]", '[queues.cards]\ncalendar = "ofice"')}
    fault = the_fault(texts)
    assert (fault.file, fault.line, fault.what) == ("queues.toml", 2, "there is no calendar ofice")
    assert fault.remedy == "did you mean office?"


def test_a_queue_that_never_opens() -> None:
    """Allowed, and hardly meant."""
    fault = the_fault(USED | {"calendars.toml": "[calendars.office]\n"})
    assert (fault.level, fault.path) == ("warning", "queues.cards.calendar")
    assert "never opens" in fault.what


@pytest.mark.parametrize("setting", ["last_admission_s = 60", "serve_out_s = 60", "last_admission_by_estimate = true"])
def test_closing_without_hours(setting: str) -> None:
    """What is said of closing has no effect for a queue that is always open."""
    fault = the_fault({"queues.toml": QUEUES.replace("[queues.cards]", f"[queues.cards]\n{setting}")})
    assert (fault.line, fault.what) == (2, "has no effect without a calendar")


def test_zones_are_those_of_the_data_base() -> None:
    """At every change and the second before it, and on any day, the table says what the zone's own clock shows."""
    for zone in ("Europe/Berlin", "Africa/Casablanca", "Australia/Lord_Howe", "America/Havana"):
        table = offsets(zone)
        info = ZoneInfo(zone)
        for index, (at_s, offset_s) in enumerate(table):
            shown = datetime.fromtimestamp(at_s, info).utcoffset()
            assert shown is not None
            assert shown.total_seconds() == offset_s
            if index:
                before = datetime.fromtimestamp(at_s - 1, info).utcoffset()
                assert before is not None
                assert before.total_seconds() == table[index - 1][1] != offset_s
        assert len(table) > 2 * (LAST_YEAR - FIRST_YEAR)


def test_holidays_move_with_the_year() -> None:
    """Easter Monday of two years, and a holiday that only a part of the country keeps."""
    whole, bavaria = set(holidays_of("DE")), set(holidays_of("DE-BY"))
    assert {day_number(date(2026, 4, 6)), day_number(date(2027, 3, 29))} <= whole
    assert day_number(date(2026, 1, 6)) in bavaria - whole
    assert region_wrong("DE-BY") is region_wrong("FR") is None


def test_the_sample_calendar_has_no_fault() -> None:
    """And is used by nobody unless a queue names it."""
    assert checked({"calendars.toml": OFFICE}).faults == ()
