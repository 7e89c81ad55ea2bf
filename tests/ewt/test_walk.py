"""Flow and walk against the formulas of queueing theory, for every position."""

from math import exp, lgamma, log

import pytest

from router.ewt.flow import Flow, Higher, Supply
from router.ewt.laws import GRID_STEPS, POINTS, StateLaw
from router.ewt.lifetable import AGE_BINS, Hazard
from router.ewt.lines import Line
from router.ewt.settings import EwtSettings
from router.ewt.trajectory import Trajectory
from router.ewt.walk import Asker, walk
from tests.ewt.given import FOREVER, constant_hazard, laws_of

TALK_S = 200.0
STEP_S = 8.0
NONE: frozenset[int] = frozenset()


def supply(agents: float, law: StateLaw, cycle: list[float], higher: frozenset[int] = NONE) -> Supply:
    """So many agents in one state."""
    made = Supply(higher, NONE)
    made.first = [agents * x for x in law.first]
    made.mean = [agents * x for x in law.mean]
    made.variance = [agents * x for x in law.variance]
    made.cycle = cycle
    made.each = STEP_S / TALK_S
    made.size = agents
    return made


def exponential(agents: float, higher: frozenset[int] = NONE) -> Supply:
    """Agents in an exponential talk."""
    laws = laws_of(constant_hazard(TALK_S), STEP_S)
    return supply(agents, laws.talk[0], laws.cycle, higher)


def waits(flow: Flow, waiting: int, patience: Hazard = FOREVER) -> list[float]:
    """Mean waits of all positions, everybody having just arrived."""
    return walk(flow, Asker([0.0] * waiting, 1.0, 0.0, patience), [], 0.0, 10_000)[1]


@pytest.mark.parametrize("agents", [1, 4, 20, 100])
def test_exponential_service_is_the_erlang_mean(agents: int) -> None:
    """M/M/s: position p waits p/(s mu), within the grid and far beyond its end."""
    flow = Flow([exponential(agents)], [], [], 0, STEP_S, 86400)
    for position, wait in enumerate(waits(flow, 150), 1):
        assert wait == pytest.approx(position * TALK_S / agents, rel=0.02, abs=0.5)


def test_exponential_variance_is_erlangs() -> None:
    """M/M/s: the variance of position p is p/(s mu)^2."""
    flow = Flow([exponential(20)], [], [], 0, STEP_S, 86400)
    _, _, variances, _ = walk(flow, Asker([0.0] * 20, 1.0, 0.0, FOREVER), [], 0.0, 100)
    for position, variance in enumerate(variances, 1):
        assert variance == pytest.approx(position * 100, rel=0.12)


@pytest.mark.parametrize("patience_s", [100.0, 300.0, 2000.0])
def test_abandonment_is_the_sum_of_its_formula(patience_s: float) -> None:
    """M/M/s+M: W = sum over k of 1/(s mu + k theta)."""
    flow = Flow([exponential(20)], [], [], 0, STEP_S, 86400)
    for ahead, wait in enumerate(waits(flow, 60, constant_hazard(patience_s))):
        best = sum(1 / (20 / TALK_S + k / patience_s) for k in range(ahead + 1))
        assert wait == pytest.approx(best, rel=0.03)


def test_two_priorities_in_one_pool() -> None:
    """With x of a higher class waiting and its arrivals a, position p waits (x + p)/(s mu - a)."""
    for backlog in (0, 3):
        upper = Higher(backlog, 0.0, 0.03, FOREVER)
        flow = Flow([exponential(18, frozenset((0,)))], [], [upper], 0, STEP_S, 86400)
        for position, wait in enumerate(waits(flow, 30), 1):
            assert wait == pytest.approx((position + backlog) / (18 / TALK_S - 0.03), rel=0.03, abs=1)


def test_certain_talks_end_when_they_end() -> None:
    """One agent at the start of a talk that lasts just about 200 s: the next caller waits about that long."""
    rates = [1e-9] * AGE_BINS
    for i in range(AGE_BINS):
        if 2 * 1.25 ** (i - 1) >= 186:
            rates[i] = 0.2
    laws = laws_of(Hazard(rates), STEP_S)
    flow = Flow([supply(1, laws.talk[0], laws.cycle)], [], [], 0, STEP_S, 86400)
    mean_s = Hazard(rates).mean_s
    assert waits(flow, 2)[0] == pytest.approx(mean_s, rel=0.05)
    assert waits(flow, 2)[1] == pytest.approx(2 * mean_s, rel=0.06)


