"""Renders the part of `docs/commands.md` that the code decides: `python -m tests.cli.page` writes it.

Everything from the heading `## Every command` on is the commands' own help, and the tables of exit codes. It must not
know what any command does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from typer import Context
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from router.cli.app import app
from router.cli.exits import EXITS
from router.daemon.exits import EXITS as DAEMON_EXITS
from tests.docs.registry import table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"
HEADING = "## Every command\n"


def commands(within: TyperGroup | None = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command of the program, each before those inside it, in the order of `--help`."""
    group = within if within is not None else get_command(app)
    assert isinstance(group, TyperGroup), "the program has commands"
    yield path
    for name in group.list_commands(Context(group)):
        command = group.commands[name]
        if isinstance(command, TyperGroup):
            yield from commands(command, (*path, name))
        elif not command.hidden:
            yield (*path, name)


def help_of(command: tuple[str, ...]) -> str:
    """What `--help` prints, on a terminal of 100 columns."""
    result = CliRunner(env={"COLUMNS": "100", "TERMINAL_WIDTH": "100"}).invoke(
        app, [*command, "--help"], prog_name="switchboard"
    )
    assert result.exit_code == 0, result.output
    return "\n".join(line.rstrip() for line in result.output.strip().splitlines())


def _parts() -> Iterator[str]:
    yield HEADING
    for command in commands():
        yield f"### `{' '.join(('switchboard', *command))}`\n"
        yield f"```text\n{help_of(command)}\n```\n"
    yield "## Exit codes\n"
    yield table(("code", "meaning"), [(str(code), meaning) for code, meaning in EXITS.items()]) + "\n"
    yield "`serve` ends with those of the daemon, by which a service manager decides whether to start it again:\n"
    yield table(("code", "meaning"), [(str(code), meaning) for code, meaning in DAEMON_EXITS.items()])


def rendered(present: str) -> str:
    """The page as it should be: its own words, then what is rendered. Raises ValueError where the heading is gone."""
    head, heading, _ = present.partition(HEADING)
    if not heading:
        raise ValueError(f"{PAGE.name} needs the heading {HEADING.strip()!r}")
    return head + "\n".join(_parts()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
