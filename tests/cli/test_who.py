"""`switchboard who`: what it shows, and what it asks the daemon."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from router.cli.app import app
from router.wire.catalogue import Who, WhoReply, WhoStatus
from tests.cli.conftest import Pages

LACKS = "skill english: has 3, needs 5"
PAGES = [
    WhoReply(0, "voice", "english 5", [WhoStatus("ann", False, "main", "available", "needs", LACKS)], more=True),
    WhoReply(0, "voice", "english 5", [WhoStatus("ben", True, "main", "available", level=6)]),
]


def test_all_pages_are_shown(daemon: Pages) -> None:
    """Who could take it comes first, the others with the first need that fails."""
    shown = CliRunner().invoke(app, ["who", "--needs", "english=5,card=3", "--queue", "cards"])
    assert shown.exit_code == 0
    lines = shown.output.splitlines()
    assert lines[0] == "voice: english 5: 1 of 2 could take it now"
    assert [line.split()[0] for line in lines[2:]] == ["ben", "ann"]
    assert LACKS in lines[3]
    needs = {"english": 5, "card": 3}
    assert daemon.asked == [Who(0, "cards", None, needs), Who(0, "cards", None, needs, after="ann")]


def test_as_json_with_a_table(daemon: Pages) -> None:
    """One object an agent; needs in the words of the configuration."""
    shown = CliRunner().invoke(app, ["who", "--json", "--needs", '{ any = [{ english = 5 }, { team = "b" }] }'])
    assert [json.loads(line)["takes"] for line in shown.output.splitlines()] == [False, True]
    assert daemon.asked[0].needs == {"any": [{"english": 5}, {"team": "b"}]}


def test_nobody_is_a_problem(daemon: Pages) -> None:
    """So that scripts can ask."""
    daemon.pages = [WhoReply(0, "voice", "english 5", PAGES[0].agents)]
    shown = CliRunner().invoke(app, ["who", "--needs", "english=5"])
    assert shown.exit_code == 1
    assert "Is the name right?" not in shown.stderr


def test_a_need_that_nobody_meets_is_pointed_at(daemon: Pages) -> None:
    """Thirty times the same words are a slip of the name more often than a lack of people."""
    lacks = "skill englsh: has none, needs 5"
    agents = [WhoStatus(name, False, "main", "available", "needs", lacks) for name in ("ann", "ben")]
    daemon.pages = [WhoReply(0, "voice", "englsh 5", agents)]
    shown = CliRunner().invoke(app, ["who", "--needs", "englsh=5"])
    assert f"nobody here has it: {lacks}. Is the name right?" in shown.stderr


@pytest.mark.parametrize("words", [["--needs", "english"], ["--gateway", "gw1"]])
def test_what_can_not_be_asked(daemon: Pages, words: list[str]) -> None:
    """Nothing is sent."""
    assert CliRunner().invoke(app, ["who", *words]).exit_code == 2
    assert daemon.asked == []
