"""The daemon with Redis as its store: killed under load, left without Redis, fenced by another daemon."""

from __future__ import annotations

import itertools
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from router.daemon import exits
from tests.system.redis_server import RedisServer
from tests.system.serving import Person, Serving

PACE_S = 0.004
"""Between two contacts of a load: with it a test stays below the 1,000 that may wait in a queue."""


@pytest.fixture
def serving(tmp_path: Path, redis_server: RedisServer) -> Iterator[Serving]:
    made = Serving(tmp_path, store=redis_server.url)
    yield made
    made.end()


class Caller:
    """A gateway that enqueues contact after contact and keeps the answers in the order they came."""

    def __init__(self, serving: Serving) -> None:
        self.person = Person(serving)
        self.person.begin()
        self.seqs = itertools.count(12)
        self.queued: list[str] = []
        self.memory: list[str] = []
        """Those of them that were promised `memory` only."""

    def call(self, many: int, pace_s: float = PACE_S) -> None:
        for _ in range(many):
            seq = next(self.seqs)
            self.person.say(t="enqueue", seq=seq, contact=f"c{seq}", queue="loans")
            time.sleep(pace_s)

    def hear(self, until: str = "") -> None:
        """Read what there is up to the answer for this contact; everything, until the end, without one."""
        while (message := self.person.read()) is not None:
            if message["t"] == "queued":
                self.queued.append(message["contact"])
                if message.get("durability") == "memory":
                    self.memory.append(message["contact"])
            if until and message.get("contact") == until:
                return


def positions(person: Person, contacts: list[str]) -> list[int]:
    """Where they stand, asked one by one."""
    asked = [person.ask(t="position", seq=5_000_000 + n, contact=c) for n, c in enumerate(contacts)]
    return [int(reply["position"]) for reply in asked]


def relist(person: Person, contacts: list[str]) -> None:
    """After a reconnect: say what is alive."""
    alive = [{"contact": contact, "queue": "loans"} for contact in contacts]
    for number, start in enumerate(range(0, len(alive), 200), start=1_000_000):
        assert person.ask(t="sync", seq=number, contacts=alive[start : start + 200])["t"] == "ok"
    assert person.ask(t="sync_end", seq=2_000_000)["t"] == "synced"


def everybody_is_back(serving: Serving, contacts: list[str], redis_server: RedisServer | None = None) -> None:
    """The daemon, and its Redis where one is given, die and start again: these contacts are all, each at its place."""
    serving.kill()
    if redis_server is not None:
        redis_server.kill()
        redis_server.start()
    serving.start()
    again = Person(serving)
    relist(again, contacts)
    assert positions(again, contacts) == list(range(1, len(contacts) + 1))


def test_kill_9_under_load_loses_nothing_that_was_acknowledged(serving: Serving) -> None:
    """Killed while contacts stream in, and started again: every acknowledged contact is there, in its order,
    under a higher epoch."""
    serving.start()
    caller = Caller(serving)
    caller.call(950, pace_s=0)
    while len(caller.queued) < 400:
        message = caller.person.read()
        assert message is not None
        if message["t"] == "queued":
            caller.queued.append(message["contact"])
    serving.kill()
    caller.hear()
    assert caller.memory == []

    serving.start()
    again = Person(serving)
    assert again.welcome is not None
    assert caller.person.welcome is not None
    assert again.welcome["epoch"] > caller.person.welcome["epoch"]
    assert again.welcome["durability"] == "redis"
    relist(again, caller.queued)
    assert positions(again, caller.queued) == list(range(1, len(caller.queued) + 1))
    serving.signal(signal.SIGTERM)
    assert serving.wait() == exits.STOPPED


def test_a_redis_that_stands_still_is_waited_for(serving: Serving, redis_server: RedisServer) -> None:
    """Stopped for 2 s under load and continued: meanwhile contacts are taken with the promise `memory`,
    afterwards all of them are kept, each once, in order."""
    serving.start()
    caller = Caller(serving)
    caller.call(200)
    redis_server.signal(signal.SIGSTOP)
    began = time.monotonic()
    while time.monotonic() - began < 2:
        caller.call(50)
    redis_server.signal(signal.SIGCONT)
    serving.wait_for("store_back")
    caller.call(200)
    last = f"c{next(caller.seqs) - 1}"
    caller.hear(until=last)
    assert len(caller.queued) == int(last[1:]) - 11
    assert len(caller.memory) > 100
    assert caller.memory[-1] != last, "promises are whole again"
    everybody_is_back(serving, caller.queued)


