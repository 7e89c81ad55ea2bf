"""One simulated daemon: the real loop, group commit, lease, leading, standing by and loading, on events moved by hand.

What is not real: its sockets (`Connection` and `Hub` hand over messages instead of bytes), its threads (events later
on), its clocks (the simulation's). A kill drops every event that was planned; a freeze keeps them until it is woken.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from router.core import internal as told
from router.core.batch import Batch
from router.core.engine import Engine
from router.daemon import exits, leading, loading, standing_by
from router.loop.group import GroupCommit
from router.loop.loop import Loop
from router.server.outbox import Outbox
from router.store.base import Lead, StoreError, StoreFenced, StoreHeld, StoreUnusable
from router.terms import SECOND_US
from tests.loop.hub import MessageHub
from tests.sim.pair.net import LOOK_US
from tests.sim.site import Effects

if TYPE_CHECKING:
    from tests.sim.pair.site import PairSite

TTL_MS = 3000
TICKS_MOST = 1000
"""Deadlines before a command, one after another; what is left then waits for the next."""
RESTART_US = SECOND_US
"""From the end of a process to its next start."""


class Handle:
    """Something that is planned, and can be called off."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.work = work
        self.cancelled = False

    def cancel(self) -> None:
        """Not any more."""
        self.cancelled = True


class Events:
    """As much of an event loop as the loop asks for. One for each life of a process."""

    def __init__(self, site: PairSite, *, dead: bool = False) -> None:
        self._site = site
        self.dead = dead
        self.frozen = False
        self._kept: list[Handle] = []

    def time(self) -> float:
        """Seconds."""
        return self._site.now_us / SECOND_US

    def call_soon(self, function: Callable[..., object], *arguments: Any) -> Handle:
        """In the order of calling."""
        return self.call_later(0.0, function, *arguments)

    call_soon_threadsafe = call_soon

    def call_later(self, delay_s: float, function: Callable[..., object], *arguments: Any) -> Handle:
        """After so many seconds."""
        handle = Handle(lambda: function(*arguments))
        self._site.after(max(0, round(delay_s * SECOND_US)), lambda: self._run(handle))
        return handle

    def _run(self, handle: Handle) -> None:
        if self.frozen:
            self._kept.append(handle)
        elif not self.dead and not handle.cancelled:
            handle.work()

    def wake(self) -> None:
        """Everything that came due meanwhile, in its order."""
        self.frozen = False
        kept, self._kept = self._kept, []
        for handle in kept:
            self._run(handle)


class Connection:
    """A client's connection to a daemon, as the loop sees it. `number`: which one of the client it is."""

    def __init__(self, peer: str, number: int, cut_off: Callable[[], None]) -> None:
        self.peer = peer
        self.number = number
        self.inbox: deque[tuple[Any, int]] = deque()
        self.fresh = True
        self.closed = False
        self._cut_off = cut_off

    def abort(self, _reason: str) -> None:
        """The daemon cuts it."""
        if not self.closed:
            self.closed = True
            self._cut_off()


class Hub(MessageHub[Connection]):
    """The hub of a daemon: what it sends goes over the simulated network."""

    def __init__(self, daemon: Daemon) -> None:
        super().__init__()
        self._daemon = daemon
        self.monitors = SimpleNamespace(wanted=True)
        self.on_hand_over: Any = None
        self.on_outdated: Callable[[int], None] = lambda _epoch: None

    def say(self, connection: Connection, command: Any) -> None:
        """Something was read."""
        if not connection.inbox:
            self._ready.append(connection)
        connection.inbox.append((command, 1))
        if self._daemon.loop is not None:
            self._daemon.loop.wake()

    def pack(self, effects: Effects, outbox: Outbox) -> None:
        """See `Hub`."""
        pieces: dict[Any, list[Any]] = outbox.pieces  # messages where the real hub has bytes
        for peer, message in effects:
            if (connection := self.routes.get(peer)) is not None:
                pieces.setdefault(connection, []).append(message)

    def send(self, outbox: Outbox) -> None:
        """See `Hub`."""
        pieces: dict[Any, list[Any]] = outbox.pieces
        for connection, messages in pieces.items():
            for message in messages:
                self._daemon.site.says(self._daemon, connection, message)


