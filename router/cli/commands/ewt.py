"""`switchboard ewt`: the estimator outside the daemon, on events of your own or on a trace."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from router.cli import exits, files, say

WRONG_SHOWN = 10
"""Wrong lines that are told one by one; of the others their number."""


def ewt(
    events: Annotated[
        Path | None,
        typer.Option("--events", metavar="FILE", help="Events of the neutral schema, one JSON object a line; - reads."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="TRACE", help="Replay a trace and print how good estimates are.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --report one JSON object; with --events only the answers.")
    ] = False,
) -> None:
    """Estimate waits from events of your own, or see how good estimates are on recorded traffic.

    Example: switchboard ewt --report feb.trace

    With --events every `ask` is answered by one line of JSON on standard output; what the estimator thinks of itself
    follows on standard error. A wrong line is told there, and the next one is read. docs/ewt.md has the schema.
    """
    if (events is None) == (report is None):
        say.fail("say either --events FILE or --report TRACE", "see: switchboard ewt --help", exits.USAGE)
    if events is not None:
        _answer(events, as_json)
    elif report is not None:
        _report(report, as_json)


def _answer(path: Path, only: bool) -> None:
    from router.ewt.events import EventError, Reader

    reader, wrong = Reader(), 0
    try:
        with nullcontext(sys.stdin.buffer) if str(path) == "-" else path.open("rb") as lines:
            for line in lines:
                try:
                    answer = reader.read(line)
                except EventError as error:
                    wrong += 1
                    if wrong <= WRONG_SHOWN:
                        say.note(f"switchboard: {path}: {error}")
                    continue
                if answer is not None:
                    say.data(json.dumps(answer))
    except OSError as error:
        say.fail(f"{path} can't be read: {error.strerror}")
    if not only:
        from rich.console import Console

        from router.cli.views.ewt import verdicts

        Console(stderr=True, highlight=False, soft_wrap=True).print(verdicts(reader.estimator.verdicts()))
    if wrong:
        what = f"{path}: {wrong} of {reader.line} lines are wrong and were passed over"
        say.fail(what, "docs/ewt.md says what a line holds", exits.PROBLEMS)


def _report(path: Path, as_json: bool) -> None:
    from dataclasses import asdict

    from router.trace import TraceError
    from router.trace.ewt_report import ewt_report

    trace = files.trace(path)
    try:
        with say.progress(f"replaying {path.name}") as progress:
            found = ewt_report(trace, progress=progress)
    except TraceError as error:
        say.fail(f"{path}: {error}")
    if as_json:
        say.as_json(asdict(found))
        return
    from rich.console import Console

    from router.cli.views.ewt import view

    # A pipe has no width: twelve columns want more than the 80 that are assumed for it.
    Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 110).print(view(found))
