"""Rules of a new version are compiled in slices beside those in force and switch in one step; then each is asked by
what it says now."""

from __future__ import annotations

import pytest
from msgspec import structs

from router.core import commands as ask
from router.core.reload import crossing
from router.core.ruling.settings import ActingRule
from router.rules import Compare
from router.rules.gauge import Relation
from tests.core.test_crossing import AGENTS, CARDS, OLD, SALES, Site

COUNT = 4


@pytest.fixture(autouse=True)
def one_rule_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every rule is compiled in a step of its own."""
    monkeypatch.setattr(crossing, "SLICE_US", 2)


def rules(relation: Relation, bound: float) -> tuple[ActingRule, ...]:
    """So many that ask the same of those who wait."""
    waiting = Compare("queue", "sales", "waiting", relation, bound)
    return tuple(ActingRule(f"r{i}", waiting, observe=True, active_least_us=0) for i in range(COUNT))


def states(site: Site) -> list[str]:
    """Where each rule is."""
    return [state.life.state for state in site.engine.world.ruling.rules.values()]


def test_every_rule_goes_by_the_version_of_before_until_all_switch() -> None:
    """A call that comes while rules are compiled is judged by the old ones, each of them; after the step that flips
    each is asked in its turn, by what it says then."""
    site = Site(structs.replace(OLD, rules=rules("above", AGENTS)))
    assert states(site) == ["inactive"] * COUNT
    site.begin(rules=rules("above", 100))
    site.one(ask.Enqueue(0, "more", "sales"))
    before = after = 0
    for _ in site.slices():
        flipped = site.engine.world.settings.version == site.settings.version
        turned = states(site).count("cooling") if flipped else 0
        assert states(site) == ["cooling"] * turned + ["active"] * (COUNT - turned)
        before, after = before + (not flipped), after + flipped
    assert before >= COUNT
    assert after
    assert states(site) == ["cooling"] * COUNT


def test_what_is_watched_is_made_anew_where_queues_are_others() -> None:
    """The rules are as before, and the site has a queue more: who waits there counts."""
    crowded = Compare("site", "", "waiting", "above", 2 * AGENTS)
    site = Site(structs.replace(OLD, rules=(ActingRule("crowded", crowded, observe=True),)))
    site.begin(queues=(SALES, CARDS, structs.replace(CARDS, name="cheques")))
    site.through()
    site.call("more", "cheques")
    assert states(site) == ["active"]


def test_rules_that_are_as_before_are_not_compiled() -> None:
    """A reload of other settings leaves every gauge in its place."""
    site = Site(structs.replace(OLD, rules=rules("above", AGENTS)))
    gauges = dict(site.engine.world.ruling.gauges)
    site.begin(queues=(structs.replace(SALES, boost=0.5), CARDS))
    site.through()
    assert site.engine.world.ruling.gauges == gauges


def test_the_highest_rank_is_asked_first() -> None:
    """Of rules that say something else than before, wherever they stand in the files."""
    site = Site(structs.replace(OLD, rules=rules("above", 100)))
    ranked = [structs.replace(rule, rank=rank) for rule, rank in zip(rules("above", 1), (1, 3, 2, 3), strict=True)]
    site.begin(rules=tuple(ranked))
    seen: list[str] = []
    for _ in site.slices():
        active = [state.rule.name for state in site.engine.world.ruling.rules.values() if state.life.state == "active"]
        seen += [name for name in active if name not in seen]
    assert seen == ["r1", "r3", "r2", "r0"]
