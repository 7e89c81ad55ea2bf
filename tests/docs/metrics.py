"""Renders the catalogue of metrics, and how each outcome counts in the figures."""

from __future__ import annotations

from router.metrics.catalogue import CATALOGUE
from router.stats import COUNTS_AS
from tests.docs.registry import renders, table


@renders("metrics.catalogue")
def catalogue() -> str:
    """One row a family."""
    head = ("name", "type", "labels", "series, at most (a queue's: each)", "meaning")
    rows: list[tuple[str, ...]] = [
        (f"`{entry.name}`", entry.kind, ", ".join(entry.labels), entry.bound, entry.help) for entry in CATALOGUE
    ]
    return table(head, rows)


@renders("figures.outcomes")
def outcomes() -> str:
    """One row an outcome."""
    return table(("outcome", "counts as"), [(f"`{outcome}`", counts) for outcome, counts in COUNTS_AS.items()])
