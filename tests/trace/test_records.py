"""Views of a trace: one day of it, and agents split by what they served."""

import pytest

from router.trace.records import TraceError, one_day, profiles
from tests.trace.make import S, small_trace


def test_a_day_counts_from_its_own_midnight() -> None:
    """The second day has its own contacts and shifts, and no time of the first."""
    day = one_day(small_trace(), 1)
    assert [(each.id, each.arrival_us, each.answered_us) for each in day.contacts] == [
        ("c", 9 * 3600 * S, 9 * 3600 * S)
    ]
    assert [(each.name, [shift.from_us for shift in each.shifts]) for each in day.agents] == [
        ("ANN", [9 * 3600 * S]),
        ("BOB", [8 * 3600 * S]),
    ]
    assert day.header.start == "2024-03-05T00:00:00"
    assert [(each.from_us, each.to_us) for each in day.header.days] == [(0, 86_400 * S)]


def test_a_day_takes_breaks_along_and_leaves_the_whole_alone() -> None:
    """Breaks are shifted with their shift; the trace that the day was cut from is unchanged."""
    whole = small_trace()
    day = one_day(whole, 0)
    assert day.agents[0].shifts[0].breaks[0].from_us == 12 * 3600 * S
    day.agents[0].shifts[0].breaks.clear()
    assert whole == small_trace()


@pytest.mark.parametrize("index", [-1, 2])
def test_a_day_that_is_not_there_is_refused(index: int) -> None:
    """Days count from 0; anything else is an error with a code."""
    with pytest.raises(TraceError, match="no_such_day"):
        one_day(small_trace(), index)


def test_profiles_split_a_person_by_queues_served() -> None:
    """Each set of queues becomes an entry, the person is named beside it, and no shift is lost."""
    found = profiles(small_trace())
    assert [(person, each.name, each.skills) for person, each in found] == [
        ("ANN", "ANN", {"NE": 5, "PS": 5}),
        ("ANN", "ANN+2", {"PS": 5}),
        ("BOB", "BOB", {"PS": 7}),
    ]
    assert sum(len(each.shifts) for _, each in found) == 3
