"""Letting contacts in: enqueue and probe, with the entry checks in their order: open, blocked, staffed, length."""

from __future__ import annotations

from zlib import crc32

from msgspec.msgpack import Encoder

from router.core import flow, overflow, visits
from router.core.admission import Hop, drop_if_empty, last_treatment, refused_why
from router.core.callbacks import book as callback_book
from router.core.commands import AliveContact, Enqueue, Estimate, Probe
from router.core.doors import doors
from router.core.effects import Busy, Probed, Queued, RefusedEntry, Reply
from router.core.entities import Agent, Contact, Peer, Tombstone
from router.core.extra import Extra, ask_needs
from router.core.handlers import plan_codes
from router.core.handlers.repeats import recognise, rule_of, welcome
from router.core.handlers.routing import decide, is_plain
from router.core.handlers.several import find_lines, find_queue, further
from router.core.layers.guards import free_for
from router.core.line import Line
from router.core.needs.asked import NOTHING, Asked, asked_by
from router.core.places import elsewhere, places, several, tokens
from router.core.queue import Queue
from router.core.routes.advice import advise, advise_contact, came, steered
from router.core.routes.routed import Decision
from router.core.special import is_test, routed_of
from router.core.stored import visits as visit_records
from router.core.tickets import path as ticket_path
from router.core.tickets.ticket import TICKET
from router.core.world import World
from router.errors import Refused
from router.terms import MILLISECOND_US, SECOND_US

_encode = Encoder().encode


