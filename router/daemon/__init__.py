"""The daemon: `run` is what `switchboard serve` calls.

The one idea: a function from a configuration to an exit code; everything it starts has ended when it returns.
"""

from __future__ import annotations

import asyncio
import os
import signal
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

from router import logs
from router.config.model import Configuration
from router.core.engine import Engine
from router.daemon import exits, process
from router.daemon.beginning import at_start
from router.daemon.daemon import CannotListen, Daemon
from router.daemon.loading import Loaded, lead_of, load, opened
from router.daemon.notify import Notifier
from router.daemon.services import SERVICES, ServiceMaker
from router.daemon.standing_by import Standby, wait_after_us
from router.store import StoreUnusable
from router.store.base import Lead, StoreHeld
from router.store.redis import RedisStore
from router.terms import SECOND_US

__all__ = ["Daemon", "exits", "run"]

SPEED_MOST: Final = 100_000
"""A faster clock than this has nothing left to decide in a loop's millisecond."""

_log = logs.get("daemon")


def run(
    configuration: Configuration,
    *,
    directory: Path | None = None,
    speed: int = 1,
    services: tuple[ServiceMaker, ...] = SERVICES,
    on_ready: Callable[[Daemon], None] | None = None,
) -> int:
    """Serve until a signal or a failure. Returns an exit code of `exits.EXITS`.

    `directory`: where a reload (SIGHUP) reads; without it a reload is refused. `speed`: core time runs so
    many times as fast as the clock, with a store made for it. `on_ready` is called on the loop once clients
    may connect.
    """
    logs.configure(configuration.logs.level, configuration.logs.format)
    if not 1 <= speed <= SPEED_MOST:
        _log.error("speed_refused", speed=speed, least=1, most=SPEED_MOST)
        return exits.CONFIGURATION_WRONG
    # A reload that is asked for while we load finds nobody to do it; it must not end us either.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    descriptors = process.raise_descriptors()
    turn = Turn(configuration if directory is None else at_start(configuration, directory))
    while True:
        code = _one_turn(turn.configuration, turn, directory, speed, services, on_ready, descriptors)
        if code != exits.NEXT_TURN:
            return code
        process.clear_garbage()
        on_ready = None


