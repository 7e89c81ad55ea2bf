"""All rows, in the order of the text: what `docs/metrics.md` is rendered from.

A figure is declared in one place, its row; here it is only seen to that no name is given twice.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from router.metrics.queue_rows import QUEUE_ROWS
from router.metrics.site_rows import SITE_ROWS
from router.metrics.text import Kind

QUEUE_LABELS: Final = ("tenant", "queue")
"""The labels that every row of queues has before its own."""


class Entry(NamedTuple):
    """A family as its readers see it."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    bound: str
    help: str


CATALOGUE: Final[tuple[Entry, ...]] = (
    *(Entry(row.name, row.kind, QUEUE_LABELS + row.labels, row.bound, row.help) for row in QUEUE_ROWS),
    *(Entry(row.name, row.kind, row.labels, row.bound, row.help) for row in SITE_ROWS),
)

assert len({entry.name for entry in CATALOGUE}) == len(CATALOGUE), "two rows have one name"
