"""The time of an offer's present state: it runs while both sides are heard, and stands still while one is awaited."""

from __future__ import annotations

from router.core.entities import Offer
from router.core.world import World


def begin_lease(world: World, offer: Offer) -> None:
    """A talk begins, or is confirmed: from now on it is its gateway that says, when asked, whether it lives."""
    channel = world.channels.get(offer.channel)
    offer.asked = False
    if channel is not None and channel.talk_lease_us and offer.contact.peer.confirms:
        start_clock(world, offer, channel.talk_lease_us)


def stands_still(offer: Offer) -> bool:
    """Does the offer's time stand still, because a side of it is away and awaited? Wrap-up concerns the agent's."""
    return offer.endpoint_peer.awaited() or (offer.state != "wrap_up" and offer.contact.peer.awaited())


def start_clock(world: World, offer: Offer, lasts_us: int) -> None:
    """Give the offer's present state this much time; it begins to run when both sides are heard."""
    world.changed[offer.contact] = None
    if stands_still(offer):
        world.deadlines.cancel(offer)
        offer.left_us = lasts_us
    else:
        offer.left_us = -1
        world.set_due(offer, world.now_us + lasts_us)


def pause(world: World, offer: Offer) -> None:
    """A gateway of this offer is away: its deadline stands still, since we heard of it last."""
    if offer.due_us and stands_still(offer):
        sides = [peer.away_since_us for peer in (offer.endpoint_peer, offer.contact.peer) if peer.awaited()]
        start_clock(world, offer, max(0, offer.due_us - min(sides)))


def unpause(world: World, offer: Offer) -> None:
    """A gateway is back: where nobody else is awaited the deadline goes on with what was left."""
    if offer.left_us >= 0 and not stands_still(offer):
        start_clock(world, offer, offer.left_us)
