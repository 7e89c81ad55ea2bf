"""`switchboard whatif`: recorded traffic under another configuration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli import exits, files, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from router.trace import Trace
    from router.trace.whatif.compare import Report
    from router.trace.whatif.fit import Helpers
    from router.trace.whatif.redials import Redials
    from router.trace.whatif.run import PlanStart

REDIAL_MINUTES_MOST = 1_440
"""Who calls again another day is another caller for that day."""

BackOfficeOption = Annotated[
    list[str] | None,
    typer.Option("--back-office", metavar="TEAM", help="A team that is not in the trace may be lent; again."),
]
AcceptOption = Annotated[
    float | None,
    typer.Option("--callback-accept", min=0, max=1, help="So many take a call-back that is offered; left out: nobody."),
]
AnswerOption = Annotated[
    float, typer.Option("--callback-answer", min=0, max=1, help="So many of the tries to call back reach somebody.")
]
RedialOption = Annotated[
    str | None,
    typer.Option(
        metavar="P:MINUTES|off",
        help="Who is not helped calls again with probability P, after MINUTES on average; left out: as the trace "
        "says, where it names customers.",
    ),
]


def whatif(
    trace: Annotated[Path, typer.Argument(metavar="TRACE", help="A trace, recorded or imported.")],
    config: Annotated[Path, typer.Option("--config", help="The directory of the new configuration.")],
    against: Annotated[
        Path | None, typer.Option("--against", help="That of the old one; left out: what `replay` derives.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Pairs of runs; more give narrower intervals.")] = 5,
    day: Annotated[int | None, typer.Option(help="Only this day of the trace, counted from 1.")] = None,
    back_office: BackOfficeOption = None,
    plan: Annotated[
        list[str] | None,
        typer.Option("--plan", metavar="NAME@TIME", help="A plan that is started then, on the new side; again."),
    ] = None,
    slower: Annotated[float, typer.Option(min=0.1, max=10, help="Their talks take so many times as long.")] = 1.0,
    late_s: Annotated[float, typer.Option("--late-s", min=0, help="Lent, they come so many seconds later.")] = 0.0,
    redial: RedialOption = None,
    callback_accept: AcceptOption = None,
    callback_answer: AnswerOption = 0.8,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with plots, for a supervisor.")] = None,
    processes: Annotated[int | None, typer.Option(min=1, help="At most so many; left out: one a processor.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Run a recorded day under two configurations and show what differs.

    Example: switchboard whatif yesterday.trace --config new/ --against config/ --html report.html

    Rules, plans, calendars, loans and limits act as they would. Exit code 1 if an invariant was violated.
    """
    from router.trace import TraceError
    from router.trace.whatif.callbacks import Takers
    from router.trace.whatif.jobs import Question, answer
    from router.trace.whatif.show import violations

    if html is not None and not html.parent.is_dir():
        say.fail(f"{html} can't be written: there is no directory {html.parent}", "make it, or name another file")
    whole = files.trace(trace)
    question = Question(
        trace=whole if day is None else files.day_of(whole, day),
        new=files.configuration(config).settings,
        old=files.configuration(against).settings if against is not None else None,
        names=(str(against) if against is not None else "as recorded", str(config)),
        basis=whole,
        helpers=_helpers(back_office or [], slower, late_s),
        redials=_redials(whole, redial),
        takers=None if callback_accept is None else Takers(callback_accept, callback_answer),
        verify=True,
    )
    try:
        question = replace(question, plans=_plans(question.trace, plan or []))
        with say.progress(f"running {trace.name}") as progress:
            report = answer(question, range(1, seeds + 1), processes=processes, progress=progress)
    except TraceError as error:
        say.fail(f"{trace}: {error}")
    _show(report, html, as_json=as_json)
    if violations(report):
        raise typer.Exit(exits.PROBLEMS)


def _plans(trace: Trace, texts: Iterable[str]) -> tuple[PlanStart, ...]:
    from router.trace.burst import moment
    from router.trace.whatif.run import PlanStart

    parts = [text.partition("@") for text in texts]
    return tuple(PlanStart(name, moment(trace, time)) for name, _, time in parts)


def _redials(trace: Trace, text: str | None) -> Redials:
    from router.terms import SECOND_US
    from router.trace.whatif.redials import OFF, Wish, estimate

    if text == "off":
        return OFF
    if text is None:
        return estimate(trace)
    share, _, minutes = text.partition(":")
    try:
        wish = Wish(float(share), round(float(minutes) * 60 * SECOND_US))
    except (ValueError, OverflowError):
        wish = Wish(-1.0, 0)
    if not (0 <= wish.share <= 1 and 0 <= wish.mean_us <= REDIAL_MINUTES_MOST * 60 * SECOND_US):
        what = f"--redial {text} is no probability from 0 to 1, a colon, and 0 to {REDIAL_MINUTES_MOST} minutes"
        say.fail(what, "write `--redial 0.3:10`, say, or `--redial off`")
    return estimate(trace, wish)


def _helpers(teams: Iterable[str], slower: float, late_s: float) -> tuple[Helpers, ...]:
    from router.terms import SECOND_US
    from router.trace.whatif.fit import Helpers

    return tuple(Helpers(team, slower=slower, late_us=round(late_s * SECOND_US)) for team in teams)


def _show(report: Report, html: Path | None, *, as_json: bool) -> None:
    if html is not None:
        from router.trace.whatif.page import page

        try:
            html.write_text(page(report), encoding="utf-8")
        except OSError as error:
            say.fail(f"{html} can't be written: {error.strerror}")
    if as_json:
        from router.trace.whatif.show import as_json as object_of

        say.as_json(object_of(report))
    else:
        from rich.console import Console

        from router.cli.views.whatif import view

        Console(highlight=False, soft_wrap=True).print(view(report), markup=False)
        if html is not None:
            say.note(f"{html} written")
