"""What `switchboard play` and the demo show at the end.

It must not compute a figure: the report has them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from router.cli.play.ledger import KINDS
from router.cli.views.tables import share

if TYPE_CHECKING:
    from rich.console import RenderableType

    from router.cli.play.report import PlayReport


def view(report: PlayReport) -> RenderableType:
    """A summary in a few lines."""
    now, ledger = report.figures, report.ledger
    ends = ", ".join(f"{count} {how}" for how, count in sorted(report.ends.items()))
    mean = "-" if now.mean_wait_s is None else f"{now.mean_wait_s:.1f} s"
    level = f"service level {share(report.service_level)} within 20 s"
    came_back = f"the daemon was started again {report.restarts} times"
    lines = [
        f"{report.arrived} contacts in {report.seconds:.1f} s at {report.speed:g} times the speed: {ends}",
        f"served {now.served}, abandoned {now.abandoned}, mean wait {mean}, {level}",
        f"{ledger.offers} offers, {ledger.across} of them to a phone on the other gateway; {came_back}",
        ledger_line(report) + f", violations {report.violations}",
        *(f"  {fault}" for fault in ledger.first),
    ]
    if report.trace.header.acknowledgement:
        lines.append(report.trace.header.acknowledgement)
    return Group(*(Text(line) for line in lines))


def ledger_line(report: PlayReport) -> str:
    """The four kinds of fault, each with its count."""
    return "ledger: " + ", ".join(f"{kind} {report.ledger.faults[kind]}" for kind in KINDS)
