"""What all commands that ask a running daemon share: how it is named, and how a command ends that gets no answer.

It must not know what is asked, nor how answers are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli import exits, say

if TYPE_CHECKING:
    from router.cli.asking import Asker

Socket = Annotated[
    Path | None, typer.Option("--socket", help="The daemon's unix socket; without it, where a daemon has it.")
]
Address = Annotated[str | None, typer.Option("--address", help="HOST:PORT instead, over TCP.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
JsonLines = Annotated[bool, typer.Option("--json", help="Print one JSON object an entry, a line each.")]


@contextmanager
def daemon(
    socket: Path | None,
    address: str | None,
    *,
    refused: int = exits.PROBLEMS,
    remedy: str = "",
    as_json: bool = False,
) -> Iterator[Asker]:
    """A way to the daemon, for as long as the command needs it. The command ends with code 3 where nobody answers, and
    with `refused` where the daemon says no; `remedy`: what to do about that where the daemon knows nothing to do. With
    `as_json` a no is an object too. A name that it does not know is answered with the one nearest to it."""
    # Here, since it takes the whole wire along, which `--help` does without.
    from router.cli import asking

    if socket is not None and address is not None:
        say.fail("--socket and --address are two ways to the same daemon", "give one of them", exits.USAGE)
    try:
        with asking.asker(socket, address) as asker:
            try:
                yield asker
            except asking.Refusal as error:
                from router.cli import near

                error.meant = near.meant(asker, error)
                raise
    except asking.Refusal as error:
        if as_json:
            told = {"done": False, "code": error.code, "detail": error.detail}
            say.as_json(told | ({"did_you_mean": error.meant} if error.meant else {}))
        say.fail(error.what, f"did you mean {error.meant}?" if error.meant else error.remedy or remedy, refused)
    except asking.Unreachable as error:
        say.fail(error.what, error.remedy)
