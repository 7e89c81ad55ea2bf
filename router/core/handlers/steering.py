"""Advice on another channel, asked for by the way, and what became of it."""

from __future__ import annotations

from router.core import commands as ask
from router.core.effects import Ok, Reply, Steering
from router.core.entities import Peer
from router.core.handlers.contacts import own
from router.core.routes import advice
from router.core.world import World
from router.errors import Refused


def steer(world: World, peer: Peer, command: ask.Steer) -> Reply:
    """What fits better now; nothing for one that does not wait."""
    contact = own(peer, command.contact)
    return Steering(command.seq, contact.id, advice.advise_contact(world, contact))


def steered(world: World, peer: Peer, command: ask.Steered) -> Reply:
    """Somebody took it who was not in yet."""
    if not advice.took(world, peer.tenant, command.steer, command.customer, command.channel):
        raise Refused("unknown_steer", command.steer)
    return Ok(command.seq)
