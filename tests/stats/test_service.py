"""Service level, means and quantiles at their edges."""

import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.stats import (
    COUNTS_AS,
    Occupancy,
    ServiceLevel,
    Variant,
    abandonment,
    mean_handle_us,
    mean_us,
    occupancy,
    quantile_us,
    service_level,
    team_occupancy,
)
from router.terms import SECOND_US, Outcome

WAITS = st.lists(st.integers(0, 100 * SECOND_US), max_size=30)
TARGET_US = 20 * SECOND_US


def test_nothing_is_unknown_everywhere() -> None:
    """No figure of an empty window is 0 or 100 %."""
    assert service_level([], [], target_us=TARGET_US).share is None
    assert mean_us([]) is None
    assert quantile_us([], 0.9) is None
    assert abandonment(0, 0) is None
    assert mean_handle_us(0, 0, 0, 0) is None
    assert occupancy(Occupancy(0, 0, 0)) is None
    assert occupancy(Occupancy(0, 60, 60)) is None
    assert team_occupancy([]) is None


def test_only_short_abandons_is_unknown() -> None:
    """A window in which all hung up at once has no service level; one who waited longer makes it 0."""
    short, late = 5 * SECOND_US, 5 * SECOND_US + 1
    assert service_level([], [short], target_us=TARGET_US) == ServiceLevel(0, 0)
    assert service_level([], [late], target_us=TARGET_US) == ServiceLevel(0, 1)


def test_edges_of_the_target() -> None:
    """At the target is within it, for the answered and for those who still wait."""
    assert service_level([TARGET_US], [], [TARGET_US], target_us=TARGET_US) == ServiceLevel(1, 1)
    assert service_level([TARGET_US + 1], [], [TARGET_US + 1], target_us=TARGET_US) == ServiceLevel(0, 2)


@given(WAITS, WAITS, WAITS, st.sampled_from(typing.get_args(Variant)))
def test_levels_of_parts_add_up(
    answered: list[int], abandoned: list[int], waiting: list[int], variant: Variant
) -> None:
    """The level of two halves together is the level of all, in every variant."""
    whole = service_level(answered, abandoned, waiting, target_us=TARGET_US, variant=variant)
    first = service_level(answered[::2], abandoned[::2], waiting[::2], target_us=TARGET_US, variant=variant)
    second = service_level(answered[1::2], abandoned[1::2], waiting[1::2], target_us=TARGET_US, variant=variant)
    assert first.plus(second) == whole
    assert 0 <= whole.met <= whole.counted


@given(WAITS.filter(bool), st.sampled_from((0.01, 0.5, 0.8, 0.9, 0.99, 1.0)))
def test_a_quantile_is_somebodys_wait(waits: list[int], part: float) -> None:
    """The quantile is one of the waits; at least that share does not exceed it, and less than it is below."""
    found = quantile_us(waits, part)
    assert found in waits
    assert found is not None
    assert sum(wait <= found for wait in waits) >= part * len(waits) - 1e-6
    assert sum(wait < found for wait in waits) < part * len(waits) + 1e-6


@pytest.mark.parametrize("part", [0.0, -0.1, 1.1])
def test_a_quantile_of_nonsense_is_refused(part: float) -> None:
    """Outside (0, 1] there is no quantile."""
    with pytest.raises(ValueError, match="quantile"):
        quantile_us([1], part)


def test_every_outcome_counts_in_one_way() -> None:
    """The table holds exactly the outcomes that the vocabulary has."""
    assert set(COUNTS_AS) == set(typing.get_args(Outcome))
