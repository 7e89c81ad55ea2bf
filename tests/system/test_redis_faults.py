"""What Redis may answer instead of keeping a batch: each has its code, nothing is half kept, and the same batch
is kept once the fault is over."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from router.core.batch import Batch
from router.store import open_store
from router.store.base import (
    SCHEMA,
    Lead,
    Store,
    StoreAway,
    StoreError,
    StoreFenced,
    StoreGap,
    StoreHeld,
    StoreUnusable,
)
from router.store.redis.store import RedisStore
from tests.store.batches import Records, batch_of, carry_out, loaded
from tests.system.redis_server import RedisServer, free_port, running
from tests.system.redis_store import STAMP, begun

CONTACT = "switchboard:{main}:1:contact"
META = "switchboard:{main}:meta"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    yield from running(tmp_path / "redis")


@pytest.fixture
def store(server: RedisServer) -> Iterator[Store]:
    made = begun(server.url)
    yield made
    made.close()


def everything(server: RedisServer) -> dict[bytes, Any]:
    """All keys and their values, as bytes of Redis's own."""
    return {key: server.call("DUMP", key) for key in server.call("KEYS", "*") if not key.endswith(b":probe")}


FAULTS: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    ("store_full", ("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0")),
    ("store_read_only", ("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),
    (
        "store_no_replicas",
        ("CONFIG", "SET", "min-replicas-to-write", "1"),
        ("CONFIG", "SET", "min-replicas-to-write", "0"),
    ),
    ("wrong_type", ("RENAME", CONTACT, "aside"), ("RENAME", "aside", CONTACT)),
]


@pytest.mark.parametrize(("code", "begin", "end"), FAULTS, ids=[code for code, _, _ in FAULTS])
def test_a_refusal_is_a_pause(
    server: RedisServer, store: Store, code: str, begin: tuple[str, ...], end: tuple[str, ...]
) -> None:
    """The batch is refused with the code and a remedy, nothing of it is there, and afterwards the same one is
    kept."""
    server.call(*begin)
    if code == "wrong_type":
        server.call("SET", CONTACT, "somebody's")
    before = everything(server)
    batch = batch_of(store.epoch, 2)
    for _ in range(2):
        with pytest.raises(StoreAway) as caught:
            store.commit(batch, STAMP)
        assert caught.value.code == code
        assert caught.value.remedy
        assert everything(server) == before, "nothing is half kept"
    server.call(*end)
    assert store.commit(batch, STAMP) is True
    assert store.commit(batch, STAMP) is False


def test_a_disk_that_fails_redis_is_a_pause(server: RedisServer, store: Store) -> None:
    """MISCONF: Redis could not save and takes no writes."""
    (server.folder / "dump.rdb").mkdir()
    server.call("CONFIG", "SET", "save", "3600 100000")
    server.call("BGSAVE")
    code = ""
    # The child that saves fails in its own time; batches are kept until then.
    number = 2
    while code == "" and number < 5000:
        try:
            store.commit(batch_of(store.epoch, number))
            number += 1
        except StoreAway as error:
            code = error.code
    assert code == "store_not_writable"
    server.call("CONFIG", "SET", "stop-writes-on-bgsave-error", "no")
    assert store.commit(batch_of(store.epoch, number)) is True


def test_a_hash_that_somebody_deleted_is_no_pause(server: RedisServer, store: Store) -> None:
    """Records that are gone (an eviction, a DEL) don't come back by waiting: the batch is refused for good,
    naming the key and both counts, and nothing is written."""
    server.call("DEL", CONTACT)
    before = everything(server)
    with pytest.raises(StoreGap) as caught:
        store.commit(batch_of(store.epoch, 2))
    assert caught.value.code == "torn_store"
    assert CONTACT in caught.value.what
    assert "maxmemory-policy" in caught.value.remedy
    assert everything(server) == before


@pytest.mark.parametrize("stream", ["feed", "stream:history"])
def test_an_entry_of_somebody_else_refuses_the_batch(server: RedisServer, store: Store, stream: str) -> None:
    """A stream with ids that are not ours can't go on in order: refused before the first write."""
    server.call("XADD", f"switchboard:{{main}}:{stream}", "99999999999999-1", "who", "somebody")
    before = everything(server)
    with pytest.raises(StoreGap) as caught:
        store.commit(batch_of(store.epoch, 2))
    assert stream in caught.value.what
    assert everything(server) == before


def test_another_turn_of_the_same_epoch_is_fenced(server: RedisServer, store: Store) -> None:
    """Two halves of a split Redis have given out one epoch twice: the half that is forgotten writes nothing here."""
    epoch = store.begin_epoch(STAMP, Lead("one", "t1", 10_000))
    batch = batch_of(epoch, 1)
    stray = open_store(server.url, "main")
    assert isinstance(stray, RedisStore)
    stray.epoch, stray.lead = epoch, Lead("two", "t2", 10_000)
    before = everything(server)
    with pytest.raises(StoreFenced):
        stray.commit(batch, STAMP)
    assert everything(server) == before
    stray.close()
    assert store.commit(batch, STAMP) is True


def test_forgotten_scripts_are_brought_again(server: RedisServer, store: Store) -> None:
    """NOSCRIPT, as after SCRIPT FLUSH or on a new primary, is nobody's business but ours."""
    server.call("SCRIPT", "FLUSH")
    assert store.commit(batch_of(store.epoch, 2)) is True


def test_a_cut_connection_is_made_again(server: RedisServer, store: Store) -> None:
    """The attempt on the dead connection has an open end; the next one dials and knows."""
    server.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    with pytest.raises(StoreAway) as caught:
        store.commit(batch_of(store.epoch, 2))
    assert caught.value.code == "store_cut"
    assert store.commit(batch_of(store.epoch, 2)) is True


def test_a_batch_of_unknown_fate_is_carried_out_once(server: RedisServer, store: Store) -> None:
    """Redis stands still with the batch in its socket: late, and sent again; when Redis goes on both arrive,
    and one counts."""
    server.signal(signal.SIGSTOP)
    batch = batch_of(store.epoch, 2)
    with pytest.raises(StoreAway) as caught:
        store.commit(batch)
    assert caught.value.code == "store_late"
    assert "open" in caught.value.what
    server.signal(signal.SIGCONT)
    store.commit(batch)
    assert store.commit(batch) is False
    assert store.read("history", 0, 10) == [(1, b"1"), (2, b"2")]
    expected: Records = {}
    carry_out(batch_of(store.epoch, 1), expected)
    carry_out(batch, expected)
    assert loaded(store) == expected


def test_a_redis_that_is_starting_is_waited_for(server: RedisServer, store: Store) -> None:
    """LOADING at the start is no reason to give up; the store opens when Redis has read its file."""
    for number in range(2, 500):
        store.commit(batch_of(store.epoch, number))
    expected = loaded(store)
    store.close()
    server.kill()
    # Microseconds for each command of the file; Redis looks at its clients every 1,024 of them.
    server.options = ("--key-load-delay", "300")
    server.start(wait=False)
    heard = b""
    while not heard.startswith(b"-LOADING"):
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", server.port)) as one:
            one.sendall(b"EXISTS none\r\n")
            heard = one.recv(100)
            assert heard != b":0\r\n", "it is up already: this test shows nothing"
    again = open_store(server.url, "main")
    assert loaded(again) == expected
    again.close()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("HSET", META, "schema", str(SCHEMA + 1)), "newer_store"),
        (("HDEL", META, "schema"), "foreign_store"),
        (("HSET", META, "site", "berlin"), "other_site"),
        (("HSET", META, "temporary", "1"), "temporary_store"),
        (("HSET", META, "epoch", "soon"), "corrupt_store"),
        (("HDEL", META, "batch"), "corrupt_store"),
        (("HSET", META, "stamp", "yesterday"), "corrupt_store"),
        (("DEL", META), "corrupt_store"),
        (("DEL", CONTACT), "corrupt_store"),
        (("HSET", CONTACT, "one", "more"), "corrupt_store"),
        (("SET", META, "x"), "wrong_type"),
        (("SET", CONTACT, "x"), "wrong_type"),
        (("SET", "switchboard:{main}:feed", "x"), "wrong_type"),
    ],
)
def test_a_bad_store_is_left_alone(server: RedisServer, store: Store, words: tuple[str, ...], code: str) -> None:
    """A store that is newer, foreign, somebody else's, cut or of the wrong type is refused with a code, the
    key and what to do; nothing in it is changed."""
    store.close()
    server.call(*words)
    before = everything(server)
    with pytest.raises(StoreUnusable) as caught:
        refuse(server.url)
    assert caught.value.code == code
    assert "switchboard:{main}" in caught.value.what
    assert caught.value.remedy
    assert everything(server) == before


