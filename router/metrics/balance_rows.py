"""The rows of balances: what a queue's part of all who wait may be, and how long its threshold is by now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from router.metrics.rows import Row
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.metrics.queue_rows import OneQueue
    from router.metrics.text import Number


def _ratio(at: OneQueue) -> dict[tuple[str, ...], Number]:
    share = at.queue.share
    return {} if share is None else {(share.group.settings.name,): share.ratio}


def _threshold_s(at: OneQueue) -> dict[tuple[str, ...], Number]:
    share = at.queue.share
    return {} if share is None else {(share.group.settings.name,): share.threshold_us / SECOND_US}


BALANCE_ROWS: Final[tuple[Row[OneQueue], ...]] = (
    Row(
        "switchboard_balance_ratio",
        "gauge",
        "Its part of all who wait in its balance, where these wait in proportion to their thresholds.",
        _ratio,
        ("balance",),
        "1: the queue's balance",
    ),
    Row(
        "switchboard_balance_threshold_seconds",
        "gauge",
        "The wait that its balance holds it to, beside those of the others: its target, or what it has moved to for "
        "the service level.",
        _threshold_s,
        ("balance",),
        "1: the queue's balance",
    ),
)
