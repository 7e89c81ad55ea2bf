"""What `switchboard ewt` shows in a terminal. It must not know how any figure is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from router.cli.views.tables import table

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from router.ewt import Verdict
    from router.trace.ewt_report import Errors, EwtReport, QueueReport

RIVALS = {"ql": "QL", "ql_abandon": "QL+ab", "les": "LES", "asterisk": "Asterisk"}
WHEN = {
    "every": "every ask",
    "arriving": "arriving",
    "had_to_wait": "... and waited",
    "waiting": "each minute",
}


def view(report: EwtReport) -> RenderableType:
    """Errors by queue, errors by when it was asked, promises."""
    rows = {**report.queues, "all": report.whole}
    parts: list[RenderableType] = [
        Text(f"{report.source}, replayed: {report.whole.callers} callers, {report.unjudged} not judged"),
        errors("queue", {name: of.every for name, of in rows.items()}),
        errors("all queues", {shown: getattr(report.whole, name) for name, shown in WHEN.items()}),
        promises(rows),
        Text(
            "Seconds, of the wait still to come, on arrival and after each minute of it. The columns of others are\n"
            "their mean squared error over ours (QL: queue length over speed; +ab: with abandonment; LES: wait of\n"
            "the last to be taken). Who hung up counts by the wait that they would have had."
        ),
    ]
    if report.acknowledgement:
        parts.append(Text(f"Data: {report.acknowledgement}"))
    return Group(*parts)


def errors(what: str, rows: Mapping[str, Errors]) -> Table:
    """One line each: ours in seconds, the others as multiples."""
    shown = table(what, "asks", "wait", "error", "bias", "near", "80 %", *RIVALS.values())
    for name, of in rows.items():
        shown.add_row(
            name,
            str(of.asks),
            _seconds(of.mean_s),
            _seconds(of.rmse_s),
            _seconds(of.bias_s),
            _share(of.near),
            _share(of.covered),
            *(_times(of.over_ours.get(rival)) for rival in RIVALS),
        )
    return shown


def promises(rows: Mapping[str, QueueReport]) -> Table:
    """What callers would have been told."""
    shown = table("queue", "callers", "told", "kept", "raised", "of > 60 s", "over wait")
    for name, of in rows.items():
        said = of.promises
        shown.add_row(
            name,
            str(of.callers),
            str(said.promised),
            _share(said.kept),
            _share(said.raised),
            _share(said.told),
            _times(said.promised_over_waited),
        )
    return shown


def verdicts(of: Mapping[str, Verdict]) -> Table:
    """The estimator's own judge, one line a queue."""
    shown = table("queue", "judged", "error", "bias", "near", "80 %", "kept")
    for name, said in of.items():
        shown.add_row(
            name,
            str(said.judged),
            _seconds(said.root_mean_square_error_s),
            _seconds(said.bias_s),
            _share(said.near),
            _share(said.covered),
            _share(said.kept),
        )
    return shown


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}%"


def _times(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
