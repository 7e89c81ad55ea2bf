"""What a seed draws of rules, of what plans lend and change besides, and of edits of both in the middle of traffic.

Drawn apart from the rest of the plan, so that seeds without rules are what they were. What happens with them is in
`ruling.py`; the judge's view of them is in `books/layer.py`.
"""

from __future__ import annotations

from random import Random

from msgspec.structs import replace

from router.core import actions as core
from router.core import settings as of
from router.core.layers.plan_settings import Plan
from router.core.needs.want import Want
from router.core.ruling.settings import ActingRule
from router.rules import All, AnyOf, Compare, Condition, Not, compares_in
from router.rules.gauge import Relation
from router.rules.signals import Scope
from router.terms import SECOND_US
from tests.sim import layers
from tests.sim.wants import TEAMS

REACHED = (
    "rule started", "rule ended", "rule ended by hand", "rule gone while active", "rule observed", "rule pending",
    "rule cooling", "plan by a rule", "plan expired", "edited while in force", "lent by a rule or plan",
    "by hand: pause_rules", "by hand: resume_rules", "store away for rules", "rules edited", "rules taken out",
)  # fmt: skip
"""What a set of a hundred seeds must show."""

SHARE = 0.55
"""Seeds with rules."""
EDITS_A_BEAT = 0.06
LOOSE = ("ewt_p50_s", "ewt_p90_s")
"""Signals that are looked at now and then only: where a rule reads one, an engine that is loaded may turn it a moment
sooner or later than the one that runs."""


# -- what is drawn ----------------------------------------------------------------------------------------------------


def drawn(seed: int, settings: of.Settings) -> of.Settings:
    """These settings with rules, and with plans that lend and change needs too."""
    rng = Random(f"rules {seed}")
    if rng.random() >= SHARE:
        return settings
    names = [queue.name for queue in settings.queues]
    number = len(settings.plans)
    plans = tuple(
        replace(
            plan,
            actions=(*plan.actions, *(_more(rng, settings) for _ in range(rng.randint(0, 1)))),
            lasts_us=rng.choice((0, 0, 5, 30)) * SECOND_US,
            warn_before_us=rng.choice((0, 3)) * SECOND_US,
        )
        for plan in settings.plans
    )
    rules: list[ActingRule] = []
    for at in range(rng.randint(1, 6)):
        rules.append(_rule(rng, settings, f"r{at}", [rule.name for rule in rules]))
        actions: list[core.AnyAction] = [layers.action(rng, names, -1, 0) for _ in range(rng.randint(0, 3))]
        actions += [_more(rng, settings) for _ in range(rng.randint(0, 1))]
        if number and rng.random() < 0.4:
            actions.append(core.ActivatePlan(f"p{rng.randrange(number)}"))
        rules[-1] = replace(rules[-1], actions=tuple(actions))
    return replace(settings, plans=plans, rules=tuple(rules))


def _rule(rng: Random, settings: of.Settings, name: str, known: list[str]) -> ActingRule:
    calendars = [calendar.name for calendar in settings.calendars]
    return ActingRule(
        name,
        _condition(rng, settings, known),
        until=_condition(rng, settings, known) if rng.random() < 0.3 else None,
        for_us=rng.choice((0, 0, 2, 8)) * SECOND_US,
        active_least_us=rng.choice((1, 5, 20)) * SECOND_US,
        cool_down_us=rng.choice((0, 2, 10)) * SECOND_US,
        per_hour_most=rng.choice((0, 0, 0, 2, 5)),
        hours=rng.choice(calendars) if calendars and rng.random() < 0.2 else "",
        rank=rng.choice((0, 5, 5, 9)),
        observe=rng.random() < 0.15,
    )


def _condition(rng: Random, settings: of.Settings, known: list[str]) -> Condition:
    kind = rng.random()
    if kind < 0.65:
        return _compare(rng, settings, known)
    if kind < 0.75:
        return Not(_compare(rng, settings, known))
    parts = tuple(_compare(rng, settings, known) for _ in range(2))
    return All(parts) if kind < 0.9 else AnyOf(parts)


def _compare(rng: Random, settings: of.Settings, known: list[str]) -> Compare:
    queue = rng.choice(settings.queues).name
    relation: Relation = rng.choice(("above", "at_least", "at_least", "below", "at_most"))
    window_us = rng.choice((12, 60)) * SECOND_US
    count, share = rng.choice((0, 1, 2, 4)), rng.choice((0.2, 0.5, 0.9))
    wait_us = rng.choice((2, 10, 30)) * SECOND_US
    many: list[tuple[Scope, str, str, float, int]] = [
        ("queue", queue, "waiting", count, 0),
        ("queue", queue, "waiting", count, 0),
        ("queue", queue, "oldest_wait_s", wait_us, 0),
        ("queue", queue, "oldest_wait_s", wait_us, 0),
        ("queue", queue, rng.choice(("idle", "staffed")), count, 0),
        ("queue", queue, rng.choice(("service_level", "abandonment", "repeat_rate")), share, window_us),
        ("queue", queue, "arrivals", count, window_us),
        ("queue", queue, rng.choice(LOOSE), wait_us, 0),
        ("team", rng.choice(TEAMS), rng.choice(("idle", "staffed")), count, 0),
        ("team", rng.choice(TEAMS), "occupancy", share, window_us),
        ("site", "", "waiting", 2 * count, 0),
        ("site", "", rng.choice(("idle", "staffed")), count, 0),
        ("site", "", rng.choice(("service_level", "abandonment")), share, window_us),
        ("site", "", "store_away_s", wait_us, 0),
    ]
    if settings.segments:
        many.append(("segment", settings.segments[0].name, "service_level", share, window_us))
    if known:
        return rng.choice(
            (Compare(*_of(rng.choice(many), relation)), Compare("rule", rng.choice(known), "active", "at_least", 1))
        )
    return Compare(*_of(rng.choice(many), relation))


