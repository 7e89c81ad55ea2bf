"""The bench itself: its centre knows the truth, its limit is one, and the estimator comes near it."""

from random import Random

import pytest

from bench.ewt import run, score, simulate, table
from bench.ewt_centre import Centre
from bench.ewt_centres import CENTRES, Scenario
from bench.ewt_laws import Exponential, Hyperexponential, Law, Lognormal
from bench.ewt_rules import CASES, compare
from bench.ewt_rules import table as rules_table


def scenario(name: str) -> Scenario:
    """A centre of the table."""
    return next(item for item in CENTRES if item.name == name)


@pytest.mark.parametrize("law", [Exponential(200.0), Hyperexponential(200.0, 4.0), Lognormal(200.0, 1.0)])
def test_lives_have_their_mean_and_what_is_left_agrees(law: Law) -> None:
    """The mean is what it says, and a life of age a that goes on is as long as whole lives beyond a."""
    rng = Random(1)
    lives = [law.draw(rng) for _ in range(40_000)]
    assert sum(lives) / len(lives) == pytest.approx(200, rel=0.05)
    beyond = [life - 150 for life in lives if life > 150]
    left = [law.left(rng, 150.0) for _ in range(10_000)]
    assert sum(left) / len(left) == pytest.approx(sum(beyond) / len(beyond), rel=0.08)


def test_forks_agree_with_the_formula() -> None:
    """M/M/20+M: the mean over forks of a state is the formula's mean wait, within chance."""
    item = scenario("M/M/20+M rho 1.2")
    centre, ratios = Centre(item.make(Random(2), 1500), Random(2)), []
    centre.open()
    assert item.limit is not None
    for call in centre.run():
        if call.number > 800 and call.number % 40 == 0:
            best = item.limit(len(centre.waiting[0]) - 1)
            ratios.append(sum(centre.fork(call, Random(call.number)) for _ in range(30)) / 30 / best)
    assert len(ratios) > 5
    assert sum(ratios) / len(ratios) == pytest.approx(1, abs=0.12)


def test_every_waiting_caller_gets_a_virtual_wait() -> None:
    """Abandoners too: those that the run's end leaves open are few."""
    run_of = simulate(scenario("M/M/20+M rho 1.2"), 1, 1200)
    gone = [asked for asked in run_of.asked if asked.call.gone]
    assert len(gone) > 20
    assert all(asked.call.wait_s > 0 for asked in gone)


@pytest.mark.parametrize("name", ["M/M/20+M rho 1.2", "two priorities", "4 agents"])
def test_the_estimator_comes_near_the_limit(name: str) -> None:
    """Even a short run is far nearer to the limit than Asterisk's formula, and its interval covers."""
    row = score([simulate(scenario(name), 3, 2500)])
    assert row["ours"] < 1.4
    assert row["asterisk_over_ours"] > 1.5
    assert 0.65 < row["covered"] < 0.92


def test_the_table_prints_a_row_for_each_centre(capsys: pytest.CaptureFixture[str]) -> None:
    """One line a centre, and one JSON object with --json."""
    result = run(json_out=True, quick=True, only="4 agents", calls=600)
    assert capsys.readouterr().out.count("\n") == 1
    assert len(result["rows"]) == 1
    assert table(result["rows"]).count("\n") == 1


def test_what_is_known_of_rules_and_plans_is_worth_something() -> None:
    """The end of a plan alone takes a fifth of the squared error, on the same calls with the same waits."""
    rows = compare(1, 4, CASES[2:])
    (row,) = rows
    assert row["gain"] > 1.25
    assert rules_table(rows).count("\n") == 1
