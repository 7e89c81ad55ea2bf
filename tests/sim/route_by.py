"""The simulation's routes: a table of rows and segments, drawn, and callers with attributes."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, get_args

from msgspec import structs

from router.core import commands as ask
from router.core.customers.settings import Again
from router.core.effects import Treatment
from router.core.needs.want import ANYBODY, skills
from router.core.routes.settings import Attribute, Condition, Route, Segment, Steer
from router.terms import SECOND_US, Business

if TYPE_CHECKING:
    from router.core.effects import Queued, SteerTo
    from tests.sim.call import Call
    from tests.sim.gateway import Gateway
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
        "steers": tuple(_steer(rng, f"v{number}", channels) for number in range(rng.randint(0, 3))),
        "steer_window_us": rng.choice((0, 30, 86_400)) * SECOND_US,
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
        repeat=rng.choice((None, None, Again(), Again(head_start_us=30 * SECOND_US), Again(queue="q0", times=2))),
    )


def _steer(rng: Random, name: str, channels: tuple[str, ...]) -> Steer:
    to = rng.choice(("self_service", "callback", *channels))
    return Steer(
        name,
        segments=rng.choice(((), (), ("s0",))),
        business=rng.choice(((), ("query", "handle"))),
        channels=rng.choice(((), ("voice",))),
        to=to,
        queue="q0" if to in channels else None,
        gain_least_us=rng.choice((0, 5, 60)) * SECOND_US,
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


def entered(gateway: Gateway, call: Call, reply: Queued) -> None:
    """It is in: by which way?"""
    faults = gateway.site.faults
    faults["sent on at entry"] += reply.queue is not None and call.enqueue.queue is not None
    faults["of a segment"] += reply.segment is not None
    if reply.steer is not None:
        gateway.run.judge.routes.advised(call.enqueue, reply.steer)
        advised(gateway, call, reply.steer)


def advised(gateway: Gateway, call: Call, advice: SteerTo) -> None:
    """Another channel fits better: some customers take it, and some of those call all the same."""
    site = gateway.site
    site.faults["steered: advised"] += 1
    if not site.happens(0.4):
        return

    def take() -> None:
        if call.state != "in" or call.seen != "waiting":
            return
        site.faults["steered: taken"] += 1
        gateway.calls.pop(call.id, None)
        call.state, call.round = "over", call.round + 1
        gateway.say(ask.End(1, call.id, "steered", steer=advice.steer))
        if not gateway.run.calming:
            site.after(site.some(5 * SECOND_US), come_again)

    def come_again() -> None:
        if gateway.run.calming:
            return
        channel = advice.to if site.happens(0.5) and advice.queue else call.enqueue.channel
        queue = advice.queue if channel == advice.to else call.enqueue.queue
        again = structs.replace(call.enqueue, contact=f"{call.id}-again", channel=channel, queue=queue)
        gateway.arrive(again)

    site.after(site.some(SECOND_US), take)
