"""`switchboard audit`: what people did to a running daemon by hand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from router.cli import exits, say

PIPE_COLUMNS = 200
"""Wide enough for every column of the table."""


def audit(
    after: Annotated[int, typer.Option("--after", min=0, help="Only entries with a higher number.")] = 0,
    last: Annotated[int, typer.Option("--last", min=1, help="So many at most, the newest.")] = 100,
    socket: Annotated[
        Path | None, typer.Option("--socket", help="The daemon's unix socket; without it, where a daemon has it.")
    ] = None,
    address: Annotated[str | None, typer.Option("--address", help="HOST:PORT instead, over TCP.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object an entry, a line each.")] = False,
) -> None:
    """Show who changed what by hand, when and why.

    Example: switchboard audit --last 20

    Oldest first. It is read from the daemon's store, so it goes back before the last start, as far as
    audit_records_max allows. Exit code 3 if the daemon can't be reached.
    """
    from router.cli import asking

    if socket is not None and address is not None:
        say.fail("--socket and --address are two ways to the same daemon", "give one of them", exits.USAGE)
    try:
        with asking.asker(socket, address) as asker:
            found = asking.deeds(asker, after, last)
    except asking.Unreachable as error:
        say.fail(error.what, error.remedy)
    if as_json:
        for entry in found:
            say.as_json({name: getattr(entry, name) for name in entry.__struct_fields__})
        return
    from rich.console import Console

    from router.cli import tables

    width = None if sys.stdout.isatty() else PIPE_COLUMNS
    Console(highlight=False, width=width).print(tables.deeds(found))
