"""What a queue learns from its virtual waits: a slow ratio, history by position, and its own spread.

What lives here: `Learner`.  What it must not know: agents, the flow, the clock.
The idea: the flow knows the state, so only what it gets wrong on the average is learned, slowly: a ratio that
starts at 1, a history that must prove itself against the flow, and quantile levels that start at the theory's.

Sources: gamma quantiles by Wilson and Hilferty, PNAS 17 (1931) 684; quantile tracking by stochastic
approximation (Robbins and Monro, Ann. Math. Stat. 22 (1951) 400) on the normal score of the level.
"""

from __future__ import annotations

from math import isfinite, sqrt
from typing import Any, NamedTuple

from router.ewt.lifetable import numbers
from router.ewt.settings import EwtSettings

LEVELS = (0.1, 0.5, 0.8, 0.9)
SCORES = (-1.2816, 0.0, 0.8416, 1.2816)
BUCKETS = 10
"""Positions 1, 2, 3-4, 5-8, ... share what is learned; beyond 256 they are one."""
SCORE_MAX = 8.0
FAR_OFF = 3.0
FAR_OFF_S = 60.0
"""A flow and a wait that differ by more than this factor and these seconds met a surprise (somebody logged in)."""
BATCH_CALLS = 100
"""Calls of one batch of the ratio: more than wait together."""
RATIO_DOUBT = 5.0
"""How many variances of noise the ratio must be off 1 before it is believed at all."""
RATIO_MAX = 5.0
"""A flow that is wrong by more than this is not mended by a factor."""
HISTORY_KEEP = 0.995
HISTORY_MIN_CALLS = 50.0
ERROR_MEMORY_CALLS = 600.0
"""Calls of a bucket whose errors weigh history against the flow."""
HISTORY_DOUBT = 0.1
"""History must do better by this share of the flow's squared error before it counts: errors of calls that wait
together are alike, so a short run of luck is no proof."""


class Prediction(NamedTuple):
    """What was said, for learning and judging: `flow_s` raw, `mean_s` said, `shape` of the gamma law, bucket of
    the position, `p10_s` and so on said, `history_s` (0 where there is none), `at_s` when it was said."""

    flow_s: float
    mean_s: float
    shape: float
    bucket: int
    history_s: float
    p10_s: float
    p50_s: float
    p80_s: float
    p90_s: float


def bucket_of(position: int) -> int:
    """The bucket of a position (1 = next)."""
    return min((max(position, 1) - 1).bit_length(), BUCKETS - 1)


def gamma_quantile(mean_s: float, shape: float, score: float) -> float:
    """The quantile at normal score `score` of a gamma law (Wilson-Hilferty), not negative."""
    root = 1 - 1 / (9 * shape) + score / (3 * sqrt(shape))
    return mean_s * root * root * root if root > 0 else 0.0


class Ratio:
    """Waits over flow, slowly learned, and believed only beyond its own noise.

    Calls that wait together err together, so noise is taken from batches of calls: the variance of a ratio of
    sums is sum (w - R f)^2 / (sum f)^2 over the batches (Cochran, Sampling Techniques, 1977, chapter 6).
    """

    __slots__ = ("_batch", "_keep", "sums")

    def __init__(self, memory_calls: float) -> None:
        """`memory_calls`: calls that are remembered."""
        self._keep = 1 - BATCH_CALLS / memory_calls
        self._batch = [0.0, 0.0, 0.0]
        self.sums = [0.0] * 5

    def add(self, wait_s: float, flow_s: float) -> None:
        """One virtual wait, and what the flow said; one that is far off teaches no more than one that is off."""
        batch = self._batch
        batch[0] += min(wait_s, FAR_OFF * flow_s + FAR_OFF_S)
        batch[1] += min(flow_s, FAR_OFF * wait_s + FAR_OFF_S)
        batch[2] += 1
        if batch[2] >= BATCH_CALLS:
            w, f = batch[0], batch[1]
            row = (w, f, w * w, w * f, f * f)
            self.sums = [total * self._keep + item for total, item in zip(self.sums, row, strict=True)]
            self._batch = [0.0, 0.0, 0.0]

    def value(self) -> float:
        """The ratio believed now."""
        w, f, ww, wf, ff = self.sums
        if f <= 0:
            return 1.0
        ratio = w / f
        noise = RATIO_DOUBT * max(ww - 2 * ratio * wf + ratio * ratio * ff, 0.0) / (f * f)
        change = ratio - 1
        if change * change <= noise:
            return 1.0
        return min(max(1 + (1 - noise / (change * change)) * change, 1 / RATIO_MAX), RATIO_MAX)