class Recorder:
    """The real engine; whoever judges hears of each step while this one leads. Deadlines fire in steps of their own."""

    def __init__(self, daemon: Daemon, epoch: int) -> None:
        self._daemon = daemon
        self._site = daemon.site
        self.engine = Engine(daemon.site.plan.settings, epoch)
        self.effects: Effects = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    @property
    def world(self) -> Any:
        """See `Engine`."""
        return self.engine.world

    def activate(self, now_us: int, epoch: int = 0) -> None:
        """See `Engine`: the world is as it was kept, and from now on this engine leads."""
        self.engine.activate(now_us, epoch)
        self.engine.world.monitored = True
        self._site.leads(self._daemon, self)

    def tick(self, now_us: int) -> None:
        """See `Engine`: which fires each deadline at its own time, however late it is asked."""
        for _ in range(TICKS_MOST):
            due_us = self.engine.next_deadline_us()
            at_us = now_us if due_us is None or due_us > now_us else max(due_us, self.engine.world.now_us)
            self.engine.tick(at_us)
            effects = self.engine.take_effects()
            if effects or self._site.noted(self):
                self._note(at_us, "", None, effects, quiet=False)
            elif at_us == now_us:
                break

    def apply(self, now_us: int, peer: str, command: Any) -> None:
        """See `Engine`."""
        if isinstance(command, told.StoodStill):
            # Heard first, at the time that it stood; then what came due all the same fires at its own time.
            stood_us = self.engine.world.now_us
            self.engine.apply(stood_us, peer, command)
            self._note(stood_us, peer, command, self.engine.take_effects(), quiet=False)
            self.tick(now_us)
            return
        if not isinstance(command, told.Restarted):
            # What came due before that is held against nobody, so it must not fire.
            self.tick(now_us)
        due_us = self.engine.next_deadline_us()
        quiet = due_us is None or due_us > now_us
        self.engine.apply(now_us, peer, command)
        effects = self.engine.take_effects()
        if not isinstance(command, told.Secret) or effects:
            self._note(now_us, peer, command, effects, quiet=quiet)

    def _note(self, now_us: int, peer: str, command: Any, effects: Effects, *, quiet: bool) -> None:
        self.effects += effects
        self._site.note(self, now_us, peer, command, list(effects), quiet=quiet)

    def take_batch(self, records: bool = True, most: int = 0) -> Batch | None:
        """See `Engine`."""
        batch = self.engine.take_batch(records, most)
        self._site.closed(self, batch)
        return batch

    def everything(self) -> Iterator[tuple[str, str, bytes]]:
        """See `Engine`."""
        return self.engine.everything()