def test_nobody_there_is_the_longest_wait() -> None:
    """Without agents the wait is the limit, not infinity."""
    none = Supply(NONE, NONE)
    none.cycle = [0.0] * GRID_STEPS
    assert waits(Flow([none], [], [], 0, STEP_S, 7200), 2) == [7200, 7200, 7200]


def test_who_goes_takes_their_share_once() -> None:
    """Half of ten agents go at once: all positions, also far behind, wait as with five, and no longer."""
    half = exponential(10)
    half.jumps = [(0.0, -5.0)]
    with_plan = waits(Flow([half], [], [], 0, STEP_S, 86400), 80)
    with_five = waits(Flow([exponential(5)], [], [], 0, STEP_S, 86400), 80)
    assert with_plan[:40:8] == pytest.approx(with_five[:40:8], rel=0.02)
    assert with_plan[-1] == pytest.approx(with_five[-1], rel=0.02)


def test_one_by_one_or_all_at_once_they_are_gone() -> None:
    """A shift that ends leaves nobody: who is not taken before it waits for the next one."""
    for jumps in ([(100.0, -10.0)], [(100.0, -1.0)] * 10):
        shift = exponential(10)
        shift.jumps = [*jumps, (3000.0, 4.0)]
        found = waits(Flow([shift], [], [], 0, STEP_S, 86400), 30)
        before = [wait for wait in found if wait < 110]
        # Ten agents take one in twenty seconds on the average.
        assert len(before) == pytest.approx(5, abs=1)
        assert found[len(before)] == pytest.approx(3000, abs=2 * STEP_S)
        assert found[-1] == pytest.approx(3000 + TALK_S * (len(found) - len(before) - 4) / 4, rel=0.03)


def test_a_planned_login_is_a_take_at_its_time() -> None:
    """Nobody there, somebody due in 300 s: the first caller waits about 300 s, the second a talk longer."""
    none = exponential(0)
    none.jumps = [(300.0, 1)]
    first, second, *_ = waits(Flow([none], [], [], 0, STEP_S, 86400), 2)
    assert first == pytest.approx(300, abs=2 * STEP_S)
    assert second > first + 100


def test_a_planned_logout_lengthens_waits() -> None:
    """Half of the agents leave in 100 s: who is served after that waits longer, who is served before does not."""
    leaving = exponential(4)
    leaving.jumps = [(100.0, -1), (100.0, -1)]
    short, long = (
        waits(Flow([exponential(4)], [], [], 0, STEP_S, 86400), 10),
        waits(Flow([leaving], [], [], 0, STEP_S, 86400), 10),
    )
    assert long[0] == pytest.approx(short[0])
    assert long[9] > 1.5 * short[9]


def test_blocks_agree_with_single_steps() -> None:
    """A queue walked in blocks gives the same waits at the blocks' ends."""
    arrived = [float(-i) for i in range(300, 0, -1)]
    patience = constant_hazard(900)
    fine = walk(Flow([exponential(20)], [], [], 0, STEP_S, 86400), Asker(arrived, 1.0, 0.0, patience), [], 0.0, 1000)
    rough = walk(Flow([exponential(20)], [], [], 0, STEP_S, 86400), Asker(arrived, 1.0, 0.0, patience), [], 0.0, 32)
    assert len(rough[0]) <= 34
    for position, wait in zip(rough[0], rough[1], strict=True):
        assert wait == pytest.approx(fine[1][position - 1], rel=0.06)


def test_points_lie_on_the_grid() -> None:
    """The points where variances are kept rise and end with the grid."""
    assert list(POINTS) == sorted(set(POINTS))
    assert POINTS[-1] == GRID_STEPS


