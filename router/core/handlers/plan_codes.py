"""A plan that is switched by a phone code: somebody rings a number, and the row that it meets starts or stops a plan.

The call itself is not let in: its gateway says what came of it and hangs up. A number can be forged, so a row may ask
for a code that is dialled beside it; who is not allowed hears what any refused caller hears, and the audit has the
attempt.
"""

from __future__ import annotations

from hmac import compare_digest

from router.core import audit
from router.core.commands import Enqueue
from router.core.effects import PlanStopped, Reply
from router.core.entities import Peer
from router.core.handlers.plans import started
from router.core.layers import plans
from router.core.layers.plan import HAND
from router.core.routes.routed import Routed
from router.core.routes.settings import Route
from router.core.stored import visits as visit_records
from router.core.world import World


def switch(world: World, peer: Peer, command: Enqueue, route: Route, routed: Routed) -> Reply | None:
    """Start or stop the row's plan; None where the caller may not."""
    who, why = f"phone:{command.number or 'unknown'}", f"row {route.name}"
    denied = _denied(route, command)
    if denied:
        audit.note(world, peer.tenant, who, f"{why}: {denied}", "plan_code_denied", route.plan, {}, {}, peer)
        return None
    plan, asker = plans.find(world, peer.tenant, route.plan), plans.Asker(HAND, who, why, peer)
    visit_records.write_refused(world, peer, command.contact, "", command.channel, "plan", "", routed)
    if route.plan_action == "start":
        return started(world, command.seq, plan, plans.start(world, plan, asker))
    active = world.plans.active.get((peer.tenant, plan.name))
    if active is not None:
        plans.stop(world, active, asker)
    return PlanStopped(command.seq, plan.name)


def _denied(route: Route, command: Enqueue) -> str:
    """Why this caller may not; empty: they may."""
    if route.callers and command.number not in route.callers:
        return "the number is not allowed"
    if route.pin and not compare_digest(route.pin, command.pin or ""):
        return "no code" if command.pin is None else "a wrong code"
    return ""
