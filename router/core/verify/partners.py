"""What must hold of partners: checked from outside, as `world.py` does for everything else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from router.core.entities import Contact
from router.core.partners.partner import Partner
from router.core.partners.sent import AWAY, sent_of
from router.core.world import World

Found: TypeAlias = Iterator[tuple[str, str]]


def check_partner(world: World, partner: Partner) -> Found:
    """It has just those who are with it, and its sums are those of its windows."""
    name = f"partner {partner.key}"
    if world.partners.known.get((partner.contract.tenant, partner.contract.name)) is not partner:
        yield "index", f"{name}: not found by its name"
    for contact in partner.contacts:
        sent = sent_of(contact)
        if contact.state not in AWAY or sent is None or sent.partner != partner.contract.name:
            yield "index", f"{name}: has {contact.id}, which is {contact.state}"
        elif contact.peer.contacts.get(contact.id) is not contact:
            yield "index", f"{name}: has {contact.id}, whose visit is over"
    if partner.in_target > partner.answered or partner.cost < 0 or partner.talk_us < 0:
        yield "partners", f"{name}: {partner.in_target} of {partner.answered} in target, cost {partner.cost}"
    for window in (partner.judged, *partner.flows.values()):
        if window.totals != [sum(row) for row in window.rows] or min(window.totals) < 0:
            yield "partners", f"{name}: a window counts {window.totals}"
    if partner.retired and not partner.contacts:
        yield "partners", f"{name}: no contract, and nobody there"
    if partner.due_us and not world.deadlines.holds(partner):
        yield "L2", f"{name}: deadline {partner.due_us} is not kept"


def check_away(world: World, contact: Contact, name: str) -> Found:
    """Who is away is with one partner, comes to an end, and waits no longer once it is answered."""
    if contact.state not in AWAY:
        return
    sent = sent_of(contact)
    partner = world.partners.known.get((contact.peer.tenant, sent.partner)) if sent is not None else None
    if sent is None or partner is None or contact not in partner.contacts:
        yield "index", f"{name}: with partner {sent and sent.partner}, which does not have it"
        return
    if (sent.answered_us != 0) != (contact.state == "at_partner"):
        yield "partners", f"{name}: answered {sent.answered_us}"
    if contact.peer.open and not contact.peer.chore and not contact.due_us:
        yield "L2", f"{name}: nothing ends it"
    if contact.offers and any(offer.state != "wrap_up" for offer in contact.offers):
        yield "I3", f"{name}: is offered too"


def check_partners(world: World) -> Found:
    """Nobody is looked for between steps, and everybody who is away is at one place."""
    if world.partners.stirred:
        yield "partners", f"{len(world.partners.stirred)} queues are still to be looked at"
    there = sum(len(partner.contacts) for partner in world.partners.known.values())
    away = sum(contact.state in AWAY for peer in world.peers.values() for contact in peer.contacts.values())
    if there != away:
        yield "index", f"{there} contacts at partners, {away} are away"
