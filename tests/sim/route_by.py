"""The simulation's routes: a table of rows and segments, drawn, and callers with attributes."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, get_args

from router.core import commands as ask
from router.core.effects import Treatment
from router.core.route_settings import Attribute, Condition, Route, Segment
from router.core.want import ANYBODY, skills
from router.terms import SECOND_US, Business

if TYPE_CHECKING:
    from tests.sim.site import Site

VALUES: dict[Attribute, tuple[str, ...]] = {
    "entry": ("100", "101", "1015", "200", "web"),
    "tier": ("gold", "plain"),
    "region": ("north", "south", "sea"),
    "language": ("de", "en"),
    "business": get_args(Business),
}
"""What callers say of themselves."""


def table(rng: Random, channels: tuple[str, ...]) -> dict[str, Any]:
    """Settings of the routes; every third seed has none."""
    if rng.random() < 1 / 3:
        return {}
    return {
        "routes": tuple(_route(rng, f"r{number}", channels) for number in range(rng.randint(1, 8))),
        "segments": tuple(_segment(rng, f"s{number}") for number in range(rng.randint(0, 3))),
        "blocked": {"main/cust-1": 0, "main/cust-2": rng.choice((1, 10**9))},
    }


def _route(rng: Random, name: str, channels: tuple[str, ...]) -> Route:
    refuse = Treatment("message", "no") if rng.random() < 0.1 else None
    conditions = [_condition(rng) for _ in range(rng.randint(0, 2))]
    if rng.random() < 0.4:
        conditions.append(Condition("channel", (rng.choice(channels),)))
    if refuse is not None:
        return Route(name, conditions=(*conditions, _condition(rng)), refuse=refuse)
    return Route(
        name,
        conditions=tuple(conditions),
        queue=f"q{rng.randrange(3)}",
        priority_us=rng.choice((0, 0, 20)) * SECOND_US,
        contact_class=rng.choice((None, None, 0, 1)),
        needs=rng.choice((ANYBODY, ANYBODY, skills(cards=3))),
        segment=rng.choice((None, None, "s0")),
        test=rng.random() < 0.1,
    )


def _condition(rng: Random) -> Condition:
    attribute = rng.choice(tuple(VALUES))
    some = tuple(rng.sample(VALUES[attribute], rng.randint(1, 2)))
    if attribute == "entry" and rng.random() < 0.5:
        return Condition(attribute, some[1:], (rng.choice(("1", "10", "")),), rng.random() < 0.2)
    return Condition(attribute, some, (), rng.random() < 0.2)


def _segment(rng: Random, name: str) -> Segment:
    target_class, target_us = rng.choice(((None, 0), ("fast", 4 * SECOND_US), ("slow", 50 * SECOND_US)))
    return Segment(
        name,
        conditions=tuple(_segment_condition(rng) for _ in range(rng.randint(0, 2))),
        target_class=target_class,
        target_us=target_us,
        tolerance_us=rng.choice((0, 20)) * SECOND_US,
    )


def _segment_condition(rng: Random) -> Condition:
    attribute = rng.choice(("tier", "region", "language"))
    return Condition(attribute, (rng.choice(VALUES[attribute]),), (), rng.random() < 0.2)  # type: ignore[arg-type,index]


def attributes(rng: Random, enqueue: ask.Enqueue, routed: float, site: Site) -> None:
    """Say more of this caller, and maybe leave it to the routes where it goes."""
    for attribute, values in VALUES.items():
        if rng.random() < 0.5:
            setattr(enqueue, attribute, rng.choice(values))
    if site.happens(routed):
        site.faults["left to the routes"] += 1
        enqueue.queue = None
