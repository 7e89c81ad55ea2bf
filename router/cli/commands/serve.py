"""`switchboard serve`: the daemon."""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli import say

if TYPE_CHECKING:
    from router.daemon import Daemon


def serve(
    config: Annotated[Path, typer.Option("--config", help="The configuration directory.")] = Path("config"),
    speed: Annotated[
        int,
        typer.Option(min=1, help="Core time runs so many times as fast as the clock. Needs a store made for it."),
    ] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one line on standard output once clients may connect.")
    ] = False,
) -> None:
    """Run the engine until it is told to stop.

    Example: switchboard serve --config config

    SIGTERM or Ctrl-C stops it in order, SIGHUP reads the configuration again. It logs to standard error. Exit codes
    from 64 on say whether starting again can help: see docs/commands.md.
    """
    # What is imported and read here stays: the collector need not look through it again and again, nor ever.
    gc.disable()
    try:
        from router import daemon
        from router.config import check

        report = check(config)
    finally:
        gc.freeze()
        gc.enable()
    for fault in report.faults:
        say.note(str(fault))
    if report.configuration is None:
        say.fail(
            f"{config}: the configuration has {say.counted(len(report.errors), 'mistake')}",
            f"mend them, then try: switchboard check {config}",
            daemon.exits.CONFIGURATION_WRONG,
        )
    on_ready = _announce if as_json else None
    raise typer.Exit(daemon.run(report.configuration, directory=config, speed=speed, on_ready=on_ready))


def _announce(running: Daemon) -> None:
    sys.stdout.write(
        json.dumps({"ready": True, "pid": os.getpid(), "epoch": running.epoch, **running.addresses}) + "\n"
    )
    sys.stdout.flush()
