"""What every store promises (`tests.store.test_conformance`), tried on Redis."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from router.store import open_store
from router.store.base import Store, StoreGap
from tests.store import test_conformance as conformance
from tests.store.batches import after, batch_of, loaded
from tests.system.redis_server import RedisServer, running

MOST = dict.fromkeys(("history", "audit"), 3)
_sites = itertools.count()


class RedisShelf(conformance.Shelf):
    """A site of its own on a server that others share; it can be opened again."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.site = f"site-{next(_sites)}"
        self.store = open_store(url, self.site, streams_most=MOST)

    def again(self) -> Store:
        """As after a restart."""
        self.store.close()
        self.store = open_store(self.url, self.site, streams_most=MOST)
        return self.store


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    yield from running(tmp_path_factory.mktemp("redis"))


@pytest.fixture
def shelf(redis_server: RedisServer) -> Iterator[RedisShelf]:
    made = RedisShelf(redis_server.url)
    yield made
    made.store.close()


# Every test there that asks for a shelf gets this module's: pytest looks for fixtures where a test is found.
globals().update(
    {
        name: test
        for name, test in vars(conformance).items()
        if name.startswith("test_") and "shelf" in inspect.signature(test).parameters
    }
)


@given(steps=conformance.batches)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_redis_holds_what_its_batches_say(redis_server: RedisServer, steps: conformance.Steps) -> None:
    """See there: in a Redis."""
    conformance.holds_what_its_batches_say(RedisShelf(redis_server.url), steps)


def test_the_conformance_suite_is_here() -> None:
    """The tests of the other stores are really run on this one."""
    assert sum(name.startswith("test_") for name in globals()) >= 10


@pytest.mark.parametrize("cut", [1, 7, 100, 700, 3000])
def test_a_tail_that_is_lost_is_lost_in_whole_batches(tmp_path: Path, cut: int) -> None:
    """An append-only file that is cut anywhere loads to the state after some batch, never to half of one."""
    server = RedisServer(tmp_path / "redis")
    try:
        server.start()
        store = open_store(server.url, "main")
        epoch = store.begin_epoch()
        for number in range(1, 41):
            store.commit(batch_of(epoch, number))
        store.close()
        server.kill()
        (tail,) = (server.folder / "appendonlydir").glob("*.incr.aof")
        with tail.open("r+b") as file:
            file.truncate(tail.stat().st_size - cut)
        server.start()
        store = open_store(server.url, "main")
        assert 30 <= store.number < 40
        assert loaded(store) == after(epoch, store.number)
        with pytest.raises(StoreGap):
            store.commit(batch_of(epoch, 41))
        store.close()
    finally:
        server.kill()
