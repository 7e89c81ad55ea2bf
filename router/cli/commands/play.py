"""`switchboard play`: recorded traffic as real clients against a running daemon, judged from outside."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli import exits, files, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from router.cli.play.own import OwnDaemon
    from router.cli.play.player import Player
    from router.cli.play.report import PlayReport
    from router.trace import Draw, Trace

SHOW_EVERY_S = 0.5
"""How often progress is shown."""


def play(
    trace: Annotated[Path, typer.Argument(metavar="TRACE", help="A trace, as `switchboard import` makes it.")],
    speed: Annotated[int, typer.Option(min=1, help="So many times faster: the daemon's own --speed.")] = 60,
    day: Annotated[int | None, typer.Option(help="Only this day of the trace, counted from 1.")] = None,
    address: Annotated[
        list[str] | None, typer.Option("--address", help="HOST:PORT of the daemon; twice for a pair.")
    ] = None,
    start: Annotated[bool, typer.Option("--start", help="Start a daemon for it, with a store of its own.")] = False,
    kill_after: Annotated[
        list[float] | None,
        typer.Option("--kill-after", help="Seconds until the started daemon is killed (-9) and started again."),
    ] = None,
    write_config: Annotated[
        Path | None, typer.Option("--write-config", help="Write the configuration for this trace there, and end.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Draws what the record leaves open, as in `replay`.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Play a trace over TCP against a running daemon.

    Example: switchboard play feb.trace --day 2 --speed 600 --start

    Two gateways, a desk for each agent and every caller are real clients, and an outside ledger judges: exit code 1
    unless nothing was lost, doubled, unexpected or is unknown. Without --start it speaks to a daemon that serves what
    --write-config wrote, with the same --speed.
    """
    whole = files.trace(trace)
    played = whole if day is None else files.day_of(whole, day)
    if write_config is not None:
        _write(played, write_config, speed)
        return
    if kill_after and not start:
        say.fail("--kill-after needs --start: only our own daemon is killed", "add --start", exits.USAGE)
    if address and start:
        say.fail("--address and --start are two daemons", "give one of them", exits.USAGE)
    from router.trace import draws

    drawn = draws(played, seed, basis=whole)
    if start:
        report = _with_own(played, drawn, speed, kill_after or [])
    else:
        report = _perform(played, drawn, address or ["127.0.0.1:7450"], speed)
    _show(report, as_json=as_json)
    if not report.clean:
        raise typer.Exit(exits.PROBLEMS)


def _write(trace: Trace, directory: Path, speed: int) -> None:
    from router.cli.play import centre
    from router.trace import TraceError

    try:
        centre.write(directory, centre.texts(trace))
    except TraceError as error:
        say.fail(str(error))
    except FileExistsError as error:
        say.fail(str(error), "name a directory without a configuration")
    except OSError as error:
        say.fail(f"{directory} can't be written: {error.strerror}")
    say.note(f"wrote {directory}; now: switchboard serve --config {directory} --speed {speed}")


def _with_own(trace: Trace, draws: Sequence[Draw], speed: int, kills_s: Sequence[float]) -> PlayReport:
    from router.cli.play import centre
    from router.cli.play.own import DaemonFailed, OwnDaemon, free_port
    from router.trace import TraceError

    with tempfile.TemporaryDirectory(prefix="switchboard-play-") as name:
        directory, port = Path(name), free_port()
        try:
            centre.write(directory, centre.texts(trace, port=port, admin_port=None, log_level="warning"))
        except TraceError as error:
            say.fail(str(error))
        daemon = OwnDaemon(directory, speed)
        try:
            daemon.start()
            return _perform(trace, draws, [f"127.0.0.1:{port}"], speed, daemon, kills_s)
        except DaemonFailed as error:
            say.fail(
                f"the daemon did not start, or ended by itself:\n{error}",
                "try: switchboard check on what --write-config writes",
            )
        finally:
            daemon.stop()


def _perform(
    trace: Trace,
    draws: Sequence[Draw],
    addresses: list[str],
    speed: int,
    daemon: OwnDaemon | None = None,
    kills_s: Sequence[float] = (),
) -> PlayReport:
    import asyncio

    from router.cli.play.player import CannotPlay
    from router.cli.play.stage import perform

    with say.progress(f"playing {trace.header.days[0].date if trace.header.days else ''}") as progress:

        async def show(player: Player) -> None:
            while True:
                progress("contacts", player.arrived, len(trace.contacts))
                await asyncio.sleep(SHOW_EVERY_S)

        try:
            return asyncio.run(perform(trace, draws, addresses, speed, daemon=daemon, kills_s=kills_s, beside=show))
        except ValueError as error:
            say.fail(str(error), "give the address as HOST:PORT", exits.USAGE)
        except CannotPlay as error:
            say.fail(error.what, error.remedy)
        except asyncio.CancelledError:
            raise typer.Exit(exits.INTERRUPTED) from None


def _show(report: PlayReport, *, as_json: bool) -> None:
    if as_json:
        say.as_json(report.as_json())
        return
    from rich.console import Console

    from router.cli.views.play import view

    Console(highlight=False, soft_wrap=True).print(view(report))
