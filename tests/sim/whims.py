"""What callers and their gateways do now and then: hold, resume, change something, or pass a talk on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core import commands as ask
from router.terms import SECOND_US, Place

if TYPE_CHECKING:
    from tests.sim.call import Call
    from tests.sim.gateway import Gateway


def transfer(gateway: Gateway, call: Call) -> None:
    """The talk goes on with somebody else."""
    places: tuple[Place, ...] = ("keep", "restart", "front")
    place = gateway.site.rng.choice(places)
    queue = gateway.site.rng.choice(gateway.run.plan.settings.queues).name
    agent = gateway.run.some_agent() if gateway.site.happens(gateway.run.chances.direct) else None
    gateway.site.faults["transfer: direct" if agent else f"transfer: {place}"] += 1
    gateway.say(ask.Transfer(1, call.id, queue, agent, place, gateway.run.some_needs(), {"step": "2"}))


def bother(gateway: Gateway) -> None:
    """Hold, resume, change or add to one of the calls."""
    calls = [call for call in gateway.calls.values() if call.state == "in"]
    if not calls:
        return
    site, chances = gateway.site, gateway.run.chances
    call = site.rng.choice(calls)
    if site.happens(chances.held):
        if call.seen in ("waiting", "offered"):
            site.faults[f"held while {call.seen}"] += 1
        gateway.say(ask.Hold(1, call.id))
        gateway.plan_for(call, 8 * SECOND_US, lambda: gateway.say(ask.Resume(1, call.id)))
    if site.happens(chances.switches):
        gateway.chats.switch(call)
    if site.happens(chances.updates):
        site.faults["priority changed"] += 1
        priority_s = site.rng.choice((None, 0, 30, 90))
        gateway.say(ask.Update(1, call.id, priority_s, {"note": "x" * site.rng.choice((1, 40))}))
