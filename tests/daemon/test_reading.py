"""What the store keeps of people's deeds is read in pages, for their own tenant, and beside the loop where it waits."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from router.core import audit
from router.core.batch import Batch
from router.core.commands import Audit
from router.core.effects import AuditReply, Busy, Message
from router.daemon.reading import WAITING_MOST, Reading
from router.store.base import Stamp, Store, StoreAway
from router.store.memory import MemoryStore
from router.store.sqlite import SqliteStore

STAMP = Stamp(1, 1, 1, "boot")


class Person:
    """Somebody of a tenant who asks."""

    def __init__(self, tenant: str = "main") -> None:
        self.peer = f"{tenant}/boss"
        self.closing = False
        self.told: list[Message] = []
        self.answered = asyncio.Event()

    def tell(self, message: Message) -> None:
        self.told.append(message)
        self.answered.set()


def fill(store: Store, count: int) -> Store:
    """So many deeds, every third of another tenant."""
    epoch = store.begin_epoch(STAMP)
    deeds = [
        audit.Deed(number, "main" if number % 3 else "other", "mia", "storm", "set_agent", f"a{number}")
        for number in range(1, count + 1)
    ]
    store.commit(Batch(1, epoch, [], [], [(audit.STREAM, audit.encode(deed)) for deed in deeds]), STAMP)
    return store


def test_pages_follow_one_another() -> None:
    """Each names the number to go on after; what is another tenant's is passed over."""

    async def run() -> None:
        person, reading = Person(), Reading(fill(MemoryStore(), 7))
        reading(person, Audit(1, 0, 5))
        reading(person, Audit(2, 5, 5))
        first, second = person.told
        assert isinstance(first, AuditReply)
        assert isinstance(second, AuditReply)
        assert ([entry.number for entry in first.entries], first.last, first.more) == ([1, 2, 4, 5], 5, True)
        assert ([entry.target for entry in second.entries], second.last, second.more) == (["a7"], 7, False)
        other = Person("other")
        reading(other, Audit(1))
        assert [entry.number for reply in other.told for entry in getattr(reply, "entries", [])] == [3, 6]

    asyncio.run(run())


def test_a_store_that_takes_time_is_read_in_a_thread(tmp_path: Path) -> None:
    """The answer comes later; whoever has gone meanwhile gets none."""

    async def run() -> None:
        store = fill(SqliteStore(tmp_path / "s.sqlite", "main"), 3)
        reading, person, gone = Reading(store), Person(), Person()
        reading(gone, Audit(1))
        gone.closing = True
        reading(person, Audit(1))
        assert person.told == []
        await asyncio.wait_for(person.answered.wait(), 10)
        assert isinstance(person.told[0], AuditReply)
        assert [entry.number for entry in person.told[0].entries] == [1, 2]
        assert gone.told == []
        reading.stop()
        store.close()

    asyncio.run(run())


def test_who_asks_too_much_is_told_to_wait(tmp_path: Path) -> None:
    """More than a few questions at a time are one too many."""

    async def run() -> None:
        store = fill(SqliteStore(tmp_path / "s.sqlite", "main"), 3)
        reading, person = Reading(store), Person()
        for number in range(WAITING_MOST + 1):
            reading(person, Audit(number + 1))
        assert person.told == [Busy(WAITING_MOST + 1, 1_000, "store")]
        reading.stop()
        store.close()

    asyncio.run(run())


def test_a_store_that_is_away_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so."""

    async def run() -> None:
        store, person = MemoryStore(), Person()

        def away(stream: str, after: int, count: int) -> list[tuple[int, bytes]]:
            raise StoreAway("away", "no answer", "look after it")

        monkeypatch.setattr(store, "read", away)
        Reading(store)(person, Audit(1))
        assert person.told == [Busy(1, 1_000, "store_away")]

    asyncio.run(run())
