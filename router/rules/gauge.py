"""One watched value, and the comparisons that read it.

A comparison turns at one edge. The one idea: between two edges nothing changes, so a new value is held against two
numbers, and only one that has left them makes anybody look.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from math import inf, nextafter
from typing import Literal, TypeAlias

from router.rules.signals import Key, signal_of

Value: TypeAlias = "int | float | None"
"""Times in microseconds, shares from 0 to 1; None: unknown."""
Relation: TypeAlias = Literal["above", "at_least", "below", "at_most"]


class Leaf:
    """A comparison of a gauge: what is true of it now, None where that is unknown."""

    __slots__ = ("edge", "rising", "truth")

    def __init__(self, edge: float, rising: bool) -> None:
        self.edge = edge
        """From this value on it is `rising`, below it the opposite."""
        self.rising = rising
        self.truth: bool | None = None

    def __call__(self) -> bool | None:
        """As it is known now."""
        return self.truth


def edge_of(relation: Relation, bound: float, whole: bool) -> tuple[float, bool]:
    """The edge of a comparison, and whether it is true from there on. Of whole numbers the next one is one more."""
    if relation in ("at_least", "below"):
        return bound, relation == "at_least"
    return (bound + 1 if whole else nextafter(bound, inf)), relation == "above"


class Gauge:
    """A value with its comparisons. It begins unknown."""

    __slots__ = ("_edges", "_known", "hi", "key", "leaves", "lo", "value")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.value: Value = None
        self.lo, self.hi = inf, -inf
        """While lo <= value < hi no comparison changes."""
        self.leaves: dict[tuple[float, bool], Leaf] = {}
        self._edges: list[float] = []
        self._known = False

    def leaf(self, relation: Relation, bound: float) -> Leaf:
        """The comparison, made where there was none."""
        edge = edge_of(relation, bound, signal_of(self.key).whole)
        leaf = self.leaves.get(edge)
        if leaf is None:
            leaf = self.leaves[edge] = Leaf(*edge)
            self._edges = sorted({*self._edges, edge[0]})
            self._known, self.lo, self.hi = False, inf, -inf
        return leaf

    def keep_only(self, edges: Collection[tuple[float, bool]]) -> None:
        """Nobody reads the others any more. What is true of those that stay is true still, and between edges that are
        gone too nothing else can be."""
        if len(edges) != len(self.leaves):
            self.leaves = {edge: leaf for edge, leaf in self.leaves.items() if edge in edges}
            self._edges = sorted({edge for edge, _ in self.leaves})

    def see(self, value: Value) -> bool:
        """The value is this now. Did what is true of it change?"""
        self.value = value
        if value is None:
            changed = self._known
            self._known, self.lo, self.hi = False, inf, -inf
            for leaf in self.leaves.values():
                leaf.truth = None
            return changed
        if self.lo <= value < self.hi:
            return False
        edges = self._edges
        at = bisect_right(edges, value)
        self.lo = edges[at - 1] if at else -inf
        self.hi = edges[at] if at < len(edges) else inf
        self._known = True
        for leaf in self.leaves.values():
            leaf.truth = (value >= leaf.edge) is leaf.rising
        return True

    def see_least(self, value: float) -> bool:
        """It is this at least, and nobody knows how much more. Did what is true of it change?"""
        self.value = None
        changed = False
        for leaf in self.leaves.values():
            truth = leaf.rising if value >= leaf.edge else None
            changed = changed or truth is not leaf.truth
            leaf.truth = truth
        self._known, self.lo, self.hi = any(value >= edge for edge in self._edges), inf, -inf
        return changed

    def edge_after(self, value: float) -> float:
        """The next value at which something turns; infinite where nothing does."""
        at = bisect_right(self._edges, value)
        return self._edges[at] if at < len(self._edges) else inf
