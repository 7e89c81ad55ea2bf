"""What another version would do to those who wait and work now, told before it is in force; it changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from router.core import commands as ask
from router.core import settings as of
from router.core.actions import LimitEntry, Notify, RaisePriority
from router.core.effects import Treatment
from router.core.internal import Configure
from router.core.layers.plan_settings import Plan
from router.core.needs.asked import Step
from router.core.needs.want import skills
from router.core.reload import foresee
from router.core.ruling.settings import ActingRule
from router.rules import Compare
from router.terms import SECOND_US
from tests.core.drive import Centre

SALES = of.Queue("sales", needs=skills(sales=1), treatments=(("waited_too_long", Treatment("message", "late")),))
WAITS = Compare("queue", "sales", "waiting", "at_least", 1)
CARDS = of.Queue("cards", needs=skills(cards=1))
OLD = of.Settings(
    queues=(SALES, CARDS),
    agents=(
        of.Agent("ann", skills=(("cards", 5), ("sales", 5))),
        of.Agent("bob"),
        of.Agent("cyd", skills=(("sales", 9),)),
    ),
)


@pytest.fixture
def centre() -> Centre:
    """Ann talks and bob is free for nothing; three wait for ten seconds in sales and one in cards. Cyd is at home."""
    made = Centre(OLD)
    made.agent("ann")
    made.agent("bob")
    made.call("talk", "sales")
    made.talk("talk")
    for contact in ("s1", "s2", "s3"):
        made.call(contact, "sales")
    made.call("c1", "cards")
    made.wait(10)
    return made


def seen(centre: Centre, **changes: Any) -> dict[str, tuple[int, list[str]]]:
    """Kind -> (count, examples) of what these changes would do."""
    sight = foresee.Foresight(centre.engine.world, structs.replace(OLD, version=2, **changes))
    while not sight.work():
        pass
    found = sight.consequences()
    assert all(each.words.startswith(str(each.count)) for each in found)
    assert all(each.stops == foresee.WORDS[each.kind].stops for each in found)
    return {each.kind: (each.count, each.examples) for each in found}


def queues(**changes: Any) -> tuple[of.Queue, ...]:
    """Sales with changes."""
    return (structs.replace(SALES, **changes), CARDS)


def agents(*known: of.Agent) -> tuple[of.Agent, ...]:
    """These instead of those of the same name."""
    names = {agent.name: agent for agent in known}
    return tuple(names.get(agent.name, agent) for agent in OLD.agents)


def test_nothing_comes_of_nothing(centre: Centre) -> None:
    """The same settings hurt nobody, and the look at them changes nothing."""
    centre.engine.take_batch()
    assert seen(centre) == {}
    assert centre.engine.take_batch() is None


def test_who_could_be_served_by_nobody(centre: Centre) -> None:
    """By the needs of the queue, by what agents lose, and not where somebody signed in can: who is at home does not
    count."""
    assert seen(centre, queues=queues(needs=skills(sales=9))) == {"unroutable": (3, ["sales"])}
    assert seen(centre, agents=agents(of.Agent("ann", skills=(("cards", 5),)))) == {"unroutable": (3, ["sales"])}
    swapped = agents(of.Agent("ann", skills=(("cards", 5),)), of.Agent("bob", skills=(("sales", 1),)))
    assert seen(centre, agents=swapped) == {}
    gone = seen(centre, agents=OLD.agents[1:])
    assert gone == {"unroutable": (4, ["sales", "cards"]), "signed_out": (1, ["ann"])}


def test_needs_that_give_way_in_time(centre: Centre) -> None:
    """Nobody can serve them at once, but somebody after a step: they wait on."""
    steps = (Step(60 * SECOND_US, needs=skills(sales=2)),)
    assert seen(centre, queues=queues(needs=skills(sales=9), relax=steps)) == {}


def test_skills_by_hand_count(centre: Centre) -> None:
    """What a supervisor laid over an agent is over the new configuration too."""
    centre.up("boss", role="supervisor")
    centre.ok(ask.SetSkills(0, "mia", "they are alone", "bob", {"sales": 9}), "boss")
    assert seen(centre, queues=queues(needs=skills(sales=9))) == {}


def test_who_has_waited_too_long_by_then(centre: Centre) -> None:
    """A shorter limit sends away who has waited longer than it; one that was there before is none of the change's."""
    assert seen(centre, queues=queues(wait_most_us=5 * SECOND_US)) == {"sent_away": (3, ["sales"])}
    assert seen(centre, queues=queues(wait_most_us=60 * SECOND_US)) == {}


