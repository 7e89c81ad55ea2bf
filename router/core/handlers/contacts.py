"""What a gateway tells of its contacts after they were let in."""

from __future__ import annotations

from router.core import burial, counted, flow, gateways, moves, offers, overflow, visits
from router.core import commands as ask
from router.core.callbacks import book as callback_book
from router.core.callbacks import callbacks
from router.core.customers import customers
from router.core.doors import doors
from router.core.doors.hours import take_clock
from router.core.effects import Ok, Reply
from router.core.entities import Contact, Offer, Peer, Tombstone
from router.core.extra import ask_needs
from router.core.handlers.entry import check_data
from router.core.handlers.several import find_queue
from router.core.line import Line
from router.core.needs.asked import asked_by
from router.core.places.several import forget_places
from router.core.queue import Queue
from router.core.routes import advice
from router.core.special import forget_pauses, is_test, routed_of
from router.core.standing import move_to
from router.core.stored import visits as visit_records
from router.core.talks import clocks, parking
from router.core.talks.consulting import consult_of, is_consult, talking
from router.core.tickets import clock as ticket_clock
from router.core.tickets import desk as ticket_desk
from router.core.tickets import path as ticket_path
from router.core.tickets.ticket import ticket_of
from router.core.world import World
from router.errors import Refused
from router.terms import MILLISECOND_US, SECOND_US, Place

OUTCOMES = {"hangup": "abandoned", "key": "left_by_key", "withdrawn": "withdrawn", "steered": "moved"}


def own(peer: Peer, contact_id: str) -> Contact:
    """The sender's live contact. Raises `Refused`."""
    contact = peer.contacts.get(contact_id)
    if contact is None:
        raise Refused("bad_state" if contact_id in peer.ended else "unknown_contact", contact_id)
    return contact


def on_the_line(peer: Peer, contact_id: str) -> Contact:
    """The sender's live contact with a customer on the line: no call-back that is still to be dialled."""
    contact = own(peer, contact_id)
    if contact.extra is not None and callback_book.of(contact) is not None:
        raise Refused("bad_state", "call-back")
    return contact


def worked_by(world: World, peer: Peer, contact_id: str, gateway: str | None) -> Contact | Tombstone:
    """The contact that an agent's side names: on the gateway it says, else the sender's own."""
    home = peer if gateway is None else world.peers.get(f"{peer.tenant}/{gateway}")
    if home is None:
        raise Refused("unknown_contact", contact_id)
    contact = home.contacts.get(contact_id) or home.ended.get(contact_id)
    if contact is None:
        raise Refused("unknown_contact", contact_id)
    return contact


def legs_of(contact: Contact, peer: Peer, agent: str | None = None) -> list[Offer]:
    """The legs in talk or wrap-up that the sender may speak for: it is the contact's or the agent's side. Only those of
    `agent`, where one is named."""
    legs = []
    for offer in contact.offers:
        if offer.state not in ("connected", "wrap_up") or agent not in (None, offer.agent.name):
            continue
        if contact.peer is peer or offer.endpoint_peer is peer or offer.agent.session == peer.key:
            legs.append(offer)
    return legs


def hold(world: World, peer: Peer, command: ask.Hold) -> Reply:
    """Waiting: beside the line. Connected: the customer is on hold."""
    contact = on_the_line(peer, command.contact)
    if contact.state == "connected":
        contact.hold_began_us = contact.hold_began_us or world.now_us
        world.changed[contact] = None
    elif contact.state in ("waiting", "offered"):
        for offer in list(contact.offers):
            if offer.state == "offered":
                offers.cancel(world, offer, "held", back=True)
        world.unstand(contact)
        contact.held_until_us = world.now_us + contact.queue.settings.held_most_us
        world.move_contact(contact, "hold")
        visits.age(world, contact)
    elif contact.state != "held":
        raise Refused("bad_state", contact.state)
    return Ok(command.seq)


