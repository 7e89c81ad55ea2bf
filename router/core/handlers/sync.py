"""What is alive: clients that come and go, and a gateway's list after hello; `sync_end.py` has what follows from it."""

from __future__ import annotations

from router.core import commands as ask
from router.core import counted, gateways, internal, offers, people, states, visits
from router.core.announcements import announcements
from router.core.callbacks import callbacks
from router.core.callbacks import gateways as callback_gateways
from router.core.effects import DialCancelled, Ok, Reply
from router.core.entities import Agent, Contact, Offer, Peer
from router.core.handlers.agents import check_channels, withdraw_from
from router.core.handlers.entry import admit, check_data
from router.core.handlers.routing import decide, is_plain
from router.core.handlers.several import find_queue, further
from router.core.handlers.state import ENTRIES_A_FRAME, tell_resting, tell_state
from router.core.match.choose import usable_endpoint
from router.core.needs.asked import asked_by
from router.core.oldest import went
from router.core.partners import partners
from router.core.partners.sent import AWAY
from router.core.places import elsewhere, tokens
from router.core.queue import Queue
from router.core.routes.routed import Decision
from router.core.special import answered_before
from router.core.talks import consults, leases, parking
from router.core.talks.consulting import is_consult
from router.core.tickets import clock as ticket_clock
from router.core.tickets import path as ticket_path
from router.core.tickets.ticket import TICKET
from router.core.world import World
from router.errors import Refused
from router.terms import MILLISECOND_US


def up(world: World, peer: Peer, command: internal.GatewayUp) -> None:
    """We listen to this client from now on; a gateway is asked for its list first."""
    if peer.live:
        gateways.went_away(world, peer, world.now_us)
    if peer.chore == "close":
        # Its grace was over and it is back in the middle of the consequences: what is left is kept.
        gateways.end_chore(world, peer)
    if peer.instance != command.instance:
        peer.instance = command.instance
        peer.last_seq = 0
        peer.outcomes = None
    peer.live = True
    peer.gone = False
    peer.role = command.role
    peer.draining = False
    peer.reports_ringing = command.reports_ringing
    peer.reports_connecting = command.reports_connecting
    peer.dials = command.dials
    peer.confirms, peer.sends = command.confirms, command.sends
    peer.sync_round += 1
    peer.failures = 0
    peer.suspended_until_us = 0
    world.changed[peer] = None
    if command.role == "gateway":
        went(world, peer)
        # Until its list is whole its grace time goes on: a gateway that never ends it is as good as away.
        world.set_due(peer, world.now_us + world.settings.limits.gateway_grace_us)
    else:
        world.deadlines.cancel(peer)
        peer.synced = True
        gateways.set_open(world, peer)
        if command.role == "desk":
            # It has no list to send first, but its agents may have an offer or a talk that went on without it.
            tell_state(world, peer)
        tell_resting(world, peer)


def down(world: World, peer: Peer, command: internal.GatewayDown) -> None:
    """The connection is gone; `bye` means for good: no grace."""
    gateways.went_away(world, peer, world.now_us)
    if command.reason == "bye":
        world.set_due(peer, world.now_us)


def drain(world: World, peer: Peer, command: ask.Drain) -> Reply:
    """No more offers to or from this gateway, or again. Draining off also ends a suspension."""
    peer.draining = command.on
    if not command.on and peer.suspended_until_us:
        peer.suspended_until_us = 0
        world.deadlines.cancel(peer)
    gateways.set_open(world, peer)
    world.changed[peer] = None
    return Ok(command.seq)


