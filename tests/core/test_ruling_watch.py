"""What rules read is watched while a rule in force, or about to be, reads it: no longer, and without a break."""

from __future__ import annotations

from random import Random

import pytest
from msgspec import structs

from router.core import commands as ask
from router.core.engine import Engine
from router.core.needs.want import skills
from router.core.reload import crossing
from router.core.ruling import watch as ruling_watch
from router.core.ruling.settings import ActingRule
from router.core.ruling.watched import CrewView, FlowView, QueueView
from router.core.verify.world import verify
from router.core.world import World
from router.rules import SIGNALS, All, AnyOf, Compare, Condition, Not, compares_in
from router.rules.gauge import Relation
from router.terms import SECOND_US
from tests.core.test_crossing import AGENTS, CARDS, OLD, SALES, Site
from tests.sim.twin import state_of

RELATIONS: tuple[Relation, ...] = ("above", "at_least", "below", "at_most")
WINDOWS_US = (60 * SECOND_US, 900 * SECOND_US)
SUBJECTS = {"queue": ("sales", "cards"), "team": ("", "front"), "segment": ("gold",), "site": ("",)}
CHEQUES = structs.replace(CARDS, name="cheques", needs=SALES.needs)
TEAMS = structs.replace(OLD, agents=tuple(structs.replace(agent, team="front") for agent in OLD.agents))


