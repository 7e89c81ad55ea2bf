"""`switchboard tickets` and `switchboard track`: where the tickets of a running daemon stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from router.cli import exits, say
from router.cli.running import Address, Json, JsonLines, Socket, daemon

if TYPE_CHECKING:
    from router.wire.catalogue import TicketStatus

SHOWN = ("ticket", "queue", "state", "path", "node", "holder", "pending", "age", "due", "limit", "hops")


def tickets(
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those past their due time.")] = False,
    queue: Annotated[str | None, typer.Option("--queue", help="Only this queue.")] = None,
    socket: Socket = None,
    address: Address = None,
    as_json: JsonLines = False,
) -> None:
    """Show the tickets that live: where on their path, whose they are, and when they are due.

    Example: switchboard tickets --overdue

    Exit code 3 if the daemon can't be reached.
    """
    from router.wire.catalogue import Tickets, TicketsReply

    found: list[TicketStatus] = []
    more, after = True, 0
    with daemon(socket, address, refused=exits.USAGE) as asker:
        while more:
            page = asker.ask(Tickets(0, overdue, queue, after))
            assert isinstance(page, TicketsReply)
            found += page.tickets
            more, after = page.more, found[-1].number if found else 0
    if as_json:
        say.as_json_lines(found)
        return
    from router.cli.views import tables

    table = tables.listing(*SHOWN)
    for ticket in found:
        row = (ticket.ticket, ticket.queue, ticket.state, ticket.path, ticket.node, ticket.holder, ticket.pending)
        times = (_time(ticket.age_ms), _time(ticket.due_ms), _time(ticket.limit_ms))
        table.add_row(*row, *times, str(ticket.hops), style="red" if ticket.overdue else None)
    say.table(table)


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

    with daemon(socket, address, refused=exits.USAGE) as asker:
        told = asker.ask(Track(0, ticket, None, gateway))
    assert isinstance(told, TrackReply)
    if as_json:
        say.as_json({name: getattr(told, name) for name in told.__struct_fields__ if name != "re"})
    else:
        typer.echo(told.text)


def _time(left_ms: int | None) -> str:
    """`2 h 05`, `-3 d 04 h`; nothing where there is none."""
    if left_ms is None:
        return ""
    sign, minutes = "-" if left_ms < 0 else "", abs(left_ms) // 60_000
    days, hours = divmod(minutes // 60, 24)
    return f"{sign}{days} d {hours:02} h" if days else f"{sign}{hours} h {minutes % 60:02}"
