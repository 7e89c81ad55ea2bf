"""Writing a site's whole state anew, beside what Redis has of it, and then making it the one that counts.

For a Redis that came back without its tail, or from which somebody deleted keys: the leader still has everything. What
Redis had stays as it is until the new hashes are whole; then one script flips the pointer in meta. It must not know
what is in a record. The one idea: nothing reads the new generation before it is whole, so it can take its time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Final, NamedTuple

from router.store.base import Lead, Stamp, StoreAway, StoreError
from router.store.redis.errors import error_of
from router.store.redis.script import GENERATION, KINDS, Keys, run, stamped
from router.store.redis.wire import Dialler, Wire

PIECE_RECORDS: Final = 500
"""Records written at a time: a millisecond or two of encoding on the loop."""

Told = Callable[[StoreError | None], object]


class Whose(NamedTuple):
    """What meta says beside the pointer."""

    schema: int
    temporary: bool
    lead: Lead | None


class Generation:
    """One attempt. Each step is done in a thread that waits; `told` hears of it on the event loop."""

    def __init__(self, dialler: Dialler, keys: Keys, whose: Whose, post: Callable[..., object]) -> None:
        self._dialler = dialler
        self._keys = Keys(keys.site, keys.generation)
        self._old = self._keys
        """The generation that counts until then."""
        self._whose = whose
        self._post = post
        self._wire: Wire | None = None
        self._names: dict[str, set[str]] = {}
        """Kind -> keys written."""

    @property
    def number(self) -> int:
        """The generation that is written."""
        return self._keys.generation

    def begin(self, told: Told) -> None:
        """Choose a generation above every one that Redis knows, and make room for it."""
        self._in_thread(self._make_room, told)

    def write(self, puts: list[tuple[str, str, bytes]], told: Told) -> None:
        """Write some records, at most `PIECE_RECORDS`."""
        self._in_thread(lambda: self._write(puts), told)

    def flip(self, epoch: int, number: int, stamp: Stamp, told: Told) -> None:
        """Make it the one that counts, as the batch of that number."""
        self._in_thread(lambda: self._flip(epoch, number, stamp), told)

    def write_all(
        self, records: Iterable[tuple[str, str, bytes]], epoch: int, number: int, stamp: Stamp
    ) -> dict[str, int]:
        """All of it, waiting, for a command that repairs. Returns how many of each kind. Raises `StoreError`."""
        self._wire = self._dialler.dial()
        self._make_room()
        rest = iter(records)
        while puts := list(islice(rest, PIECE_RECORDS)):
            self._write(puts)
        self._flip(epoch, number, stamp)
        return {kind: len(names) for kind, names in self._names.items()}

    def close(self) -> None:
        """Hang up."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def _in_thread(self, work: Callable[[], None], told: Told) -> None:
        threading.Thread(target=self._whole, args=(work, told), name="generation", daemon=True).start()

    def _whole(self, work: Callable[[], None], told: Told) -> None:
        """One step, from dialling to telling."""
        error: StoreError | None = None
        try:
            if self._wire is None:
                self._wire = self._dialler.dial()
            work()
        except StoreError as failed:
            error = failed
            self.close()
        except Exception as failed:  # noqa: BLE001  # whatever it is, the loop must hear of it
            error = StoreError("store_broken", f"our own mistake: {failed!r}", "report it; start again")
        self._post(told, error)

    @property
    def _line(self) -> Wire:
        assert self._wire is not None, "dialled"
        return self._wire

    def _make_room(self) -> None:
        known = self._line.call("HGET", self._keys.meta, "generation") or b"0"
        if not known.isdigit():
            raise StoreAway("torn_store", f"{self._keys.meta} has no number as its generation", "put back a copy")
        self._old = Keys(self._keys.site, int(known))
        self._keys.generation = max(self._keys.generation, int(known)) + 1
        self._names = {}
        # Left by an attempt that was cut short.
        for kind in KINDS:
            self._line.call("UNLINK", self._keys.hash(kind))

    def _write(self, puts: list[tuple[str, str, bytes]]) -> None:
        flat: dict[str, list[str | bytes | int]] = {}
        for kind, key, record in puts:
            flat.setdefault(kind, []).extend((key, record))
            self._names.setdefault(kind, set()).add(key)
        for kind, pairs in flat.items():
            self._line.call("HSET", self._keys.hash(kind), *pairs)

    def _flip(self, epoch: int, number: int, stamp: Stamp) -> None:
        keys = [self._keys.meta, self._keys.feed, self._keys.lease, *map(self._keys.hash, self._names)]
        lead = self._whose.lead
        held = f"{lead.name} {lead.turn}" if lead is not None else ""
        values = [b"%d" % epoch, b"%d" % number, stamped(stamp), b"%d" % self.number, held.encode()]
        values += [b"%d" % self._whose.schema, self._keys.site.encode(), b"1" if self._whose.temporary else b"0"]
        for kind, names in self._names.items():
            values += (kind.encode(), b"%d" % len(names))
        answer = self._line.exchange(run(GENERATION, keys, *values))
        if answer.startswith(b"-"):
            raise error_of(answer[1:].decode(errors="replace"), self._dialler.where.shown)
        for kind in KINDS:
            self._line.call("UNLINK", self._old.hash(kind))
