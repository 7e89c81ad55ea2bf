"""Help that comes in crowds is learned from crowds, and people who come and go by chance are no help."""

import pytest

from router.ewt import Estimator

ALL = frozenset({"all"})
CROWD = 20


def centre(agents: int = 6) -> Estimator:
    """A team in talk since 0 s, and five people who have been there and gone."""
    estimator = Estimator()
    estimator.set_queue("all")
    for i in range(agents):
        estimator.agent_login(0.0, f"a{i}", ALL)
        estimator.arrive(0.0, f"t{i}", "all")
        estimator.start(0.0, f"t{i}", f"a{i}")
    for i in range(5):
        estimator.agent_login(0.0, f"r{i}", ALL)
        estimator.agent_logout(1.0, f"r{i}")
    return estimator


def crowd(estimator: Estimator, begin_s: float, helpers: int, after_s: float, planned: bool = False) -> float:
    """Many wait, so many come to help; then it is over. Returns what the last one was told before help came."""
    for i in range(CROWD):
        estimator.arrive(begin_s + i, f"w{begin_s}-{i}", "all")
    if planned:
        for i in range(helpers):
            estimator.plan(begin_s + CROWD, begin_s + after_s, f"r{i}", True, ALL)
    told = estimator.estimate(begin_s + CROWD, "all").mean
    for i in range(helpers):
        estimator.agent_login(begin_s + after_s + i, f"r{i}", ALL)
    for i in range(CROWD):
        estimator.leave(begin_s + 600 + i, f"w{begin_s}-{i}")
    for i in range(helpers):
        estimator.agent_logout(begin_s + 900, f"r{i}")
    return told


def test_help_that_came_in_crowds_is_expected_in_the_next() -> None:
    """Five came after two minutes, three times: the fourth crowd is told a shorter wait, much as if they had plans."""
    helped, alone, known = centre(), centre(), centre()
    for i in range(3):
        crowd(helped, 5000.0 * i + 1000, 5, 140.0)
        crowd(alone, 5000.0 * i + 1000, 0, 140.0)
        crowd(known, 5000.0 * i + 1000, 0, 140.0)
    with_help = crowd(helped, 20_000.0, 5, 140.0)
    without = crowd(alone, 20_000.0, 0, 140.0)
    planned = crowd(known, 20_000.0, 5, 140.0, planned=True)
    assert with_help < 0.85 * without
    assert with_help == pytest.approx(planned, rel=0.2)


def test_who_did_not_come_again_is_expected_less() -> None:
    """Crowds in which nobody helped take the expectation away."""
    estimator, alone = centre(), centre()
    for i in range(8):
        crowd(estimator, 5000.0 * i + 1000, 5 if i < 1 else 0, 140.0)
        crowd(alone, 5000.0 * i + 1000, 0, 140.0)
    assert crowd(estimator, 50_000.0, 0, 140.0) == pytest.approx(crowd(alone, 50_000.0, 0, 140.0), rel=0.1)


def test_who_was_planned_is_not_counted_twice() -> None:
    """Help that is announced each time is expected by its plans alone."""
    estimator, plans = centre(), centre()
    for i in range(3):
        crowd(estimator, 5000.0 * i + 1000, 5, 140.0, planned=True)
        crowd(plans, 5000.0 * i + 1000, 0, 140.0)
    told = crowd(estimator, 20_000.0, 5, 140.0, planned=True)
    assert told == pytest.approx(crowd(plans, 20_000.0, 5, 140.0, planned=True), rel=0.02)
