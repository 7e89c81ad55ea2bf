"""`switchboard handover`: the leader lets the standby lead."""

from __future__ import annotations

import typer

from router.cli import exits, say
from router.cli.running import Address, Json, Socket, daemon


def handover(
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Let the daemon that stands by lead, without losing a contact: how one upgrades.

    Example: switchboard handover --socket /run/switchboard/switchboard.sock

    The leader keeps and tells all that it has decided, gives up its lease, and stands by itself. Exit code 1 if nobody
    stands by or the store is away, 3 if the leader can't be reached.
    """
    from router.wire.catalogue import Busy, HandedOver, HandOver

    with daemon(socket, address, remedy="see: switchboard status") as asker:
        answer = asker.ask(HandOver(0))
    if isinstance(answer, Busy):
        say.fail(f"not now: {answer.what}", "ask the leader, and look after its store", exits.PROBLEMS)
    assert isinstance(answer, HandedOver), "nothing else answers it"
    if as_json:
        say.as_json({"handed_over_to": answer.to})
    else:
        typer.echo(f"handed over to {answer.to}")
