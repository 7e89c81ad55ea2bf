"""The part of `world.py` that is about visits: contacts with their offers and places, and those that have ended."""

from __future__ import annotations

from collections import deque
from typing import Any

from router.core import ringing
from router.core.callbacks import book as callback_book
from router.core.callbacks import callbacks
from router.core.entities import Agent, Contact, Offer, Tombstone
from router.core.extra import Extra
from router.core.needs.asked import NOTHING, Asked
from router.core.needs.want import Want
from router.core.offers import link
from router.core.partners.sent import AWAY
from router.core.places import tokens
from router.core.queue import Queue
from router.core.restore import partners as restore_partners
from router.core.restore.consults import without_handed_over
from router.core.restore.finding import find_agent, find_peer, find_queue, take_due
from router.core.restore.several import give_up_unknown, take_places
from router.core.stored import records as stored
from router.core.talks.consults import mend
from router.core.tickets import path as ticket_path
from router.core.tickets.ticket import ticket_of
from router.core.visits import beside, join_line
from router.core.world import World

IN_LINE = ("held", "waiting", "offered", "connecting", "sent")


def load(world: World, entries: list[Any]) -> None:
    """Contacts, what is remembered of ended ones, and the live offers, each in its order."""
    pairs: list[tuple[Offer, Any]] = []
    special: list[Contact] = []
    for record in without_handed_over(entries):
        if isinstance(record, stored.TombstoneRecord):
            _tombstone(world, record)
        else:
            special += _contact(world, record, pairs)
    for offer, record in sorted(pairs, key=lambda pair: pair[0].number):
        offer.contact.offers.append(offer)
        link(world, offer)
        if offer.ring_us:
            # The agent's record may be older than the offer: it is written when the agent comes free.
            offer.agent.last_offer = max(offer.agent.last_offer, offer.number)
        take_due(world, offer, record)
    mend(special)
    give_up_unknown(world, special)
    for offer in world.offers.values():
        if offer.contact.state == "offered" and offer.contact.queue.settings.ring_several > 1:
            ringing.look(world, offer.contact)
    world.buried = deque(sorted(world.buried, key=lambda tombstone: tombstone.due_number))


def _tombstone(world: World, r: stored.TombstoneRecord) -> None:
    peer = find_peer(world, r.peer)
    tombstone = Tombstone(r.id, peer, r.digest, r.outcome, r.queue, r.number, r.ended_us)
    tombstone.waited_us, tombstone.codes, tombstone.resolved, tombstone.agent = (
        r.waited_us,
        r.codes,
        r.resolved,
        r.agent,
    )
    tombstone.due_us, tombstone.due_number, tombstone.customer = r.due_us, r.due_number, r.customer
    peer.ended[r.id] = tombstone
    if r.place is not None and tokens.found_again(world, tombstone, r.place.token):
        tombstone.place = r.place
    world.buried.append(tombstone)


def _contact(world: World, r: stored.ContactRecord, pairs: list[tuple[Offer, Any]]) -> list[Contact]:
    """The contact, its offers among `pairs`. Returns it if it has a special part."""
    peer = find_peer(world, r.peer)
    queue = find_queue(world, peer.tenant, r.queue, r.channel)
    contact = Contact(
        r.id, peer, queue, r.channel, r.number, r.arrived_us, r.entered_us, r.key_us, r.digest,
    )  # fmt: skip
    contact.state, contact.priority_s, contact.needs, contact.extra = r.state, r.priority_s, _asked(r), r.extra
    contact.customer, contact.link, contact.language, contact.data = r.customer, r.link, r.language, r.data
    contact.preferred, contact.preferred_until_us, contact.direct = r.preferred, r.preferred_until_us, r.direct
    contact.held_until_us, contact.hold_began_us = r.held_until_us, r.hold_began_us
    contact.missed, contact.retry_us, contact.waited_us = r.missed, r.retry_us, r.waited_us
    contact.legs, contact.outcome, contact.ended_by, contact.left_us = r.legs, r.outcome, r.ended_by, r.left_us
    contact.codes, contact.resolved, contact.sync_round = r.codes, r.resolved, r.sync_round
    peer.contacts[r.id] = contact
    if r.extra is not None:
        _special(world, contact, r.extra)
    if r.state in AWAY:
        restore_partners.found(world, contact)
    ticket = ticket_of(contact)
    if ticket is not None:
        ticket_path.list_it(world, contact, ticket)
    queue.counts[r.state] += 1
    world.live += 1
    for offer in r.offers:
        agent = find_agent(world, offer.agent)
        made_for = find_queue(world, peer.tenant, offer.queue, offer.channel)
        pairs.append((_offer(world, contact, made_for, agent, offer), offer))
    if r.state in IN_LINE:
        _stand(world, contact, r)
    take_due(world, contact, r)
    return [contact] if contact.extra is not None else []


def _asked(r: stored.ContactRecord) -> Asked:
    if r.extra is not None and r.extra.needs is not None:
        return r.extra.needs
    return Asked(Want(r.needs)) if r.needs else NOTHING


def _special(world: World, contact: Contact, extra: Extra) -> None:
    """What only some contacts have. A place that two records claim is that of the first."""
    if extra.place is not None and not tokens.found_again(world, contact, extra.place.number):
        extra.place = None
        contact.number = world.number()
    callback = callback_book.of(contact)
    if callback is not None and contact.state in IN_LINE:
        callback_book.enter(world, contact, callback)
    if extra.heard is not None and extra.heard.look_us:
        world.counter = max(world.counter, extra.heard.look_number)
        world.announcing.set(contact, extra.heard.look_us, extra.heard.look_number)


def _offer(world: World, contact: Contact, queue: Queue, agent: Agent, r: stored.OfferRecord) -> Offer:
    offer = Offer(
        r.id, r.number, contact, queue, agent, r.endpoint, find_peer(world, r.endpoint_peer), r.channel, r.units,
        r.made_us, r.ring_us, r.version,
    )  # fmt: skip
    offer.state, offer.rang, offer.asked = r.state, r.rang, r.asked
    offer.accepted_us, offer.connected_us, offer.talk_over_us = r.accepted_us, r.connected_us, r.talk_over_us
    offer.held_us, offer.wrap_up_most_us, offer.left_us = r.held_us, r.wrap_up_most_us, r.left_us
    return offer


def _stand(world: World, contact: Contact, r: stored.ContactRecord) -> None:
    """Give the contact its line, and its stand where it had one: a chore under way tells how far it has come."""
    peer = contact.peer
    line = world.some_line_of(contact)
    # A deadline that has come and not fired yet may be that of a step, which then is not taken yet.
    unfired_us = max(0, world.now_us - r.due_us + 1) if r.due_us else 0
    join_line(world, contact, line, unfired_us)
    line = contact.line or line
    if contact.extra is not None and contact.extra.beside:
        take_places(world, contact, unfired_us)
    callback = callback_book.of(contact) if contact.extra is not None else None
    if callback is not None and contact.state == "held":
        if callback.phase == "hold" and peer.takes(contact):
            callbacks.stand_among_holds(world, contact)
        line.dialling += callback.phase == "dialling"
        return
    if contact.state != "waiting" or not peer.takes(contact):
        return
    name = contact.direct or contact.preferred
    if name is None:
        world.stand(contact, line.order)
        for place in contact.stand_ins or ():
            assert place.line is not None
            world.stand(place, place.line.order)
        return
    world.stand(contact, beside(find_agent(world, f"{peer.tenant}/{name}"), line))
