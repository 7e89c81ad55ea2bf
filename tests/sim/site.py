"""One simulated site: the real engine, a store that keeps what was committed, time, and the wire in between.

It plays the part of the loop and of the store, and nothing else: commands go in one by one, what changed is taken as a
batch, a batch lands now or later, and only then its effects leave. A kill throws the engine away; the next one starts
from the records that had landed. It does not judge: each landed batch goes to whoever listens, with its log.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from heapq import heappop, heappush
from random import Random
from typing import Any, NamedTuple, Protocol

from msgspec.structs import replace

from router.core import engine as core
from router.core import gateways
from router.core import internal as told
from router.core import settings as of
from router.core.audit import Deed
from router.core.batch import Batch
from router.core.doors import closing
from router.core.effects import Message
from router.core.engine import Engine
from router.core.reload import contacts as crossing_contacts
from router.core.reload import crossing
from router.core.stored import history
from router.terms import SECOND_US
from tests.sim.plan import Plan

EPOCH_START_US = 1_000_000 * SECOND_US
"""Core time of the first start: well away from zero, which means "none"."""

SECRET = b"drawn by chance, but for this once"[:32]
"""What place tokens are made with."""

TICKS_MOST = 20
"""Ticks before a command: enough for all that is due."""

Effects = list[tuple[str, Message]]


class Step(NamedTuple):
    """One thing that the engine was given, and what it said. `command` is None where only time passed."""

    now_us: int
    peer: str
    command: Any
    effects: Effects
    bound: dict[str, int]
    """Client -> the connection that its effects of this step are for."""
    quiet: bool
    """Nothing else was under way in slices: the effects are the command's own."""
    deeds: Sequence[Deed] = ()
    """What the engine has noted for the audit."""
    version: int = 1
    """Of the settings by which it decides from then on."""


class Noted:
    """What an engine notes for the audit, a step each."""

    def __init__(self) -> None:
        self._deeds: list[Deed] = []
        self._seen = 0

    def any(self, engine: Engine) -> bool:
        """Is anything noted since the last time?"""
        deeds = engine.world.deeds
        return bool(deeds) and (deeds is not self._deeds or len(deeds) > self._seen)

    def new(self, engine: Engine) -> list[Deed]:
        """Noted since the last time."""
        deeds = engine.world.deeds
        if deeds is not self._deeds:
            self._deeds, self._seen = deeds, 0
        before, self._seen = self._seen, len(deeds)
        return deeds[before:]


class Flight(NamedTuple):
    """A closed batch on its way to the store."""

    batch: Batch | None
    steps: list[Step]


class Receiver(Protocol):
    """A simulated client, as the site sees it."""

    key: str
    connection: int

    def take(self, message: Message) -> None:
        """An effect has arrived."""

    def cut(self) -> None:
        """The connection is gone."""


class Listener(Protocol):
    """Who is told what the engine did: the judge, the twin."""

    def stepped(self, site: Site, step: Step) -> None:
        """The engine has done a step; it may still be lost."""

    def landed(self, site: Site, flight: Flight) -> None:
        """A batch is kept, and its effects leave."""

    def killed(self, site: Site) -> None:
        """The engine is gone, and all that had not landed."""

    def restarted(self, site: Site) -> None:
        """The next engine has started."""


@contextmanager
def slices(most: int) -> Iterator[None]:
    """While this is open, what the engine does in slices is done so many at a time."""
    usual = gateways.SLICE, core.EVACUATED_A_STEP, closing.SLICE, crossing.SLICE_US
    gateways.SLICE = core.EVACUATED_A_STEP = closing.SLICE = most
    crossing.SLICE_US = most * crossing_contacts.CONTACT_US  # for as long
    try:
        yield
    finally:
        gateways.SLICE, core.EVACUATED_A_STEP, closing.SLICE, crossing.SLICE_US = usual


class Beside(Protocol):
    """Who is given all that the engine is given, also time alone."""

    def tick(self, now_us: int, effects: Effects) -> None:
        """Time went on, and the engine said this."""

    def apply(self, now_us: int, peer: str, command: Any, effects: Effects) -> None:
        """It was given this, and said that."""

    def reloaded(self) -> None:
        """Other settings are about to be in force."""

    def batch(self, batch: Batch | None) -> None:
        """It has recorded this."""