class Turn:
    """What one turn of leading leaves to the next."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        """In force now."""
        self.least_epoch = 0
        self.first = True
        """A daemon that was killed may take its own lease back; one that lost the lead may not."""
        self.gave_away = False


def _one_turn(
    configuration: Configuration,
    turn: Turn,
    directory: Path | None,
    speed: int,
    services: tuple[ServiceMaker, ...],
    on_ready: Callable[[Daemon], None] | None,
    descriptors: int,
) -> int:
    """Lead, or stand by and then lead, until this daemon ends or somebody else leads. Returns an exit code."""
    process.pause_garbage()
    lead = lead_of(configuration, turn.least_epoch, own=turn.first)
    start: Loaded | Standby
    try:
        _make_folder(configuration)
        start = _begin(configuration, speed, lead, turn)
    except StoreUnusable as error:
        _log.error("store_unusable", code=error.code, what=error.what, remedy=error.remedy)
        return exits.STORE_FAILED
    except OSError as error:
        _log.error("store_unusable", what=str(error))
        return exits.STORE_FAILED
    except Exception as error:  # noqa: BLE001  # whatever it is, the code must say that it is ours
        _log.error("start_failed", error="".join(traceback.format_exception(error)))
        return exits.OUR_MISTAKE
    process.settle_garbage()
    if isinstance(start, Loaded):
        _report(configuration, start, descriptors, speed)
    turn.first = False
    with asyncio.Runner(loop_factory=process.loop_factory()) as runner:
        return runner.run(_serve(configuration, start, turn, directory, services, on_ready))


def _begin(configuration: Configuration, speed: int, lead: Lead, turn: Turn) -> Loaded | Standby:
    """Load and lead, or stand by where somebody else leads or is to lead. Raises `StoreUnusable`."""
    if not turn.gave_away:
        try:
            return load(configuration, speed, lead)
        except StoreHeld as held:
            _log.warning("held", what=held.what, remedy=held.remedy)
    store = opened(configuration, speed)
    assert isinstance(store, RedisStore), "only Redis has leases"
    wait_us = wait_after_us(lead) if turn.gave_away else 0
    turn.gave_away = False
    return Standby(store, Engine(configuration.settings, store.epoch), lead, wait_us)


def _make_folder(configuration: Configuration) -> None:
    """Raises `StoreUnusable`."""
    scheme, _, path = configuration.store.url.partition(":")
    if scheme != "sqlite":
        return
    folder = Path(path).parent
    try:
        folder.mkdir(0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnusable(
            "store_not_made",
            f"{folder} can't be made: {error.strerror}",
            "make it, for the engine's user to write to, or name another state_directory",
        ) from error


async def _serve(
    configuration: Configuration,
    start: Loaded | Standby,
    turn: Turn,
    directory: Path | None,
    services: tuple[ServiceMaker, ...],
    on_ready: Callable[[Daemon], None] | None,
) -> int:
    notifier = Notifier(os.environ)
    daemon = Daemon(configuration, start, notifier, services, directory)
    _log.info("store", **daemon.store_report())
    following: asyncio.Task[None] | None = None
    asked = _handle_signals(daemon)
    try:
        try:
            await daemon.start()
        except CannotListen as error:
            _log.error("cannot_listen", what=str(error), remedy="stop what uses it, or name another address")
            return exits.LISTEN_FAILED
        if on_ready is not None:
            on_ready(daemon)
        if daemon.standby is not None:
            following = asyncio.create_task(daemon.stand_by())
        code = await daemon.ended
        if asked:
            code = await daemon.drain()
        else:
            await daemon.give_up(for_good=code != exits.NEXT_TURN)
        turn.least_epoch, turn.gave_away = daemon.least_epoch, daemon.gave_away
        turn.configuration = daemon.configuration
        if code == exits.NEXT_TURN:
            daemon.engine.let_go()
            return code
        _log.info("stopped", code=code, why=exits.EXITS.get(code, ""))
        return code
    finally:
        if following is not None:
            await following
        start.store.close()
        notifier.close()


def _handle_signals(daemon: Daemon) -> list[int]:
    """SIGTERM and SIGINT drain, and a second one of them ends at once; SIGHUP reloads. Returns the list into
    which the signals go that asked for the end."""
    running = asyncio.get_running_loop()
    asked: list[int] = []
    reloads: set[asyncio.Task[None]] = set()

    def stop(number: int) -> None:
        asked.append(number)
        if len(asked) > 1:
            _log.error("stopped_at_once", signal=number)
            # Nothing that is not kept has been told, so there is nothing to tidy up.
            os._exit(exits.SIGNAL_TWICE + number)
        daemon.end(exits.STOPPED)

    def reload() -> None:
        task = running.create_task(daemon.reload())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    for number in (signal.SIGTERM, signal.SIGINT):
        running.add_signal_handler(number, stop, number)
    running.add_signal_handler(signal.SIGHUP, reload)
    return asked


def _report(configuration: Configuration, loaded: Loaded, descriptors: int, speed: int) -> None:
    resumed = loaded.resumed
    _log.info(
        "loaded",
        site=configuration.settings.site,
        epoch=loaded.store.epoch,
        records=loaded.records,
        time=resumed.how,
        gap_s=resumed.gap_us / SECOND_US,
        speed=speed,
        descriptors=descriptors,
    )
    if resumed.gap_us > configuration.daemon.gap_max_us or resumed.how == "clock_set_back":
        _log.error(
            "time_gap",
            how=resumed.how,
            gap_s=resumed.gap_us / SECOND_US,
            most_s=configuration.daemon.gap_max_us / SECOND_US,
            remedy="check the machine's clock; waiting times since the last commit may be wrong",
        )
