"""Those who wait cross to another version of the settings, one by one, in the order in which they came.

Each goes into the line of the new version at its place, and its deadlines and announcements follow what is said now.
`crossing.py` says when: after agents have crossed, and whenever layers have changed what is in effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from typing import Final

from router.core import ringing, visits
from router.core.announcements import announcements
from router.core.callbacks import book as callback_book
from router.core.callbacks import callbacks
from router.core.entities import Contact
from router.core.line import Line
from router.core.needs import courses
from router.core.places import elsewhere, several
from router.core.queue import Queue
from router.core.reload.flipped import Flipped
from router.core.routes.advice import advise_now
from router.core.world import World
from router.errors import Refused

CONTACT_US: Final = 40
"""A contact into another line."""
PAIRS_A_US: Final = 1
"""Needs and profiles that are matched in a microsecond."""
LISTED_A_US: Final = 3
"""Contacts that are listed in a microsecond."""
CHUNK: Final = 512
"""Contacts that are listed at a time."""


def _number(contact: Contact) -> int:
    return contact.number


def contacts_of(world: World, left: Flipped) -> Iterator[int]:
    """Each contact that the change concerns, in the order in which they came."""
    if not (left.queues or left.channels or left.segments or left.removed):
        return
    timed = any(channel.park_after_us for channel in world.channels.values())
    chunks: list[list[Contact]] = []
    for peer in list(world.peers.values()):
        owned = list(peer.contacts.values())
        for start in range(0, len(owned), CHUNK):
            chunk = [each for each in owned[start : start + CHUNK] if _concerns(left, each, timed=timed)]
            chunk.sort(key=_number)
            chunks.append(chunk)
            yield CHUNK // LISTED_A_US
    contacts: Iterable[Contact] = merge(*chunks, key=_number)
    for contact in contacts:
        if contact.peer.contacts.get(contact.id) is contact:
            needs = len(world.roster.needs)
            _cross(world, left, contact, timed=timed)
            if contact.queue in left.schedules:
                announcements.anew(world, contact)
            matched = (len(world.roster.needs) - needs) * len(world.roster.profiles)
            yield CONTACT_US + max(0, matched) // PAIRS_A_US


def _concerns(left: Flipped, contact: Contact, *, timed: bool) -> bool:
    if contact.line is None:
        # Contacts are parked sooner or later now, and kept for another time.
        return contact.state == "parked" or (contact.state == "connected" and (timed or contact.due_us != 0))
    if contact.stand_ins is not None and any(_concerned(left, place) for place in several.places(contact)):
        return True
    return _concerned(left, contact) or (left.segments and _segment(contact) != "")


def _concerned(left: Flipped, contact: Contact) -> bool:
    """Has anything changed that it has there, at this place?"""
    return (
        contact.line in left.outdated
        or contact.queue in left.removed
        or contact.queue in left.waits
        or contact.queue in left.callbacks
        or contact.queue in left.schedules
        or contact.queue in left.steers
    )


def _segment(contact: Contact) -> str:
    extra = contact.extra
    return extra.route.segment if extra is not None and extra.route is not None else ""


def _cross(world: World, left: Flipped, contact: Contact, *, timed: bool) -> None:
    line = contact.line
    if line is None:
        if contact.state == "parked" or (contact.state == "connected" and (timed or contact.due_us)):
            visits.arm(world, contact)
        return
    if contact.queue in left.steers:
        advise_now(world, contact)
    if contact.stand_ins is not None:
        _cross_places(world, left, contact)
        return
    moved = line in left.outdated or (left.segments and _segment(contact) != "")
    if moved and _into_its_line(world, contact, line):
        return
    if contact.extra is not None and contact.queue in left.callbacks:
        # A reload may say otherwise of call-backs than before.
        callbacks.look_anew_at(world, contact)
        if callback_book.of(contact) is not None:
            return
    if contact.state in ("waiting", "held"):
        visits.arm(world, contact)
    elif contact.state == "offered":
        ringing.look(world, contact)


def _cross_places(world: World, left: Flipped, contact: Contact) -> None:
    """One that waits in several queues: those that are no more it leaves, and in the others it goes to its new lines;
    where there is no room for it any more that place is given up."""
    if left.removed:
        elsewhere.give_up_removed(world, contact)
    stood = contact.standing is not None
    world.unstand(contact)
    others = left.segments and _segment(contact) != ""
    crossed: set[Queue] = set()
    while True:
        # One after the other: where a place is given up, another one may lead.
        place = next((each for each in several.places(contact) if each.queue not in crossed), None)
        if place is None:
            break
        crossed.add(place.queue)
        old = place.line
        if old is not None and (others or old in left.outdated):
            _into_another(world, contact, place, old)
    if contact.state == "offered":
        ringing.look(world, contact)
    elif contact.state == "waiting" and stood and contact.standing is None:
        visits.stand_in_line(world, contact)
    elif contact.state in ("waiting", "held"):
        visits.arm(world, contact)


def _into_another(world: World, contact: Contact, place: Contact, old: Line) -> None:
    """This place is in a line of the new version from now on."""
    try:
        line = world.line_of(place) if contact.stand_ins is not None else world.some_line_of(place)
    except Refused:
        elsewhere.give_up(world, place, "removed")
        world.unstand(contact)
        return
    old.members -= 1
    if old.course.streams:
        courses.leave(world, old.course)
    visits.join_line(world, place, line)
    if contact.stand_ins is not None:
        several.note(world, contact)
    if old in old.queue.lines:
        courses.drop_if_empty(world, old)


def _into_its_line(world: World, contact: Contact, old: Line) -> bool:
    """Into its new line at the same place, with its new deadlines. Is all done that is to be done?"""
    stood = contact.standing is not None
    world.unstand(contact)
    old.members -= 1
    if old.course.streams:
        courses.leave(world, old.course)
    visits.join_line(world, contact, world.some_line_of(contact))
    done = contact.extra is not None and callbacks.moved_line(world, contact, old)
    if stood and not done:
        if contact.state == "offered":
            ringing.look(world, contact)
        elif contact.extra is None or not callbacks.stands_again(world, contact):
            visits.stand_in_line(world, contact)
    if old in old.queue.lines:
        courses.drop_if_empty(world, old)
    return done
