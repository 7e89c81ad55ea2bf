"""Every way to reach a Redis that a store's URL names, tried on real servers: socket, TLS, Sentinel, Cluster,
replicas that are waited for."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from router.store import open_store
from router.store.base import Store, StoreAway, StoreError, StoreUnusable
from router.store.redis.url import read
from router.store.redis.wire import Dialler
from tests.store.batches import after, batch_of, loaded
from tests.system.redis_server import PATIENCE_S, RedisServer, needed, running
from tests.system.redis_store import STAMP


def until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        with contextlib.suppress(RedisError):
            if condition():
                return
        assert time.monotonic() < end, what
        time.sleep(0.05)


def keep(store: Store, number: int) -> list[str]:
    """Send the batch until it is kept; the codes of the refusals."""
    codes: list[str] = []
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            store.commit(batch_of(store.epoch, number), STAMP)
        except StoreAway as error:
            codes.append(error.code)
            time.sleep(0.05)
        else:
            return codes
    raise AssertionError(codes)


def test_a_unix_socket(tmp_path: Path) -> None:
    """`redis+unix://` opens the server's socket, in the database that is named."""
    for server in running(tmp_path / "redis"):
        for url in (server.unix_url, f"{server.unix_url}?db=3"):
            store = open_store(url, "main")
            epoch = store.begin_epoch(STAMP)
            store.commit(batch_of(epoch, 1))
            assert loaded(store) == after(epoch, 1)
            store.close()
        assert server.call("DBSIZE") > 3