def test_a_redis_that_died_is_followed_by_its_next_start(serving: Serving, redis_server: RedisServer) -> None:
    """Killed under load and started again on its append-only file: the daemon goes on, says that it is
    without its store, and once Redis is back nothing is missing there."""
    serving.start()
    caller = Caller(serving)
    caller.call(300)
    redis_server.kill()
    caller.call(300)
    away = serving.wait_for("store_away")
    assert away["code"] in {"store_cut", "store_unreachable"}
    assert away["remedy"]
    redis_server.start()
    serving.wait_for("store_back")
    caller.call(100)
    last = f"c{next(caller.seqs) - 1}"
    caller.hear(until=last)
    assert len(caller.queued) == 700
    assert caller.memory
    assert caller.memory[-1] != last
    everybody_is_back(serving, caller.queued, redis_server)


def test_a_second_daemon_of_one_name_fences_the_first(tmp_path: Path, redis_server: RedisServer) -> None:
    """A process of the same name takes its lease and a newer epoch, as after a restart: the first one's next batch is
    refused, none of its promises is told, and it stands by, without taking the lead back."""
    named = '[lease]\nname = "the only one"\n'
    serving = Serving(tmp_path, store=redis_server.url, machine=named)
    serving.start()
    first = Person(serving)
    first.begin()
    assert first.ask(t="enqueue", seq=12, contact="before", queue="loans")["t"] == "queued"
    (tmp_path / "two").mkdir()
    other = Serving(tmp_path / "two", store=redis_server.url, machine=named)
    try:
        other.start()
        first.say(t="enqueue", seq=13, contact="after", queue="loans")
        first.read_all()
        assert 13 not in first.replies
        assert first.events[-1]["t"] == "closing"
        assert serving.wait_for("lead_lost")["code"] == "fenced"
        serving.wait_for("standing_by")
        second = Person(other)
        relist(second, ["before"])
        assert positions(second, ["before"]) == [1]
        assert second.ask(t="position", seq=9_000_000, contact="after")["code"] == "unknown_contact"
        serving.signal(signal.SIGTERM)
        assert serving.wait() == exits.STOPPED
    finally:
        serving.end()
        other.end()


def test_a_store_that_lost_its_tail_is_given_everything_again(serving: Serving, redis_server: RedisServer) -> None:
    """Redis is killed under load, its append-only file cut, and started: the daemon finds that batches are missing,
    writes its whole state into a new generation, and goes on. Then it dies itself, and everybody is at their place."""
    serving.start()
    caller = Caller(serving)
    caller.call(300)
    caller.hear(until="c311")
    redis_server.kill()
    (tail,) = (redis_server.folder / "appendonlydir").glob("*.incr.aof")
    with tail.open("r+b") as file:
        file.truncate(tail.stat().st_size * 2 // 3)
    redis_server.start()
    caller.call(100)
    assert serving.wait_for("store_away")["code"] in {"gap", "store_cut", "store_unreachable"}
    serving.wait_for("store_back")
    caller.call(100)
    last = f"c{next(caller.seqs) - 1}"
    caller.hear(until=last)
    assert len(caller.queued) == 500
    assert redis_server.call("HGET", "switchboard:{main}:meta", "generation") == b"2"
    assert redis_server.call("EXISTS", "switchboard:{main}:1:contact") == 0
    everybody_is_back(serving, caller.queued, redis_server)


def test_records_that_somebody_deleted_are_written_again(serving: Serving, redis_server: RedisServer) -> None:
    """A hash is gone under the daemon's hands (an evicting Redis, a slip of the hand), then all: nothing is built
    on what is left, the whole state is written anew."""
    serving.start()
    person = Person(serving)
    person.begin()
    person.ask(t="enqueue", seq=12, contact="kept", queue="loans")
    redis_server.call("DEL", "switchboard:{main}:1:contact")
    person.ask(t="enqueue", seq=13, contact="late", queue="loans")
    serving.wait_for("store_back")
    before = len(serving.lines())
    redis_server.call("FLUSHALL")
    person.ask(t="enqueue", seq=14, contact="later", queue="loans")
    serving.wait_for("store_back", after=before)
    person.ask(t="enqueue", seq=15, contact="last", queue="loans")
    everybody_is_back(serving, ["kept", "late", "later", "last"])


def test_a_redis_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    """A daemon without its Redis does not start, says where it looked and what to do, and shows no
    password."""
    serving = Serving(tmp_path, store="redis://:sesame@127.0.0.1:1")
    try:
        assert serving.launch().wait(30) == exits.STORE_FAILED
        refused = serving.wait_for("store_unusable")
        assert refused["code"] == "store_unreachable"
        assert "127.0.0.1:1" in refused["what"]
        assert refused["remedy"]
        assert "sesame" not in serving.log
    finally:
        serving.end()
