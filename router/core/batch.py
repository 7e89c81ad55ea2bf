"""What a commit is: encoded changes, coalesced by key. A closed batch is bytes and never changes."""

from __future__ import annotations

from msgspec import Struct

from router.core.audit import Deed
from router.core.stored.history import Visit


class Batch(Struct, gc=False):
    """One atomic commit: the drops, then the puts, then the appends.

    `number` counts from 1 within `epoch`: a store that has seen it answers "already"."""

    number: int
    epoch: int
    puts: list[tuple[str, str, bytes]]
    """(kind, key, record)"""
    drops: list[tuple[str, str]]
    """(kind, key)"""
    appends: list[tuple[str, bytes]]
    """(stream, entry)"""
    visits: list[Visit] = []
    """What the appended contact records say, for whoever logs them; not stored."""
    deeds: list[Deed] = []
    """The same of the appended entries of the audit."""
