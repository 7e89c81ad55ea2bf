"""Renders the table of signals of `docs/rules.md` from the rows that configuration and engine go by."""

from __future__ import annotations

from router.rules import SIGNALS
from tests.docs.registry import renders, table

OF = {"site": "the site"}


@renders("signals")
def signals() -> str:
    """One row a signal."""
    rows = [
        (f"`{row.name}`", ", ".join(OF.get(scope, scope) for scope in row.scopes), row.unit,
         "yes" if row.windowed else "", row.doc)
        for row in SIGNALS.values()
    ]  # fmt: skip
    return table(("signal", "of", "unit", "window", "meaning"), rows)
