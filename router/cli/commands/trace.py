"""`switchboard trace`: traces made of traces."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from router.cli import files, say

_FURTHER: Final = re.compile(r"\d{4}-\d\d-\d\d\.\d+\.trace\Z")
"""A file of a day that is read with the first one."""

trace = typer.Typer(
    help="Make a trace out of another one.\n\n"
    "Example: switchboard trace burst feb.trace --at 1999-02-08T10:00 --out bad-day.trace",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@trace.callback()
def of_traces() -> None:
    """Make a trace out of another one.

    Example: switchboard trace burst feb.trace --at 1999-02-08T10:00 --out bad-day.trace
    """


@trace.command("burst")
def burst(
    path: Annotated[Path, typer.Argument(metavar="TRACE", help="A trace, as `switchboard import` makes it.")],
    at: Annotated[list[str], typer.Option("--at", metavar="TIME", help="When it begins, local; may be said again.")],
    out: Annotated[Path, typer.Option("--out", help="The trace to write.")],
    factor: Annotated[float, typer.Option(help="Arrivals in those minutes, as a multiple.")] = 5.0,
    minutes: Annotated[float, typer.Option(help="How long it lasts.")] = 15.0,
    seed: Annotated[int, typer.Option(help="Draws who comes, and when.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Put an incident into a trace: for some minutes more callers of the same kind.

    Example: switchboard trace burst feb.trace --at 1999-02-08T10:00 --factor 5 --minutes 15 --out bad-day.trace
    """
    from router.terms import SECOND_US
    from router.trace import TraceError, write_trace
    from router.trace.burst import burst as burst_of
    from router.trace.burst import moment

    whole = files.trace(path)
    try:
        made = burst_of(
            whole,
            [moment(whole, text) for text in at],
            factor=factor,
            for_us=round(minutes * 60 * SECOND_US),
            seed=seed,
        )
        write_trace(out, made)
    except TraceError as error:
        say.fail(f"{path}: {error}")
    except OSError as error:
        say.fail(f"{out} can't be written: {error.strerror}")
    added = len(made.contacts) - len(whole.contacts)
    if as_json:
        say.as_json({"trace": str(out), "contacts": len(made.contacts), "added": added})
    else:
        say.data(f"{out}: {len(made.contacts)} contacts, {added} of them in bursts")


@trace.command("join")
def join(
    paths: Annotated[list[Path], typer.Argument(metavar="TRACE...", help="Traces of different days.")],
    out: Annotated[Path, typer.Option("--out", help="The trace to write.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Join the traces of several days, recorded ones say, into one.

    Example: switchboard trace join traces/2026-11-*.trace --out november.trace

    The further files of a day (2026-11-21.2.trace) are read with its first one, and may be named or not.
    """
    from router.trace import TraceError, write_trace
    from router.trace.join import join as join_of

    named = [path for path in paths if not _FURTHER.search(path.name)]
    try:
        made = join_of([files.trace(path) for path in named])
        write_trace(out, made)
    except TraceError as error:
        say.fail(str(error))
    except OSError as error:
        say.fail(f"{out} can't be written: {error.strerror}")
    if as_json:
        say.as_json({"trace": str(out), "contacts": len(made.contacts), "days": len(made.header.days)})
    else:
        say.data(f"{out}: {len(made.contacts)} contacts, {len(made.header.days)} days")
