"""Rules at run time: who looks when something that is watched has changed, and what a rule that turns does.

At the end of a step everything in `dirty` is looked at once; the rules that read something of which another thing is
true now are asked, the highest rank first. What a rule does by turning is seen in the next step, so that rules that
answer one another take turns with the traffic, and no step is endless.
"""

from __future__ import annotations

from router.core.entities import Agent
from router.core.layers import layers
from router.core.ruling import acts as ruling_acts
from router.core.ruling.ruled import RuleState
from router.core.ruling.see import see
from router.core.ruling.views import LOOKS, account, current
from router.core.world import World
from router.rules import said

VALUES_SAID = 12
"""Comparisons that the audit gives the values of; beyond it their number."""


def look(world: World) -> bool:
    """The end of a step in which something that is watched has changed. Did a rule turn, or wait anew?"""
    ruling = world.ruling
    dirty = list(ruling.dirty)
    ruling.dirty.clear()
    if ruling.people:
        for each in dirty:
            if isinstance(each, Agent):
                account(world, each)
        # Those whose people have changed are seen in this very step.
        dirty = list(dict.fromkeys([*dirty, *ruling.dirty]))
        ruling.dirty.clear()
    for each in dirty:
        looks = LOOKS.get(type(each))
        if looks is not None:
            looks(world, each)
        elif isinstance(each, RuleState):
            ruling.stirred[each] = None
    if not ruling.stirred:
        return False
    stirred, ruling.stirred = ruling.stirred, {}
    for state in sorted(stirred, key=_order):
        ask(world, state)
    return True


def _order(state: RuleState) -> tuple[int, str]:
    return state.order


def due(world: World, state: RuleState) -> None:
    """Time alone may turn it now."""
    world.ruling.dirty[state] = None


def ask(world: World, state: RuleState) -> None:
    """What is true of a rule now; it starts, ends, or waits for its time."""
    if world.ruling.rules.get(state.key) is not state or is_paused(world, state):
        return
    life = state.life
    before, was_due_us = (life.state, life.since_us, life.held_us), state.due_us
    begins, ends = state.begins(), state.ends()
    turned = life.look(state.times, world.now_us, begins, ends)
    at_us = life.next_us(state.times, begins, ends)
    if at_us > world.now_us:
        if at_us != state.due_us:
            world.deadlines.set(state, at_us, state.number)
    else:
        world.deadlines.cancel(state)
        if at_us:
            world.ruling.dirty[state] = None
    if before != (life.state, life.since_us, life.held_us):
        keep(world, state)
    if state.brings and state.due_us != was_due_us:
        world.layers.version += 1
    if turned == "started":
        state.activations += 1
        ruling_acts.start(world, state, values(world, state))
    elif turned == "ended":
        ruling_acts.stop(world, state, values(world, state))
    if turned:
        told(world, state)


def keep(world: World, state: RuleState) -> None:
    """Record where it is, or nothing, where there is nothing to remember."""
    if state.kept:
        world.changed[state] = None
    else:
        world.changed.pop(state, None)
        world.dropped.append(("rule", state.key))


def told(world: World, state: RuleState) -> None:
    """Its state is another one: rules that wait for it look."""
    see(world, state.gauge, int(state.life.state == "active"))
    for reader in world.ruling.stirred:
        world.ruling.dirty[reader] = None
    world.ruling.stirred.clear()


def values(world: World, state: RuleState) -> str:
    """What made it true, or ended it: the audit's why."""
    reads = [said(compare, current(world, gauge), told=True) for compare, gauge in state.reads[:VALUES_SAID]]
    more = len(state.reads) - len(reads)
    return "; ".join(dict.fromkeys(reads)) + (f"; and {more} more" if more else "")


# -- a person's hand --------------------------------------------------------------------------------------------------


def is_paused(world: World, state: RuleState) -> bool:
    """Does a person keep it, or all rules, from being active?"""
    return state.paused or world.layers.all_paused(state.rule.tenant)


def pause(world: World, tenant: str, states: list[RuleState], why: str, *, every: bool) -> None:
    """They are inactive at once and stay so; `every`: all rules of the tenant, also those that come later, and whatever
    plans have laid is off."""
    for state in states:
        if not every:
            state.paused = True
        halt(world, state, why)
        keep(world, state)
    if every:
        layers.pause(world, tenant)


def resume(world: World, tenant: str, states: list[RuleState], *, every: bool) -> None:
    """They may be active again, as if nothing had been seen of them before. `every`: what plans have laid is on
    again, and single pauses end, too."""
    if every:
        layers.resume_all(world, tenant)
    for state in states:
        state.paused = False
        keep(world, state)
        world.ruling.dirty[state] = None


def halt(world: World, state: RuleState, why: str) -> None:
    """Inactive at once, whatever its times say."""
    world.layers.version += state.brings
    world.deadlines.cancel(state)
    if state.life.stop(world.now_us):
        ruling_acts.stop(world, state, why)
        told(world, state)


# -- what others tell -------------------------------------------------------------------------------------------------


def tell_store(world: World, away: bool) -> None:
    """The store does not take what is committed, or does again."""
    ruling = world.ruling
    if away != bool(ruling.store_away_us):
        ruling.store_away_us = world.now_us if away else 0
        for view in ruling.store:
            ruling.dirty[view] = None