def refuse(url: str) -> None:
    store = open_store(url, "main")
    try:
        loaded(store)
    finally:
        store.close()


def test_a_field_that_is_no_text_is_refused(server: RedisServer, store: Store) -> None:
    """A key that can't be one of ours is named, not skipped."""
    number = int(server.call("HLEN", CONTACT)) + 1
    server.call("HSET", CONTACT, b"\xff\xfe", "x")
    server.call("HSET", META, "records:contact", number)
    with pytest.raises(StoreUnusable) as caught:
        loaded(store)
    assert caught.value.code == "corrupt_store"
    assert CONTACT in caught.value.what


def test_passwords_are_asked_for_and_never_shown(server: RedisServer, store: Store) -> None:
    """Without a password, and with a wrong one, the store says so; with the right one it opens."""
    store.close()
    server.call("CONFIG", "SET", "requirepass", "sesame")
    host = f"127.0.0.1:{server.port}"
    for url in (server.url, f"redis://:tulip@{host}", f"redis://nobody:tulip@{host}"):
        with pytest.raises(StoreUnusable) as caught:
            open_store(url, "main")
        assert caught.value.code == "store_denied"
        assert "tulip" not in str(caught.value)
    open_store(f"redis://:sesame@{host}", "main").close()
    open_store(f"redis://default:sesame@{host}/0", "main").close()


