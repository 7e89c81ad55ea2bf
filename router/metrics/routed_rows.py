"""The rows of what `routes.toml` says: segments of customers, advice to take another channel, rows that refuse.

What they read was counted in slices (`census`): a table may have thousands of segments.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from router.metrics.rows import PREFIX, Row
from router.metrics.seen import Seen, SiteRow, by_one
from router.metrics.text import Number, Reading
from router.terms import SECOND_US


def _counter(name: str, read: Callable[[Seen], Reading], label: str, bound: str, help_text: str) -> SiteRow:
    return Row(f"{PREFIX}{name}_total", "counter", help_text, read, ("tenant", label), bound)


def _segment(name: str, field: str, help_text: str) -> SiteRow:
    def read(seen: Seen) -> dict[tuple[str, ...], Number]:
        return seen.census.segments[field]

    return _counter(f"segment_{name}", read, "segment", "segments", help_text)


def _waited_s(seen: Seen) -> dict[tuple[str, ...], Number]:
    return {key: waited_us / SECOND_US for key, waited_us in seen.census.segments["answered_wait_us"].items()}


def _steer(name: str, field: str, help_text: str) -> SiteRow:
    def read(seen: Seen) -> dict[tuple[str, ...], Number]:
        return seen.census.steers[field]

    return _counter(f"steer_{name}", read, "steer", "cells of the matrix", help_text)


ROUTED_ROWS: Final[tuple[SiteRow, ...]] = (
    _segment("answered_contacts", "answered", "Contacts of the segment that were answered, over all queues."),
    _segment(
        "answered_in_target_contacts", "answered_in_target", "Those answered within their target, or their queue's."
    ),
    _segment("abandoned_contacts", "abandoned", "Contacts of the segment that left before they were answered."),
    _segment("counted_contacts", "counted", "What a service level of the segment is a share of."),
    _segment("overdue_contacts", "overdue", "Contacts answered, or gone, after more than the segment's tolerance."),
    _counter("segment_answered_wait_seconds", _waited_s, "segment", "segments", "What those answered had waited."),
    _steer("advised_contacts", "advised", "Contacts whose gateway was told of a channel that fits better."),
    _steer("taken_contacts", "taken", "Advice that the customer took."),
    _steer("came_back_contacts", "came_back", "Customers who took it and came by the old channel within the window."),
    Row(
        f"{PREFIX}refused_by_route_contacts_total",
        "counter",
        "Contacts that a row of the routes did not let in.",
        lambda seen: by_one(seen.sources.world.tally.refused),
        ("row",),
        "rows that refuse",
    ),
)
