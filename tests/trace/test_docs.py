"""The page on traces against the code: every field and every reason is on it, and no other."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from router.trace import asterisk, members, records

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "traces.md").read_text()
SOURCES = Path(records.__file__).parent


def first_column(after: str) -> set[str]:
    """Names in backticks in the first column of the first table that follows a line."""
    table = re.search(r"\n\|.*?\n(?!\|)", PAGE[PAGE.index(after) :], re.DOTALL)
    assert table is not None
    return {name for line in table[0].strip().splitlines()[2:] for name in re.findall(r"`(\w+)`", line.split("|")[1])}


@pytest.mark.parametrize(
    ("heading", "record"),
    [
        ("### header", records.Header),
        ("A day of `days`:", records.Day),
        ("### agent", records.Agent),
        ("A shift:", records.Shift),
        ("A break:", records.Break),
        ("### contact", records.Contact),
    ],
)
def test_every_field_is_on_the_page(heading: str, record: type) -> None:
    """The table of a record has exactly the fields of its class (the header's also what marks the file)."""
    listed = first_column(heading) - {"format", "schema"}
    assert listed == {each.name for each in fields(record)}


def test_every_reason_to_leave_a_call_out_is_on_the_page() -> None:
    """What `technion` may count under is what the table lists."""
    raised = set(re.findall(r'_LeftOut\("(\w+)"\)', (SOURCES / "technion.py").read_text()))
    assert raised
    assert first_column("Queues keep the record's codes.") == raised


def test_every_event_of_the_queue_log_is_on_the_page() -> None:
    """Each event that the importer knows has its row."""
    known = asterisk.ENDS_TALK | set(asterisk.ENDS_WAIT) | asterisk.COUNTED_ONLY | members.EVENTS
    listed = set(re.findall(r"\b[A-Z]{5,}\b", PAGE[PAGE.index("| event |") : PAGE.index("### Generated")]))
    assert known | {"ENTERQUEUE", "CONNECT"} <= listed


def test_every_outcome_is_on_the_page() -> None:
    """The ways in which a recorded visit ends are spelt as in the file."""
    assert all(f"`{outcome}`" in PAGE for outcome in records.OUTCOMES)
