"""`switchboard plan` and `switchboard layers`: what they show, and what they ask the daemon."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from router.cli.app import app
from router.wire.catalogue import (
    Clash,
    LayersAsked,
    LayersReply,
    LayerStatus,
    Message,
    PauseLayers,
    Plans,
    PlansReply,
    PlanStarted,
    PlanStatus,
    ResumeLayers,
    StartPlan,
    StopPlan,
)
from tests.cli.conftest import Answers

BY = ["--as", "mia", "--why", "hail"]


def test_a_start_shows_what_it_overrules_and_what_is_to_be_done(answers: Answers) -> None:
    """Who starts a plan sees its clashes, its end, and what is left for people; for programs all of it as JSON."""
    clash = Clash("queue sales", "boost", "plan storm", "rule rush")
    answers.replies = [PlanStarted(0, "storm", 3, [clash], "tell the branches", 7_200_000)] * 2
    shown = CliRunner().invoke(app, ["plan", "start", "storm", *BY])
    assert shown.exit_code == 0, shown.output
    assert "storm is active: 3 layers, ends in 120:00" in shown.output
    assert "queue sales boost: plan storm overrules rule rush" in shown.output
    assert "by hand: tell the branches" in shown.output
    assert answers.asked == [StartPlan(0, "mia", "hail", "storm")]
    said = json.loads(CliRunner().invoke(app, ["plan", "start", "storm", "--until", "2h", "--json", *BY]).stdout)
    assert said["clashes"][0]["loser"] == "rule rush"
    assert answers.asked[1].lasts_ms == 7_200_000


def test_a_stop_says_who_and_why(answers: Answers) -> None:
    """So that the audit has it."""
    assert CliRunner().invoke(app, ["plan", "stop", "storm", *BY]).exit_code == 0
    assert answers.asked == [StopPlan(0, "mia", "hail", "storm")]
    assert CliRunner().invoke(app, ["plan", "stop", "storm"]).exit_code == 2


def test_all_pages_of_plans_are_listed(answers: Answers) -> None:
    """Page after page, as a table and as JSON."""
    pages: list[Message] = [
        PlansReply(0, [PlanStatus("rain", False)], more=True),
        PlansReply(0, [PlanStatus("storm", True, "head", by=["hand"], who="mia", since_ms=61_000)]),
    ]
    answers.replies = [*pages, *pages]
    lines = CliRunner().invoke(app, ["plan", "list"]).output.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["rain", "-"], ["storm", "active"]]
    assert "1:01" in lines[2]
    assert answers.asked == [Plans(0), Plans(0, "rain")]
    shown = CliRunner().invoke(app, ["plan", "list", "--json"]).stdout
    assert [json.loads(line)["active"] for line in shown.splitlines()] == [False, True]


def test_layers_show_what_is_overruled_and_what_is_off(answers: Answers) -> None:
    """One line a layer, and what is paused."""
    high = LayerStatus("main/plan/a/1", "plan", "a", "queue sales", "boost", "in_force", "raise_priority", "6", 20)
    low = LayerStatus("main/plan/b/2", "plan", "b", "queue sales", "boost", "overruled", overruled_by="plan a")
    pages: list[Message] = [LayersReply(0, [high], True), LayersReply(0, [low], paused=["plan c"])]
    answers.replies = [*pages, *pages]
    shown = CliRunner().invoke(app, ["layers"])
    assert shown.exit_code == 0, shown.output
    assert "overruled by plan a" in shown.output
    assert "off: plan c" in shown.output
    assert answers.asked == [LayersAsked(0), LayersAsked(0, "main/plan/a/1")]
    lines = CliRunner().invoke(app, ["layers", "--json"]).stdout.splitlines()
    assert [json.loads(line)["state"] for line in lines] == ["in_force", "overruled"]


def test_layers_are_taken_off_and_put_on(answers: Answers) -> None:
    """Of all plans, or of one; another word is a slip of the pen, and everything is taken off in one place only."""
    assert CliRunner().invoke(app, ["layers", "pause", "plan", *BY]).exit_code == 0
    assert CliRunner().invoke(app, ["layers", "resume", "plan", "storm", *BY]).exit_code == 0
    assert answers.asked == [PauseLayers(0, "mia", "hail"), ResumeLayers(0, "mia", "hail", "plan", "storm")]
    assert CliRunner().invoke(app, ["layers", "pause", "storm", *BY]).exit_code == 2
    for words in (["rule", "busy"], []):
        assert "switchboard rules pause" in CliRunner().invoke(app, ["layers", "pause", *words, *BY]).output
