"""What `switchboard whatif` shows in a terminal.

It must not compute a figure: the report has them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from router.cli.views.tables import table
from router.trace.whatif.show import moment, sentences, tables, violations

if TYPE_CHECKING:
    from rich.console import RenderableType

    from router.trace.whatif.compare import Report, Side

SPANS_MOST = 20
"""Lines of rules and plans; the page and `--json` have all of them."""


def view(report: Report) -> RenderableType:
    """How well the record is met, the differences, when rules acted, and what is not applied."""
    parts: list[RenderableType] = [Text(each) for each in sentences(report)]
    for each in tables(report):
        shown = table(*each.columns, words=2)
        for row in each.rows:
            shown.add_row(*row)
        parts += [Text(), Text(each.title, style="bold"), shown]
    for side in (report.old, report.new):
        parts += _side(report, side)
    parts += [
        Text(),
        Text(
            f"{report.contacts} contacts, seeds {report.seeds[0]} to {report.seeds[-1]}; +- is half of the 95 % "
            "interval of the paired t statistic, * where it does not hold 0"
        ),
        Text(f"violations: {violations(report) or 'none'}"),
    ]
    parts += [Text(f"  {what}") for side in (report.old, report.new) for what in side.first_violations]
    if report.header.acknowledgement:
        parts.append(Text(report.header.acknowledgement))
    return Group(*parts)


def _side(report: Report, side: Side) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if side.spans:
        parts += [Text(), Text(f"Rules and plans of {side.name}, seed {report.seeds[0]}", style="bold")]
        for span in side.spans[:SPANS_MOST]:
            observes = ", only observes" if span.observes else ""
            times = f"{moment(report, span.from_us)} to {moment(report, span.to_us)}"
            parts.append(Text(f"{times}  {span.name}{observes}  {span.why}"))
        if len(side.spans) > SPANS_MOST:
            parts.append(Text(f"and {len(side.spans) - SPANS_MOST} more"))
    if side.said:
        parts += [Text(), Text(f"What of {side.name} is not applied", style="bold")]
        parts += [Text(each) for each in side.said]
    return parts
