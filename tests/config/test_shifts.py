"""A roster as a table: local times with their zone, and every wrong line named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from router.config.faults import Findings
from router.config.shifts import Day, pieces, read

HEAD = "agent,from,to,activity,time zone\n"


def days(text: str, zone: str = "") -> list[Day]:
    """The days of a table that is right."""
    findings = Findings()
    found = read(text, "week.csv", findings, zone)
    assert findings.faults() == ()
    return found


def wrong(line: str, head: str = HEAD, zone: str = "") -> str:
    """What is said of the table's only line, or of its head."""
    findings = Findings()
    read(head + line, "week.csv", findings, zone)
    return "\n".join(str(fault) for fault in findings.faults())


def shown(day: Day) -> list[str]:
    """Its times in UTC."""
    return [
        f"{datetime.fromtimestamp(time.from_s, UTC):%d %H:%M}-{datetime.fromtimestamp(time.until_s, UTC):%d %H:%M} "
        f"{time.activity}"
        for time in day.times
    ]


def test_a_line_is_a_time_of_an_agents_day() -> None:
    """Dates may be left out at the end, zones where one is given for all; a night's shift ends on the next day; a
    spreadsheet's semicolons and capitals will do."""
    berlin, night, off = days(
        HEAD + "ann,2026-11-23 08:00,2026-11-23 16:30,,Europe/Berlin\n"
        "ann,2026-11-23T12:00,12:30,lunch,Europe/Berlin\n"
        "bob,2026-11-23 22:00,06:00,work,UTC\n"
        "\n"
        "eve,2026-11-23,,off,UTC\n"
    )
    assert (berlin.agent, berlin.day, berlin.line) == ("ann", "2026-11-23", 2)
    assert shown(berlin) == ["23 07:00-23 15:30 work", "23 11:00-23 11:30 lunch"]
    assert shown(night) == ["23 22:00-24 06:00 work"]
    assert (off.agent, off.times, off.line) == ("eve", [], 6)
    (other,) = days("\ufeffAgent;From;Until\nann;2026-11-23 8:00;24:00\n", zone="UTC")
    assert shown(other) == ["23 08:00-24 00:00 work"]


def test_the_table_of_the_page_is_right() -> None:
    """What is documented can be imported."""
    page = (Path(__file__).parents[2] / "docs" / "ewt.md").read_text(encoding="utf-8")
    table = page.partition("```csv\n")[2].partition("```")[0]
    assert [(day.agent, len(day.times)) for day in days(table)] == [("ann", 2), ("bob", 1), ("eve", 0)]


def test_clocks_that_are_set_forward_and_back() -> None:
    """Through the night of the change a shift is an hour shorter or longer; a time that comes twice is told by its
    offset."""
    (spring,) = days(HEAD + "ann,2026-03-28 22:00,06:00,work,Europe/Berlin\n")
    assert shown(spring) == ["28 21:00-29 04:00 work"]
    (autumn,) = days(HEAD + "ann,2026-10-24 22:00,06:00,work,Europe/Berlin\n")
    assert shown(autumn) == ["24 20:00-25 05:00 work"]
    (first,) = days(HEAD + "ann,2026-10-25 02:30+02:00,2026-10-25 02:30+01:00,work,Europe/Berlin\n")
    assert shown(first) == ["25 00:30-25 01:30 work"]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (
            "ann,2026-03-29 02:30,10:00,work,Europe/Berlin",
            "sets its clocks forward over 02:30 on 2026-03-29; write 03:30",
        ),
        (
            "ann,2026-10-25 02:30,10:00,work,Europe/Berlin",
            "comes twice on 2026-10-25 in Europe/Berlin; write 2026-10-25 02:30+02:00 or 2026-10-25 02:30+01:00",
        ),
        ("ann,2026-10-25 02:30+05:00,10:00,work,Europe/Berlin", "is not +05:00 in Europe/Berlin"),
        ("ann,2026-11-23 08:00,2026-11-23 07:00,work,UTC", "ends before it begins"),
        ("ann,2026-11-23 08:00,2026-11-25 08:00,work,UTC", "lasts longer than 36 hours"),
        ("ann,2026-02-30 08:00,10:00,work,UTC", "there is no day 2026-02-30"),
        ("ann,2026-11-23 08:61,10:00,work,UTC", "there is no time 08:61"),
        ("ann,8 o'clock,10:00,work,UTC", '`from` is "8 o\'clock"; write 2026-11-23 08:00'),
        ("ann,08:00,10:00,work,UTC", "`from` has no date"),
        ("ann,2026-11-23,10:00,work,UTC", "`from` has no time of day"),
        ("ann,2026-11-23 08:00,,work,UTC", "has no `to`"),
        ("ann,2026-11-23 08:00,10:00,work,Europe/Berlni", 'did you mean "Europe/Berlin"?'),
        ("ann,2026-11-23 08:00,10:00,work,berlin", 'did you mean "Europe/Berlin"?'),
        ("ann,2026-11-23 08:00,10:00,work,CEST", 'no time zone; use the name of a place, such as "Europe/Berlin"'),
        ("ann,2026-11-23 08:00,10:00,work,", "has no time zone"),
        (",2026-11-23 08:00,10:00,work,UTC", "has no agent"),
        ("an n,2026-11-23 08:00,10:00,work,UTC", "is no name of an agent"),
        ("ann,2026-11-23 08:00,10:00,work,UTC,more", "has 6 cells under 5 headings"),
        (f"ann,2026-11-23 08:00,10:00,{'x' * 65},UTC", "has an activity of 65 letters"),
        ("ann,2026-11-23,,off,UTC\nann,2026-11-23 08:00,10:00,work,UTC", "is off on 2026-11-23 and has times"),
        ("ann,2026-11-23 08:00,10:00,work,UTC\nann,2026-11-23,,off,UTC", "is off on 2026-11-23 and has times"),
        ("\n".join(f"ann,2026-11-23 08:00,10:{n},work,UTC" for n in range(10, 43)), "more than 32 times on 2026-11-23"),
    ],
)
def test_a_wrong_line_is_named_with_what_to_do(line: str, what: str) -> None:
    """The file, the line, what is wrong, and a remedy where there is one."""
    said = wrong(line)
    assert what in said
    assert said.startswith(f"week.csv:{1 + len(line.splitlines())}: error: ")


@pytest.mark.parametrize(
    ("head", "what"),
    [
        ("", "is empty"),
        ("agent,from\n", "has no column: to"),
        ("agent,from,to,shift\n", "has a column of no meaning: shift"),
        ("agent,from,to,from\n", "has twice: from"),
    ],
)
def test_a_wrong_head_is_named(head: str, what: str) -> None:
    """Nothing is guessed of a table whose columns are not known."""
    assert what in wrong("", head)


def test_pieces_hold_all_days_in_order() -> None:
    """No piece has more days or times than it may, but for a day that has more by itself."""
    every = days(
        HEAD + "".join(f"ann,2026-11-{n} 08:00,10:00,,UTC\nann,2026-11-{n} 11:00,12:00,,UTC\n" for n in range(10, 20))
    )
    found = list(pieces(every, 4, 5))
    assert [len(piece) for piece in found] == [2, 2, 2, 2, 2]
    assert [day for piece in found for day in piece] == every
    assert [len(piece) for piece in pieces(every, 4, 100)] == [4, 4, 2]
    assert [len(piece) for piece in pieces(every, 4, 1)] == [1] * 10
