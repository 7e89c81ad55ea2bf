"""What the agent's side says of an offer."""

from __future__ import annotations

from router.core import commands as ask
from router.core import offers
from router.core.effects import Ok, Reply
from router.core.entities import Offer, Peer
from router.core.talks import clocks
from router.core.world import World
from router.errors import Refused


def find(world: World, peer: Peer, offer_id: str) -> Offer:
    """The live offer or leg of that id that the sender may answer. Raises `Refused`: one that is over is `gone`."""
    offer = world.offers.get(offer_id)
    if offer is None:
        raise Refused("gone" if was_made(world, offer_id) else "unknown_offer", offer_id)
    if offer.endpoint_peer is not peer and offer.agent.session != peer.key:
        raise Refused("not_yours", offer_id)
    return offer


def was_made(world: World, offer_id: str) -> bool:
    """Is this an id that an engine of this site has given?"""
    epoch, dash, number = offer_id.partition("-")
    if not dash or not (epoch + number).isascii() or not epoch.isdecimal() or not number.isdecimal():
        return False
    return 0 < int(epoch) <= world.epoch and 0 < int(number) <= world.counter


def ringing(world: World, peer: Peer, command: ask.Ringing) -> Reply:
    """The ring time starts."""
    offer = find(world, peer, command.offer)
    if offer.state == "offered" and not offer.rang:
        offer.rang = True
        clocks.start_clock(world, offer, offer.ring_us)
    return Ok(command.seq)


def accept(world: World, peer: Peer, command: ask.Accept) -> Reply:
    """The agent takes it; said again it is ok again."""
    offer = find(world, peer, command.offer)
    if offer.state == "offered":
        offers.accept(world, offer, peer)
    return Ok(command.seq)


def reject(world: World, peer: Peer, command: ask.Reject) -> Reply:
    """The agent or the device does not take it."""
    offer = find(world, peer, command.offer)
    if offer.state != "offered":
        raise Refused("gone", command.offer)
    offers.give_back(world, offer, command.reason, peer)
    return Ok(command.seq)
