"""`switchboard rules`: what it shows, and what it asks the daemon."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from router.cli.app import app
from router.cli.commands import rules
from router.wire.catalogue import PauseRules, Request, ResumeRules, RuleReads, Rules, RulesReply, RuleStatus
from tests.cli.conftest import Pages

READS = [RuleReads("waiting of queue sales, above 3", "5", True)]
PAGES = (
    RulesReply(0, [RuleStatus("late", "active", 61_000, 5_000, 2, reads=READS)], more=True),
    RulesReply(0, [RuleStatus("many", "inactive", observe=True)]),
)


def test_all_pages_are_listed(daemon: Pages) -> None:
    """Page after page, as a table: where each is, since when, and what it reads."""
    shown = CliRunner().invoke(app, ["rules"])
    assert shown.exit_code == 0, shown.output
    lines = shown.output.splitlines()
    assert lines[1].split()[:4] == ["late", "active", "1:01", "5"]
    assert "waiting of queue sales, above 3 (5)" in lines[1]
    assert "inactive, observes" in lines[2]
    assert daemon.asked == [Rules(0), Rules(0, "late")]


def test_as_json(daemon: Pages) -> None:
    """One object a line, with every field."""
    shown = CliRunner().invoke(app, ["rules", "--json"])
    found = [json.loads(line) for line in shown.output.splitlines()]
    assert [each["rule"] for each in found] == ["late", "many"]
    assert found[0]["looks_in_ms"] == 5_000
    assert len(daemon.asked) == 2


def test_pausing_is_a_deed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says who and why, of one rule or of all; without them nothing is asked."""
    asked: list[Request] = []
    monkeypatch.setattr(rules, "carry_out", lambda request, *_, **_more: asked.append(request))
    by = ["--as", "mia", "--why", "wrong figures"]
    assert CliRunner().invoke(app, ["rules", "pause", "late", *by]).exit_code == 0
    assert CliRunner().invoke(app, ["rules", "resume", *by]).exit_code == 0
    assert CliRunner().invoke(app, ["rules", "pause", "late"]).exit_code == 2
    assert asked == [PauseRules(0, "mia", "wrong figures", "late"), ResumeRules(0, "mia", "wrong figures")]