def resume(world: World, peer: Peer, command: ask.Resume) -> Reply:
    """Back into the line at the place that was kept, or off hold."""
    contact = on_the_line(peer, command.contact)
    if contact.state == "connected":
        if contact.hold_began_us:
            for offer in contact.offers:
                if offer.state == "connected":
                    offer.held_us += world.now_us - contact.hold_began_us
            contact.hold_began_us = 0
            world.changed[contact] = None
    elif contact.state == "held":
        contact.held_until_us = 0
        world.move_contact(contact, "resume")
        visits.stand_in_line(world, contact)
    elif contact.state == "pending":
        ticket_desk.answered(world, contact)
    elif contact.state not in ("waiting", "offered"):
        raise Refused("bad_state", contact.state)
    return Ok(command.seq)


def update(world: World, peer: Peer, command: ask.Update) -> Reply:
    """Add data; change the head start, and with it the place."""
    contact = own(peer, command.contact)
    if command.priority_s is not None and contact.state not in ("waiting", "held", "offered", "connecting"):
        raise Refused("bad_state", contact.state)
    if command.data:
        merged = {**(contact.data or {}), **command.data}
        check_data(world, merged)
        contact.data = merged
    if command.priority_s is not None:
        contact.priority_s = command.priority_s
        move_to(world, contact, ticket_clock.place_us(world, contact))
    world.changed[contact] = None
    return Ok(command.seq)


def transfer(world: World, peer: Peer, command: ask.Transfer) -> Reply:
    """The visit goes on in another queue: the record of the first part is written, the agent wraps up."""
    contact = own(peer, command.contact)
    if contact.state != "connected":
        raise Refused("bad_state", contact.state)
    if contact.extra is not None and (is_consult(contact) or consult_of(contact) is not None):
        raise Refused("bad_state", "consult")
    queue = find_queue(world, peer, command.queue, callbacks.talks_on(contact))
    if ticket_path.on_path(world, contact):
        ticket_path.transfer(world, contact, queue, peer)
        return Ok(command.seq)
    if doors.closed_by(world, queue, contact.channel) in ("hand", "calendar"):
        raise Refused("queue_closed", queue.name)
    if command.agent is not None:
        world.agent(peer.tenant, command.agent)
    data = {**(contact.data or {}), **command.data} if command.data else contact.data
    check_data(world, data)
    asked = asked_by(command)
    on, own_target = callbacks.talks_on(contact), world.routing.own_target(contact)
    line = world.line(queue, on, asked, None, own_target, contact.language)
    contact.data = data
    first_part_over(world, contact, queue)
    legs = talking(contact)
    if contact.extra is not None:
        from router.core.talks import consults

        callbacks.goes_on(contact)
        consults.off_hold(world, contact)
        consults.forget(contact)
    world.transfer_contact(contact, queue)
    for offer in legs:
        offers.talk_over(world, offer, peer)
    routed = routed_of(contact)
    if routed is not None:
        # Its row spoke for its first queue; what it says of the customer stays.
        routed.contact_class, routed.hops, routed.moved_us = None, 0, 0
    ask_needs(contact, asked)
    contact.direct, contact.preferred, contact.missed = command.agent, None, None
    if contact.direct is not None:
        overflow.begin(world, contact)
    begin_next_part(world, contact, line, command.place)
    visits.stand_in_line(world, contact)
    return Ok(command.seq)


def first_part_over(world: World, contact: Contact, queue: Queue) -> None:
    """The visit is over in its present queue, and about to go on in `queue`: its record so far is written."""
    counted.count_ended(world, contact)
    visit_records.write(world, contact, transferred_to=queue.name)
    customers.remember(world, contact, over=False)
    contact.legs = []
    forget_pauses(contact)
    forget_places(contact)
    contact.outcome = None


def begin_next_part(world: World, contact: Contact, line: Line, place: Place) -> None:
    """The visit goes on in `line`, with the waiting time in `waited_us` behind it; it does not stand there yet."""
    if not is_test(contact):
        flow.count_arrival(world, line.queue)
    take_place(world, contact, line, place)
    visits.join_line(world, contact, line)


def take_place(world: World, contact: Contact, line: Line, place: Place) -> None:
    """Give the contact its key in `line`: with the time that it has waited, without, or before all."""
    kept_us = 0 if place == "restart" else contact.waited_us
    if line.clock is not None or contact.extra is not None:
        take_clock(world, contact, line.clock)
    contact.entered_us = (world.now_us if line.clock is None else line.clock.now(world.now_us)) - kept_us
    contact.waited_us = 0
    if place != "keep":
        contact.number = world.number()
    contact.key_us = ticket_clock.place_us(world, contact)
    ticket = ticket_of(contact)
    if ticket is not None:
        ticket.front = place == "front"
    if place == "front":
        contact.key_us = _before_all(contact, line)


