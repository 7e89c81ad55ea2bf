"""A real store and a real follower over the simulation's Redis server: no process, no socket, no time that passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from router.store.redis.store import RedisStore
from router.store.redis.url import read
from tests.sim.pair.net import Dialler, Net

URL = "redis://one"


class Still:
    """A simulation's time, which a test moves by hand."""

    def __init__(self) -> None:
        self.rng = Random(1)
        self.now_us = 0
        self.faults: Counter[str] = Counter()

    def after(self, _delay_us: int, work: Callable[[], None]) -> None:
        """At once."""
        work()

    def some(self, mean_us: int) -> int:
        """Just that."""
        return mean_us


class Server:
    """One server. `feed`: the entries that standbys follow, as a list that may be changed."""

    def __init__(self) -> None:
        self.time = Still()
        self.net = Net(self.time, 0, waits=False)

    @property
    def feed(self) -> Any:
        """See above."""
        return self.net.primary.keys.keys["switchboard:{main}:feed"]

    def store(self, daemon: str) -> ServerStore:
        """As that daemon opens it."""
        return ServerStore(self, daemon)


class ServerStore(RedisStore):
    """`RedisStore`, dialling a `Server`."""

    def __init__(self, server: Server, daemon: str) -> None:
        self._server = server
        self._daemon = daemon
        super().__init__(read(URL), "main")

    def _new_dialler(self) -> Any:
        return Dialler(self._server.net, self._daemon, self.where)
