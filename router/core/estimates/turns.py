"""What rules and plans are about to do, as far as the time of it is known: what begins to act when, and what ends when.

Known ahead are

- the end of a plan: its time is over (`lasts_s`, `--for`), or whoever alone wants it ends (its calendar, a rule);
- the start of a plan by its calendar, and its end then;
- the start of a rule whose condition holds and has not held for `for_s`, or whose cool-down is not over;
- the end of a rule whose end has come and whose least time is not over;
- both for a rule that reads a calendar (`hours`, or a comparison with it), where the calendar's next opening or closing
  turns it, everything else that it reads staying as it is; and the plans that a rule activates, with it.

Each has two times. `likely` goes by what is so now: a rule whose condition must hold for a minute more is counted on,
and a measurement may still prove that wrong. `sure` no measurement can change: hours on the wall, and the time that a
plan was given; of a rule, what is true with everything unknown but the calendar (Kleene's logic).

Not foreseen: what a window of counts will show, rules that wait for other rules, a hand. Rules that only observe, and
what is paused, do nothing and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from router.core.actions import ActivatePlan
from router.core.deadlines import NEVER_US
from router.core.doors.hours import core_us
from router.core.layers.layer import Source
from router.core.layers.plan import CALENDAR, HAND
from router.rules import Compare, Condition, Leaf, begins_and_ends, compiled
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.actions import AnyAction
    from router.core.layers.plan import ActivePlan
    from router.core.layers.plan_settings import Plan
    from router.core.ruling.ruled import RuleState
    from router.core.world import World


class When(NamedTuple):
    """Core times, `NEVER_US` where it is not known; see the module. `likely_us` is not later than `sure_us`."""

    sure_us: int
    likely_us: int


NEVER = When(NEVER_US, NEVER_US)
CLOCK_COST = 15
"""A rule that reads a calendar costs so many more than another one, of some two microseconds."""
COST_A_SLICE = 128


class Turn(NamedTuple):
    """A source that will lay its actions."""

    source: Source
    actions: tuple[AnyAction, ...]
    begins: When
    ends: When


def any_known(world: World) -> bool:
    """Might anything be known? O(1)."""
    plans = world.plans
    return bool(world.ruling.bringing or plans.active or plans.by_calendar or world.layers.loans.by_layer)


def end_of(world: World, source: Source, within: tuple[Source, ...] = ()) -> When:
    """When a source that is in force ends."""
    if source.kind == "rule":
        state = world.ruling.rules.get(f"{source.tenant}/{source.name}")
        return NEVER if state is None or state.life.state != "active" else _rule_ends(world, state)
    active = world.plans.active.get((source.tenant, source.name)) if source.kind == "plan" else None
    return NEVER if active is None or source in within else _plan_ends(world, active, (*within, source))


def beginning(world: World) -> Iterator[Turn | None]:
    """Everything that is about to begin, and the plans that it activates; None is the end of a slice."""
    seen: set[tuple[str, str]] = set(world.plans.active)
    cost = 0
    for state in world.ruling.bringing:
        cost += 1 + CLOCK_COST * any(compare.scope == "hours" for compare, _ in state.reads)
        if cost >= COST_A_SLICE:
            cost = 0
            yield None
        if state.life.state != "active" and not (state.paused or world.layers.all_paused(state.rule.tenant)):
            begins = _rule_begins(world, state)
            if begins != NEVER:
                rule = state.rule
                source = Source(rule.tenant, "rule", rule.name)
                yield from _with_plans(
                    world, Turn(source, rule.actions, begins, _ends_then(world, state, begins)), seen
                )
    for name, plans in world.plans.by_calendar.items():
        opens, closes = _opens(world, name)
        for plan in plans if opens < NEVER_US else ():
            if (plan.tenant, plan.name) not in seen:
                ends_us = min(closes, opens + plan.lasts_us if plan.lasts_us else NEVER_US)
                turn = Turn(_source(plan), plan.actions, When(opens, opens), When(ends_us, ends_us))
                yield from _with_plans(world, turn, seen)


def _with_plans(world: World, turn: Turn, seen: set[tuple[str, str]]) -> Iterator[Turn]:
    """The turn, and those of plans that begin with it; nothing where it is paused."""
    tenant = turn.source.tenant
    if world.layers.paused(turn.source):
        return
    if turn.source.kind == "plan":
        seen.add((tenant, turn.source.name))
    yield turn
    for action in turn.actions:
        if isinstance(action, ActivatePlan) and (tenant, action.plan) not in seen:
            plan = world.plans.known.get((tenant, action.plan))
            if plan is not None:
                ends = When(*(
                    min(ends_us, begins_us + plan.lasts_us if plan.lasts_us else NEVER_US)
                    for begins_us, ends_us in zip(turn.begins, turn.ends, strict=True)
                ))  # fmt: skip
                yield from _with_plans(world, Turn(_source(plan), plan.actions, turn.begins, ends), seen)


def _source(plan: Plan) -> Source:
    return Source(plan.tenant, "plan", plan.name)


# -- plans ------------------------------------------------------------------------------------------------------------


def _plan_ends(world: World, active: ActivePlan, within: tuple[Source, ...]) -> When:
    """Its time is over, or nobody wants it any more."""
    sure_us = likely_us = 0
    for holder in active.holders:
        ends = _holder_ends(world, active, holder, within)
        sure_us, likely_us = max(sure_us, ends.sure_us), max(likely_us, ends.likely_us)
    over_us = active.until_us or NEVER_US
    return When(min(over_us, sure_us or NEVER_US), min(over_us, likely_us or NEVER_US))


def _holder_ends(world: World, active: ActivePlan, holder: str, within: tuple[Source, ...]) -> When:
    if holder == HAND:
        return NEVER
    if holder == CALENDAR:
        plan = world.plans.known.get((active.tenant, active.name))
        hours = world.hours.get(plan.calendar) if plan is not None else None
        closes_us = hours.due_us if hours is not None and hours.stopped_us < 0 and hours.due_us else NEVER_US
        return When(closes_us, closes_us)
    kind, _, name = holder.partition(" ")
    return end_of(world, Source(active.tenant, "rule" if kind == "rule" else "plan", name), within)


def _opens(world: World, name: str) -> tuple[int, int]:
    """When a calendar that is closed opens, and when it closes again then."""
    hours = world.hours.get(name)
    if hours is None or hours.stopped_us < 0 or not hours.due_us or not world.ahead_us:
        return NEVER_US, NEVER_US
    closes_us = core_us(world, hours.calendar.next_change((hours.due_us + world.ahead_us) // SECOND_US))
    return hours.due_us, NEVER_US if closes_us is None else closes_us


# -- rules ------------------------------------------------------------------------------------------------------------


def _rule_begins(world: World, state: RuleState) -> When:
    """When a rule that is not active starts."""
    when, _ = begins_and_ends(state.rule)
    holds = state.begins()
    likely_us, sure_us = (_starts_us(state, state.life.held_us) if holds else NEVER_US), NEVER_US
    if likely_us <= world.now_us:
        likely_us = NEVER_US
    for name, at_us, is_open in _turning(world, state, world.now_us):
        if holds:
            if at_us <= likely_us and _truth(world, state, when, name, is_open, sure=False) is False:
                likely_us = NEVER_US
        elif _truth(world, state, when, name, is_open, sure=False):
            starts_us = _starts_us(state, at_us)
            likely_us = min(likely_us, starts_us)
            if _truth(world, state, when, name, is_open, sure=True):
                sure_us = min(sure_us, starts_us)
    return When(sure_us, likely_us)


def _starts_us(state: RuleState, held_us: int) -> int:
    """The earliest start, if the condition holds from then on."""
    life, times = state.life, state.times
    at_us = life.starts_us(times, held_us)
    return max(at_us, life.since_us + times.cool_down_us) if life.state == "cooling" else at_us


def _rule_ends(world: World, state: RuleState) -> When:
    """When a rule that is active ends."""
    likely_us = state.due_us if state.due_us > world.now_us else NEVER_US
    ends = _closed(world, state, world.now_us, state.life.since_us)
    return When(ends.sure_us, min(likely_us, ends.likely_us))


def _ends_then(world: World, state: RuleState, begins: When) -> When:
    """When a rule that will start then ends: by a calendar alone."""
    ends = _closed(world, state, begins.likely_us, begins.likely_us)
    return ends if begins.sure_us < NEVER_US else When(NEVER_US, ends.likely_us)


def _closed(world: World, state: RuleState, from_us: int, since_us: int) -> When:
    """When the next turn of a calendar ends it, active since then."""
    _, ends = begins_and_ends(state.rule)
    sure_us = likely_us = NEVER_US
    for name, at_us, is_open in _turning(world, state, from_us):
        over_us = max(at_us, since_us + state.times.active_least_us)
        if _truth(world, state, ends, name, is_open, sure=False):
            likely_us = min(likely_us, over_us)
        if _truth(world, state, ends, name, is_open, sure=True):
            sure_us = min(sure_us, over_us)
    return When(sure_us, min(likely_us, sure_us))


def _turning(world: World, state: RuleState, from_us: int) -> Iterator[tuple[str, int, bool]]:
    """Calendars that the rule reads: (name, when it turns next after that time, whether it is open then)."""
    names = dict.fromkeys(compare.subject for compare, _ in state.reads if compare.scope == "hours")
    for name in names if world.ahead_us else ():
        hours = world.hours.get(name)
        if hours is not None:
            next_s = hours.calendar.next_change((from_us + world.ahead_us) // SECOND_US)
            at_us = core_us(world, next_s)
            if at_us is not None:
                yield name, at_us, hours.calendar.is_open(next_s)


def _truth(
    world: World, state: RuleState, condition: Condition, calendar: str, is_open: bool, *, sure: bool
) -> bool | None:
    """What is true of a condition once the calendar has turned: everything else as it is, or (`sure`) unknown."""

    def leaf(compare: Compare) -> Leaf:
        if compare.scope == "hours" and compare.subject == calendar:
            turned = Leaf(1, True)
            turned.truth = is_open
            return turned
        if sure:
            return Leaf(1, True)
        return world.ruling.gauges[state.rule.tenant, compare.key].leaf(compare.relation, compare.bound)

    return compiled(condition, leaf)()