def test_tls(tmp_path: Path) -> None:
    """`rediss://` checks the server's certificate against the one that is named, and works on the loop's own
    connection too; without the certificate the store does not open."""
    certificate, key = tmp_path / "server.crt", tmp_path / "server.key"
    subprocess.run(
        [
            *(
                needed("openssl"),
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "1",
                "-subj",
                "/CN=localhost",
            ),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    server = RedisServer(tmp_path / "redis")
    tls_port = server.port + 1 if server.port < 60_000 else server.port - 1
    server.options = (
        *("--tls-port", str(tls_port), "--tls-cert-file", str(certificate), "--tls-key-file", str(key)),
        *("--tls-ca-cert-file", str(certificate), "--tls-auth-clients", "no"),
    )
    try:
        server.start()
        with pytest.raises(StoreUnusable) as caught:
            open_store(f"rediss://127.0.0.1:{tls_port}", "main")
        assert "ertificate" in str(caught.value)
        store = open_store(f"rediss://127.0.0.1:{tls_port}?ssl_ca_certs={certificate}", "main")
        epoch = store.begin_epoch(STAMP)
        told: list[StoreError | None] = []

        async def scenario() -> None:
            store.attach(asyncio.get_running_loop().call_soon_threadsafe)
            for number in range(1, 30):
                done = asyncio.Event()

                def landed(outcome: StoreError | None, done: asyncio.Event = done) -> None:
                    told.append(outcome)
                    done.set()

                batch = batch_of(epoch, number)
                batch.puts += [("contact", f"large{n}", bytes(4000)) for n in range(1000 if number == 7 else 0)]
                store.send(batch, STAMP, landed)
                await done.wait()
            store.close()

        asyncio.run(scenario())
        assert told == [None] * 29
        again = open_store(f"rediss://127.0.0.1:{tls_port}?ssl_ca_certs={certificate}", "main")
        assert len(loaded(again)) == len(after(epoch, 29)) + 1000
        again.close()
    finally:
        server.kill()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[RedisServer, RedisServer]]:
    """A primary and its replica."""
    primary, replica = RedisServer(tmp_path / "primary"), RedisServer(tmp_path / "replica")
    try:
        primary.start()
        replica.options = ("--replicaof", "127.0.0.1", str(primary.port))
        replica.start()
        until(lambda: "online" in str(primary.call("INFO", "replication")), "no replica")
        yield primary, replica
    finally:
        primary.kill()
        replica.kill()


def test_replicas_are_waited_for(pair: tuple[RedisServer, RedisServer]) -> None:
    """With `wait_replicas` a batch counts as kept when the replica has it; without a replica it is a pause, and
    once there is one the same batch is not carried out twice, but waited for."""
    primary, replica = pair
    store = open_store(f"{primary.url}?wait_replicas=1", "main")
    assert store.durability == "replicated"
    epoch = store.begin_epoch(STAMP)
    for number in range(1, 10):
        assert store.commit(batch_of(epoch, number)) is True
        assert int(replica.call("HGET", "switchboard:{main}:meta", "batch")) == number
    replica.kill()
    for _ in range(2):
        with pytest.raises(StoreAway) as caught:
            store.commit(batch_of(epoch, 10))
        assert caught.value.code == "store_no_replicas"
    replica.start()
    assert set(keep(store, 10)) <= {"store_no_replicas"}
    assert int(replica.call("HGET", "switchboard:{main}:meta", "batch")) == 10
    assert loaded(store) == after(epoch, 10)
    assert [entry for _, entry in store.read("history", 0, 100)] == [b"%d" % n for n in range(1, 11)]
    store.close()


def test_a_sentinel_finds_the_next_primary(tmp_path: Path, pair: tuple[RedisServer, RedisServer]) -> None:
    """The primary is killed: Sentinel makes the replica the primary, and the store goes on there with the same
    batch. Batches that a replica had not confirmed may be lost, which is then a gap; with `wait_replicas` none
    is."""
    primary, replica = pair
    sentinel = RedisServer(tmp_path / "sentinel", program="redis-sentinel")
    config = sentinel.folder / "sentinel.conf"
    config.write_text(
        f"port {sentinel.port}\nbind 127.0.0.1\ndir {sentinel.folder}\n"
        f"sentinel monitor site 127.0.0.1 {primary.port} 1\n"
        "sentinel down-after-milliseconds site 500\nsentinel failover-timeout site 3000\n"
    )
    log = (sentinel.folder / "log").open("ab")
    sentinel.process = subprocess.Popen([sentinel.program, str(config)], stdout=log, stderr=log)
    log.close()
    try:
        url = f"redis+sentinel://127.0.0.1:1,127.0.0.1:{sentinel.port}/site"
        until(lambda: str(replica.port) in str(sentinel.call("SENTINEL", "REPLICAS", "site")), "no replica known")
        with pytest.raises(StoreUnusable) as caught:
            open_store(url.replace("/site", "/other"), "main")
        assert "knows no primary 'other'" in caught.value.what
        store = open_store(f"{url}?wait_replicas=1", "main")
        epoch = store.begin_epoch(STAMP)
        for number in range(1, 20):
            # The replica may be a moment late, which is a pause and no loss.
            assert set(keep(store, number)) <= {"store_no_replicas"}
        store.close()
        store = open_store(url, "main")
        epoch = store.begin_epoch(STAMP)
        for number in range(1, 20):
            store.commit(batch_of(epoch, number), STAMP)
        until(lambda: replica.call("HGET", "switchboard:{main}:meta", "batch") == b"19", "the replica lags")
        everybody = Dialler(read(f"{url}?wait_replicas=all"), "switchboard:{main}:meta")
        assert everybody.replicas() == 1
        primary.kill()
        began = time.monotonic()
        codes = keep(store, 20)
        assert time.monotonic() - began < PATIENCE_S
        assert codes
        assert set(codes) <= {"store_cut", "store_unreachable", "store_read_only", "store_late"}
        assert "master" in str(replica.call("ROLE"))
        assert int(replica.call("HGET", "switchboard:{main}:meta", "batch")) == 20
        store.close()
        # Who is away counts: the primary of before may come back with a replica of its own, and be asked.
        assert everybody.replicas() == 1
    finally:
        sentinel.kill()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[list[RedisServer]]:
    """Three nodes, each with a third of the slots."""
    nodes = []
    try:
        for number in range(3):
            node = RedisServer(tmp_path / f"node{number}")
            node.options = (
                "--cluster-enabled",
                "yes",
                "--cluster-config-file",
                "nodes",
                "--cluster-node-timeout",
                "2000",
            )
            node.start()
            nodes.append(node)
        addresses = [f"127.0.0.1:{node.port}" for node in nodes]
        subprocess.run(
            [needed("redis-cli"), "--cluster", "create", *addresses, "--cluster-replicas", "0", "--cluster-yes"],
            check=True,
            capture_output=True,
        )
        until(lambda: all("cluster_state:ok" in str(node.call("CLUSTER", "INFO")) for node in nodes), "no cluster")
        yield nodes
    finally:
        for node in nodes:
            node.kill()


def test_a_cluster_and_a_site_that_moves(cluster: list[RedisServer]) -> None:
    """Whichever node is named, the site's own is found; when its slot moves, the store pauses and goes on at
    the new node without losing or doubling a batch; a plain URL says what to write instead."""
    url = f"redis+cluster://127.0.0.1:1,127.0.0.1:{cluster[0].port}"
    sites = ["main", "a", "b", "c", "d"]
    for site in sites:
        store = open_store(url, site)
        epoch = store.begin_epoch(STAMP)
        store.commit(batch_of(epoch, 1))
        assert loaded(store) == after(epoch, 1)
        store.close()
    assert all(int(str(node.call("DBSIZE"))) > 0 for node in cluster), "sites are spread"

    slot = cluster[0].call("CLUSTER", "KEYSLOT", "switchboard:{main}:meta")
    ids = [node.call("CLUSTER", "MYID").decode() for node in cluster]
    source = next(n for n, node in enumerate(cluster) if node.call("CLUSTER", "COUNTKEYSINSLOT", slot))
    target = (source + 1) % 3
    with pytest.raises(StoreUnusable) as caught:
        open_store(cluster[target].url, "main")
    assert caught.value.code == "store_moved"
    assert "redis+cluster://" in caught.value.remedy

    store = open_store(url, "main")
    epoch = store.begin_epoch(STAMP)
    store.commit(batch_of(epoch, 1))
    cluster[target].call("CLUSTER", "SETSLOT", slot, "IMPORTING", ids[source])
    cluster[source].call("CLUSTER", "SETSLOT", slot, "MIGRATING", ids[target])
    names = cluster[source].call("CLUSTER", "GETKEYSINSLOT", slot, 100)
    codes = set()
    for name in names:
        cluster[source].call("MIGRATE", "127.0.0.1", cluster[target].port, name, 0, 5000)
        with pytest.raises(StoreAway) as paused:
            store.commit(batch_of(epoch, 2))
        codes.add(paused.value.code)
    assert codes == {"store_moving"}
    for node in (cluster[target], cluster[source]):
        node.call("CLUSTER", "SETSLOT", slot, "NODE", ids[target])
    assert keep(store, 2) == []
    assert loaded(store) == after(epoch, 2)
    cluster[target].kill()
    with pytest.raises(StoreAway):
        store.commit(batch_of(epoch, 3))
    cluster[target].start()
    assert set(keep(store, 3)) <= {"store_cut", "store_unreachable", "store_cluster_down", "store_loading"}
    assert [entry for _, entry in store.read("history", 0, 100)][-2:] == [b"2", b"3"]
    store.close()
