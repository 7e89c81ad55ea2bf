"""Renewal tables: conservation, and the cases with a closed form."""

import pytest

from router.ewt.laws import GRID_STEPS, POINTS, convolve, renewals, residual, whole
from tests.ewt.given import NOTHING, constant_hazard, laws_of


def test_a_residual_law_is_a_law() -> None:
    """Mass is not negative and sums to what dies within the grid."""
    law = residual(constant_hazard(100.0), 50.0, 5.0)
    assert min(law) >= 0
    assert sum(law) == pytest.approx(1 - 2.718281828 ** -(GRID_STEPS * 5 / 100))


def test_nothing_added_changes_nothing() -> None:
    """Convolution with a life of nothing is the identity."""
    law = residual(constant_hazard(100.0), 0.0, 5.0)
    assert convolve(law, whole(NOTHING, 5.0)) is law


def test_exponential_cycles_renew_at_a_constant_rate() -> None:
    """The renewal density of an exponential cycle is step/mean at every step but the first,
    which has what belongs half to step 0."""
    laws = laws_of(constant_hazard(200.0), 8.0)
    for density in renewals(laws.cycle)[2:]:
        assert density == pytest.approx(8 / 200, rel=0.02)


def test_takes_of_an_exponential_agent_are_poisson() -> None:
    """Mean and variance of the number of takes are both time/mean at every point."""
    laws = laws_of(constant_hazard(200.0), 8.0)
    for point, mean, variance in zip(POINTS, laws.talk[5].mean, laws.talk[5].variance, strict=True):
        assert mean == pytest.approx(point * 8 / 200, rel=0.03)
        assert variance == pytest.approx(point * 8 / 200, rel=0.06)


def test_the_hazard_of_a_running_exponential_talk_is_one() -> None:
    """Seen at a random moment, an exponential talk has used up a cumulative hazard of 1 in the mean."""
    laws = laws_of(constant_hazard(200.0), 8.0)
    assert laws.running_hazard == pytest.approx(1, rel=0.03)
    assert laws.running_weight == pytest.approx(1, rel=0.1)


def test_a_build_comes_in_slices() -> None:
    """Building yields often, so that no slice holds the loop."""
    from router.ewt.laws import build

    hazard = constant_hazard(200.0)
    assert sum(1 for _ in build(8.0, hazard, hazard, hazard, hazard)) > 20
