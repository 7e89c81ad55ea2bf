"""The first step of entry: which queue, and as whom, for what a contact arrives with.

The rest of entry (may it come in, make it, place it) is in `entry.py`.
"""

from __future__ import annotations

from router.core.commands import AliveContact, Enqueue, Estimate, Probe
from router.core.entities import Peer
from router.core.needs.asked import asked_by
from router.core.routes.routed import Decision, Routed
from router.core.routes.routes import Attributes
from router.core.routes.settings import Route
from router.core.world import World
from router.errors import Refused
from router.terms import SECOND_US

HEAD_START_MOST_S = 86_400
"""As on the wire."""

Arriving = Enqueue | Probe | Estimate | AliveContact


def is_plain(world: World, asked: Arriving) -> bool:
    """Does it name its queue, and nothing else that routes or segments look at?"""
    return (
        asked.queue is not None
        and not world.settings.segments
        and asked.business is None
        and asked.entry is None
        and asked.tier is None
        and asked.region is None
    )


def decide(world: World, peer: Peer, asked: Arriving) -> Decision:
    """Where it goes and what is kept of why. Raises `Refused` where it names no queue and no row matches.

    A queue that it names is taken as it is, and rows are not asked. In a list of what is alive the row counts all the
    same if it leads to that queue: what the engine has lost is found again.
    """
    attributes = Attributes(
        asked.channel, asked.entry, asked.customer, asked.tier, asked.language, asked.region, asked.business,
        open_calendars(world) if world.routing.asks_calendars else (),
    )  # fmt: skip
    route: Route | None = None
    if asked.queue is None or isinstance(asked, AliveContact):
        route = world.routing.routes.first(peer.tenant, attributes)
        if asked.queue is None and route is None:
            raise Refused("no_route", asked.entry or asked.channel)
        if asked.queue is not None and route is not None and route.queue != asked.queue:
            route = None
    segment = (route.segment if route is not None else None) or ""
    if not segment and world.settings.segments:
        first = world.routing.segment_matcher.first(peer.tenant, attributes)
        segment = first.name if first is not None else ""
    priority_s = 0 if isinstance(asked, Probe) else asked.priority_s
    decision = Decision(asked.queue or "", None, None, asked_by(asked), priority_s)
    if route is not None or segment or asked.entry or asked.tier or asked.region or asked.business:
        decision.routed = Routed(
            segment=segment, entry=asked.entry, tier=asked.tier, region=asked.region, business=asked.business
        )
        known = world.routing.segments.get((peer.tenant, segment))
        decision.own_target = (known.target_class if known is not None else None) or ""
        if route is not None:
            _take(decision, decision.routed, route, asked)
    return decision


def open_calendars(world: World) -> tuple[str, ...]:
    """The calendars that are open now."""
    return tuple(name for name, hours in world.hours.items() if hours.stopped_us < 0)


def _take(decision: Decision, routed: Routed, route: Route, asked: Arriving) -> None:
    """What the row says beyond the queue."""
    decision.route = route
    decision.queue = asked.queue or route.queue or ""
    decision.needs = decision.needs.beside(route.needs)
    decision.priority_s = min(decision.priority_s + route.priority_us // SECOND_US, HEAD_START_MOST_S)
    decision.contact_class = route.contact_class
    decision.queues = route.queues
    routed.row, routed.test, routed.contact_class = route.name, route.test, route.contact_class
