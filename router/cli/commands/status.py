"""`switchboard status`: how things stand in a running daemon."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli import exits, say
from router.cli.running import Address, Json, Socket, daemon

if TYPE_CHECKING:
    from router.cli.asking import Asker

EVERY_S = 1.0
"""How often `--watch` asks: as fast as people read."""


def status(
    socket: Socket = None,
    address: Address = None,
    queue: Annotated[str | None, typer.Option("--queue", help="Only this queue.")] = None,
    agents: Annotated[bool, typer.Option("--agents", help="Also every agent who is signed in.")] = False,
    as_json: Json = False,
    watch: Annotated[bool, typer.Option("--watch", help="Ask once a second, until Ctrl-C.")] = False,
) -> None:
    """Show queues and agents of a running daemon.

    Example: switchboard status --queue cards --agents

    Exit code 1 if the daemon has found violations of its own invariants, 3 if it can't be reached.
    """
    from router.cli import asking

    with daemon(socket, address, refused=exits.USAGE) as asker:
        shown = _watch(asker, queue, agents=agents, as_json=as_json) if watch else None
        if shown is None:
            shown = asking.standing(asker, queue, agents=agents)
            _print(shown, as_json=as_json)
    if shown.violations:
        say.note(f"switchboard: the daemon has found {shown.violations} violation(s); see its log")
        raise typer.Exit(exits.PROBLEMS)


def _print(shown: asking.Standing, *, as_json: bool) -> None:
    if as_json:
        say.as_json(shown.as_json())
        return
    from router.cli.views import tables

    say.table(tables.standing(shown))


def _watch(asker: Asker, queue: str | None, *, agents: bool, as_json: bool) -> asking.Standing:
    """Ask again and again. On a terminal the table stays where it is."""
    from router.cli import asking

    shown = asking.standing(asker, queue, agents=agents)
    try:
        if as_json or not sys.stdout.isatty():
            while True:
                _print(shown, as_json=as_json)
                time.sleep(EVERY_S)
                shown = asking.standing(asker, queue, agents=agents)
        from rich.live import Live

        from router.cli.views import tables

        with Live(tables.standing(shown), screen=False, auto_refresh=False) as live:
            while True:
                time.sleep(EVERY_S)
                shown = asking.standing(asker, queue, agents=agents)
                live.update(tables.standing(shown), refresh=True)
    except KeyboardInterrupt:
        return shown


if TYPE_CHECKING:
    from router.cli import asking
