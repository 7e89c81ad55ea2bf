"""What people did by hand is kept with what it changed, and read back as it was."""

from __future__ import annotations

from router.core import audit
from router.core.engine import Engine
from router.core.internal import GatewayUp, WallClock
from router.core.settings import Agent, Queue, Settings
from router.store.memory import MemoryStore, VolatileStore

SETTINGS = Settings(version=7, queues=(Queue("loans"),), agents=(Agent("ann"),))
BOSS = "main/boss"


def engine() -> Engine:
    """One whose supervisor has just done something."""
    made = Engine(SETTINGS, 3)
    made.activate(1_000_000)
    made.apply(1_000_000, "", WallClock(1_790_000_000))
    made.apply(1_000_000, BOSS, GatewayUp("i1", "supervisor"))
    before, after = {"state": "available"}, {"state": "not_ready", "reason": "meeting"}
    audit.write(made.world, made.world.peers[BOSS], "mia", "storm", "set_agent", "ann", before, after)
    return made


def test_a_deed_is_in_the_batch_of_what_it_changed() -> None:
    """With its person, its reason and its facts; and it is read back from the stream."""
    made, store = engine(), MemoryStore()
    batch = made.take_batch()
    assert batch is not None
    assert batch.puts
    batch.epoch, store.epoch = 3, 3
    assert store.commit(batch)
    [(number, entry)] = store.read(audit.STREAM, 0, 10)
    assert number == 1
    assert audit.decode(entry) == audit.Deed(
        1_790_000_000, "main", "mia", "storm", "set_agent", "ann", "boss", {"state": "available"},
        {"state": "not_ready", "reason": "meeting"}, 3, 7,
    )  # fmt: skip
    assert [deed.who for deed in batch.deeds] == ["mia"]
    assert made.take_batch() is None


def test_a_store_that_forgets_records_keeps_deeds() -> None:
    """As long as the process lives: people look at what was done an hour ago, whatever the store."""
    made, store = engine(), VolatileStore()
    batch = made.take_batch(store.keeps_records)
    assert batch is not None
    assert batch.puts == []
    store.epoch = 3
    store.commit(batch)
    assert len(store.read(audit.STREAM, 0, 10)) == 1
