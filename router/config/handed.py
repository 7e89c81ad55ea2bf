"""A checked configuration on its way from the process that read it to the daemon, in pieces.

The one idea: ten thousand agents decoded at once would hold the daemon's loop up for longer than it may; so they,
queues and rules follow in pieces of their own, and whoever takes them may do something else in between.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from router.config.check import Report
from router.config.compare import Change, diff, digest
from router.config.faults import Fault
from router.config.model import Configuration
from router.core import settings as of
from router.core.ruling.settings import ActingRule

A_PIECE: Final = {"queues": 100, "rules": 200, "agents": 500}
"""Of which lists so many are handed over at a time: about a millisecond's work."""
CHANGES_MOST: Final = 2_000
"""Differences that are handed over one by one; how many there are is always told."""

_LENGTH = struct.Struct(">I")


class ChangeMade(Struct, frozen=True):
    """A difference, in words."""

    kind: Literal["added", "removed", "changed"]
    path: str
    words: str
    restart: bool


class Head(Struct, frozen=True):
    """Everything but what is handed over in pieces."""

    configuration: Configuration | None
    faults: tuple[Fault, ...]
    changes: tuple[ChangeMade, ...] = ()
    """Against the version in force."""
    changes_total: int = 0
    digest: str = ""
    pieces: int = 0


class Piece(Struct, frozen=True, omit_defaults=True):
    """Some of one of the lists."""

    queues: tuple[of.Queue, ...] = ()
    rules: tuple[ActingRule, ...] = ()
    agents: tuple[of.Agent, ...] = ()


def pieces(report: Report, old: Configuration | None) -> Iterator[bytes]:
    """What the reading process writes: the head, then the lists; each with its length before it."""
    new = report.configuration
    if new is None:
        yield _framed(Head(None, report.faults))
        return
    changes: list[Change] = diff(old, new) if old is not None else []
    made = tuple(ChangeMade(each.kind, each.path, str(each), each.restart) for each in changes[:CHANGES_MOST])
    parts = []
    for name, most in A_PIECE.items():
        whole = getattr(new.settings, name)
        parts += [Piece(**{name: whole[start : start + most]}) for start in range(0, len(whole), most)]
    bare = replace(new, settings=replace(new.settings, **dict.fromkeys(A_PIECE, ())))
    yield _framed(Head(bare, report.faults, made, len(changes), digest(new), len(parts)))
    for part in parts:
        yield _framed(part)


def _framed(what: object) -> bytes:
    data = msgspec.msgpack.encode(what)
    return _LENGTH.pack(len(data)) + data


class Taken:
    """Takes the pieces apart again. Raises `ValueError` for anything else than what `pieces` wrote."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._at = 0
        self.head = msgspec.msgpack.decode(self._next(), type=Head)
        self._lists: dict[str, list[Any]] = {name: [] for name in A_PIECE}

    def _next(self) -> memoryview:
        if len(self._data) < self._at + _LENGTH.size:
            raise ValueError(f"it ends after {len(self._data)} bytes")
        (length,) = _LENGTH.unpack_from(self._data, self._at)
        begins = self._at + _LENGTH.size
        self._at = begins + length
        if len(self._data) < self._at:
            raise ValueError(f"it ends after {len(self._data)} of {self._at} bytes")
        return self._data[begins : self._at]

    def take(self) -> None:
        """One of the `pieces` that the head counts."""
        piece = msgspec.msgpack.decode(self._next(), type=Piece)
        for name, taken in self._lists.items():
            taken.extend(getattr(piece, name))

    def configuration(self) -> Configuration | None:
        """All of it, once every piece is taken."""
        bare = self.head.configuration
        if bare is None:
            return None
        whole = {name: tuple(taken) for name, taken in self._lists.items()}
        return replace(bare, settings=replace(bare.settings, **whole))
