"""The composition root: builds store, engine, connections and loop out of a configuration, and takes them
down again.

Nothing is decided here. A daemon stands by or leads; from standing by it may come to lead, and from leading it only
ends. The one idea: what is built in one order is taken down in the other, and the engine's promise (told means kept)
holds through every way of ending.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import traceback
from pathlib import Path
from typing import Final

from router import logs
from router.config.model import Configuration
from router.core.batch import Batch
from router.core.engine import Engine
from router.core.internal import Configure
from router.daemon import exits, process, ring
from router.daemon.asked import Asked
from router.daemon.contact_lines import ContactLines
from router.daemon.leading import Leading
from router.daemon.loading import Loaded
from router.daemon.notify import Notifier
from router.daemon.reading import Reading
from router.daemon.reloads import Order, Reloads
from router.daemon.services import Service, ServiceMaker
from router.daemon.standing_by import Standby
from router.loop.commits import OnBatch
from router.loop.figures import Figures
from router.loop.group import GroupCommit
from router.loop.loop import SYSTEM, Broken, Loop
from router.metrics.sources import Facts
from router.server.hub import Hub
from router.server.listener import Listener, listen_tcp
from router.server.people import SocketTaken, listen_unix
from router.store.base import Store, StoreError, StoreFenced
from router.store.redis.store import RedisStore
from router.store.sqlite import SqliteStore
from router.terms import SECOND_US

COME_BACK_MS: Final = 1_000
"""What clients are told at a stop: try again after this long, with a random part of their own."""

LINGER_S: Final = 2.0
"""How long connections may take to read our last words."""

_log = logs.get("daemon")


class CannotListen(Exception):
    """An address can't be opened."""


