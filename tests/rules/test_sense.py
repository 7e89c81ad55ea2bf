"""What is called a contradiction is one, whatever the values; and the common mistakes are found."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from router.rules import All, AnyOf, Compare, Condition, Not, contradictions
from router.rules.sense import ALTERNATIVES_MAX, alternatives
from tests.rules.drawn import CONDITIONS, VALUES, naive


def oldest(relation: str, seconds: int) -> Compare:
    """A comparison of the oldest wait."""
    return Compare("queue", "sales", "oldest_wait_s", relation, seconds * 1_000_000)  # type: ignore[arg-type]  # a word


def idle(relation: str, agents: int) -> Compare:
    """A comparison of the idle agents of a team."""
    return Compare("team", "back", "idle", relation, agents)  # type: ignore[arg-type]  # a word


def found(when: Condition, until: Condition | None = None) -> list[tuple[str, bool]]:
    """Of which condition, and how certain."""
    return [(each.of, each.certain) for each in contradictions(when, until)]


@given(CONDITIONS, CONDITIONS, st.lists(VALUES, min_size=20, max_size=40))
@settings(max_examples=200)
def test_a_certain_contradiction_is_one(when: Condition, until: Condition, moments: list[dict]) -> None:  # type: ignore[type-arg]
    """Never, always and whenever are so for all values that were tried."""
    for each in contradictions(when, until):
        for values in moments:
            of = naive(when if each.of == "when" else until, values)
            if "never hold" in each.what:
                assert of is not True
            elif "always holds" in each.what:
                assert of is not False
            elif "whenever" in each.what:
                assert not (naive(when, values) is True and of is False)


def test_conditions_that_never_or_always_hold() -> None:
    """Over 60 and under 30 at once; over 10 or under 20; a share over 1; a count under 0."""
    assert found(All((oldest("above", 60), oldest("below", 30)))) == [("when", True)]
    assert found(AnyOf((oldest("above", 10), oldest("below", 20)))) == [("when", True)]
    assert found(Compare("queue", "sales", "service_level", "above", 1.0, 600_000_000)) == [("when", True)]
    assert found(idle("below", 0)) == [("when", True)]
    assert found(Not(idle("at_least", 0))) == [("when", True)]
    assert found(oldest("above", 60)) == found(All((oldest("above", 60), idle("at_least", 1)))) == []
    assert found(All((Compare("hours", "office", "open", "at_least", 1), oldest("above", 9)))) == []


def test_an_until_that_fights_its_when() -> None:
    """It never holds, always holds, holds whenever `when` does; or only where both do, which is a warning."""
    when = oldest("above", 60)
    assert found(when, oldest("below", 0)) == [("until", True)]
    assert found(when, oldest("at_least", 0)) == [("until", True)]
    assert found(when, oldest("above", 30)) == [("until", True)]
    assert found(when, oldest("below", 90)) == [("until", False)]
    assert found(when, oldest("below", 20)) == []
    assert found(when, idle("at_least", 3)) == [], "other signals are another matter"
    assert found(AnyOf((when, idle("below", 1))), All((oldest("below", 20), idle("at_least", 2)))) == []


def test_beyond_so_many_alternatives_nothing_is_said() -> None:
    """A condition that would make more than 256 alternatives is let be, in bounded time."""
    pairs = tuple(AnyOf((oldest("below", n), idle("above", n + 50))) for n in range(10, 30))
    assert alternatives(All(pairs)) is None or len(alternatives(All(pairs)) or []) <= ALTERNATIVES_MAX
    wide = All(
        tuple(AnyOf(tuple(Compare("queue", f"q{i}{j}", "waiting", "above", 1) for j in range(4))) for i in range(9))
    )
    assert alternatives(wide) is None
    assert found(wide) == []