def _before_all(contact: Contact, line: Line) -> int:
    """The key that puts the contact before all who stand in the queue's lines, as far as they are counted alike."""
    queue = line.queue
    lines = [other for other in queue.lines.values() if other.clock is line.clock]
    heads = [other.order.first[0] for other in lines if other.order.first is not None]
    if queue.settings.order == "newest":
        # Its place there is the negative of key and twice the head start.
        return max([contact.key_us, *(-head - 2 * contact.priority_s * SECOND_US for head in heads)]) + 1
    return min([contact.key_us, *heads]) - 1


def end(world: World, peer: Peer, command: ask.End) -> Reply:
    """The customer's side is over, whatever the state; an unknown id is remembered, so that no ghost comes later."""
    contact = peer.contacts.get(command.contact)
    if contact is None:
        if command.contact not in peer.ended:
            burial.bury(
                world,
                Tombstone(command.contact, peer, 0, "withdrawn", "", world.number(), world.now_us),
            )
    elif contact.state == "connected":
        contact.ended_by = command.by
        gateways.end_talk(world, contact, peer)
    else:
        if command.reason == "steered" and command.steer is not None:
            moves.marked(contact).steered = command.steer
            advice.took(world, peer.tenant, command.steer, contact.customer, contact.channel)
        gateways.over(world, contact, OUTCOMES[command.reason], command.by, peer)
    return Ok(command.seq)


def connected(world: World, peer: Peer, command: ask.Connected) -> Reply:
    """Talk begins."""
    contact = own(peer, command.contact)
    if contact.state == "connecting":
        join(world, contact, peer)
    elif contact.state != "connected":
        raise Refused("bad_state", contact.state)
    return Ok(command.seq)


def join(world: World, contact: Contact, by: Peer) -> None:
    """Customer and agent are joined."""
    for offer in list(contact.offers):
        if offer.state == "connecting":
            offers.connect(world, offer, by)


def connect_failed(world: World, peer: Peer, command: ask.ConnectFailed) -> Reply:
    """Joining failed: whose fault decides what follows."""
    contact = own(peer, command.contact)
    if contact.state != "connecting":
        raise Refused("bad_state", contact.state)
    callback = callback_book.of(contact) if contact.extra is not None else None
    if callback is not None:
        callbacks.failed(world, contact, callback, "no_answer" if command.fault == "caller" else "failed", None)
    elif command.fault == "caller":
        gateways.over(world, contact, "abandoned", "customer", peer)
    else:
        for offer in list(contact.offers):
            if offer.state == "connecting":
                offers.connecting_failed(world, offer, faulty=True, by=peer)
    return Ok(command.seq)


def complete(world: World, peer: Peer, command: ask.Complete) -> Reply:
    """The agent is done with it: outcome recorded, talk and wrap-up over."""
    contact = worked_by(world, peer, command.contact, command.gateway)
    if isinstance(contact, Tombstone):
        _amend(world, peer, contact, command)
        return Ok(command.seq)
    agent = parking.is_parked_by(contact)
    if agent and (contact.peer is peer or is_agents_side(world, peer, agent)):
        _check_codes(contact.queue, command.codes)
        parking.finish(world, contact, command.codes, command.resolved, peer)
        return Ok(command.seq)
    legs = legs_of(contact, peer, command.agent)
    if not legs:
        _amend_left(world, peer, contact, command)
        return Ok(command.seq)
    # After a transfer the sender may stand for the agent who wraps up and for the one who talks: it is about the first.
    # The talk is never cut by what was meant for a wrap-up.
    spoken_for = [offer for offer in legs if offer.state == "wrap_up"] or legs
    for offer in spoken_for:
        _check_codes(offer.queue, command.codes)
    if spoken_for[0].state == "connected" and ticket_path.goes_on(world, peer, contact, command):
        return Ok(command.seq)
    for offer in spoken_for:
        if offer.queue is contact.queue:
            contact.codes, contact.resolved = command.codes, command.resolved
        else:
            visit_records.amend(world, contact.peer, contact.id, offer.queue.name, command.codes, command.resolved)
            customers.amended(world, contact, offer.queue.name, command.resolved)
    world.changed[contact] = None
    if spoken_for[0].state == "connected" and _others_stay(contact, spoken_for):
        _leave(world, contact, spoken_for, peer)
    elif spoken_for[0].state == "connected":
        contact.ended_by = "agent"
        gateways.end_talk(world, contact, peer)
    for offer in spoken_for:
        if offer.state == "wrap_up" and offers.may_end_early(offer):
            offers.wrapped_up(world, offer)
    return Ok(command.seq)


