"""What people have set by hand is listed beside a change: what stays, and nothing else."""

from __future__ import annotations

import pytest
from msgspec import structs

from router.core import commands as ask
from router.core import settings as of
from router.core.actions import RaisePriority
from router.core.layers.plan_settings import Plan
from router.core.needs.want import skills
from router.core.reload.hands import kept_by_hand
from router.core.ruling.settings import ActingRule
from router.rules import Compare
from tests.core.drive import Centre

RAISED = (RaisePriority(("sales",), 2.0),)
SETTINGS = of.Settings(
    queues=(of.Queue("sales", needs=skills(sales=1)), of.Queue("cards", needs=skills(cards=1))),
    agents=(of.Agent("ann", skills=(("sales", 5),)), of.Agent("bob")),
    plans=(Plan("noon", actions=RAISED), Plan("storm", actions=RAISED)),
    rules=(ActingRule("busy", Compare("queue", "sales", "waiting", "at_least", 5), actions=RAISED),),
)
EVERYTHING: tuple[tuple[ask.Hand, str], ...] = (
    (ask.CloseQueue(0, "mia", "a drill", "cards", serve_out=True), "queue cards is closed by hand"),
    (
        ask.SetSkills(0, "mia", "alone", "bob", {"cards": 6, "sales": 0}),
        "agent bob has skills by hand: cards 6, no sales",
    ),
    (ask.StartPlan(0, "mia", "hail", "storm"), "plan storm was started by mia"),
    (ask.PauseLayers(0, "mia", "not today", name="noon"), "plan noon is paused by hand"),
    (ask.PauseRules(0, "mia", "it is wrong", "busy"), "rule busy is paused by hand"),
)


def kept(centre: Centre, settings: of.Settings = SETTINGS) -> list[str]:
    """What is listed."""
    found: list[str] = []
    assert sum(kept_by_hand(centre.engine.world, settings, found)) > 0
    return found


@pytest.fixture
def centre() -> Centre:
    """Everything is set by hand that can be."""
    made = Centre(SETTINGS)
    made.up("boss", role="supervisor")
    assert kept(made) == []
    for command, _ in EVERYTHING:
        made.say(command, "boss")
    return made


def test_everything_that_stays_is_listed(centre: Centre) -> None:
    """Also after a start of the engine."""
    wanted = [words for _, words in EVERYTHING]
    assert kept(centre) == wanted
    centre.restart()
    assert kept(centre) == wanted


def test_a_pause_of_everything_is_one_line(centre: Centre) -> None:
    """Of all plans, and of rules and plans."""
    centre.ok(ask.PauseLayers(0, "mia", "what is going on?"), "boss")
    centre.ok(ask.PauseRules(0, "mia", "what is going on?"), "boss")
    assert kept(centre)[3:6] == [
        "plan noon is paused by hand", "all plans are paused by hand", "all rules and plans are paused by hand",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("without", "words"),
    [
        ("queues", "queue cards is closed"),
        ("agents", "agent bob has"),
        ("plans", "plan "),
        ("rules", "rule busy"),
    ],
)
def test_what_goes_with_its_target_is_not_said_to_stay(centre: Centre, without: str, words: str) -> None:
    """A reload takes the target out of the configuration: its hand is not listed, the others are."""
    left = [said for _, said in EVERYTHING if not said.startswith(words)]
    assert kept(centre, structs.replace(SETTINGS, **{without: ()})) == left


def test_what_is_taken_back_is_listed_no_more(centre: Centre) -> None:
    """By hand, too."""
    for command in (
        ask.OpenQueue(0, "mia", "over", "cards"),
        ask.SetSkills(0, "mia", "over", "bob", {}, reset=True),
        ask.StopPlan(0, "mia", "over", "storm"),
        ask.ResumeLayers(0, "mia", "over", name="noon"),
        ask.ResumeRules(0, "mia", "over", "busy"),
    ):
        centre.ok(command, "boss")
    assert kept(centre) == []
