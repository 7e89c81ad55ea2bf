"""Counting in buckets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from router.loop.figures import TIME_BOUNDS_US, Histogram


def test_an_observation_falls_into_the_bucket_of_its_bound() -> None:
    """A value on a bound belongs to it, one above the last to the bucket beyond."""
    histogram = Histogram((10, 20))
    for value in (0, 10, 11, 20, 21, 10_000):
        histogram.observe(value)
    assert histogram.counts == [2, 2, 2]
    assert histogram.total == 10_062
    assert histogram.most == 10_000


def test_times_weigh() -> None:
    """One observation for many messages counts as many."""
    histogram = Histogram((10, 20))
    histogram.observe(15, 3)
    assert (histogram.count, histogram.total) == (3, 45)


@given(values=st.lists(st.integers(0, 20_000_000), min_size=1), part=st.sampled_from((0.01, 0.5, 0.99, 1.0)))
def test_a_share_is_never_below_the_true_one(values: list[int], part: float) -> None:
    """The reported quantile is the bound of the true one's bucket."""
    histogram = Histogram(TIME_BOUNDS_US)
    for value in values:
        histogram.observe(value)
    true = sorted(values)[max(0, -int(-part * len(values) // 1) - 1)]
    shown = histogram.share(part)
    assert shown >= true
    assert shown == max(values) or shown in TIME_BOUNDS_US


def test_nothing_has_no_share() -> None:
    """Without any observation there is no quantile to show but 0."""
    assert Histogram((1,)).share(0.5) == 0