def _others_stay(contact: Contact, done: list[Offer]) -> bool:
    """Is somebody else with the customer, in a conference?"""
    return contact.extra is not None and any(offer not in done for offer in talking(contact))


def _leave(world: World, contact: Contact, done: list[Offer], peer: Peer) -> None:
    """Who is done with the contact leaves the conference."""
    from router.core.talks import consults

    for offer in done:
        first = talking(contact)[0] is offer
        consults.run(world, contact, "first_leaves" if first else "second_leaves", peer)


def _check_codes(queue: Queue | None, codes: tuple[str, ...]) -> None:
    listed = queue.settings.codes if queue is not None else ()
    for code in codes:
        if listed and code not in listed:
            raise Refused("unknown_code", code)


def is_agents_side(world: World, peer: Peer, name: str) -> bool:
    """Is the sender a side of this agent: where they are signed in, or where they have a device?"""
    agent = world.agents.get((peer.tenant, name))
    return agent is not None and (
        agent.session == peer.key or any(endpoint.peer is peer for endpoint in agent.endpoints.values())
    )


def _amend_left(world: World, peer: Peer, contact: Contact, command: ask.Complete) -> None:
    """The visit goes on, and the sender's agent is through with it, wrap-up too: after a transfer what they say late
    adds to the record of their part."""
    for leg in reversed(contact.legs):
        if leg.how != "served" or command.agent not in (None, leg.agent):
            continue
        if contact.peer is peer or is_agents_side(world, peer, leg.agent):
            _check_codes(world.queues.get((peer.tenant, leg.queue)), command.codes)
            visit_records.amend(world, contact.peer, contact.id, leg.queue, command.codes, command.resolved)
            customers.amended(world, contact, leg.queue, command.resolved)
            return
    raise Refused("bad_state", contact.state)


def _amend(world: World, peer: Peer, tombstone: Tombstone, command: ask.Complete) -> None:
    """Within its time, a late `complete` adds to the record of a visit that was answered. It comes from the contact's
    gateway, or from a side of the agent who served it. Said again it adds nothing."""
    if tombstone.peer is not peer and not is_agents_side(world, peer, tombstone.agent):
        raise Refused("not_yours", tombstone.id)
    kept_us = world.settings.limits.complete_kept_us
    if tombstone.outcome != "answered" or world.now_us > tombstone.ended_us + kept_us:
        raise Refused("bad_state", "ended")
    _check_codes(world.queues.get((tombstone.peer.tenant, tombstone.queue)), command.codes)
    if (tombstone.codes, tombstone.resolved) == (command.codes, command.resolved):
        return
    tombstone.codes, tombstone.resolved = command.codes, command.resolved
    world.changed[tombstone] = None
    visit_records.amend(world, tombstone.peer, tombstone.id, tombstone.queue, command.codes, command.resolved)
    customers.amended(world, tombstone, tombstone.queue, command.resolved)


def extend_wrap_up(world: World, peer: Peer, command: ask.ExtendWrapUp) -> Reply:
    """More time for a running wrap-up, up to the queue's most."""
    contact = worked_by(world, peer, command.contact, command.gateway)
    if isinstance(contact, Tombstone):
        raise Refused("bad_state", "ended")
    legs = [offer for offer in legs_of(contact, peer) if offer.state == "wrap_up"]
    if not legs:
        raise Refused("bad_state", contact.state)
    for offer in legs:
        left_us = offer.left_us if offer.left_us >= 0 else max(0, offer.due_us - world.now_us)
        most_us = max(0, offer.wrap_up_most_us - world.now_us)
        clocks.start_clock(world, offer, min(left_us + command.by_ms * MILLISECOND_US, most_us))
    return Ok(command.seq)
