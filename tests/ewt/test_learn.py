"""Learning and judging from virtual waits."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.ewt.judge import Judge
from router.ewt.learn import LEVELS, SCORES, Learner, Prediction, bucket_of, gamma_quantile
from router.ewt.rates import Pace, Rate, believed_pace
from router.ewt.settings import EwtSettings

SETTINGS = EwtSettings(ratio_memory_calls=1500)


def say(learner: Learner, flow_s: float, shape: float, bucket: int = 2) -> Prediction:
    """What a learner would say of a flow's wait."""
    mean, past = learner.combine(flow_s, bucket)
    return Prediction(flow_s, mean, shape, bucket, past, *learner.quantiles(mean, shape, bucket))


@pytest.mark.parametrize(("shape", "level", "exact"), [(1, 0.1, 0.1054), (1, 0.9, 2.3026), (6, 0.1, 3.1519 / 6)])
def test_gamma_quantiles_are_close_to_exact(shape: float, level: float, exact: float) -> None:
    """Wilson and Hilferty's formula against exact quantiles of a gamma law with mean 1."""
    assert gamma_quantile(1.0, shape, SCORES[LEVELS.index(level)]) == pytest.approx(exact, rel=0.07)


def test_buckets_double() -> None:
    """Positions 1, 2, 3-4, 5-8, ..."""
    assert [bucket_of(p) for p in (0, 1, 2, 3, 4, 5, 8, 9, 10**6)] == [0, 0, 1, 2, 2, 3, 3, 4, 9]


def test_a_bias_is_learned() -> None:
    """Waits a third longer than the flow says move the ratio there."""
    learner = Learner(SETTINGS)
    rng = Random(1)
    for _ in range(3000):
        learner.learn(say(learner, 100.0, 6.0), 133 * rng.gammavariate(6, 1 / 6))
    assert learner.ratio.value() == pytest.approx(1.33, rel=0.05)


def test_levels_reach_their_coverage() -> None:
    """Waits far more certain than the theory says: the levels close in until each covers its share."""
    learner = Learner(SETTINGS)
    rng = Random(2)
    hits = [0] * len(LEVELS)
    for i in range(6000):
        said = say(learner, 100.0, 2.0)
        wait = 100 * rng.gammavariate(40, 1 / 40)
        learner.learn(said, wait)
        if i >= 2000:
            for k, quantile in enumerate(said[5:]):
                hits[k] += wait <= quantile
    for level, hit in zip(LEVELS, hits, strict=True):
        assert hit / 4000 == pytest.approx(level, abs=0.04)


def test_history_helps_only_where_the_flow_is_blind() -> None:
    """Where the flow errs at random and waits repeat, history gets weight; where the flow is right, it gets none."""
    rng = Random(3)
    blind, right = Learner(SETTINGS), Learner(SETTINGS)
    for _ in range(3000):
        blind.learn(say(blind, 100 * rng.uniform(0.3, 1.7), 3.0), 100 * rng.uniform(0.9, 1.1))
        flow = 100 * rng.uniform(0.3, 1.7)
        right.learn(say(right, flow, 3.0), flow * rng.uniform(0.9, 1.1))
    assert blind.combine(150.0, 2)[0] < 135
    assert right.combine(150.0, 2)[0] == pytest.approx(150 * right.ratio.value(), rel=0.02)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0.2, 1e6), st.integers(0, 9)), max_size=50))
def test_any_waits_leave_it_sane(rows: list[tuple[float, float, float, int]]) -> None:
    """Quantiles stay in order and finite whatever is learned, and so does the judge."""
    learner, judge = Learner(SETTINGS), Judge()
    for flow, wait, shape, bucket in rows:
        said = say(learner, flow, shape, bucket)
        assert 0 <= said.p10_s <= said.p50_s <= said.p80_s <= said.p90_s < 1e12
        judge.judge(said, wait)
        learner.learn(said, wait)
    verdict = judge.verdict()
    assert verdict.judged == len(rows)
    for share in (verdict.near, verdict.covered, verdict.kept):
        assert share is None or 0 <= share <= 1 + 1e-9
    other = Judge()
    other.load(judge.dump())
    assert other.verdict() == verdict


def test_the_judge_counts_as_it_says() -> None:
    """Two calls, one said well and one far off: every figure by hand."""
    judge = Judge()
    judge.judge(Prediction(100, 100, 2, 0, 0, 50, 95, 130, 150), 110)
    judge.judge(Prediction(100, 100, 2, 0, 0, 50, 95, 130, 150), 400)
    verdict = judge.verdict()
    assert verdict.judged == 2
    assert verdict.bias_s == pytest.approx((-10 - 300) / 2, rel=1e-2)
    assert verdict.mape == pytest.approx((10 / 110 + 300 / 400) / 2, rel=1e-2)
    assert verdict.near == verdict.covered == verdict.kept == pytest.approx(0.5, rel=1e-2)


def test_nothing_judged_is_unknown() -> None:
    """No calls: neither 0 nor 100 %."""
    assert Judge().verdict().covered is None


def test_a_steady_rate_is_found_and_a_burst_followed() -> None:
    """Within chance in the steady hour, and most of the way within ten minutes of a fivefold burst."""
    rate, rng, now = Rate(6000, 1500, 400), Random(4), 0.0
    while now < 20_000:
        now += rng.expovariate(0.1)
        rate.arrival(now)
    assert rate.per_s(now) == pytest.approx(0.1, rel=0.15)
    while now < 20_600:
        now += rng.expovariate(0.5)
        rate.arrival(now)
    assert rate.per_s(now) > 0.3


def test_an_empty_rate_is_nothing() -> None:
    """No arrival: 0, and one single arrival is no torrent."""
    rate = Rate(6000, 1500, 400)
    assert rate.per_s(5.0) == 0
    rate.arrival(6.0)
    assert rate.per_s(6.0) <= 0.02


def test_the_pace_needs_proof() -> None:
    """Talks as long as ever leave it near 1; talks twice as long move it most of the way within 60 of them."""
    pace, rng = Pace(250, 50), Random(5)
    for _ in range(600):
        pace.add(rng.expovariate(1))
    assert believed_pace(zip(pace.counts, pace.totals, strict=True), 20.0) == pytest.approx(1, abs=0.1)
    for _ in range(60):
        pace.add(2 * rng.expovariate(1))
    assert believed_pace(zip(pace.counts, pace.totals, strict=True), 20.0) > 1.4
    assert believed_pace([(0.0, 0.0)], 20.0) == 1.0
    assert believed_pace([(1e6, 0.0)], 20.0) == believed_pace([(1e6, 1e-300)], 20.0) == 0.2
    assert 1 < believed_pace([(1.0, 1e9)], 20.0) < 1e9
