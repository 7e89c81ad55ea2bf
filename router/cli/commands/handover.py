"""`switchboard handover`: the leader lets the standby lead."""

from __future__ import annotations

import typer

from router.cli import exits, say
from router.cli.commands.hands import Who, Why
from router.cli.running import Address, Json, Socket, daemon


def handover(
    who: Who,
    why: Why,
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Let the daemon that stands by lead, without losing a contact: how one upgrades.

    Example: switchboard handover --as mia --why "release 0.2"

    The leader keeps and tells all that it has decided, who asked for this among it (switchboard audit), gives up its
    lease, and stands by itself. Exit code 1 if nobody stands by or the store is away, 3 if the leader can't be reached.
    """
    from router.wire.catalogue import Busy, HandedOver, HandOver

    with daemon(socket, address, remedy="see: switchboard status", as_json=as_json) as asker:
        answer = asker.ask(HandOver(0, who, why))
    if isinstance(answer, Busy):
        if as_json:
            say.as_json({"done": False, "code": "busy", "detail": answer.what})
        say.fail(f"not now: {answer.what}", "ask the leader, and look after its store", exits.PROBLEMS)
    assert isinstance(answer, HandedOver), "nothing else answers it"
    if as_json:
        say.as_json({"done": True, "handed_over_to": answer.to})
    else:
        typer.echo(f"handed over to {answer.to}")
