"""What every store promises, tried on each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router.core.batch import Batch
from router.store import open_store
from router.store.base import Stamp, Store, StoreError, StoreFenced, StoreGap, StoreUnusable, next_epoch
from router.store.memory import MemoryStore
from router.store.sqlite import SqliteStore
from tests.store.batches import Records, batch_of, carry_out, loaded

STAMP = Stamp(5_000_000, 7_000_000, 1_732_000_000_000_000, "one-boot")


class Shelf:
    """A store that can be closed and opened again."""

    def __init__(self, kind: str, folder: Path, most: int = 3) -> None:
        self.kind = kind
        self.path = folder / "s.db"
        self.most = dict.fromkeys(("history", "audit"), most)
        self.store: Store = MemoryStore(self.most) if kind == "memory" else self._sqlite()

    def _sqlite(self) -> Store:
        return SqliteStore(self.path, "main", streams_most=self.most)

    def again(self) -> Store:
        """As after a restart."""
        self.store.close()
        if self.kind == "sqlite":
            self.store = self._sqlite()
        return self.store


@pytest.fixture(params=["memory", "sqlite"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(request.param, tmp_path)
    yield made
    made.store.close()


def test_every_start_takes_a_new_epoch(shelf: Shelf) -> None:
    """Each epoch is higher than the one before, over restarts too, and batches count from 1 in it."""
    epochs = [shelf.store.begin_epoch(STAMP)]
    shelf.store.commit(Batch(1, epochs[0], [], [], []))
    epochs += [shelf.again().begin_epoch(STAMP), shelf.again().begin_epoch(STAMP)]
    assert epochs == sorted(set(epochs))
    assert shelf.store.commit(Batch(1, epochs[-1], [], [], []))


def test_the_first_epoch_of_a_new_store_is_above_those_of_a_lost_one() -> None:
    """Gateways that saw the epochs of a store that was deleted must not refuse its successor's."""
    later = STAMP._replace(wall_us=STAMP.wall_us + 1_000_000)
    assert next_epoch(0, later) > next_epoch(next_epoch(0, STAMP), STAMP) > next_epoch(0, STAMP) > 1
    assert next_epoch(0, None) == 1


def test_a_batch_is_kept_once(shelf: Shelf) -> None:
    """The same number again has no effect and says so, whatever it carries."""
    epoch = shelf.store.begin_epoch()
    assert shelf.store.commit(Batch(1, epoch, [("contact", "a", b"1")], [], [("history", b"x")]), STAMP) is True
    assert shelf.store.commit(Batch(1, epoch, [("contact", "a", b"2")], [], [("history", b"y")])) is False
    assert loaded(shelf.store) == {("contact", "a"): b"1"}
    assert shelf.store.read("history", 0, 10) == [(1, b"x")]


def test_what_went_and_came_again_is_there(shelf: Shelf) -> None:
    """A key that is dropped and put in one batch holds what was put."""
    epoch = shelf.store.begin_epoch()
    shelf.store.commit(Batch(1, epoch, [("endpoint", "a", b"1")], [], []))
    shelf.store.commit(Batch(2, epoch, [("endpoint", "a", b"2")], [("endpoint", "a")], []))
    assert loaded(shelf.store) == {("endpoint", "a"): b"2"}


@pytest.mark.parametrize("number", [0, 2, 3, 1000])
def test_a_batch_that_is_not_the_next_is_a_gap(shelf: Shelf, number: int) -> None:
    """A store that lost batches, or is asked to skip some, keeps nothing of the one it is given."""
    epoch = shelf.store.begin_epoch()
    if number == 0:
        shelf.store.commit(Batch(1, epoch, [], [], []))
    with pytest.raises(StoreGap) as caught:
        shelf.store.commit(Batch(number, epoch, [("contact", "a", b"1")], [], []))
    assert caught.value.code == "gap"
    assert loaded(shelf.store) == {}


def test_an_older_epoch_is_fenced(shelf: Shelf) -> None:
    """Once a later epoch has begun, nothing of an earlier one is kept."""
    old = shelf.store.begin_epoch()
    shelf.store.begin_epoch()
    with pytest.raises(StoreFenced):
        shelf.store.commit(Batch(1, old, [("contact", "a", b"1")], [], []))
    assert loaded(shelf.store) == {}


def test_the_stamp_of_the_last_batch_is_kept(shelf: Shelf) -> None:
    """Core time, both clocks and the boot come back as they were with the last batch, not the last epoch."""
    assert shelf.store.stamp is None
    epoch = shelf.store.begin_epoch(STAMP)
    assert shelf.again().stamp is None
    epoch = shelf.store.begin_epoch(STAMP)
    shelf.store.commit(Batch(1, epoch, [], [], []), STAMP)
    assert shelf.again().stamp == STAMP


