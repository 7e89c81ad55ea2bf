"""Figures: their definitions on visits that can be counted by hand."""

from router.trace.report import Visit, by_queue, figures, recorded
from tests.trace.make import S, small_trace


def test_shares_are_of_all_and_waits_of_the_served() -> None:
    """Two of four served within 20 s, one later, one abandoned: waits 0, 20, 70."""
    found = figures([Visit("q", True, wait * S) for wait in (70, 0, 20)] + [Visit("q", False, 5 * S)])
    assert (found.contacts, found.served, found.abandoned) == (4, 3, 1)
    assert found.mean_wait_s == 30
    assert found.p90_wait_s == 70
    assert found.abandoned_share == 0.25
    assert found.within_20s_share == 0.5


def test_nothing_counted_is_unknown() -> None:
    """No visits give None, neither 0 nor 100 %; nobody served gives no wait but a share."""
    nothing = figures([])
    assert (nothing.mean_wait_s, nothing.p90_wait_s) == (None, None)
    assert (nothing.abandoned_share, nothing.within_20s_share) == (None, None)
    lost = figures([Visit("q", False, S)])
    assert (lost.mean_wait_s, lost.abandoned_share, lost.within_20s_share) == (None, 1, 0)


def test_nine_in_ten_is_the_nearest_rank() -> None:
    """Of waits 1 to 10 nine do not exceed 9; of 1 to 11 ten do not exceed 10."""
    assert figures(Visit("q", True, n * S) for n in range(1, 11)).p90_wait_s == 9
    assert figures(Visit("q", True, n * S) for n in range(1, 12)).p90_wait_s == 10


def test_the_record_is_counted_by_queue() -> None:
    """What was recorded goes through the same figures, queue by queue."""
    found = by_queue(recorded(small_trace()))
    assert list(found) == ["NE", "PS"]
    assert found["PS"].mean_wait_s == 10
    assert found["NE"].abandoned_share == 1
