"""Balances: which queues are in one, and the judge's view of who may go before somebody more urgent by its doing. From
the settings and what was said; nothing from the core."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from msgspec.structs import replace

from router.core import actions as core
from router.core import settings as of
from router.core.layers.plan_settings import Plan
from router.core.match.balance_settings import Balance
from router.terms import SECOND_US
from tests.sim.seen import Visit

if TYPE_CHECKING:
    from tests.sim.judge import Judge

REACHED = ("passed in a balance",)
"""What a set of a hundred seeds must reach."""
ABOUT = 1e-6
"""Urgencies that differ by less are equal."""


def drawn(seed: int, settings: of.Settings) -> of.Settings:
    """These settings, with some of the queues in a balance; in most seeds there is none."""
    rng = Random(f"balance {seed}")
    names = [queue.name for queue in settings.queues if queue.order == "urgency"]
    if rng.random() < 0.6 or len(names) < 2:
        return settings
    inside = tuple(sorted(rng.sample(names, rng.randint(2, len(names)))))
    balance = Balance(
        "b0",
        inside,
        measure=rng.choice(("length", "wait")),
        urgency_most=rng.choice((1.0, 3.0, 10.0)),
        step_us=rng.choice((1, 5, 60)) * SECOND_US,
        half_life_us=rng.choice((60, 1800)) * SECOND_US,
    )
    queues = (
        replace(queue, service_level=rng.choice((0.0, 50.0, 80.0))) if queue.name in inside else queue
        for queue in settings.queues
    )
    plans = tuple(_switches(rng, plan, inside) for plan in settings.plans)
    return replace(settings, queues=tuple(queues), balances=(balance,), plans=plans)


def _switches(rng: Random, plan: Plan, inside: tuple[str, ...]) -> Plan:
    """Some plans switch the balance of a queue, too."""
    if rng.random() < 0.5:
        return plan
    return replace(plan, actions=(*plan.actions, core.SwitchBalance((rng.choice(inside),), on=rng.random() < 0.3)))


def balance_of(judge: Judge, queue: of.Queue) -> Balance | None:
    """What the queue is in, also where a plan has switched that off: then fewer are passed than may be."""
    return next((balance for balance in judge.settings.balances if queue.name in balance.queues), None)


def may_pass(judge: Judge, visit: Visit, other: Visit, better: tuple[int, float], rank: tuple[int, float]) -> bool:
    """May `visit` be offered though `other`, who waits, is more urgent? In its balance, as long as that one has not
    waited so many targets; from outside of it, where somebody of the balance is as urgent."""
    balance = balance_of(judge, visit.queue)
    if balance is None or better[0] != rank[0] or other.queue.name == visit.queue.name:
        return False
    if other.queue.name in balance.queues:
        judge.reached["passed in a balance"] += better[1] > rank[1] + ABOUT
        return better[1] < balance.urgency_most + ABOUT
    return any(
        each.queue.name in balance.queues
        and whole.state == "waiting"
        and (each.unsure or each.rank(judge.hours.now_us(each), judge.settings.oldest_target_us) >= _nearly(better))
        for whole, each in judge.places.all()
    )


def _nearly(rank: tuple[int, float]) -> tuple[int, float]:
    return rank[0], rank[1] - ABOUT
