"""Life tables: what a fitted hazard must say of the lives that went in."""

from bisect import bisect_right
from itertools import pairwise
from math import inf, nextafter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.ewt.lifetable import LOWER_S, UPPER_S, WIDTH_S, LifeTable, age_bin


def test_bins_cover_every_age_once() -> None:
    """Each bin starts where the one before it ends, and an age is found in its own."""
    for i, upper in enumerate(UPPER_S):
        assert LOWER_S[i + 1] == upper == pytest.approx(LOWER_S[i] + WIDTH_S[i])
        assert age_bin(upper) == i + 1
        assert age_bin(LOWER_S[i]) == i
    assert age_bin(-1.0) == 0


@given(st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from(UPPER_S))
def test_the_bin_of_an_age_is_what_a_search_finds(age_s: float) -> None:
    """Whatever the age: also just below and just above the end of a bin, where a logarithm is a digit off."""
    for near_s in (nextafter(age_s, -inf), age_s, nextafter(age_s, inf)):
        assert age_bin(near_s) == bisect_right(UPPER_S, near_s)


def test_exponential_lives_give_a_constant_hazard() -> None:
    """The mean and the hazard of every well-filled bin come out within sampling error."""
    rng = Random(1)
    table = LifeTable(180.0, 1e9)
    for _ in range(20_000):
        table.add(rng.expovariate(1 / 240), True)
    hazard = table.fit()
    assert hazard.mean_s == pytest.approx(240, rel=0.03)
    assert table.mean_s() == pytest.approx(240, rel=0.03)
    for age in (5.0, 50.0, 200.0, 500.0):
        assert hazard.rates[age_bin(age)] == pytest.approx(1 / 240, rel=0.25)


def test_censored_lives_are_exposure_and_no_event() -> None:
    """Nine in ten callers are served early: the patience of the rest is not mistaken for that of all."""
    rng = Random(2)
    table = LifeTable(600.0, 1e9)
    for _ in range(30_000):
        patience, service = rng.expovariate(1 / 900), rng.expovariate(1 / 100)
        table.add(min(patience, service), patience < service)
    assert table.fit().rates[age_bin(60)] == pytest.approx(1 / 900, rel=0.15)


def test_running_lives_lower_the_hazard() -> None:
    """Callers who still wait have not hung up: with them counted the queue looks more patient."""
    table = LifeTable(600.0, 5000)
    for _ in range(50):
        table.add(30.0, True)
    assert table.fit([(60.0, 200.0)]).rates[age_bin(30)] < table.fit().rates[age_bin(30)] / 2


def test_old_lives_are_forgotten() -> None:
    """After many half-lives the mean is that of the newer lives."""
    table = LifeTable(180.0, 100)
    for life in [100.0] * 2000 + [300.0] * 2000:
        table.add(life, True)
    assert table.fit().mean_s == pytest.approx(300, rel=0.15)


def test_learned_counts_survive_being_stored() -> None:
    """A table loaded from its own dump fits the same curve."""
    table, other = LifeTable(180.0, 50), LifeTable(180.0, 50)
    for i in range(500):
        table.add(float(i), i % 3 > 0)
    other.load(table.dump())
    assert other.lives == table.lives
    assert other.fit().rates == pytest.approx(table.fit().rates)


@pytest.mark.parametrize("broken", [{}, {"lives": 1}, {"lives": 1, "events": [1], "ended": [], "part": []}])
def test_broken_state_is_refused(broken: dict[str, object]) -> None:
    """A stored table of another shape raises ValueError and changes nothing."""
    table = LifeTable(180.0, 50)
    table.add(10.0, True)
    with pytest.raises(ValueError, match="stored state"):
        table.load(broken)
    assert table.lives == 1


@given(st.lists(st.tuples(st.floats(0, 1e9), st.booleans()), max_size=60))
def test_any_lives_give_a_sane_curve(lives: list[tuple[float, bool]]) -> None:
    """Hazards are positive and finite, and survival falls from 1 and stays within 0..1."""
    table = LifeTable(180.0, 10)
    for life, died in lives:
        table.add(life, died)
    hazard = table.fit()
    assert all(0 < rate <= 1e3 for rate in hazard.rates)
    curve = [hazard.survival(age) for age in (0.0, 1.0, 10.0, 100.0, 1e4, 1e6)]
    assert curve[0] == 1.0
    assert all(0 <= b <= a for a, b in pairwise(curve))
