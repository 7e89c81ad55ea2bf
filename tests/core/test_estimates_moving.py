"""Whom loans and lower needs are foreseen to move, and what is made of it: what is told, and what is decided by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from router.core import commands as ask
from router.core.actions import Borrow, ChangeNeeds
from router.core.effects import RosterReply
from router.core.estimates import picture
from router.core.estimates.expect import estimate
from router.core.estimates.movers import MOVERS_MOST, count
from router.core.estimates.moving import Moving, still
from router.core.estimates.picture import trajectory
from router.core.layers.donors import NextLent
from router.core.layers.plan_settings import Plan
from router.core.needs.want import Want
from router.core.ruling.settings import ActingRule
from router.ewt import Estimate
from router.ewt.supply import Jumps
from router.rules import All, Compare
from router.terms import SECOND_US
from tests.core.drive import START_US, TENANT, Centre
from tests.core.reserves import BACK, HELP, NOON_S, TALK_S, centre, crowd, in_s, rule

# -- who -------------------------------------------------------------------------------------------------------------


def moved(site: Centre) -> list[tuple[str, tuple[float | None, float | None], tuple[float | None, float | None]]]:
    """Who is foreseen to be moved: when, and until when."""
    moving = Moving()
    for _ in count(site.engine.world, moving):
        pass
    return [
        (mover.agent.name, in_s(site, mover.goes), in_s(site, mover.back))
        for group in moving.groups
        for mover in group.who
    ]


def test_who_will_be_lent_are_those_who_then_are() -> None:
    """By the same order, one each `step_s`, and one stays free."""
    loan = Borrow(skills=(("sales", 3),), team="back", agents_most=3, step_us=10 * SECOND_US, keep_idle=1)
    site = centre((rule(actions=(loan,)),))
    crowd(site, "w1", "w2", "w3", "w4")
    site.wait(10)
    assert moved(site) == [("eve", (None, 50.0), (None, None)), ("uma", (None, 60.0), (None, None))]
    site.wait(50)
    world = site.engine.world
    assert [agent.name for agent in world.agents.values() if agent.lent] == ["eve"]
    assert [name for name, *_ in moved(site)] == ["uma"], "who is lent is not foreseen, and one of two stays free"
    site.wait(10)
    assert [agent.name for agent in world.agents.values() if agent.lent] == ["eve", "uma"]


def test_who_was_moved_meanwhile_is_not_foreseen_any_more() -> None:
    """What was counted is good for a while; a person may have lent them since."""
    site = centre((rule(),), (Plan("storm", actions=(HELP,)),))
    crowd(site, "w1")
    world, moving = site.engine.world, Moving()
    assert list(count(world, moving)) != []
    assert [mover.agent.name for group in moving.groups for mover in still(group, group.who)] == ["eve", "uma"]
    site.say(ask.StartPlan(1, "mia", "", "storm"), "boss")
    assert [mover.agent.name for group in moving.groups for mover in still(group, group.who)] == []


def test_who_is_lent_goes_back_when_the_plan_ends() -> None:
    """Each of them, and nobody of whom no end is known."""
    site = centre(plans=(Plan("storm", actions=(HELP,)),))
    site.say(ask.StartPlan(1, "mia", "", "storm"), "boss")
    assert moved(site) == []
    site.say(ask.StartPlan(1, "mia", "", "storm", 90_000), "boss")
    assert moved(site) == [("eve", (90.0, 90.0), (None, None)), ("uma", (90.0, 90.0), (None, None))]


def test_nobody_is_counted_for_two_loans() -> None:
    """The first to begin has them."""
    other = Borrow(skills=(("cards", 3),), team="back", agents_most=3, step_us=0)
    plans = (Plan("b", calendar="lunch", actions=(other,)), Plan("a", calendar="lunch", actions=(HELP,)))
    site = centre(plans=plans)
    assert sorted(name for name, *_ in moved(site)) == ["eve", "uma", "zoe"]


def test_who_is_foreseen_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many could be lent."""
    assert MOVERS_MOST == 512
    monkeypatch.setattr("router.core.estimates.movers.MOVERS_MOST", 1)
    site = centre(plans=(Plan("noon", calendar="lunch", actions=(HELP,)),))
    assert len(moved(site)) == 1


def test_lending_keeps_so_many_free_among_those_who_may_go() -> None:
    """Who talks goes after those who are free, and does not count as one of them."""
    site = centre()
    site.call("l1", "letters")
    site.talk("l1")
    world = site.engine.world
    for keep, who in ((0, ["uma", "zoe", "eve"]), (1, ["uma", "eve"]), (2, ["eve"]), (3, [])):
        loan = Borrow(skills=(("sales", 3),), team="back", agents_most=3, keep_idle=keep)
        choice = NextLent(world, TENANT, loan)
        assert list(choice.look()) == []
        assert [agent.name for agent in choice.agents(9)] == who


