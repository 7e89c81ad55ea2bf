"""The estimator's own judge: how good were the estimates that were said, on virtual waits.

What lives here: decayed sums of errors of one queue, and the figures made of them.
What it must not know: how an estimate is made, metrics, printing.
The idea: an estimate that does not publish its error cannot be believed; abandoners count, by the wait that
they would have had.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from router.ewt.learn import Prediction
from router.ewt.lifetable import numbers
from router.ewt.policy import promise_s

KEEP = 1 - 1 / 2000
"""Two thousand calls are a few days of a busy queue: steady figures that still follow a change."""
NEAR_RATIO = 0.25
NEAR_S = 30.0


class Verdict(NamedTuple):
    """One queue's figures.  Shares from 0 to 1; None where there is nothing to judge.

    `bias_s` mean of (said - waited); `mape` mean |said - waited| / waited over waits of at least 1 s;
    `near` share within +-25 % or +-30 s; `covered` share within p10..p90; `kept` share whose wait was not over
    the promise (the default policy's percentile rounded up to a bucket).
    """

    judged: int
    bias_s: float | None
    mape: float | None
    near: float | None
    covered: float | None
    kept: float | None
    root_mean_square_error_s: float | None


class Judge:
    """Decayed sums; `judged` counts all calls ever judged."""

    __slots__ = ("_sums", "judged")

    def __init__(self) -> None:
        self.judged = 0
        self._sums = [0.0] * 8

    def judge(self, said: Prediction, wait_s: float) -> None:
        """Judge one estimate by the virtual wait that followed."""
        self.judged += 1
        error = said.mean_s - wait_s
        long = wait_s >= 1.0
        row = (
            1.0,
            error,
            1.0 if long else 0.0,
            abs(error) / wait_s if long else 0.0,
            1.0 if abs(error) <= max(NEAR_S, NEAR_RATIO * wait_s) else 0.0,
            1.0 if said.p10_s <= wait_s <= said.p90_s else 0.0,
            1.0 if wait_s <= promise_s(said.p90_s) else 0.0,
            error * error,
        )
        self._sums = [total * KEEP + item for total, item in zip(self._sums, row, strict=True)]

    def verdict(self) -> Verdict:
        """The figures now."""
        count, error, longs, relative, near, covered, kept, square = self._sums
        if count <= 0:
            return Verdict(0, None, None, None, None, None, None)
        return Verdict(
            self.judged,
            error / count,
            relative / longs if longs > 0 else None,
            near / count,
            covered / count,
            kept / count,
            (square / count) ** 0.5,
        )

    def dump(self) -> dict[str, Any]:
        """The sums; the one that may be negative is shifted out of the way as its sign and size."""
        sums = [abs(item) for item in self._sums]
        return {"judged": self.judged, "under": self._sums[1] < 0, "sums": sums}

    def load(self, state: dict[str, Any]) -> None:
        """Take them from `dump`; ValueError if they are not that."""
        sums = numbers(state.get("sums"), 8)
        if state.get("under") is True:
            sums[1] = -sums[1]
        self.judged = int(numbers([state.get("judged")], 1)[0])
        self._sums = sums