def test_streams_are_numbered_and_capped(shelf: Shelf) -> None:
    """Entries keep their numbers, the oldest go first, and reading goes on after the number last read."""
    epoch = shelf.store.begin_epoch()
    for number in range(1, 6):
        shelf.store.commit(Batch(number, epoch, [], [], [("history", b"%d" % number), ("audit", b"a")]))
    assert shelf.store.read("history", 0, 10) == [(3, b"3"), (4, b"4"), (5, b"5")]
    assert shelf.store.read("history", 3, 1) == [(4, b"4")]
    assert shelf.store.read("history", 5, 10) == []
    assert shelf.store.read("other", 0, 10) == []
    epoch = shelf.again().begin_epoch()
    shelf.store.commit(Batch(1, epoch, [], [], [("history", b"6")]))
    assert shelf.store.read("history", 4, 10) == [(5, b"5"), (6, b"6")]


def test_a_large_batch_is_one(shelf: Shelf) -> None:
    """A batch of many records, as after a store that was away, is kept whole like any other."""
    epoch = shelf.store.begin_epoch()
    puts = [("contact", f"k{number}", b"x" * (number % 50)) for number in range(10_000)]
    drops = [("contact", f"k{number}") for number in range(10_000, 10_100)]
    shelf.store.commit(Batch(1, epoch, puts, drops, []), STAMP)
    assert loaded(shelf.again()) == {(kind, key): record for kind, key, record in puts}
    assert shelf.store.number == 1


def test_an_outcome_is_told_once(shelf: Shelf) -> None:
    """`send` tells that a batch is kept, or why it is not, through the loop it was given."""
    told: list[StoreError | None] = []
    posted: list[Callable[[], None]] = []
    shelf.store.attach(lambda function, argument: posted.append(lambda: function(argument)))
    epoch = shelf.store.begin_epoch()
    shelf.store.send(Batch(1, epoch, [("contact", "a", b"1")], [], []), STAMP, told.append)
    shelf.store.send(Batch(7, epoch, [], [], []), STAMP, told.append)
    kept = loaded(shelf.again())  # closing waits for what was sent
    for function in posted:
        function()
    assert told[0] is None
    assert isinstance(told[1], StoreGap)
    assert kept == {("contact", "a"): b"1"}


batches = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from("ca"), st.sampled_from("xyzuv"), st.binary(max_size=8)), max_size=6),
        st.lists(st.tuples(st.sampled_from("ca"), st.sampled_from("xyzuv")), max_size=3),
        st.sampled_from(("next", "again", "gap", "restart")),
    ),
    max_size=15,
)


Steps: TypeAlias = list[tuple[list[tuple[str, str, bytes]], list[tuple[str, str]], str]]
"""Puts, drops, and how the batch comes: the next, the next twice, one too late, or the next before a restart."""


def holds_what_its_batches_say(shelf: Shelf, steps: Steps) -> None:
    """Whatever is put and dropped, repeated, out of order or cut by restarts: what is loaded is what was kept."""
    model: Records = {}
    epoch = shelf.store.begin_epoch()
    for puts, drops, how in steps:
        coalesced = {(kind, key): record for kind, key, record in puts}
        named = [(*name, record) for name, record in coalesced.items()]
        batch = Batch(shelf.store.number + 1, epoch, named, drops, [])
        if how == "gap":
            batch.number += 1
            with pytest.raises(StoreGap):
                shelf.store.commit(batch)
        else:
            assert shelf.store.commit(batch)
            carry_out(batch, model)
        if how == "again":
            assert not shelf.store.commit(batch)
        if how == "restart":
            epoch = shelf.again().begin_epoch()
        assert loaded(shelf.store) == model
    shelf.store.close()


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
@given(steps=batches)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_store_holds_what_its_batches_say(kind: str, steps: Steps, tmp_path_factory: pytest.TempPathFactory) -> None:
    """See there: in memory and in SQLite."""
    holds_what_its_batches_say(Shelf(kind, tmp_path_factory.mktemp("store")), steps)


def test_stores_are_named_by_urls(tmp_path: Path) -> None:
    """`memory:` and `sqlite:PATH` open; anything else says what to write instead."""
    assert open_store("memory:", "main").durability == "memory"
    store = open_store(f"sqlite:{tmp_path / 'a.db'}", "main")
    assert store.durability == "local"
    store.close()
    open_store(f"sqlite://{tmp_path / 'b.db'}", "main").close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.db", "b.db"]
    for url in ("sqlite:", "postgres://x", "", "memory", "memory:x"):
        with pytest.raises(StoreUnusable, match="names no store"):
            open_store(url, "main")
    with pytest.raises(StoreUnusable, match="can't be reached"):
        open_store("redis://127.0.0.1:1", "main")


def test_batches_of_the_tests_are_the_same_every_time() -> None:
    """The child process and the test that kills it must mean the same batches."""
    assert batch_of(1, 5) == batch_of(1, 5)
