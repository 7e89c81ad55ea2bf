"""What may happen to the embedded store's file and its process."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from router.core.batch import Batch
from router.store.base import SCHEMA, StoreAway, StoreUnusable
from router.store.sqlite import ROWS_MOST, SqliteStore
from tests.conftest import ROOT
from tests.store.batches import after, batch_of, loaded


def filled(path: Path, batches: int = 50) -> int:
    """Make a store with something in it and close it. Returns its epoch."""
    store = SqliteStore(path, "main")
    epoch = store.begin_epoch()
    for number in range(1, batches + 1):
        store.commit(batch_of(epoch, number))
    store.close()
    return epoch


def open_and_load(path: Path, site: str, temporary: bool) -> None:
    store = SqliteStore(path, site, temporary)
    try:
        loaded(store)
    finally:
        store.close()


def refusal(path: Path, site: str = "main", temporary: bool = False) -> StoreUnusable:
    """The error with which the file is refused; the file must be as it was."""
    before = path.read_bytes()
    with pytest.raises(StoreUnusable) as caught:
        open_and_load(path, site, temporary)
    assert path.read_bytes() == before, "nothing is overwritten"
    assert caught.value.remedy
    assert str(path) in caught.value.what
    return caught.value


def child(path: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.store.batches", str(path), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("kept", [1, 7, 60])
def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, kept: int) -> None:
    """A process that is killed while it writes leaves every batch that it was told was kept, and at most one
    more, whole."""
    path = tmp_path / "s.db"
    with child(path) as writer:
        assert writer.stdout is not None
        last = 0
        while last < kept:
            last = int(writer.stdout.readline().split()[1])
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().split()
        writer.wait()
    last = int(rest[-1]) if rest else last
    store = SqliteStore(path, "main")
    assert last <= store.number <= last + 1
    assert loaded(store) == after(store.epoch, store.number)
    assert store.read("history", 0, 10_000)[-1] == (store.number, b"%d" % store.number)
    store.close()


def test_a_full_disk_is_a_pause(tmp_path: Path) -> None:
    """A file that can't grow makes the store away; once there is room the same batch is kept, and nothing is
    lost."""
    path = tmp_path / "s.db"
    with child(path, "400000") as writer:
        out, _ = writer.communicate()
        assert writer.returncode == 0, out
    lines = out.splitlines()
    assert lines[-2] == "away store_away"
    number = int(lines[-1].split()[1])
    assert number > 1
    store = SqliteStore(path, "main")
    assert store.number == number
    assert loaded(store) == after(store.epoch, number)
    store.close()


def test_a_full_database_says_so_and_recovers(tmp_path: Path) -> None:
    """SQLite's own answer to a full disk: away with a remedy, nothing half kept, the same number afterwards;
    also for a batch of several statements."""
    store = SqliteStore(tmp_path / "s.db", "main")
    epoch = store.begin_epoch()
    connection = store._connection
    connection.execute("PRAGMA max_page_count = 20").fetchall()
    batch = Batch(1, epoch, [], [], [])
    for rows in (500, 9000):
        batch = Batch(store.number + 1, epoch, [("contact", f"k{n}", bytes(500)) for n in range(rows)], [], [])
        with pytest.raises(StoreAway) as caught:
            store.commit(batch)
        assert "full" in caught.value.what
        assert "make room" in caught.value.remedy
        assert not connection.in_transaction
        assert loaded(store) == {}
    connection.execute("PRAGMA max_page_count = 1000000").fetchall()
    assert store.commit(batch) is True
    assert len(loaded(store)) == 9000
    store.close()


def test_one_process_a_store(tmp_path: Path) -> None:
    """While one has the file a second one is refused with a clear error, and takes over once the first is
    gone."""
    path = tmp_path / "s.db"
    with child(path) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(StoreUnusable) as caught:
            SqliteStore(path, "main")
        assert caught.value.code == "store_in_use"
        assert "stop the other one" in caught.value.remedy
        writer.kill()
        writer.stdout.read()
        writer.wait()
    SqliteStore(path, "main").close()


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    """The file, its log and what is written beside it are of mode 0600, whatever the umask."""
    before = os.umask(0)
    try:
        store = SqliteStore(tmp_path / "s.db", "main")
        epoch = store.begin_epoch()
        store.commit(batch_of(epoch, 1))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
        store.close()
    finally:
        os.umask(before)
    assert modes == {"s.db": 0o600, "s.db-wal": 0o600}


@pytest.mark.parametrize("content", [b"", b"[store]\n" * 40, b"SQLite format 3\0", b"SQLite format 3\0" + bytes(200)])
def test_what_is_no_store_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """An empty file, a text file and half a header are foreign."""
    path = tmp_path / "s.db"
    path.write_bytes(content)
    assert refusal(path).code == "foreign_store"


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    """A sound SQLite file that we did not make is foreign."""
    path = tmp_path / "s.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE entity (kind, key, value)")
    connection.close()
    assert refusal(path).code == "foreign_store"


def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    """A store that a later release wrote is named as such."""
    path = tmp_path / "s.db"
    filled(path)
    content = bytearray(path.read_bytes())
    content[60:64] = (SCHEMA + 1).to_bytes(4, "big")
    path.write_bytes(content)
    assert refusal(path).code == "newer_store"


def test_another_sites_store_is_left_alone(tmp_path: Path) -> None:
    """Two sites never share a file."""
    path = tmp_path / "s.db"
    filled(path)
    error = refusal(path, site="berlin")
    assert error.code == "other_site"
    assert "'main'" in error.what
    assert "'berlin'" in error.what


def test_a_temporary_store_stays_one(tmp_path: Path) -> None:
    """A store whose time ran faster is not taken for a real one, nor the other way round."""
    real, fast = tmp_path / "real.db", tmp_path / "fast.db"
    filled(real)
    SqliteStore(fast, "main", temporary=True).close()
    assert refusal(real, temporary=True).code == "temporary_store"
    assert refusal(fast).code == "temporary_store"


def test_a_truncated_file_is_corrupt(tmp_path: Path) -> None:
    """A file that lost its end is refused before anything is read from it."""
    path = tmp_path / "s.db"
    filled(path)
    path.write_bytes(path.read_bytes()[:-5000])
    assert refusal(path).code == "corrupt_store"


def test_a_damaged_page_is_corrupt(tmp_path: Path) -> None:
    """Garbage in the pages of records is found while loading, and nothing is written."""
    path = tmp_path / "s.db"
    filled(path)
    content = bytearray(path.read_bytes())
    for page in range(2, len(content) // 4096):
        content[page * 4096 : page * 4096 + 16] = b"\xff" * 16
    path.write_bytes(content)
    assert refusal(path).code == "corrupt_store"


def test_a_store_that_does_not_say_whose_it_is_is_corrupt(tmp_path: Path) -> None:
    """Ours by its header, but without what must be in it."""
    path = tmp_path / "s.db"
    filled(path)
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM meta WHERE name = 'epoch'")
    connection.close()
    assert refusal(path).code == "corrupt_store"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Nothing is made where there is no folder; the error says what to make."""
    with pytest.raises(StoreUnusable) as caught:
        SqliteStore(tmp_path / "no" / "s.db", "main")
    assert caught.value.code == "store_not_made"
    assert not (tmp_path / "no").exists()


