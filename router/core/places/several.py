"""One contact at several places: it waits in up to `queues_per_contact_max` queues, and the first able agent has it.

A line holds contacts, and a contact has one line, one key and one queue. So each place in a further queue is held by a
**stand-in**: a contact of its own making that belongs to that queue's line, with its own key by that line's clock, and
to nothing else: no client knows it, it is never recorded, and whatever is decided about it is decided about its
`main`. The main's own place is the one that **leads**; who is offered in another queue lets that place lead first
(`lead`). While it waits, the queue that was named first leads; so only one place is looked at wherever one is enough.

They stand while the main stands in its line, and at no other time. What follows when a place is given up is in
`elsewhere.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core.entities import Contact
from router.core.extra import Beside, Extra
from router.core.needs import courses
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.line import Line
    from router.core.queue import Queue
    from router.core.world import World


KEPT = ("held", "waiting", "offered", "connecting")
"""States in which a contact has its places in all of its queues."""


def places(contact: Contact) -> list[Contact]:
    """Who holds the contact's places, in the order in which its queues were named."""
    if contact.stand_ins is None:
        return [contact]
    return sorted([contact, *contact.stand_ins], key=rank)


def rank(place: Contact) -> int:
    """As which of its queues this one was named, from 0."""
    return place.extra.rank if place.extra is not None else 0


def queues(contact: Contact) -> tuple[str, ...]:
    """The further queues that it has a place in, as they were named."""
    return tuple(place.queue.name for place in places(contact) if place is not contact)


def has_place_in(contact: Contact, queue: Queue) -> bool:
    """Does it wait in this queue, or did it when it was accepted?"""
    return any(place.queue is queue for place in places(contact))


# -- stand-ins --------------------------------------------------------------------------------------------------------


def add(contact: Contact, queue: Queue, at_rank: int) -> Contact:
    """A stand-in of the contact in a further queue, with its wait so far; it belongs to no line yet."""
    extra = contact.extra
    assert extra is not None
    made = Contact(
        contact.id, contact.peer, queue, contact.channel, contact.number, contact.arrived_us, contact.entered_us,
        contact.key_us, 0,
    )  # fmt: skip
    made.state, made.priority_s, made.needs, made.language = (
        "waiting", contact.priority_s, contact.needs, contact.language,
    )  # fmt: skip
    made.extra = Extra(route=extra.route, clock=extra.clock, rank=at_rank)
    made.main = contact
    if contact.stand_ins is None:
        contact.stand_ins = []
    contact.stand_ins.append(made)
    queue.beside += 1
    return made


def note(world: World, contact: Contact) -> None:
    """Its places have changed: what is stored of them follows."""
    assert contact.extra is not None
    stand_ins = contact.stand_ins or ()
    for place in stand_ins:
        world.roster.touch(place.queue)
    contact.extra.beside = tuple(
        Beside(
            place.queue.name,
            rank(place),
            place.entered_us,
            place.key_us,
            place.extra.clock if place.extra is not None else None,
        )
        for place in stand_ins
    )
    world.changed[contact] = None


def drop(world: World, place: Contact) -> None:
    """This stand-in's place is no more: its contact went on, or ended, without it."""
    contact = place.main
    assert contact is not None
    assert contact.stand_ins is not None
    assert contact.extra is not None
    world.leave_line(place)
    place.queue.beside -= 1
    world.roster.touch(place.queue)
    contact.extra.had = (*contact.extra.had, place.queue.name)
    contact.stand_ins.remove(place)
    place.main, place.state = None, "ended"
    if not contact.stand_ins:
        contact.stand_ins, contact.extra.rank = None, 0
    note(world, contact)


def drop_all(world: World, contact: Contact) -> None:
    """It has one place from now on, or none."""
    for place in list(contact.stand_ins or ()):
        drop(world, place)


