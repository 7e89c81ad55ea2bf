"""Runs the demo: daemon, clients, picture, summary.

It must not know how anything is played. The one idea: on a terminal a live table, elsewhere a line now and then, and
the same end for both.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from router.cli import say
from router.cli.demo.table import line, picture
from router.cli.play import centre
from router.cli.play.own import OwnDaemon, free_port
from router.cli.play.stage import perform
from router.trace import Plan, draws, generate

if TYPE_CHECKING:
    from rich.live import Live

    from router.cli.play.player import Player
    from router.cli.play.report import PlayReport
    from router.cli.play.stage import Beside
    from router.trace import Trace

PICTURE_EVERY_S: Final = 0.5
LINE_EVERY_S: Final = 2.0

HOUR_S: Final = 3_600


def demo(seconds: float | None, speed: int, seed: int) -> PlayReport:
    """Play it. Raises `DaemonFailed` and `CannotPlay`; Ctrl-C brings it to its end."""
    trace = _busy(seed, seconds, speed)
    with tempfile.TemporaryDirectory(prefix="switchboard-demo-") as name:
        directory, port, lines_port = Path(name), free_port(), free_port()
        texts = centre.texts(trace, port=port, admin_port=0, log_level="warning")
        centre.write(directory, texts)
        daemon = OwnDaemon(directory, speed, lines_port=lines_port)
        try:
            daemon.start()
            show = _show(_hint(lines_port, daemon.said.get("admin")), seconds)
            address = f"127.0.0.1:{port}"
            play = perform(trace, draws(trace, seed), [address], speed, seconds=seconds, daemon=daemon, beside=show)
            return asyncio.run(play)
        finally:
            daemon.stop()


def _busy(seed: int, seconds: float | None, speed: int) -> Trace:
    """A busy hour, or as many of them as the time that was asked for takes."""
    plan = Plan()
    hours = 1 if seconds is None else int(seconds * speed // HOUR_S) + 1
    return generate(seed, replace(plan, half_hours=plan.half_hours * hours))


def _hint(lines_port: int, admin: str | None) -> str:
    typed = f'try it yourself: nc 127.0.0.1 {lines_port}, then {{"t":"status","seq":1}}'
    return typed if admin is None else f"{typed};  metrics at http://{admin}/metrics"


def _show(hint: str, seconds: float | None) -> Beside:
    until = "Ctrl-C to stop" if seconds is None else f"stops after {seconds:g} s"

    async def show(player: Player) -> None:
        terminal = sys.stdout.isatty()
        if not terminal:
            say.note(f"{until};  {hint}")
        with _live() if terminal else nullcontext() as live:
            while True:
                status = await player.status()
                if status is not None and live is not None:
                    live.update(picture(player, status, f"{until};  {hint}"), refresh=True)
                elif status is not None:
                    say.note(line(player, status))
                await asyncio.sleep(PICTURE_EVERY_S if terminal else LINE_EVERY_S)

    return show


def _live() -> AbstractContextManager[Live]:
    from rich.console import Console
    from rich.live import Live

    return Live(console=Console(highlight=False), auto_refresh=False)
