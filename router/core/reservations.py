"""Reserving an agent for a contact that needs more units than any able agent has free.

A call needs the whole agent, and chats that are more frequent would fill every gap before it: so when the most urgent
contact has waited for `reserve_after_s`, is the first of its line, and nobody able has room, the agent who will soonest
be empty is `reserved`: nothing is given to them until they have room for it. Then the reservation is over and they take
what is most urgent, as always. Only heads of lines are looked at, and only after they have changed (`world.heads`).
"""

from __future__ import annotations

from router.core.effects import AgentState
from router.core.entities import Agent, Contact
from router.core.extra import extra_of
from router.core.line import Line, passed_over
from router.core.match.choose import contact_for, usable_endpoint
from router.core.places.several import places
from router.core.roster import Profile
from router.core.stored.recording import contact_key
from router.core.visits import arm
from router.core.world import World

NEVER_US = 1 << 62


def look(world: World) -> None:
    """After a step: who is reserved for a contact that waits no more is released, and new heads of lines get their
    time."""
    lines, world.heads = world.heads, {}
    # In an order that a loaded world has too.
    for contact, agent in sorted(world.reservations.items(), key=lambda held: held[0].number):
        if not _waits(contact):
            release(world, agent, "offered" if contact.state in ("offered", "connecting", "connected") else "left")
    for line in lines:
        head = line.order.first
        # One whose deadline has come and fires yet looks again then: armed anew now, a miss that is forgiven at this
        # very moment would be forgotten.
        if head is None:
            continue
        first = head[2] if head[2].main is None else head[2].main
        if first not in world.reservations and not 0 < first.due_us <= world.now_us:
            arm(world, first)


def _waits(contact: Contact) -> bool:
    return any(
        place.line is not None and place.standing is place.line.order and place.line.reserve_us != 0
        for place in places(contact)
    )


def due(world: World, contact: Contact) -> None:
    """The first of a line has waited long enough: reserve somebody for it, or look again later."""
    if world.now_us < _may_from_us(contact) or contact in world.reservations:
        return
    tried = False
    for place in places(contact):
        line = place.line
        if line is None or not line.reserve_us or not _is_head(place) or world.waited_us(place) < line.reserve_us:
            continue
        agent = _soonest_empty(world, place, line)
        channels = list(agent.profile.pools) if agent is not None and agent.profile is not None else []
        if agent is not None and contact_for(agent, channels, world.now_us) is place:
            _reserve(world, agent, contact)
            return
        tried = True
    if tried:
        _put_off(world, contact)


def _is_head(contact: Contact) -> bool:
    line = contact.line
    # Not by the entry itself: compiled code hands tuples on as copies.
    head = line.order.first if line is not None and contact.standing is line.order else None
    return head is not None and head[2] is contact


def _may_from_us(contact: Contact) -> int:
    return contact.extra.reserve_us if contact.extra is not None else 0


def _put_off(world: World, contact: Contact) -> None:
    lasts_us = max(place.line.reserve_us if place.line is not None else 0 for place in places(contact))
    extra_of(contact).reserve_us = world.now_us + lasts_us
    world.changed[contact] = None


def _soonest_empty(world: World, contact: Contact, line: Line) -> Agent | None:
    """Of the able agents who have no room for it and could be given smaller contacts: the least used, then the longest
    in talk."""
    best: Agent | None = None
    best_rank = (0, 0, 0)
    units = world.channels[contact.channel].units
    for profile in line.needs.profiles:
        if all(known.units >= units for name in profile.pools if (known := world.channels.get(name)) is not None):
            continue
        for agent in profile.members.values():
            if not _may_be_reserved(world, agent, contact, units):
                continue
            began_us = min((offer.connected_us or NEVER_US for offer in agent.offers.values()), default=NEVER_US)
            rank = (agent.used, began_us, agent.number)
            if best is None or rank < best_rank:
                best, best_rank = agent, rank
    return best


def _may_be_reserved(world: World, agent: Agent, contact: Contact, units: int) -> bool:
    return (
        agent.state == "available"
        and not agent.next_state
        and agent.backoff is None
        and bool(agent.offers)
        and agent.capacity >= units
        and contact.channel not in agent.places
        and usable_endpoint(agent, contact.channel) is not None
        and not passed_over(contact, agent, world.now_us)
    )


def _reserve(world: World, agent: Agent, contact: Contact) -> None:
    most_us = world.channels[contact.channel].reserved_most_us
    world.move_agent(agent, "reserve", "")
    agent.reserved_for = contact_key(contact)
    world.reservations[contact] = agent
    world.roster.withdraw(agent)
    world.set_due(agent, world.now_us + most_us)
    world.tally.reservations["made"] = world.tally.reservations.get("made", 0) + 1
    world.tell_session(agent, AgentState(agent.name, "reserved"))


def release(world: World, agent: Agent, why: str) -> None:
    """The reservation is over; whoever was reserved takes what there is. `why`: offered, left (the contact has), ready
    (the agent has room), agent_left, timed_out."""
    forget(world, agent)
    counts = world.tally.reservations
    counts[why] = counts.get(why, 0) + 1
    if agent.state == "reserved":
        world.move_agent(agent, "release", "")
        world.tell_session(agent, AgentState(agent.name, "available"))
    world.loose_agents[agent] = None


def forget(world: World, agent: Agent) -> None:
    """Nobody holds this agent any more."""
    for contact, reserved in list(world.reservations.items()):
        if reserved is agent:
            del world.reservations[contact]
            for place in places(contact):
                if place.line is not None:
                    world.heads[place.line] = None
    agent.reserved_for = ""
    if agent.due_us:
        world.deadlines.cancel(agent)
    world.changed[agent] = None


def settle(world: World, agent: Agent, has_room: bool) -> None:
    """A reserved agent has changed: they have room now, or can't be meant any more."""
    contact = next((held for held, reserved in world.reservations.items() if reserved is agent), None)
    if (
        agent.state != "reserved"
        or agent.next_state
        or contact is None
        or agent.profile is None
        or not _is_able(agent.profile, contact)
    ):
        release(world, agent, "agent_left")
    elif has_room:
        release(world, agent, "ready")


def _is_able(profile: Profile, contact: Contact) -> bool:
    """Do agents of this profile meet its needs, in some queue of it?"""
    return any(place.line is not None and profile in place.line.needs.profiles for place in places(contact))


def agent_due(world: World, agent: Agent) -> None:
    """Reserved for as long as the channel allows, and still not empty: others shall have them."""
    agent.due_us = 0
    contact = next((held for held, reserved in world.reservations.items() if reserved is agent), None)
    if contact is not None:
        _put_off(world, contact)
    world.repaired("reserved")
    release(world, agent, "timed_out")


def rearm(world: World) -> None:
    """Another version of the settings: lines reserve sooner, later or not at all."""
    for queue in world.queues.values():
        for line in queue.lines.values():
            channel = world.channels.get(line.needs.channel)
            line.reserve_us = channel.reserve_after_us if channel is not None else 0
            world.heads[line] = None


def restore(world: World, agent: Agent) -> None:
    """Bind a loaded agent to the contact that they are reserved for; where it waits no more, they are free."""
    peer_key, _, contact_id = agent.reserved_for.rpartition("/")
    peer = world.peers.get(peer_key)
    contact = peer.contacts.get(contact_id) if peer is not None else None
    if agent.state == "reserved" and contact is not None and _waits(contact) and contact not in world.reservations:
        world.reservations[contact] = agent
        return
    agent.reserved_for = ""
    if agent.due_us:
        world.deadlines.cancel(agent)
    if agent.state == "reserved":
        agent.state = "available"
