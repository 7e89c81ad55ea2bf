"""How an offer goes on when a side of it is back: its time, and the joining that waited for the customer's gateway."""

from __future__ import annotations

from router.core import offers
from router.core.callbacks import book as callback_book
from router.core.entities import Offer
from router.core.talks import clocks
from router.core.world import World


def go_on(world: World, offer: Offer) -> None:
    """Where an agent has taken it while its customer's gateway was away, that joins them now; one that reports on
    connecting says when they are together."""
    clocks.unpause(world, offer)
    contact = offer.contact
    waits_on = contact.peer.reports_connecting or contact.peer.awaited() or callback_book.of(contact) is not None
    if offer.state == "connecting" and not waits_on:
        offers.connect(world, offer, contact.peer)
