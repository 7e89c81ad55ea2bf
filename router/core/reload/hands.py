"""What people have laid over the configuration by hand, in words: a reload keeps it, and `diff` lists it.

    for cost_us in kept_by_hand(world, settings, found): ...    `found` then has a line for each, in pieces

Doors, skills, plans that a person started, and what a person has paused. What `settings` do not know any more is left
out: it goes with what it was laid over, which `foresee.py` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from router.core import settings as of
from router.core.entities import Agent
from router.core.layers.layer import Pause
from router.core.layers.plan import HAND
from router.core.world import World

LOOKED: Final = 256
"""Agents who are looked at in one piece."""
EVERY: Final = {"": "all rules and plans are", "plan": "all plans are"}
"""How a pause of everything is told, by its kind."""


def kept_by_hand(world: World, settings: of.Settings, found: list[str]) -> Iterator[int]:
    """What stays if these settings are in force; yields what each piece has cost, in microseconds."""
    queues = {(queue.tenant, queue.name) for queue in settings.queues}
    yield len(queues)
    for key, queue in world.queues.items():
        if queue.door is not None and queue.door.hand and key in queues:
            found.append(f"queue {queue.name} is {queue.door.hand} by hand")
    yield len(queues)
    yield from _skills(world, settings, found)
    known = {(plan.tenant, plan.name) for plan in settings.plans}
    for key, active in world.plans.active.items():
        if HAND in active.holders and key in known:
            found.append(f"plan {active.name} was started by {active.who}")
    stay = [each for each in world.layers.pauses.values() if not each.name or (each.tenant, each.name) in known]
    found += [f"{_paused(pause)} paused by hand" for pause in stay]
    yield len(known)
    rules = {rule.key for rule in settings.rules}
    yield len(rules)
    found += [
        f"rule {s.rule.name} is paused by hand" for s in world.ruling.rules.values() if s.paused and s.key in rules
    ]
    yield len(rules)


def _skills(world: World, settings: of.Settings, found: list[str]) -> Iterator[int]:
    by_hand: dict[tuple[str, str], Agent] = {}
    agents = list(world.agents.items())
    for start in range(0, len(agents), LOOKED):
        by_hand.update((key, agent) for key, agent in agents[start : start + LOOKED] if agent.by_hand)
        yield LOOKED
    stay: set[tuple[str, str]] = set()
    for start in range(0, len(settings.agents) if by_hand else 0, LOOKED):
        stay.update((agent.tenant, agent.name) for agent in settings.agents[start : start + LOOKED])
        yield LOOKED
    for key, agent in by_hand.items():
        if key in stay:
            levels = (f"{skill} {level}" if level else f"no {skill}" for skill, level in agent.by_hand.items())
            found.append(f"agent {agent.name} has skills by hand: {', '.join(levels)}")


def _paused(pause: Pause) -> str:
    return f"{pause.kind} {pause.name} is" if pause.name else EVERY[pause.kind]
