"""Refusals that come while a store is in use, by whoever runs Redis: passwords and rights that change, scripts that
hang, slots that are gone. Each is a pause with its code and Redis's own words, nothing of the batch is there, and the
same batch is kept once it is over."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import redis

from router.loop.clock import boot_us
from router.store import open_store
from router.store.base import Lead, Store, StoreAway
from router.store.redis.lease import LeaseKeeper, Renewal
from router.store.redis.store import RedisStore
from tests.store.batches import batch_of
from tests.system.redis_server import RedisServer, running
from tests.system.redis_store import STAMP, begun
from tests.system.test_redis_faults import everything
from tests.system.test_redis_ways import until


class Refusal(NamedTuple):
    """What makes Redis say a word, and what ends it. `looked_at`: its keys can be read meanwhile. `cut`: the connection
    that there was is lost first."""

    code: str
    begin: Callable[[RedisServer], object]
    end: Callable[[RedisServer], object]
    looked_at: bool = True
    cut: bool = False


def hang(server: RedisServer) -> None:
    """Somebody's script does not end."""

    def run() -> None:
        with contextlib.suppress(redis.RedisError):
            server.call("EVAL", "while true do end", 0)

    server.call("CONFIG", "SET", "busy-reply-threshold", "10")
    threading.Thread(target=run, daemon=True).start()
    until(lambda: "BUSY" in refused(server), "the script does not hang")


def refused(server: RedisServer) -> str:
    """What Redis says to a write, here one that leaves nothing behind where it is taken."""
    try:
        server.call("DEL", "nothing")
    except redis.ResponseError as error:
        return str(error) if "BUSY" not in type(error).__name__ else f"BUSY {error}"
    return ""


def lock(server: RedisServer) -> None:
    """A password from now on, also for who was in."""
    server.call("CONFIG", "SET", "requirepass", "sesame")
    server.call("CLIENT", "KILL", "TYPE", "normal", password="sesame")


def orphan(server: RedisServer) -> None:
    """It is made a replica of nobody who is there, and serves nothing old; only so much of a replica as that."""
    server.call("CONFIG", "SET", "replica-serve-stale-data", "no")
    server.call("CONFIG", "SET", "replica-read-only", "no")
    server.call("REPLICAOF", "127.0.0.1", "1")


REFUSALS = {
    "NOAUTH": Refusal(
        "store_denied",
        lock,
        lambda server: server.call("CONFIG", "SET", "requirepass", "", password="sesame"),
        looked_at=False,
        cut=True,
    ),
    "NOPERM": Refusal(
        "store_denied",
        lambda server: server.call("ACL", "SETUSER", "default", "-evalsha"),
        lambda server: server.call("ACL", "SETUSER", "default", "+evalsha"),
    ),
    "BUSY": Refusal("store_busy", hang, lambda server: server.call("SCRIPT", "KILL"), looked_at=False),
    "MASTERDOWN": Refusal(
        "store_no_primary", orphan, lambda server: server.call("REPLICAOF", "NO", "ONE"), looked_at=False
    ),
}


@pytest.mark.parametrize("word", REFUSALS)
def test_it_is_a_pause(tmp_path: Path, word: str) -> None:
    """Refused with its code and Redis's word, twice; then the same batch is kept, once."""
    refusal = REFUSALS[word]
    for server in running(tmp_path / "redis"):
        store = begun(server.url)
        before = everything(server)
        refusal.begin(server)
        if refusal.cut:
            with pytest.raises(StoreAway, match="store_cut"):
                store.commit(batch_of(store.epoch, 2), STAMP)
        refuses(store, word, refusal.code)
        if refusal.looked_at:
            assert everything(server) == before, "nothing is half kept"
        refusal.end(server)
        assert everything(server) == before, "nothing is half kept"
        assert store.commit(batch_of(store.epoch, 2), STAMP) is True
        assert store.commit(batch_of(store.epoch, 2), STAMP) is False
        store.close()


