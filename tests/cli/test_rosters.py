"""`switchboard roster`: a file is planned whole or not at all, and what is planned is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from router.cli import asking
from router.cli.app import app
from router.wire.catalogue import Roster, RosterDay, RosterEntry, RosterReply, Rosters, RostersReply
from tests.cli.conftest import Answers

WEEK = """agent,from,to,activity,time zone
ann,2026-11-23 08:00,16:00,work,UTC
bob,2026-11-23 08:00,16:00,work,UTC
bob,2026-11-23 12:00,12:30,lunch,UTC
"""
DAYS = [
    RosterDay("ann", "2026-11-23", [RosterEntry(1_795_420_800, 1_795_449_600)]),
    RosterDay(
        "bob", "2026-11-23",
        [RosterEntry(1_795_420_800, 1_795_449_600), RosterEntry(1_795_435_200, 1_795_437_000, "lunch")],
    ),
]  # fmt: skip


@pytest.fixture
def week(tmp_path: Path) -> Path:
    """A table that is right."""
    path = tmp_path / "week.csv"
    path.write_text(WEEK, encoding="utf-8")
    return path


def run(*words: str) -> Any:
    """The command with these words."""
    return CliRunner().invoke(app, ["roster", *words])


def test_it_is_looked_at_first_and_then_planned(answers: Answers, week: Path) -> None:
    """The daemon is asked whether all of it could be planned, before any of it is."""
    answers.replies = [RosterReply(0, 2, 2, 0, 100), RosterReply(0, 2, 2, 0, 98)]
    done = run("import", str(week), "--as", "mia", "--json")
    assert done.exit_code == 0
    assert answers.asked == [Roster(0, "check", "week.csv", DAYS, True), Roster(0, "mia", "week.csv", DAYS)]
    assert json.loads(done.stdout) == {"days": 2, "agents": 2, "fresh": 2, "past": 0}
    answers.replies = [RosterReply(0, 1, 1, 1, 100)]
    looked = run("import", str(week), "--check")
    assert "1 day of 2 agents would be planned, 1 of them new, 1 over already and not kept" in looked.output


def test_who_is_unknown_is_named_with_the_line_and_nothing_is_planned(answers: Answers, week: Path) -> None:
    """Agents come from the configuration of the daemon, so only it knows them."""
    answers.replies = [RosterReply(0, 1, 1, 0, 100, ["bob"])]
    done = run("import", str(week))
    assert done.exit_code == 1
    assert "week.csv:3: error: the daemon knows no agent 'bob'" in done.output
    assert "nothing was planned" in done.output
    assert len(answers.asked) == 1


def test_without_room_nothing_is_planned(answers: Answers, week: Path) -> None:
    """More new days than there is room for, over all pieces of the file."""
    answers.replies = [RosterReply(0, 2, 2, 0, 1)]
    done = run("import", str(week))
    assert done.exit_code == 1
    assert "2 new days, and room for 1: nothing was planned" in done.output


def test_a_wrong_file_never_reaches_the_daemon(answers: Answers, tmp_path: Path) -> None:
    """Every wrong line is named; a file that is not there, or not text, is said so."""
    path = tmp_path / "week.csv"
    path.write_text(WEEK + "eve,2026-11-23 08:00,07:61,work,UTC\nzoe,,,,\n", encoding="utf-8")
    done = run("import", str(path))
    assert done.exit_code == 1
    assert "week.csv:5: error: " in done.output
    assert "week.csv:6: error: " in done.output
    path.write_bytes(b"agent,from,to\nann\xff,,\n")
    foreign = run("import", str(path), "--json")
    assert foreign.exit_code == 1
    (fault,) = json.loads(foreign.stdout)["faults"]
    assert (fault["file"], fault["line"]) == ("week.csv", 2)
    assert "CSV UTF-8" in fault["remedy"]
    assert run("import", str(tmp_path / "other.csv")).exit_code == 3
    assert answers.asked == []


def test_a_daemon_that_goes_in_the_middle(answers: Answers, week: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was planned so far is said, and that the same command goes on."""
    monkeypatch.setattr("router.cli.commands.rosters.TIMES_A_MESSAGE", 1)
    looks = [RosterReply(0, 1, 1, 0, 9), RosterReply(0, 1, 1, 0, 9)]
    answers.replies = [*looks, RosterReply(0, 1, 1, 0, 8), asking.Unreachable("it is gone", "")]
    done = run("import", str(week))
    assert done.exit_code == 3
    assert "it is gone (after 1 of 2 days)" in done.output
    assert "run the same command again" in done.output


def test_what_is_planned_is_shown(answers: Answers) -> None:
    """Page after page."""
    answers.replies = [RostersReply(0, DAYS[:1], True), RostersReply(0, DAYS[1:])]
    lines = run("show").output.splitlines()
    assert answers.asked == [Rosters(0), Rosters(0, None, "ann/2026-11-23")]
    assert [line.split() for line in lines[-2:]] == [
        ["ann", "2026-11-23", "08:00-16:00", "work"],
        ["bob", "2026-11-23", "08:00-16:00", "work,", "12:00-12:30", "lunch"],
    ]
    answers.replies = [RostersReply(0, DAYS[:1])]
    shown = json.loads(run("show", "--agent", "ann", "--json").stdout)
    assert shown["entries"][0] == {"from_utc_s": 1_795_420_800, "until_utc_s": 1_795_449_600, "activity": "work"}