def test_nobody_there_is_an_error_at_once(tmp_path: Path) -> None:
    """A port where nobody listens, a socket that is not there, a host without a name."""
    for url in (
        f"redis://127.0.0.1:{free_port()}",
        f"redis+unix://{tmp_path / 'none'}",
        "redis://no-such-host.invalid",
    ):
        with pytest.raises(StoreUnusable) as caught:
            open_store(url, "main")
        assert caught.value.code == "store_unreachable"


class Outcomes:
    """What `send` was told, on a loop."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.number = store.number
        store.attach(asyncio.get_running_loop().call_soon_threadsafe)

    async def send(self, batch: Batch) -> StoreError | None:
        told: asyncio.Future[StoreError | None] = asyncio.get_running_loop().create_future()
        self.store.send(batch, STAMP, told.set_result)
        return await told

    async def keep(self, **fields: Any) -> list[str]:
        """Send the next batch until it is kept, at once after each refusal; the refusals' codes."""
        self.number += 1
        batch = Batch(self.number, self.store.epoch, fields.get("puts", []), [], [("history", b"%d" % self.number)])
        codes: list[str] = []
        for _ in range(100):
            outcome = await self.send(batch)
            if outcome is None:
                return codes
            assert isinstance(outcome, StoreAway), outcome
            codes.append(outcome.code)
        raise AssertionError(codes)


