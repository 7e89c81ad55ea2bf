"""Between the connections and the loop: who is connected, whose turn it is, what goes to whom.

It knows commands and effects as things to carry, and nothing of what they do. All of it runs on the event
loop, so nothing here waits. The one idea: for the core a client is a key; which connection has the key at
what point in the order of decisions is settled here, so that nothing decided for one connection ever reaches
the next of the same name.

What the loop does in a step:

    outbox = Outbox()                                       # one for each batch
    while (connection := hub.next_turn()) is not None:      # and while the step's bounds allow
        if connection.fresh:
            hub.pack(engine.effects, outbox)                # what was decided before is not for it
            engine.effects.clear()
            hub.bind(connection)
        for _ in range(min(len(connection.inbox), TURN_COMMANDS)):
            command, read_ns = connection.inbox.popleft()
            engine.apply(now_us, connection.peer, command)
        hub.end_turn(connection)
    hub.pack(engine.effects, outbox)                        # once a step, before the batch is kept
    engine.effects.clear()
    ...
    hub.send(outbox)                                        # once the batch is kept, in the order of batches
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping

from router.core.commands import Request
from router.core.effects import Busy, Error, Message, NoticeOut
from router.errors import ERRORS
from router.server.connection import Connection
from router.server.gate import Gate
from router.server.limits import TICK_S, ServerLimits
from router.server.monitor import Monitors
from router.server.outbox import Outbox
from router.wire.catalogue import HandOver
from router.wire.session import EngineFacts


class Hub:
    """All connections of one engine. `wake` is called when there is something to do after there was
    nothing."""

    def __init__(
        self,
        facts: EngineFacts,
        wake: Callable[[], None],
        limits: ServerLimits | None = None,
        keys: Mapping[str, bytes] | None = None,
    ) -> None:
        self.facts = facts
        """Handed to each connection that comes from now on."""
        self.limits = limits or ServerLimits()
        self.gate = Gate(self.limits, keys or {})
        self.monitors = Monitors(self.limits)
        self.now_s = 0.0
        """Seconds in which we listened: it moves with each tick and never by more than two, so that time in
        which the process stood still counts against nobody."""
        self.connections: dict[Connection, None] = {}
        """All, oldest first."""
        self.live: dict[str, Connection] = {}
        """Peer key -> the connection that has it."""
        self.routes: dict[str, Connection] = {}
        """Peer key -> the connection that what is decided now is for: `live` as far as the core has heard."""
        self.lagging: dict[Connection, None] = {}
        self.inboxes_bytes = 0
        self.errors: Counter[str] = Counter()
        """Protocol errors by reason, since the start: codes of the catalogue, and `http`, `tls`, `truncated`
        and `reset` for connections that ended so."""
        self.refused: Counter[str] = Counter()
        """Commands that the engine refused, by code."""
        self.closed: Counter[str] = Counter()
        """Ended connections by reason."""
        self.accepted = 0
        """Connections that came."""
        self.on_hand_over: Callable[[Connection, HandOver], None] = _no_standby
        """Told when a supervisor wants the standby to lead; the answer is whoever's is set here."""
        self.on_outdated: Callable[[int], None] = _nothing_of
        """Told when a client has seen a higher epoch than ours."""
        self.on_notice: Callable[[NoticeOut], None] = no_delivery
        """Told what is for somebody outside, once it is kept."""
        self.undelivered = 0
        """Effects for clients that were gone."""
        self.read: Callable[[Connection, Request], None] = _nothing_to_read
        """Answers a request that is about what the store keeps."""
        self._wake = wake
        self._ready: deque[Connection] = deque()
        self._finished: list[Connection] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ticked_s = 0.0

    # -- turns: for the loop ---------------------------------------------------------------------------------

    def next_turn(self) -> Connection | None:
        """The connection whose turn it is, None where nobody has anything. Every one is given back to
        `end_turn`."""
        return self._ready.popleft() if self._ready else None

    def end_turn(self, connection: Connection) -> None:
        """The loop has taken from the connection's inbox what it wanted."""
        if connection.inbox:
            self._ready.append(connection)
            return
        connection.queued = False
        connection.emptied()
        if connection.input_ended and not connection.closing:
            self._finished.append(connection)

    def waiting_commands(self) -> bool:
        """Somebody has something to apply."""
        return bool(self._ready)

    def let_lie(self) -> None:
        """While another engine leads: what connections have for the core is for nobody."""
        while (connection := self.next_turn()) is not None:
            connection.inbox.clear()
            self.end_turn(connection)

    def promote(self, facts: EngineFacts) -> None:
        """This engine leads from now on: everybody who is in hears it, and the core of everybody."""
        self.let_lie()
        self.facts = facts
        for connection in list(self.connections):
            if not connection.closing:
                connection.promoted(facts)

    def bind(self, connection: Connection) -> None:
        """From here on in the order of decisions, what is for this client is for this connection. To be
        called before the first command (GatewayUp) of a connection that is `fresh`, after packing what was
        decided before."""
        connection.fresh = False
        if not connection.closing:
            self.routes[connection.peer] = connection

    # -- effects: for the loop -------------------------------------------------------------------------------

    def pack(self, effects: list[tuple[str, Message]], outbox: Outbox) -> None:
        """Encode effects, in order, for the connections that their clients have now. Does not clear the
        list."""
        routes, pieces = self.routes, outbox.pieces
        for peer, message in effects:
            connection = routes.get(peer)
            if connection is None:
                if message.__class__ is NoticeOut:
                    outbox.notices.append(message)
                    continue
                event = self.monitors.number(peer, message)
                if event is None:
                    self.undelivered += 1
                else:
                    outbox.events.append(event)
                continue
            own = pieces.get(connection)
            if own is None:
                own = pieces[connection] = []
            connection.append(own, message)
            if message.__class__ is Error:
                self.refused[message.code] += 1
        if self._finished:
            outbox.finished += self._finished
            self._finished.clear()

    def send(self, outbox: Outbox) -> None:
        """Write what was packed, one write a connection. To be called once the batch is kept, in order of
        batches."""
        for connection, pieces in outbox.pieces.items():
            connection.write(b"".join(pieces))
        if outbox.events:
            self.monitors.publish(outbox.events)
        for notice in outbox.notices:
            self.on_notice(notice)
        for connection in outbox.finished:
            connection.finish()

    def deliver(self, effects: list[tuple[str, Message]]) -> None:
        """`pack` and `send` in one, for effects that are kept already."""
        outbox = Outbox()
        self.pack(effects, outbox)
        self.send(outbox)

    # -- connections -----------------------------------------------------------------------------------------

    def arrived(self, connection: Connection) -> None:
        """Somebody has connected."""
        self.accepted += 1
        self.connections[connection] = None
        too_many = self.gate.arrived(connection, len(self.connections))
        if too_many is not None:
            too_many.cut("too_many_connections")

    def entered(self, connection: Connection) -> None:
        """A client was let in; a connection that had its name is closed."""
        self.gate.left(connection)
        old = self.live.get(connection.peer)
        if old is not None:
            old.replaced()
        self.live[connection.peer] = connection
        self.queue(connection)

    def departed(self, connection: Connection) -> None:
        """A connection is gone."""
        self.closed[connection.reason] += 1
        self.connections.pop(connection, None)
        self.detach(connection)
        if connection.session.guest is not None:
            self.gate.guest_left(connection.session.guest)

    def detach(self, connection: Connection) -> None:
        """Nothing is for this connection any more."""
        self.gate.left(connection)
        self.monitors.left(connection, self.now_s)
        self.lagging.pop(connection, None)
        for table in (self.live, self.routes):
            if table.get(connection.peer) is connection:
                del table[connection.peer]

    def queue(self, connection: Connection) -> None:
        """The connection has something in its inbox."""
        if connection.queued:
            return
        connection.queued = True
        self._ready.append(connection)
        if len(self._ready) == 1:
            self._wake()

    def is_full(self, connection: Connection) -> bool:
        """Should the connection be read no further until its inbox is applied?"""
        limits = self.limits
        return (
            len(connection.inbox) > limits.inbox_commands_max
            or connection.inbox_bytes > limits.inbox_bytes_max
            or self.inboxes_bytes > limits.inboxes_bytes_max
        )

    def later(self, call: Callable[[], None]) -> None:
        """After all that is ready now has had its turn."""
        assert self._loop is not None, "start first"
        self._loop.call_soon(call)

    def count(self, reason: str) -> None:
        """One more protocol error of this kind."""
        self.errors[reason] += 1

    def close_all(self, reason: str, retry_ms: int) -> None:
        """Tell everybody why, and close."""
        for connection in list(self.connections):
            connection.close(reason, retry_ms)

    # -- slow readers ----------------------------------------------------------------------------------------

    def lagged(self, connection: Connection) -> None:
        """A connection has much unsent: cut it past its cap, and the worst one past the cap of all."""
        self.lagging[connection] = None
        if connection.unsent_bytes() > self.limits.unread_bytes_max:
            connection.cut("too_slow_reader")
        elif len(self.lagging) * self.limits.unread_bytes_max > self.limits.unreads_bytes_max:
            unsent = {each: each.unsent_bytes() for each in self.lagging}
            if sum(unsent.values()) > self.limits.unreads_bytes_max:
                max(unsent, key=unsent.__getitem__).cut("too_slow_reader")

    def caught_up(self, connection: Connection) -> None:
        """A connection has read what was unsent."""
        self.lagging.pop(connection, None)
        self.monitors.caught_up(connection)

    # -- time ------------------------------------------------------------------------------------------------

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to watch timers: one timer for all connections."""
        self._loop = loop
        self._ticked_s = loop.time()
        self._timer = loop.call_later(TICK_S, self._tick)

    def stop(self) -> None:
        """Watch no timers any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        assert self._loop is not None
        now_s = self._loop.time()
        self._timer = self._loop.call_later(TICK_S, self._tick)
        self.advance(min(now_s - self._ticked_s, 2 * TICK_S))
        self._ticked_s = now_s

    def advance(self, by_s: float) -> None:
        """Let time pass: look at timers, let in who waits."""
        self.now_s += by_s
        now_s = self.now_s
        for connection in [each for each in self.connections if each.due_s <= now_s]:
            connection.check(now_s)
        self.gate.advance(by_s)
        self.monitors.advance(now_s)


def _nothing_to_read(connection: Connection, request: Request) -> None:
    """Before anybody has said where to read."""
    connection.tell(Busy(request.seq, 1_000, "store"))


def _no_standby(connection: Connection, asked: HandOver) -> None:
    """Where nobody can stand by: a store that is one engine's alone."""
    kind = ERRORS["no_standby"]
    connection.tell(Error(asked.seq, "no_standby", "", kind.fault))


def no_delivery(_: NoticeOut) -> None:
    """Nobody delivers notices: they are kept."""


def _nothing_of(_: int) -> None:
    pass
