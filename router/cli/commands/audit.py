"""`switchboard audit`: what people did to a running daemon by hand."""

from __future__ import annotations

from typing import Annotated

import typer

from router.cli import exits, say
from router.cli.running import Address, JsonLines, Socket, daemon


def audit(
    after: Annotated[int, typer.Option("--after", min=0, help="Only entries with a higher number.")] = 0,
    last: Annotated[int, typer.Option("--last", min=1, help="So many at most, the newest.")] = 100,
    socket: Socket = None,
    address: Address = None,
    as_json: JsonLines = False,
) -> None:
    """Show who changed what by hand, when and why.

    Example: switchboard audit --last 20

    Oldest first. It is read from the daemon's store, so it goes back before the last start, as far as
    audit_records_max allows. Exit code 3 if the daemon can't be reached.
    """
    from router.cli import asking

    with daemon(socket, address, refused=exits.CANNOT) as asker:
        found = asking.deeds(asker, after, last)
    if as_json:
        say.as_json_lines(found)
        return
    from router.cli.views import tables

    say.table(tables.deeds(found))
