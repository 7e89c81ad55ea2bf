"""The typer application: every command, in the order of `--help`.

Nothing is done here. Help is plain text: it reads well in a pipe, and rich would cost a tenth of a second.
"""

from __future__ import annotations

from typing import Annotated

import typer

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
from router.cli.commands.traces import traces
from router.cli.commands.whatif import whatif
from router.cli.commands.who import who

app = typer.Typer(
    name="switchboard",
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


app.command()(serve)
app.command()(check)
app.command()(diff)
app.command()(apply)
app.command()(rollback)
app.command()(history)
app.command()(route)
app.command()(status)
app.command()(who)
app.command()(agent)
app.command()(contact)
app.command()(queue)
app.add_typer(plan, name="plan")
app.add_typer(layers, name="layers")
app.add_typer(roster, name="roster")
app.command()(partners)
app.command()(callbacks)
app.command()(rules)
app.command()(callback)
app.command()(tickets)
app.command()(track)
app.command()(audit)
app.command()(handover)
app.command()(demo)
app.add_typer(traces, name="import")
app.add_typer(trace, name="trace")
app.command()(replay)
app.command()(whatif)
app.command()(play)
app.command()(ewt)
app.add_typer(agents, name="agents")
app.add_typer(store, name="store")
app.command()(doctor)
