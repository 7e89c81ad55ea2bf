"""Renewal tables: for each state of an agent, when this agent will take the next caller.

What lives here: the laws of one queue on a time grid, built from its life tables in slices.
What it must not know: which agents there are, who waits, what time it is.
The idea: an agent in talk of age a is free after the residual talk, then wrap-up, then pick-up; how long
that is has a law for each age bin, so that an estimate only counts agents by bin and adds laws up.

Grid: step k of a *first* law is the mass in (k dt, (k+1) dt]; step i of a law of *whole* pieces (wrap-up,
cycle) is the mass in ((i-1/2) dt, (i+1/2) dt], so that their convolution is again a first law, unshifted.

Sources: renewal function and second factorial moment of a delayed renewal process, M = F + F*u and
E N(N-1) = 2 F*u*(1+u) (Cox, Renewal Theory, 1962, chapters 4 and 5).
"""

from __future__ import annotations

from collections.abc import Generator
from itertools import accumulate
from math import exp
from typing import Final

from router.ewt.lifetable import AGE_BINS, LOWER_S, MIDDLE_S, UPPER_S, WIDTH_S, Hazard

GRID_STEPS: Final = 80
POINTS: Final = (1, 2, 3, 5, 7, 10, 14, 20, 30, 45, 60, 80)
"""Grid steps at which mean and variance of the takes of one agent are kept: they are smooth."""

Vector = list[float]


class StateLaw:
    """One state and age of an agent.

    `first`: law of the next take by grid step.  `mean`, `variance`: of the number of takes at `POINTS`, when
    every take is followed by a cycle.  `hazard`: cumulative talk hazard at this age (0 out of talk).
    """

    __slots__ = ("first", "hazard", "mean", "variance")

    def __init__(self, first: Vector, mean: Vector, variance: Vector, hazard: float) -> None:
        self.first = first
        self.mean = mean
        self.variance = variance
        self.hazard = hazard


class QueueLaws:
    """The laws of agents who talk to, wrap up after, or pick up from one queue; grid step `dt_s`."""

    __slots__ = (
        "cycle", "cycle_mean_s", "dt_s", "patience", "pick", "running_hazard", "running_weight", "talk", "wrap",
    )  # fmt: skip

    def __init__(self, dt_s: float, talk: Hazard, wrap: Hazard, pick: Hazard, patience: Hazard) -> None:
        """Whole-cycle law only; `build` adds the laws by state."""
        self.dt_s = dt_s
        self.patience = patience
        self.cycle_mean_s = talk.mean_s + wrap.mean_s + pick.mean_s
        self.running_hazard, self.running_weight = _running_hazard(talk)
        self.cycle = whole(talk, dt_s)
        self.talk: list[StateLaw] = []
        self.wrap: list[StateLaw] = []
        self.pick: list[StateLaw] = []


def whole(hazard: Hazard, dt_s: float) -> Vector:
    """The law of a whole life, on the half-shifted grid; what is beyond the grid is left out."""
    last = 1.0
    law = []
    for i in range(GRID_STEPS):
        alive = hazard.survival((i + 0.5) * dt_s)
        law.append(last - alive)
        last = alive
    return law


def residual(hazard: Hazard, age_s: float, dt_s: float) -> Vector:
    """The law of what is left of a life of age `age_s`, on the first-law grid."""
    base = hazard.upto(age_s)
    last = 1.0
    law = []
    for i in range(1, GRID_STEPS + 1):
        alive = exp(base - hazard.upto(age_s + i * dt_s))
        law.append(last - alive)
        last = alive
    return law


def convolve(first: Vector, second: Vector) -> Vector:
    """The law of the sum, cut at the grid's end."""
    return first if second[0] > 0.9999 else _plain(first, second)


def renewals(cycle: Vector) -> Vector:
    """Expected renewals by step after one at step 0.  `cycle[0]` must be 0."""
    turned = cycle[::-1]
    top = GRID_STEPS - 1
    out: Vector = [0.0]
    for k in range(1, GRID_STEPS):
        out.append(cycle[k] + product(out, turned, top - k, k))
    return out


