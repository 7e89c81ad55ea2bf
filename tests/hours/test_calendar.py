"""Calendars as a centre uses them: one exact example for each promise."""

from __future__ import annotations

from datetime import date

import pytest

from router.hours import LOOK_DAYS, NEVER_S, Calendar, Spans, day_number
from tests.hours.model import at, calendar, utc

BERLIN = "Europe/Berlin"
NINE_TO_SIX: Spans = ((540, 1080),)
OFFICE: tuple[Spans, ...] = (*(NINE_TO_SIX,) * 5, (), ())
ALWAYS: tuple[Spans, ...] = (((0, 1440),),) * 7
NEVER: tuple[Spans, ...] = ((),) * 7
HOUR = 3600


def test_friday_evening_and_four_hours_is_monday() -> None:
    """Five minutes on Friday, the rest from nine on Monday."""
    office = calendar(BERLIN, OFFICE, {})
    friday = at(BERLIN, 2026, 11, 20, 17, 55)
    assert office.add_open(friday, 4 * HOUR) == at(BERLIN, 2026, 11, 23, 12, 55)
    assert office.open_between(friday, at(BERLIN, 2026, 11, 23, 12, 55)) == 4 * HOUR
    assert office.add_open(friday, 300) == at(BERLIN, 2026, 11, 20, 18, 0)
    assert office.add_open(friday, 301) == at(BERLIN, 2026, 11, 23, 9, 0) + 1
    assert office.add_open(friday, 0) == friday
    assert office.add_open(at(BERLIN, 2026, 11, 21, 12), 1) == at(BERLIN, 2026, 11, 23, 9) + 1


def test_open_and_closed_at_the_edges() -> None:
    """Open from the first second of nine o'clock, closed from the first second of six."""
    office = calendar(BERLIN, OFFICE, {})
    nine, six = at(BERLIN, 2026, 11, 20, 9), at(BERLIN, 2026, 11, 20, 18)
    assert [office.is_open(moment) for moment in (nine - 1, nine, six - 1, six)] == [False, True, True, False]
    assert office.next_change(nine - 1) == nine
    assert office.next_change(nine) == six
    assert office.next_change(six) == at(BERLIN, 2026, 11, 23, 9)


def test_a_special_day_takes_the_place_of_its_weekly_hours() -> None:
    """Christmas Eve until noon, Christmas closed, and one open Saturday."""
    special: dict[date, Spans] = {
        date(2026, 12, 24): ((540, 720),),
        date(2026, 12, 25): (),
        date(2026, 12, 26): ((600, 840),),
    }
    office = calendar(BERLIN, OFFICE, special)
    assert office.next_change(at(BERLIN, 2026, 12, 24, 10)) == at(BERLIN, 2026, 12, 24, 12)
    assert office.next_change(at(BERLIN, 2026, 12, 24, 12)) == at(BERLIN, 2026, 12, 26, 10)
    assert office.next_change(at(BERLIN, 2026, 12, 26, 14)) == at(BERLIN, 2026, 12, 28, 9)


def test_a_night_shift_belongs_to_the_day_on_which_it_begins() -> None:
    """From ten in the evening to six; the one of Friday goes on into a Saturday that is closed."""
    nights: tuple[Spans, ...] = (((1320, 1800),),) * 7
    shift = calendar(BERLIN, nights, {date(2026, 11, 21): ()})
    friday, saturday = at(BERLIN, 2026, 11, 20, 23), at(BERLIN, 2026, 11, 21, 6)
    assert shift.next_change(friday) == saturday
    assert shift.next_change(saturday) == at(BERLIN, 2026, 11, 22, 22)


@pytest.mark.parametrize(
    ("day", "hours"),
    [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 11, 25), 24)],
)
def test_a_day_has_as_many_hours_as_the_zone_gives_it(day: tuple[int, int, int], hours: int) -> None:
    """The day on which the clocks are set forward has 23, the one on which they are set back 25."""
    around = calendar(BERLIN, ALWAYS, {})
    midnight = at(BERLIN, *day)
    assert around.open_between(midnight, at(BERLIN, *day[:2], day[2] + 1)) == hours * HOUR
    night = calendar(BERLIN, (((60, 240),),) * 7, {})
    assert night.open_between(midnight, midnight + 12 * HOUR) == (hours - 21) * HOUR


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    """From half past two to half past three: half an hour, half an hour closed, and an hour."""
    half_past = calendar(BERLIN, (((150, 210),),) * 7, {})
    moments = [utc(2026, 10, 25, hour, minute) for hour, minute in ((0, 30), (1, 0), (1, 30), (2, 30))]
    found = [moments[0] - 1]
    for _ in moments:
        found.append(half_past.next_change(found[-1]))
    assert found[1:] == moments


def test_what_never_changes_ends_every_search() -> None:
    """A calendar without hours never opens, one without an end never closes, and both answer at once."""
    now = utc(2026, 1, 1)
    never, always = Calendar(NEVER, {}, ()), Calendar(ALWAYS, {}, ((0, 0),))
    assert never.next_change(now) == always.next_change(now) == never.add_open(now, 1) == NEVER_S
    assert not never.is_open(now)
    assert always.is_open(now)
    assert always.add_open(now, 90) == now + 90
    assert never.open_between(now, now + HOUR) == 0
    far = utc(2026, 1, 1) + (LOOK_DAYS - 100) * 86_400
    once = Calendar(NEVER, {far // 86_400: ((0, 1),)}, ())
    assert once.next_change(now) == once.add_open(now, 60) - 60 == far


def test_questions_may_come_in_any_order() -> None:
    """A clock that was set by years, forward and back, gives the same answers as a new calendar."""
    moments = [utc(year, 5, 4, 3) for year in (2030, 2024, 2044, 2025, 2024)] + [0]
    kept = calendar(BERLIN, OFFICE, {})
    for moment in moments:
        fresh = calendar(BERLIN, OFFICE, {})
        assert kept.next_change(moment) == fresh.next_change(moment)
        assert kept.add_open(moment, 100 * HOUR) == fresh.add_open(moment, 100 * HOUR)
        assert kept.open_between(moment, moment - 1) == 0


def test_days_are_counted_from_1970() -> None:
    """As UTC seconds are."""
    assert day_number(date(1970, 1, 1)) == 0
    assert day_number(date(2026, 11, 20)) == utc(2026, 11, 20) // 86_400
