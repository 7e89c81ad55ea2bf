"""The simulated Redis servers of a site, and the connections of daemons to them.

A request arrives late, or at a server that is frozen, or never; its answer likewise. So a batch whose answer is missing
may have been kept, may be kept later, or not at all, and all three occur. It must not know what a batch is.

The one idea: what a server was given stands in its log, and a replica is a server that has carried out a shorter piece
of the same log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any, Protocol

from router.store.base import StoreError
from router.store.redis.errors import error_of
from router.store.redis.wire import answer_most_s
from router.terms import SECOND_US
from tests.sim.pair.keys import Keys, Refusal, commands_of

WRITES = frozenset({b"SET", b"HSET", b"UNLINK", b"EVALSHA"})
WAIT_US = 500_000


class Sim(Protocol):
    """Time and chance."""

    rng: Random
    now_us: int
    faults: Counter[str]

    def after(self, delay_us: int, work: Callable[[], None]) -> None:
        """Do it later."""

    def some(self, mean_us: int) -> int:
        """A time around that."""


class Node:
    """One server. `state`: up, frozen, down."""

    def __init__(self, sim: Sim, name: str, keys: Keys | None = None) -> None:
        self._sim = sim
        self.name = name
        self.keys = keys or Keys()
        self.state = "up"
        self.life = 0
        """Counts its starts and its changes of role: connections end with each."""
        self.log: list[tuple[int, list[bytes]]] = []
        self.followers: list[Node] = []
        self.applied = 0
        """How much of its primary's log it has."""
        self.lag_us = 0
        self._requests: list[Callable[[], None]] = []

    def arrive(self, work: Callable[[], None]) -> None:
        """A request is here: it is carried out now, or when the server goes on."""
        if self.state == "frozen":
            self._requests.append(work)
        elif self.state == "up":
            work()

    def thaw(self) -> None:
        """Go on, with what lies in the sockets first."""
        if self.state != "frozen":
            return
        self.state = "up"
        requests, self._requests = self._requests, []
        for work in requests:
            work()

    def end(self) -> None:
        """It is killed, with what lies in its sockets."""
        self.state = "down"
        self.life += 1
        self._requests.clear()

    def run(self, words: list[bytes]) -> Any:
        """Carry out a command. Raises `Refusal`."""
        answer = self.keys.run(self._sim.now_us, words)
        if words[0] in WRITES and self.followers:
            self.log.append((self._sim.now_us, words))
            for follower in self.followers:
                self._sim.after(follower.lag_us + 1, partial(self._feed, follower, len(self.log), self.log))
        return answer

    def _feed(self, follower: Node, upto: int, log: list[tuple[int, list[bytes]]]) -> None:
        # What was on its way when another became the primary is of a log that counts no more.
        if log is self.log and follower in self.followers and self.state != "down" and follower.state == "up":
            for at_us, words in self.log[follower.applied : upto]:
                follower.keys.run(at_us, words)
            follower.applied = max(follower.applied, upto)

    def have_it(self) -> int:
        """How many replicas have all of it."""
        return sum(follower.applied >= len(self.log) for follower in self.followers)

    def catch_up(self) -> int:
        """Let the replicas have all of it, as far as they are there. Returns how many have."""
        for follower in self.followers:
            self._feed(follower, len(self.log), self.log)
        return self.have_it()

    def follow(self, primary: Node) -> None:
        """Be a replica: what it had itself is gone."""
        self.keys, self.applied, self.state = primary.keys.copied(), len(primary.log), "up"
        self.life += 1
        self.log, self.followers = [], []
        primary.followers.append(self)


class Net:
    """Which daemon reaches which server. `ways`: what of a daemon's connection is cut."""

    def __init__(self, sim: Sim, replicas: int, *, waits: bool) -> None:
        self.sim = sim
        self.waits = waits
        """Replicas must confirm; else whoever of a split leads last writes its own state over the other's."""
        self.primary = Node(sim, "r0")
        self.nodes = [self.primary]
        for number in range(replicas):
            node = Node(sim, f"r{number + 1}")
            node.follow(self.primary)
            self.nodes.append(node)
        self.stale: Node | None = None
        """While it is split: the primary of before."""
        self.on_stale: set[str] = set()
        """Daemons on its side."""
        self.cut: dict[str, str] = {}
        """Daemon -> both, to_server, to_client."""
        self.slow_us = 0
        self.stale_is_trusted = False
        """What the primary of before says while it is split off counts as kept for whoever asks it."""
        self.copies: list[Keys] = []
        """What was on the disk at times before: a tail is lost by coming back with one of these."""

    def node_of(self, daemon: str) -> Node:
        """The primary, as that daemon finds it."""
        return self.stale if self.stale is not None and daemon in self.on_stale else self.primary

    def risks(self, daemon: str) -> bool:
        """What is promised to clients of this daemon now will be forgotten when the split is healed."""
        return self.stale is not None and self.stale_is_trusted and (daemon in self.on_stale or not self.waits)

    def delay_us(self) -> int:
        """Of one way."""
        return self.sim.some(200 + self.slow_us)

    def promote(self, node: Node, left: tuple[Node, ...] = ()) -> None:
        """It is the primary from now on. The others follow it, but the one before and those `left` with it."""
        before, self.primary = self.primary, node
        node.life += 1
        node.log, node.followers, node.applied, node.state = [], [], 0, "up"
        for other in self.nodes:
            if other is not node and other is not before and other not in left:
                other.follow(node)
        before.followers = [other for other in left if other in before.followers]

    def split(self, node: Node, left: tuple[Node, ...], daemons: set[str]) -> None:
        """`node` is promoted, and the primary before does not know it: these daemons go on with that."""
        self.stale, self.on_stale = self.primary, daemons
        self.promote(node, left)

    def heal(self) -> None:
        """One primary again: what the other one has kept meanwhile is gone."""
        stale, self.stale = self.stale, None
        self.on_stale = set()
        if stale is not None:
            for node in (stale, *stale.followers):
                node.follow(self.primary)


