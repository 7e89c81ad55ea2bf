"""`switchboard handover`: the leader lets the standby lead."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from router.cli import exits, say


def handover(
    socket: Annotated[
        Path | None, typer.Option("--socket", help="The leader's unix socket; without it, where a daemon has it.")
    ] = None,
    address: Annotated[str | None, typer.Option("--address", help="HOST:PORT instead, over TCP.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Let the daemon that stands by lead, without losing a contact: how one upgrades.

    Example: switchboard handover --socket /run/switchboard/switchboard.sock

    The leader keeps and tells all that it has decided, gives up its lease, and stands by itself. Exit code 1 if nobody
    stands by or the store is away, 3 if the leader can't be reached.
    """
    from router.cli import asking
    from router.wire.catalogue import Busy, HandedOver, HandOver

    if socket is not None and address is not None:
        say.fail("--socket and --address are two ways to the same daemon", "give one of them", exits.USAGE)
    try:
        with asking.asker(socket, address) as asker:
            answer = asker.ask(HandOver(0))
    except asking.Refusal as error:
        say.fail(error.what, error.remedy or "see: switchboard status", exits.PROBLEMS)
    except asking.Unreachable as error:
        say.fail(error.what, error.remedy)
    if isinstance(answer, Busy):
        say.fail(f"not now: {answer.what}", "ask the leader, and look after its store", exits.PROBLEMS)
    assert isinstance(answer, HandedOver), "nothing else answers it"
    if as_json:
        say.as_json({"handed_over_to": answer.to})
    else:
        typer.echo(f"handed over to {answer.to}")
