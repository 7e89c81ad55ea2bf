"""What one simulated Redis server has, and what our scripts and commands do to it.

The scripts (`router/store/redis/*.lua`) can't run without Redis, so here stands once more what they say;
`tests/system/test_simulated_redis.py` gives both the same commands and compares every answer. Everything around them is
real: the bytes of the commands, the store that makes them, and what it concludes from the answers.

The one idea: a command is words and a time, so a replica is a second server that is given the same words later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from router.store.redis import script

Id = tuple[int, int]


class Refusal(Exception):
    """An error reply, without its `-`."""


class Stream(list[tuple[Id, dict[bytes, bytes]]]):
    """Entries by id, and the last id that there ever was."""

    last: Id = (0, 0)

    def add(self, name: Id, fields: dict[bytes, bytes]) -> None:
        """XADD. Raises `Refusal`."""
        if name <= self.last:
            raise Refusal("ERR The ID specified in XADD is equal or smaller")
        self.last = name
        self.append((name, fields))

    def copied(self) -> Stream:
        """As it is now."""
        other = Stream(self)
        other.last = self.last
        return other


def identity(text: bytes) -> Id:
    """An id of a stream."""
    first, _, second = text.partition(b"-")
    return int(first), int(second or 0)


def words_of(data: bytes) -> list[bytes]:
    """The words of one command as it goes over the wire, and nothing after them."""
    return next(iter(commands_of(data)))


def commands_of(data: bytes) -> list[list[bytes]]:
    """All commands that stand in these bytes."""
    found: list[list[bytes]] = []
    at = 0
    while at < len(data):
        end = data.index(b"\r\n", at)
        count, at = int(data[at + 1 : end]), end + 2
        words = []
        for _ in range(count):
            end = data.index(b"\r\n", at)
            size, at = int(data[at + 1 : end]), end + 2
            words.append(data[at : at + size])
            at += size + 2
        found.append(words)
    return found


class Keys:
    """See the module. `now_us` of a command is when the server carried it out first."""

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {}
        self._ends_us: dict[str, int] = {}
        self._do: dict[str, Callable[[int, list[bytes]], Any]] = {
            "TYPE": lambda _, args: self._type(args[0].decode()).encode(),
            "EXISTS": lambda _, args: int(args[0].decode() in self.keys),
            "GET": lambda _, args: self.keys.get(args[0].decode()),
            "SET": self._set,
            "HGET": lambda _, args: self._hash(args[0].decode()).get(args[1]),
            "HLEN": lambda _, args: len(self._hash(args[0].decode())),
            "HGETALL": lambda _, args: [part for pair in self._hash(args[0].decode()).items() for part in pair],
            "HSCAN": lambda _, args: [b"0", [part for pair in self._hash(args[0].decode()).items() for part in pair]],
            "HSET": self._hset,
            "UNLINK": lambda _, args: int(self.keys.pop(args[0].decode(), None) is not None),
            "XREAD": self._xread,
            "EVALSHA": self._script,
        }
        self._scripts: dict[bytes, Callable[[int, list[str], list[bytes]], str]] = {
            script.COMMIT.sha: self._commit,
            script.BEGIN.sha: self._begin,
            script.LEASE.sha: self._lease,
            script.GENERATION.sha: self._generation,
        }

    def copied(self) -> Keys:
        """Another server with the same."""
        other = Keys()
        other.keys = {
            name: value.copied() if isinstance(value, Stream) else dict(value) if isinstance(value, dict) else value
            for name, value in self.keys.items()
        }
        other._ends_us = dict(self._ends_us)
        return other

    def run(self, now_us: int, words: list[bytes]) -> Any:
        """Carry a command out. Raises `Refusal`; then nothing was changed."""
        for name in [name for name, end_us in self._ends_us.items() if end_us <= now_us]:
            del self._ends_us[name]
            self.keys.pop(name, None)
        return self._do[words[0].decode()](now_us, words[1:])

    def records(self, site: str) -> dict[tuple[str, str], bytes]:
        """Every record that counts, by kind and key."""
        meta = self.keys.get(f"switchboard:{{{site}}}:meta", {})
        prefix = f"switchboard:{{{site}}}:{meta.get(b'generation', b'1').decode()}:"
        return {
            (name.removeprefix(prefix), key.decode()): record
            for name, value in self.keys.items()
            if name.startswith(prefix)
            for key, record in value.items()
        }

    def position(self, site: str) -> tuple[int, int]:
        """The last batch that it has."""
        meta = self.keys.get(f"switchboard:{{{site}}}:meta", {})
        return int(meta.get(b"epoch", 0)), int(meta.get(b"batch", 0))

    # -- commands -------------------------------------------------------------------------------------------------

    def _type(self, name: str) -> str:
        value = self.keys.get(name)
        if value is None:
            return "none"
        return "stream" if isinstance(value, Stream) else "hash" if isinstance(value, dict) else "string"

    def _hash(self, name: str) -> dict[bytes, bytes]:
        value = self.keys.get(name, {})
        if not isinstance(value, dict):
            raise Refusal("WRONGTYPE Operation against a key holding the wrong kind of value")
        return value

    def _set(self, now_us: int, args: list[bytes]) -> bytes:
        name, value, _, ttl_ms = args
        self.keys[name.decode()] = value
        self._ends_us[name.decode()] = now_us + int(ttl_ms) * 1000
        return b"OK"

    def _hset(self, _: int, args: list[bytes]) -> int:
        self.keys.setdefault(args[0].decode(), {}).update(zip(args[1::2], args[2::2], strict=True))
        return len(args) // 2

    def _xread(self, _: int, args: list[bytes]) -> list[Any]:
        most, name, after = int(args[1]), args[-2], identity(args[-1])
        stream = self.keys.get(name.decode(), ())
        found = [(entry, fields) for entry, fields in stream if entry > after][:most]
        flat = [(b"%d-%d" % entry, [part for pair in fields.items() for part in pair]) for entry, fields in found]
        return [[name, flat]] if flat else []

    # -- scripts --------------------------------------------------------------------------------------------------

    def _script(self, now_us: int, args: list[bytes]) -> bytes:
        count = int(args[1])
        names, values = [name.decode() for name in args[2 : 2 + count]], args[2 + count :]
        return self._scripts[args[0]](now_us, names, values).encode()

    def _begin(self, now_us: int, names: list[str], values: list[bytes]) -> str:
        meta, feed, lease = names
        name, turn = values[4], values[5]
        held = self.keys.get(lease)
        if held is not None:
            holder = held.rpartition(b" ")[0]
            if holder != name or (values[7] != b"1" and held != name + b" " + turn):
                left_ms = (self._ends_us[lease] - now_us) // 1000
                raise Refusal(f"HELD {left_ms} {lease} {holder.decode()}")
        fields = self._hash(meta)
        last, generation = int(fields.get(b"epoch", 0)), int(fields.get(b"generation", 1))
        epoch, batch = max(last + 1, int(values[3])), int(fields.get(b"batch", 0))
        stream = self.keys.setdefault(feed, Stream())
        if (epoch, 0) <= stream.last:
            raise Refusal(f"TORN {feed} has an entry above epoch {epoch}")
        stream.add((epoch, 0), {b"begin": b"%d-%d" % (last, batch)})
        if not fields:
            fields = self.keys[meta] = {
                b"schema": values[0], b"site": values[1], b"temporary": values[2],
                b"generation": b"%d" % generation, b"stamp": b"",
            }  # fmt: skip
        fields |= {b"epoch": b"%d" % epoch, b"batch": b"0", b"turn": turn, b"serves": values[8]}
        if name:
            self._set(now_us, [lease.encode(), name + b" " + turn, b"PX", values[6]])
        return f"+EPOCH {epoch} {generation} {last} {batch}"

    def _commit(self, _: int, names: list[str], values: list[bytes]) -> str:
        meta, feed = names[:2]
        epoch, number = int(values[0]), int(values[1])
        fields = self._hash(meta)
        if b"epoch" not in fields or b"batch" not in fields:
            raise Refusal(f"TORN {meta} has no epoch")
        kept_epoch, kept = int(fields[b"epoch"]), int(fields[b"batch"])
        others = bool(values[7]) and fields.get(b"turn", values[7]) != values[7]
        if epoch < kept_epoch or (epoch == kept_epoch and others):
            raise Refusal(f"FENCED {kept_epoch}")
        if epoch == kept_epoch and number == kept:
            return "+AGAIN"
        if epoch > kept_epoch or number != kept + 1:
            raise Refusal(f"GAP {kept_epoch} {kept}")
        changes = list(script.unpack(values[4]))
        for name, (kind, _drops, _puts) in zip(names[2:], changes, strict=False):
            found, count = len(self._hash(name)), int(fields.get(b"records:" + kind.encode(), b"0"))
            if found != count:
                raise Refusal(f"TORN {name} has {found} records and should have {count}")
        self.keys.setdefault(feed, Stream()).add((epoch, number), {b"batch": values[4], b"stamp": values[2]})
        fields[b"batch"] = values[1]
        if values[2]:
            fields[b"stamp"] = values[2]
        for name, (kind, drops, puts) in zip(names[2:], changes, strict=False):
            records = self.keys.setdefault(name, {})
            for key in drops:
                records.pop(key.encode(), None)
            records.update((key.encode(), record) for key, record in puts)
            fields[b"records:" + kind.encode()] = b"%d" % len(records)
            if not records:
                del self.keys[name]
        for name, entry in appended(names[2 + len(changes) :], values[5]):
            stream = self.keys.setdefault(name, Stream())
            stream.add((0, stream.last[1] + 1), {b"e": entry})
        return "+KEPT"

    def _lease(self, now_us: int, names: list[str], values: list[bytes]) -> str:
        meta, lease = names
        kept, held, ours = int(self._hash(meta).get(b"epoch", 0)), self.keys.get(lease), values[0] + b" " + values[1]
        if kept > int(values[2]) or held not in (None, ours):
            raise Refusal(f"FENCED {kept}")
        if values[3] == b"0":
            self.keys.pop(lease, None)
            self._ends_us.pop(lease, None)
        else:
            self._set(now_us, [lease.encode(), ours, b"PX", values[3]])
        return "+KEPT"

    def _generation(self, _now_us: int, names: list[str], values: list[bytes]) -> str:
        meta, feed, lease = names[:3]
        fields, held = self._hash(meta), self.keys.get(lease)
        epoch, kept_epoch = int(values[0]), int(fields.get(b"epoch", 0))
        if kept_epoch > epoch or (held is not None and values[4] and held != values[4]):
            raise Refusal(f"FENCED {kept_epoch}")
        if (kept_epoch, fields.get(b"batch"), fields.get(b"generation")) == (epoch, values[1], values[3]):
            return "+AGAIN"
        counts = dict(zip(values[8::2], values[9::2], strict=True))
        for name, told in zip(names[3:], counts.values(), strict=True):
            if len(self._hash(name)) != int(told):
                raise Refusal(f"TORN {name} has {len(self._hash(name))} records and should have {int(told)}")
        self.keys[feed] = Stream()
        self.keys[feed].add((epoch, int(values[1])), {b"generation": values[3]})
        others = {name: value for name, value in fields.items() if not name.startswith(b"records:")}
        self.keys[meta] = {
            **others, b"epoch": values[0], b"batch": values[1], b"stamp": values[2], b"generation": values[3],
            b"schema": values[5], b"site": values[6], b"temporary": values[7], b"turn": values[4].rpartition(b" ")[2],
            **{b"records:" + kind: count for kind, count in counts.items()},
        }  # fmt: skip
        return "+KEPT"


def appended(names: list[str], packed: bytes) -> list[tuple[str, bytes]]:
    """Which entries a batch appends to which stream, as `router.store.redis.script.pack` wrote them."""
    cursor = script.Cursor(packed)
    found = []
    for name, _ in zip(names, range(cursor.array()), strict=True):
        cursor.three()
        cursor.next()
        cursor.at += 5  # The cap, a number of four bytes and its head.
        found += [(name, cursor.next()) for _ in range(cursor.array())]
    return found
