"""Any hours in any zone: the calendar answers what the naive one finds by looking at each minute."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from router.config.zones import offsets
from router.hours import NEVER_S, Spans
from tests.hours.model import MINUTE_S, Naive, calendar

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "America/Havana",
    "Pacific/Chatham",
)
"""Half hours, clocks set at midnight and by half an hour, summer time that pauses for a month."""
MOST = 4 * 1440


@st.composite
def spans(draw: st.DrawFn) -> Spans:
    """Hours of one day; the last may go on into the next."""
    edges = sorted(draw(st.sets(st.integers(0, 1439), max_size=5)))
    found = [(edges[at], edges[at + 1]) for at in range(0, len(edges) - 1, 2)]
    if len(edges) % 2:
        found.append((edges[-1], draw(st.integers(1440, 1440 + edges[0]))) if edges[0] else (edges[-1], 1440))
    return tuple(pair for pair in found if pair[0] < pair[1])


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, tuple[Spans, ...], dict[date, Spans], int]:
    """A zone, hours, special days, and a moment that is often near a change of the clock."""
    zone = draw(st.sampled_from(ZONES))
    weekly = tuple(draw(spans()) for _ in range(7))
    moments = [1_795_000_000, *(at_s for at_s, _ in offsets(zone)[1:12])]
    near = draw(st.sampled_from(moments))
    moment = near // MINUTE_S * MINUTE_S + draw(st.integers(-3000, 3000)) * MINUTE_S
    first = date(1970, 1, 1) + timedelta(days=moment // 86_400 - 1)
    special = draw(st.dictionaries(st.integers(0, 4).map(lambda days: first + timedelta(days=days)), spans()))
    return zone, weekly, special, moment


@given(cases(), st.integers(0, 2000), st.integers(0, MOST))
def test_the_calendar_agrees_with_the_clock_on_the_wall(
    case: tuple[str, tuple[Spans, ...], dict[date, Spans], int], minutes: int, span: int
) -> None:
    """Open or not, the next change, open time between two moments, and when so much of it has passed."""
    zone, weekly, special, moment = case
    real, naive = calendar(zone, weekly, special), Naive(zone, weekly, special)
    assert real.is_open(moment) is naive.is_open(moment)
    assert real.is_open(moment + 59) is naive.is_open(moment)
    change_s, found_s = naive.next_change(moment, MOST), real.next_change(moment)
    assert found_s == change_s or (change_s is None and found_s >= moment + MOST * MINUTE_S)
    until = moment + span * MINUTE_S
    assert real.open_between(moment, until) == naive.open_between(moment, until)
    passed_s, due_s = naive.add_open(moment, minutes, MOST), real.add_open(moment, minutes * MINUTE_S)
    if passed_s is None:
        assert due_s >= moment + (MOST - 1) * MINUTE_S
    else:
        # The naive one steps on over the minute that was the last; the real one says when it was through.
        assert due_s <= passed_s
        assert real.open_between(moment, due_s) == minutes * MINUTE_S
        assert not minutes or real.is_open(due_s - 1)
    assert due_s == NEVER_S or real.open_between(moment, due_s) == minutes * MINUTE_S
