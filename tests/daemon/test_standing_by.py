"""Standing by: what a standby begins with is what the leader before it has kept, to the last batch."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from router import logs
from router.core.commands import Enqueue, SyncEnd, Update
from router.core.engine import Engine
from router.core.internal import GatewayUp
from router.core.settings import Queue, Settings
from router.daemon import standing_by
from router.daemon.loading import now_stamp
from router.daemon.standing_by import Standby
from router.store.base import Lead, Stamp, StoreAway
from router.terms import SECOND_US
from tests.store.simulated import Server, ServerStore

SETTINGS = Settings(queues=(Queue("loans", enter_unstaffed=True),))
GATEWAY = "main/gw1"
TTL_MS = 3_000


class Leader:
    """An engine, and what it keeps."""

    def __init__(self, server: Server) -> None:
        self.store = server.store("one")
        self.engine = Engine(SETTINGS, self.store.begin_epoch(now_stamp(), Lead("one", "t1", TTL_MS)))
        self.engine.activate(0)
        self.now_us = 0

    def live(self, *commands: object) -> None:
        """These are heard now, and kept."""
        self.now_us += SECOND_US
        for command in commands:
            self.engine.apply(self.now_us, GATEWAY, command)
        batch = self.engine.take_batch()
        assert batch is not None
        self.store.commit(batch, now_stamp()._replace(core_us=self.now_us))


class Between(ServerStore):
    """Of the standby: something happens after it has read the feed, and before its epoch begins."""

    last: Callable[[], None]

    def begin_epoch(self, stamp: Stamp | None = None, lead: Lead | None = None) -> int:
        """See `Store`."""
        self.last()
        self._server.time.now_us += 2 * TTL_MS * 1000
        return super().begin_epoch(stamp, lead)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def leader(server: Server) -> Leader:
    made = Leader(server)
    made.live(GatewayUp("i1"), SyncEnd(1), Enqueue(2, "c1", "loans"), Enqueue(3, "c2", "loans"))
    return made


def waiting(engine: Engine) -> dict[str, int]:
    """Contacts and their priorities."""
    return {contact.id: contact.priority_s for contact in engine.world.peers[GATEWAY].contacts.values()}


def test_the_last_batch_before_the_lease_ran_out_counts(server: Server, leader: Leader) -> None:
    """The leader keeps one more batch while the standby is about to take its lease: the feed is read to its end."""
    store = Between(server, "two")
    standby = Standby(store, Engine(SETTINGS, store.epoch), Lead("two", "t2", TTL_MS))
    assert standby.look(0) is None, "the lease is held"
    store.last = lambda: leader.live(Update(4, "c2", 30))
    server.time.now_us += TTL_MS * 1000
    loaded = None
    for _ in range(3):
        loaded = loaded or standby.look(0)
    assert loaded is not None
    assert waiting(loaded.engine) == {"c1": 0, "c2": 30}
    assert loaded.store.epoch > leader.store.epoch


class Away(ServerStore):
    """Its feed can't be read for a while."""

    away = False

    def follower(self) -> Any:
        """See `ServerStore`."""
        return AwayFollower(super().follower(), self)


class AwayFollower:
    """A follower, while its store is there."""

    def __init__(self, inner: Any, store: Away) -> None:
        self._inner = inner
        self._store = store

    def __getattr__(self, name: str) -> Any:
        if self._store.away:
            raise StoreAway("store_unreachable", "it can't be reached", "start it")
        return getattr(self._inner, name)


def test_a_store_that_is_away_is_logged_once(server: Server, leader: Leader) -> None:
    """Five times a second it is tried; one line says that it went, and one that it is followed again."""
    lines = io.StringIO()
    logs.configure("info", "json", lines)
    store = Away(server, "two")
    standby = Standby(store, Engine(SETTINGS, store.epoch), Lead("two", "t2", TTL_MS))
    try:
        for away in (False, True, True, True, False, False, True, False):
            store.away = away
            assert standby.look(0) is None
    finally:
        logs.configure()
    told = [json.loads(line)["event"] for line in lines.getvalue().splitlines()]
    assert told == ["following", "store_away", "following", "store_away", "following"]


class Full(ServerStore):
    """It can be read, and takes nothing for a while."""

    full = True

    def begin_epoch(self, stamp: Stamp | None = None, lead: Lead | None = None) -> int:
        """See `Store`."""
        if self.full:
            raise StoreAway("store_no_replicas", "NOREPLICAS", "bring a replica back")
        return super().begin_epoch(stamp, lead)


def test_a_leader_that_lives_comes_first_when_the_store_is_back(
    server: Server, leader: Leader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store refused to write for longer than the lease: what was routed meanwhile the leader alone has, and it is
    given the time of one renewal. One that is gone does not use it."""
    clock = [SECOND_US]
    monkeypatch.setattr(standing_by, "boot_us", lambda: clock[0])
    store = Full(server, "two")
    standby = Standby(store, Engine(SETTINGS, store.epoch), Lead("two", "t2", TTL_MS))
    server.time.now_us += 2 * TTL_MS * 1000
    assert standby.look(0) is None
    store.full = False
    assert standby.look(0) is None, "the leader has not been asked for yet"
    clock[0] += SECOND_US
    assert standby.look(0) is not None
    assert leader.store.epoch < store.epoch
