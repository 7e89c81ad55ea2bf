"""A name that the daemon does not know: the command says which one was meant."""

from __future__ import annotations

import json

import pytest

from router.cli import asking, near
from router.wire.catalogue import (
    Agents,
    AgentsReply,
    AgentStatus,
    Message,
    Plans,
    PlansReply,
    PlanStatus,
    QueueStatus,
    Rules,
    RulesReply,
    RuleStatus,
    Status,
    StatusReply,
)
from tests.cli.conftest import Answers, Switchboard

BY = ["--as", "mia", "--why", "storm"]
QUEUES = StatusReply(0, [QueueStatus("cards"), QueueStatus("loans")], {}, 0, 1, 1, 0)
AGENTS = [
    AgentsReply(0, [AgentStatus("ann", "main", "available"), AgentStatus("bob", "main", "available")], True),
    AgentsReply(0, [AgentStatus("cyd.long", "main", "available")], False),
]
PLANS = PlansReply(0, [PlanStatus("storm", False), PlanStatus("fog", False)])
RULES = RulesReply(0, [RuleStatus("accounts-late", "inactive")])
MISTAKES: list[tuple[list[str], str, str, list[Message], str]] = [
    (["queue", "card", "close"], "unknown_queue", "card", [QUEUES], "cards"),
    (["status", "--queue", "Cards"], "unknown_queue", "Cards", [QUEUES], "cards"),
    (["agent", "cydlong", "ready"], "unknown_agent", "cydlong", [*AGENTS], "cyd.long"),
    (["plan", "start", "strom"], "unknown_plan", "strom", [PLANS], "storm"),
    (["rules", "pause", "account-late"], "unknown_rule", "account-late", [RULES], "accounts-late"),
]


def refused(code: str, detail: str) -> asking.Refusal:
    """What the daemon says."""
    return asking._refusal(code, detail)


@pytest.mark.parametrize(("words", "code", "name", "pages", "meant"), MISTAKES, ids=[each[2] for each in MISTAKES])
def test_the_nearest_name_is_said(
    switchboard: Switchboard,
    answers: Answers,
    words: list[str],
    code: str,
    name: str,
    pages: list[Message],
    meant: str,
) -> None:
    """For people instead of the general remedy; for programs beside the code."""
    by = [] if words[0] == "status" else BY
    answers.replies = [refused(code, name), *pages]
    ran = switchboard(*words, *by)
    assert ran.exit_code != 0
    assert f"did you mean {meant}?" in ran.stderr
    if by:
        answers.replies = [refused(code, name), *pages]
        told = json.loads(switchboard(*words, *by, "--json").stdout)
        assert told == {"done": False, "code": code, "detail": name, "did_you_mean": meant}


def test_where_nothing_is_near_the_remedy_stays(switchboard: Switchboard, answers: Answers) -> None:
    """So it does where the daemon answers no more, and of what has no list of names nothing is asked."""
    for more in (QUEUES, asking.Unreachable("gone", "")):
        answers.replies = [refused("unknown_queue", "zzzzzz"), more]
        ran = switchboard("queue", "zzzzzz", "close", *BY)
        assert "did you mean" not in ran.stderr
        assert "see their names with" in ran.stderr
    answers.asked.clear()
    answers.replies = [refused("bad_state", "ann")]
    assert switchboard("agent", "ann", "ready", *BY).exit_code == 1
    assert len(answers.asked) == 1


def test_many_names_are_not_all_looked_at(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a very large site a part."""
    monkeypatch.setattr(near, "NAMES_MOST", 2)
    answers.replies = [*AGENTS]
    assert near.meant(answers, refused("unknown_agent", "cydlong")) == ""
    assert [type(each) for each in answers.asked] == [Agents]


def test_questions_are_of_the_names_kind(answers: Answers) -> None:
    """One question each where one page has them all."""
    for code, page, kind in (
        ("unknown_queue", QUEUES, Status),
        ("unknown_plan", PLANS, Plans),
        ("unknown_rule", RULES, Rules),
    ):
        answers.replies = [page]
        near.meant(answers, refused(code, "x"))
        assert type(answers.asked[-1]) is kind
    assert len(answers.asked) == 3
