"""When rules and plans are foreseen to turn, how surely, and what is left out."""

from __future__ import annotations

import pytest

from router.core import commands as ask
from router.core.actions import ActivatePlan
from router.core.estimates.turns import beginning
from router.core.layers.plan_settings import Plan
from router.core.ruling.settings import ActingRule
from router.rules import All, Compare, Condition
from router.terms import SECOND_US
from tests.core.reserves import CROWD, HELP, LUNCH, centre, crowd, ends, in_s, rule, turns


def test_a_rule_whose_condition_holds_is_likely_to_start_and_never_sure() -> None:
    """At the end of `for_s`; a condition that fails takes it back."""
    site = centre((rule(),))
    assert turns(site) == {}
    crowd(site, "w1")
    site.wait(20)
    turn = turns(site)["rule help"]
    assert in_s(site, turn.begins) == (None, 40.0)
    assert in_s(site, turn.ends) == (None, None)
    site.ok(ask.End(0, "w1"))
    assert turns(site) == {}


def test_a_rule_that_ends_once_it_may_is_likely_to() -> None:
    """Its end has come, its least time is not over."""
    site = centre((rule(for_us=0),))
    crowd(site, "w1")
    assert site.engine.world.ruling.rules["main/help"].life.state == "active"
    site.talk("w1")
    site.wait(100)
    assert ends(site, "rule", "help") == (None, 200.0)
    site.wait(200)
    assert ends(site, "rule", "help") == (None, None), "it is not active"


def test_a_rule_that_cools_down_starts_afterwards() -> None:
    """Though its condition holds already."""
    site = centre((rule(for_us=0, active_least_us=0, cool_down_us=90 * SECOND_US),))
    crowd(site, "w1")
    site.wait(1)
    assert site.engine.world.ruling.rules["main/help"].life.state == "cooling"
    for name in ("w2", "w3"):
        site.call(name, "sales")
    site.wait(10)
    assert in_s(site, turns(site)["rule help"].begins) == (None, 79.0)


@pytest.mark.parametrize(
    ("when", "sure"), [(LUNCH, True), (All((LUNCH, Compare("queue", "sales", "waiting", "at_most", 9))), False)]
)
def test_a_rule_by_the_clock_is_sure_where_nothing_else_counts(when: Condition, sure: bool) -> None:
    """It starts when the calendar opens and has been open for `for_s`, and ends when it closes."""
    site = centre((rule(when, active_least_us=0),))
    turn = turns(site)["rule help"]
    assert in_s(site, turn.begins) == (660.0 if sure else None, 660.0)
    assert in_s(site, turn.ends) == (1800.0 if sure else None, 1800.0)
    site.wait(700)
    assert turns(site) == {}
    assert ends(site, "rule", "help") == (1100.0, 1100.0), "closing ends it, whatever else it reads"


def test_a_rule_with_hours_does_not_start_after_them() -> None:
    """The condition holds, but the calendar closes before it has for long enough."""
    site = centre((rule(for_us=300 * SECOND_US, hours="lunch"),))
    site.wait(1600)
    crowd(site, "w1")
    assert site.engine.world.ruling.rules["main/help"].life.state == "pending"
    assert turns(site) == {}


def test_a_plan_ends_with_its_time_or_with_whoever_wants_it() -> None:
    """By hand: with its time, or not at all that is known. By a calendar: with that. By both: with the later one."""
    site = centre(plans=(Plan("noon", calendar="lunch", actions=(HELP,)),))
    turn = turns(site)["plan noon"]
    assert (in_s(site, turn.begins), in_s(site, turn.ends)) == ((600.0, 600.0), (1800.0, 1800.0))
    site.wait(700)
    assert turns(site) == {}
    assert ends(site, "plan", "noon") == (1100.0, 1100.0)
    site.say(ask.StartPlan(1, "mia", "", "noon"), "boss")
    assert ends(site, "plan", "noon") == (None, None)
    site.say(ask.StartPlan(1, "mia", "", "noon", 50_000), "boss")
    assert ends(site, "plan", "noon") == (50.0, 50.0)


def test_what_a_rule_activates_begins_and_ends_with_it() -> None:
    """A plan that lasts less ends sooner."""
    plan = Plan("storm", lasts_us=200 * SECOND_US, actions=(HELP,))
    site = centre((rule(actions=(ActivatePlan(plan="storm"),)),), (plan,))
    crowd(site, "w1")
    site.wait(10)
    turn = turns(site)["plan storm"]
    assert (in_s(site, turn.begins), in_s(site, turn.ends)) == ((None, 50.0), (None, 250.0))
    site.wait(60)
    assert ends(site, "plan", "storm") == (190.0, 190.0)


def test_what_only_observes_or_is_paused_is_not_foreseen() -> None:
    """Neither brings anybody."""
    site = centre((rule(observe=True),))
    crowd(site, "w1")
    assert turns(site) == {}
    site = centre((rule(),), (Plan("noon", calendar="lunch", actions=(HELP,)),))
    crowd(site, "w1")
    assert set(turns(site)) == {"rule help", "plan noon"}
    site.say(ask.PauseRules(1, "mia", "", "help"), "boss")
    assert set(turns(site)) == {"plan noon"}
    site.say(ask.PauseRules(1, "mia", ""), "boss")
    assert turns(site) == {}


def test_many_rules_are_looked_at_in_slices() -> None:
    """A rule that reads a calendar costs more than another."""
    for when, slices in ((CROWD, 3), (LUNCH, 50)):
        many = tuple(ActingRule(f"r{number:03}", when, actions=(HELP,)) for number in range(400))
        site = centre(many)
        assert sum(turn is None for turn in beginning(site.engine.world)) == slices
