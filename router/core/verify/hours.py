"""What must hold of calendars and doors: checked from outside, as `world.py` does for everything else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from router.core.doors.door import Door
from router.core.doors.hours import Hours
from router.core.entities import Contact
from router.core.entity import EVERYTHING
from router.core.queue import Queue
from router.core.world import World
from router.terms import SECOND_US

Found: TypeAlias = Iterator[tuple[str, str]]


def check_hours(world: World, hours: Hours) -> Found:
    """Open or closed as the wall clock says, with a look at it due at the next change."""
    name = f"calendar {hours.name}"
    if hours.due_us and not world.deadlines.holds(hours):
        yield "L2", f"{name}: deadline {hours.due_us} is not kept"
    if hours.reach != EVERYTHING and world.closing.get(f"hours {hours.name}") is not hours:
        yield "index", f"{name}: reaches to {hours.reach}, and nothing is left to do"
    late = 0 < hours.due_us <= world.now_us
    if world.ahead_us and not late and hours.settings.offsets:
        utc_s = (world.now_us + world.ahead_us) // SECOND_US
        if hours.calendar.is_open(utc_s) != (hours.stopped_us < 0):
            yield "hours", f"{name}: open {hours.stopped_us < 0} at {utc_s}"
    if hours.stopped_us > world.now_us or hours.behind_us < 0:
        yield "hours", f"{name}: more open time than time, stopped {hours.stopped_us}, behind {hours.behind_us}"


def check_door(world: World, door: Door) -> Found:
    """A hand's word ends in time, and is recorded."""
    name = f"door of queue {door.queue.name}"
    if door.due_us and not world.deadlines.holds(door):
        yield "L2", f"{name}: deadline {door.due_us} is not kept"
    if door.kept != bool(door.hand or door.due_us):
        yield "index", f"{name}: hand {door.hand!r}, deadline {door.due_us}, recorded {door.kept}"
    if door.hand and door.until_us != door.due_us:
        yield "L2", f"{name}: by hand until {door.until_us}, deadline {door.due_us}"
    if not door.hand and (door.until_us or door.message or door.serve_out):
        yield "index", f"{name}: something is left of a hand that is off"


def check_contact(world: World, contact: Contact) -> Found:
    """Its wait is counted by its line's clock, and it does not stand where everybody is sent away."""
    name = f"contact {contact.peer.key}/{contact.id}"
    line = contact.line
    if line is None:
        return
    clock = contact.extra.clock if contact.extra is not None else None
    if clock != (None if line.clock is None else line.clock.name):
        yield "hours", f"{name}: counted by {clock}, its line by {line.clock}"
    door = contact.queue.door
    if door is None or contact.state != "waiting" or contact.standing is None or not contact.peer.open:
        return
    called = contact.extra is not None and contact.extra.callback is not None
    if called or world.channels[contact.channel].open_hours:
        return
    if is_emptied(world, contact.queue) and f"queue {contact.peer.tenant}/{contact.queue.name}" not in world.closing:
        yield "hours", f"{name}: waits in queue {contact.queue.name}, which sends everybody away"


def is_emptied(world: World, queue: Queue) -> bool:
    """May nobody wait in this queue any more, but for e-mail and tickets?"""
    door = queue.door
    if door is None:
        return False
    if door.hand:
        return door.hand == "closed" and not door.serve_out
    hours, treated = door.hours, any(why == "at_closing" for why, _ in queue.settings.treatments)
    if hours is None or hours.stopped_us < 0 or not treated or door.due_us:
        return False
    return world.now_us > hours.since_us + queue.settings.serve_out_us