def all_had(contact: Contact) -> tuple[str, ...]:
    """The further queues that it has, or had, a place in, in this part of the visit."""
    extra = contact.extra
    return () if extra is None else (*extra.had, *(place.queue for place in extra.beside))


def forget_places(contact: Contact) -> None:
    """The next part of the visit begins: what it had beside its place in the first is in the record of that."""
    if contact.extra is not None:
        contact.extra.had = ()


# -- which one leads --------------------------------------------------------------------------------------------------


def lead(world: World, place: Contact) -> Contact:
    """Let the place of this stand-in be the contact's own, and a stand-in hold the one that led. Returns the contact,
    which stands nowhere now."""
    contact = place.main
    assert contact is not None
    world.unstand(contact)
    mine, its = contact.extra, place.extra
    assert mine is not None
    assert its is not None
    queue = contact.queue
    world.change_queue(contact, place.queue)
    contact.queue.beside -= 1
    queue.beside += 1
    place.queue = queue
    contact.line, place.line = place.line, contact.line
    contact.entered_us, place.entered_us = place.entered_us, contact.entered_us
    contact.key_us, place.key_us = place.key_us, contact.key_us
    mine.clock, its.clock = its.clock, mine.clock
    mine.rank, its.rank = its.rank, mine.rank
    for each in (contact, place):
        assert each.line is not None
        each.entry = each.line.place(each)
    note(world, contact)
    return contact


def lead_in(world: World, contact: Contact, queue: Queue) -> None:
    """Let the place in that queue be the one that is changed now."""
    for place in places(contact):
        if place is not contact and place.queue is queue:
            lead(world, place)
            world.tell_monitors_about(contact)


def in_order(world: World, contact: Contact) -> Line:
    """Before it stands: the queue that was named first leads; for one that waits for a preferred agent the first whose
    needs they meet. Each place is where its wait has brought it, also where it does not stand with this one: its next
    step is a deadline of the contact. Returns its line there."""
    found = places(contact)
    for place in found:
        if place.line is not None and place.line.course.streams:
            courses.go_on(world, place)
    leader = found[0]
    if contact.preferred is not None and contact.direct is None:
        agent = world.agents.get((contact.peer.tenant, contact.preferred))
        for place in reversed(found):
            assert place.line is not None
            if agent is not None and agent.profile is not None and agent.profile in place.line.needs.profiles:
                leader = place
    if leader is not contact:
        lead(world, leader)
        world.tell_monitors_about(contact)
    line = contact.line
    assert line is not None
    return line


# -- standing ---------------------------------------------------------------------------------------------------------


def follow(world: World, contact: Contact) -> None:
    """What the contact has is what its stand-ins have: number, head start, and who has missed it."""
    changed = False
    for place in contact.stand_ins or ():
        place.missed, place.retry_us, place.channel = contact.missed, contact.retry_us, contact.channel
        if place.number == contact.number and place.priority_s == contact.priority_s:
            continue
        changed = True
        if place.priority_s != contact.priority_s:
            place.priority_s = contact.priority_s
            place.key_us = place.entered_us - contact.priority_s * SECOND_US
        place.number = contact.number
        assert place.line is not None
        place.entry = place.line.place(place)
    if changed:
        note(world, contact)


def stand(world: World, contact: Contact) -> None:
    """The contact stands in its line: let its stand-ins stand in theirs, and each look for an agent."""
    follow(world, contact)
    for place in places(contact):
        if place is not contact and place.standing is None:
            stand_one(world, place)


def stand_one(world: World, place: Contact) -> None:
    """Let this one stand in its line."""
    line = place.line
    assert line is not None
    if line.course.streams:
        line = courses.go_on(world, place)
    world.stand(place, line.order)
    world.loose_contacts.append(place)
    if line.needs.staffed == 0:
        courses.leave_unstaffed(world, line)


def stands(contact: Contact) -> bool:
    """Does it stand in its line, so that its stand-ins stand in theirs?"""
    return contact.state == "waiting" and contact.line is not None and contact.standing is contact.line.order
