"""Conditions that make no sense: that can never hold, that always do, and an `until` that fights its `when`.

A condition is turned into alternatives (each a range for every value that it names), where that makes no more than
`ALTERNATIVES_MAX`; beyond it nothing is said. Different signals count as independent, so what is found is certain.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple, TypeAlias

from router.rules.condition import All, Compare, Condition, Not
from router.rules.gauge import edge_of
from router.rules.signals import Key, signal_of

ALTERNATIVES_MAX = 256

Ranges: TypeAlias = dict[Key, tuple[float, float]]
"""Value -> from the first on, below the second; never empty."""


class Contradiction(NamedTuple):
    """What is wrong with one of the two conditions."""

    of: str
    """`when` or `until`."""
    what: str
    certain: bool
    """False: allowed, and hardly meant."""


def contradictions(when: Condition, until: Condition | None) -> list[Contradiction]:
    """All that is wrong with a rule's conditions."""
    begins, never_begins = alternatives(when), alternatives(Not(when))
    found = []
    if begins == []:
        found.append(Contradiction("when", "can never hold", True))
    if never_begins == []:
        found.append(Contradiction("when", "always holds", True))
    if until is None or found:
        return found
    ends, never_ends = alternatives(until), alternatives(Not(until))
    if ends == []:
        return [Contradiction("until", "can never hold: the rule would never end", True)]
    if never_ends == []:
        return [Contradiction("until", "always holds: the rule would end as soon as it may", True)]
    if begins is None or ends is None or never_ends is None:
        return []
    if not _together(begins, never_ends):
        return [Contradiction("until", "holds whenever `when` does: the rule would end as soon as it may", True)]
    shared = {key for ranges in begins for key in ranges} & {key for ranges in ends for key in ranges}
    if shared and any(
        any(key in theirs for key in ours) for ours in begins for theirs in ends if _both(ours, theirs) is not None
    ):
        what = f"can hold while `when` does, by {min(shared).signal}: the rule would start and end by turns"
        return [Contradiction("until", what, False)]
    return []


def alternatives(condition: Condition, *, contrary: bool = False) -> list[Ranges] | None:
    """The ranges in which it holds, one for each alternative; empty: it never does. None: too many."""
    if isinstance(condition, Not):
        return alternatives(condition.part, contrary=not contrary)
    if isinstance(condition, Compare):
        ranges = _range(condition, contrary)
        return [] if ranges is None else [ranges]
    parts = [alternatives(part, contrary=contrary) for part in condition.parts]
    known = [part for part in parts if part is not None]
    if isinstance(condition, All) is contrary:
        found = None if len(known) < len(parts) else [ranges for part in known for ranges in part]
        return found if found is None or len(found) <= ALTERNATIVES_MAX else None
    if any(part == [] for part in known):
        return []
    if len(known) < len(parts):
        return None
    joined: list[Ranges] = [{}]
    for part in known:
        joined = [both for ours in joined for theirs in part if (both := _both(ours, theirs)) is not None]
        if len(joined) > ALTERNATIVES_MAX:
            return None
    return joined


def _range(test: Compare, contrary: bool) -> Ranges | None:
    edge, rising = edge_of(test.relation, test.bound, signal_of(test.key).whole)
    signal = signal_of(test.key)
    most = edge_of("above", 1, signal.whole)[0] if signal.unit in ("share", "yes") else inf
    low, high = (max(edge, 0.0), most) if rising is not contrary else (0.0, min(edge, most))
    return {test.key: (low, high)} if low < high else None


def _both(ours: Ranges, theirs: Ranges) -> Ranges | None:
    """Both at once; None where that can't be."""
    both = dict(ours)
    for key, (low, high) in theirs.items():
        mine = both.get(key, (-inf, inf))
        shared = (max(low, mine[0]), min(high, mine[1]))
        if shared[0] >= shared[1]:
            return None
        both[key] = shared
    return both


def _together(ours: list[Ranges], theirs: list[Ranges]) -> bool:
    return any(_both(one, other) is not None for one in ours for other in theirs)
