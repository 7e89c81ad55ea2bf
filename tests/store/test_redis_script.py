"""A batch as the bytes of one command."""

from __future__ import annotations

from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.batch import Batch
from router.store.base import STREAM_MOST, Stamp
from router.store.redis import script

text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
record = st.one_of(st.binary(max_size=50), st.integers(0, 70_000).map(bytes))


def unpacked(data: bytes) -> Any:
    """By a codec that it was not written with."""
    return msgpack.unpackb(data, raw=True, strict_map_key=False)


@given(
    st.lists(st.tuples(text, text, record), max_size=20),
    st.lists(st.tuples(text, text), max_size=20),
    st.lists(st.tuples(st.sampled_from(("history", "audit", "other")), record), max_size=20),
)
def test_a_batch_is_packed_whole(
    puts: list[tuple[str, str, bytes]], drops: list[tuple[str, str]], appends: list[tuple[str, bytes]]
) -> None:
    """Every drop, put and entry is there once, by hash and by stream, in its order, with the stream's cap."""
    packed = script.pack(Batch(1, 1, puts, drops, appends), {"history": 5})
    found_puts, found_drops = [], []
    for kind, keys, flat in unpacked(packed.changes):
        found_drops += [(kind.decode(), key.decode()) for key in keys]
        found_puts += [(kind.decode(), k.decode(), r) for k, r in zip(flat[::2], flat[1::2], strict=True)]
    assert [kind.decode() for kind, _, _ in unpacked(packed.changes)] == packed.kinds
    by_kind = packed.kinds.index
    assert found_puts == sorted(puts, key=lambda put: by_kind(put[0]))
    assert found_drops == sorted(drops, key=lambda drop: by_kind(drop[0]))
    found_appends = []
    for stream, most, entries in unpacked(packed.appends):
        assert most == {"history": 5}.get(stream.decode(), STREAM_MOST)
        found_appends += [(stream.decode(), entry) for entry in entries]
    assert found_appends == sorted(appends, key=lambda append: packed.streams.index(append[0]))


def test_no_string_is_written_as_bin() -> None:
    """Redis 7.0 does not read MessagePack's `bin`."""
    packed = script.pack(Batch(1, 1, [("contact", "k", b"\xff" * 300)], [], []), {})
    assert packed.changes[-303:-300] == b"\xda\x01\x2c"


def test_the_command_of_a_batch() -> None:
    """The script's name, the keys under the site's hash tag, and the values in the script's order."""
    batch = Batch(7, 3, [("contact", "k", b"r")], [], [("history", b"e")])
    keys = script.Keys("main", generation=2)
    packed = script.pack(batch, {})
    data = script.commit(batch, Stamp(1, 2, 3, "boot"), keys, packed, b"3-1", touch=True, turn="t")
    words = data.split(b"\r\n")[2:-1:2]
    assert words[:3] == [b"EVALSHA", script.COMMIT.sha, b"4"]
    assert words[3:7] == [
        b"switchboard:{main}:meta",
        b"switchboard:{main}:feed",
        b"switchboard:{main}:2:contact",
        b"switchboard:{main}:stream:history",
    ]
    assert words[7:11] == [b"3", b"7", b"1 2 3 boot", b"3-1"]
    assert words[-2:] == [b"1", b"t"], "the batch is touched, in this turn of leading"


def test_scripts_are_of_redis_7() -> None:
    """Their first line makes Redis refuse a batch before it starts, never half way; the lease goes on in a full one."""
    for each in script.SCRIPTS:
        flags = b" flags=allow-oom" if each is script.LEASE else b""
        assert each.text.startswith(b"#!lua" + flags + b"\n")
        assert len(each.sha) == 40


@given(
    st.lists(st.tuples(text, text, record), max_size=20),
    st.lists(st.tuples(text, text), max_size=20),
)
def test_a_standby_reads_what_was_packed(puts: list[tuple[str, str, bytes]], drops: list[tuple[str, str]]) -> None:
    """What is unpacked is what was packed, and bytes that are cut anywhere are no batch."""
    changes = script.pack(Batch(1, 1, puts, drops, []), {}).changes
    read = list(script.unpack(changes))
    by_kind = [kind for kind, _, _ in read].index
    assert [(k, *put) for k, _, ps in read for put in ps] == sorted(puts, key=lambda put: by_kind(put[0]))
    assert [(k, key) for k, keys, _ in read for key in keys] == sorted(drops, key=lambda drop: by_kind(drop[0]))
    for cut in {0, len(changes) // 3, len(changes) - 3, len(changes) - 1}:
        with pytest.raises(ValueError, match=r"cut short|no string|no array|left over"):
            list(script.unpack(changes[:cut]))
