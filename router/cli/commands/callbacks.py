"""`switchboard callbacks` and `switchboard callback`: the call-backs that a running daemon has promised."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from router.cli import say
from router.cli.commands.hands import Who, Why, carry_out
from router.cli.running import Address, Json, JsonLines, Socket, daemon


class CallbackDeed(StrEnum):
    """What can be done to a call-back."""

    CANCEL = "cancel"


def callbacks(
    queue: Annotated[str | None, typer.Option("--queue", help="Only those of this queue.")] = None,
    numbers: Annotated[
        bool, typer.Option("--numbers", help="Show numbers whole, not only the last two digits.")
    ] = False,
    socket: Socket = None,
    address: Address = None,
    as_json: JsonLines = False,
) -> None:
    """List the open call-backs: whom, since when, and what happens next.

    Example: switchboard callbacks --queue cards

    later: its time has not come, or it pauses between tries; hold: it keeps its place and is dialled when its turn
    comes; line: an agent is found for it first; dialling: it is being dialled. Exit code 1 if there is no such queue,
    3 if the daemon can't be reached.
    """
    from router.cli import asking

    with daemon(socket, address) as asker:
        found = asking.open_callbacks(asker, queue, numbers)
    if as_json:
        say.as_json_lines(found)
        return
    from router.cli.views import tables

    say.table(tables.callbacks(found))


def callback(
    name: Annotated[str, typer.Argument(metavar="ID", help="The call-back, as `callbacks` lists it.")],
    deed: Annotated[CallbackDeed, typer.Argument(metavar="cancel", help="What to do.")],
    who: Who,
    why: Why,
    socket: Socket = None,
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Cancel a call-back, also while it is being dialled.

    Example: switchboard callback callback-1-815 cancel --as mia --why "settled by e-mail"

    Exit code 1 if the daemon refuses, 3 if it can't be reached.
    """
    from router.wire.catalogue import EndContact

    assert deed is CallbackDeed.CANCEL
    carry_out(EndContact(0, who, why, name), socket, address, f"{name} is cancelled", as_json=as_json)
