"""Half-hours of local time, on the days when clocks change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from router.stats import HALF_HOUR_S, HalfHour, by_half_hour, half_hour


def offset_in(zone: str, utc_s: int) -> int:
    offset = datetime.fromtimestamp(utc_s, ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def berlin(utc_s: int) -> int:
    return offset_in("Europe/Berlin", utc_s)


def at(hour: int, minute: int, day: int = 25, month: int = 10) -> int:
    return int(datetime(2026, month, day, hour, minute, tzinfo=UTC).timestamp())


def test_the_hour_that_comes_twice_is_four_half_hours() -> None:
    """In the autumn night 02:00 to 03:00 local comes twice: arrivals of the two are kept apart, in order."""
    arrivals = [at(0, 10), at(0, 40), at(1, 10), at(1, 40)]
    windows = by_half_hour(arrivals, lambda arrival: arrival, berlin)
    assert list(windows.values()) == [[arrival] for arrival in arrivals]
    assert [window.local_s % 86_400 / 3600 for window in windows] == [2.0, 2.5, 2.0, 2.5]


def test_the_hour_that_is_left_out_is_nowhere() -> None:
    """In the spring night local time goes from 01:59 to 03:00: no half-hour lies between."""
    before, after = half_hour(at(0, 59, 29, 3), berlin), half_hour(at(1, 0, 29, 3), berlin)
    assert after.utc_s - before.utc_s == HALF_HOUR_S
    assert after.local_s - before.local_s == 3 * HALF_HOUR_S


def test_empty_half_hours_are_not_there() -> None:
    """A half-hour without arrivals is unknown, so it has no entry; order is that of time."""
    windows = by_half_hour([at(12, 5), at(9, 0), at(9, 29)], lambda arrival: arrival, berlin)
    assert [len(items) for items in windows.values()] == [2, 1]


@given(st.integers(1_700_000_000, 1_900_000_000), st.sampled_from(("Asia/Kathmandu", "America/St_Johns", "UTC")))
def test_a_moment_lies_in_its_half_hour(utc_s: int, zone: str) -> None:
    """It begins on a local half-hour, at or before the moment, and less than half an hour before."""
    window: HalfHour = half_hour(utc_s, lambda moment: offset_in(zone, moment))
    assert window.local_s % HALF_HOUR_S == 0
    assert 0 <= utc_s - window.utc_s < HALF_HOUR_S