def test_faults_on_the_loop(server: RedisServer, store: Store) -> None:
    """The same on the event loop's own connection: scripts come again unseen, a cut costs one attempt, a
    batch larger than a socket's buffer goes through, an idle connection may be cut."""

    async def scenario() -> None:
        outcomes = Outcomes(store)
        assert await outcomes.keep() == []
        server.call("SCRIPT", "FLUSH")
        assert await outcomes.keep() == []
        assert await outcomes.keep() == []
        large = [("contact", f"k{n}", bytes(1000)) for n in range(20_000)]
        assert await outcomes.keep(puts=large) == []
        server.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        assert set(await outcomes.keep()) <= {"store_cut"}
        server.call("CONFIG", "SET", "maxmemory", "1")
        codes = asyncio.ensure_future(outcomes.keep())
        await asyncio.sleep(0.05)
        server.call("CONFIG", "SET", "maxmemory", "0")
        assert set(await codes) <= {"store_full"}
        server.kill()
        codes = asyncio.ensure_future(outcomes.keep())
        await asyncio.sleep(0)
        server.start()
        assert set(await codes) <= {"store_cut", "store_unreachable", "store_loading"}
        entries = store.read("history", 1, 100)
        assert [entry for _, entry in entries] == [b"%d" % n for n in range(2, outcomes.number + 1)]

    asyncio.run(scenario())


def test_a_redis_that_stands_still_is_late_on_the_loop(server: RedisServer, store: Store) -> None:
    """Late after its time, on the connection that is there and on the new ones; then the batch is kept once."""

    async def scenario() -> None:
        outcomes = Outcomes(store)
        server.signal(signal.SIGSTOP)
        codes = asyncio.ensure_future(outcomes.keep())
        await asyncio.sleep(2.5)
        server.signal(signal.SIGCONT)
        assert "store_late" in await codes
        assert await outcomes.keep() == []
        assert [n for n, _ in store.read("history", 0, 100)] == list(range(1, outcomes.number + 1))

    asyncio.run(scenario())


def test_closing_waits_for_the_commit_that_runs(server: RedisServer, store: Store) -> None:
    """What was sent is kept and told when the store has closed."""
    told: list[StoreError | None] = []

    async def scenario() -> None:
        store.attach(asyncio.get_running_loop().call_soon_threadsafe)
        puts = [("contact", f"k{n}", bytes(1000)) for n in range(5_000)]
        store.send(Batch(2, store.epoch, puts, [], []), STAMP, told.append)
        store.close()
        await asyncio.sleep(0)

    asyncio.run(scenario())
    assert told == [None]
    again = open_store(server.url, "main")
    assert again.number == 2
    again.close()


LEASE = "switchboard:{main}:lease"


def test_a_lease_held_by_another_names_its_key_and_the_remedy(server: RedisServer, store: Store) -> None:
    """Somebody leads already: the error says who, by which key and for how long, and what to do where that is no daemon
    of this site."""
    store.begin_epoch(STAMP, Lead("here:/var/lib/one", "t1", 60_000))
    other = open_store(server.url, "main")
    before = everything(server)
    with pytest.raises(StoreHeld) as held:
        other.begin_epoch(STAMP, Lead("there:/var/lib/two", "t2", 3_000))
    assert everything(server).keys() == before.keys()
    for part in ("here:/var/lib/one", LEASE, "ms more", "two sites have one name"):
        assert part in str(held.value)
    other.close()


def test_a_lease_held_by_an_unknown_is_left_alone(server: RedisServer, store: Store) -> None:
    """A lease without an end was written by no daemon, and would keep every one waiting for ever: an error with its
    key, and nothing overwritten."""
    server.call("SET", LEASE, "somebody's own")
    before = everything(server)
    with pytest.raises(StoreUnusable) as foreign:
        store.begin_epoch(STAMP, Lead("here:/var/lib/one", "t1", 60_000))
    assert foreign.value.code == "foreign_lease"
    assert LEASE in foreign.value.what
    assert everything(server) == before
