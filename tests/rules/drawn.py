"""Conditions and values drawn for tests, and what is true of them by the plainest reading."""

from __future__ import annotations

from hypothesis import strategies as st

from router.rules import All, AnyOf, Compare, Condition, Key, Not

WAITING = Key("queue", "sales", "waiting")
IDLE = Key("team", "back", "idle")
LEVEL = Key("queue", "sales", "service_level", 600_000_000)
KEYS = (WAITING, IDLE, LEVEL)
RELATIONS = ("above", "at_least", "below", "at_most")


def bound_of(key: Key) -> st.SearchStrategy[float]:
    """Few bounds, so that they meet."""
    return st.sampled_from((0.0, 0.25, 0.5, 1.0)) if key is LEVEL else st.integers(0, 4).map(float)


def value_of(key: Key) -> st.SearchStrategy[float | None]:
    """A value between, at and beyond the bounds; or unknown."""
    values = st.sampled_from((0.0, 0.1, 0.25, 0.3, 0.5, 1.0)) if key is LEVEL else st.integers(0, 6)
    return st.none() | values


LEAVES = st.sampled_from(KEYS).flatmap(
    lambda key: st.builds(
        lambda relation, bound: Compare(key.scope, key.subject, key.signal, relation, bound, key.window_us),
        st.sampled_from(RELATIONS),
        bound_of(key),
    )
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)
VALUES = st.fixed_dictionaries({key: value_of(key) for key in KEYS})


def naive(condition: Condition, values: dict[Key, float | None]) -> bool | None:
    """What is true of it, by Kleene's tables: false < unknown < true, all is the least, any the most."""
    if isinstance(condition, Compare):
        value = values[condition.key]
        if value is None:
            return None
        bound = condition.bound
        match condition.relation:
            case "above":
                return value > bound
            case "at_least":
                return value >= bound
            case "below":
                return value < bound
            case _:
                return value <= bound
    if isinstance(condition, Not):
        found = naive(condition.part, values)
        return None if found is None else not found
    order = (False, None, True)
    ranks = [order.index(naive(part, values)) for part in condition.parts]
    return order[min(ranks) if isinstance(condition, All) else max(ranks)]