def test_a_queue_that_goes_and_agents_who_hold_too_much(centre: Centre) -> None:
    """They are told, and stop nothing."""
    assert seen(centre, queues=(SALES,)) == {"queue_gone": (1, ["cards"])}
    smaller = agents(structs.replace(OLD.agents[0], capacity_units=50))
    assert seen(centre, agents=smaller) == {"over_capacity": (1, ["ann"])}


def test_a_plan_that_is_active_and_goes(centre: Centre) -> None:
    """It would end; one that is not active is nobody's loss."""
    storm, promotion = Plan("storm"), Plan("promotion")
    settings = structs.replace(OLD, version=2, plans=(storm, promotion))
    centre.engine.stage(settings)
    centre.give("", Configure(2))
    centre.up("boss", role="supervisor")
    centre.say(ask.StartPlan(0, "mia", "a storm", "storm"), "boss")
    assert seen(centre, plans=(storm,)) == {}
    assert seen(centre, plans=(promotion,)) == {"plan_ends": (1, ["storm"])}


def test_a_rule_that_is_active_and_goes_or_does_something_else(centre: Centre) -> None:
    """It would end, also where it would only observe; or do something else. One that is not active is nobody's loss."""
    busy = ActingRule("busy", WAITS, actions=(RaisePriority(("sales",), 2.0),))
    idle = ActingRule("idle", Compare("queue", "sales", "waiting", "above", 1000), actions=(LimitEntry(("sales",), 5),))
    centre.engine.stage(structs.replace(OLD, version=2, rules=(busy, idle)))
    centre.give("", Configure(2))
    assert centre.engine.world.ruling.rules["main/busy"].life.state == "active"
    assert seen(centre, rules=(busy,)) == {}
    assert seen(centre, rules=(idle,)) == {"rule_ends": (1, ["busy"])}
    assert seen(centre, rules=(structs.replace(busy, observe=True),)) == {"rule_ends": (1, ["busy"])}
    other = structs.replace(busy, actions=(RaisePriority(("cards",), 2.0),))
    assert seen(centre, rules=(other,)) == {"said_otherwise": (1, ["rule busy"])}


def test_rules_and_plans_in_force_that_would_clash(centre: Centre) -> None:
    """Two that are in force would lie over one value, where one does now: the higher rank would overrule the other."""
    busy = ActingRule("busy", WAITS, actions=(RaisePriority(("sales",), 2.0),))
    storm = Plan("storm", actions=(RaisePriority(("cards",), 3.0), Notify("duty", "a storm")))
    centre.engine.stage(structs.replace(OLD, version=2, rules=(busy,), plans=(storm,)))
    centre.give("", Configure(2))
    centre.up("boss", role="supervisor")
    centre.say(ask.StartPlan(0, "mia", "a storm", "storm"), "boss")
    assert seen(centre, rules=(busy,), plans=(storm,)) == {}
    both = structs.replace(busy, actions=(RaisePriority(("sales", "cards"), 2.0), Notify("duty", "busy")))
    assert seen(centre, rules=(both,), plans=(storm,)) == {
        "said_otherwise": (1, ["rule busy"]),
        "clash": (1, ["queue cards boost: plan storm, rule busy"]),
    }
    centre.engine.stage(structs.replace(OLD, version=3, rules=(both,), plans=(storm,)))
    centre.give("", Configure(3))
    assert seen(centre, rules=(both,), plans=(storm,)) == {}


def test_whoever_brings_more_adds_a_check(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of its own, told after the others with its own words."""

    def tides(_world: Any, new: of.Settings, note: foresee.Note) -> Any:
        yield 1
        if not new.queues:
            note("tide_turns", "storm")

    monkeypatch.setitem(foresee.WORDS, "tide_turns", foresee.Words("{} tides would turn"))
    monkeypatch.setattr(foresee, "CHECKS", [*foresee.CHECKS, tides])
    assert seen(centre, queues=())["tide_turns"] == (1, ["storm"])


def test_a_large_site_is_looked_through_in_slices(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each slice ends soon, and all of them together find the same."""
    monkeypatch.setattr(foresee, "SLICE_US", 1)
    sight = foresee.Foresight(centre.engine.world, structs.replace(OLD, queues=queues(needs=skills(sales=9))))
    slices = 1
    while not sight.work():
        slices += 1
    assert slices > len(OLD.agents) + len(OLD.queues)
    assert [each.kind for each in sight.consequences()] == ["unroutable"]