def test_making_a_store_never_replaces_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes that make the same store at once end with one: whoever comes second takes what is
    there."""
    path = tmp_path / "s.db"
    epoch = filled(path)
    monkeypatch.setattr("router.store.sqlite_file.look", lambda _: False)
    store = SqliteStore(path, "main")
    assert store.epoch == epoch
    assert loaded(store) == after(epoch, 50)
    store.close()
    assert [each.name for each in tmp_path.iterdir()] == ["s.db"]


def test_the_disk_is_measured(tmp_path: Path) -> None:
    """The time to keep one page is a positive number of seconds, and nothing is left behind."""
    store = SqliteStore(tmp_path / "s.db", "main")
    assert 0 < store.fsync_s() < 60
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["s.db"]


def test_a_store_that_is_closed_under_its_readers_says_so(tmp_path: Path) -> None:
    """Each reader in a thread gets entries or `store_away`, never half of either, and the process lives."""
    path = tmp_path / "s.db"
    for _ in range(20):
        store = SqliteStore(path, "main")
        epoch = store.begin_epoch()
        store.commit(Batch(1, epoch, [], [], [("audit", bytes(500))] * 50))
        said: list[str] = []

        def read(store: SqliteStore = store, said: list[str] = said) -> None:
            try:
                while True:
                    assert store.read("audit", 0, 50)
            except StoreAway as away:
                said.append(away.code)

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        store.close()
        for reader in readers:
            reader.join(10)
        assert said == ["store_away"] * 3


def test_a_reader_sees_no_half_of_a_batch(tmp_path: Path) -> None:
    """A batch that takes several statements is there as a whole or not yet: what is read was kept."""
    store = SqliteStore(tmp_path / "s.db", "main")
    epoch = store.begin_epoch()
    done = threading.Event()
    seen: set[int] = set()

    def read() -> None:
        while not done.is_set():
            seen.add(len(store.read("audit", 0, 100_000)))

    reader = threading.Thread(target=read)
    reader.start()
    store.commit(Batch(1, epoch, [], [], [("audit", b"x")] * (3 * ROWS_MOST)))
    done.set()
    reader.join(10)
    assert seen <= {0, 3 * ROWS_MOST}
    store.close()
