"""Starting and ending plans: a plan's actions are layers of the source `plan NAME`, from its start to its end.

It knows no rule and no route: whoever wants a plan calls `start` with a word of its own, and `release` with the same
word when it does not want it any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from router.core import audit
from router.core.effects import PlanEvent
from router.core.layers import layers
from router.core.layers.layer import Source
from router.core.layers.plan import CALENDAR, HAND, ActivePlan
from router.errors import Refused
from router.terms import MILLISECOND_US, PlanNews

if TYPE_CHECKING:
    from router.core.doors.hours import Hours
    from router.core.entities import Peer
    from router.core.layers.plan_settings import Plan
    from router.core.world import World


class Asker(Struct, frozen=True):
    """Who starts or stops a plan, and why; `peer`: the connection over which a person did."""

    holder: str
    who: str
    why: str
    peer: Peer | None = None


def find(world: World, tenant: str, name: str) -> Plan:
    """The plan of that name. Raises `Refused`."""
    plan = world.plans.known.get((tenant, name))
    if plan is None:
        raise Refused("unknown_plan", name)
    return plan


def start(world: World, plan: Plan, asker: Asker, lasts_us: int | None = None) -> ActivePlan:
    """`asker` wants the plan from now on. `lasts_us`: other than the plan says; 0: until it is stopped. A hand's start
    of a plan that is active counts its time anew; others change nothing but who wants it."""
    key = (plan.tenant, plan.name)
    active = world.plans.active.get(key)
    begins = active is None
    if active is None:
        active = world.plans.active[key] = ActivePlan(plan.tenant, plan.name, world.now_us)
    if asker.holder not in active.holders:
        active.holders = (*active.holders, asker.holder)
    if begins or asker.holder == HAND:
        active.who, active.why, active.warned = asker.who, asker.why, False
        lasts_us = plan.lasts_us if lasts_us is None else lasts_us
        active.until_us = world.now_us + lasts_us if lasts_us else 0
    _arm(world, plan, active)
    if begins:
        by_hand = asker.holder == HAND
        layers.start(
            world, _source(active), plan.rank, plan.actions, who=asker.who, why=asker.why, by_hand=by_hand,
            peer=asker.peer,
        )  # fmt: skip
        _tell(world, active, "started", asker.who)
    else:
        audit.note(world, plan.tenant, asker.who, asker.why, "plan_start", plan.name, {}, {}, asker.peer)
    return active


def stop(world: World, active: ActivePlan, asker: Asker, news: PlanNews = "stopped") -> None:
    """The plan is over, whoever wants it."""
    for layer in world.layers.targets.get((active.tenant, ("plan", active.name)), ()):
        if not layer.spent and str(layer.source) in active.holders:
            layer.spent = "done"
            world.changed[layer] = None
    del world.plans.active[active.tenant, active.name]
    world.deadlines.cancel(active)
    world.changed.pop(active, None)
    world.dropped.append(("plan", active.key))
    layers.stop(world, _source(active), who=asker.who, why=asker.why, peer=asker.peer)
    _tell(world, active, news, asker.who)


def release(world: World, tenant: str, name: str, asker: Asker) -> None:
    """`asker` wants the plan no more: it is over if nobody else does."""
    active = world.plans.active.get((tenant, name))
    if active is None or asker.holder not in active.holders:
        return
    active.holders = tuple(holder for holder in active.holders if holder != asker.holder)
    world.changed[active] = None
    if not active.holders:
        stop(world, active, asker)


def due(world: World, active: ActivePlan) -> None:
    """The time of its warning has come, or that of its end."""
    plan = world.plans.known[active.tenant, active.name]
    if world.now_us >= active.until_us:
        stop(world, active, Asker("", f"plan:{plan.name}", "its time is over"), "expired")
        return
    active.warned = True
    _arm(world, plan, active)
    who = f"plan:{plan.name}"
    left_s = (active.until_us - world.now_us) // (1000 * MILLISECOND_US)
    audit.note(world, plan.tenant, who, "it ends soon", "plan_warning", plan.name, {}, {"left_s": str(left_s)})
    _tell(world, active, "warned", who)


def take(world: World, tenant: str, name: str) -> None:
    """Rules and other plans that want this one have come or gone: it has just those holders among them. A hand that has
    stopped it has the last word until one of them starts anew."""
    plan, active = world.plans.known.get((tenant, name)), world.plans.active.get((tenant, name))
    wanted = {
        str(layer.source): layer
        for layer in world.layers.targets.get((tenant, ("plan", name)), ())
        if not layer.spent and not world.layers.paused(layer.source)
    }
    holders = active.holders if active is not None else ()
    for holder in holders:
        if holder not in (HAND, CALENDAR, *wanted):
            release(world, tenant, name, Asker(holder, holder.replace(" ", ":", 1), "it wants it no more"))
    for holder, layer in wanted.items():
        if plan is not None and holder not in holders:
            start(world, plan, Asker(holder, f"{layer.source.kind}:{layer.source.name}", "it is in force"))


def turned(world: World, hours: Hours) -> None:
    """A calendar opened or closed: plans start and stop with it."""
    for plan in world.plans.known.values():
        if plan.calendar == hours.name:
            _by_calendar(world, plan, hours)


def follow(world: World) -> None:
    """The configuration was switched: a plan that is gone is over (its layers have gone with it), and one that has
    another calendar goes by that."""
    for key, active in list(world.plans.active.items()):
        plan = world.plans.known.get(key)
        if plan is None:
            stop(world, active, Asker("", f"plan:{active.name}", "it is not in the configuration any more"))
        elif not plan.calendar and CALENDAR in active.holders:
            release(world, plan.tenant, plan.name, Asker(CALENDAR, f"plan:{plan.name}", "it has no calendar any more"))
        else:
            _arm(world, plan, active)
    for plan in world.plans.known.values():
        if plan.calendar:
            _by_calendar(world, plan, world.hours[plan.calendar])
        take(world, plan.tenant, plan.name)


def _by_calendar(world: World, plan: Plan, hours: Hours) -> None:
    if not world.ahead_us:
        return  # nobody has told the time yet
    asker = Asker(CALENDAR, f"calendar:{hours.name}", "opened" if hours.stopped_us < 0 else "closed")
    active = world.plans.active.get((plan.tenant, plan.name))
    if hours.stopped_us >= 0:
        release(world, plan.tenant, plan.name, asker)
    elif active is None or CALENDAR not in active.holders:
        start(world, plan, asker)


def _source(active: ActivePlan) -> Source:
    return Source(active.tenant, "plan", active.name)


def _arm(world: World, plan: Plan, active: ActivePlan) -> None:
    """Its next time: of the warning, or of the end."""
    world.layers.version += 1
    world.changed[active] = None
    if not active.until_us:
        world.deadlines.cancel(active)
        return
    warn_us = active.until_us - plan.warn_before_us
    early = plan.warn_before_us and not active.warned and warn_us > world.now_us
    world.set_due(active, warn_us if early else max(active.until_us, world.now_us))


def _tell(world: World, active: ActivePlan, news: PlanNews, by: str) -> None:
    """Supervisors of the tenant hear of it."""
    left_ms = (
        max(0, active.until_us - world.now_us) // MILLISECOND_US if active.until_us and news != "expired" else None
    )
    message = PlanEvent(active.name, news, by, active.why, left_ms if news in ("started", "warned") else None)
    for peer in world.peers.values():
        if peer.tenant == active.tenant and peer.role == "supervisor":
            world.tell(peer, message)
