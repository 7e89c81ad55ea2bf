"""`switchboard tickets` and `switchboard track`: where the tickets of a running daemon stand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli import exits, say

if TYPE_CHECKING:
    from router.wire.catalogue import Message, Request, TicketStatus

PIPE_COLUMNS = 200
"""Wide enough for every column of the table."""
SHOWN = ("ticket", "queue", "state", "path", "node", "holder", "pending", "age", "due", "limit", "hops")
Socket = Annotated[
    Path | None, typer.Option("--socket", help="The daemon's unix socket; without it, where a daemon has it.")
]
Address = Annotated[str | None, typer.Option("--address", help="HOST:PORT instead, over TCP.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


def tickets(
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those past their due time.")] = False,
    queue: Annotated[str | None, typer.Option("--queue", help="Only this queue.")] = None,
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Show the tickets that live: where on their path, whose they are, and when they are due.

    Example: switchboard tickets --overdue

    Exit code 3 if the daemon can't be reached.
    """
    from router.wire.catalogue import Tickets, TicketsReply

    found: list[TicketStatus] = []
    more, after = True, 0
    while more:
        page = _ask(Tickets(0, overdue, queue, after), socket, address)
        assert isinstance(page, TicketsReply)
        found += page.tickets
        more, after = page.more, found[-1].number if found else 0
    if as_json:
        for ticket in found:
            say.as_json({name: getattr(ticket, name) for name in ticket.__struct_fields__})
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*SHOWN, box=None, header_style="bold")
    for ticket in found:
        row = (ticket.ticket, ticket.queue, ticket.state, ticket.path, ticket.node, ticket.holder, ticket.pending)
        times = (_time(ticket.age_ms), _time(ticket.due_ms), _time(ticket.limit_ms))
        table.add_row(*row, *times, str(ticket.hops), style="red" if ticket.overdue else None)
    width = None if sys.stdout.isatty() else PIPE_COLUMNS
    Console(highlight=False, width=width).print(table)


def track(
    ticket: Annotated[str, typer.Argument(help="The contact id of one of its visits.")],
    gateway: Annotated[str | None, typer.Option("--gateway", help="The gateway that owns it.")] = None,
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Say where a ticket stands, in the words that its customer may hear.

    Example: switchboard track T-4711

    Exit code 2 if there is no such ticket, 3 if the daemon can't be reached.
    """
    from router.wire.catalogue import Track, TrackReply

    told = _ask(Track(0, ticket, None, gateway), socket, address)
    assert isinstance(told, TrackReply)
    if as_json:
        say.as_json({name: getattr(told, name) for name in told.__struct_fields__ if name != "re"})
    else:
        typer.echo(told.text)


def _ask(question: Request, socket: Path | None, address: str | None) -> Message:
    from router.cli import asking

    if socket is not None and address is not None:
        say.fail("--socket and --address are two ways to the same daemon", "give one of them", exits.USAGE)
    try:
        with asking.asker(socket, address) as asker:
            return asker.ask(question)
    except asking.Refusal as error:
        say.fail(error.what, error.remedy, exits.USAGE)
    except asking.Unreachable as error:
        say.fail(error.what, error.remedy)


def _time(left_ms: int | None) -> str:
    """`2 h 05`, `-3 d 04 h`; nothing where there is none."""
    if left_ms is None:
        return ""
    sign, minutes = "-" if left_ms < 0 else "", abs(left_ms) // 60_000
    days, hours = divmod(minutes // 60, 24)
    return f"{sign}{days} d {hours:02} h" if days else f"{sign}{hours} h {minutes % 60:02}"
