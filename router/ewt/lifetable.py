"""Life tables: how long talks, wrap-ups, pick-ups and patience last, learned one life at a time.

What lives here: `LifeTable` (decayed counts in geometric age bins) and `Hazard` (the fitted curve).
What it must not know: queues, agents, the time of day.
The idea: a life that lasted d crossed every age bin below d and ended, or was cut off, in its last
one.  Only the last bin is written, so a life costs O(1); exposure is summed when a curve is fitted.

Sources: the occurrence/exposure estimate of a piecewise constant hazard (actuarial life table;
Cox and Oakes, Analysis of Survival Data, 1984, chapter 4).  Exponential forgetting by growing weights.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from math import exp, expm1, isfinite, log
from operator import mul
from typing import Any, Final

AGE_FIRST_S: Final = 2.0
AGE_RATIO: Final = 1.25
AGE_BINS: Final = 48
"""Bins reach 2 s x 1.25^46 = 16 hours: e-mail and tickets fit in, the first bins are finer than a ring."""

UPPER_S: Final[tuple[float, ...]] = tuple(AGE_FIRST_S * AGE_RATIO**i for i in range(AGE_BINS - 1))
LOWER_S: Final[tuple[float, ...]] = (0.0, *UPPER_S)
WIDTH_S: Final[tuple[float, ...]] = tuple(
    (UPPER_S[i] if i < AGE_BINS - 1 else LOWER_S[i] * AGE_RATIO) - LOWER_S[i] for i in range(AGE_BINS)
)
MIDDLE_S: Final[tuple[float, ...]] = tuple(LOWER_S[i] + WIDTH_S[i] / 2 for i in range(AGE_BINS))
LIFE_MAX_S: Final = 10 * LOWER_S[-1]
"""A longer life is a lost event, and counts as that long."""
HAZARD_MAX_PER_S: Final = 1e3
"""A hazard is never higher: it is a life of a millisecond, which nobody can tell from none."""
WALK_STEPS: Final = (1e-6, 1e-3, 4e-3, 0.016, 0.064, 0.25, 1.0, 4.0)
"""Variances of a step of the logarithm of the hazard from bin to bin that are tried."""
LITTLE_EVENTS: Final = 0.05
"""A bin where fewer events than this could be expected says nothing."""
WEIGHT_MAX: Final = 1e6
"""Weights are scaled back when the newest passes this, long before doubles lose digits."""


BINS_A_FOLD: Final = 1 / log(AGE_RATIO)


def age_bin(age_s: float) -> int:
    """The bin of an age in seconds (0 for negative ones). Found by the logarithm, which may be a bin off where one
    ends: then it is moved. Compiled that is a quarter of the time of a bisection."""
    if age_s < AGE_FIRST_S:
        return 0
    if not age_s < UPPER_S[AGE_BINS - 2]:
        return AGE_BINS - 1
    i = int(log(age_s / AGE_FIRST_S) * BINS_A_FOLD) + 1
    while UPPER_S[i] <= age_s:
        i += 1
    while UPPER_S[i - 1] > age_s:
        i -= 1
    return i


class Hazard:
    """A piecewise constant hazard: `rates` a second by bin, `cumulative` at the bins' lower ends."""

    __slots__ = ("cumulative", "mean_s", "rates")

    def __init__(self, rates: list[float]) -> None:
        """`rates`: one per age bin, each > 0."""
        self.rates = rates
        total = 0.0
        self.cumulative = []
        mean = 0.0
        for rate, width in zip(rates, WIDTH_S, strict=True):
            self.cumulative.append(total)
            mean += exp(-total) * -expm1(-rate * width) / rate
            total += rate * width
        self.mean_s = mean + exp(-total) / rates[-1]

    def upto(self, age_s: float) -> float:
        """Cumulative hazard from age 0 to `age_s`."""
        i = age_bin(age_s)
        return self.cumulative[i] + self.rates[i] * (age_s - LOWER_S[i])

    def survival(self, age_s: float) -> float:
        """Probability to live longer than `age_s`."""
        return exp(-self.upto(age_s))

    def age_at(self, age_s: float, level: float) -> float:
        """The age that a life of age `age_s` reaches with probability 1 - `level`."""
        target = self.upto(age_s) - log(1 - level)
        i = bisect_right(self.cumulative, target) - 1
        return LOWER_S[i] + (target - self.cumulative[i]) / self.rates[i]