@pytest.fixture(autouse=True)
def one_piece_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every piece of work is a step of its own, with the world checked after each."""
    monkeypatch.setattr(crossing, "SLICE_US", 1)


def rule(name: str, when: Condition) -> ActingRule:
    """One that turns as soon as it may, and does nothing."""
    return ActingRule(name, when, observe=True, active_least_us=0, cool_down_us=0)


def waiting(bound: float, queue: str = "sales") -> Compare:
    """More wait than that."""
    return Compare("queue", queue, "waiting", "above", bound)


def compare(random: Random, names: list[str]) -> Compare:
    """Any comparison of anything."""
    if random.random() < 0.1:
        return Compare("rule", random.choice(names), "active", "at_least", 1)
    signal = random.choice([each for each in SIGNALS.values() if each.name != "arrivals_ratio"])
    scope = random.choice(signal.scopes)
    bound = random.choice((0, 0.5, 1)) if signal.unit == "share" else random.choice((0, 1, 3, 30 * SECOND_US))
    window_us = random.choice(WINDOWS_US) if signal.windowed else 0
    subject = random.choice(SUBJECTS[scope])
    scope = "site" if not subject else scope
    if scope not in signal.scopes:
        return waiting(bound)
    return Compare(scope, subject, signal.name, random.choice(RELATIONS), bound, window_us)


def drawn(random: Random) -> tuple[ActingRule, ...]:
    """Some rules; each is as before about every other time."""
    names = [f"r{i}" for i in range(6)]
    made = []
    for name in sorted(random.sample(names, random.randint(0, 6))):
        own = Random(f"{name} {random.randint(0, 1)}")
        others = [other for other in names if other < name]
        parts = [compare(own, others or ["r0"]) for _ in range(own.randint(1, 3))]
        if not others:
            parts = [each if each.scope != "rule" else waiting(2) for each in parts]
        when = own.choice((All, AnyOf))(tuple(parts))
        made.append(rule(name, Not(when) if own.random() < 0.2 else when))
    there: dict[str, ActingRule] = {}
    for each in made:
        if all(one.scope != "rule" or one.subject in there for one in compares_in(each.when)):
            there[each.name] = each
    return tuple(there.values())


def watched(world: World) -> dict[str, object]:
    """Everything that is watched, where it hooks in, and what is true of it."""
    kept = world.ruling
    views: dict[str, object] = {}
    for view in kept.views.values():
        if isinstance(view, QueueView):
            told = [key for key, needs in world.roster.needs.items() if view in needs.crews]
            views[view.key] = (len(view.expected), view.counted, view.site is None, sorted(map(str, told)))
        elif isinstance(view, FlowView):
            views[view.key] = (view.counts, view.level, sorted(view.rings))
        elif isinstance(view, CrewView):
            views[view.key] = (view.idles, view.busy, view.room, sorted(view.members), view.waits, sorted(view.rings))
    queues = {
        name: (queue.view is not None, sorted(flow.key for flow in queue.flows))
        for (_, name), queue in world.queues.items()
        # One that is gone may still be there with nobody in it.
        if not queue.retired or queue.view or queue.flows
    }
    readers = {str(gauge.key): sorted(state.key for state in states) for gauge, states in kept.readers.items()}
    truths = {
        str(key): {edge: leaf.truth for edge, leaf in gauge.leaves.items()} for (_, key), gauge in kept.gauges.items()
    }
    return {
        "views": views, "queues": queues, "readers": readers, "truths": truths, "people": world.roster.people,
        "teams": kept.teams, "segments": sorted(kept.segments), "by_clock": len(kept.by_clock),
    }  # fmt: skip


def loaded(site: Site) -> World:
    """The same world, made anew from its records and the settings in force."""
    engine = Engine(site.settings, 1)
    for kind, key, record in site.engine.everything():
        engine.put(kind, key, record)
    engine.activate(site.engine.world.now_us)
    return engine.world


@pytest.mark.parametrize("seed", range(12))
def test_after_any_reloads_just_that_is_watched_which_a_start_would_watch(seed: int) -> None:
    """Rules and queues come and go, calls too: the world watches what one watches that was loaded with the last
    version, by the same hooks, and knows the same of it."""
    random = Random(seed)
    site = Site(TEAMS, waiting=2, free=3)
    calls = 0
    for _ in range(8):
        sales = random.choice((SALES, structs.replace(SALES, needs=skills(sales=2))))
        queues = (sales, CARDS, CHEQUES) if random.random() < 0.5 else (sales, CARDS)
        site.begin(rules=drawn(random), queues=queues)
        for _ in site.slices():
            if random.random() < 0.05:
                calls += 1
                site.call(f"more{calls}", random.choice(("sales", "cards")))
        site.wait(random.choice((1, 70)))
        if random.random() < 0.5:
            agent = f"a{AGENTS - 1 - random.randint(0, 2)}"
            site.one(random.choice((ask.NotReady(0, agent, "break"), ask.Ready(0, agent))))
        site.engine.tick(site.now_us)
        site.engine.tick(site.now_us)
        assert verify(site.engine.world) == []
        other = loaded(site)
        mine, its = watched(site.engine.world), watched(other)
        for what, found in mine.items():
            assert found == its[what], what


def test_a_rule_that_says_what_it_said_does_not_notice() -> None:
    """Its gauge, its comparison and what is true of it stay, while another rule begins to read the same value."""
    site = Site(structs.replace(OLD, rules=(rule("crowded", waiting(2)),)))
    ruling = site.engine.world.ruling
    state, gauge = ruling.rules["main/crowded"], next(iter(ruling.gauges.values()))
    begins, leaf, number = state.begins, next(iter(gauge.leaves.values())), state.number
    assert leaf.truth
    site.begin(rules=(rule("calm", Not(waiting(100))), rule("crowded", waiting(2))))
    for _ in site.slices():
        assert leaf.truth
        assert state.life.state == "active"
    assert ruling.rules["main/crowded"] is state
    assert (state.begins, state.number) == (begins, number)
    assert ruling.gauges["main", gauge.key] is gauge
    assert gauge.leaves[leaf.edge, leaf.rising] is leaf
    assert ruling.rules["main/calm"].life.state == "active"


def test_people_are_counted_one_by_one_before_the_rule_is_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes, goes or moves meanwhile is counted once, whether their turn has been or not."""
    monkeypatch.setattr(ruling_watch, "ENROLLED", 1)
    site = Site(TEAMS, waiting=0, free=AGENTS)
    crew = ("main", None)
    site.begin(rules=(rule("quiet", Compare("site", "", "idle", "at_least", AGENTS - 1)),))
    for _ in site.slices():
        if crew in site.engine.world.ruling.crews:
            break
    assert len(site.engine.world.ruling.crews[crew].members) < AGENTS
    site.one(ask.NotReady(0, "a0", "break"))
    site.one(ask.NotReady(0, f"a{AGENTS - 1}", "break"))
    site.one(ask.Ready(0, f"a{AGENTS - 1}"))
    assert site.through() > 1
    assert site.engine.world.ruling.crews[crew].idles == AGENTS - 1
    site.engine.tick(site.now_us)
    assert site.engine.world.ruling.rules["main/quiet"].life.state == "active"
    assert verify(site.engine.world) == []


