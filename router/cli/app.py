"""The typer application: every command, in the order of `--help`: configuration, a running daemon, recorded traffic.

Nothing is done here. Help is plain text: it reads well in a pipe, and rich would cost a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

import typer
from typer.core import TyperGroup

from router.cli.commands.agents import agents
from router.cli.commands.audit import audit
from router.cli.commands.callbacks import callback, callbacks
from router.cli.commands.check import check
from router.cli.commands.demo import demo
from router.cli.commands.doctor import doctor
from router.cli.commands.doors import queue
from router.cli.commands.ewt import ewt
from router.cli.commands.handover import handover
from router.cli.commands.hands import agent, contact
from router.cli.commands.import_traces import traces
from router.cli.commands.partners import partners
from router.cli.commands.plans import layers, plan
from router.cli.commands.play import play
from router.cli.commands.reload import apply, diff, history, rollback
from router.cli.commands.replay import replay
from router.cli.commands.rosters import roster
from router.cli.commands.route import route
from router.cli.commands.rules import rules
from router.cli.commands.serve import serve
from router.cli.commands.status import status
from router.cli.commands.store import store
from router.cli.commands.tickets import tickets, track
from router.cli.commands.trace import trace
from router.cli.commands.whatif import whatif
from router.cli.commands.who import who

SHOWN: Final[dict[str, typer.Typer | Callable[..., None]]] = {
    "serve": serve,
    "check": check,
    "diff": diff,
    "apply": apply,
    "rollback": rollback,
    "history": history,
    "route": route,
    "agents": agents,
    "status": status,
    "who": who,
    "agent": agent,
    "contact": contact,
    "queue": queue,
    "callbacks": callbacks,
    "callback": callback,
    "tickets": tickets,
    "track": track,
    "partners": partners,
    "plan": plan,
    "layers": layers,
    "rules": rules,
    "roster": roster,
    "audit": audit,
    "handover": handover,
    "doctor": doctor,
    "store": store,
    "demo": demo,
    "import": traces,
    "trace": trace,
    "replay": replay,
    "whatif": whatif,
    "play": play,
    "ewt": ewt,
}
"""Every command and group of commands, in the order of `--help`."""


class InOrder(TyperGroup):
    """Groups stand where the table has them; typer would show them after all commands."""

    def list_commands(self, _ctx: object) -> list[str]:
        """See `TyperGroup`."""
        return list(SHOWN)


app = typer.Typer(
    name="switchboard",
    cls=InOrder,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


def _version(asked: bool) -> None:
    if asked:
        from router.cli.version import version

        typer.echo(f"switchboard {version()}")
        raise typer.Exit


@app.callback()
def switchboard(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Decides, for every call, chat, e-mail and ticket of a contact centre, who takes it and when.

    Example: switchboard demo
    """


for _name, _what in SHOWN.items():
    if isinstance(_what, typer.Typer):
        app.add_typer(_what, name=_name)
    else:
        app.command(_name)(_what)
