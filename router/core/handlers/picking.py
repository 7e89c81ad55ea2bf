"""An agent takes a waiting contact by hand: an offer that is accepted as it is made."""

from __future__ import annotations

from router.core import commands as ask
from router.core import offers
from router.core.dispatch import has_room
from router.core.effects import Picked, Reply
from router.core.entities import Agent, Contact, Peer, Tombstone
from router.core.handlers.agents import signed_in
from router.core.handlers.contacts import worked_by
from router.core.line import first_for
from router.core.match.choose import usable_endpoint
from router.core.places import several
from router.core.world import World
from router.errors import Refused


def pick(world: World, peer: Peer, command: ask.Pick) -> Reply:
    """Take this one, or the most urgent."""
    agent = signed_in(world, peer, command.agent)
    if agent.state not in ("available", "not_ready") or agent.next_state == "offline":
        raise Refused("bad_state", agent.next_state or agent.state)
    contact = _most_urgent(world, agent) if command.contact is None else _named(world, peer, command, agent)
    if contact.main is not None:
        contact = several.lead(world, contact)
    if not has_room(world, agent, contact.channel) or usable_endpoint(agent, contact.channel) is None:
        raise Refused("no_room", contact.channel)
    offers.make(world, contact, agent)
    offer = contact.offers[-1]
    offers.accept(world, offer, peer)
    world.loose_agents[agent] = None
    return Picked(command.seq, contact.id, contact.peer.name, offer.id)


def _named(world: World, peer: Peer, command: ask.Pick, agent: Agent) -> Contact:
    """The contact that is named, if it waits and this agent may pick it; of several places the first where they may."""
    found = worked_by(world, peer, command.contact or "", command.gateway)
    if isinstance(found, Tombstone):
        raise Refused("bad_state", "ended")
    contact = found
    for place in several.places(found):
        if place.queue.settings.pick and place.line is not None and agent.profile in place.line.needs.profiles:
            contact = place if several.stands(found) else found
            break
    line = contact.line
    if contact.state != "waiting" or contact.standing is None or line is None or not contact.peer.open:
        raise Refused("bad_state", contact.state)
    if not contact.queue.settings.pick:
        raise Refused("not_allowed", contact.queue.name)
    able = agent.profile is not None and agent.profile in line.needs.profiles
    if contact.direct not in (None, agent.name) or (contact.direct is None and not able):
        raise Refused("not_allowed", agent.name)
    return contact


def _most_urgent(world: World, agent: Agent) -> Contact:
    """The most urgent of the heads of lines that they may pick from and have room for."""
    best: Contact | None = None
    best_rank = (0, 0.0, 0, 0)
    for channel, pool in agent.profile.pools.items() if agent.profile is not None else ():
        if not has_room(world, agent, channel) or usable_endpoint(agent, channel) is None:
            continue
        for needs in pool.needs:
            for line in needs.lines:
                entry = first_for(line.order, agent, world.now_us) if line.queue.settings.pick else None
                if entry is None:
                    continue
                rank = (
                    line.contact_class,
                    line.urgency_of(entry, world.now_us),
                    -entry[2].number,
                    -several.rank(entry[2]),
                )
                if best is None or rank > best_rank:
                    best, best_rank = entry[2], rank
    if best is None:
        raise Refused("nothing_waits", agent.name)
    return best
