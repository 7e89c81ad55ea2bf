"""Parking, coming back, who writes, and changing the channel."""

from __future__ import annotations

from router.core import commands as ask
from router.core.effects import Ok, Reply
from router.core.entities import Contact, Peer, Tombstone
from router.core.handlers.contacts import is_agents_side, legs_of, on_the_line, worked_by
from router.core.handlers.several import find_queue
from router.core.partners.sent import AWAY
from router.core.talks import parking
from router.core.talks.consulting import is_shared
from router.core.tickets.ticket import TICKET
from router.core.world import World
from router.errors import Refused


def _live(world: World, peer: Peer, contact_id: str, gateway: str | None) -> Contact:
    """The live contact that the sender names, as the contact's or the agent's side. Raises `Refused`."""
    contact = worked_by(world, peer, contact_id, gateway)
    if isinstance(contact, Tombstone):
        raise Refused("bad_state", "ended")
    if contact.peer is peer or legs_of(contact, peer):
        return contact
    agent = parking.last_agent(contact)
    if not agent or not is_agents_side(world, peer, agent):
        raise Refused("not_yours", contact_id)
    return contact


def park(world: World, peer: Peer, command: ask.Park) -> Reply:
    """Off its agent's hands. Said again it is ok again."""
    contact = _live(world, peer, command.contact, command.gateway)
    if contact.state == "parked":
        return Ok(command.seq)
    if contact.state != "connected" or is_shared(contact):
        raise Refused("bad_state", "consult" if is_shared(contact) else contact.state)
    if sum(offer.state == "connected" for offer in contact.offers) > 1:
        raise Refused("bad_state", "conference")
    if contact.channel == TICKET:
        raise Refused("not_allowed", "a ticket is put aside with close_ticket")
    if not world.channels[contact.channel].parked_most_us:
        raise Refused("not_allowed", f"parked_most_s of {contact.channel} is 0")
    parking.park(world, contact, peer)
    return Ok(command.seq)


def unpark(world: World, peer: Peer, command: ask.Unpark) -> Reply:
    """Back into the line."""
    contact = _live(world, peer, command.contact, command.gateway)
    if contact.state == "parked":
        parking.unpark(world, contact)
    elif contact.state == "wrapping" or not parking.last_agent(contact):
        raise Refused("bad_state", contact.state)
    return Ok(command.seq)


def activity(world: World, peer: Peer, command: ask.Activity) -> Reply:
    """Somebody wrote."""
    contact = _live(world, peer, command.contact, command.gateway)
    parking.wrote(world, contact, command.from_)
    return Ok(command.seq)


def switch_channel(world: World, peer: Peer, command: ask.SwitchChannel) -> Reply:
    """The visit goes on by another channel."""
    contact = on_the_line(peer, command.contact)
    if contact.state in ("wrapping", *AWAY) or is_shared(contact):
        raise Refused("bad_state", "consult" if is_shared(contact) else contact.state)
    if (contact.channel == TICKET) != (command.channel == TICKET):
        # A ticket stays one, and nothing else becomes one on its way.
        raise Refused("bad_state", contact.state)
    find_queue(world, peer, contact.queue.name, command.channel)
    if command.channel != contact.channel:
        parking.switch(world, contact, command.channel, peer)
    return Ok(command.seq)