class Daemon:
    """One running engine, made from what was loaded, or from what stands by. Others read its parts; none of them is
    replaced while it runs, but `configuration`."""

    def __init__(
        self,
        configuration: Configuration,
        start: Loaded | Standby,
        notifier: Notifier,
        makers: tuple[ServiceMaker, ...] = (),
        directory: Path | None = None,
    ) -> None:
        self.configuration = configuration
        self.store: Store = start.store
        self.engine: Engine = start.engine
        self.epoch = start.store.epoch
        """Of this turn of leading; while standing by, the last one known at its start."""
        self.standby = start if isinstance(start, Standby) else None
        self.gave_away = False
        """The lead was handed over: it is others' for a while."""
        self.least_epoch = 0
        """The next turn's epoch must not be lower."""
        self.started_s = time.time()
        """Unix time of this start."""
        self.ready = False
        """Listening, not stopping; and loaded, where it leads."""
        self.stopping = False
        self.facts = Facts(
            ring.version(),
            leader=self.standby is None,
            durability=self.store.durability,
            config_loaded_utc_s=self.started_s,
            config_reloads={"applied": 0, "refused": 0, "failed": 0},
        )
        """What metrics show of the daemon itself."""
        self.hub = Hub(
            ring.facts(configuration, self.store, self.epoch, standby=self.standby is not None),
            self._wake,
            ring.server_limits(configuration),
            ring.keys(configuration),
        )
        self.hub.gate.roles = ring.roles(configuration)
        self.reloads = Reloads(self, directory)
        self._reading = Reading(self.store)
        self._asked = Asked(self._reading, self.reloads)
        self.hub.read = self._asked
        self.figures = Figures()
        self.loop: Loop | None = None
        """None while it stands by."""
        self.leading: Leading | None = None
        self.addresses: dict[str, str] = {}
        """What is really open, by name: `clients`, `people`, `admin`; a port 0 has become a port."""
        self.listeners: dict[str, Listener] = {}
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        """Set once to the exit code that asks for the end."""
        self._notifier = notifier
        self._contact_lines = ContactLines(configuration.logs.contact_lines_per_s, self.figures)
        self.batch_heard: list[OnBatch] = [self._contact_lines]
        """Who hears of each batch that is kept and ended something."""
        self._services: list[Service] = [make(self) for make in makers]
        self._started: list[Service] = []
        if isinstance(start, Loaded):
            self._make_loop(start)

    def _wake(self) -> None:
        if self.loop is not None:
            self.loop.wake()
        else:
            asyncio.get_running_loop().call_soon(self._let_lie)

    def _let_lie(self) -> None:
        if self.loop is None:
            self.hub.let_lie()

    def require_loop(self) -> Loop:
        """The loop of a daemon that leads."""
        assert self.loop is not None, "a standby has no loop"
        return self.loop

    def _make_loop(self, loaded: Loaded) -> None:
        loop = Loop(self.engine, self.store, self.hub, loaded.clock, self._failed, figures=self.figures)
        self.loop = loop
        loop.on_beat = self._beat
        loop.on_work = process.Sweeper().worked
        loop.on_stall = lambda took_us: _log.warning("stall", step_ms=took_us / 1000)
        loop.stall_alarm_us = self.configuration.daemon.stall_alarm_us
        loop.commits.on_batch = self._batch_kept
        if isinstance(loop.commits, GroupCommit):
            store = self.configuration.store
            loop.commits.degrade_after_us = store.degrade_after_us
            loop.commits.strict = store.when_away == "strict" or self.store.durability == "replicated"
            loop.commits.on_away = self._store_away
            loop.commits.on_back = self._store_back
            if isinstance(self.store, RedisStore) and self.store.lead is not None:
                self.leading = Leading(self, self.store, loop.commits)

    def _batch_kept(self, batch: Batch) -> None:
        for hears in self.batch_heard:
            hears(batch)

    def _beat(self) -> None:
        # The first step comes before the doors are open, and the manager hears `ready` first.
        if self.ready or self.stopping:
            self._notifier.alive()

    # -- up ----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open the doors. Raises `CannotListen`, with nothing left open."""
        running = asyncio.get_running_loop()
        if self.loop is not None:
            self._lead()
        self.hub.start(running)
        listen = self.configuration.listen
        what = f"{listen.host}:{listen.port}"
        try:
            door = ring.door(self.configuration)
            self._opened("clients", await listen_tcp(self.hub, door, listen.host, listen.port))
            if self.configuration.people.socket:
                what = self.configuration.people.socket
                self._opened("people", await listen_unix(self.hub, Path(what)))
            for service in self._services:
                what = type(service).__name__
                self._started.append(service)
                await service.start()
        except (OSError, SocketTaken) as error:
            await self._close_doors()
            raise CannotListen(f"{what}: {error}") from error
        self.ready = True
        self.reloads.start()
        self._notifier.ready(self._status())
        _log.info("ready" if self.standby is None else "standing_by", epoch=self.epoch, **self.addresses)

    def _lead(self) -> None:
        self.require_loop().start()
        if self.leading is not None:
            self.leading.start()

    async def stand_by(self) -> None:
        """Follow the leader, and lead when its lease has ended. Ends the daemon where that can't be."""
        standby = self.standby
        assert standby is not None, "it leads"
        try:
            loaded = await asyncio.to_thread(standby.run)
        except StoreError as error:
            self._failed(error)
            return
        except Exception as error:  # noqa: BLE001  # whatever it is, nobody else would say so
            self._failed(error)
            return
        if loaded is not None and not self.ended.done():
            self._take_over(loaded)

    def _take_over(self, loaded: Loaded) -> None:
        process.settle_garbage()
        self.standby = None
        if self.engine.world.settings is not self.configuration.settings:
            # It was reloaded while it stood by.
            self.engine.stage(self.configuration.settings)
            self.engine.apply(self.engine.world.now_us, SYSTEM, Configure(self.configuration.settings.version))
        self.epoch = loaded.store.epoch
        self.facts.leader = True
        self._make_loop(loaded)
        self.hub.promote(ring.facts(self.configuration, self.store, self.epoch))
        self._lead()
        self.require_loop().wake()
        self._notifier.ready(self._status())
        _log.warning("leads", epoch=self.epoch, records=loaded.records, time=loaded.resumed.how)

    def step_down(self, error: StoreError) -> None:
        """Another daemon leads: this turn is over, and nothing more of it is told."""
        if self.ended.done():
            return
        if self.loop is not None:
            self.loop.stop()
        _log.error("lead_lost", code=error.code, what=error.what, epoch=self.epoch)
        self.end(exits.NEXT_TURN)

    def _opened(self, name: str, listener: Listener) -> None:
        self.listeners[name] = listener
        self.addresses[name] = listener.address

    def _status(self) -> str:
        role = "" if self.standby is None else "standing by, "
        return f"{role}epoch {self.epoch}, configuration {self.configuration.settings.version}"

    # -- down --------------------------------------------------------------------------------------------

    def end(self, code: int) -> None:
        """Ask for the end; the first code asked for counts."""
        if not self.ended.done():
            self.ended.set_result(code)

    async def drain(self) -> int:
        """Stop as asked: take nobody in, finish what was read, keep it, tell it, close. Returns the exit
        code."""
        self.ready = False
        self.stopping = True
        self._notifier.stopping()
        most_s = self.configuration.daemon.drain_most_us / SECOND_US
        _log.info("draining", connections=len(self.hub.connections), most_s=most_s)
        for listener in self.listeners.values():
            listener.stop()
        code = exits.STOPPED
        try:
            if self.loop is not None:
                await asyncio.wait_for(self.loop.settle(), most_s)
        except TimeoutError:
            self.require_loop().stop()
            code = exits.NOT_KEPT
            _log.error("drain_cut_short", why="the store did not take the last batch", most_s=most_s)
        except StoreError:
            code = exits.STORE_FAILED
        except Exception:  # noqa: BLE001  # the loop has logged it: `_failed`
            code = exits.OUR_MISTAKE
        if self.leading is not None:
            # All that was decided is kept: a standby need not wait for the end of the lease.
            self.leading.stop(give_up=code == exits.STOPPED)
        await self._say_goodbye()
        await self._close_doors()
        return code

    async def give_up(self, for_good: bool = True) -> None:
        """After a failure, or to stand by: say nothing that is not kept, only that we end."""
        self.ready = False
        if self.loop is not None:
            self.loop.stop()
        if self.leading is not None:
            self.leading.stop(give_up=False)
        if for_good:
            self._notifier.stopping()
        await self._say_goodbye()
        await self._close_doors()

    async def _say_goodbye(self) -> None:
        self.hub.close_all("stopping", COME_BACK_MS)
        until = time.monotonic() + LINGER_S
        while self.hub.connections and time.monotonic() < until:  # noqa: ASYNC110  # the hub has no event for it
            await asyncio.sleep(0.02)

    async def _close_doors(self) -> None:
        for listener in self.listeners.values():
            listener.stop()
        people = self.listeners.get("people")
        if people is not None:
            # One name in a local directory, once, at the end: nothing is left that could wait for it.
            Path(people.address).unlink(missing_ok=True)  # noqa: ASYNC240
        self.hub.stop()
        self._reading.stop()
        self._asked.stop()
        self.reloads.stop()
        if self.standby is not None:
            self.standby.stop()
        if self.loop is not None:
            self.loop.stop()
        while self._started:
            try:
                await self._started.pop().stop()
            except Exception as error:  # noqa: BLE001  # the others must be stopped all the same
                _log.error("service_not_stopped", error=repr(error))

    # -- what happens meanwhile --------------------------------------------------------------------------

    def _failed(self, error: Exception) -> None:
        """The loop has ended itself."""
        if isinstance(error, StoreFenced) and self.store.leased:
            self.step_down(error)
            return
        if isinstance(error, StoreError):
            _log.error("store_lost", code=error.code, what=error.what, remedy=error.remedy)
            self.end(exits.STORE_FAILED)
            return
        about = {}
        if isinstance(error, Broken):
            about = {"peer": error.peer, "command": repr(error.command)[:4000]}
        _log.error("engine_failed", **about, error="".join(traceback.format_exception(error)))
        self.end(exits.OUR_MISTAKE)

    def _store_back(self) -> None:
        self.facts.durability = self.store.durability
        _log.warning("store_back", told_early=self.figures.told_early)

    def _store_away(self, error: StoreError | None) -> None:
        self.facts.durability = "memory"
        if error is None:
            what = "Redis and the network" if isinstance(self.store, RedisStore) else "its disk"
            _log.error("store_away", why="it has not answered", remedy=f"look after {what}")
        else:
            _log.error("store_away", code=error.code, why=error.what, remedy=error.remedy)

    async def reload(self) -> None:
        """Put what lies in the directory in force: what SIGHUP asks for."""
        if self.reloads.directory is None:
            _log.warning("reload_refused", why="the configuration did not come from a directory")
            return
        await self.reloads.carry_out(Order("signal"))

    def notify_reloading(self) -> None:
        """Tell the manager that it begins."""
        self._notifier.reloading()

    def notify_ready(self) -> None:
        """Tell the manager that it is over."""
        if self.ready:
            self._notifier.ready(self._status())

    def tell_pending(self, words: str) -> None:
        """What lies in the directory and is not in force, for whoever asks how things stand."""
        self.reloads.pending = self.engine.world.pending = words
        self.facts.config_pending = bool(words)

    def take(self, new: Configuration, configure: Configure) -> None:
        """This configuration is in force from the next step on. What can't change without a restart stays."""
        self.configuration = new
        if self.loop is not None:
            self.engine.stage(new.settings)
            self.loop.tell_engine(configure)
            self.loop.stall_alarm_us = new.daemon.stall_alarm_us
        self.tell_pending("")
        self.facts.config_loaded_utc_s = time.time()
        self.hub.gate.keys = ring.keys(new)
        self.hub.gate.roles = ring.roles(new)
        self._contact_lines.limit(new.logs.contact_lines_per_s)
        logs.configure(new.logs.level, new.logs.format)

    def store_report(self) -> dict[str, object]:
        """The store for the first lines of the log."""
        report: dict[str, object] = {"durability": self.store.durability}
        if isinstance(self.store, SqliteStore):
            report |= {"path": str(self.store.path), "fsync_ms": round(self.store.fsync_s() * 1000, 3)}
        elif isinstance(self.store, RedisStore):
            report["url"] = self.store.where.shown
            # A Redis that is away by now is the business of the first commit.
            with contextlib.suppress(StoreError):
                report["fsync_ms"] = round(self.store.fsync_s() * 1000, 3)
        return report
