"""The simulation's needs: what agents are beside their skills, what queues and contacts ask, and how that gives way."""

from __future__ import annotations

from random import Random
from typing import Any

from router.core import commands as ask
from router.core.needs.asked import Step
from router.core.needs.want import Want
from router.terms import SECOND_US

TEAMS = ("a", "b")
LANGUAGES = ("de", "en")
SITES = ("north", "south")
REACHED = ("own steps", "long needs", "offered after a step", "service level waited on")
"""What a set of a hundred seeds must reach."""


def traits(rng: Random) -> dict[str, Any]:
    """Fields of an agent."""
    levels = {language: rng.choice((3, 6, 10)) for language in LANGUAGES if rng.random() < 0.7}
    return {
        "team": rng.choice(TEAMS),
        "languages": tuple(sorted(levels.items())),
        "attributes": (("site", rng.choice(SITES)),) if rng.random() < 0.7 else (),
    }


def of_queue(rng: Random, needs: tuple[tuple[str, int], ...], skills: tuple[str, ...]) -> dict[str, Any]:
    """Fields of a queue: its needs, which skills are part of, and their steps."""
    more: dict[str, Any] = {}
    if rng.random() < 0.3:
        one = Want(((rng.choice(skills), rng.randint(3, 8)),))
        more["any_of"] = ((Want(teams=(rng.choice(TEAMS),)), one),)
    if rng.random() < 0.15:
        more["none_of"] = (Want(((rng.choice(skills), 9),)),)
    if rng.random() < 0.3:
        more["prefer"] = (Want(teams=(rng.choice(TEAMS),)), Want(attributes=(("site", "north"),)))
    fields: dict[str, Any] = {"needs": Want(needs, **more)}
    if rng.random() < 0.4:
        fields["relax"] = _steps(rng, skills)
        fields["level_window_us"] = rng.choice((12, 60)) * SECOND_US
    if rng.random() < 0.2:
        fields["language_level"] = rng.choice((1, 5))
    if rng.random() < 0.15:
        fields["preferred_for_us"] = rng.choice((2, 6)) * SECOND_US
    return fields


def _steps(rng: Random, skills: tuple[str, ...]) -> tuple[Step, ...]:
    steps, after_us = [], 0
    for _ in range(rng.randint(1, 3)):
        after_us += rng.choice((2, 5, 15)) * SECOND_US
        easier = Want(((rng.choice(skills), rng.randint(1, 3)),)) if rng.random() < 0.6 else Want()
        replaces = rng.random() < 0.6
        steps.append(
            Step(
                after_us,
                easier if replaces else None,
                None if replaces else Want(teams=(rng.choice(TEAMS),)),
                rng.random() < 0.25,
                rng.choice((0.0, 0.0, 0.0, 0.5, 0.9)),
                rng.choice((None, None, 0)),
            )
        )
    return tuple(steps)


def own(rng: Random, skills: tuple[str, ...]) -> dict[str, Any]:
    """Needs of a contact's own: mostly skills, now and then the long form."""
    table: dict[str, Any] = {rng.choice(skills): rng.randint(1, 5)}
    if rng.random() < 0.3:
        table["any"] = [{"team": rng.choice(TEAMS)}, {"languages": {rng.choice(LANGUAGES): 5}}]
    if rng.random() < 0.2:
        table["not"] = {"attributes": {"site": rng.choice(SITES)}}
    if rng.random() < 0.2:
        table["prefer"] = {"team": [*TEAMS]}
    return table


def relax(rng: Random, skills: tuple[str, ...]) -> tuple[ask.RelaxStep, ...]:
    """How they give way."""
    first = ask.RelaxStep(rng.choice((2000, 8000)), {rng.choice(skills): 1}, None, rng.random() < 0.3)
    if rng.random() < 0.5:
        return (first,)
    return first, ask.RelaxStep(first.after_ms + 5000, None, {"team": rng.choice(TEAMS)})
