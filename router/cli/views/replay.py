"""What `switchboard replay` shows in a terminal.

It must not compute a figure: the report has them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from router.cli.views.tables import table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from router.trace.replay.report import ReplayReport


def view(report: ReplayReport) -> RenderableType:
    """Queues and agents, recorded beside simulated, and what the run was."""
    parts: list[RenderableType] = []
    for each in report.tables():
        shown = table(*each.columns)
        for row in each.rows:
            shown.add_row(*row)
        parts += [Text(each.title, style="bold"), shown, Text()]
    parts.append(
        Text(
            f"{report.contacts} contacts: {report.served} served, {report.abandoned} abandoned, "
            f"{report.left_out} left out by the import"
        )
    )
    broken = ", ".join(f"{name} {count}" for name, count in report.violations.items())
    parts.append(Text(f"violations: {broken or 'none'}"))
    parts += [Text(f"  {what}") for what in report.first_violations]
    parts.append(
        Text(
            f"{report.commands} commands in {report.seconds:.1f} s ({report.commands_per_s:,.0f} a second), "
            f"seed {report.seed}, digest {report.digest}"
        )
    )
    if report.header.acknowledgement:
        parts.append(Text(report.header.acknowledgement))
    return Group(*parts)
