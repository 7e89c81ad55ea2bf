"""What is asked of a Redis beside its commits goes on after it was away: nobody was there to see the connection go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from router.store.base import Store, StoreAway
from router.store.redis.store import RedisStore
from tests.system.redis_server import RedisServer, running
from tests.system.redis_store import begun


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    yield from running(tmp_path / "redis")


@pytest.fixture
def store(server: RedisServer) -> Iterator[Store]:
    made = begun(server.url)
    yield made
    made.close()


def test_who_asks_hears_nothing_of_a_cut_connection(server: RedisServer, store: Store) -> None:
    """Audit and hand-over ask seldom: a connection that was lost since is made anew, also when Redis came back."""
    assert isinstance(store, RedisStore)
    assert store.standby() == ""
    server.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    assert store.standby() == ""
    server.kill()
    with pytest.raises(StoreAway) as caught:
        store.standby()
    assert caught.value.code == "store_unreachable"
    server.start()
    assert store.standby() == ""
    assert store.read("history", 0, 10) == [(1, b"1")]
