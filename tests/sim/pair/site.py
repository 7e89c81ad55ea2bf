"""A site of two daemons: who leads, what of it is kept, and clients that are connected to both.

A client dials every daemon again and again, hears who leads and in which epoch, and takes one for its engine by the
SDK's own `Leaders`. The judge hears a step when its batch is kept for good: when the leader is told so, or when the
next leader begins from a store that has it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from router.client.leaders import Leaders
from router.core import internal as told
from router.core.batch import Batch
from router.core.effects import Message
from router.core.stored import history
from router.loop.clock import START_US
from router.terms import SECOND_US
from tests.sim.pair.book import Book
from tests.sim.pair.daemon import Connection, Daemon, Recorder
from tests.sim.pair.net import Net
from tests.sim.pair.plan import PairPlan
from tests.sim.plan import Plan
from tests.sim.site import Effects, Flight, Noted, Receiver, Site, Step

DAEMONS = ("one", "two")
REDIAL_US = SECOND_US // 2
SLOW_HELLO = 0.15
"""Chance that a connection is long in coming."""


class Link:
    """A client's connection to one daemon, from dialling on."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon
        self.life = daemon.events
        self.open = True
        self.welcomed = False
        self.epoch = 0
        """In which it leads, as the client was told."""
        self.connection: Connection | None = None
        self.arrives_us = 0
        """When the last of what the daemon has sent on it arrives."""

    def serves(self) -> bool:
        """Is there still somebody who reads it?"""
        return self.open and self.life is self.daemon.events and not self.life.dead and self.daemon.state == "leader"


class Side:
    """What a client knows of the daemons."""

    def __init__(self, client: Receiver) -> None:
        self.client = client
        self.leaders: Leaders[Link] = Leaders()
        self.links: dict[str, Link] = {}