class Site:
    """See the module."""

    beside: Beside

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rng = Random(f"site {plan.seed}")
        self.now_us = EPOCH_START_US
        self.faults: Counter[str] = Counter()
        self.commands = 0
        self.clients: dict[str, Receiver] = {}
        self.listeners: list[Listener] = []
        self.store: dict[tuple[str, str], bytes] = {}
        self.history: list[bytes] = []
        self.life: list[bytes] = []
        """Appended in this life of the engine, landed or not."""
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._added = 0
        self._open: list[Step] = []
        self._touched = False
        """Has the engine done anything, be it in silence, since the last batch was closed?"""
        self._flights: deque[Flight] = deque()
        self._wire_us: dict[tuple[str, bool], int] = {}
        self._bound: dict[str, int] = {}
        self.settings = plan.settings
        """In force now, or about to be."""
        self.versions = {plan.settings.version: plan.settings}
        """All that have been."""
        self._noted = Noted()
        self.engine = Engine(plan.settings, epoch=1)
        self.engine.activate(self.now_us)
        self.engine.apply(self.now_us, "", told.Secret(SECRET))
        self.engine.world.monitored = True

    # -- time -----------------------------------------------------------------------------------------------------

    def after(self, delay_us: int, work: Callable[[], None]) -> None:
        """Do `work` when `delay_us` have passed; what is planned for one time is done in the order of planning."""
        self._added += 1
        heappush(self._agenda, (self.now_us + delay_us, self._added, work))

    def happens(self, probability: float) -> bool:
        """One decision by chance."""
        return self.rng.random() < probability

    def some(self, mean_us: int) -> int:
        """A random time around `mean_us`, seldom much longer."""
        return int(self.rng.expovariate(1.0) * mean_us) + 1

    def run_next(self) -> bool:
        """Go on to the next planned thing or the engine's next deadline. False where nothing is left to come."""
        due_us = self.engine.next_deadline_us()
        if self._agenda and (due_us is None or self._agenda[0][0] <= due_us):
            self._run_planned()
        elif due_us is not None:
            self.now_us = max(self.now_us, due_us)
            self.tick()
        else:
            return False
        return True

    def _run_planned(self) -> None:
        at_us, _, work = heappop(self._agenda)
        self.now_us = max(self.now_us, at_us)
        work()

    # -- the engine -----------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Let the engine do what is due."""
        self._let_time_pass()
        self._end_step()

    def _let_time_pass(self) -> None:
        """Fire all that is due, a bounded piece at a time."""
        engine = self.engine
        self._touched = True
        for _ in range(TICKS_MOST):
            engine.tick(self.now_us)
            effects = engine.take_effects()
            self.beside.tick(self.now_us, effects)
            if not effects and not self._noted.any(engine):
                break
            self._note(effects, "", None)

    def apply(self, peer: str, command: Any) -> None:
        """Give the engine a command, at the present time."""
        engine = self.engine
        self._let_time_pass()
        self.commands += 1
        due_us = engine.next_deadline_us()
        quiet = due_us is None or due_us > self.now_us
        engine.apply(self.now_us, peer, command)
        effects = engine.take_effects()
        self.beside.apply(self.now_us, peer, command, effects)
        self._note(effects, peer, command, quiet)
        self._end_step()

    def reload(self, settings: of.Settings) -> None:
        """Another version of the settings comes into force."""
        self.settings = replace(settings, version=self.settings.version + 1)
        self.versions[self.settings.version] = self.settings
        self.beside.reloaded()
        self.engine.stage(self.settings)
        self.apply("", told.Configure(self.settings.version))

    def connect(self, client: Receiver, up: told.GatewayUp) -> None:
        """The client was let in; what is decided from now on is for this connection."""
        self._carry(client, True, lambda: self._let_in(client, up))

    def _let_in(self, client: Receiver, up: told.GatewayUp) -> None:
        self._bound = {**self._bound, client.key: client.connection}
        self.apply(client.key, up)

    def _note(self, effects: Effects, peer: str, command: Any, quiet: bool = False) -> None:
        deeds, version = self._noted.new(self.engine), self.engine.world.settings.version
        step = Step(self.now_us, peer, command, effects, self._bound, quiet, deeds, version)
        self._open.append(step)
        for listener in self.listeners:
            listener.stepped(self, step)

    def _end_step(self) -> None:
        """Close the batch, or leave it open for the next step; let it land, now or later."""
        if self.happens(self.plan.chances.batch_stays_open):
            return
        self.close_batch()
        if len(self._flights) > 1:
            return
        if self.happens(self.plan.chances.store_late):
            self.faults["store late"] += 1
            self.after(self.some(SECOND_US // 5), self.land)
        else:
            self.land()

    def close_batch(self) -> None:
        """What has changed becomes a flight."""
        self._touched = False
        batch = self.engine.take_batch()
        self.beside.batch(batch)
        if batch is None and not self._open:
            return
        if batch is not None:
            self.life.extend(entry for stream, entry in batch.appends if stream == history.STREAM)
        self._flights.append(Flight(batch, self._open))
        self._open = []

    def at_boundary(self) -> bool:
        """Is all that the engine has done kept?"""
        return not self._flights and not self._touched

    def land(self) -> None:
        """Every flight has landed: the records are kept, then the effects leave, in order."""
        while self._flights:
            flight = self._flights.popleft()
            self._keep(flight)
            for listener in self.listeners:
                listener.landed(self, flight)
            for step in flight.steps:
                for key, message in step.effects:
                    client = self.clients.get(key)
                    if client is not None and client.connection == step.bound.get(key):
                        self._to_client(client, message)

    def _keep(self, flight: Flight) -> None:
        batch = flight.batch
        if batch is None:
            return
        for kind_and_key in batch.drops:
            self.store.pop(kind_and_key, None)
        for kind, key, record in batch.puts:
            self.store[kind, key] = record
        self.history.extend(entry for stream, entry in batch.appends if stream == history.STREAM)

    # -- kill and start -------------------------------------------------------------------------------------------

    def kill(self) -> None:
        """kill -9 between two steps, and the next start some time later."""
        self.faults["kill"] += 1
        self.close_batch()
        while self._flights and self.happens(self.plan.chances.commit_survives_kill):
            flight = self._flights.popleft()
            self._keep(flight)
            for listener in self.listeners:
                listener.landed(self, flight)
            self.faults["kill: committed, not told"] += 1
        if self._flights:
            self.faults["kill: tail lost"] += 1
        self._flights.clear()
        for listener in self.listeners:
            listener.killed(self)
        for client in list(self.clients.values()):
            client.cut()
        engine = Engine(self.settings, epoch=self.engine.world.epoch + 1)
        for (kind, key), record in self.shuffled(self.store):
            engine.put(kind, key, record)
        away_us = self.rng.choice((0, SECOND_US, 90 * SECOND_US))
        if away_us > 60 * SECOND_US:
            self.faults["kill: away for long"] += 1
        self.now_us += away_us
        engine.activate(self.now_us)
        engine.world.monitored = True
        self.engine.let_go()
        self.engine = engine
        self.life = []
        for listener in self.listeners:
            listener.restarted(self)
        engine.apply(self.now_us, "", told.Restarted())
        self._note(engine.take_effects(), "", told.Restarted())
        self._end_step()

    def shuffled(self, records: dict[tuple[str, str], bytes]) -> list[tuple[tuple[str, str], bytes]]:
        """Records in an order that means nothing."""
        entries = list(records.items())
        self.rng.shuffle(entries)
        return entries

    # -- the wire -------------------------------------------------------------------------------------------------

    def send(self, client: Receiver, command: Any) -> None:
        """A client says something: it arrives later, in order, unless the connection is cut before."""
        self._carry(client, True, lambda: self.apply(client.key, command))

    def _to_client(self, client: Receiver, message: Message) -> None:
        self._carry(client, False, lambda: client.take(message))

    def _carry(self, client: Receiver, up: bool, arrive: Callable[[], None]) -> None:
        """Let it arrive later, if the connection is still the same then."""
        connection = client.connection
        delay_us = 0
        if self.happens(self.plan.chances.late_message):
            self.faults["late message"] += 1
            delay_us = self.some(SECOND_US // 10)
        lane = (client.key, up)
        at_us = max(self.now_us + delay_us, self._wire_us.get(lane, 0))
        self._wire_us[lane] = at_us

        def arrive_if_connected() -> None:
            if client.connection == connection:
                arrive()

        self._added += 1
        heappush(self._agenda, (at_us, self._added, arrive_if_connected))
