"""Rules by hand: what they go by now, pause and resume."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from router.core import audit
from router.core import commands as ask
from router.core.effects import Ok, Reply, RuleReads, RulesReply, RuleStatus
from router.core.entities import Peer
from router.core.ruling import ruling
from router.core.ruling.ruled import RuleState
from router.core.ruling.views import current
from router.core.world import World
from router.errors import Refused
from router.rules import Compare, Gauge, Value, key_of, said
from router.rules.condition import shown
from router.terms import MILLISECOND_US

PAGE = 500
READS_SHOWN = 16
"""Comparisons shown of one rule: bounds a page."""


def listed(world: World, peer: Peer, command: ask.Rules) -> Reply:
    """A page of rules."""
    mine = {state.rule.name: state for state in world.ruling.rules.values() if state.rule.tenant == peer.tenant}
    names = sorted(name for name in mine if name > command.after)
    page = [_status(world, mine[name]) for name in names[:PAGE]]
    return RulesReply(command.seq, page, len(names) > PAGE, world.layers.all_paused(peer.tenant))


def pause_rules(world: World, peer: Peer, command: ask.PauseRules) -> Reply:
    """They are inactive at once, and stay so."""
    states = _meant(world, peer, command.rule)
    before = _facts(world, states)
    every = command.rule is None
    ruling.pause(world, peer.tenant, states, f"paused by {command.who}: {command.why}", every=every)
    target, after = command.rule or "all", _facts(world, states)
    audit.write(world, peer, command.who, command.why, "pause_rules", target, *_changes(before, after))
    return Ok(command.seq)


def resume_rules(world: World, peer: Peer, command: ask.ResumeRules) -> Reply:
    """They may be active again."""
    states = _meant(world, peer, command.rule)
    before = _facts(world, states)
    every = command.rule is None
    off = every and any(paused.tenant == peer.tenant for paused in world.layers.pauses.values())
    if not off and not any(state.paused for state in states):
        raise Refused("not_paused", command.rule or "all")
    ruling.resume(world, peer.tenant, states, every=every)
    target, after = command.rule or "all", _facts(world, states)
    audit.write(world, peer, command.who, command.why, "resume_rules", target, *_changes(before, after))
    return Ok(command.seq)


def _meant(world: World, peer: Peer, name: str | None) -> list[RuleState]:
    if name is None:
        return [state for state in world.ruling.rules.values() if state.rule.tenant == peer.tenant]
    state = world.ruling.rules.get(key_of(peer.tenant, name))
    if state is None:
        raise Refused("unknown_rule", name)
    return [state]


def _facts(world: World, states: list[RuleState]) -> audit.Facts:
    return {state.rule.name: _state(world, state) for state in states}


def _changes(before: audit.Facts, after: audit.Facts) -> tuple[audit.Facts, audit.Facts]:
    """Only what has changed, and of that no more than a page."""
    names = [name for name in before if before[name] != after[name]][:PAGE]
    return {name: before[name] for name in names}, {name: after[name] for name in names}


def _state(world: World, state: RuleState) -> str:
    return "paused" if ruling.is_paused(world, state) else state.life.state


def _status(world: World, state: RuleState) -> RuleStatus:
    rule = state.rule
    reads = [_reads(world, compare, gauge) for compare, gauge in state.reads[:READS_SHOWN]]
    return RuleStatus(
        rule.name,
        _state(world, state),  # type: ignore[arg-type]  # one of its words
        (world.now_us - state.life.since_us) // MILLISECOND_US if state.life.since_us else 0,
        max(0, state.due_us - world.now_us) // MILLISECOND_US if state.due_us else None,
        state.activations,
        rule.observe,
        rule.rank,
        rule.about,
        reads,
    )


def _reads(world: World, compare: Compare, gauge: Gauge) -> RuleReads:
    holds = gauge.leaf(compare.relation, compare.bound).truth
    return RuleReads(said(compare), shown(compare, _now(world, compare, current(world, gauge))), holds)


def _now(world: World, compare: Compare, seen: Value) -> Value:
    """The value now: what grows with time was seen last when something happened."""
    if seen is not None and compare.signal == "store_away_s":
        since_us = world.ruling.store_away_us
        return world.now_us - since_us if since_us else 0
    return seen


HANDLERS: dict[type[ask.Request], Callable[[World, Peer, Any], Reply]] = {
    ask.Rules: listed,
    ask.PauseRules: pause_rules,
    ask.ResumeRules: resume_rules,
}