class PairSite(Site):
    """See the module."""

    def __init__(self, plan: Plan, pair: PairPlan) -> None:
        super().__init__(plan)
        self.now_us = START_US
        self.pair = pair
        self.net = Net(self, pair.replicas, waits=pair.wait_replicas > 0)
        self.opening: Daemon | None = None
        """Whose store was opened last."""
        self.current: Recorder | None = None
        """The engine that leads, as far as the store goes."""
        self.book = Book(self)
        self._recorders: dict[int, Recorder] = {}
        self._begun: dict[int, dict[str, tuple[int, int]]] = {}
        """Epoch -> where it was begun -> the last batch before it."""
        self._open_steps: dict[Recorder, list[Step]] = {}
        self._noted_by: dict[Recorder, Noted] = {}
        self._kept_later: dict[Recorder, deque[tuple[int, Flight]]] = {}
        self._sides: dict[str, Side] = {}
        self._newest: dict[tuple[str, str], Connection] = {}
        """Daemon and client -> the client's last connection to it."""
        self._shown_us = 0
        self._accepted: dict[Daemon, list[tuple[Side, Link]]] = {}
        """Links of its present turn, welcomed or not yet."""
        self.daemons = [Daemon(self, name) for name in DAEMONS]

    def begin(self) -> None:
        """Start both daemons, and let the clients dial."""
        for daemon in self.daemons:
            self.after(self.some(SECOND_US), daemon.start)
        for client in self.clients.values():
            side = self._sides[client.key] = Side(client)
            self.after(self.some(SECOND_US), lambda side=side: self._dial(side))  # type: ignore[misc]

    def run_next(self) -> bool:
        """Go on to the next planned thing: the loop's deadlines are among them."""
        self._run_planned()
        return True

    def wall_us(self) -> int:
        """What the clock on the wall shows."""
        return self._shown_us

    def apply(self, peer: str, command: Any) -> None:
        """The wall clock is read by the loop itself; a connection that ends is its daemon's to tell."""
        if isinstance(command, told.WallClock):
            self._shown_us = command.utc_s * SECOND_US
        else:
            link = self._sides[peer].leaders.link
            if link is not None and link.connection is not None:
                self._deliver(link, link.connection, command)

    # -- who leads ------------------------------------------------------------------------------------------------

    def began(self, before: tuple[int, int], daemon: Daemon) -> None:
        """An epoch was begun after this batch; whether anybody leads in it is another question."""
        position = self.net.node_of(daemon.name).keys.position("main")
        if before[0] and position[1] == 0:
            self._begun.setdefault(position[0], {})[self.net.node_of(daemon.name).name] = before

    def leads(self, daemon: Daemon, recorder: Recorder) -> None:
        """An engine begins from what the store has."""
        store: Any = daemon.opened
        epoch, number = store.before
        while number == 0 and epoch in self._begun:
            places = self._begun[epoch]
            epoch, number = places.get(self.net.node_of(daemon.name).name) or list(places.values())[-1]
        self.faults["leader changes"] += self.current is not None
        former = self._recorders.get(epoch)
        if former is not None:
            self._land(former, number)
        self._kept_later.clear()
        self._open_steps.clear()
        self.book.leads(daemon, recorder, (epoch, number))
        if self.current is not None:
            for listener in self.listeners:
                listener.killed(self)
        self._recorders[store.epoch] = self.current = recorder
        self.engine = recorder.engine
        self.life = []
        for listener in self.listeners:
            listener.restarted(self)

    def note(self, recorder: Recorder, now_us: int, peer: str, command: Any, effects: Effects, *, quiet: bool) -> None:
        """The engine has done a step."""
        deeds = self._noted_by.setdefault(recorder, Noted()).new(recorder.engine)
        step = Step(now_us, peer, command, effects, {}, quiet, deeds, recorder.world.settings.version)
        self._open_steps.setdefault(recorder, []).append(step)
        if recorder is self.current:
            self.commands += bool(peer)
            for listener in self.listeners:
                listener.stepped(self, step)

    def noted(self, recorder: Recorder) -> bool:
        """Has it noted anything for the audit since its last step?"""
        return self._noted_by.setdefault(recorder, Noted()).any(recorder.engine)

    def closed(self, recorder: Recorder, batch: Batch | None) -> None:
        """What it has done since the last time is a batch now, or has changed nothing."""
        steps = self._open_steps.pop(recorder, [])
        if batch is None and not steps:
            return
        if batch is not None and recorder is self.current:
            self.life.extend(entry for stream, entry in batch.appends if stream == history.STREAM)
        waiting = self._kept_later.setdefault(recorder, deque())
        number = batch.number if batch is not None else waiting[-1][0] if waiting else 0
        waiting.append((number, Flight(batch, steps)))
        if not number:
            self._land(recorder, 0)

    def kept(self, daemon: Daemon, number: int) -> None:
        """The leader was told that its batch is kept."""
        if daemon.engine is not None:
            self._land(daemon.engine, number)

    def _land(self, recorder: Recorder, number: int) -> None:
        waiting = self._kept_later.get(recorder)
        while waiting and waiting[0][0] <= number:
            _, flight = waiting.popleft()
            if flight.batch is not None:
                self.history.extend(entry for stream, entry in flight.batch.appends if stream == history.STREAM)
            for listener in self.listeners:
                listener.landed(self, flight)

    def at_boundary(self) -> bool:
        """Is all that the engine has done kept?"""
        recorder = self.current
        if recorder is None or self._open_steps.get(recorder) or self._kept_later.get(recorder):
            return False
        world = recorder.world
        return not (world.changed or world.dropped or world.history)

    # -- clients and daemons --------------------------------------------------------------------------------------

    def _dial(self, side: Side) -> None:
        self.after(REDIAL_US // 2 + self.some(REDIAL_US), lambda: self._dial(side))
        for daemon in self.daemons:
            if daemon.name not in side.links:
                link = side.links[daemon.name] = Link(daemon)
                self._hello(side, link, side.leaders.epoch_seen)

    def _hello(self, side: Side, link: Link, epoch_seen: int) -> None:
        daemon = link.daemon

        def read() -> None:
            if not link.open:
                return
            if daemon.state == "leader" and epoch_seen > daemon.epoch:
                self.faults["leader told that it is outdated"] += 1
                self._lost(side, link)
                daemon.hub.on_outdated(epoch_seen)
            elif daemon.state in ("leader", "standby"):
                link.welcomed = True
                self._welcome(side, link)
            else:
                self._lost(side, link)

        def arrive() -> None:
            if link.life.dead or daemon.state == "down":
                self._lost(side, link)
            else:
                self._accepted.setdefault(daemon, []).append((side, link))
                link.life.call_soon(read)

        self.after(self._dialling_us(), arrive)

    def _dialling_us(self) -> int:
        """A hello may be on its way for so long that what it says it has seen is not the latest any more."""
        return self.some(3 * SECOND_US) if self.happens(SLOW_HELLO) else self._delay_us()

    def _delay_us(self) -> int:
        return self.some(SECOND_US // 10) if self.happens(self.plan.chances.late_message) else self.some(300)

    def doors(self, daemon: Daemon) -> None:
        """It stands by, or leads from now on: whoever is connected hears it."""
        for side, link in self._accepted.get(daemon, []):
            if link.open and link.welcomed:
                self._welcome(side, link)

    def _welcome(self, side: Side, link: Link) -> None:
        leader, epoch, name = link.daemon.state == "leader", link.daemon.epoch, link.daemon.turn
        self._bring(link, lambda: self._heard(side, link, leader, epoch, name))

    def _bring(self, link: Link, arrive: Callable[[], None]) -> None:
        """What a daemon sends on a link, and the end of it, arrives in the order of sending."""
        link.arrives_us = max(link.arrives_us, self.now_us + self._delay_us())
        self.after(link.arrives_us - self.now_us, arrive)

    def _heard(self, side: Side, link: Link, leader: bool, epoch: int, name: str) -> None:
        if not link.open:
            return
        if not leader:
            if side.leaders.link is link:
                self._part(side)
            return
        if side.leaders.refuses(link, epoch, name):
            self.faults["gateway refused a leader"] += 1
            self._hang_up(side, link)
            return
        former = side.leaders.link
        side.leaders.take(link, epoch, name)
        link.epoch = epoch
        if former is not None and former is not link:
            self._hang_up(side, former)
        connect = getattr(side.client, "connect")  # noqa: B009  # a Receiver that is a Client
        connect()

    def _part(self, side: Side) -> None:
        side.leaders.part()
        side.client.cut()

    def _hang_up(self, side: Side, link: Link) -> None:
        """The client closes it; the daemon hears of that."""
        connection = link.connection
        if connection is not None:
            gone = told.GatewayDown("closed")
            self.after(self._delay_us(), lambda: self._deliver(link, connection, gone, closing=True))
        self._forget(side, link)

    def _forget(self, side: Side, link: Link) -> None:
        link.open = False
        if side.links.get(link.daemon.name) is link:
            del side.links[link.daemon.name]

    def _lost(self, side: Side, link: Link) -> None:
        """The connection has ended from the other side."""
        if link.open:
            self._forget(side, link)
            if side.leaders.link is link:
                self._part(side)

    def _cut_off(self, side: Side, link: Link) -> None:
        """The daemon has cut the connection: what was packed for it promised too much."""
        self.faults["cut off by the daemon"] += 1
        self._bring(link, lambda: self._lost(side, link))

    def gone(self, daemon: Daemon) -> None:
        """Its connections end with it, or with its turn, those too whose hello it had not read yet."""
        for side, link in self._accepted.pop(daemon, []):
            self._bring(link, lambda side=side, link=link: self._lost(side, link))  # type: ignore[misc]

    # -- frames ---------------------------------------------------------------------------------------------------

    def connect(self, client: Receiver, up: told.GatewayUp) -> None:
        """What follows is said on a new connection to the leader that the client knows, if it knows one."""
        side = self._sides[client.key]
        link = side.leaders.link
        if link is not None:
            link.connection = Connection(client.key, client.connection, lambda: self._cut_off(side, link))
            self.send(client, up)

    def send(self, client: Receiver, command: Any) -> None:
        """A client says something to its leader."""
        link = self._sides[client.key].leaders.link
        if link is not None and (connection := link.connection) is not None:
            self._carry(client, True, lambda: self._deliver(link, connection, command))

    def _deliver(self, link: Link, connection: Connection, command: Any, *, closing: bool = False) -> None:
        if (link.serves() or (closing and link.life is link.daemon.events)) and not connection.closed:
            connection.closed = closing
            newest = (link.daemon.name, connection.peer)
            if isinstance(command, told.GatewayUp):
                self._newest[newest] = connection
            elif isinstance(command, told.GatewayDown) and self._newest.get(newest) is not connection:
                return  # The client is connected anew: that an older connection ends says nothing of it.
            if link.daemon.loop is not None:
                link.daemon.hub.say(connection, command)

    def says(self, daemon: Daemon, connection: Connection, message: Message) -> None:
        """A daemon writes to a client."""
        if connection.closed:
            return
        client = self.clients[connection.peer]
        self.book.told(daemon, connection.peer, message)
        if client.connection != connection.number:
            return
        epoch = daemon.epoch

        def arrive() -> None:
            self.book.takes(connection.peer, daemon.name, epoch)
            client.take(message)

        self._carry(client, False, arrive)
