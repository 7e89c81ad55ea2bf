"""What is sent to Redis: the names of keys, the scripts, and a batch as the bytes of one command.

    switchboard:{SITE}:meta           hash    schema, site, temporary, generation, epoch, turn, serves, batch, stamp,
                                              and for each kind `records:KIND`, how many its hash holds
    switchboard:{SITE}:GENERATION:KIND  hash  key -> record, one field a live entity (world, peer, agent, endpoint,
                                              contact)
    switchboard:{SITE}:feed           stream  id EPOCH-BATCH: `batch` (changes, packed) and `stamp`, or `begin`; what
                                              a standby follows; capped by bytes. `begin` says after which batch
    switchboard:{SITE}:stream:NAME    stream  id 0-NUMBER: `e`, one appended entry (history, audit); capped by count
    switchboard:{SITE}:lease          string  NAME TURN of the engine that leads; gone when its lease has run out
    switchboard:{SITE}:standby        string  NAME EPOCH-BATCH: who stands by and how far it has come; gone with it
    switchboard:{SITE}:probe          string  a page written to see how long that takes; gone after a minute

The braces are Redis's hash tag: a site is one slot of a cluster. It must not know connections.

The one idea: a batch is one command with one packed argument for its changes; Redis unpacks it in C, which costs
less than reading its records as arguments (MessagePack without `bin`, which Redis 7.0 does not read).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path
from typing import Final, NamedTuple

from router.core.batch import Batch
from router.core.stored import records
from router.store.base import STREAM_MOST, Lead, Stamp

KINDS: Final = records.KINDS
"""Hashes that a store of ours may have when its meta is gone: looked for before a new one is made."""

_STR_16, _STR_32, _ARRAY_32 = 0xDA, 0xDB, 0xDD
"""MessagePack's own: str 16, str 32, array 32."""

HEADS: Final = [bytes((0xA0 + n,)) if n < 32 else struct.pack(">BH", _STR_16, n) for n in range(2048)]
"""Length -> header of a string: most are short, and a table is quicker than packing."""


class Script:
    """A script and the two names by which Redis runs it."""

    def __init__(self, file: str) -> None:
        self.text = (Path(__file__).parent / file).read_bytes()
        # The name that Redis gives it, no protection of anything.
        self.sha = sha1(self.text, usedforsecurity=False).hexdigest().encode()


COMMIT: Final = Script("commit.lua")
BEGIN: Final = Script("begin.lua")
LEASE: Final = Script("lease.lua")
GENERATION: Final = Script("generation.lua")
SCRIPTS: Final = (COMMIT, BEGIN, LEASE, GENERATION)


class Keys:
    """The names of a site's keys."""

    def __init__(self, site: str, generation: int = 1) -> None:
        self.site = site
        self.generation = generation
        self.meta = f"switchboard:{{{site}}}:meta"
        self.feed = f"switchboard:{{{site}}}:feed"
        self.probe = f"switchboard:{{{site}}}:probe"
        self.lease = f"switchboard:{{{site}}}:lease"
        self.standby = f"switchboard:{{{site}}}:standby"

    def hash(self, kind: str) -> str:
        """Where records of a kind are."""
        return f"switchboard:{{{self.site}}}:{self.generation}:{kind}"

    def stream(self, name: str) -> str:
        """Where entries of a stream are."""
        return f"switchboard:{{{self.site}}}:stream:{name}"


class Packed(NamedTuple):
    """A batch for the script."""

    kinds: list[str]
    changes: bytes
    streams: list[str]
    appends: bytes


def head(length: int) -> bytes:
    """The header of a string."""
    return HEADS[length] if length < len(HEADS) else struct.pack(">BI", _STR_32, length)


def array(length: int) -> bytes:
    """The header of an array."""
    return struct.pack(">BI", _ARRAY_32, length)