def build(dt_s: float, talk: Hazard, wrap: Hazard, pick: Hazard, patience: Hazard) -> Generator[None, None, QueueLaws]:
    """Build a queue's laws, one state at a time: each `next` costs under a millisecond."""
    laws = QueueLaws(dt_s, talk, wrap, pick, patience)
    picked = whole(pick, dt_s)
    after = convolve(whole(wrap, dt_s), picked)
    laws.cycle = convolve(laws.cycle, after)
    laws.cycle[1] += laws.cycle[0]
    laws.cycle[0] = 0.0
    u = renewals(laws.cycle)
    pair = [2 * (a + b) for a, b in zip(u, _plain(u, u), strict=True)]
    sums = _turned_sums(u), _turned_sums(pair)
    yield
    laws.talk = yield from _states(talk, after, dt_s, sums, True)
    laws.wrap = yield from _states(wrap, picked, dt_s, sums, False)
    laws.pick = yield from _states(pick, [1.0] + [0.0] * (GRID_STEPS - 1), dt_s, sums, False)
    return laws


def _turned_sums(law: Vector) -> Vector:
    """Sums up to each step, the last one first: with them the sum of a convolution is one product of vectors."""
    return list(accumulate(law))[::-1]


def product(one: Vector, other: Vector, begin: int, count: int) -> float:
    """The sum of the products of the first `count` numbers of one, and as many of the other from `begin` on. A plain
    loop: compiled it is four times as fast as `sum` over `map`, and adds up in the same order."""
    total = 0.0
    for i in range(count):
        total += one[i] * other[begin + i]
    return total


def _plain(first: Vector, second: Vector) -> Vector:
    turned = second[::-1]
    top = GRID_STEPS - 1
    return [product(first, turned, top - k, k + 1) for k in range(GRID_STEPS)]


def _states(
    hazard: Hazard, after: Vector, dt_s: float, sums: tuple[Vector, Vector], talking: bool
) -> Generator[None, None, list[StateLaw]]:
    """One law per age bin; bins finer than half a step, and bins that hardly anyone reaches, share one."""
    out: list[StateLaw] = []
    shared = False
    for i in range(AGE_BINS):
        tail = hazard.cumulative[i] > 12.0
        fine = i > 0 and UPPER_S[min(i, AGE_BINS - 2)] < dt_s / 2
        if out and ((tail and shared) or fine):
            out.append(out[-1])
            continue
        shared = tail
        first = convolve(residual(hazard, MIDDLE_S[i], dt_s), after)
        out.append(_law(first, sums, hazard.upto(MIDDLE_S[i]) if talking else 0.0))
        yield
    return out


def _law(first: Vector, sums: tuple[Vector, Vector], hazard: float) -> StateLaw:
    """Moments of the number of takes: E[N] = F + F*u and E[N(N-1)] = F*(2u + 2u*u), summed up to each point."""
    again, pairs = sums
    mean: Vector = []
    variance: Vector = []
    for point in POINTS:
        count = sum(first[:point], 0.0) + product(first, again, GRID_STEPS - point, point)
        second = product(first, pairs, GRID_STEPS - point, point)
        mean.append(count)
        variance.append(max(0.0, second + count - count * count))
    return StateLaw(first, mean, variance, hazard)


def _running_hazard(talk: Hazard) -> tuple[float, float]:
    """Of a talk seen at a random moment: the mean of its cumulative hazard, and mean^2 / variance (1 at most).

    Its age has density S(a)/mean; bins are walked at their middles.  Both are 1 for exponential talks; talks of
    nearly equal length say little until they are over.
    """
    weighted = squares = total = 0.0
    for middle, width, lower in zip(MIDDLE_S, WIDTH_S, LOWER_S, strict=True):
        if lower > 0 and talk.upto(lower) > 30:
            break
        hazard = talk.upto(middle)
        alive = exp(-hazard) * width
        weighted += alive * hazard
        squares += alive * hazard * hazard
        total += alive
    if total <= 0:
        # Talks that are over at once: none is ever seen in progress.
        return 1.0, 1.0
    mean = max(weighted / total, 1e-3)
    return mean, min(1.0, mean * mean / max(squares / total - mean * mean, 1e-9))
