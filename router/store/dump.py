"""A store as a file of lines: for people who look, for moving between SQLite and Redis, and as a copy before a repair.

    {"format": "switchboard-store", "schema": 2, "site": "main", "epoch": 7, "batch": 12, "stamp": "..."}
    {"kind": "contact", "key": "main/gw1/c1", "value": "...base64..."}
    {"stream": "history", "number": 1, "value": "...base64..."}
    {"end": {"records": 1, "entries": 1}}

It must not know what is in a record. The one idea: the last line counts the others, so a file that was cut is seen
before anything is written.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, Final, NamedTuple

from router.core.batch import Batch
from router.store.base import STREAMS_MOST, Lead, Stamp, Store, StoreUnusable
from router.store.redis.script import stamped

FORMAT: Final = "switchboard-store"

ENTRIES_A_TIME: Final = 1_000

BATCH_RECORDS: Final = 1_000
"""Records of one commit while importing."""

Shown = Callable[[int], None]
"""Told how many lines are done."""


class Counts(NamedTuple):
    """What went through."""

    records: int
    entries: int


def entries(store: Store, stream: str) -> Iterator[tuple[int, bytes]]:
    """Everything that a stream has, oldest first."""
    after = 0
    while some := store.read(stream, after, ENTRIES_A_TIME):
        yield from some
        after = some[-1][0]


def export(
    store: Store, records: Iterable[tuple[str, str, bytes]], site: str, file: IO[str], shown: Shown | None = None
) -> Counts:
    """Write `records` and the store's streams. Raises `StoreError`, and `OSError` of the file."""
    stamp = stamped(store.stamp).decode()
    about = {"schema": store.schema, "site": site, "epoch": store.epoch, "batch": store.number, "stamp": stamp}
    _line(file, {"format": FORMAT, **about})
    count = added = 0
    for kind, key, value in records:
        _line(file, {"kind": kind, "key": key, "value": _text(value)})
        count += 1
        if shown is not None and count % 1_000 == 0:
            shown(count)
    for stream in STREAMS_MOST:
        for number, value in entries(store, stream):
            _line(file, {"stream": stream, "number": number, "value": _text(value)})
            added += 1
    _line(file, {"end": {"records": count, "entries": added}})
    return Counts(count, added)


class Export(NamedTuple):
    """A file that is whole."""

    about: dict[str, Any]
    counts: Counts


def look(file: IO[str], name: str) -> Export:
    """Read it once and check that it is whole. Raises `StoreUnusable`."""
    about: dict[str, Any] = {}
    count = added = 0
    for number, line in enumerate(file, start=1):
        try:
            said = json.loads(line)
        except ValueError as error:
            raise bad(name, f"line {number} is no JSON: {error}") from error
        if not isinstance(said, dict):
            raise bad(name, f"line {number} is no object")
        if number == 1:
            about = said
            if about.get("format") != FORMAT or not isinstance(about.get("epoch"), int):
                raise bad(name, "it was not made by `switchboard store export`")
        elif "kind" in said or "stream" in said:
            _bytes(said, name)
            count += "kind" in said
            added += "stream" in said
        elif said.get("end") == {"records": count, "entries": added}:
            return Export(about, Counts(count, added))
        else:
            raise bad(name, f"its last line, {number}, does not count {count} records and {added} entries")
    raise bad(name, "it ends before its last line: it was cut short")


def load(file: IO[str], name: str, into: Store, site: str, stamp: Stamp, shown: Shown | None = None) -> Counts:
    """Fill an empty store from a file that `look` found whole. Its epoch will be above the file's, so that gateways
    follow. Raises `StoreUnusable` where the store is not empty, and `StoreError`."""
    if any(True for _ in into.load()):
        raise StoreUnusable(
            "store_not_empty",
            "the store has records already",
            "import into an empty one: name another store, or another site, in the configuration",
        )
    about = json.loads(file.readline())
    lead = Lead(f"import of {site}", "import", 10_000, int(about["epoch"]) + 1)
    epoch = into.begin_epoch(stamp, lead)
    # The wait of everybody goes on from where it stood: the last batch is stamped as the file's last was.
    kept = _stamp(str(about.get("stamp", ""))) or stamp
    number = count = added = 0
    batch = Batch(1, epoch, [], [], [])
    for line in file:
        said = json.loads(line)
        if "kind" in said:
            batch.puts.append((said["kind"], said["key"], _bytes(said, name)))
            count += 1
        elif "stream" in said:
            batch.appends.append((said["stream"], _bytes(said, name)))
            added += 1
        if len(batch.puts) + len(batch.appends) >= BATCH_RECORDS or "end" in said:
            number += 1
            into.commit(Batch(number, epoch, batch.puts, [], batch.appends), kept)
            batch = Batch(1, epoch, [], [], [])
            if shown is not None:
                shown(count + added)
    return Counts(count, added)


def bad(name: str, why: str) -> StoreUnusable:
    """The error of a file that can't be imported."""
    return StoreUnusable("bad_export", f"{name}: {why}", "export it again; nothing was written")


def _stamp(text: str) -> Stamp | None:
    from router.store.redis.load import stamp_of

    try:
        return stamp_of(text)
    except ValueError:
        return None


def _line(file: IO[str], value: dict[str, Any]) -> None:
    file.write(json.dumps(value, separators=(",", ":")) + "\n")


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _bytes(said: dict[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(said["value"], validate=True)
    except (KeyError, TypeError, binascii.Error) as error:
        raise bad(name, f"a value is no base64: {str(said)[:100]}") from error
