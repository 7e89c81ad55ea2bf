"""What must hold when something fails, a row of docs/durability.md's table of faults each, on real processes."""

from __future__ import annotations

import contextlib
import itertools
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from router.loop.crash import POINTS, VARIABLE
from router.store import open_store
from router.store.base import StoreAway, StoreError
from tests.store.batches import batch_of, loaded
from tests.system.redis_server import RedisServer, running
from tests.system.redis_store import STAMP
from tests.system.serving import Person, Serving
from tests.system.test_redis_daemon import Caller, positions, relist
from tests.system.test_redis_ways import until

WHILE_SERVING = tuple(point for point in POINTS if point.startswith(("before_commit", "after_send", "before_tell")))
TELLING = ("in_the_middle_of_telling", "after_tell")
STARTING = ("in_the_middle_of_loading", "before_leading")

_instances = itertools.count(2)


@pytest.fixture(params=["sqlite", "redis"])
def serving(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serving]:
    """A daemon on each kind of store."""
    servers = running(tmp_path / "redis") if request.param == "redis" else None
    made = Serving(tmp_path, store=next(servers).url if servers is not None else "")
    yield made
    made.end()
    if servers is not None:
        next(servers, None)


def acknowledged_before_death(serving: Serving, **environment: str) -> list[str]:
    """Contacts stream in until the daemon dies; those of them that it acknowledged, in their order."""
    serving.start(**environment)
    caller = Caller(serving)
    with contextlib.suppress(BrokenPipeError):
        caller.call(200, pace_s=0.002)
    caller.hear()
    assert serving.wait() == -signal.SIGKILL
    return caller.queued


def everybody_is_there(serving: Serving, contacts: list[str]) -> None:
    """All of them, at their places, and nobody twice."""
    serving.start()
    again = Person(serving, instance=f"i{next(_instances)}")
    relist(again, contacts)
    assert positions(again, contacts) == list(range(1, len(contacts) + 1))
    again.close()


@pytest.mark.parametrize("times", [15, 40])
@pytest.mark.parametrize("point", [*WHILE_SERVING, *TELLING])
def test_killed_at_every_point_of_serving(serving: Serving, point: str, times: int) -> None:
    """Wherever it dies, what it has acknowledged is there after the next start."""
    contacts = acknowledged_before_death(serving, **{VARIABLE: f"{point}:{times}"})
    assert contacts
    everybody_is_there(serving, contacts)


@pytest.mark.parametrize("point", STARTING)
def test_killed_at_every_point_of_a_start(serving: Serving, point: str) -> None:
    """A start that dies leaves the store as it was: the next one has everybody."""
    contacts = acknowledged_before_death(serving, **{VARIABLE: "after_tell:60"})
    serving.launch(**{VARIABLE: point})
    assert serving.wait() == -signal.SIGKILL
    everybody_is_there(serving, contacts)


def test_killed_in_the_middle_of_a_reload(serving: Serving) -> None:
    """The old configuration or the new one, never half of each; everybody is there."""
    serving.start(**{VARIABLE: "in_the_middle_of_a_reload"})
    caller = Caller(serving)
    caller.call(50)
    caller.hear(until="c61")
    toml = serving.config / "agents.toml"
    toml.write_text(toml.read_text() + "[agents.cyd]\n")
    serving.signal(signal.SIGHUP)
    assert serving.wait() == -signal.SIGKILL
    everybody_is_there(serving, caller.queued)


def test_every_point_is_tried() -> None:
    """The sweep has all labels."""
    assert {*WHILE_SERVING, *TELLING, *STARTING, "in_the_middle_of_a_reload"} == set(POINTS)


