"""What must hold for any events: no throw, sane numbers, order, and bounded state."""

from itertools import pairwise
from math import isfinite, nan

from hypothesis import given, settings
from hypothesis import strategies as st

from router.ewt import Estimate, Estimator, EwtSettings
from tests.ewt.given import busy_centre

QUEUES = ("gold", "silver", "chat")
AGENTS = ("ann", "bob", "cid", "dee")
CONTACTS = tuple(f"c{i}" for i in range(8))

skills = st.frozensets(st.sampled_from(QUEUES), min_size=0, max_size=3)
times = st.one_of(st.floats(0, 400), st.sampled_from([-1e9, 1e6, nan, float("inf")]))
step = st.one_of(
    st.tuples(st.just("arrive"), times, st.sampled_from(CONTACTS), st.sampled_from(QUEUES), times),
    st.tuples(st.just("start"), times, st.sampled_from(CONTACTS), st.sampled_from(AGENTS), st.sampled_from(QUEUES)),
    st.tuples(st.just("end"), times, st.sampled_from(CONTACTS)),
    st.tuples(st.just("agent_ready"), times, st.sampled_from(AGENTS)),
    st.tuples(st.just("abandon"), times, st.sampled_from(CONTACTS)),
    st.tuples(st.just("leave"), times, st.sampled_from(CONTACTS)),
    st.tuples(st.just("agent_login"), times, st.sampled_from(AGENTS), skills, st.integers(-1, 4)),
    st.tuples(st.just("agent_logout"), times, st.sampled_from(AGENTS)),
    st.tuples(st.just("plan"), times, times, st.sampled_from(AGENTS), st.booleans(), skills),
)


def check(said: Estimate) -> None:
    """Finite, not negative, quantiles in order."""
    numbers = said[:5]
    assert all(isfinite(x) and x >= 0 for x in numbers), said
    assert said.p10 <= said.p50 <= said.p80 <= said.p90


@settings(max_examples=150)
@given(st.lists(step, max_size=60), st.booleans())
def test_no_sequence_of_events_makes_it_throw(steps: list[tuple[object, ...]], ranked: bool) -> None:
    """Whatever comes in whatever order, every queue has a sane estimate for every position, and work ends."""
    estimator = Estimator(EwtSettings(rebuild_gap_s=1e-3, learn_gap_s=1e-3))
    if ranked:
        for rank, queue in enumerate(QUEUES):
            estimator.set_queue(queue, rank, 20.0 * (rank + 1))
    now = 0.0
    for name, gap, *rest in steps:
        assert isinstance(gap, float)
        now = now + gap if isfinite(gap) and gap >= 0 else gap
        getattr(estimator, str(name))(now, *rest)
        estimator.work(3)
        now = estimator.now_s
    while estimator.work(1000):
        pass
    for queue in QUEUES:
        trajectory = estimator.trajectory(now, queue)
        for position in range(len(trajectory) + 2):
            check(trajectory.at(position))
    assert estimator.dump()["schema"] == 1


@settings(max_examples=60)
@given(st.integers(1, 12), st.integers(0, 90), st.integers(0, 3))
def test_first_come_first_served_is_monotone_in_position(agents: int, waiting: int, learned: int) -> None:
    """No estimate and no quantile is below that of the position before, whatever the queue has learned."""
    estimator = busy_centre(agents, waiting)
    for i in range(learned):
        estimator.end(205.0 + i, f"t{i}")
        estimator.agent_ready(205.0 + i, f"a{i}")
        estimator.start(205.0 + i, f"w{i}", f"a{i}")
    trajectory = estimator.trajectory(220.0, "all")
    rows = [trajectory.at(position) for position in range(1, len(trajectory) + 1)]
    for before, after in pairwise(rows):
        assert all(a <= b + 1e-9 for a, b in zip(before[:5], after[:5], strict=True))


@settings(max_examples=80)
@given(st.integers(0, 8), st.integers(0, 40), st.lists(st.floats(0, 300), max_size=6), st.booleans(), st.floats(0, 600))
def test_an_extra_free_able_agent_never_raises_it(
    agents: int, waiting: int, ends: list[float], both: bool, later: float
) -> None:
    """The same centre with one more agent, just logged in, promises nobody a longer wait."""
    means = []
    for extra in (False, True):
        estimator = busy_centre(agents, waiting, ("gold", "silver"))
        for i, at in enumerate(ends[:agents]):
            estimator.end(200.0 + at, f"t{i}")
        for i in range(waiting // 2):
            estimator.arrive(estimator.now_s + i, f"s{i}", "silver")
        now = estimator.now_s + later
        if extra:
            estimator.agent_login(now, "extra", frozenset({"gold", "silver"} if both else {"silver"}))
        means.append([estimator.trajectory(now, "silver").at(p).mean for p in range(1, waiting // 2 + 2)])
    for without, with_extra in zip(*means, strict=True):
        assert with_extra <= without * (1 + 1e-9) + 1e-6


@settings(max_examples=40)
@given(st.integers(2, 12), st.integers(0, 12), st.integers(0, 30), st.floats(0, 900), st.floats(60, 1200))
def test_an_extra_agent_raises_nothing_while_others_are_on_a_break(
    team: int, away: int, waiting: int, ago_s: float, break_s: float
) -> None:
    """Whoever comes in addition, while known people are away, none or some of them: nobody waits longer for it, but for
    what whole people are rounded by where two or three are expected (a quarter; it was thirteen times as long)."""
    means = []
    for extra in (False, True):
        estimator = Estimator()
        now = 0.0
        names = [f"a{i}" for i in range(team)]
        for name in names:
            estimator.agent_login(now, name, frozenset({"all"}))
        for _ in range(12):
            for name in names:
                now += 300.0
                estimator.agent_logout(now, name)
                estimator.agent_login(now + break_s, name, frozenset({"all"}))
                now += break_s
        for name in names[:away]:
            estimator.agent_logout(now, name)
        now += ago_s
        for i in range(waiting):
            estimator.arrive(now, f"c{i}", "all")
        if extra:
            estimator.agent_login(now, "extra", frozenset({"all"}))
        means.append([estimator.trajectory(now, "all").at(p).mean for p in range(1, waiting + 2)])
    for without, with_extra in zip(*means, strict=True):
        assert with_extra <= without * 1.25 + 1.0


@settings(max_examples=10)
@given(st.integers(100, 400))
def test_state_is_bounded(count: int) -> None:
    """Agents, groups, ghosts, plans and queues beyond their limits are not kept."""
    limits = EwtSettings(ghosts_per_queue=5, groups_max=4, plans_max=6, queues_max=7, learn_gap_s=1e-6)
    estimator = Estimator(limits)
    for i in range(count):
        now = float(i)
        estimator.agent_login(now, "ann", frozenset({f"s{i}"}))
        estimator.agent_logout(now, "ann")
        estimator.plan(now, now + 100, f"p{i}", True, frozenset({"all"}))
        estimator.arrive(now, f"c{i}", f"q{i % 20}")
        estimator.abandon(now + 0.5, f"c{i}")
    assert len(estimator.lines) <= 7
    assert len(estimator.plans) <= 6
    assert len(estimator.agents.groups) <= 5
    assert all(len(line.ghosts) <= 5 and not line.said for line in estimator.lines.values())
