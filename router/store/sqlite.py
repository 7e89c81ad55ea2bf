"""The embedded store: one SQLite file, one machine, no server; restarts keep everything.

Write-ahead log with `synchronous = FULL`: a commit is on the disk when it is answered. A batch is one
statement (see `sqlite_file`), carried out by one thread that does nothing else, so that the loop goes on
meanwhile. Another thread may read; the one connection is used by one thread at a time, and closed by none
while another is in it.

It must not know what is in a record. The one idea: the number of the last batch is in the file, in the
batch's own transaction; after any failure it is read again, so that sending a batch again is always safe.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from queue import SimpleQueue
from typing import Any, ClassVar, Final

from router.core.batch import Batch
from router.store import sqlite_file as file
from router.store.base import (
    SCHEMA,
    STREAM_MOST,
    STREAMS_MOST,
    Landed,
    Lead,
    Stamp,
    Store,
    StoreAway,
    StoreError,
    StoreUnusable,
    next_epoch,
)

ROWS_MOST: Final = 4096
"""Rows of one statement: SQLite takes 32,766 values, a row has 4. A longer batch is several in one
transaction."""

SWITCH_S: Final = 0.0005
"""How long a busy loop may keep Python's lock from the thread that commits. With Python's own 5 ms a commit
beside a loop that never rests takes ten times as long."""

CLOSE_MOST_S: Final = 5.0
"""How long `close` waits for a commit that is running, and for a reader."""

LOAD_ROWS: Final = 1000
"""Rows fetched at a time while loading."""


class SqliteStore(Store):
    """Opens `path`, which is made when absent. Raises `StoreUnusable`."""

    durability: ClassVar[str] = "local"
    synchronous: ClassVar[bool] = False

    def __init__(
        self,
        path: Path,
        site: str,
        temporary: bool = False,
        streams_most: dict[str, int] | None = None,
    ) -> None:
        self.path = path
        self._streams_most = STREAMS_MOST if streams_most is None else streams_most
        if not file.look(path):
            file.make(path, site, temporary)
        self._connection = file.connect(path)
        # SQLite would let two threads in at once, but a reader must see no half of a batch, and a connection
        # that is closed under a reader takes the process down with it.
        self._turn = threading.Lock()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._flights: SimpleQueue[tuple[Batch, Stamp, Landed] | None] = SimpleQueue()
        self._post: Callable[..., object] = _call
        try:
            self._read_meta(site, temporary)
        except sqlite3.Error as error:
            self._connection.close()
            raise file.opening_error(path, error) from error
        except StoreUnusable:
            self._connection.close()
            raise

    def _read_meta(self, site: str, temporary: bool) -> None:
        meta = dict(self._connection.execute("SELECT name, value FROM meta"))
        if not meta.keys() >= {"site", "temporary", "epoch", "batch", "stamp"}:
            raise file.corrupt(self.path, "it does not say whose it is")
        if meta["site"] != site:
            raise StoreUnusable(
                "other_site",
                f"{self.path} belongs to site {meta['site']!r}, the configuration says {site!r}",
                f"give each site its own store; {file.UNCHANGED}",
            )
        if bool(meta["temporary"]) != temporary:
            raise StoreUnusable(
                "temporary_store",
                f"{self.path} is {'a' if meta['temporary'] else 'no'} temporary store",
                "`serve --speed` needs a store made by it, and nothing else may use that one",
            )
        self.schema = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        self._take_meta(meta)
        rows = self._connection.execute("SELECT name, max(number), min(number) FROM stream GROUP BY name")
        self._appended: dict[str, int] = {name: last for name, last, _ in rows}

    def _take_meta(self, meta: dict[str, Any]) -> None:
        self.epoch = int(meta["epoch"])
        self.number = int(meta["batch"])
        if meta["stamp"]:
            core_us, boot_us, wall_us, boot_id = str(meta["stamp"]).split(" ")
            self.stamp = Stamp(int(core_us), int(boot_us), int(wall_us), boot_id)

    def begin_epoch(self, stamp: Stamp | None = None, lead: Lead | None = None) -> int:
        """See `Store`. Waits for the disk."""
        epoch = max(next_epoch(self.epoch, stamp), lead.least_epoch if lead is not None else 0)
        try:
            self._change([file.META, "epoch", epoch, None, file.META, "batch", 0, None])
        except sqlite3.Error as error:
            raise file.opening_error(self.path, error) from error
        self.epoch = epoch
        self.number = 0
        return epoch

    def upgrade(self) -> None:
        """See `Store`. Waits for the disk."""
        try:
            self._connection.execute(f"PRAGMA user_version = {SCHEMA}").fetchall()
        except sqlite3.Error as error:
            raise file.opening_error(self.path, error) from error
        self.schema = SCHEMA

    def load(self) -> Iterator[tuple[str, str, bytes]]:
        """See `Store`."""
        try:
            rows = self._connection.execute("SELECT kind, key, value FROM entity")
            while some := rows.fetchmany(LOAD_ROWS):
                yield from some
        except sqlite3.Error as error:
            raise file.opening_error(self.path, error) from error

    def commit(self, batch: Batch, stamp: Stamp | None = None) -> bool:
        """See `Store`. Waits for the disk: on the loop's own thread only where there is no loop."""
        if not self.is_next(batch):
            return False
        appended = dict(self._appended)
        with self._turn:
            try:
                self._change(self._values(batch, stamp, appended))
            except sqlite3.Error as error:
                self._recover()
                raise self._away(error) from error
        self._appended = appended
        self.number = batch.number
        if stamp is not None:
            self.stamp = stamp
        return True

    def _away(self, error: sqlite3.Error) -> StoreAway:
        return StoreAway(
            "store_away",
            f"{self.path}: {error}",
            "make room on its disk, or look after it; what could not be kept is sent again until it is",
        )

    def _values(self, batch: Batch, stamp: Stamp | None, appended: dict[str, int]) -> list[Any]:
        """The batch as rows of `change`, four values each, one after the other. Counts `appended` up."""
        values: list[Any] = []
        for kind, key in batch.drops:
            values += (file.DROP, kind, key, None)
        for kind, key, record in batch.puts:
            values += (file.PUT, kind, key, record)
        for stream, entry in batch.appends:
            appended[stream] = number = appended.get(stream, 0) + 1
            values += (file.APPEND, stream, number, entry)
        for stream in {stream for stream, _ in batch.appends}:
            out = appended[stream] - self._streams_most.get(stream, STREAM_MOST)
            if out > 0:
                values += (file.TRIM, stream, out, None)
        values += (file.META, "batch", batch.number, None)
        if stamp is not None:
            values += (
                file.META,
                "stamp",
                f"{stamp.core_us} {stamp.boot_us} {stamp.wall_us} {stamp.boot_id}",
                None,
            )
        return values

    def _change(self, values: list[Any]) -> None:
        """Carry rows of `change` out, whole or not at all. Raises `sqlite3.Error`."""
        execute = self._connection.execute
        if len(values) <= 4 * ROWS_MOST:
            execute(*_statement(values))
            return
        execute("BEGIN IMMEDIATE")
        for start in range(0, len(values), 4 * ROWS_MOST):
            execute(*_statement(values[start : start + 4 * ROWS_MOST]))
        execute("COMMIT")

    def _recover(self) -> None:
        """After a failure: nothing half done, and the number that the file has. Where even that can't be
        read, the number stays and the next attempt comes here again."""
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._take_meta(dict(self._connection.execute("SELECT name, value FROM meta")))
            rows = self._connection.execute("SELECT name, max(number) FROM stream GROUP BY name")
            self._appended = dict(rows.fetchall())
        except sqlite3.Error:
            return

    def read(self, stream: str, after: int, count: int) -> list[tuple[int, bytes]]:
        """See `Store`. May wait for a commit that is running. Raises `StoreAway`, also once it is closed."""
        with self._turn:
            if self._closed:
                raise StoreAway("store_away", f"{self.path} is closed", "ask again when the engine has started")
            try:
                rows = self._connection.execute(
                    "SELECT number, value FROM stream WHERE name = ? AND number > ? ORDER BY number LIMIT ?",
                    (stream, after, count),
                )
                return rows.fetchall()
            except sqlite3.Error as error:
                raise self._away(error) from error

    def attach(self, post: Callable[..., object]) -> None:
        """See `Store`. Starts the thread that commits."""
        self._post = post
        sys.setswitchinterval(SWITCH_S)
        self._thread = threading.Thread(target=self._serve, name="store", daemon=True)
        self._thread.start()

    def send(self, batch: Batch, stamp: Stamp, landed: Landed) -> None:
        """See `Store`."""
        self._flights.put((batch, stamp, landed))

    def _serve(self) -> None:
        while (flight := self._flights.get()) is not None:
            batch, stamp, landed = flight
            outcome: StoreError | None = None
            try:
                self.commit(batch, stamp)
            except StoreError as error:
                outcome = error
            except Exception as error:  # noqa: BLE001  # whatever it is, the loop must hear of it
                outcome = StoreError("store_broken", f"our own mistake: {error!r}", "report it; start again")
            self._post(landed, outcome)

    def close(self) -> None:
        """See `Store`."""
        if self._thread is not None:
            self._flights.put(None)
            self._thread.join(CLOSE_MOST_S)
            if self._thread.is_alive():
                # The disk hangs: the process ends without it, as in a power failure.
                return
            self._thread = None
        if self._turn.acquire(timeout=CLOSE_MOST_S):
            self._closed = True
            self._connection.close()
            self._turn.release()

    def fsync_s(self, tries: int = 5) -> float:
        """How long the disk takes to keep one page, in seconds: the median of some writes to a file beside
        the store. No commit is quicker."""
        took: list[float] = []
        with tempfile.TemporaryFile(dir=self.path.absolute().parent) as page:
            for _ in range(tries):
                started = time.perf_counter()
                page.write(bytes(4096))
                page.flush()
                os.fsync(page.fileno())
                took.append(time.perf_counter() - started)
        return sorted(took)[len(took) // 2]


def _call(function: Callable[..., object], *arguments: object) -> None:
    function(*arguments)


def _statement(values: list[Any]) -> tuple[str, list[Any]]:
    """The statement for these rows, filled up to a power of two so that a few statements stay prepared."""
    rows = len(values) // 4
    length = 1 << (rows - 1).bit_length()
    values += (file.NOTHING, None, None, None) * (length - rows)
    return _insert(length), values


@lru_cache
def _insert(rows: int) -> str:
    return "INSERT INTO change VALUES " + ", ".join(["(?, ?, ?, ?)"] * rows)  # noqa: S608  # no text of others in it
