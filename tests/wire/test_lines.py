"""Lines come whole and in order, however the bytes were cut, and one that is too long is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.wire.frames import Unreadable
from router.wire.lines import LineReader


def feed_all(reader: LineReader, data: bytes) -> list[bytes]:
    lines = [bytes(each) for each in reader.feed(data)]
    while reader.more:
        lines += [bytes(each) for each in reader.feed(b"")]
    return lines


@given(
    lines=st.lists(st.text(alphabet='ab{}":', min_size=1, max_size=50), max_size=30),
    end=st.sampled_from([b"\n", b"\r\n", b"\n\n"]),
    size=st.integers(min_value=1, max_value=40),
)
def test_any_cutting_gives_the_same_lines(lines: list[str], end: bytes, size: int) -> None:
    """Whatever the chunks and the ends of lines, the lines are those that were sent; blank ones are none."""
    stream = b"".join(line.encode() + end for line in lines)
    reader = LineReader(60)
    found: list[bytes] = []
    for at in range(0, len(stream), size):
        found += feed_all(reader, stream[at : at + size])
    assert found == [line.encode() for line in lines]
    assert not reader.partial


def test_a_turn_takes_at_most_so_many_lines() -> None:
    """The rest waits, in order, and is not partial."""
    reader = LineReader()
    assert reader.feed(b"a\nb\nc\nd", most=2) == [b"a", b"b"]
    assert reader.more
    assert reader.feed(b"", most=2) == [b"c"]
    assert not reader.more
    assert reader.partial


@pytest.mark.parametrize("data", [b"x" * 101, b"x" * 101 + b"\n", b"x" * 500 + b"\nok\n"])
def test_a_line_that_is_too_long_is_refused(data: bytes) -> None:
    """With or without its end."""
    with pytest.raises(Unreadable) as refused:
        LineReader(100).feed(data)
    assert refused.value.code == "frame_too_large"


def test_lines_before_one_that_is_too_long_are_given_first() -> None:
    """What came before still counts."""
    reader = LineReader(100)
    assert reader.feed(b"ok\n" + b"x" * 200) == [b"ok"]
    assert reader.more
    with pytest.raises(Unreadable):
        reader.feed(b"")
