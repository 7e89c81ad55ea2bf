"""The estimate from intervals: exact data is reproduced, bounds are filled sensibly, draws stay within
them."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from router.trace.turnbull import IntervalEstimate, cell_edges
from tests.trace.make import S

BOUNDS = st.tuples(st.integers(0, 3 * 3600 * S), st.integers(0, 3600 * S)).map(lambda p: (p[0], p[0] + p[1]))


def test_exact_times_give_their_own_shares() -> None:
    """Where every time is known the estimate is the share of each."""
    estimate = IntervalEstimate.fit([(5 * S, 5 * S)] * 3 + [(30 * S, 30 * S)])
    assert abs(estimate.share_below(6 * S) - 0.75) < 1e-6
    assert abs(estimate.share_below(31 * S) - 1) < 1e-6


def test_a_wide_interval_goes_where_the_exact_ones_are() -> None:
    """An observation that allows anything adds to what the others say, not to the middle of its bounds."""
    estimate = IntervalEstimate.fit([(5 * S, 5 * S)] * 50 + [(0, 3600 * S)] * 50)
    assert estimate.share_below(6 * S) - estimate.share_below(5 * S) > 0.99


def test_it_finds_a_known_distribution_behind_bounds(rng: random.Random) -> None:
    """Exponential times of 60 s, each seen only between two inspections, come out with mean 60 s."""
    bounds = []
    for _ in range(4_000):
        time = rng.expovariate(1 / 60)
        low, high = 0.0, rng.expovariate(1 / 40)
        while high < time:
            low, high = high, high + rng.expovariate(1 / 40)
        bounds.append((int(low * S), int(high * S)))
    estimate = IntervalEstimate.fit(bounds)
    mean = sum(estimate.draw(0, 3600 * S, rng) for _ in range(4_000)) / 4_000 / S
    assert 54 < mean < 66


@given(st.lists(BOUNDS, min_size=1, max_size=40), st.integers(0, 2**32))
def test_draws_stay_within_their_bounds(bounds: list[tuple[int, int]], seed: int) -> None:
    """Whatever was fitted, a draw between two bounds lies between them; mass is all accounted for."""
    estimate = IntervalEstimate.fit(bounds)
    assert abs(sum(estimate.mass) - 1) < 1e-6
    rng = random.Random(seed)
    for low, high in bounds:
        assert low <= estimate.draw(low, high, rng) <= high


def test_nothing_at_all_lasts_no_time() -> None:
    """With no observation there is an answer, and it is the harmless one."""
    estimate = IntervalEstimate.fit([])
    assert estimate.draw(0, 0, random.Random(1)) == 0


def test_cells_cover_everything_up_to_the_longest() -> None:
    """Edges rise, begin at 0 and reach beyond the longest time."""
    edges = cell_edges(4 * 3600 * S)
    assert edges[0] == 0
    assert all(before < after for before, after in pairwise(edges))
    assert edges[-1] > 4 * 3600 * S