# -- what is made of it ----------------------------------------------------------------------------------------------


def experienced(rules: tuple[ActingRule, ...] = (), plans: tuple[Plan, ...] = (), opens_s: int = 600) -> Centre:
    """A centre that has learned how long talks last, in both queues; it is past half past twelve."""
    site = centre(rules, plans, opens_s)
    for number in range(16):
        for queue in ("sales", "letters"):
            site.call(f"{queue}{number}", queue)
            site.talk(f"{queue}{number}")
        site.wait(TALK_S)
        for queue in ("sales", "letters"):
            site.ok(ask.End(0, f"{queue}{number}"))
        site.wait(1)
    return site


NOON = Plan("noon", calendar="lunch", actions=(HELP,))
SOON = rule(All((Compare("queue", "sales", "waiting", "at_least", 6),)))


def crowded(rules: tuple[ActingRule, ...] = (), plans: tuple[Plan, ...] = (), opens_s: int = 600) -> Centre:
    """Six wait for sales, and two talk."""
    site = experienced(rules, plans, opens_s)
    crowd(site, *(f"w{number}" for number in range(6)))
    site.wait(5)
    return site


def made(site: Centre) -> tuple[Estimate, Estimate]:
    """What is decided by and what is told to one who would join sales at this very moment."""
    estimates, found = site.engine.world.estimates, []
    line = site.engine.world.queues[TENANT, "sales"].own["voice"]

    def whole() -> Iterator[None]:
        found.append((yield from trajectory(site.engine.world, estimates, estimates.view(line))))

    assert all(piece is None for piece in whole())
    decided, said = found[0]
    assert decided is not None
    assert said is not None
    return decided.at(7), said.at(7)


def test_what_is_decided_by_does_not_know_the_rule_and_what_is_told_does() -> None:
    """To the last digit it is the same as with the rule paused. So no rule's coming help can keep it from coming."""
    site = crowded((SOON,))
    assert site.engine.world.ruling.rules["main/help"].life.state == "pending"
    decided, said = made(site)
    site.say(ask.PauseRules(1, "mia", "", "help"), "boss")
    site.wait(0)
    site.engine.world.estimates.moving.counted_us = -1
    assert made(site) == (decided, decided)
    assert said.mean < 0.8 * decided.mean


def test_what_a_measurement_may_prove_wrong_is_told_with_less_confidence() -> None:
    """The rule is likely to bring help, and no more; what a calendar does is certain."""
    for settings, confidence in (({"rules": (SOON,)}, "medium"), ({"plans": (NOON,), "opens_s": 2040}, "high")):
        decided, said = made(crowded(**settings))
        assert (decided.confidence, said.confidence) == ("high", confidence)


def test_a_plan_that_will_start_is_counted_by_both() -> None:
    """Its calendar is no measurement."""
    found = []
    for opens_s in (2040, 20_040):
        decided, said = made(crowded(plans=(Plan("noon", calendar="lunch", actions=(HELP,)),), opens_s=opens_s))
        assert decided == said
        found.append(said.mean)
    assert found[0] < 0.8 * found[1]


def each_queue() -> Iterator[tuple[str, str]]:
    """Mode of a loan, and the queue that is asked about."""
    for mode in ("also", "only"):
        for queue in ("sales", "letters"):
            yield mode, queue


@pytest.mark.parametrize(("mode", "queue"), list(each_queue()))
def test_the_end_of_a_loan_is_known_to_who_gets_and_to_who_gave(mode: Any, queue: str) -> None:
    """Sales will have fewer people, letters more of them to themselves."""
    loan = Borrow(skills=(("sales", 3),), team="back", agents_most=3, step_us=0, mode=mode)
    found = []
    for lasts_ms in (20_000, 0):
        site = experienced(plans=(Plan("storm", actions=(loan,)),))
        site.say(ask.StartPlan(1, "mia", "", "storm", lasts_ms), "boss")
        for number in range(5):
            site.call(f"t{number}", "sales")
            site.talk(f"t{number}")
        for number in range(6):
            site.call(f"w{number}", "sales")
        for number in range(3):
            site.call(f"x{number}", "letters")
        site.wait(3)
        line = site.engine.world.queues[TENANT, queue].own["voice"]
        said = estimate(site.engine.world, line, len(line.order), deciding=True)
        found.append(None if said is None else said.mean)
    soon, never = found
    if mode == "only" and queue == "letters":
        assert soon is not None
        assert never is None, "nobody can serve letters, and nobody is known to come"
    else:
        assert soon is not None
        assert never is not None
        assert (soon > never) is (queue == "sales"), (soon, never)


# -- needs that change -----------------------------------------------------------------------------------------------

LOWER = ChangeNeeds(queues=("sales",), also=Want((("letters", 1),)))


