"""Conditions against their plainest reading, and gauges that look only where an edge was passed."""

from __future__ import annotations

from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.rules import All, AnyOf, Compare, Condition, Gauge, Key, Leaf, Not, compares_in, compiled, said
from router.rules.condition import Truth
from tests.rules.drawn import CONDITIONS, KEYS, VALUES, WAITING, naive

Row: TypeAlias = dict[Key, float | None]


def gauges_of(condition: Condition) -> tuple[dict[Key, Gauge], Truth]:
    """A gauge for every value, and the condition over them."""
    gauges = {key: Gauge(key) for key in KEYS}

    def leaf_of(test: Compare) -> Leaf:
        return gauges[test.key].leaf(test.relation, test.bound)

    return gauges, compiled(condition, leaf_of)


@given(CONDITIONS, st.lists(VALUES, min_size=1, max_size=8))
def test_a_condition_says_what_its_tables_say(condition: Condition, moments: list[Row]) -> None:
    """After any row of values the closure gives what Kleene's tables give, unknown values included."""
    gauges, truth = gauges_of(condition)
    assert truth() is None or not list(compares_in(condition))
    for values in moments:
        for key, gauge in gauges.items():
            gauge.see(values[key])
        assert truth() is naive(condition, values)


@given(CONDITIONS, st.lists(VALUES, min_size=2, max_size=10))
def test_a_gauge_is_silent_only_while_nothing_turns(
    condition: Condition, moments: list[dict[Key, float | None]]
) -> None:
    """Where `see` says that nothing has changed no comparison has; and between two edges it says nothing."""
    gauges, truth = gauges_of(condition)
    before = truth()
    for values in moments:
        loud = [gauge.see(values[key]) for key, gauge in gauges.items()]
        if not any(loud):
            assert truth() is before
        before = truth()
        for gauge in gauges.values():
            assert not gauge.leaves or gauge.value is None or gauge.lo <= gauge.value < gauge.hi


def test_a_gauge_looks_at_nothing_between_its_edges() -> None:
    """Ten thousand arrivals under a threshold of 20,000 turn nothing, and are not looked at."""
    gauge = Gauge(WAITING)
    leaf = gauge.leaf("above", 20_000)
    assert gauge.see(0)
    assert [value for value in range(20_002) if gauge.see(value)] == [20_001]
    assert leaf.truth
    assert gauge.see(20_000)
    assert not leaf.truth


def test_a_comparison_that_comes_later_is_looked_at() -> None:
    """A rule that is added while the value stands still is known at the next look."""
    gauge = Gauge(WAITING)
    assert gauge.leaf("above", 3) is gauge.leaf("above", 3)
    gauge.see(5)
    later = gauge.leaf("at_most", 4)
    assert gauge.see(5)
    assert later.truth is False


@pytest.mark.parametrize(
    ("test", "value", "words"),
    [
        (Compare("queue", "sales", "oldest_wait_s", "above", 60_000_000), 75_250_000,
         "oldest_wait_s of queue sales 75.2, above 60"),
        (Compare("site", "", "waiting", "at_least", 20), 21, "waiting of site 21, at_least 20"),
        (Compare("queue", "sales", "service_level", "below", 0.8, 900_000_000), None,
         "service_level of queue sales over 900 s unknown, below 0.8"),
        (Compare("hours", "office", "open", "at_least", 1), 0, "hours office no, open"),
        (Compare("rule", "help", "active", "at_least", 1), 1, "rule help yes, active"),
    ],
)  # fmt: skip
def test_a_comparison_in_words(test: Compare, value: float | None, words: str) -> None:
    """What stands in the audit: the signal, of what, its value, and the bound."""
    assert said(test, value, told=True) == words


def test_all_and_any_and_not_of_unknown() -> None:
    """The three rules by name: false beats unknown in `all`, true in `any`; `not` of unknown is unknown."""
    gauges, _ = gauges_of(All(()))
    sure, unsure = gauges[WAITING].leaf("above", 1), Leaf(1, rising=True)
    leaves = iter((sure, unsure, unsure, sure, unsure))
    one = Compare("queue", "sales", "waiting", "above", 1)
    whole = [compiled(each, lambda _: next(leaves)) for each in (All((one, one)), AnyOf((one, one)), Not(one))]
    gauges[WAITING].see(0)
    assert [truth() for truth in whole] == [False, None, None]
    gauges[WAITING].see(2)
    assert [truth() for truth in whole] == [None, True, None]
