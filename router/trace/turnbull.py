"""A distribution from intervals: each observation says only that a time lay between two bounds.

The non-parametric maximum-likelihood estimate of such data (B. W. Turnbull, "The empirical distribution
function with arbitrarily grouped, censored and truncated data", J. R. Statist. Soc. B 38, 1976), by his
self-consistency iteration: spread each observation over the cells that it allows in proportion to the
present estimate, add up, repeat. It must not know what the times mean.

The one idea: cells are a second wide where most of the mass is and grow by a twentieth where it is thin, so
that an iteration costs the number of different observations, not of possible values.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate
from typing import Final

from router.terms import SECOND_US

FINE_S: Final = 60
"""Up to here a cell is one second wide."""
GROWTH: Final = 1.05
"""From there each cell is this much wider than the one before (at least a second)."""
ROUNDS_MOST: Final = 200
"""The estimate settles within some dozens of rounds; this bounds the work on any data."""
SETTLED: Final = 1e-4
"""Total mass that one round may still move when the iteration stops."""


def cell_edges(longest_us: int) -> list[int]:
    """Lower edges of the cells, in microseconds, the first 0, the last above `longest_us`."""
    edges = [second * SECOND_US for second in range(FINE_S)]
    edge, width = FINE_S * SECOND_US, float(SECOND_US)
    while edge <= longest_us:
        edges.append(edge)
        width *= GROWTH
        edge += int(width)
    edges.append(edge)
    return edges


class IntervalEstimate:
    """How long something lasts, estimated from (low, high) bounds in microseconds, low <= high."""

    def __init__(self, edges: list[int], mass: list[float]) -> None:
        self.edges = edges
        self.mass = mass
        self._below = [0.0, *accumulate(mass)]

    @classmethod
    def fit(cls, bounds: Iterable[tuple[int, int]]) -> IntervalEstimate:
        """The estimate; with no bounds at all, everything lasts no time."""
        pairs = list(bounds)
        edges = cell_edges(max((high for _, high in pairs), default=0))
        counts = Counter((_cell(edges, low), _cell(edges, high)) for low, high in pairs)
        cells = len(edges) - 1
        if not counts:
            return cls(edges, [1.0] + [0.0] * (cells - 1))
        mass = [1.0 / cells] * cells
        for _ in range(ROUNDS_MOST):
            fresh = _round(mass, counts, len(pairs))
            moved = sum(abs(new - old) for new, old in zip(fresh, mass, strict=True)) / 2
            mass = fresh
            if moved < SETTLED:
                break
        return cls(edges, mass)

    def share_below(self, time_us: int) -> float:
        """Share of times in the cells wholly below this one."""
        return self._below[_cell(self.edges, time_us)]

    def draw(self, low_us: int, high_us: int, rng: random.Random) -> int:
        """A time between the bounds, from the estimate given that it lies there; even within a cell."""
        first, last = _cell(self.edges, low_us), _cell(self.edges, high_us)
        floor, ceiling = self._below[first], self._below[last + 1]
        place = floor + rng.random() * (ceiling - floor)
        cell = min(max(bisect_right(self._below, place) - 1, first), last)
        least = max(low_us, self.edges[cell])
        most = min(high_us, self.edges[cell + 1])
        return least + int(rng.random() * max(0, most - least))


def _cell(edges: list[int], time_us: int) -> int:
    return min(max(bisect_right(edges, time_us) - 1, 0), len(edges) - 2)


def _round(mass: list[float], counts: Counter[tuple[int, int]], total: int) -> list[float]:
    """One self-consistency step: what each cell gets of each observation, as steps up and down, then
    summed."""
    below = [0.0, *accumulate(mass)]
    steps = [0.0] * (len(mass) + 1)
    for (first, last), count in counts.items():
        # Mass that underflowed to nothing would divide by zero; such cells stay without mass.
        share = count / max(below[last + 1] - below[first], 1e-300)
        steps[first] += share
        steps[last + 1] -= share
    return [old * weight / total for old, weight in zip(mass, accumulate(steps), strict=False)]
