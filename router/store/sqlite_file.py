"""The file of the embedded store: its layout, how it is made, and how a stranger's file is told from ours.

Tables: `entity` (kind, key, value), one row a live record; `stream` (name, number, value), capped; `meta`
(name, value): site, temporary, epoch, batch (the last one kept of that epoch), stamp (four values in one
text). `change` is no table but a view: what is inserted into it is carried out by triggers, so that a whole
batch is one statement, and a commit by a thread waits for Python's lock as seldom as can be.

The one idea: look before writing. A file is read as bytes first and handed to SQLite only when it is ours; a
new one is made whole under another name and then linked to its own, which fails where something stands
already.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Final

from router.store.base import SCHEMA, StoreUnusable

APPLICATION_ID: Final = 0x53574244
"""`SWBD`, at byte 68 of the file."""

PUT, DROP, APPEND, TRIM, META, NOTHING = 1, 2, 3, 4, 5, 0
"""Operations of `change`; `NOTHING` fills a statement up to one of the lengths that are kept prepared."""

TABLES: Final = f"""
CREATE TABLE entity (kind TEXT, key TEXT, value BLOB NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE stream (name TEXT, number INTEGER, value BLOB NOT NULL, PRIMARY KEY (name, number))
    WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE VIEW change AS SELECT 0 AS what, '' AS a, '' AS b, '' AS c;
CREATE TRIGGER put INSTEAD OF INSERT ON change WHEN new.what = {PUT}
    BEGIN INSERT OR REPLACE INTO entity VALUES (new.a, new.b, new.c); END;
CREATE TRIGGER take INSTEAD OF INSERT ON change WHEN new.what = {DROP}
    BEGIN DELETE FROM entity WHERE kind = new.a AND key = new.b; END;
CREATE TRIGGER append INSTEAD OF INSERT ON change WHEN new.what = {APPEND}
    BEGIN INSERT INTO stream VALUES (new.a, new.b, new.c); END;
CREATE TRIGGER trim INSTEAD OF INSERT ON change WHEN new.what = {TRIM}
    BEGIN DELETE FROM stream WHERE name = new.a AND number <= new.b; END;
CREATE TRIGGER note INSTEAD OF INSERT ON change WHEN new.what = {META}
    BEGIN INSERT OR REPLACE INTO meta VALUES (new.a, new.b); END;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA};
"""  # noqa: S608  # the numbers above, no text of others

UNCHANGED: Final = "nothing in it was changed"


def corrupt(path: Path, why: object) -> StoreUnusable:
    """The error of a file that is ours and can't be read."""
    return StoreUnusable(
        "corrupt_store",
        f"{path} can't be read: {why}",
        f"put back a copy of it, or move it away to start without what was waiting; {UNCHANGED}",
    )


def look(path: Path) -> bool:
    """True: the file is one of ours and of a schema that we know; False: there is none. Raises
    `StoreUnusable`."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
            size = file.seek(0, os.SEEK_END)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreUnusable(
            "store_not_readable", f"{path}: {error.strerror}", "check its owner and its mode"
        ) from error
    if header[:16] != b"SQLite format 3\0" or int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise StoreUnusable(
            "foreign_store",
            f"{path} was not made by Switchboard",
            f"name another file in the store's URL; {UNCHANGED}",
        )
    schema = int.from_bytes(header[60:64], "big")
    if schema > SCHEMA:
        raise StoreUnusable(
            "newer_store",
            f"{path} has schema {schema}, this release knows {SCHEMA}",
            f"start the release that wrote it, or a later one; {UNCHANGED}",
        )
    page = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    # Pages that the log still holds need not be in the file yet.
    if size < pages * (65_536 if page == 1 else page) and not has_log(path):
        raise corrupt(path, f"it has {size} bytes and should have {pages} pages")
    return True


def has_log(path: Path) -> bool:
    """Is there a write-ahead log with anything in it?"""
    with contextlib.suppress(FileNotFoundError):
        return Path(f"{path}-wal").stat().st_size > 0
    return False


def make(path: Path, site: str, temporary: bool) -> None:
    """Make a new, empty store, readable by its owner only. Where another process was quicker, its file
    stands."""
    new = Path(f"{path}.{os.getpid()}.new")
    try:
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with contextlib.closing(sqlite3.connect(new, isolation_level=None)) as connection:
            connection.executescript(f"BEGIN; {TABLES} COMMIT;")
            about = [("site", site), ("temporary", int(temporary)), ("epoch", 0), ("batch", 0), ("stamp", "")]
            connection.executemany("INSERT INTO meta VALUES (?, ?)", about)
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
        with contextlib.suppress(FileExistsError):
            os.link(new, path)
        sync_folder(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnusable(
            "store_not_made",
            f"{path} can't be made: {getattr(error, 'strerror', None) or error}",
            "make its folder writable for the engine's user, or name another file in the store's URL",
        ) from error
    finally:
        new.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Makes a new name in `folder` survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def connect(path: Path) -> sqlite3.Connection:
    """Open the file for this process alone. Raises `StoreUnusable`, also when another process has it."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=0,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        # Exclusive before the first read: then no other process can open it, and no shared memory is needed.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_size_limit = 67108864").fetchall()
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        connection.close()
        raise opening_error(path, error) from error
    return connection


def opening_error(path: Path, error: sqlite3.Error) -> StoreUnusable:
    """What SQLite's refusal to open the file means to us."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreUnusable(
            "store_in_use",
            f"another process uses {path}",
            "one engine a store: stop the other one, or name another file in the store's URL",
        )
    if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}:
        return StoreUnusable("store_not_writable", f"{path}: {error}", "check its owner, its mode and its folder's")
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return StoreUnusable("store_not_writable", f"{path}: {error}", "make room on its disk, or look after it")
    return corrupt(path, error)
