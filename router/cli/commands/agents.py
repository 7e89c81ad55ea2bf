"""`switchboard agents export` and `import`: the people of a centre as a table."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from router.cli import exits, say
from router.cli.running import Json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from router.config import Fault

agents = typer.Typer(
    help="The people of a centre as a table (CSV).\n\nA line an agent, a column a skill, a level where they cross.\n\n"
    "Example: switchboard agents export people.csv",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Config = Annotated[Path, typer.Option("--config", help="The configuration directory.")]


@agents.command("export")
def export(
    out: Annotated[Path | None, typer.Argument(metavar="FILE", help="Where to; without it, standard output.")] = None,
    config: Config = Path("config"),
) -> None:
    """Write all agents as CSV, for a spreadsheet.

    Example: switchboard agents export people.csv
    """
    from router.config import check, export_csv

    report = check(config, read_keys=False)
    if report.configuration is None:
        _refuse(report.errors, f"{config}: the configuration has mistakes")
    table = export_csv(report.configuration)
    if out is None:
        sys.stdout.write(table)
        return
    try:
        out.write_text(table, encoding="utf-8")
    except OSError as error:
        say.fail(f"{out} can't be written: {error.strerror}")
    say.note(f"{out}: {len(report.configuration.settings.agents)} agents")


@agents.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The table, as CSV.")],
    config: Config = Path("config"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and say what would change; write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Put a table of agents into the configuration.

    Example: switchboard agents import people.csv --dry-run

    It takes the place of the agents that are there. It is checked together with the whole directory before anything is
    written: exit code 1, and each wrong line, if it is not right. A running daemon takes it up with `switchboard
    apply`.
    """
    from router.config import ConfigurationErrors, check, diff, install, plan_import

    try:
        content = file.read_bytes()
    except OSError as error:
        say.fail(f"{file} can't be read: {error.strerror}")
    try:
        files, report = plan_import(config, content, file.name, os.environ)
    except ConfigurationErrors as wrong:
        _refuse(wrong.faults, f"{file}: nothing was changed", as_json=as_json)
    if report.configuration is None:
        _refuse(report.errors, f"{config}: with this table it would be refused; nothing was changed", as_json=as_json)
    for fault in report.warnings:
        say.note(str(fault))
    old = check(config, read_keys=False).configuration
    every = diff(old, report.configuration) if old else ()
    changes = [str(change) for change in every if change.path.startswith("agents.")]
    names = sorted(files)
    if not dry_run:
        try:
            install(config, files)
        except OSError as error:
            say.fail(f"{config} can't be written: {error.strerror}")
    count = len(report.configuration.settings.agents)
    if as_json:
        say.as_json({"done": not dry_run, "agents": count, "files": names, "changes": changes, "faults": []})
        return
    for change in changes:
        say.data(change)
    say.note(f"{count} agents; {'would write' if dry_run else 'wrote'} {', '.join(names)} in {config}")


def _refuse(faults: Iterable[Fault], why: str, *, as_json: bool = False) -> NoReturn:
    if as_json:
        say.as_json({"done": False, "faults": say.fields(list(faults))})
        raise typer.Exit(exits.PROBLEMS)
    for fault in faults:
        say.note(str(fault))
    say.fail(why, "mend what is named above", exits.PROBLEMS)
