"""Frames come whole and in order, however the bytes were cut, and a bad length is refused by its header."""

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.wire.frames import FRAMES_A_TURN, FrameReader, Unreadable, frame

HELLO = frame(msgpack.packb({"t": "ping", "seq": 1}))


def feed_all(reader: FrameReader, data: bytes) -> list[bytes]:
    """All frames that are in, as a connection takes them."""
    frames = [bytes(each) for each in reader.feed(data)]
    while reader.more:
        frames += [bytes(each) for each in reader.feed(b"")]
    return frames


def test_one_whole_frame_is_given_at_once_and_nothing_is_kept() -> None:
    """A chunk that is one frame gives its payload; the reader holds nothing afterwards."""
    reader = FrameReader(100)
    assert reader.feed(frame(b"abc")) == [b"abc"]
    assert not reader.rest
    assert not reader.partial
    assert not reader.more


@given(
    payloads=st.lists(st.binary(min_size=1, max_size=80), max_size=30),
    cuts=st.lists(st.integers(min_value=1, max_value=60), min_size=1),
)
def test_any_cutting_gives_the_same_frames(payloads: list[bytes], cuts: list[int]) -> None:
    """Whatever the chunks, the frames are those that were sent, and nothing is left over."""
    stream = b"".join(map(frame, payloads))
    reader = FrameReader(80)
    frames: list[bytes] = []
    at = turn = 0
    while at < len(stream):
        size = cuts[turn % len(cuts)]
        frames += feed_all(reader, stream[at : at + size])
        at += size
        turn += 1
    assert frames == payloads
    assert not reader.rest


def test_byte_by_byte_a_frame_is_partial_until_its_last_byte() -> None:
    """One byte at a time: partial from the first byte on, whole with the last."""
    reader = FrameReader(100)
    for byte in HELLO[:-1]:
        assert reader.feed(bytes([byte])) == []
        assert reader.partial
    assert reader.feed(HELLO[-1:]) == [HELLO[4:]]
    assert not reader.partial


def test_a_turn_takes_at_most_so_many_frames_and_the_rest_waits() -> None:
    """A chunk of a thousand frames is given in pieces, in order, with `more` until the last."""
    payloads = [b"%d" % number for number in range(1000)]
    reader = FrameReader(100)
    first = reader.feed(b"".join(map(frame, payloads)))
    assert first == payloads[:FRAMES_A_TURN]
    assert reader.more
    assert not reader.partial
    assert first + feed_all(reader, b"") == payloads


def test_bytes_that_come_while_frames_wait_are_put_behind_them() -> None:
    """New bytes never overtake frames that were not taken yet."""
    reader = FrameReader(100)
    assert reader.feed(frame(b"a") + frame(b"b") + b"\0", most=1) == [b"a"]
    assert reader.feed(frame(b"c")[1:], most=1) == [b"b"]
    assert reader.feed(b"", most=1) == [b"c"]
    assert not reader.more


@pytest.mark.parametrize(
    ("header", "reason", "code", "answer"),
    [
        (b"\0\0\0\0", "bad_frame", "bad_frame", True),
        (b"\0\0\0\x65", "frame_too_large", "frame_too_large", True),
        (b"\xff\xff\xff\xff", "frame_too_large", "frame_too_large", True),
        (b"GET / HTTP/1.1\r\n", "http", "bad_frame", False),
        (b"POST /x", "http", "bad_frame", False),
        (b"PRI * HTTP/2.0", "http", "bad_frame", False),
        (b"\x16\x03\x01\x02\x00\x01", "tls", "bad_frame", False),
        (b'{"t":"hello"}', "bad_frame", "bad_frame", True),
        (b"SSH-2.0-x", "frame_too_large", "frame_too_large", True),
    ],
)
def test_a_bad_length_is_refused_by_its_header(header: bytes, reason: str, code: str, answer: bool) -> None:
    """Lengths of 0 and above the limit, HTTP and TLS are refused with their reason, before any payload is
    there."""
    with pytest.raises(Unreadable) as refused:
        FrameReader(100).feed(header)
    assert (refused.value.reason, refused.value.code, refused.value.answer) == (reason, code, answer)


def test_frames_before_a_bad_one_are_given_first() -> None:
    """What came before the bad header still counts."""
    reader = FrameReader(100)
    assert reader.feed(frame(b"a") + frame(b"b") + b"\xff\xff\xff\xff") == [b"a", b"b"]
    assert reader.more
    with pytest.raises(Unreadable):
        reader.feed(b"")


def test_the_limit_counts_from_the_next_frame_on() -> None:
    """A limit that is raised between two frames of one chunk is the limit of the second."""
    reader = FrameReader(5)
    assert reader.feed(frame(b"hello") + frame(b"x" * 50), most=1) == [b"hello"]
    reader.bytes_max = 50
    assert reader.feed(b"", most=1) == [b"x" * 50]


def test_exactly_the_limit_is_allowed() -> None:
    """The limit itself is not above the limit, whole or in pieces."""
    whole = frame(b"x" * 100)
    assert FrameReader(100).feed(whole) == [b"x" * 100]
    reader = FrameReader(100)
    assert reader.feed(whole[:50]) == []
    assert reader.feed(whole[50:]) == [b"x" * 100]


def test_what_is_held_is_at_most_one_frame() -> None:
    """After a long chunk only the bytes of the frame that is not whole stay."""
    reader = FrameReader(1000)
    feed_all(reader, frame(b"x" * 900) * 200 + frame(b"y" * 900)[:100])
    assert len(reader.rest) == 100
