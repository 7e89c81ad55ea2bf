"""`switchboard rules`: what the rules of a running daemon go by, and taking them off for a while."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from router.cli import exits, say
from router.cli.commands.hands import carry_out
from router.cli.running import Address, JsonLines, Socket, daemon


class RuleDeed(StrEnum):
    """What can be done to rules."""

    PAUSE = "pause"
    RESUME = "resume"


def rules(
    deed: Annotated[RuleDeed | None, typer.Argument(metavar="[pause|resume]", help="What to do; none: list.")] = None,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The rule; none: all, and plans.")] = None,
    who: Annotated[
        str | None, typer.Option("--as", metavar="WHO", help="With pause and resume: who does it, one word.")
    ] = None,
    why: Annotated[
        str | None, typer.Option("--why", metavar="TEXT", help="With pause and resume: why, in a line.")
    ] = None,
    socket: Socket = None,
    address: Address = None,
    as_json: JsonLines = False,
) -> None:
    """List the rules: where each is, what it reads now, and when it turns by itself. Pause or resume them.

    Example: switchboard rules pause accounts-late --as mia --why "the figures are wrong today"

    pause ends what they do at once and lets none start, through reloads and restarts, until resume; without a name it
    takes off all layers, those of plans too. Exit code 1 if the daemon refuses, 3 if it can't be reached.
    """
    from router.cli import asking
    from router.wire.catalogue import PauseRules, ResumeRules

    if deed is not None:
        if who is None or why is None:
            say.fail(f"{deed.value} needs --as and --why", "they are kept with what you do", exits.USAGE)
        request = PauseRules if deed is RuleDeed.PAUSE else ResumeRules
        said = f"{name or 'all rules and plans'}: {deed.value}d"
        carry_out(request(0, who, why, name), socket, address, said, as_json=as_json)
        return
    with daemon(socket, address) as asker:
        found = asking.all_rules(asker)
    if as_json:
        say.as_json_lines(found)
        return
    from router.cli.views import tables

    say.table(tables.rules(found))
