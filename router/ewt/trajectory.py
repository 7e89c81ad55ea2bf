"""Trajectories: the estimates of one queue at one moment, for every position.

What lives here: `Estimate`, and `Trajectory`, which adds what was learned to the flow's waits.
What it must not know: agents, events, how the flow is made.
The idea: quantiles are made at knots that widen with the position, each at least the one before, and read
between them; so an answer is monotone in the position whatever was learned.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Literal, NamedTuple

from router.ewt.learn import Prediction, bucket_of, sane
from router.ewt.lines import Line
from router.ewt.walk import NINE_IN_TEN, Reached, Walked

Confidence = Literal["low", "medium", "high"]


class Estimate(NamedTuple):
    """The remaining wait in seconds: its mean, four quantiles (in order), and how far it is to be trusted."""

    mean: float
    p10: float
    p50: float
    p80: float
    p90: float
    confidence: Confidence


class Trajectory:
    """The estimates of one queue at one moment, for every position; reading one costs O(log positions)."""

    __slots__ = ("_knots", "_line", "_reached", "_rows", "agents", "arrived", "at_s", "confidence", "deserted", "pace",
                 "positions", "variances", "version", "waits")  # fmt: skip

    def __init__(
        self,
        line: Line,
        arrived: Sequence[float],
        walked: Walked,
        at_s: float,
        confidence: Confidence,
    ) -> None:
        self._line = line
        self.arrived = arrived
        self.positions, self.waits, self.variances, self._reached = walked
        self.at_s = at_s
        self.confidence: Confidence = confidence
        self.version = -1
        self.agents = 0.0
        self.pace = 1.0
        self.deserted = False
        """Nobody is there, and it is only expected that somebody comes back: nothing is learned from it."""
        self._knots: list[int] = []
        self._rows: list[tuple[float, float, float, float, float]] = []

    def __len__(self) -> int:
        """Positions answered: those who wait and one who joins."""
        return self.positions[-1]

    def place(self, arrived_s: float, position: int) -> int:
        """The position of one who arrived at `arrived_s`; `position` settles equal arrival times."""
        low = bisect_left(self.arrived, arrived_s) + 1
        high = bisect_right(self.arrived, arrived_s)
        return min(max(position, low), max(high, low))

    def flow(self, position: int) -> tuple[float, float]:
        """(wait in s, variance in s^2) of the flow alone."""
        i = min(bisect_left(self.positions, position), len(self.positions) - 1)
        if i == 0 or self.positions[i] == position:
            return self.waits[i], self.variances[i]
        share = (position - self.positions[i - 1]) / (self.positions[i] - self.positions[i - 1])
        share = min(share, 1.0)
        wait = self.waits[i - 1] + share * (self.waits[i] - self.waits[i - 1])
        return wait, self.variances[i - 1] + share * (self.variances[i] - self.variances[i - 1])

    def _when(self, position: int) -> Reached:
        """When takes reach a position, between those that were walked."""
        i = min(bisect_left(self.positions, position), len(self.positions) - 1)
        here = self._reached[i]
        if i == 0 or self.positions[i] <= position:
            return here
        share = (position - self.positions[i - 1]) / (self.positions[i] - self.positions[i - 1])
        early, middle, late = (a + share * (b - a) for a, b in zip(self._reached[i - 1], here, strict=True))
        return early, middle, late

    def at(self, position: int) -> Estimate:
        """The estimate of a position (1 = next; beyond the end counts as one who joins now)."""
        position = min(max(position, 1), self.positions[-1])
        if not self._knots:
            self._lay()
        i = min(bisect_left(self._knots, position), len(self._knots) - 1)
        row = self._rows[i]
        if i and self._knots[i] != position:
            low, here, high = (self.flow(p)[0] for p in (self._knots[i - 1], position, self._knots[i]))
            share = (here - low) / (high - low) if high > low else 1.0
            before = self._rows[i - 1]
            row = _between(before, row, share)
        return Estimate(*row, self.confidence)

    def prediction(self, position: int) -> Prediction:
        """The estimate with what is needed to learn from it."""
        flow, variance = self.flow(position)
        bucket = bucket_of(position)
        said = self.at(position)
        shape = _shape(flow, variance)
        past = self._line.learner.history_of(bucket)
        return Prediction(flow, said.mean, shape, bucket, past, said.p10, said.p50, said.p80, said.p90)

    def _lay(self) -> None:
        """Rows at knots: positions in steps that widen; rising by construction."""
        last = self.positions[-1]
        knots = [p for p in _KNOTS if p < last]
        knots.append(last)
        most = self._line.settings.wait_max_s
        learner = self._line.learner
        floor = (0.0, 0.0, 0.0, 0.0, 0.0)
        for position in knots:
            flow, variance = self.flow(position)
            bucket = bucket_of(position)
            mean, _ = learner.combine(flow, bucket)
            mean = max(sane(mean, most), floor[0])
            q10, q50, q80, q90 = learner.quantiles(mean, _shape(flow, variance), bucket)
            if self._reached and flow > 0:
                q10, q50, q80, q90 = _read(self._when(position), learner.scores[bucket], mean / flow)
            row = (
                mean,
                max(sane(q10, most), floor[1]),
                max(sane(q50, most), floor[2]),
                max(sane(q80, most), floor[3]),
                max(sane(q90, most), floor[4]),
            )
            self._rows.append(row)
            floor = row
        self._knots = knots


_KNOTS = tuple(sorted({*range(1, 9), *(m << e for e in range(1, 20) for m in (6, 7, 8, 5))}))


def _between(
    low: tuple[float, float, float, float, float], high: tuple[float, float, float, float, float], share: float
) -> tuple[float, float, float, float, float]:
    a, b, c, d, e = (x + share * (y - x) for x, y in zip(low, high, strict=True))
    return a, b, c, d, e


def _shape(flow_s: float, variance: float) -> float:
    """The gamma shape of a wait; a wait of nothing is certain."""
    return min(max(flow_s * flow_s / max(variance, 1e-9), 0.2), 1e6)


def _read(when: Reached, scores: list[float], ratio: float) -> tuple[float, float, float, float]:
    """The quantiles at these normal scores, between those that were reached and in their direction beyond."""
    early, middle, late = when
    down, up = (middle - early) / NINE_IN_TEN, (late - middle) / NINE_IN_TEN
    q10, q50, q80, q90 = (max(0.0, ratio * (middle + score * (down if score < 0 else up))) for score in scores)
    return q10, q50, q80, q90
