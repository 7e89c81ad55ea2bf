"""The part of `world.py` that is about contacts which wait in several queues, counted again from the contacts.

A stand-in is no contact: it is looked at with its own, and must be found wherever a place is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from router.core.entities import Contact
from router.core.verify.ringing import place_in
from router.core.world import World

Found: TypeAlias = Iterator[tuple[str, str]]
KEPT = ("held", "waiting", "offered", "connecting")
"""States in which it has places."""


def every_place(contacts: list[Contact]) -> list[Contact]:
    """These contacts, and their stand-ins."""
    return [place for contact in contacts for place in (contact, *(contact.stand_ins or ()))]


def check_several(contact: Contact, name: str) -> Found:
    """It has at most one place a queue, all of them while it waits, rings or is being connected, and none later."""
    stored = contact.extra.beside if contact.extra is not None else ()
    stand_ins = contact.stand_ins or []
    if contact.main is not None:
        yield "I1", f"{name}: is a stand-in, and listed as a contact"
    if contact.stand_ins is not None and not stand_ins:
        yield "index", f"{name}: has several places, and none"
    if stand_ins and contact.state not in KEPT:
        yield "I1", f"{name}: has places in {[place.queue.name for place in stand_ins]}"
    queues = [contact.queue.name, *(place.queue.name for place in stand_ins)]
    if len(set(queues)) != len(queues) or len(queues) > 1 + 16:
        yield "I1", f"{name}: has places in {queues}"
    kept = [(place.queue.name, place.entered_us, place.key_us) for place in stand_ins]
    if [(each.queue, each.entered_us, each.key_us) for each in stored] != kept:
        yield "I13", f"{name}: stored are {stored}, its places {kept}"
    ranks = [place.extra.rank if place.extra is not None else 0 for place in (contact, *stand_ins)]
    if len(set(ranks)) != len(ranks):
        yield "index", f"{name}: ranks {ranks}"
    named = contact.direct is not None or contact.preferred is not None
    if contact.state == "waiting" and not named and ranks[0] != min(ranks):
        yield "index", f"{name}: {contact.queue.name} leads, of ranks {ranks}"
    for place in stand_ins:
        yield from _place(contact, place, f"{name} in {place.queue.name}")


def _place(contact: Contact, place: Contact, name: str) -> Found:
    """A stand-in is its contact's, and stands when that stands in its line (I6)."""
    line, entry = place.line, place.entry
    if place.main is not contact or place.id != contact.id or place.peer is not contact.peer:
        yield "I1", f"{name}: stands in for another"
        return
    if place.due_us or place.offers:
        yield "I3", f"{name}: has a deadline or offers of its own"
    if line is None or line.queue is not place.queue or entry is None:
        yield "I6", f"{name}: belongs to no line of its queue"
        return
    clock = place.extra.clock if place.extra is not None else None
    if clock != (None if line.clock is None else line.clock.name):
        yield "hours", f"{name}: counted by {clock}, its line by {line.clock}"
    stands = (
        contact.state == "waiting"
        and contact.peer.takes(contact)
        and contact.direct is None
        and contact.preferred is None
    )
    if (place.standing is line.order) != stands or (place.standing is not None) != stands:
        yield "I10", f"{name}: stands {place.standing is not None}, and its contact is {contact.state}"
    if stands:
        told = (place.number, place.priority_s, place.missed, place.retry_us)
        if told != (contact.number, contact.priority_s, contact.missed, contact.retry_us):
            yield "I6", f"{name}: number, head start and misses {told}"
        if entry[:2] != place_in(line, place) or entry[2] is not place or entry not in line.order:
            yield "I6", f"{name}: place {entry[:2]}, key {place.key_us}, number {place.number}"


def check_beside(world: World) -> Found:
    """What each queue counts of places that another queue leads; and no stand-in is about to be recorded."""
    contacts = [contact for peer in world.peers.values() for contact in peer.contacts.values()]
    for queue in world.queues.values():
        found = sum(1 for place in every_place(contacts) if place.main is not None and place.queue is queue)
        if queue.beside != found:
            yield "index", f"queue {queue.name} counts {queue.beside} places beside, {found} found"
    if any(isinstance(entity, Contact) and entity.main is not None for entity in world.changed):
        yield "I13", "a stand-in is to be recorded"