def enqueue(world: World, peer: Peer, command: Enqueue) -> Reply:
    """Take a contact in, or say why not: where to, may it, make it, place it."""
    known = peer.contacts.get(command.contact)
    if known is not None or command.contact in peer.ended:
        return _again(world, peer, command, known)
    decision = None if is_plain(world, command) else decide(world, peer, command)
    if decision is not None and decision.route is not None and decision.route.refuse is not None:
        return _by_row_alone(world, peer, command, decision)
    queue = find_queue(world, peer, command.queue if decision is None else decision.queue, command.channel)
    beside = None
    if command.queues is not None or (decision is not None and decision.queues):
        beside = further(world, peer, queue, command, decision)
    agent = None
    if command.preferred is not None or command.agent is not None:
        agent = _named_agent(world, peer, command)
    if command.data:
        check_data(world, command.data)
    holder = None if command.token is None else _holder(world, peer, queue, command.token)
    if world.live >= world.settings.limits.contacts_max:
        return Busy(command.seq, world.settings.limits.retry_us // MILLISECOND_US, "contacts_max")
    if command.channel == TICKET and command.path is not None:
        ticket_path.check(world, queue, command.path)
    needs = asked_by(command) if decision is None else decision.needs
    asked = queue
    anew = command.customer is not None and holder is None
    recalled, queue = recognise(world, peer, queue, command, needs, decision) if anew else (None, queue)
    queues = [queue] if not beside else [queue, *(other for other in beside if other is not queue)]
    lines, hops = find_lines(world, queues, command, needs, decision, agent, takes_place=holder is not None)
    line = lines[0] if lines else None
    if hops:
        _count_refused(world, peer, command, decision, hops, line)
        if line is None:
            return _refused(world, command.seq, hops)
    assert line is not None
    contact = admit(world, peer, line.queue, command, digest(command), needs, decision)
    if command.preferred is not None or hops:
        _ask_by_name(world, contact, command, sent_on=line.queue not in queues)
    if contact.customer is not None:
        named = agent is not None or command.preferred is not None
        welcome(world, contact, rule_of(asked, decision), recalled, named)
    _with_token(world, contact, holder, lines)
    _begin(world, peer, command, contact, queue)
    place(world, contact, lines, command.held)
    return _advised(world, contact, _queued(world, command, contact))


def _ask_by_name(world: World, contact: Contact, command: Enqueue, *, sent_on: bool) -> None:
    """Whom it waits for by name. Sent on to another queue, it asks for nobody any more."""
    if sent_on:
        contact.direct = None
    elif command.preferred is not None and command.agent is None:
        contact.preferred = command.preferred
        contact.preferred_until_us = world.now_us + command.preferred_most_ms * MILLISECOND_US


def _holder(world: World, peer: Peer, queue: Queue, token: str) -> Contact | Tombstone:
    """Who has the place of this token, if it can be taken. Raises `Refused`."""
    holder = tokens.find(world, peer.tenant, queue, token)
    places.may_take(holder)
    return holder


def _advised(world: World, contact: Contact, reply: Queued) -> Queued:
    """The reply, with another channel that fits better now, if the matrix knows one."""
    if steered(world, contact.queue):
        reply.steer = advise_contact(world, contact)
    return reply


def _begin(world: World, peer: Peer, command: Enqueue, contact: Contact, queue: Queue) -> None:
    """What begins with a new visit: the path of a ticket; and it may be somebody who was steered away, and is back."""
    if contact.channel == TICKET:
        ticket_path.begin(world, contact, command.path if contact.queue is queue else None, command.due_ms)
    if world.routing.steering.taken and contact.customer is not None and not is_test(contact):
        came(world, peer.tenant, contact.customer, contact.channel)


def _with_token(world: World, contact: Contact, holder: Contact | Tombstone | None, lines: list[Line]) -> None:
    """It takes the holder's place; or it has one of its own, with a token where the queue gives them. `lines`: where it
    is about to stand."""
    if holder is not None:
        # A line goes with its last member, and that may be the holder.
        for line in lines:
            line.members += 1
        places.take(world, contact, holder)
        for line in lines:
            line.members -= 1
    elif contact.queue.settings.tokens.give:
        tokens.give(world, contact, contact.queue.settings.tokens.lasts_us)


def place(world: World, contact: Contact, lines: list[Line], held: bool) -> None:
    """Let a contact that was just made stand in its line, and those of further queues, or be held beside them."""
    if contact.channel == TICKET:
        ticket_path.place(world, contact, lines[0])
    else:
        visits.join_line(world, contact, lines[0])
        if len(lines) > 1:
            elsewhere.join(world, contact, lines[1:])
    if held:
        contact.held_until_us = world.now_us + contact.queue.settings.held_most_us
        world.move_contact(contact, "enqueue_held")
        visits.arm(world, contact)
    else:
        world.move_contact(contact, "enqueue")
        visits.stand_in_line(world, contact)


def _queued(world: World, command: Enqueue, contact: Contact) -> Queued:
    """It is in; where, if that is not where it asked to be, and by which row; its token, where it has one; and the
    call-back that the same customer has open in the queue."""
    reply, queue = Queued(command.seq, contact.id), contact.queue
    if queue.name != command.queue:
        reply.queue = queue.name
    routed = routed_of(contact)
    if routed is not None:
        reply.route, reply.segment = routed.row or None, routed.segment or None
    if contact.extra is not None:
        reply.token = tokens.text(world, contact.extra.place)
    if queue.callbacks:
        open_one = callback_book.open_for(queue, command.number, command.customer)
        reply.callback = open_one.id if open_one is not None else None
    if contact.extra is not None and contact.extra.repeat:
        reply.repeat = contact.extra.repeat
    if contact.stand_ins is not None:
        reply.queues = several.queues(contact)
    return reply


def _by_row_alone(world: World, peer: Peer, command: Enqueue, decision: Decision) -> Reply:
    """A row says that such contacts are not let in at all: no queue has anything to do with it."""
    routed, route = decision.routed, decision.route
    assert routed is not None
    assert route is not None
    assert route.refuse is not None
    switched = plan_codes.switch(world, peer, command, route, routed) if route.plan else None
    if switched is not None:
        return switched
    if not routed.test:
        refused = world.tally.refused
        refused[route.name] = refused.get(route.name, 0) + 1
    visit_records.write_refused(world, peer, command.contact, "", command.channel, "route", "", routed)
    return RefusedEntry(command.seq, "route", route.refuse)


def _count_refused(
    world: World, peer: Peer, command: Enqueue, decision: Decision | None, hops: list[Hop], line: Line | None
) -> None:
    """Each queue that did not let it in counts that, and records where it went."""
    routed = decision.routed if decision is not None else None
    following = [queue.name for queue, _, _ in hops[1:]] + [line.queue.name if line is not None else ""]
    for (queue, why, _), to in zip(hops, following, strict=True):
        if routed is None or not routed.test:
            refused = queue.tally.refused
            refused[why] = refused.get(why, 0) + 1
        visit_records.write_refused(world, peer, command.contact, queue.name, command.channel, why, to, routed)


def admit(
    world: World,
    peer: Peer,
    queue: Queue,
    asked: Enqueue | AliveContact,
    body_digest: int,
    needs: Asked,
    decision: Decision | None = None,
) -> Contact:
    """Make the contact, with these needs of its own: counted as accepted, not yet in a line."""
    now_us = world.now_us
    entered_us = now_us - asked.waited_ms * MILLISECOND_US
    contact = Contact(
        asked.contact, peer, queue, asked.channel, world.number(), now_us, entered_us,
        entered_us - asked.priority_s * SECOND_US, body_digest,
    )  # fmt: skip
    contact.priority_s, contact.customer, contact.link = asked.priority_s, asked.customer, asked.link
    contact.language, contact.direct, contact.data = asked.language, asked.agent, asked.data
    if decision is not None:
        contact.priority_s = decision.priority_s
        contact.key_us = entered_us - decision.priority_s * SECOND_US
        if decision.routed is not None:
            contact.extra = Extra(route=decision.routed)
    if needs is not NOTHING:
        ask_needs(contact, needs)
    if contact.direct is not None:
        overflow.begin(world, contact)
    queue.counts["new"] += 1
    if not is_test(contact):
        flow.count_arrival(world, queue)
    peer.contacts[contact.id] = contact
    world.live += 1
    world.tally.accepted += 1
    return contact


def _again(world: World, peer: Peer, command: Enqueue, known: Contact | None) -> Reply:
    """An id that was used before: the same body is a repetition, another one a conflict."""
    entry: Contact | Tombstone = known if known is not None else peer.ended[command.contact]
    if entry.digest and entry.digest != digest(command):
        raise Refused("conflict", command.contact)
    if known is None:
        raise Refused("ended", command.contact)
    return _queued(world, command, known)


def digest(command: Enqueue) -> int:
    """A checksum of the body, its number left out; never 0, which stands for a body that was never seen."""
    body: tuple[object, ...] = (
        command.queue, command.channel, command.priority_s, command.needs, command.customer, command.link,
        command.language, command.preferred, command.agent, command.held, command.data,
    )  # fmt: skip
    more = (command.entry, command.tier, command.region, command.business, *(command.relax or ()))
    if more != (None, None, None, None):
        body = (*body, *more)
    if command.number is not None or command.token is not None:
        body = (*body, command.number, command.token)
    if command.queues is not None:
        body = (*body, "queues", command.queues)
    if command.channel == TICKET:
        body = (*body, command.due_ms, command.path)
    return crc32(_encode(body)) or 1


def _named_agent(world: World, peer: Peer, command: Enqueue) -> Agent | None:
    if command.preferred is not None:
        world.agent(peer.tenant, command.preferred)
    return world.agent(peer.tenant, command.agent) if command.agent is not None else None


def check_data(world: World, data: dict[str, str] | None) -> None:
    """Data within its limit, or `Refused`."""
    if data and _bytes(data) > world.settings.limits.data_bytes_max:
        raise Refused("data_too_large", f"at most {world.settings.limits.data_bytes_max} bytes")


def _bytes(data: dict[str, str]) -> int:
    return sum(len(key.encode()) + len(value.encode()) for key, value in data.items())


def _refused(world: World, seq: int, hops: list[Hop]) -> RefusedEntry:
    """The reply, with what to do instead, and where it is closed when it opens."""
    queue, why = hops[-1][0], refused_why(hops)
    opens_in_ms = doors.opens_in_ms(world, queue) if why == "closed" else None
    return RefusedEntry(seq, why, last_treatment(world, hops), opens_in_ms)


def would_enter(
    world: World, peer: Peer, command: Probe | Estimate, agent: Agent | None = None
) -> tuple[list[Line], Decision | None] | RefusedEntry:
    """The lines that would take it, which may have been made for it; or why none would. Raises `Refused`."""
    decision = None if is_plain(world, command) else decide(world, peer, command)
    if decision is not None and decision.route is not None and decision.route.refuse is not None:
        return RefusedEntry(command.seq, "route", decision.route.refuse)
    queue = find_queue(world, peer, command.queue if decision is None else decision.queue, command.channel)
    needs = asked_by(command) if decision is None else decision.needs
    queues = [queue, *further(world, peer, queue, command, decision)]
    lines, hops = find_lines(world, queues, command, needs, decision, agent)
    return (lines, decision) if lines else _refused(world, command.seq, hops)


def probe(world: World, peer: Peer, command: Probe) -> Reply:
    """The entry checks without entering."""
    agent = world.agent(peer.tenant, command.agent) if command.agent is not None else None
    found = would_enter(world, peer, command, agent)
    if isinstance(found, RefusedEntry):
        return found
    lines, decision = found
    line = lines[0]
    free = free_for(line)
    reply = Probed(command.seq, len(line.order), free, line.needs.staffed)
    if line.queue.name != command.queue:
        reply.queue = line.queue.name
    if decision is not None and decision.routed is not None:
        reply.route, reply.segment = decision.routed.row or None, decision.routed.segment or None
    if steered(world, line.queue):
        routed = decision.routed if decision is not None else None
        reply.steer = advise(world, peer.tenant, line, len(line.order), command.customer, routed)
    reply.queues = tuple(other.queue.name for other in lines[1:])
    for asked in lines:
        drop_if_empty(world, asked)
    return reply
