"""`switchboard replay`: recorded traffic through the engine in virtual time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from router.cli import exits, files, say


def replay(
    trace: Annotated[Path, typer.Argument(metavar="TRACE", help="A trace, as `switchboard import` makes it.")],
    config: Annotated[
        Path | None, typer.Option("--config", help="Route by this configuration's queues where names agree.")
    ] = None,
    day: Annotated[int | None, typer.Option(help="Only this day of the trace, counted from 1.")] = None,
    seed: Annotated[int, typer.Option(help="Draws what the record leaves open: patience of the served.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Run a trace through the engine in virtual time.

    Example: switchboard replay feb.trace

    Figures stand beside those that were recorded. Exit code 1 if an invariant was violated.
    """
    from router.trace import TraceError
    from router.trace.replay.run import replay as run

    whole = files.trace(trace)
    recorded = whole if day is None else files.day_of(whole, day)
    settings = files.configuration(config).settings if config is not None else None
    try:
        with say.progress(f"replaying {trace.name}") as progress:
            report = run(recorded, settings=settings, seed=seed, basis=whole, progress=progress)
    except TraceError as error:
        say.fail(f"{trace}: {error}")
    if as_json:
        say.as_json(report.as_json())
    else:
        from rich.console import Console

        from router.cli.views.replay import view

        Console(highlight=False, soft_wrap=True).print(view(report))
    if report.violations:
        raise typer.Exit(exits.PROBLEMS)