def pack(batch: Batch, streams_most: dict[str, int]) -> Packed:
    """Group a batch by hash and by stream, and pack both. The order within each stays."""
    groups: dict[str, tuple[list[bytes], list[bytes]]] = {}
    heads, limit = HEADS, len(HEADS)
    for kind, key in batch.drops:
        if kind not in groups:
            groups[kind] = ([], [])
        name = key.encode()
        groups[kind][0].extend((head(len(name)), name))
    for kind, key, record in batch.puts:
        try:
            puts = groups[kind][1]
        except KeyError:
            groups[kind] = ([], puts := [])
        name = key.encode()
        size = len(record)
        puts += (head(len(name)), name, heads[size] if size < limit else head(size), record)
    out = [array(len(groups))]
    for kind, (drops, puts) in groups.items():
        name = kind.encode()
        out += (b"\x93", head(len(name)), name, array(len(drops) // 2), *drops, array(len(puts) // 2), *puts)
    streams: dict[str, list[bytes]] = {}
    for stream, entry in batch.appends:
        streams.setdefault(stream, []).extend((head(len(entry)), entry))
    added = [array(len(streams))]
    for stream, entries in streams.items():
        name = stream.encode()
        most = struct.pack(">BI", 0xCE, streams_most.get(stream, STREAM_MOST))
        added += (b"\x93", head(len(name)), name, most, array(len(entries) // 2), *entries)
    return Packed(list(groups), b"".join(out), list(streams), b"".join(added))


def unpack(changes: bytes) -> Iterator[tuple[str, list[str], list[tuple[str, bytes]]]]:
    """What `pack` made of a batch's changes: for each kind, keys to drop and then records to put. Raises `ValueError`
    on anything else."""
    texts = Cursor(changes)
    for _ in range(texts.array()):
        texts.three()
        kind = texts.next().decode()
        drops = [texts.next().decode() for _ in range(texts.array())]
        yield kind, drops, [(texts.next().decode(), texts.next()) for _ in range(texts.array() // 2)]
    if texts.at != len(changes):
        raise ValueError("bytes are left over")


class Cursor:
    """A cursor over packed strings and arrays."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def _number(self, form: str) -> int:
        size = struct.calcsize(form)
        if len(self.data) < self.at + size:
            raise ValueError("cut short")
        (number,) = struct.unpack_from(form, self.data, self.at)
        self.at += size
        return int(number)

    def three(self) -> None:
        """An array of three."""
        if self._number(">B") != 0x93:
            raise ValueError(f"no array of three at {self.at - 1}")

    def array(self) -> int:
        """The length of an array."""
        if self._number(">B") != _ARRAY_32:
            raise ValueError(f"no array at {self.at - 1}")
        return self._number(">I")

    def next(self) -> bytes:
        """A string."""
        first = self._number(">B")
        if 0xA0 <= first < 0xC0:
            size = first - 0xA0
        elif first == _STR_16:
            size = self._number(">H")
        elif first == _STR_32:
            size = self._number(">I")
        else:
            raise ValueError(f"no string at {self.at - 1}")
        text = self.data[self.at : self.at + size]
        if len(text) != size:
            raise ValueError("cut short")
        self.at += size
        return text


def command(*words: bytes) -> bytes:
    """The bytes of a command (RESP2: an array of bulk strings)."""
    out = [b"*%d\r\n" % len(words)]
    for word in words:
        out += (b"$%d\r\n" % len(word), word, b"\r\n")
    return b"".join(out)


def run(script: Script, keys: list[str], *values: bytes) -> bytes:
    """The command that runs a script by its name."""
    names = [key.encode() for key in keys]
    return command(b"EVALSHA", script.sha, b"%d" % len(names), *names, *values)


def begin(keys: Keys, schema: int, temporary: bool, least: int, lead: Lead | None) -> bytes:
    """The command that begins an epoch, with a lease or without."""
    name, turn, ttl_ms, own, serves = ("", "", 0, False, "")
    if lead is not None:
        name, turn, ttl_ms, own, serves = lead.name, lead.turn, lead.ttl_ms, lead.own, lead.serves
    return run(
        BEGIN,
        [keys.meta, keys.feed, keys.lease],
        b"%d" % schema,
        keys.site.encode(),
        b"1" if temporary else b"0",
        b"%d" % least,
        name.encode(),
        turn.encode(),
        b"%d" % ttl_ms,
        b"1" if own else b"0",
        serves.encode(),
    )


def lease(keys: Keys, lead: Lead, epoch: int, ttl_ms: int) -> bytes:
    """The command that prolongs the lease, or gives it up with a `ttl_ms` of 0."""
    values = lead.name.encode(), lead.turn.encode(), b"%d" % epoch, b"%d" % ttl_ms
    return run(LEASE, [keys.meta, keys.lease], *values)


def commit(
    batch: Batch, stamp: Stamp | None, keys: Keys, packed: Packed, oldest: bytes, touch: bool, turn: str = ""
) -> bytes:
    """The command of a batch. `oldest`: the id from which on the feed is kept. `touch`: write also where the
    batch is there. `turn`: of leading, where there is a lease."""
    names = [keys.meta, keys.feed, *map(keys.hash, packed.kinds), *map(keys.stream, packed.streams)]
    return run(
        COMMIT,
        names,
        b"%d" % batch.epoch,
        b"%d" % batch.number,
        stamped(stamp),
        oldest,
        packed.changes,
        packed.appends,
        b"1" if touch else b"",
        turn.encode(),
    )


def stamped(stamp: Stamp | None) -> bytes:
    """A stamp as it is kept."""
    if stamp is None:
        return b""
    return f"{stamp.core_us} {stamp.boot_us} {stamp.wall_us} {stamp.boot_id}".encode()
