"""`switchboard doctor`: what a machine and its store are like, before anybody depends on them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from router.cli import exits, say


def doctor(
    config: Annotated[Path, typer.Argument(metavar="DIR", help="The configuration directory.")] = Path("config"),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Look at the machine and the store: what would lose contacts, what would be slow.

    Example: switchboard doctor config

    Settings of Redis that lose data, how long a commit takes at least, clocks, descriptors, versions. Exit code 1 if
    something is wrong; warnings do not count.
    """
    from router.cli.files import configuration
    from router.daemon.doctor import look

    found = look(configuration(config, read_keys=True))
    if as_json:
        say.as_json([each._asdict() for each in found])
    else:
        for each in found:
            say.data(f"{each.level:8} {each.what}" + (f"; {each.remedy}" if each.remedy else ""))
    if any(each.level == "error" for each in found):
        raise typer.Exit(exits.PROBLEMS)