def shifted(site: Centre) -> dict[str, tuple[list[str], list[str]]]:
    """By queue: who will serve it that does not now, and who will not any more."""
    moving = Moving()
    for _ in count(site.engine.world, moving):
        pass
    return {
        line.queue.name: (
            sorted(agent.name for profile in shift.gains for agent in profile.members.values()),
            sorted(agent.name for profile in shift.loses for agent in profile.members.values()),
        )
        for line, shift in moving.shifts.items()
    }


def test_a_queue_that_will_ask_for_less_is_foreseen_from_beginning_to_end() -> None:
    """Who meets it then, and who does not any more when the plan is over; not while another layer lies over it."""
    plans = (Plan("less", actions=(LOWER,), rank=6), Plan("too", actions=(LOWER,), rank=5))
    site = centre((rule(actions=(LOWER,)),), plans)
    assert shifted(site) == {}
    crowd(site, "w1")
    assert shifted(site) == {"sales": (sorted(BACK), [])}
    site.say(ask.StartPlan(1, "mia", "", "less", 90_000), "boss")
    assert shifted(site) == {"sales": ([], sorted(BACK))}
    site.say(ask.StartPlan(1, "mia", "", "too"), "boss")
    assert shifted(site) == {}, "the other one is in force then"


def test_lower_needs_are_told_before_they_are_in_force_and_not_decided_by() -> None:
    """As with loans."""
    when = Compare("queue", "sales", "waiting", "at_least", 6)
    site = crowded((rule(when, actions=(LOWER,)),))
    decided, said = made(site)
    assert said.mean < 0.8 * decided.mean
    site.wait(60)
    assert site.engine.world.ruling.rules["main/help"].life.state == "active"


def test_needs_that_rise_again_are_known_ahead() -> None:
    """Those who serve now only because the plan says so will go."""
    found = []
    for lasts_ms in (20_000, 3_600_000):
        site = experienced(plans=(Plan("less", actions=(LOWER,)),))
        site.say(ask.StartPlan(1, "mia", "", "less", lasts_ms), "boss")
        crowd(site)
        for name in ("t3", "t4", "t5"):
            site.call(name, "sales")
            site.talk(name)
        for number in range(6):
            site.call(f"w{number}", "sales")
        site.wait(3)
        decided, said = made(site)
        assert decided == said
        found.append(said.mean)
    assert found[0] > 1.2 * found[1]


def test_what_is_foreseen_costs_no_event() -> None:
    """It is counted where a line is estimated, and again when something turns, or ten seconds later: no rule is looked
    at in between, however many calls there are."""
    site = crowded((SOON,))
    moving = site.engine.world.estimates.moving
    made(site)
    counted_us = moving.counted_us
    for number in range(20):
        site.call(f"more{number}", "sales")
        site.ok(ask.End(0, f"more{number}"))
    site.wait(2)
    made(site)
    assert moving.counted_us == counted_us
    site.wait(11)
    made(site)
    assert moving.counted_us > counted_us


def test_donors_are_looked_at_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are."""
    monkeypatch.setattr("router.core.layers.donors.COST_A_SLICE", 8)
    choice = NextLent(centre().engine.world, TENANT, HELP)
    assert len(list(choice.look())) == 1
    assert [agent.name for agent in choice.agents(2)] == ["eve", "uma"]


# -- with a roster ---------------------------------------------------------------------------------------------------


def goes_home(site: Centre, in_s: int, *names: str) -> None:
    """By the roster these are at work until then, since an hour."""
    now_s = NOON_S + round((site.now_us - START_US) / SECOND_US)
    entry = ask.RosterEntry(now_s - 3600, now_s + in_s)
    days = [ask.RosterDay(name, "2026-11-20", [entry]) for name in names]
    assert isinstance(site.say(ask.Roster(0, "mia", "a test", days), "boss"), RosterReply)


def test_who_goes_home_before_is_not_counted_on() -> None:
    """The rule would lend them, but they are not there any more."""
    site = crowded((SOON,))
    goes_home(site, 20, *BACK)
    site.wait(1)
    decided, said = made(site)
    assert decided == said


def test_who_goes_home_from_a_loan_is_gone_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """They come to sales when they are lent, and leave it when they go home: in all, as many go as go home."""
    seen: list[Jumps] = []
    walked = picture._walked

    def spy(*given: Any) -> Any:
        seen.append(given[-1])
        return walked(*given)

    monkeypatch.setattr(picture, "_walked", spy)
    site = crowded((SOON,))
    goes_home(site, 600, *BACK)
    site.wait(1)
    seen.clear()
    made(site)
    decided, said = seen
    assert decided == {}, "of sales nobody goes home"
    (changes,) = [changes for skills, changes in said.items() if any("sales" in name for name in skills)]
    assert [(round(at_s, -1), slots) for at_s, slots in changes] == [(50, 2.0), (600, -2.0)]