@pytest.mark.parametrize("seconds", [1, 10])
def test_redis_away(tmp_path: Path, redis_server: RedisServer, seconds: int) -> None:
    """Stopped for so long under load: routed on from memory, said so, and all of it kept within 5 s of its return."""
    serving = Serving(tmp_path, store=redis_server.url)
    try:
        serving.start()
        caller = Caller(serving)
        caller.call(50)
        redis_server.signal(signal.SIGSTOP)
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            caller.call(5, pace_s=0.02)
        redis_server.signal(signal.SIGCONT)
        back = time.monotonic()
        serving.wait_for("store_back")
        assert time.monotonic() - back < 5
        assert "look after Redis" in serving.wait_for("store_away")["remedy"]
        caller.call(20)
        caller.hear(until=f"c{next(caller.seqs) - 1}")
        assert caller.memory
        serving.kill()
        everybody_is_there(serving, caller.queued)
    finally:
        serving.end()


def test_redis_away_and_the_daemon_killed_meanwhile(tmp_path: Path, redis_server: RedisServer) -> None:
    """No more and no less than was promised: what was acknowledged with the store's class is there; what was said to be
    `memory` may be gone, and comes again with its gateway's list."""
    serving = Serving(tmp_path, store=redis_server.url)
    try:
        serving.start()
        caller = Caller(serving)
        caller.call(50)
        caller.hear(until="c61")
        redis_server.signal(signal.SIGSTOP)
        caller.call(50, pace_s=0.02)
        serving.kill()
        caller.hear()
        redis_server.signal(signal.SIGCONT)
        promised = [contact for contact in caller.queued if contact not in caller.memory]
        assert len(promised) >= 50
        assert len(caller.memory) > 10
        serving.start()
        again = Person(serving, instance="i2")
        for number, contact in enumerate(promised):
            assert again.ask(t="position", seq=1_000 + number, contact=contact)["t"] == "position", contact
        again.close()
        serving.kill()
        everybody_is_there(serving, caller.queued)
    finally:
        serving.end()


def test_an_offer_outlives_a_stop(serving: Serving) -> None:
    """The process is stopped for longer than an offer rings, and shorter than its lease: the answer that was given
    meanwhile counts, and no miss is held against the agent."""
    serving.config.joinpath("queues.toml").write_text("[channels.voice]\nring_s = 1\n[queues.loans]\n")
    serving.start()
    gateway = Person(serving)
    gateway.begin()
    assert gateway.ask(t="ready", seq=4, agent="ann")["t"] == "ok"
    assert gateway.ask(t="enqueue", seq=5, contact="c1", queue="loans")["t"] == "queued"
    while not (offers := [event["offer"] for event in gateway.events if event["t"] == "offer"]):
        assert gateway.read() is not None
    serving.signal(signal.SIGSTOP)
    gateway.say(t="accept", seq=6, offer=offers[0])
    time.sleep(2)
    serving.signal(signal.SIGCONT)
    while 6 not in gateway.replies:
        assert gateway.read() is not None
    assert gateway.replies[6]["t"] == "ok"


def test_redis_without_room_on_its_disk(tmp_path: Path) -> None:
    """MISCONF: the append-only file can't grow. Taken in with `memory`, and kept once there is room."""
    servers = running(tmp_path / "redis", fsync="everysec")
    server = next(servers)
    serving = Serving(tmp_path, store=server.url)
    try:
        serving.start()
        caller = Caller(serving)
        caller.call(20)
        caller.hear(until="c31")
        server.fill_disk()
        while "store_away" not in {line["event"] for line in serving.lines()}:
            caller.call(5, pace_s=0.1)
        assert serving.wait_for("store_away")["code"] == "store_not_writable"
        caller.call(5, pace_s=0.1)
        server.make_room()
        serving.wait_for("store_back")
        caller.hear(until=f"c{next(caller.seqs) - 1}")
        assert caller.memory
        serving.kill()
        everybody_is_there(serving, caller.queued)
    finally:
        serving.end()
        next(servers, None)


