"""Windows against plain lists, and what is learned of half-hours."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from router.rules import HALF_HOURS, SLOTS, half_hour_of_week
from router.rules.usual import HALF_HOUR_S, WEEKS_MEMORY, nothing_learned
from router.rules.window import ring

DAY_S = 86_400


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 1), st.integers(1, 5)), max_size=60))
def test_a_ring_counts_the_slots_of_its_window(events: list[tuple[int, int, int]]) -> None:
    """What it sums up is what came in the present slot and the eleven before it, by rows; looking changes nothing."""
    counted, now_us, seen = ring(1200, 2, 0), 0, []
    for passed_us, row, amount in events:
        now_us += passed_us
        counted.add(now_us, row, amount)
        seen.append((now_us // 100, row, amount))
        for later_us in (now_us, now_us + 150, now_us + 5000):
            first = later_us // 100 - SLOTS + 1
            rows = [sum(amount for slot, of, amount in seen if slot >= first and of == row) for row in (0, 1)]
            assert counted.sums(later_us) == rows
            assert counted.empty(later_us) is not any(rows)
        assert counted.next_us(now_us) == (now_us // 100 + 1) * 100
        assert [len(row) for row in counted.rows] == [SLOTS, SLOTS]


def test_half_hours_of_the_week() -> None:
    """2026-11-23 is a Monday; the last half-hour of Sunday is number 335."""
    monday_s = 20_780 * DAY_S
    assert half_hour_of_week(monday_s) == 0
    assert half_hour_of_week(monday_s + 9 * 3600 + 1799) == 18
    assert half_hour_of_week(monday_s - 1) == HALF_HOURS - 1


def test_what_is_usual_is_unknown_before_two_weeks_and_follows_afterwards() -> None:
    """The plain mean of the first eight weeks; then a new one counts an eighth."""
    usual, monday_s = nothing_learned(), 20_780 * DAY_S
    usual.learn(0, 10)
    assert usual.expected(monday_s, monday_s + 60) is None
    usual.learn(0, 20)
    assert usual.expected(monday_s, monday_s + HALF_HOUR_S) == 15
    assert usual.expected(monday_s + 600, monday_s + 1200) == 5
    assert usual.expected(monday_s + 1200, monday_s + 2400) is None, "the next half-hour is not learned"
    usual.learn(1, 40)
    usual.learn(1, 40)
    assert usual.expected(monday_s + 900, monday_s + 2700) == 7.5 + 20
    for _ in range(WEEKS_MEMORY - 2):
        usual.learn(0, 15)
    assert usual.means[0] == 15
    usual.learn(0, 95)
    assert usual.means[0] == 15 + 80 / WEEKS_MEMORY
