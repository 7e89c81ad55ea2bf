"""Log lines: JSON for machines, readable on a terminal, never a reason to fail."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from router import logs


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """The standard library's root logger is the whole process's: it is put back."""
    root = logging.getLogger()
    before = (root.handlers, root.level)
    yield
    root.handlers, level = before
    root.setLevel(level)
    logs.configure()
    root.handlers = before[0]


def test_a_line_is_one_json_object() -> None:
    """Time, level, part and event come first, then the values; other letters stay as they are."""
    stream = io.StringIO()
    logs.configure("info", "json", stream)
    logs.get("store").warning("away", path="grüße\nzwei", tries=3)
    text = stream.getvalue()
    assert text.count("\n") == 1
    line = json.loads(text)
    assert list(line) == ["at", "level", "part", "event", "path", "tries"]
    assert (line["level"], line["part"], line["event"], line["path"]) == ("warning", "store", "away", "grüße\nzwei")
    assert line["at"].endswith("Z")
    assert "ü" in text


def test_lines_below_the_level_are_not_written() -> None:
    """And a level that is changed later changes loggers that exist."""
    stream = io.StringIO()
    logs.configure("info", "json", stream)
    log = logs.get("loop")
    log.debug("step")
    assert stream.getvalue() == ""
    logs.configure("debug", "json", stream)
    log.debug("step")
    assert "step" in stream.getvalue()


def test_auto_is_json_where_there_is_no_terminal() -> None:
    """A file or a pipe gets JSON, a terminal lines for eyes."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    pipe, terminal = io.StringIO(), Terminal()
    logs.configure("info", "auto", pipe)
    logs.get("x").info("happened", value_ms=3)
    json.loads(pipe.getvalue())
    logs.configure("info", "auto", terminal)
    logs.get("x").info("happened", value_ms=3)
    assert "happened" in terminal.getvalue()
    with pytest.raises(json.JSONDecodeError):
        json.loads(terminal.getvalue())


def test_what_libraries_log_goes_the_same_way() -> None:
    """A warning of asyncio's is a JSON line too, with its traceback as text and no local variables in it."""
    stream = io.StringIO()
    logs.configure("info", "json", stream)
    key = "a secret of the frame"
    try:
        raise ValueError("library")
    except ValueError:
        logging.getLogger("asyncio").exception("it failed %s", "here")
    line = json.loads(stream.getvalue())
    assert (line["level"], line["part"], line["said"]) == ("error", "asyncio", "it failed here")
    assert "ValueError: library" in line["exception"]
    assert key not in stream.getvalue()


def test_a_reader_that_is_gone_harms_nobody() -> None:
    """A line that can't be written is lost, not raised."""

    class Gone(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    logs.configure("info", "json", Gone())
    logs.get("x").error("nobody hears this")


def test_a_sampler_counts_what_it_leaves_out() -> None:
    """So many a second pass, the rest is counted; the next second begins anew."""
    sampler = logs.Sampler(3)
    assert [sampler.admit(1) for _ in range(5)] == [True, True, True, False, False]
    assert sampler.admit(2)
    assert sampler.left_out == 2
    assert not any(logs.Sampler(0).admit(second) for second in range(3))