def refuses(store: Store, word: str, code: str) -> None:
    """The next batch, each time that it is sent."""
    for _ in range(2):
        with pytest.raises(StoreAway) as caught:
            store.commit(batch_of(store.epoch, 2), STAMP)
        assert (caught.value.code, word in caught.value.what) == (code, True), caught.value
        assert caught.value.remedy


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[list[RedisServer]]:
    """Two nodes of a cluster; the first has all slots."""
    made = [RedisServer(tmp_path / name, "--cluster-enabled", "yes", "--cluster-config-file", "nodes") for name in "ab"]
    try:
        for node in made:
            node.start()
        made[0].call("CLUSTER", "ADDSLOTSRANGE", 0, 16_383)
        made[1].call("CLUSTER", "MEET", "127.0.0.1", made[0].port)
        until(lambda: all("cluster_state:ok" in str(node.call("CLUSTER", "INFO")) for node in made), "no cluster")
        yield made
    finally:
        for node in made:
            node.kill()


def test_a_slot_that_nobody_serves_is_a_pause(nodes: list[RedisServer]) -> None:
    """CLUSTERDOWN, until somebody serves it again."""
    node = nodes[0]
    store = begun(f"redis+cluster://127.0.0.1:{node.port}")
    slot = node.call("CLUSTER", "KEYSLOT", "switchboard:{main}:meta")
    node.call("CLUSTER", "DELSLOTS", slot)
    refuses(store, "CLUSTERDOWN", "store_cluster_down")
    node.call("CLUSTER", "ADDSLOTS", slot)
    until(lambda: "cluster_state:ok" in str(node.call("CLUSTER", "INFO")), "no cluster")
    assert store.commit(batch_of(store.epoch, 2), STAMP) is True
    store.close()


def test_a_slot_on_its_way_is_a_pause(nodes: list[RedisServer]) -> None:
    """TRYAGAIN while some of its keys have moved, ASK once all have; then it is found at the other node."""
    source, target = nodes
    store = begun(f"redis+cluster://127.0.0.1:{source.port}")
    slot = source.call("CLUSTER", "KEYSLOT", "switchboard:{main}:meta")
    ids = {node: node.call("CLUSTER", "MYID").decode() for node in nodes}
    target.call("CLUSTER", "SETSLOT", slot, "IMPORTING", ids[source])
    source.call("CLUSTER", "SETSLOT", slot, "MIGRATING", ids[target])
    names = source.call("CLUSTER", "GETKEYSINSLOT", slot, 100)
    for name in names[:-1]:
        source.call("MIGRATE", "127.0.0.1", target.port, name, 0, 5000)
        refuses(store, "TRYAGAIN", "store_moving")
    source.call("MIGRATE", "127.0.0.1", target.port, names[-1], 0, 5000)
    refuses(store, "ASK", "store_moving")
    for node in (target, source):
        node.call("CLUSTER", "SETSLOT", slot, "NODE", ids[target])
    until(lambda: kept(store), "it is not found")
    assert store.commit(batch_of(store.epoch, 2), STAMP) is False
    store.close()


def kept(store: Store) -> bool:
    """Has the second batch been kept now?"""
    try:
        return store.commit(batch_of(store.epoch, 2), STAMP)
    except StoreAway:
        return False


def test_a_full_redis_leaves_the_lead_where_it_is(tmp_path: Path) -> None:
    """No batch is kept, and what is promised meanwhile rests on memory: on that of the leader, who must be the same
    when there is room again. So the lease is renewed also where nothing else may be written."""
    for server in running(tmp_path / "redis"):
        goes_on_leading(server)


def goes_on_leading(server: RedisServer) -> None:
    """With a lease that would have run out."""
    lead, heard = Lead("one", "t1", 900), list[Renewal]()
    store = open_store(server.url, "main")
    assert isinstance(store, RedisStore)
    store.begin_epoch(STAMP, lead)
    server.call("CONFIG", "SET", "maxmemory", "1")
    keeper = LeaseKeeper(store._new_dialler(), store._keys, lead, store.epoch, boot_us, heard_by, heard.append)
    refuses(store, "OOM", "store_full")
    until(lambda: len(heard) > 5, "nobody hears of the lease")
    assert [renewal.error for renewal in heard if renewal.error is not None] == []
    assert server.call("GET", "switchboard:{main}:lease") == b"one t1"
    keeper.close(give_up=True)
    assert keeper.gave_up
    store.close()


def heard_by(told: Callable[[Renewal], object], renewal: Renewal) -> None:
    """At once, on the lease's own thread."""
    told(renewal)