class Learner:
    """One queue's corrections."""

    __slots__ = ("_both", "_flow_sq", "_history_sq", "_step", "history", "ratio", "scores")

    def __init__(self, settings: EwtSettings) -> None:
        self.ratio = Ratio(settings.ratio_memory_calls)
        self._step = settings.level_step_ratio
        self.history = [[0.0, 0.0] for _ in range(BUCKETS)]
        self._flow_sq = [0.0] * BUCKETS
        self._history_sq = [0.0] * BUCKETS
        self._both = [0.0] * BUCKETS
        self.scores = [list(SCORES) for _ in range(BUCKETS)]

    def history_of(self, bucket: int) -> float:
        """Mean wait that callers of this bucket had; 0 before enough are known."""
        weight, total = self.history[bucket]
        return total / weight if weight >= HISTORY_MIN_CALLS else 0.0

    def combine(self, flow_s: float, bucket: int) -> tuple[float, float]:
        """(mean, history used) for a flow's wait: history gets the weight that would have erred least.

        Weight (F - B)/(F + H - 2B) with F, H the mean squared errors of flow and history and B of both's product.
        """
        own = flow_s * self.ratio.value()
        past = self.history_of(bucket)
        if past <= 0:
            return own, 0.0
        flow_sq, history_sq, both = self._flow_sq[bucket], self._history_sq[bucket], self._both[bucket]
        below = flow_sq + history_sq - 2 * both
        gain = (1 - HISTORY_DOUBT) * flow_sq - both
        share = min(max(gain / below, 0.0), 0.5) if below > 0 else 0.0
        return own * (1 - share) + past * share, past

    def quantiles(self, mean_s: float, shape: float, bucket: int) -> tuple[float, float, float, float]:
        """p10, p50, p80, p90, in order."""
        out = []
        last = 0.0
        for score in self.scores[bucket]:
            last = max(last, gamma_quantile(mean_s, shape, score))
            out.append(last)
        return out[0], out[1], out[2], out[3]

    def learn(self, said: Prediction, wait_s: float) -> None:
        """Learn from one virtual wait."""
        bucket = said.bucket
        self.ratio.add(wait_s, said.flow_s)
        wait_s = min(wait_s, FAR_OFF * said.flow_s + FAR_OFF_S)
        if said.history_s > 0:
            a, b = said.flow_s * self.ratio.value() - wait_s, said.history_s - wait_s
            if self._flow_sq[bucket] == 0.0:
                self._flow_sq[bucket] = a * a
                self._history_sq[bucket] = 5 * a * a
                self._both[bucket] = a * a
            k = 1 / ERROR_MEMORY_CALLS
            self._flow_sq[bucket] += k * (a * a - self._flow_sq[bucket])
            self._history_sq[bucket] += k * (b * b - self._history_sq[bucket])
            self._both[bucket] += k * (a * b - self._both[bucket])
        entry = self.history[bucket]
        entry[0] = entry[0] * HISTORY_KEEP + 1
        entry[1] = entry[1] * HISTORY_KEEP + wait_s
        self._move(bucket, said, wait_s, 1.0)
        for near in (bucket - 1, bucket + 1):
            if 0 <= near < BUCKETS:
                self._move(near, said, wait_s, 0.3)

    def _move(self, bucket: int, said: Prediction, wait_s: float, share: float) -> None:
        """Move the levels of a bucket: down by the level's share if the wait was within, up otherwise."""
        scores = self.scores[bucket]
        step = self._step * share
        for i, level in enumerate(LEVELS):
            inside = wait_s <= gamma_quantile(said.mean_s, said.shape, scores[i])
            moved = scores[i] + step * (level - (1.0 if inside else 0.0)) * 2
            scores[i] = min(max(moved, -SCORE_MAX), SCORE_MAX)
        scores.sort()

    def dump(self) -> dict[str, Any]:
        """The learned numbers; what weighs history against the flow is learned again."""
        return {
            "ratio": list(self.ratio.sums),
            "history": [list(item) for item in self.history],
            "scores": [[x + SCORE_MAX for x in item] for item in self.scores],
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take them from `dump`; ValueError if they are not that."""
        ratio = numbers(state.get("ratio"), 5)
        history = [numbers(item, 2) for item in _lists(state.get("history"), BUCKETS)]
        scores = [[x - SCORE_MAX for x in numbers(item, len(LEVELS))] for item in _lists(state.get("scores"), BUCKETS)]
        self.ratio.sums, self.history, self.scores = ratio, history, scores


def _lists(value: object, count: int) -> list[Any]:
    if not isinstance(value, list) or len(value) != count:
        raise ValueError(f"stored state: expected {count} lists")
    return value


def sane(value: float, most: float) -> float:
    """A finite value from 0 to `most`; what is no number is the most."""
    return min(max(value, 0.0), most) if isfinite(value) else most
