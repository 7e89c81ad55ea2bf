"""What a rule does when it turns: the one place where rules meet actions.

A rule that only observes says what it would do, in the audit, and does nothing.
"""

from __future__ import annotations

from router.core import audit
from router.core.layers import layers
from router.core.layers.layer import Source
from router.core.ruling.ruled import RuleState
from router.core.world import World


def start(world: World, state: RuleState, why: str) -> None:
    """The rule is active from now on; `why`: the values that made it so."""
    if state.rule.observe:
        _note(world, state, "start", why, ("inactive", "active"))
    else:
        layers.start(world, _source(state), state.rule.rank, state.rule.actions, why=why)


def stop(world: World, state: RuleState, why: str) -> None:
    """It is active no more."""
    if state.rule.observe:
        _note(world, state, "stop", why, ("active", state.life.state))
    else:
        layers.stop(world, _source(state), why=why)


def acting(world: World) -> list[tuple[Source, int]]:
    """Rules that are active and act, and since when. One that observes begins to act elsewhere, as if it started
    then."""
    active = [state for state in world.ruling.rules.values() if state.life.state == "active"]
    return [(_source(state), state.life.since_us) for state in active if not state.rule.observe]


def _source(state: RuleState) -> Source:
    return Source(state.rule.tenant, "rule", state.rule.name)


def _note(world: World, state: RuleState, what: str, why: str, states: tuple[str, str]) -> None:
    rule = state.rule
    before, after = ({"state": each} for each in states)
    audit.note(world, rule.tenant, f"rule:{rule.name}", why, f"rule_would_{what}", rule.name, before, after)
