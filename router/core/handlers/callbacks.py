"""What is asked of call-backs and of places that change hands."""

from __future__ import annotations

from copy import copy
from itertools import islice

from router.core import commands as ask
from router.core import gateways, offers, visits
from router.core.callbacks import book, callbacks
from router.core.effects import Busy, CallbacksReply, CallbackStatus, CallbackTaken, Ok, Reply
from router.core.entities import Contact, Peer
from router.core.extra import Callback, ask_needs, extra_of
from router.core.handlers.contacts import own
from router.core.handlers.entry import check_data
from router.core.line import Line
from router.core.needs.asked import asked
from router.core.places import places, several, tokens
from router.core.queue import Queue
from router.core.special import routed_of
from router.core.world import World
from router.errors import Refused
from router.terms import MILLISECOND_US, SECOND_US

PAGE = 500
SHOWN_DIGITS = 2
ASKED = ask.TakeCallback | ask.ScheduleCallback


def take_callback(world: World, peer: Peer, command: ask.TakeCallback) -> Reply:
    """A waiting contact becomes a virtual hold: its visit ends, its place goes to the call-back."""
    contact = own(peer, command.contact)
    if contact.state in places.TAKEN:
        raise Refused("gone" if contact.state == "connecting" else "bad_state", contact.state)
    if book.of(contact) is not None:
        raise Refused("bad_state", "call-back")
    queue = contact.queue
    gateway = _check(world, peer, queue, command, contact.customer)
    routed = routed_of(contact)
    contact_class = routed.contact_class if routed is not None else None
    own_target = world.routing.own_target(contact)
    line = world.line(queue, book.CHANNEL, contact.needs, contact_class, own_target, contact.language)
    for offer in list(contact.offers):
        if offer.state == "offered":
            offers.cancel(world, offer, "callback_taken", back=True)
    several.lead_in(world, contact, queue)
    contact.link = contact.link or contact.id
    made = _made(world, gateway, queue, contact.priority_s)
    places.take_over(world, made, contact)
    ask_needs(made, contact.needs)
    made.customer, made.language, made.data = contact.customer, contact.language, contact.data
    if routed is not None:
        extra_of(made).route = copy(routed)
    # A line goes with its last member: it may be a call-back's already, and the contact alone in it.
    line.members += 1
    visits.leave(world, contact, "callback_taken", "customer")
    line.members -= 1
    callback = _callback(world, queue, command)
    return _begun(world, command, made, callback, line)