def _of(found: tuple[Scope, str, str, float, int], relation: Relation) -> tuple[Scope, str, str, Relation, float, int]:
    scope, subject, signal, bound, window_us = found
    return scope, subject, signal, relation, bound, window_us


def _more(rng: Random, settings: of.Settings) -> core.AnyAction:
    """A loan, or other needs."""
    skills = sorted({name for agent in settings.agents for name, _ in agent.skills})
    names = [queue.name for queue in settings.queues]
    if rng.random() < 0.5:
        queues = tuple(sorted(rng.sample(names, rng.randint(1, 2))))
        want = Want(((rng.choice(skills), rng.randint(1, 6)),))
        return rng.choice((
            core.ChangeNeeds(queues, needs=want), core.ChangeNeeds(queues, add=want),
            core.ChangeNeeds(queues, also=want), core.ChangeNeeds(queues, needs=Want()),
        ))  # fmt: skip
    granted = tuple(sorted((name, rng.randint(3, 10)) for name in rng.sample(skills, rng.randint(1, 2))))
    by_team = rng.random() < 0.6
    return core.Borrow(
        granted,
        team=rng.choice(TEAMS) if by_team else "",
        queues=() if by_team else (rng.choice(names),),
        mode=rng.choice(("also", "only")),
        agents_most=rng.choice((1, 2, 5)),
        step_us=rng.choice((0, 1, 4)) * SECOND_US,
        keep_idle=rng.choice((0, 1, 2)),
        keep_ewt_us=rng.choice((0, 0, 20)) * SECOND_US,
        keep_queues=(names[0],),
        first=rng.choice(("longest_idle", "best_skill", "least_flexible")),
        moves_an_hour_most=rng.choice((1, 6)),
    )


def is_loose(settings: of.Settings) -> bool:
    """Does a rule read what is looked at now and then only, or a service level in which those who wait by another clock
    or order count?"""
    plain = {queue.name for queue in settings.queues if queue.order != "newest" and not queue.calendar}
    for rule in settings.rules:
        for test in compares_in(All((rule.when, rule.until or rule.when))):
            if test.signal in LOOSE or (test.signal == "service_level" and test.subject not in plain | {""}):
                return True
    actions = [action for plan in settings.plans for action in plan.actions]
    actions += [action for rule in settings.rules for action in rule.actions]
    return any(isinstance(action, core.Borrow) and action.keep_ewt_us for action in actions)


# -- edits -----------------------------------------------------------------------------------------------------------


def edited(rng: Random, settings: of.Settings) -> of.Settings:
    """Some of the rules are gone, others wait for something else or do something else; plans, too."""
    needed = {test.subject for rule in settings.rules for test in _tests(rule) if test.scope == "rule"}
    rules = tuple(
        _edited(rng, rule) for rule in settings.rules if rule.name in needed or rng.random() < 0.8
    )  # fmt: skip
    plans = tuple(_edited_plan(rng, plan) for plan in settings.plans)
    return replace(settings, rules=rules, plans=plans)


def _tests(rule: ActingRule) -> list[Compare]:
    return list(compares_in(All((rule.when, rule.until or rule.when))))


def _edited(rng: Random, rule: ActingRule) -> ActingRule:
    kind = rng.randrange(7)
    if kind == 0:
        return replace(rule, rank=rng.choice((0, 5, 9)))
    if kind == 1:
        return replace(rule, actions=tuple(action for action in rule.actions if rng.random() < 0.6))
    if kind == 2:
        return replace(rule, observe=not rule.observe)
    if kind == 3:
        return replace(rule, until=rule.when if rule.until is None else None)
    if kind == 4:
        return replace(
            rule, active_least_us=2 * SECOND_US, cool_down_us=5 * SECOND_US, per_hour_most=rng.choice((0, 1))
        )
    return rule


def _edited_plan(rng: Random, plan: Plan) -> Plan:
    kind = rng.randrange(4)
    if kind == 0:
        return replace(plan, rank=rng.choice((0, 5, 9)))
    if kind == 1:
        return replace(plan, actions=tuple(action for action in plan.actions if rng.random() < 0.6))
    return plan
