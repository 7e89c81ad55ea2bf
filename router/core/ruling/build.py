"""From one version of the rules to another: what happens to them in the step that switches the settings, and after it.

Conditions are compiled before, and what they read is watched by then (`draft.py`). In the step a rule that is
still there keeps its life and goes by what it says now, one that is gone ends; what nobody reads any more is forgotten
afterwards, in pieces. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Final

from router.core import settings as of
from router.core.actions import ActivatePlan, Borrow, ChangeNeeds
from router.core.ruling import acts as ruling_acts
from router.core.ruling.draft import Compiled, Draft, nothing_known
from router.core.ruling.forget import forget
from router.core.ruling.ruled import Learned, RuleState
from router.core.ruling.see import see
from router.core.ruling.settings import ActingRule
from router.core.ruling.views import LOOKS
from router.core.ruling.watch import Watcher, next_number
from router.core.ruling.watched import CrewView, FlowView, View
from router.core.stored.rules import RuleRecord
from router.core.world import World
from router.rules import Compare, Times

BRINGING: Final = (Borrow, ChangeNeeds, ActivatePlan)
"""Actions that bring people to queues, or may; estimates foresee those."""
ASK_US: Final = 8
"""Asking a rule."""
FORGET_US: Final = 15
"""Forgetting one view; looking whether a value is read still costs a fifteenth."""


def drafted(world: World, new: of.Settings) -> Generator[int, None, Draft | None]:
    """Compile the rules of the new settings in pieces, where they are others; yields what each piece costs."""
    if world.settings.rules == new.rules:
        return None
    draft = Draft(world, new.rules)
    yield from draft.pieces()
    return draft


def follow(world: World, draft: Draft | None) -> None:
    """The settings were switched: so are the rules, where they are others now, and a site is its present queues."""
    watcher = Watcher(world) if draft is None else draft.watcher
    watcher.catch_up()
    if world.ruling.views:
        watcher.queues_switched()
    if draft is not None:
        switch(world, draft)
    world.layers.version += 1
    world.ruling.clock_told()


def switch(world: World, draft: Draft) -> None:
    """All rules go by the new version from now on. Those that say something else than before are `unasked`."""
    kept = world.ruling
    before, kept.rules, kept.readers = kept.rules, draft.states, draft.readers
    for made in draft.changed:
        _take(world, made)
    kept.bringing = sorted((state for state in kept.rules.values() if state.brings), key=_key)
    for gauge, key in draft.of_rules.items():
        state = kept.rules[key]
        state.gauge = gauge
        see(world, gauge, int(state.life.state == "active"))
    kept.dirty.update(kept.stirred)
    kept.stirred.clear()
    if len(before) != len(kept.rules) or before.keys() != kept.rules.keys():
        for key, state in before.items():
            if key not in kept.rules:
                _gone(world, state)


def _take(world: World, made: Compiled) -> None:
    """A rule says this from now on."""
    state, rule = made.state, made.rule
    acts = state.rule.observe and not rule.observe and state.life.state == "active"
    state.rule, state.times, state.reads = rule, made.times, made.reads
    state.begins, state.ends = made.begins, made.ends
    state.brings = not rule.observe and any(isinstance(action, BRINGING) for action in rule.actions)
    if len(state.life.starts) > rule.per_hour_most:
        # A limit that is gone, or lower, asks for fewer of them.
        state.life.starts = state.life.starts[len(state.life.starts) - rule.per_hour_most :]
        world.changed[state] = None
    if acts:
        ruling_acts.start(world, state, "it does not only observe any more")
    world.ruling.unasked[state] = None


def _gone(world: World, state: RuleState) -> None:
    """The rule was edited away: what it did ends, and nothing is kept of it."""
    world.deadlines.cancel(state)
    if state.life.stop(world.now_us):
        ruling_acts.stop(world, state, "the rule is gone from the configuration")
    world.changed.pop(state, None)
    for waiting in (world.ruling.dirty, world.ruling.unasked):
        waiting.pop(state, None)
    world.dropped.append(("rule", state.key))


def asked(world: World) -> Iterator[int]:
    """Ask rules by what they say now, one after the other; yields what each costs."""
    unasked = world.ruling.unasked
    while unasked:
        state = next(iter(unasked))
        del unasked[state]
        world.ruling.dirty[state] = None
        yield ASK_US


def tidied(world: World, draft: Draft) -> Iterator[int]:
    """Watch no more what only the version of before has read; yields what each piece costs."""
    for (tenant, key), gauge in list(world.ruling.gauges.items()):
        edges = draft.edges.get(gauge)
        if edges is None:
            for views in forget(world, tenant, key):
                yield FORGET_US * views
        else:
            gauge.keep_only(edges)
            yield 1


# -- loading ----------------------------------------------------------------------------------------------------------


def load(world: World, views: dict[str, View], learned: dict[str, Learned]) -> None:
    """Watch what the rules of the settings in force read, each view going on with what was counted in it."""
    kept = world.ruling
    draft = Draft(world, world.settings.rules, Watcher(world, views, learned)).whole()
    switch(world, draft)
    kept.unasked.clear()
    kept.numbered = 0
    for view in sorted(kept.views.values(), key=_key):
        view.number = next_number(world)
    for state in kept.rules.values():
        state.number = next_number(world)
    _drop_unread(world, views, learned)
    measure(world)


def _key(known: View | RuleState) -> str:
    return known.key


def measure(world: World) -> None:
    """Look at everything once, so that all gauges show what is so now."""
    kept = world.ruling
    for view in kept.views.values():
        LOOKS[type(view)](world, view)
    for state in kept.rules.values():
        see(world, state.gauge, int(state.life.state == "active"))
    kept.stirred.clear()


def _drop_unread(world: World, was: dict[str, View], learned: dict[str, Learned]) -> None:
    """Windows and half-hours that were kept, and that nobody asks for."""
    for key, view in was.items():
        assert isinstance(view, CrewView | FlowView), "nothing else is kept"
        now = world.ruling.views.get(key)
        if not isinstance(now, CrewView | FlowView) or not now.rings:
            world.dropped.append(("flow", key))
        elif now.rings.keys() != view.rings.keys():
            world.changed[now] = None
    for key in learned.keys() - {each.key for each in world.ruling.learned}:
        world.dropped.append(("usual", key))


def unbuilt(tenant: str, name: str, record: RuleRecord) -> RuleState:
    """A rule as its record has it, before the settings say what it is."""
    never = Compare("rule", name, "active", "at_least", 1)
    state = RuleState(ActingRule(name, never, tenant), Times(), record.life, nothing_known, nothing_known)
    state.paused, state.activations = record.paused, record.activations
    return state
