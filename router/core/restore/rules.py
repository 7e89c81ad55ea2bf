"""The part of `world.py` that is about rules: where they were, what they have counted, and what is so now."""

from __future__ import annotations

from typing import Any

from router.core.ruling import build as ruling_build
from router.core.ruling import ruling
from router.core.ruling.ruled import Learned, RuleState
from router.core.ruling.watched import CrewView, FlowView, View
from router.core.world import World


def rules(world: World, kinds: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """Watch what the rules read, each going on where it was. Returns the records that are of no use any more. Rules
    that are gone by now, and were active, end: that is in the audit of the next batch."""
    kept = world.ruling
    if not (world.settings.rules or kinds["rule"] or kinds["flow"] or kinds["usual"]):
        return []
    for record in kinds["rule"].values():
        kept.rules[record.key] = ruling_build.unbuilt(record.tenant, record.name, record)
    views: dict[str, View] = {}
    for record in kinds["flow"].values():
        view: FlowView | CrewView = (
            CrewView(record.key, record.at_us)
            if record.key.split("/")[1] == "crew"
            else FlowView(record.key, since_us=record.at_us)
        )
        view.rings = record.rings
        views[view.key] = view
    learned = {
        record.key: Learned(record.key, record.usual, (), record.half_hour, record.arrivals, record.whole)
        for record in kinds["usual"].values()
    }
    before = len(world.dropped)
    kept.loading = True
    ruling_build.load(world, views, learned)
    kept.loading = False
    # All of it was looked at just now.
    kept.dirty.clear()
    for state in kept.rules.values():
        _arm(world, state)
    stale = world.dropped[before:]
    del world.dropped[before:]
    return stale


def _arm(world: World, state: RuleState) -> None:
    """Its next deadline, as things are; what is not as it was left is looked at in the next step."""
    if ruling.is_paused(world, state):
        return
    begins, ends = state.begins(), state.ends()
    at_us = state.life.next_us(state.times, begins, ends)
    if begins is not None and begins is not (state.life.held_us >= 0):
        world.ruling.dirty[state] = None
    elif at_us > world.now_us:
        world.deadlines.set(state, at_us, state.number)
    elif at_us:
        world.ruling.dirty[state] = None


def restarted(world: World) -> None:
    """The engine was away: windows were not counted meanwhile, and all rules are asked anew."""
    for view in world.ruling.views.values():
        if isinstance(view, FlowView):
            view.since_us = world.now_us
            if view.usual is not None:
                view.usual.whole = False
            world.changed[view] = None
        elif isinstance(view, CrewView):
            view.seen_us = world.now_us
            if view.rings:
                world.changed[view] = None
        world.ruling.dirty[view] = None
    for state in world.ruling.rules.values():
        world.ruling.dirty[state] = None
