"""Arrival rate and pace: the two quick measures of change, each believed only beyond its own noise.

What lives here: `Rate` (fast and slow decayed counters of arrivals) and `Pace` (how much slower than the
life tables say talks are now).  What it must not know: queues, laws, estimates.
The idea: a quick measure is noisy, a slow one is late; weight goes over to the quick one only when it disagrees by
more than chance explains: max(0, 1 - variance/deviation^2) for arrivals, the odds of a change for the pace.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, log
from typing import Any, Final

from router.ewt.lifetable import numbers

RATE_DOUBT_RATIO: Final = 2.0
"""How many variances of chance a faster counter must be off before it is believed at all."""
PACE_HAZARD_MAX: Final = 20.0
"""One talk counts as at most this: a forgotten call must not slow a whole centre."""
PACE_PRIOR_LIVES: Final = 4.0
"""Lives of the pace believed so far that are added to a window: few lives of any pace are no news."""
PACE_GAIN_MAX: Final = 50.0
"""Odds beyond e to the power of this are certainty."""
PACE_MIN: Final = 0.2
"""Talks are never believed to be shorter than this share of their tables."""
FADES_PER_SPAN: Final = 40.0
"""Counts fade so many times in the shortest time constant: arrivals since the last time count as of now."""


class Rate:
    """Arrivals a second by decayed counters, from the slowest to the fastest."""

    __slots__ = ("_counts", "_fresh", "_last_s", "_next_s", "_seen_s", "_spans_s")

    def __init__(self, *spans_s: float) -> None:
        """`spans_s`: time constants, falling."""
        self._spans_s = spans_s
        self._counts = [0.0] * len(spans_s)
        self._seen_s = [0.0] * len(spans_s)
        self._last_s = self._next_s = -1.0
        self._fresh = 0.0

    def _forward(self, now_s: float) -> None:
        """Let counts, and the time that they stand for, fade up to now; then add the fresh arrivals."""
        fresh, self._fresh = self._fresh, 0.0
        if self._last_s < 0:
            self._last_s = now_s
        gap = now_s - self._last_s
        if gap <= 0:
            if fresh:
                self._counts = [count + fresh for count in self._counts]
            return
        self._last_s = now_s
        self._next_s = now_s + self._spans_s[-1] / FADES_PER_SPAN
        for i, span in enumerate(self._spans_s):
            keep = exp(-gap / span)
            self._counts[i] = self._counts[i] * keep + fresh
            self._seen_s[i] = self._seen_s[i] * keep + span * (1 - keep)

    def arrival(self, now_s: float) -> None:
        """Count one arrival; cheap, since counts fade only now and then."""
        self._fresh += 1
        if now_s >= self._next_s:
            self._forward(now_s)

    def arrivals(self, now_s: float, count: float) -> None:
        """Count several at once, or what one of a sample stands for."""
        self._fresh += count
        if now_s >= self._next_s:
            self._forward(now_s)

    def per_s(self, now_s: float) -> float:
        """The rate believed now: each faster counter counts by how far it is beyond chance.

        A decayed count of time constant tau has variance rate/(2 tau).
        """
        self._forward(now_s)
        least = self._spans_s[-1] / 4
        rate = self._counts[0] / max(self._seen_s[0], least)
        for count, seen, span in zip(self._counts[1:], self._seen_s[1:], self._spans_s[1:], strict=True):
            change = count / max(seen, least) - rate
            variance = RATE_DOUBT_RATIO * rate / (2 * span)
            if change * change > variance:
                rate += (1 - variance / (change * change)) * change
        return rate

    def dump(self) -> list[float]:
        """The counts without their time: a restart takes them up at its first event."""
        self._forward(self._last_s)
        return [*self._counts, *self._seen_s]

    def load(self, state: Any) -> None:
        """Take counts from `dump`; ValueError if they are not that."""
        many = len(self._spans_s)
        both = numbers(state, 2 * many)
        self._counts, self._seen_s = both[:many], both[many:]
        self._last_s = self._next_s = -1.0


class Pace:
    """Mean cumulative hazard of the last talks: near 1 while nothing changes, above when talks last longer.

    If X has cumulative hazard H then H(X) is exponential with mean 1, whatever the law of X.
    """

    __slots__ = ("_keeps", "counts", "totals")

    def __init__(self, *windows_lives: float) -> None:
        """`windows_lives`: talks looked back on, falling."""
        self._keeps = [1 - 1 / window for window in windows_lives]
        self.counts = [0.0] * len(windows_lives)
        self.totals = [0.0] * len(windows_lives)

    def add(self, hazard: float) -> None:
        """A talk ended at this cumulative hazard."""
        hazard = min(hazard, PACE_HAZARD_MAX)
        for i, keep in enumerate(self._keeps):
            self.counts[i] = self.counts[i] * keep + 1
            self.totals[i] = self.totals[i] * keep + hazard

    def dump(self) -> list[float]:
        """Counts and totals."""
        return [*self.counts, *self.totals]

    def load(self, state: Any) -> None:
        """Take them from `dump`; ValueError if they are not that."""
        many = len(self._keeps)
        both = numbers(state, 2 * many)
        self.counts, self.totals = both[:many], both[many:]


def believed_pace(windows: Iterable[tuple[float, float]], doubt_ratio: float) -> float:
    """The factor by which lives last longer than their tables say.  `windows`: (lives, their cumulative hazard), the
    longest first.

    Each shorter window may be of another pace than the one before it.  A few lives of the old pace are added to it, and
    it is believed by its odds: the ratio of the likelihoods of its lives, exponential with the new mean and with the
    old one (Barnard, J. R. Stat. Soc. B 21, 1959, on jumps of a mean), over `doubt_ratio`, the odds against a change.
    """
    pace = 1.0
    for count, total in windows:
        if count < 1:
            continue
        found = (total + PACE_PRIOR_LIVES * pace) / (count + PACE_PRIOR_LIVES)
        gain = count * log(pace / found) + total / pace - total / found
        odds = exp(min(gain, PACE_GAIN_MAX)) / doubt_ratio
        pace += odds / (1 + odds) * (found - pace)
    return max(pace, PACE_MIN)
