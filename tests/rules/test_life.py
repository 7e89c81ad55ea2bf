"""The life of a rule: it starts and ends when it should, and never turns more often than its times allow."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from router.rules import HOUR_US, Life, Times

S = 1_000_000
TIMES = st.builds(
    Times,
    st.sampled_from((0, 5 * S, 30 * S)),
    st.sampled_from((1 * S, 10 * S, 60 * S)),
    st.sampled_from((0, 1 * S, 20 * S)),
    st.integers(0, 3),
)
TRUTH = st.sampled_from((True, False, None))


def run(times: Times, moments: list[tuple[int, bool | None, bool | None]]) -> list[tuple[int, str]]:
    """What turned, and when: it is looked at at each of these times, and at its own deadlines between them."""
    life, now_us = Life(), 0
    turns: list[tuple[int, str]] = []
    begins: bool | None = None
    ends: bool | None = None
    for at_us, next_begins, next_ends in [*moments, (HOUR_US * 9, begins, ends)]:
        for _ in range(1000):
            due_us = life.next_us(times, begins, ends)
            if not 0 < due_us <= at_us or due_us <= now_us:
                break
            now_us = due_us
            turned = life.look(times, now_us, begins, ends)
            if turned:
                turns.append((now_us, turned))
        now_us, begins, ends = at_us, next_begins, next_ends
        turned = life.look(times, now_us, begins, ends)
        if turned:
            turns.append((now_us, turned))
    return turns


MOMENTS = st.lists(st.tuples(st.integers(0, 40 * S), TRUTH, TRUTH), max_size=60).map(
    lambda steps: [(sum(step[0] for step in steps[: n + 1]), *steps[n][1:]) for n in range(len(steps))]
)


@given(TIMES, MOMENTS)
@settings(max_examples=300)
def test_no_rule_turns_more_often_than_its_times_allow(
    times: Times, moments: list[tuple[int, bool | None, bool | None]]
) -> None:
    """Whatever flaps: starts and ends alternate, active at least so long, apart at least so long, so many an hour."""
    turns = run(times, moments)
    assert [what for _, what in turns] == ["started", "ended"] * (len(turns) // 2) + ["started"] * (len(turns) % 2)
    for (before_us, what), (at_us, _) in pairwise(turns):
        assert at_us - before_us >= (times.active_least_us if what == "started" else times.cool_down_us)
    starts = [at_us for at_us, what in turns if what == "started"]
    if times.per_hour_most:
        for first_us, last_us in zip(starts, starts[times.per_hour_most :], strict=False):
            assert last_us - first_us >= HOUR_US


@given(TIMES, MOMENTS)
def test_what_is_unknown_turns_nothing(times: Times, moments: list[tuple[int, bool | None, bool | None]]) -> None:
    """A start needs a condition that is true in that moment, an end one that ends it."""
    life, begins, ends = Life(), None, None
    for at_us, begins, ends in moments:
        turned = life.look(times, at_us, begins, ends)
        assert not (turned == "started" and begins is not True)
        assert not (turned == "ended" and ends is not True)
        assert life.next_us(times, None, None) in (0, life.since_us + times.cool_down_us)


def test_it_must_have_held_for_so_long_and_a_moment_of_false_begins_anew() -> None:
    """30 s: from 0 to 29 and from 30 on is not enough before 60; unknown in between does not interrupt."""
    times = Times(30 * S, 60 * S, 60 * S)
    assert run(times, [(0, True, False), (29 * S, False, False), (30 * S, True, False)])[0] == (60 * S, "started")
    assert run(times, [(0, True, False), (10 * S, None, None), (20 * S, True, False)])[0] == (30 * S, "started")
    assert run(times, [(0, True, False), (10 * S, None, None), (45 * S, True, False)])[0] == (45 * S, "started")


def test_until_keeps_it_between_two_thresholds() -> None:
    """Without its condition it goes on until `until` holds; and it cools down before it starts again."""
    times = Times(0, 10 * S, 20 * S)
    turns = run(times, [(0, True, False), (15 * S, False, False), (40 * S, False, True), (41 * S, True, False)])
    assert turns[:3] == [(0, "started"), (40 * S, "ended"), (60 * S, "started")]


def test_a_stop_forgets_all_but_how_often_it_started() -> None:
    """Paused while active it is inactive at once; afterwards it must hold anew, and its starts of the hour count."""
    times = Times(5 * S, 10 * S, 20 * S, per_hour_most=1)
    life = Life()
    life.look(times, 0, begins=True, ends=False)
    assert life.state == "pending"
    assert life.look(times, 5 * S, begins=True, ends=False) == "started"
    assert life.stop(6 * S)
    assert not life.stop(7 * S)
    assert life.state == "inactive"
    assert life.look(times, 100 * S, begins=True, ends=False) == ""
    assert life.next_us(times, begins=True, ends=False) == 5 * S + HOUR_US


class AnyLife(RuleBasedStateMachine):
    """A rule looked at in any order, paused now and then: what its fields say stays true."""

    def __init__(self) -> None:
        super().__init__()
        self.life, self.now_us, self.times = Life(), 0, Times(5 * S, 10 * S, 20 * S, per_hour_most=2)

    @rule(passed_us=st.integers(0, 30 * S), begins=TRUTH, ends=TRUTH)
    def looked_at(self, passed_us: int, begins: bool | None, ends: bool | None) -> None:
        """Time passes, and it is looked at."""
        self.now_us += passed_us
        self.life.look(self.times, self.now_us, begins, ends)
        due_us = self.life.next_us(self.times, begins, ends)
        assert due_us == 0 or due_us > self.now_us

    @rule()
    def stopped(self) -> None:
        """A person pauses it."""
        self.life.stop(self.now_us)

    @invariant()
    def fields_agree(self) -> None:
        """Pending is since its condition held; nothing lies in the future; starts are limited."""
        life = self.life
        assert life.since_us <= self.now_us
        assert len(life.starts) <= self.times.per_hour_most
        if life.state == "pending":
            assert life.held_us == life.since_us
        if life.state == "inactive":
            assert life.held_us == -1


TestAnyLife = AnyLife.TestCase
