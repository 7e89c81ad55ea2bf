"""One process from its start to its end: turns of leading and of standing by, one after another.

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
from router.store.redis.store import RedisStore
from router.terms import SECOND_US

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
    if directory is not None:
        configuration = at_start(configuration, directory)
    turns = Turns(configuration, directory, speed, services, descriptors)
    while True:
        code = turns.one(on_ready)
        if code != exits.NEXT_TURN:
            return code
        process.clear_garbage()
        on_ready = None


class Turns:
    """The turns of one process, and what each leaves to the next."""

    def __init__(
        self,
        configuration: Configuration,
        directory: Path | None,
        speed: int,
        services: tuple[ServiceMaker, ...],
        descriptors: int,
    ) -> None:
        self._configuration = configuration
        """In force now."""
        self._directory = directory
        self._speed = speed
        self._services = services
        self._descriptors = descriptors
        self._least_epoch = 0
        """The next turn's epoch must not be lower."""
        self._first = True
        """A daemon that was killed may take its own lease back; one that lost the lead may not."""
        self._gave_away = False
        """The lead was handed over: it is others' for a while."""

    def one(self, on_ready: Callable[[Daemon], None] | None) -> int:
        """Lead, or stand by and then lead, until this daemon ends or somebody else leads. Returns an exit code."""
        process.pause_garbage()
        lead = lead_of(self._configuration, self._least_epoch, own=self._first)
        try:
            _make_folder(self._configuration)
            start = self._begin(lead)
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
            self._report(start)
        self._first = False
        with asyncio.Runner(loop_factory=process.loop_factory()) as runner:
            return runner.run(self._serve(start, on_ready))

    def _begin(self, lead: Lead) -> Loaded | Standby:
        """Load and lead, or stand by where somebody else leads or is to lead. Raises `StoreUnusable`."""
        configuration = self._configuration
        if not self._gave_away:
            try:
                return load(configuration, self._speed, lead)
            except StoreHeld as held:
                _log.warning("held", what=held.what, remedy=held.remedy)
        store = opened(configuration, self._speed)
        assert isinstance(store, RedisStore), "only Redis has leases"
        wait_us = wait_after_us(lead) if self._gave_away else 0
        self._gave_away = False
        return Standby(store, Engine(configuration.settings, store.epoch), lead, wait_us)

    async def _serve(self, start: Loaded | Standby, on_ready: Callable[[Daemon], None] | None) -> int:
        notifier = Notifier(os.environ)
        daemon = Daemon(self._configuration, start, notifier, self._services, self._directory)
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
            self._least_epoch, self._gave_away = daemon.least_epoch, daemon.gave_away
            self._configuration = daemon.configuration
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

    def _report(self, loaded: Loaded) -> None:
        resumed, gap_max_us = loaded.resumed, self._configuration.daemon.gap_max_us
        _log.info(
            "loaded",
            site=self._configuration.settings.site,
            epoch=loaded.store.epoch,
            records=loaded.records,
            time=resumed.how,
            gap_s=resumed.gap_us / SECOND_US,
            speed=self._speed,
            descriptors=self._descriptors,
        )
        if resumed.gap_us > gap_max_us or resumed.how == "clock_set_back":
            _log.error(
                "time_gap",
                how=resumed.how,
                gap_s=resumed.gap_us / SECOND_US,
                most_s=gap_max_us / SECOND_US,
                remedy="check the machine's clock; waiting times since the last commit may be wrong",
            )


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