class Daemon:
    """A process by name. `state`: down, starting, standby, leader."""

    def __init__(self, site: PairSite, name: str) -> None:
        self.site = site
        self.name = name
        self.state = "down"
        self.epoch = 0
        self.least_epoch = 0
        self.engine: Recorder | None = None
        self.loop: Loop | None = None
        self.events = Events(site, dead=True)  # Who dials before the first start finds nobody.
        self.hub = Hub(self)
        self.in_doubt = False
        """It was stopped for longer than a lease, and the store has not said since that it leads."""
        self.woken_us = 0
        self.opened: Any = None
        """The store that it opened last."""
        self._store: Any = None
        self._leading: leading.Leading | None = None
        self._standby: standing_by.Standby | None = None
        self._first = True
        self._turn = 0
        self.deaths: Counter[str] = Counter()

    @property
    def turn(self) -> str:
        """Of leading."""
        return f"{self.name}.{self._turn}"

    @property
    def frozen(self) -> bool:
        """It was stopped and not woken."""
        return self.events.frozen

    # -- life -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """A process of its own begins."""
        if self.state != "down":
            return
        self.events = Events(self.site)
        self._first = True
        self.least_epoch = 0
        self._next_turn()

    def _next_turn(self) -> None:
        self.state = "starting"
        self.in_doubt = False
        self.hub = Hub(self)
        self.loop = self._leading = self._standby = self.engine = None
        self._turn += 1
        self.events.call_later(self.site.some(SECOND_US // 5) / 1e6, self._begin)

    def _begin(self) -> None:
        lead = Lead(self.name, self.turn, TTL_MS, self.least_epoch, self._first)
        self._first = False
        configuration: Any = SimpleNamespace(settings=self.site.plan.settings, daemon=self)
        try:
            self._take_over(loading.load(configuration, 1, lead))
        except StoreHeld:
            self._stand_by(configuration, lead)
        except StoreUnusable as error:
            self._die(error.code)

    def _stand_by(self, configuration: Any, lead: Lead) -> None:
        try:
            self._store = loading.opened(configuration)
        except StoreUnusable as error:
            self._die(error.code)
            return
        recorder: Any = Recorder(self, self._store.epoch)
        self._standby = standing_by.Standby(self._store, recorder, lead)
        self.epoch = self._store.epoch
        self.state = "standby"
        self.site.doors(self)
        self.events.call_soon(self._look)

    def _look(self) -> None:
        if self._standby is None:
            return
        try:
            loaded = self._standby.look(0)
        except StoreUnusable as error:
            self._die(error.code)
            return
        if loaded is None:
            self.events.call_later(LOOK_US / SECOND_US, self._look)
        else:
            self._take_over(loaded)

    def _take_over(self, loaded: loading.Loaded) -> None:
        self._standby = None
        store: Any = loaded.store
        engine: Any = loaded.engine
        self._store, self.engine = store, engine
        self.epoch, self.state = store.epoch, "leader"
        events: Any = self.events
        self.loop = Loop(engine, store, self.hub, loaded.clock, self._failed, events)
        group = self.loop.commits
        assert isinstance(group, GroupCommit)
        group.strict = self.site.pair.strict or store.durability == "replicated"
        owner: Any = self
        self._leading = leading.Leading(owner, store, group)
        self.loop.start()
        self._leading.start()
        self.site.doors(self)

    # -- what `Leading` asks of a daemon ------------------------------------------------------------------------------

    def require_loop(self) -> Loop:
        """The loop of a daemon that leads."""
        assert self.loop is not None, "it leads"
        return self.loop

    def require_store(self) -> Any:
        """The store of a daemon that leads."""
        return self._store

    def step_down(self, error: StoreError) -> None:
        """Another daemon leads."""
        self.site.faults[f"stepped down: {error.code}"] += 1
        self.end(exits.NEXT_TURN)

    def end(self, code: int) -> None:
        """This turn is over; the next one begins in the same process."""
        assert code == exits.NEXT_TURN, code
        if self.state in ("leader", "standby"):
            self._close(give_up=False)
            self._next_turn()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, StoreFenced):
            self.step_down(error)
        elif isinstance(error, StoreError):
            self._die(error.code)
        else:
            raise error

    # -- the end of it --------------------------------------------------------------------------------------------

    def _close(self, *, give_up: bool) -> None:
        if self.loop is not None:
            self.loop.stop()
        if self._leading is not None:
            self._leading.stop(give_up=give_up)
        self._standby = None
        self.state = "down"
        self.site.gone(self)

    def _die(self, code: str) -> None:
        """It ends by itself, and is started again by its manager."""
        self.deaths[code] += 1
        self._close(give_up=False)
        self.events.dead = True
        self.site.after(RESTART_US + self.site.some(RESTART_US), self.start)

    def kill(self) -> None:
        """kill -9."""
        self.events.dead = True
        self.loop = self._leading = self._standby = None
        self.state = "down"
        self.site.gone(self)

    def give_away(self) -> None:
        """The end of a drain: all is kept and told, and the lease is given back."""
        if self.loop is not None and self.loop.commits.settled():
            self._close(give_up=True)
            self.events.dead = True
