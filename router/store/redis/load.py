"""What is in a Redis store before anything is written to it: whose it is, whether it is whole, and its records.

It writes nothing. The one idea: meta says how many records each hash has, so a hash that somebody deleted, cut or
evicted is seen before the engine believes that nobody waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from router.store.base import SCHEMA, Stamp, StoreError, StoreUnusable
from router.store.redis.script import KINDS, Keys
from router.store.redis.wire import Wire

STEP: Final = 500
"""Records asked for at a time: about 5 ms of reading each, so that a loop that loads beside its work stays quick."""

UNCHANGED: Final = "nothing in it was changed"

COUNTED: Final = "records:"
"""Fields of meta with a count begin so."""


class Meta(NamedTuple):
    """What meta says."""

    schema: int
    epoch: int
    number: int
    stamp: Stamp | None
    generation: int
    counts: dict[str, int]
    """kind -> records."""


def torn(key: str, why: str) -> StoreUnusable:
    """The error of a store that is ours and not whole."""
    return StoreUnusable(
        "corrupt_store",
        f"{key} {why}",
        f"put back a copy of the store, or RENAME the site's keys away to start without what was waiting; {UNCHANGED}",
    )


def look(wire: Wire, keys: Keys, temporary: bool) -> Meta | None:
    """Read meta and check it; None: there is no store of this site yet. Raises `StoreError`."""
    _must_be(wire, keys.meta, "hash")
    _must_be(wire, keys.feed, "stream")
    flat = wire.call("HGETALL", keys.meta)
    fields = {name.decode(errors="replace"): value for name, value in zip(flat[::2], flat[1::2], strict=True)}
    if not fields:
        for key in map(keys.hash, KINDS):
            if wire.call("EXISTS", key):
                raise torn(keys.meta, f"is gone, and {key} is there")
        return None
    if "schema" not in fields or "site" not in fields:
        raise StoreUnusable(
            "foreign_store",
            f"{keys.meta} was not made by Switchboard",
            f"find out who uses this key, name another database in the store's URL; {UNCHANGED}",
        )
    schema = _number(fields, "schema", keys)
    if schema > SCHEMA:
        raise StoreUnusable(
            "newer_store",
            f"{keys.meta} has schema {schema}, this release knows {SCHEMA}",
            f"start the release that wrote it, or a later one; {UNCHANGED}",
        )
    site = fields["site"].decode(errors="replace")
    if site != keys.site:
        raise StoreUnusable(
            "other_site",
            f"{keys.meta} belongs to site {site!r}, the configuration says {keys.site!r}",
            f"somebody renamed keys: give each site its own; {UNCHANGED}",
        )
    if (fields.get("temporary") == b"1") != temporary:
        raise StoreUnusable(
            "temporary_store",
            f"{keys.meta} is of {'no' if temporary else 'a'} temporary store",
            "`serve --speed` needs a store made by it, and nothing else may use that one",
        )
    return Meta(
        schema=schema,
        epoch=_number(fields, "epoch", keys),
        number=_number(fields, "batch", keys),
        stamp=_stamp(fields, keys),
        generation=_number(fields, "generation", keys),
        counts={name.removeprefix(COUNTED): _number(fields, name, keys) for name in fields if name.startswith(COUNTED)},
    )


def check(wire: Wire, keys: Keys, meta: Meta) -> None:
    """Is every hash there, of its type, with as many records as meta says? Raises `StoreError`."""
    for kind, count in meta.counts.items():
        key = keys.hash(kind)
        _must_be(wire, key, "hash")
        found = wire.call("HLEN", key)
        if found != count:
            raise torn(key, f"has {found} records and should have {count}")


def records(wire: Wire, keys: Keys, meta: Meta) -> Iterator[tuple[str, str, bytes]]:
    """Every record, in steps. Nobody may write meanwhile; some may come twice, as HSCAN does it."""
    check(wire, keys, meta)
    for kind in meta.counts:
        key = keys.hash(kind)
        cursor = b"0"
        while True:
            cursor, flat = wire.call("HSCAN", key, cursor, "COUNT", STEP)
            try:
                names = [name.decode() for name in flat[::2]]
            except UnicodeDecodeError as error:
                raise torn(key, f"has a field that is no text: {error.object[:100]!r}") from error
            for name, record in zip(names, flat[1::2], strict=True):
                yield kind, name, record
            if cursor == b"0":
                break


def _must_be(wire: Wire, key: str, kind: str) -> None:
    found = wire.call("TYPE", key).decode()
    if found not in {kind, "none"}:
        raise StoreUnusable(
            "wrong_type",
            f"{key} is a {found} and should be a {kind}",
            f"find out who wrote it; RENAME it away and put back a copy of the store; {UNCHANGED}",
        )


def _number(fields: dict[str, bytes], name: str, keys: Keys) -> int:
    text = fields.get(name, b"")
    if not text.isdigit():
        raise torn(keys.meta, f"has no number as its {name}: {text[:50]!r}")
    return int(text)


def stamp_of(text: str) -> Stamp | None:
    """A stamp as `script.stamped` writes it; None for the empty text. Raises `ValueError`."""
    if not text:
        return None
    core_us, boot_us, wall_us, boot_id = text.split(" ")
    return Stamp(int(core_us), int(boot_us), int(wall_us), boot_id)


def _stamp(fields: dict[str, bytes], keys: Keys) -> Stamp | None:
    text = fields.get("stamp", b"").decode(errors="replace")
    try:
        return stamp_of(text)
    except ValueError as error:
        raise torn(keys.meta, f"has no stamp as its stamp: {text[:100]!r}") from error


__all__ = ["Meta", "StoreError", "check", "look", "records"]
