"""Renders the table of who hangs up when from the one by which the engine goes (`router/core/talks/consults.py`)."""

from __future__ import annotations

from router.core.talks.consults import EVENTS, PHASES, TABLE
from tests.docs.registry import renders, table


@renders("consults.phases")
def phases() -> str:
    """How far a consult has come."""
    return table(("phase", "that is"), [(f"*{name}*", words) for name, words in PHASES.items()])


@renders("consults.table")
def who_hangs_up() -> str:
    """One row for each thing that may happen in each phase; what has no row is refused."""
    rows = [
        (f"*{phase}*", words, row.customer, row.first, row.second)
        for phase in PHASES
        for event, words in EVENTS.items()
        if (row := TABLE.get((phase, event))) is not None
    ]
    return table(("phase", "what happens", "the customer is", "the first agent", "the second agent"), rows)