@pytest.mark.parametrize("bounds", [(AGENTS - 1, 2), (2, AGENTS - 1)])
def test_queues_that_ask_the_same_watch_the_same_people_each_by_its_own_bound(bounds: tuple[int, int]) -> None:
    """Of two rules the one turns early and the other late, whichever began to watch first, down and up again."""
    many, few = (
        rule(name, Compare("queue", queue, "idle", "at_least", bound))
        for name, queue, bound in zip(("a", "b"), ("sales", "cheques"), bounds, strict=True)
    )
    site = Site(structs.replace(OLD, queues=(SALES, CARDS, CHEQUES), rules=(many,)), waiting=0, free=AGENTS)
    site.begin(rules=(many, few))
    site.through()
    for command in (ask.NotReady(0, "", "break"), ask.Ready(0, "")):
        for i in range(AGENTS):
            site.one(structs.replace(command, agent=f"a{i}"))
            assert verify(site.engine.world) == []
    states = site.engine.world.ruling.rules.values()
    assert [state.activations for state in states] == [2, 2]


def test_what_nobody_reads_any_more_costs_nothing() -> None:
    """Without rules no queue, line or agent tells anybody anything."""
    conditions = (
        waiting(2),
        Compare("queue", "sales", "idle", "at_least", 1),
        Compare("queue", "cards", "service_level", "below", 0.5, WINDOWS_US[0]),
        Compare("queue", "cards", "ewt_p90_s", "above", SECOND_US),
        Compare("site", "", "waiting", "above", 3),
        Compare("site", "", "arrivals", "above", 3, WINDOWS_US[1]),
        Compare("site", "", "occupancy", "above", 0.5, WINDOWS_US[1]),
        Compare("segment", "gold", "abandonment", "above", 0.5, WINDOWS_US[0]),
        Compare("site", "", "store_away_s", "above", SECOND_US),
    )
    site = Site(structs.replace(OLD, rules=tuple(rule(f"r{i}", when) for i, when in enumerate(conditions))))
    world = site.engine.world
    assert world.roster.people
    site.begin(rules=())
    site.through()
    empty = Site(OLD).engine.world
    assert watched(world) == watched(empty)
    assert not any(queue.view or queue.flows for queue in world.queues.values())
    assert not any(needs.crews for needs in world.roster.needs.values())
    assert not any(pool.watched for profile in world.roster.profiles.values() for pool in profile.pools.values())
    assert [*world.ruling.gauges, *world.ruling.measures, *world.ruling.store, *world.ruling.of_queue] == []


def test_a_window_that_is_still_read_keeps_its_counts() -> None:
    """Another rule takes over the value from one that goes, with another bound: it knows at once."""
    arrivals = Compare("queue", "sales", "arrivals", "above", 2, WINDOWS_US[0])
    site = Site(structs.replace(OLD, rules=(rule("surge", arrivals),)))
    site.wait(61)
    for i in range(4):
        site.call(f"more{i}", "sales")
    assert site.engine.world.ruling.rules["main/surge"].life.state == "active"
    site.begin(rules=(rule("flood", structs.replace(arrivals, bound=3)),))
    site.through()
    assert site.engine.world.ruling.rules["main/flood"].life.state == "active"


def test_records_of_windows_do_not_tell_which_rule_came_first() -> None:
    """A short window is asked for beside a longer one that counts already: what is written is what a start writes."""
    arrivals = Compare("queue", "sales", "arrivals", "above", 2, WINDOWS_US[1])
    surge = rule("surge", arrivals)
    site = Site(structs.replace(OLD, rules=(surge,)))
    site.begin(rules=(rule("flood", structs.replace(arrivals, window_us=WINDOWS_US[0])), surge))
    site.through()
    site.call("more", "sales")
    key = ("flow", "main/flow/queue/sales")
    assert state_of(site.engine.world)[key] == state_of(loaded(site))[key]


def test_a_rule_on_a_queue_of_the_same_version() -> None:
    """The queue comes with the rule that watches it."""
    site = Site()
    site.begin(queues=(SALES, CARDS, CHEQUES), rules=(rule("any", waiting(0, "cheques")),))
    site.through()
    site.call("first", "cheques")
    assert site.engine.world.ruling.rules["main/any"].life.state == "active"
