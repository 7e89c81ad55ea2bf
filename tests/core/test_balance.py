"""Balances: what they learn of arrivals and service levels, how thresholds move, and that both outlive a restart."""

from __future__ import annotations

import random
from typing import Any

import pytest
from msgspec.structs import replace

from router.core import commands as ask
from router.core import internal as told
from router.core import settings as of
from router.core.match.balance import LEAN_MOST, Balance, Share, due, weigh
from router.core.match.balance_settings import Balance as Settings
from router.terms import SECOND_US
from tests.core.drive import TENANT, Centre

STEP_S = 60
GROUP = Settings("bank", ("cards", "loans"))


def queue(name: str, target_s: int = 20, **more: Any) -> of.Queue:
    """A queue that lets anybody wait."""
    return of.Queue(name, enter_unstaffed=True, target_us=target_s * SECOND_US, **more)


def settings(*queues: of.Queue, balance: Settings | None = GROUP, **more: Any) -> of.Settings:
    """A centre with one agent and a balance of cards and loans."""
    queues = queues or (queue("cards", service_level=80), queue("loans", service_level=80))
    balances = () if balance is None else (balance,)
    return of.Settings(queues=queues, agents=(of.Agent("ann"),), balances=balances, **more)


def group(site: Centre) -> Balance:
    """The balance."""
    return site.engine.world.balances[TENANT, "bank"]


def share(site: Centre, name: str) -> Share:
    """A queue's part in it."""
    return group(site).shares[name]


def count(site: Centre, name: str, counted: int, in_target: int) -> None:
    """So many were counted since the last step."""
    share(site, name).counted, share(site, name).in_target = counted, in_target


def steps(site: Centre, most: int, **counts: tuple[int, int]) -> None:
    """So many steps, in each of which the same is counted."""
    for _ in range(most):
        for name, (counted, in_target) in counts.items():
            count(site, name, counted, in_target)
        site.wait(STEP_S)


def configure(site: Centre, new: of.Settings) -> None:
    """Another version is in force."""
    site.settings = replace(new, version=site.engine.world.settings.version + 1)
    site.engine.stage(site.settings)
    site.give("", told.Configure(site.settings.version))


def test_ratios_are_arrivals_times_targets() -> None:
    """p_i is as r_i * T_i: by Little's law waits are then as targets. Before anybody has come it is as the targets."""
    site = Centre(settings(queue("cards", 10), queue("loans", 40)))
    assert share(site, "cards").ratio == pytest.approx(10 / 50)
    for number in range(30):
        site.call(f"c{number}", "cards")
    for number in range(10):
        site.call(f"l{number}", "loans")
    site.wait(STEP_S)
    assert share(site, "cards").ratio == pytest.approx(30 * 10 / (30 * 10 + 10 * 40), abs=1e-3)
    assert share(site, "cards").rate == pytest.approx(3 * share(site, "loans").rate)


def test_an_old_arrival_counts_half_after_a_half_life() -> None:
    """A rush of this morning says little of the evening."""
    site = Centre(settings())
    share(site, "cards").rate = 8.0
    site.wait(1800)
    assert share(site, "cards").rate == pytest.approx(4.0)


def test_what_counts_is_what_the_figures_count() -> None:
    """Answered in time is in target; answered late, or abandoned after a while, is not; abandoned at once: nothing."""
    site = Centre(settings())
    site.agent("ann")
    site.call("soon", "cards")
    site.talk("soon")
    for name in ("late", "gone", "stray"):
        site.call(name, "cards")
    site.ok(ask.End(0, "stray"))
    site.wait(30)
    site.ok(ask.End(0, "gone"))
    site.ok(ask.End(0, "soon"))
    site.talk("late")
    cards = share(site, "cards")
    assert (cards.arrived, cards.counted, cards.in_target) == (4, 3, 1)


def test_thresholds_are_given_and_taken() -> None:
    """Whose service level is missed by more than the other's waits less from now on, and the other one as much more."""
    site = Centre(settings())
    steps(site, 1, cards=(10, 2), loans=(10, 8))
    cards, loans = share(site, "cards"), share(site, "loans")
    assert cards.lean < 0 < loans.lean
    assert cards.lean == pytest.approx(-loans.lean)
    assert cards.threshold_us < 20 * SECOND_US < loans.threshold_us
    assert cards.ratio < loans.ratio


def test_equal_shortfalls_move_nothing() -> None:
    """Both miss their goal by ten points: nobody has anything to give, however many more come to one of them."""
    site = Centre(settings(queue("cards", service_level=80), queue("loans", service_level=60)))
    steps(site, 50, cards=(40, 28), loans=(10, 5))
    assert [each.lean for each in group(site).shares.values()] == pytest.approx([0.0, 0.0])