def schedule_callback(world: World, peer: Peer, command: ask.ScheduleCallback) -> Reply:
    """A call-back without a visit before it: its wait begins when it is due."""
    queue = world.queues.get((peer.tenant, command.queue))
    if queue is None or queue.retired:
        raise Refused("unknown_queue", command.queue)
    gateway = _check(world, peer, queue, command, command.customer)
    check_data(world, command.data)
    if world.live >= world.settings.limits.contacts_max:
        return Busy(command.seq, world.settings.limits.retry_us // MILLISECOND_US, "contacts_max")
    needs = asked(command.needs)
    line = world.line(queue, book.CHANNEL, needs)
    made = _made(world, gateway, queue, command.priority_s)
    ask_needs(made, needs)
    made.customer, made.link, made.data = command.customer, command.link, command.data
    made.key_us = made.entered_us - command.priority_s * SECOND_US
    callback = _callback(world, queue, command)
    callback.scheduled = True
    return _begun(world, command, made, callback, line)


def _check(world: World, peer: Peer, queue: Queue, command: ASKED, customer: str | None) -> Peer:
    """Everything that speaks against a call-back, in the order of the protocol page; the gateway that will dial."""
    rules = queue.settings.callback
    gateway = book.dialler(world, peer.tenant, peer)
    if not rules.numbers or book.CHANNEL not in queue.settings.channels or gateway is None:
        raise Refused("no_callbacks", queue.name)
    if not book.may_dial(rules, command.number):
        raise Refused("number_not_allowed")
    if command.not_after_ms is not None and command.not_after_ms <= command.not_before_ms:
        raise Refused("bad_window")
    if command.agent is not None:
        world.agent(peer.tenant, command.agent)
    open_one = book.open_for(queue, command.number, customer)
    if open_one is not None:
        raise Refused("callback_open", open_one.id)
    if len(queue.callbacks) >= rules.open_most:
        raise Refused("too_many_callbacks", queue.name)
    return gateway


def _made(world: World, gateway: Peer, queue: Queue, priority_s: int) -> Contact:
    """A new contact of the engine's own naming, counted as accepted, not yet in a line."""
    number, now_us = world.number(), world.now_us
    contact_id = f"callback-{world.epoch}-{number}"
    while contact_id in gateway.contacts or contact_id in gateway.ended:
        contact_id = f"callback-{world.epoch}-{world.number()}"
    contact = Contact(
        contact_id, gateway, queue, book.CHANNEL, number, now_us, now_us, now_us, 0
    )  # fmt: skip
    contact.priority_s = priority_s
    queue.counts["new"] += 1
    gateway.contacts[contact_id] = contact
    world.live += 1
    world.tally.accepted += 1
    return contact


def _callback(world: World, queue: Queue, command: ASKED) -> Callback:
    now_us, rules = world.now_us, queue.settings.callback
    from_us = now_us + command.not_before_ms * MILLISECOND_US
    if command.not_after_ms is not None:
        until_us = now_us + command.not_after_ms * MILLISECOND_US
    else:
        until_us = from_us + rules.lasts_us
    callback = Callback(command.number, now_us, until_us, from_us)
    if command.agent is not None:
        callback.agent_until_us = from_us + rules.agent_most_us
    return callback


def _begun(world: World, command: ASKED, made: Contact, callback: Callback, line: Line) -> Reply:
    made.direct = command.agent
    tokens.give(world, made, made.queue.settings.tokens.lasts_us, always=True)
    visits.join_line(world, made, line)
    callbacks.begin(world, made, callback)
    place = made.extra.place if made.extra is not None else None
    return CallbackTaken(command.seq, made.id, made.peer.name, tokens.text(world, place))


def dialled(world: World, peer: Peer, command: ask.Dialled) -> Reply:
    """What became of a dial."""
    contact = own(peer, command.contact)
    callback = book.of(contact)
    if callback is None and contact.channel == book.CHANNEL and command.result == "answered":
        return Ok(command.seq)  # its list has said so already
    if callback is None or callback.phase != "dialling":
        raise Refused("bad_state", contact.state)
    if command.result != "answered":
        callbacks.failed(world, contact, callback, command.result, None)
    else:
        callbacks.answered(world, contact, callback, peer)
    return Ok(command.seq)


def take_place(world: World, peer: Peer, command: ask.TakePlace) -> Reply:
    """A waiting contact takes the place of another visit of the same customer."""
    contact = own(peer, command.contact)
    if contact.state not in ("waiting", "held") or book.of(contact) is not None:
        raise Refused("bad_state", contact.state)
    if command.token is not None:
        holder = tokens.find(world, peer.tenant, contact.queue, command.token)
    else:
        found = contact.queue.callbacks.get(command.callback or "")
        if found is None:
            raise Refused("unknown_callback", command.callback or "")
        holder = found
    if holder is contact:
        return Ok(command.seq)
    places.may_take(holder)
    world.unstand(contact)
    places.take(world, contact, holder)
    world.changed[contact] = None
    if contact.state == "waiting":
        # Where its gateway is being opened, its turn may have come with the place.
        visits.stand_in_line(world, contact)
    return Ok(command.seq)


def cancel_callback(world: World, peer: Peer, command: ask.CancelCallback) -> Reply:
    """The call-back is not wanted any more."""
    contact = book.find(world, peer.tenant, command.callback)
    if contact is None or (peer.role == "gateway" and contact.peer is not peer):
        owned = peer.contacts.get(command.callback)
        if owned is not None and owned.extra is not None and owned.extra.callback is not None:
            raise Refused("gone", command.callback)
        raise Refused("unknown_callback", command.callback)
    told_by = peer if contact.peer is peer else None
    gateways.over(world, contact, "withdrawn", "customer" if told_by is not None else "system", told_by)
    return Ok(command.seq)


def listed(world: World, peer: Peer, command: ask.Callbacks) -> Reply:
    """A page of open call-backs by id."""
    if command.queue is not None and (peer.tenant, command.queue) not in world.queues:
        raise Refused("unknown_queue", command.queue)
    found: dict[str, Contact] = {}
    for (tenant, name), queue in world.queues.items():
        if tenant == peer.tenant and command.queue in (None, name):
            found.update(queue.callbacks)
    ids = sorted(each for each in found if each > command.after)
    page = [_status(world, found[each], command.numbers) for each in islice(ids, PAGE)]
    return CallbacksReply(command.seq, page, len(ids) > PAGE)


def _status(world: World, contact: Contact, whole: bool) -> CallbackStatus:
    callback, now_us = book.of(contact), world.now_us
    assert callback is not None
    assert callback.phase != "reached"
    hidden = "*" * max(0, len(callback.number) - SHOWN_DIGITS) + callback.number[-SHOWN_DIGITS:]
    return CallbackStatus(
        contact.id, contact.queue.name, contact.peer.name, callback.number if whole else hidden, callback.phase,
        contact.customer, contact.direct, callback.tries, world.waited_us(contact) // MILLISECOND_US,
        max(0, max(callback.from_us, callback.retry_us) - now_us) // MILLISECOND_US,
        max(0, callback.until_us - now_us) // MILLISECOND_US,
    )  # fmt: skip
