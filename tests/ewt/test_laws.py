"""Renewal tables: conservation, and the cases with a closed form."""

from math import isfinite

import pytest

from router.ewt.laws import GRID_STEPS, POINTS, QueueLaws, build, convolve, renewals, residual, whole
from router.ewt.lifetable import Hazard, LifeTable
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


def test_lives_of_no_length_have_laws() -> None:
    """Talks, wrap-ups and waits that are over at once, which a load test makes: finite laws, and nothing throws."""
    table = LifeTable(180.0, 5000.0)
    for _ in range(5000):
        table.add(0.0, True)
    hazard = table.fit()
    laws = laws_built(0.05, hazard)
    assert isfinite(laws.running_hazard)
    assert laws.running_hazard > 0
    assert all(isfinite(mass) for law in laws.talk for mass in (*law.first, *law.mean, *law.variance))


def laws_built(step_s: float, hazard: Hazard) -> QueueLaws:
    """All pieces of a build, with one hazard for everything."""
    job = build(step_s, hazard, hazard, hazard, hazard)
    while True:
        try:
            next(job)
        except StopIteration as stop:
            done: QueueLaws = stop.value
            return done
