"""The rows of estimated waits: how good they are, by queue and channel, judged on virtual waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from router.metrics.rows import Row

if TYPE_CHECKING:
    from router.ewt import Verdict
    from router.metrics.queue_rows import OneQueue
    from router.metrics.text import Number


def _verdicts(at: OneQueue, read: Callable[[Verdict], Number | None]) -> dict[tuple[str, ...], Number]:
    """A figure of the judge by channel; channels where nothing was judged yet have none."""
    found: dict[tuple[str, ...], Number] = {}
    for channel, verdict in at.world.estimates.verdicts(at.queue).items():
        figure = read(verdict)
        if figure is not None:
            found[channel,] = figure
    return found


def _share(name: str, read: Callable[[Verdict], Number | None], says: str) -> Row[OneQueue]:
    return Row(name, "gauge", says, lambda at: _verdicts(at, read), ("channel",), "channels of the queue")


EWT_ROWS: Final[tuple[Row[OneQueue], ...]] = (
    Row(
        "switchboard_judged_estimate_contacts_total",
        "counter",
        "Contacts whose estimated wait was judged by the wait that they had, or would have had; kept over restarts.",
        lambda at: _verdicts(at, lambda verdict: verdict.judged),
        ("channel",),
        "channels of the queue",
    ),
    _share(
        "switchboard_estimate_bias_seconds",
        lambda verdict: verdict.bias_s,
        "Mean of estimated less real wait, over the last 2,000 judged.",
    ),
    _share(
        "switchboard_estimate_error_ratio",
        lambda verdict: verdict.mape,
        "Mean of the error's size over the wait, for waits of at least 1 s (MAPE).",
    ),
    _share(
        "switchboard_estimate_near_ratio",
        lambda verdict: verdict.near,
        "Share of estimates within 25 % or 30 s of the wait.",
    ),
    _share(
        "switchboard_estimate_covered_ratio",
        lambda verdict: verdict.covered,
        "Share of waits within p10 to p90: 0.8 is right.",
    ),
    _share(
        "switchboard_estimate_kept_ratio",
        lambda verdict: verdict.kept,
        "Share of waits no longer than the promise, p90 rounded up, that the estimate would have been told as.",
    ),
)
