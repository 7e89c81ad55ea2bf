"""Reads a trace from a file, whichever of the two forms it has: a finished trace, or the journal of a running daemon.

The one idea: a file says in its first record what it is.
"""

from __future__ import annotations

from pathlib import Path

import msgpack

from router.trace import codec, journal
from router.trace.records import Trace


def read_trace(path: str | Path) -> Trace:
    """The trace in a file. Raises what `codec.read_trace` and `journal.read_journal` raise."""
    target = Path(path)
    with target.open("rb") as file:
        unpacker = msgpack.Unpacker(file, raw=False, max_str_len=codec.TEXT_BYTES_MAX, max_bin_len=0, max_ext_len=0)
        try:
            first = unpacker.unpack()
        except (msgpack.OutOfData, ValueError, RecursionError):
            first = None  # `codec` says what is wrong with it
    return journal.read_journal(target) if journal.is_journal(first) else codec.read_trace(target)