def test_strict_refuses_while_redis_is_away(tmp_path: Path, redis_server: RedisServer) -> None:
    """`when_away = "strict"`: new contacts are answered `busy`, nothing is promised as `memory`, and afterwards
    all goes on; what was acknowledged survives kill -9."""
    serving = Serving(tmp_path, store=f'{redis_server.url}"\nwhen_away = "strict')
    try:
        serving.start()
        caller = Caller(serving)
        caller.call(20)
        caller.hear(until="c31")
        redis_server.signal(signal.SIGSTOP)
        time.sleep(0.1)
        caller.call(1)
        time.sleep(0.6)
        caller.call(10)
        busy = caller.person.ask(t="enqueue", seq=9_000, contact="late", queue="loans")
        assert (busy["t"], busy["what"]) == ("busy", "store_away")
        redis_server.signal(signal.SIGCONT)
        serving.wait_for("store_back")
        assert caller.person.ask(t="enqueue", seq=9_001, contact="late", queue="loans")["t"] == "queued"
        assert caller.memory == []
        serving.kill()
        kept = [said["contact"] for _, said in sorted(caller.person.replies.items()) if said["t"] == "queued"]
        everybody_is_there(serving, list(dict.fromkeys(kept)))
    finally:
        serving.end()


@pytest.mark.parametrize("wait", ["", "?wait_replicas=1", "?wait_replicas=all"])
def test_a_split_redis_with_a_stale_writer(tmp_path: Path, wait: str) -> None:
    """The primary is cut off from its two replicas, one of which is made the primary, while the old leader goes on
    writing: without waiting everything acknowledged since is lost (the bound of the class `redis`); with a replica to
    wait for, and with all of them, nothing is acknowledged that is not there afterwards."""
    primary = RedisServer(tmp_path / "primary", "--repl-diskless-sync-delay", "0")
    replicas = [RedisServer(tmp_path / f"replica{n}", "--repl-diskless-sync-delay", "0") for n in range(2)]
    try:
        primary.start()
        for replica in replicas:
            replica.options = (*replica.options, "--replicaof", "127.0.0.1", str(primary.port))
            replica.start()
        until(lambda: str(primary.call("INFO", "replication")).count("online") == 2, "no replicas")
        store = open_store(f"{primary.url}{wait}", "main")
        epoch = store.begin_epoch(STAMP)
        acknowledged = [number for number in range(1, 20) if kept(store, epoch, number)]
        # Where nobody waits for them, replicas may be some moments behind.
        until(lambda: max(map(last_batch, replicas)) >= acknowledged[-1], "no replica has it all")
        # The cut: both sides lose the other at once, and each is told nothing.
        for replica in replicas:
            replica.call("REPLICAOF", "127.0.0.1", "1")
        until(lambda: "connected_slaves': 0" in str(primary.call("INFO", "replication")), "still connected")
        after_the_cut = []
        for number in range(20, 25):
            if not kept(store, epoch, number):
                break
            after_the_cut.append(number)
        store.close()
        promoted = max(replicas, key=last_batch)
        promoted.call("REPLICAOF", "NO", "ONE")
        follower = open_store(promoted.url, "main")
        there = follower.number
        print(f"{wait or 'redis'}: acknowledged {len(acknowledged) + len(after_the_cut)}, lost {len(after_the_cut)}")
        assert len(after_the_cut) == (0 if wait else 5)
        assert there >= acknowledged[-1]
        assert loaded(follower)
        follower.close()
    finally:
        for server in (primary, *replicas):
            server.kill()


def last_batch(server: RedisServer) -> int:
    """The number that a server has; a replica without its primary answers reads all the same."""
    return int(server.call("HGET", "switchboard:{main}:meta", "batch") or 0)


def kept(store: object, epoch: int, number: int) -> bool:
    """Commit a batch, and say whether it was acknowledged in a reasonable time."""
    end = time.monotonic() + 3
    while time.monotonic() < end:
        try:
            store.commit(batch_of(epoch, number), STAMP)  # type: ignore[attr-defined]
        except StoreAway:
            continue
        except StoreError:
            return False
        return True
    return False
