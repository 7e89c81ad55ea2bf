"""The command line: `switchboard`, and the same as `python -m router.cli`.

It must not decide anything about contacts. The one idea: a command is declared in `commands/` with its help and
options, and imports what it needs only when it runs, so that `switchboard --help` is there at once.
"""

from __future__ import annotations


def main() -> None:
    """Run the command that the process's arguments name, and end with its exit code."""
    from router.cli.app import app

    app(prog_name="switchboard")