def late_law(position: int, at_s: float, comes_s: float, there: int, come: int) -> float:
    """M/M/s where some come at a time: the chance that so many are taken by then. Takes are a Poisson stream, and who
    comes takes at once."""
    if at_s <= 0:
        return 0.0
    after_s = max(at_s - comes_s, 0.0)
    need = position - (come if at_s >= comes_s else 0)
    mean = (there * at_s + come * after_s) / TALK_S
    return 1.0 - sum(exp(-mean + k * log(mean) - lgamma(k + 1)) for k in range(max(need, 0)))


@pytest.mark.parametrize(("comes_s", "come"), [(60.0, 12), (100.0, 12), (150.0, 5), (100.0, 40)])
def test_who_comes_at_once_bounds_the_wait_on_one_side(comes_s: float, come: int) -> None:
    """Twelve come at a time: most of those who are reached by them are reached then, some before, nobody by chance long
    afterwards. One in ten and nine in ten as the exact law has them, to a step of the grid."""
    made = exponential(20)
    made.jumps = [(comes_s, float(come))]
    flow = Flow([made], [], [], 0, STEP_S, 86400)
    positions, _, _, reached = walk(flow, Asker([0.0] * 45, 1.0, 0.0, FOREVER), [], 0.0, 100)
    for position, (early, middle, late) in zip(positions, reached, strict=True):
        for at_s, level in ((early, 0.1), (middle, 0.5), (late, 0.9)):
            slack_s = STEP_S + 0.04 * at_s
            assert late_law(position, at_s - slack_s, comes_s, 20, come) <= level, position
            assert level <= late_law(position, at_s + slack_s, comes_s, 20, come), position
        if late_law(position, comes_s, comes_s, 20, come) > 0.12:
            assert early <= comes_s, "one in ten waits no longer than until they come"


def test_who_comes_varies_too_and_who_goes_does_not() -> None:
    """What is planned changes how much the takes vary; where everybody is still to come, too."""
    plain, more, less = exponential(20), exponential(20), exponential(20)
    more.jumps, less.jumps = [(50.0, 20.0)], [(50.0, -10.0)]
    nobody = supply(0, laws_of(constant_hazard(TALK_S), STEP_S).talk[0], exponential(1).cycle)
    nobody.jumps = [(50.0, 20.0)]
    found = []
    for made in (plain, more, less, nobody):
        flow = Flow([made], [], [], 0, STEP_S, 86400)
        while flow.times[-1] < 300:
            flow.extend()
        found.append(flow.dispersion(250.0)[0])
    assert found == pytest.approx([25, 45, 15, 20], rel=0.08)


def test_quantiles_are_said_as_the_takes_reach_them() -> None:
    """Of a caller who is surely reached when twenty come, the interval is that moment; not so where nobody comes."""
    widths = []
    for jumps in ([], [(100.0, 20.0)]):
        made = exponential(20)
        made.jumps = jumps
        line = Line("all", EwtSettings())
        walked = walk(Flow([made], [], [], 0, STEP_S, 86400), Asker([0.0] * 30, 1.0, 0.0, FOREVER), [], 0.0, 100)
        said = Trajectory(line, [0.0] * 30, walked, 0.0, "high").at(20)
        widths.append(said.p90 - said.p10)
        assert said.p10 < said.p50 <= said.p80 <= said.p90
    assert widths[0] > 100
    assert widths[1] <= STEP_S


def test_the_other_team_of_a_w_model_is_busy_with_its_own_queue() -> None:
    """Gold's own agents are all busy as Erlang's formula of loss says, or of delay where bronze keeps them busy."""
    found = []
    for besides in (0.0, 0.01):
        own, ours = (Supply(frozenset({0}), frozenset()) for _ in range(2))
        own.size, ours.size, own.each, ours.each = 8.0, 4.0, 0.05, 0.05
        own.besides_per_s = besides
        gold = Higher(0.0, 0.0, 0.02, FOREVER)
        gold.meet([own], [ours], 0.03, 10.0)
        found.append(gold)
    load, servers = 0.03 * 200, 8
    terms = [exp(k * log(load) - lgamma(k + 1)) for k in range(servers + 1)]
    loss = terms[-1] / sum(terms)
    last = terms[-1] * servers / (servers - load)
    assert found[0].blocked == pytest.approx(loss)
    assert found[1].blocked == pytest.approx(last / (sum(terms[:-1]) + last))
    assert found[1].overflow(1000.0) > 2 * found[0].overflow(1000.0) > 0
