"""`switchboard route`: which row of the routes a contact would go by, and why none of those before it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from router.cli import exits, say


def route(
    tried: Annotated[
        str,
        typer.Option(
            "--try",
            metavar="JSON",
            help="What the contact arrives with: channel, entry, customer, tier, language, region, business. calendar: "
            "the one that is open then, empty for none; without it those that are open now.",
        ),
    ],
    config: Annotated[Path, typer.Argument(metavar="DIR", help="The configuration directory.")] = Path("config"),
    tenant: Annotated[str, typer.Option("--tenant", help="Whose contact it is.")] = "main",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Explain where the routes of a configuration send a contact. It needs no daemon.

    Example: switchboard route config --try '{"entry": "+4930100012", "tier": "private"}'

    Exit code 1 if no row matches, or if the configuration has mistakes.
    """
    from router.cli.views.route import BadTry, explain
    from router.config import check as check_directory

    report = check_directory(config, read_keys=False)
    if report.configuration is None:
        for fault in report.errors:
            say.note(str(fault))
        say.fail(f"{config} has mistakes", "mend them first: switchboard check", exits.PROBLEMS)
    try:
        explained = explain(report.configuration.settings, tenant, _object(tried), int(time.time()))
    except BadTry as wrong:
        say.fail(str(wrong), "", exits.USAGE)
    if as_json:
        say.as_json(explained.as_json())
    else:
        for line in explained.lines():
            say.data(line)
    if not explained.goes:
        raise typer.Exit(exits.PROBLEMS)


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        say.fail(f"--try is no JSON: {error}", """write it as '{"entry": "+4930", "tier": "gold"}'""", exits.USAGE)
    if not isinstance(value, dict):
        say.fail("--try is no JSON object", """write it as '{"entry": "+4930", "tier": "gold"}'""", exits.USAGE)
    return value