def test_the_pace_does_not_hang_on_the_traffic() -> None:
    """Ten times the contacts move a threshold no faster: what counts is the share that was missed."""
    leans = []
    for many in (10, 100):
        site = Centre(settings())
        steps(site, 200, cards=(many, many // 2), loans=(many, many))
        leans.append(share(site, "cards").lean)
    assert leans[0] == pytest.approx(leans[1])


def test_a_threshold_stays_within_its_bounds() -> None:
    """Whatever happens it is between a hundredth and a hundred times the target."""
    site = Centre(settings())
    steps(site, 600, cards=(10, 0), loans=(10, 10))
    assert (share(site, "cards").lean, share(site, "loans").lean) == (-LEAN_MOST, LEAN_MOST)


def test_the_audit_has_a_threshold_that_has_moved_by_half() -> None:
    """Once for each half, not once a step."""
    site = Centre(settings())
    world, told_of = site.engine.world, []
    for _ in range(12):
        count(site, "cards", 10, 6)
        count(site, "loans", 10, 10)
        due(world, group(site))
        told_of += [(deed.target, deed.before, deed.after) for deed in world.deeds]
        world.deeds.clear()
    assert told_of[:2] == [
        ("cards", {"threshold_s": "20"}, {"threshold_s": "11"}),
        ("loans", {"threshold_s": "20"}, {"threshold_s": "36"}),
    ]
    assert len(told_of) == 6, "three halves of two queues, in twelve steps"


@pytest.mark.parametrize("fields", [{"service_level": 0}, {"balanced": False}])
def test_who_has_no_goal_or_is_off_keeps_its_threshold(fields: dict[str, Any]) -> None:
    """It is neither moved nor moves others."""
    site = Centre(settings(queue("cards", service_level=80), replace(queue("loans", service_level=80), **fields)))
    steps(site, 20, cards=(10, 0), loans=(10, 10))
    assert [each.lean for each in group(site).shares.values()] == [0.0, 0.0]


def test_what_was_learned_outlives_a_restart() -> None:
    """As of the last step; what was counted since is forgotten."""
    site = Centre(settings())
    site.call("c1", "cards")
    steps(site, 5, cards=(10, 2), loans=(10, 9))
    kept = [(each.rate, each.seen, each.lean, each.told, each.ratio) for each in group(site).shares.values()]
    due_us = group(site).due_us
    count(site, "cards", 5, 5)
    site.restart()
    assert [(e.rate, e.seen, e.lean, e.told, e.ratio) for e in group(site).shares.values()] == kept
    assert (group(site).due_us, share(site, "cards").counted) == (due_us, 0)


def test_an_edit_keeps_what_stays() -> None:
    """Another target changes the ratios at once; a queue that goes is forgotten; a balance that goes leaves nothing."""
    site = Centre(settings())
    steps(site, 5, cards=(10, 2), loans=(10, 9))
    lean = share(site, "cards").lean
    configure(site, settings(queue("cards", 40, service_level=80), queue("loans", service_level=80)))
    assert share(site, "cards").lean == lean
    assert share(site, "cards").threshold_us > 1.9 * 20 * SECOND_US * (1 + lean)
    three = (queue("cards", service_level=80), queue("loans"), queue("online"))
    configure(site, settings(*three, balance=Settings("bank", ("cards", "online"))))
    assert list(group(site).shares) == ["cards", "online"]
    assert share(site, "cards").lean == lean
    assert site.engine.world.queues[TENANT, "loans"].share is None
    configure(site, settings(*three, balance=None))
    site.wait(2 * STEP_S)
    assert site.engine.world.balances == {}
    assert not [key for key in site.records if key[0] == "balance"]
    assert all(each.share is None for each in site.engine.world.queues.values())


def test_a_balance_of_before_that_is_gone_is_dropped_at_a_start() -> None:
    """It was taken out of the configuration while the engine was away."""
    site = Centre(settings())
    site.wait(STEP_S)
    site.settings = settings(balance=None)
    site.restart()
    assert not [key for key in site.records if key[0] == "balance"]


@pytest.mark.parametrize("measure", ["length", "wait"])
def test_the_next_is_the_one_that_the_formula_says(measure: Any) -> None:
    """Who waits, rates and thresholds are drawn; who is taken when the agent comes free has the greatest imbalance, or
    the longest wait against its threshold."""
    rng = random.Random(7)
    names = ("cards", "loans", "online")
    for _ in range(20):
        balance = Settings("bank", names, measure=measure, urgency_most=1000)
        site = Centre(settings(*(queue(name, rng.choice((10, 20, 60))) for name in names), balance=balance))
        site.agent("ann")
        site.call("first", "cards")
        site.talk("first")
        for number in range(rng.randint(3, 9)):
            site.call(f"c{number}", rng.choice(names))
            site.wait(rng.random() * 3)
        for each in group(site).shares.values():
            each.rate, each.lean = rng.random() * 5, rng.uniform(-1, 1)
        site.engine.world.balances[TENANT, "bank"].settings = balance
        weigh(group(site))
        world = site.engine.world
        heads = {}
        for name in names:
            line = world.queues[TENANT, name].own["voice"]
            if line.order.first is not None:
                each, waiting = share(site, name), len(line.order)
                total = sum(len(world.queues[TENANT, other].own["voice"].order) for other in names)
                waited_us = site.now_us - line.order.first[0]
                over = waiting - each.ratio * total if measure == "length" else waited_us / each.threshold_us
                heads[line.order.first[2].id] = over
        site.ok(ask.End(0, "first"))
        assert list(site.offers()) == [max(heads, key=heads.__getitem__)]