class Wire:
    """A connection that is up."""

    def __init__(self, net: Net, daemon: str, node: Node) -> None:
        self.net = net
        self.daemon = daemon
        self.node = node
        self._life = node.life
        self.where = node.name

    def is_up(self) -> bool:
        """Is it still the server that was dialled?"""
        return self._life == self.node.life and self.net.node_of(self.daemon) is self.node

    def reach(self) -> None:
        """Raises `StoreError` where nothing comes back at once."""
        if not self.is_up() or self.node.state == "down":
            raise error_of("CUT by the other side", self.where)
        if self.net.cut.get(self.daemon) or self.node.state == "frozen":
            raise error_of("LATE", self.where)

    def call(self, *words: str | bytes | int) -> Any:
        """As `router.store.redis.wire.Wire`."""
        self.reach()
        if words[0] == "XREAD":
            words = tuple(word for word in words if word not in ("BLOCK", "STREAMS"))
        try:
            return self.node.run([word if isinstance(word, bytes) else str(word).encode() for word in words])
        except Refusal as error:
            raise error_of(str(error), self.where) from error

    def exchange(self, data: bytes | memoryview, lines: int = 1) -> bytes:
        """As `router.store.redis.wire.Wire`, and never more than one line."""
        assert lines == 1, "a batch with its WAIT goes over the loop's own connection"
        self.reach()
        words = commands_of(bytes(data))[0]
        if words[0] == b"WAIT":
            # Whoever waits here stands still for it: the replicas that can have it by then.
            return b":%d" % self.node.catch_up()
        return one_line(self.node, words)

    def close(self) -> None:
        """Nothing is left of it."""
        self._life = -1


def one_line(node: Node, words: list[bytes]) -> bytes:
    """What a script answers, as a line without its end."""
    try:
        answer: bytes = node.run(words)
    except Refusal as error:
        return f"-{error}".encode()
    return answer


class Dialler:
    """As `router.store.redis.wire.Dialler`."""

    def __init__(self, net: Net, daemon: str, where: Any) -> None:
        self.where = where
        self._net = net
        self._daemon = daemon

    def dial(self) -> Wire:
        """A connection to the primary that this daemon finds. Raises `StoreError`."""
        wire = Wire(self._net, self._daemon, self._net.node_of(self._daemon))
        if wire.node.state == "down":
            raise error_of("UNREACHABLE", wire.where)
        wire.reach()
        return wire

    def replicas(self) -> int | None:
        """As Sentinels know them, away or not."""
        return len(self._net.nodes) - 1


class Line:
    """As `redis.line.Line`: one command at a time, and its outcome is told once, unless the daemon is gone."""

    def __init__(self, wire: Wire, call_later: Callable[[float, Callable[[], None]], Any]) -> None:
        self.wire = wire
        self.lost = False
        self._call_later = call_later
        self._answered: Callable[[bytes | StoreError], None] | None = None
        self._asked = 0

    def ask(self, data: bytes, lines: int, answered: Callable[[bytes | StoreError], None]) -> None:
        """See `router.store.redis.line.Line`."""
        assert self._answered is None, "one command at a time"
        self._answered = answered
        self._asked += 1
        ticket, net, wire = self._asked, self.wire.net, self.wire
        self._call_later(answer_most_s(len(data)), lambda: self._over(ticket, error_of("LATE", wire.where)))

        def arrive() -> None:
            if not wire.is_up() or wire.node.state == "down":
                net.sim.after(net.delay_us(), lambda: self._hear(ticket, error_of("CUT", wire.where)))
            elif net.cut.get(wire.daemon) not in ("both", "to_server"):
                wire.node.arrive(lambda: self._carry_out(ticket, commands_of(data)))

        net.sim.after(net.delay_us(), arrive)

    def _carry_out(self, ticket: int, commands: list[list[bytes]]) -> None:
        node, net = self.wire.node, self.wire.net
        lines = [one_line(node, words) for words in commands if words[0] != b"WAIT"]
        waits = [words for words in commands if words[0] == b"WAIT"]
        until_us = net.sim.now_us + WAIT_US

        def answer() -> None:
            if waits and node.have_it() < int(waits[0][1]) and net.sim.now_us < until_us:
                net.sim.after(20_000, answer)
                return
            said = [*lines, *[b":%d" % node.have_it() for _ in waits]]
            net.sim.after(net.delay_us(), lambda: self._hear(ticket, b"\r\n".join(said)))

        answer()

    def _hear(self, ticket: int, outcome: bytes | StoreError) -> None:
        """The answer comes by the network, unless that is cut by now."""
        if isinstance(outcome, StoreError) or (
            self.wire.is_up() and self.wire.net.cut.get(self.wire.daemon) not in ("both", "to_client")
        ):
            self._call_later(0.0, lambda: self._over(ticket, outcome))

    def _over(self, ticket: int, outcome: bytes | StoreError) -> None:
        if ticket != self._asked or self._answered is None:
            return
        if isinstance(outcome, StoreError):
            self.lost = True
            self.wire.close()
        answered, self._answered = self._answered, None
        answered(outcome)

    def close(self) -> None:
        """End it. What is unanswered is of unknown fate."""
        self.lost = True
        self._over(self._asked, error_of("CUT by ourselves", self.wire.where))
        self.wire.close()


LOOK_US = SECOND_US // 10
"""How often a standby looks at the feed."""