def sync(world: World, peer: Peer, command: ask.Sync) -> Reply:
    """A part of the list. It is checked whole before anything is taken from it."""
    refuse_whole(peer)
    if len(command.contacts) + len(command.endpoints) > ENTRIES_A_FRAME:
        raise Refused("bad_state", f"at most {ENTRIES_A_FRAME} entries")
    for alive in command.contacts:
        _decided(world, peer, alive)
        check_data(world, alive.data)
        asked_by(alive)
        # For whom it waits by name, or who parked it, may have been taken out of the configuration since: then anybody
        # may have it.
        if alive.talks_to is not None and not _talks(peer, alive):
            world.agent(peer.tenant, alive.talks_to)
    for device in command.endpoints:
        check_channels(world, device.channels)
    if peer.chore == "close":
        gateways.end_chore(world, peer)
    for device in command.endpoints:
        agent = world.agents.get((peer.tenant, device.agent))
        # The device of an agent whom the configuration knows no more serves nobody.
        if agent is not None:
            _take_endpoint(world, peer, device, agent)
    for alive in command.contacts:
        _take_contact(world, peer, alive)
    return Ok(command.seq)


def refuse_whole(peer: Peer) -> None:
    """Nothing can be added to a list that is whole. Raises `Refused`."""
    if peer.synced or peer.reckoning is not None:
        raise Refused("bad_state", "synced already")


def _talks(peer: Peer, alive: ask.AliveContact) -> bool:
    """Is it known to talk already?"""
    contact = peer.contacts.get(alive.contact)
    return contact is not None and contact.state == "connected"


def _take_endpoint(world: World, peer: Peer, alive: ask.AliveEndpoint, agent: Agent) -> None:
    endpoint = peer.endpoints.get(alive.endpoint)
    if endpoint is not None and (endpoint.agent is not agent or endpoint.channels != alive.channels):
        people.detach(world, endpoint)
        withdraw_from(world, endpoint)
        endpoint = None
    if endpoint is None:
        endpoint = people.attach(world, peer, alive.endpoint, agent, alive.channels)
    if alive.occupied is None:
        if endpoint.outside:
            people.end_outside(world, endpoint)
    elif (endpoint.outside, endpoint.outside_units) != (alive.occupied, alive.units):
        people.begin_outside(world, endpoint, alive.occupied, min(alive.units, agent.capacity))
    endpoint.sync_round = peer.sync_round
    world.changed[endpoint] = None


def _take_contact(world: World, peer: Peer, alive: ask.AliveContact) -> None:
    contact = peer.contacts.get(alive.contact)
    if contact is None and world.callbacks:
        contact = callback_gateways.come_home(world, peer, alive.contact, alive.dialling)
    if contact is None:
        if alive.dialling:
            world.tell(peer, DialCancelled(alive.contact, "withdrawn"))
            return
        tombstone = peer.ended.get(alive.contact)
        if tombstone is not None:
            if tombstone.outcome != "lost_with_gateway":
                return
            # We gave it up, and it lives: the visit goes on under its id.
            world.changed.pop(tombstone, None)
            del peer.ended[alive.contact]
            tokens.forget(world, tombstone)
        contact = _readmit(world, peer, alive)
    elif alive.talks_to is None and contact.state == "connected" and contact.channel != TICKET:
        _not_talking(world, contact)
    if alive.partner is not None or contact.state in AWAY:
        partners.listed(world, contact, alive.partner, talks=alive.talks_to is not None)
    contact.sync_round = peer.sync_round
    world.changed[contact] = None
    if contact.extra is not None and alive.talks_to is None:
        callback_gateways.listed(world, contact, alive.dialling)
    if alive.talks_to is not None and contact.state in ("waiting", "held", "offered", "connecting"):
        _found_talking(world, peer, contact, alive)
    if alive.talks_to is not None:
        leases.confirmed(world, contact)


def _readmit(world: World, peer: Peer, alive: ask.AliveContact) -> Contact:
    """A contact that we lost, or never had: no entry checks, its place is what its wait has earned."""
    queue, decision = _decided(world, peer, alive)
    contact = admit(world, peer, queue, alive, 0, asked_by(alive) if decision is None else decision.needs, decision)
    if alive.parked_by is not None:
        parking.found(world, contact, alive.parked_by)
        return contact
    if contact.channel == TICKET:
        ticket_path.begin(world, contact, None, alive.due_ms)
        ticket_path.join_line(world, contact)
    else:
        visits.join_line(world, contact, world.some_line_of(contact))
        if alive.queues is not None or (decision is not None and decision.queues):
            elsewhere.join_listed(world, contact, further(world, peer, queue, alive, decision))
    world.move_contact(contact, "enqueue")
    return contact


