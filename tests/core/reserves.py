"""A small centre with a back office whose people can be lent; it is noon when the clock is told."""

from __future__ import annotations

from typing import Any

from router.core import internal as told
from router.core import settings as of
from router.core.actions import Borrow
from router.core.deadlines import NEVER_US
from router.core.estimates.settings import Estimating
from router.core.estimates.turns import Turn, When, beginning, end_of
from router.core.layers.layer import Source
from router.core.layers.plan_settings import Plan
from router.core.needs.want import Want
from router.core.ruling.settings import ActingRule
from router.rules import Compare, Condition
from router.terms import SECOND_US
from tests.core.drive import TENANT, Centre

NOON_S = 1_795_176_000
"""2026-11-20 12:00 UTC, a Friday."""
BACK = ("eve", "uma", "zoe")
HELP = Borrow(skills=(("sales", 3),), team="back", agents_most=2, step_us=0)
CROWD = Compare("queue", "sales", "waiting", "at_least", 1)
LUNCH = Compare("hours", "lunch", "open", "at_least", 1)
KNOWN = Estimating(low_confidence_lives=10, medium_confidence_lives=15)
TALK_S = 120


def settings(rules: tuple[ActingRule, ...], plans: tuple[Plan, ...], opens_s: int) -> of.Settings:
    """Sales have two agents, letters three, who can be lent. The calendar is open for twenty minutes."""
    sales = tuple(of.Agent(name, skills=(("sales", 5),)) for name in ("ann", "bob"))
    back = tuple(of.Agent(name, skills=(("letters", 5),), team="back") for name in BACK)
    minute = 12 * 60 + opens_s // 60
    lunch = ((minute, minute + 20),)
    return of.Settings(
        queues=(
            of.Queue("sales", needs=Want((("sales", 1),)), enter_unstaffed=True),
            of.Queue("letters", needs=Want((("letters", 1),)), enter_unstaffed=True),
        ),
        agents=(*sales, *back),
        calendars=(of.Calendar("lunch", friday=lunch),),
        rules=rules,
        plans=plans,
        estimates=KNOWN,
    )


def centre(rules: tuple[ActingRule, ...] = (), plans: tuple[Plan, ...] = (), opens_s: int = 600) -> Centre:
    """Everybody is signed in and ready."""
    site = Centre(settings(rules, plans, opens_s))
    site.up("boss", role="supervisor")
    site.give("", told.WallClock(NOON_S))
    for name in ("ann", "bob", *BACK):
        site.agent(name)
    return site


def rule(when: Condition = CROWD, **fields: Any) -> ActingRule:
    """One that helps."""
    given: dict[str, Any] = {"for_us": 60 * SECOND_US, "active_least_us": 300 * SECOND_US, "actions": (HELP,)}
    return ActingRule("help", when, **{**given, **fields})


def in_s(site: Centre, when: When) -> tuple[float | None, float | None]:
    """(sure, likely) in seconds from now; None: not known."""
    sure, likely = (None if at_us == NEVER_US else (at_us - site.now_us) / SECOND_US for at_us in when)
    return sure, likely


def turns(site: Centre) -> dict[str, Turn]:
    """What is about to begin, by the source."""
    return {str(turn.source): turn for turn in beginning(site.engine.world) if turn is not None}


def ends(site: Centre, kind: Any, name: str) -> tuple[float | None, float | None]:
    """When a source that is in force ends."""
    return in_s(site, end_of(site.engine.world, Source(TENANT, kind, name)))


def crowd(site: Centre, *names: str) -> None:
    """Both who sell talk, and these wait."""
    for name in ("t1", "t2"):
        site.call(name, "sales")
        site.talk(name)
    for name in names:
        site.call(name, "sales")
