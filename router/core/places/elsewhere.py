"""What becomes of the places of a contact that waits in several queues: joined, given up, and looked at again.

A place is given up when its queue sends away who waits in it, has nobody left who is able, lets nobody wait so long, or
is no more. The contact waits on in the others; the last place is like that of any other contact, and goes by its own
queue's treatment. What a place is, and which one leads, is in `several.py`.
"""

from __future__ import annotations

from collections.abc import Iterable

from router.core import flow, visits
from router.core.announcements import announcements
from router.core.doors.hours import due_us
from router.core.effects import PlaceGone
from router.core.entities import Contact
from router.core.extra import extra_of
from router.core.line import Line
from router.core.moments import wait_left_us, waited_out, waits_at_most
from router.core.needs import courses
from router.core.places import several
from router.core.queue import Queue
from router.core.special import is_test
from router.core.world import World
from router.errors import Refused

GIVEN_UP = ("closed", "nobody", "waited_too_long", "removed", "emptied")
"""Why a place is given up while others are left. Whatever else ends a wait ends it in all queues."""


def join(world: World, contact: Contact, lines: Iterable[Line]) -> None:
    """A contact that belongs to its own line takes a place in each of these, of further queues, too."""
    rank = 0
    for line in lines:
        rank += 1
        extra_of(contact)
        place = several.add(contact, line.queue, rank)
        visits.join_line(world, place, line)
        if not is_test(contact):
            flow.count_arrival(world, line.queue)
    if rank:
        several.note(world, contact)


def keep_those_with(world: World, contact: Contact, channel: str) -> None:
    """It is to come by another channel: its places in queues that do not serve that are given up. To be called before
    an offer of it is taken back, so that none of them leads then; the one that leads now is the caller's to look at."""
    for place in list(contact.stand_ins or ()):
        if channel not in place.queue.settings.channels:
            several.drop(world, place)
            _tell(world, contact, place.queue, "channel")


def switch(world: World, contact: Contact, channel: str) -> None:
    """A waiting contact comes by another channel, which all of its queues serve: it goes over to the lines of that."""
    world.unstand(contact)
    stand_ins, contact.stand_ins = contact.stand_ins, None
    world.leave_line(contact)
    contact.channel = channel
    visits.join_line(world, contact, world.some_line_of(contact))
    contact.stand_ins = stand_ins
    for place in list(stand_ins or ()):
        line = line_in(world, contact, place.queue)
        if line is None:
            several.drop(world, place)
            _tell(world, contact, place.queue, "channel")
        else:
            world.leave_line(place)
            place.channel = channel
            visits.join_line(world, place, line)
    if stand_ins:
        several.note(world, contact)


def join_listed(world: World, contact: Contact, queues: Iterable[Queue]) -> None:
    """As `join`, for a contact of a gateway's list: no entry checks, but there must be room for its needs."""
    found = (line_in(world, contact, queue) for queue in queues)
    join(world, contact, [line for line in found if line is not None])


def line_in(world: World, contact: Contact, queue: Queue) -> Line | None:
    """The line of that queue where it would stand; None where there is no room for its needs."""
    routed = contact.extra.route if contact.extra is not None else None
    contact_class = routed.contact_class if routed is not None else None
    own_target = world.routing.own_target(contact)
    try:
        return world.line(queue, contact.channel, contact.needs, contact_class, own_target, contact.language)
    except Refused:
        return None


def give_up(world: World, place: Contact, why: str) -> bool:
    """The place of a contact that has others, or of a stand-in, is given up. False where it is the last one, or the
    contact can't stay anywhere: then its queue's treatment is the caller's to follow."""
    if place.state == "ended":
        return True
    contact = place.main if place.main is not None else place
    if contact.stand_ins is None or why not in GIVEN_UP:
        return False
    queue = place.queue
    if place is contact:
        announcements.over(world, contact)
        place = next(other for other in several.places(contact) if other is not contact)
        several.lead(world, place)
    several.drop(world, place)
    _tell(world, contact, queue, why)
    if contact.state == "waiting" and contact.standing is None:
        visits.stand_in_line(world, contact)
    else:
        visits.arm(world, contact)
    return True


def _tell(world: World, contact: Contact, queue: Queue, why: str) -> None:
    """Its gateway, and monitors, hear that it does not wait in that queue any more."""
    left = tuple(place.queue.name for place in several.places(contact))
    world.tell(contact.peer, PlaceGone(contact.id, queue.name, why, left))  # type: ignore[arg-type]  # one of its literals
    if contact.state in ("waiting", "held"):
        # Else an offer of it is being taken back, and they hear of both with that.
        world.tell_monitors_about(contact)


def put_back(world: World, contact: Contact) -> None:
    """An offer of it came to nothing: it is back at its place in all of its queues, the one that was named first
    leading again. Those that are no more, or where its time is over, are given up first."""
    if contact.stand_ins is None:
        return
    several.in_order(world, contact)
    give_up_removed(world, contact)
    look(world, contact)
    world.unstand(contact)


def give_up_removed(world: World, contact: Contact) -> None:
    """Another version of the settings does not know some of its queues: it waits on in the others, in the first one if
    none is left."""
    for place in several.places(contact):
        if place.queue.retired and (place is not contact or contact.state in ("waiting", "held")):
            give_up(world, place, "removed")


def look(world: World, contact: Contact) -> None:
    """Its deadline has come, or it has its places again: where it has waited too long in a queue that does not lead,
    that place is given up; the needs of others give way."""
    for place in list(contact.stand_ins or ()):
        if place.main is contact and waited_out(world, place):
            give_up(world, place, "waited_too_long")
    for place in contact.stand_ins or ():
        if place.line is not None and place.line.course.streams:
            courses.go_on(world, place)


def next_us(world: World, contact: Contact, at_us: int) -> int:
    """A waiting or held contact's deadline (0: none), or when something is due at one of its other places, if that is
    sooner."""
    ends = [at_us] if at_us else []
    for place in contact.stand_ins or ():
        line = place.line
        assert line is not None
        if waits_at_most(world, place):
            ends.append(due_us(world, line.clock, wait_left_us(world, place)))
        if contact.state == "waiting":
            step_us = courses.or_step(world, place, line, 0)
            missed = contact.missed.values() if contact.missed is not None else ()
            ends += [step_us] if step_us else []
            ends += [
                end for missed_us in missed if (end := missed_us + place.queue.settings.miss_hold_us) > world.now_us
            ]
    return min(ends, default=0)
