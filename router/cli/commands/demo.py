"""`switchboard demo`: watch a busy hour."""

from __future__ import annotations

from typing import Annotated

import typer

from router.cli import exits, say

SERVED_LEAST = 100
"""A demo of twenty seconds at sixty times the speed serves about 160: a run that serves fewer than this went wrong.
With `--seconds` only."""


def demo(
    seconds: Annotated[
        float | None, typer.Option(min=1, help="Stop by itself after so many seconds. Without it: a whole hour.")
    ] = None,
    speed: Annotated[int, typer.Option(min=1, max=1_000, help="So many times faster than life.")] = 60,
    seed: Annotated[int, typer.Option(help="Makes up the callers and their patience.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object.")] = False,
) -> None:
    """Watch a bank's busy hour go through a real daemon, 60 times faster.

    Example: switchboard demo --seconds 20

    The hour is made up. A daemon with a store of its own, two gateways and thirty agents that speak to it over TCP are
    started, and nothing of them is left behind. Ctrl-C stops it.
    Exit code 1 unless the ledger is clean and, with --seconds, at least 100 contacts were served.
    """
    import asyncio

    from router.cli.demo.show import demo as show
    from router.cli.play.own import DaemonFailed
    from router.cli.play.player import CannotPlay

    try:
        report = show(seconds, speed, seed)
    except DaemonFailed as error:
        say.fail(f"the daemon did not start, or ended by itself:\n{error}", "is the machine out of memory or disk?")
    except CannotPlay as error:
        say.fail(error.what, error.remedy)
    except (asyncio.CancelledError, KeyboardInterrupt):
        raise typer.Exit(exits.INTERRUPTED) from None
    if as_json:
        say.as_json(report.as_json())
    else:
        from rich.console import Console

        from router.cli.views.play import view

        Console(highlight=False, soft_wrap=True).print(view(report))
    served = report.figures.served
    if seconds is not None and served < SERVED_LEAST:
        say.note(f"switchboard: only {served} contacts were served, and {SERVED_LEAST} are the least")
        raise typer.Exit(exits.PROBLEMS)
    if not report.clean:
        raise typer.Exit(exits.PROBLEMS)