class LifeTable:
    """Decayed counts of lives by age bin; see the module's docstring."""

    __slots__ = ("_fresh", "_grow", "_prior_s", "ended", "events", "lives", "part", "usual", "weight")

    def __init__(self, prior_mean_s: float, half_life_lives: float) -> None:
        """`prior_mean_s`: mean life believed before data, worth two lives."""
        self._prior_s = prior_mean_s
        self._grow = 2.0 ** (1.0 / half_life_lives)
        self.events = [0.0] * AGE_BINS
        self.ended = [0.0] * AGE_BINS
        self.part = [0.0] * AGE_BINS
        self.weight = 1.0
        self.lives = 0
        self.usual = 0.0
        self._fresh = 0

    def add(self, life_s: float, died: bool) -> None:
        """Count one life: it `died` at `life_s`, or was last seen alive then (censored)."""
        life_s = min(life_s, LIFE_MAX_S)
        i = age_bin(life_s)
        weight = self.weight
        self._fresh += 1
        self.ended[i] += weight
        self.part[i] += weight * (life_s - LOWER_S[i])
        if died:
            self.events[i] += weight
            self.lives += 1
        self.weight = weight * self._grow
        if self.weight > WEIGHT_MAX:
            self._rescale()

    def _rescale(self) -> None:
        factor = 1.0 / self.weight
        self.events = [x * factor for x in self.events]
        self.ended = [x * factor for x in self.ended]
        self.part = [x * factor for x in self.part]
        self.weight = 1.0

    def mean_s(self) -> float:
        """Mean life, the prior's two lives counted in; O(bins)."""
        beyond = exposure = 0.0
        for i in range(AGE_BINS - 1, -1, -1):
            exposure += self.part[i] + beyond * WIDTH_S[i]
            beyond += self.ended[i]
        return (2 * self._prior_s + exposure / self.weight) / (2 + sum(self.events, 0.0) / self.weight)

    def fit(self, running: Iterable[tuple[float, float]] = ()) -> Hazard:
        """The hazard by bin.  `running`: (age in s, how many) of lives that go on now.

        They must be counted: without them a growing queue looks impatient.  But a life counts whole when it ends,
        its early part with a newer weight than it had then, which makes up for as many running lives as there
        `usual`ly are; so only those beyond that are added.
        """
        factor = 1.0 / self.weight
        ended = [x * factor for x in self.ended]
        part = [x * factor for x in self.part]
        running = list(running)
        many = sum((count for _, count in running), 0.0)
        beyond_usual = max(0.0, 1 - self.usual / many) if many else 0.0
        for age, count in running:
            i = age_bin(age)
            ended[i] += count * beyond_usual
            part[i] += count * beyond_usual * (age - LOWER_S[i])
        self.usual += (many - self.usual) * (1 - self._grow**-self._fresh)
        self._fresh = 0
        exposure = [0.0] * AGE_BINS
        beyond = 0.0
        for i in range(AGE_BINS - 1, -1, -1):
            exposure[i] = part[i] + beyond * WIDTH_S[i]
            beyond += ended[i]
        events = [x * factor for x in self.events]
        died = sum(events, 0.0)
        base = (2 + died) / (2 * self._prior_s + sum(exposure, 0.0))
        rates = smooth(events, exposure, base)
        due = sum(map(mul, rates, exposure), 0.0)
        level = (2 + died) / (2 + due)
        return Hazard([min(rate * level, HAZARD_MAX_PER_S) for rate in rates])

    def dump(self) -> dict[str, Any]:
        """The learned counts, scaled to a newest weight of 1."""
        factor = 1.0 / self.weight
        return {
            "lives": self.lives,
            "usual": self.usual,
            "events": [x * factor for x in self.events],
            "ended": [x * factor for x in self.ended],
            "part": [x * factor for x in self.part],
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take counts from `dump`; ValueError if they are not that, and then nothing changes."""
        events, ended, part = (numbers(state.get(key), AGE_BINS) for key in ("events", "ended", "part"))
        lives, self.usual = int(number(state.get("lives"))), number(state.get("usual"))
        self.lives = lives
        self.events, self.ended, self.part, self.weight = events, ended, part, 1.0


def smooth(events: list[float], exposure: list[float], base: float) -> list[float]:
    """Hazards by bin from events and exposure, each bin helped by its neighbours as far as they are alike.

    The logarithm of the hazard is taken for a random walk over the bins, seen with variance 1/(events + 1/2).  How
    far it steps is chosen by likelihood: not at all for exponential lives, whose bins are then pooled.  `base` is
    the mean hazard, for bins that nobody reached.  Filter and smoother: Kalman 1960; Rauch, Tung, Striebel 1965.
    """
    values: list[float] = []
    noises: list[float] = []
    for died, exposed in zip(events, exposure, strict=True):
        known = exposed * base > LITTLE_EVENTS or died > LITTLE_EVENTS
        rate = (died + 0.5) / max(exposed + 0.5 / base, 1e-9)
        values.append(log(min(max(rate, 1e-12), HAZARD_MAX_PER_S)))
        noises.append(1 / (died + 0.5) if known else 1e9)
    start = log(min(max(base, 1e-12), HAZARD_MAX_PER_S))
    step = max(WALK_STEPS, key=lambda step: _filter(values, noises, start, step, None))
    walk: list[tuple[float, float]] = []
    _filter(values, noises, start, step, walk)
    last, rates = walk[-1][0], []
    for mean, variance in reversed(walk):
        last = mean + variance / (variance + step) * (last - mean) if variance > 0 else mean
        rates.append(min(exp(last), HAZARD_MAX_PER_S))
    return rates[::-1]


def _filter(
    values: list[float], noises: list[float], start: float, step: float, walk: list[tuple[float, float]] | None
) -> float:
    """One pass over the bins: the log likelihood; `walk` gets (mean, variance) after each."""
    mean, variance, fit = start, 1.0, 0.0
    for i, noise in enumerate(noises):
        spread = variance + noise
        miss = values[i] - mean
        fit -= 0.5 * (log(spread) + miss * miss / spread)
        mean += variance / spread * miss
        variance *= noise / spread
        if walk is not None:
            walk.append((mean, variance))
        variance += step
    return fit


def number(value: object) -> float:
    """A finite number >= 0 out of stored state, or ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < 0:
        raise ValueError(f"stored state: expected a finite number from 0, found {value!r}")
    return float(value)


def mapping(value: object) -> dict[Any, Any]:
    """A table out of stored state, or ValueError."""
    if not isinstance(value, dict):
        raise ValueError(f"stored state: expected a table, found {value!r:.40}")  # noqa: TRY004 - a bad stored value
    return value


def numbers(value: object, count: int) -> list[float]:
    """A list of `count` finite numbers >= 0 out of stored state, or ValueError."""
    if not isinstance(value, list) or len(value) != count:
        raise ValueError(f"stored state: expected a list of {count} numbers")
    return [number(item) for item in value]