def _decided(world: World, peer: Peer, alive: ask.AliveContact) -> tuple[Queue, Decision | None]:
    """Its queue, which it names or a row finds, and the rest that routes say. Raises `Refused`."""
    decision = None if is_plain(world, alive) else decide(world, peer, alive)
    name = alive.queue if decision is None else decision.queue
    queue = world.queues.get((peer.tenant, name or ""))
    if queue is not None and queue.retired:
        # It takes nobody new in, but who lives in it is served to the end.
        return queue, decision
    queue = find_queue(world, peer, name, alive.channel)
    further(world, peer, queue, alive, decision)
    return queue, decision


def _not_talking(world: World, contact: Contact) -> None:
    """We thought that it talks; its gateway says that it waits: the leg is over, and it returns to its place."""
    if consults.phase(contact) not in ("none", "conference"):
        consults.run(world, contact, "cancel", contact.peer)
    consults.off_hold(world, contact)
    if not is_consult(contact):
        consults.forget(contact)
    for offer in list(contact.offers):
        if offer.state == "connected":
            offers.talk_over(world, offer, None)
    world.move_contact(contact, "transfer")
    contact.outcome = None
    contact.waited_us = 0
    visits.join_line(world, contact, world.some_line_of(contact))
    if contact.peer.takes(contact):
        # The gateway is being shut still, and has not come to it: it stands until then, as after a restart.
        visits.stand_in_line(world, contact)


def _found_talking(world: World, peer: Peer, contact: Contact, alive: ask.AliveContact) -> None:
    """Its gateway has joined it with an agent, and we did not know, or not yet: the fact counts."""
    agent = world.agent(peer.tenant, alive.talks_to or "")
    if contact.extra is not None:
        callbacks.found_talking(world, contact)
    for offer in list(contact.offers):
        if offer.agent is agent and offer.state in ("offered", "connecting"):
            if offer.state == "offered":
                offers.accept(world, offer, peer)
            if offer.state == "connecting":
                offers.connect(world, offer, peer)
            return
    for offer in list(contact.offers):
        if offer.state in ("offered", "connecting"):
            offers.cancel(world, offer, "moved", back=True)
    if contact.state == "held":
        world.move_contact(contact, "resume")
    world.unstand(contact)
    endpoint = usable_endpoint(agent, contact.channel) or next(iter(agent.endpoints.values()), None)
    number, now_us = world.number(), world.now_us
    channel = world.channels[contact.channel]
    offer = Offer(
        f"{world.epoch}-{number}", number, contact, contact.queue, agent,
        endpoint.address if endpoint is not None else "", endpoint.peer if endpoint is not None else peer,
        contact.channel, channel.units, now_us, 0, world.settings.version,
    )  # fmt: skip
    began_us = now_us - alive.talked_ms * MILLISECOND_US
    offer.made_us = offer.accepted_us = offer.connected_us = began_us
    states.move(states.OFFER, offer, "found_talking")
    contact.offers.append(offer)
    offers.link(world, offer)
    contact.waited_us = max(0, world.waited_us(contact) - (now_us - began_us))
    contact.outcome = "answered"
    if not answered_before(contact):
        counted.count_answered(world, contact)
    world.move_contact(contact, "found_talking")
    ticket_clock.taken(world, contact, agent.name)
    announcements.over(world, contact, began_us)
    world.leave_line(contact)
    visits.arm(world, contact)
    world.loose_agents[agent] = None


def alive(world: World, peer: Peer, command: ask.Alive) -> Reply:
    """These still talk. One that is over by now is passed over: that was said meanwhile."""
    for name in command.contacts:
        contact = peer.contacts.get(name)
        if contact is not None:
            leases.confirmed(world, contact)
    return Ok(command.seq)
