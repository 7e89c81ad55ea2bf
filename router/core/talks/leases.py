"""Talks that nobody ends: a gateway that confirms is asked now and then whether a contact still talks.

A connected contact lives by a lease. Its gateway's heartbeats and its list after a reconnect renew it for those that
the gateway knows; what a living gateway has forgotten to end would stay for ever. So after `talk_lease_s` a gateway
with the feature `confirm` is asked (`confirm`), and answers (`alive`). What it does not name within `confirm_s` is
over: the agent is free at once, and it is counted and logged as repaired.
"""

from __future__ import annotations

from router.core import gateways, offers
from router.core.effects import Confirm, TalkOver
from router.core.entities import Contact, Offer
from router.core.extra import extra_of
from router.core.talks import clocks
from router.core.world import World
from router.terms import MILLISECOND_US


def confirmed(world: World, contact: Contact) -> None:
    """Its gateway says that it lives."""
    if contact.state == "connected":
        for offer in contact.offers:
            if offer.state == "connected":
                clocks.begin_lease(world, offer)


def due(world: World, offer: Offer) -> None:
    """The lease of a talk is over: ask; or it was asked for in vain: end it."""
    contact = offer.contact
    if not contact.peer.confirms:
        # Another instance of it came meanwhile, which does not answer such questions.
        offer.asked = False
        world.changed[contact] = None
    elif not offer.asked:
        offer.asked = True
        wait_us = world.settings.limits.confirm_us
        world.tell(contact.peer, Confirm([contact.id], wait_us // MILLISECOND_US))
        clocks.start_clock(world, offer, wait_us)
    else:
        _repair(world, contact)


def _repair(world: World, contact: Contact) -> None:
    """Nobody ends this talk: it is over, without after-contact work."""
    world.repaired("connected")
    extra_of(contact).repaired = "connected"
    talking = [offer for offer in contact.offers if offer.state == "connected"]
    for offer in talking:
        if contact.peer is not offer.endpoint_peer:
            world.tell(contact.peer, TalkOver(offer.id, contact.id, offer.agent.name, 0))
    gateways.over(world, contact, "withdrawn", "system")
    for offer in talking:
        if offer.state == "wrap_up":
            offers.wrapped_up(world, offer)
