"""Who may come in, and who must go: a queue's door, decided by a person's hand, its settings and its calendar.

A hand goes before everything; then `open` of the settings; then the calendar. These are questions only: what follows
from an answer is done in `closing.py`. Contacts of channels that count open hours (e-mail, tickets) wait over closing,
so they may come in whatever the calendar says; a hand that closes the queue keeps them out too, and sends none away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from router.core.doors.door import Door
from router.core.doors.hours import Hours, core_us
from router.core.effects import Treatment
from router.core.estimates.expect import expected_wait_us
from router.hours import NEVER_S
from router.terms import MILLISECOND_US, SECOND_US

if TYPE_CHECKING:
    from router.core.line import Line
    from router.core.queue import Queue
    from router.core.world import World

ClosedBy: TypeAlias = Literal["hand", "setting", "calendar", "last_admission"]


def hang_door(world: World, queue: Queue, always: bool = False) -> Door | None:
    """Give a queue with a calendar its door, `always`: any queue; and the door its calendar."""
    door, name = queue.door, queue.settings.calendar
    if door is None and (always or name):
        door = queue.door = Door(queue)
    if door is not None:
        door.hours = world.hours.get(name)
    return door


def closed_by(world: World, queue: Queue, channel: str | None = None) -> ClosedBy | None:
    """What keeps contacts of this channel out; None: they may come in. Without a channel: those that do not wait over
    closing."""
    door = queue.door
    if door is not None and door.hand:
        return "hand" if door.hand == "closed" else None
    if not queue.settings.open:
        return "setting"
    hours = door.hours if door is not None else None
    if hours is None or (channel is not None and world.channels[channel].open_hours):
        return None
    if hours.stopped_us >= 0:
        return "calendar"
    last_us = queue.settings.last_admission_us
    if last_us and hours.due_us and world.now_us >= hours.due_us - last_us:
        return "last_admission"
    return None


def too_late(world: World, line: Line) -> bool:
    """Would the turn of one more contact in this line come after closing, as far as anybody can tell?"""
    queue = line.queue
    door = queue.door
    if not queue.settings.last_admission_by_estimate or door is None or door.hand or line.clock is not None:
        return False
    hours = door.hours
    if hours is None or hours.stopped_us >= 0 or not hours.due_us:
        return False
    wait_us = expected_wait_us(world, line, len(line.order))
    return wait_us is not None and world.now_us + wait_us > hours.due_us + queue.settings.serve_out_us


def sends_away(world: World, queue: Queue, channel: str) -> bool:
    """Must those go who wait on this channel? Closed by hand: at once; by the calendar: once `serve_out_s` has passed,
    where the queue has a treatment for it."""
    door = queue.door
    if door is None or world.channels[channel].open_hours:
        return False
    if door.hand:
        return door.hand == "closed" and not door.serve_out
    hours = door.hours
    return (
        hours is not None
        and hours.stopped_us >= 0
        and "at_closing" in queue.treatments
        and world.now_us >= hours.since_us + queue.settings.serve_out_us
    )


def treatment(queue: Queue, waiting: bool) -> Treatment:
    """What a closed queue does with a contact that comes, or that waits in it. A message given by hand goes before."""
    door = queue.door
    if door is not None and door.hand == "closed" and door.message:
        return Treatment("message", door.message)
    if waiting and "at_closing" in queue.treatments:
        return queue.treatments["at_closing"]
    return queue.treatment("closed")


def opens_in_ms(world: World, queue: Queue) -> int | None:
    """How long until a closed queue lets somebody in again; None where nobody knows."""
    door, at_us = queue.door, world.now_us
    if door is None:
        return None
    by_hand = door.hand == "closed"
    if by_hand:
        if not door.until_us:
            return None
        at_us = door.until_us
    if not queue.settings.open:
        return None
    opens_us: int | None = at_us
    if door.hours is not None and (not by_hand or not _is_open_at(world, door.hours, at_us)):
        opens_us = _next_opening_us(world, door.hours, at_us)
    return None if opens_us is None else max(0, opens_us - world.now_us) // MILLISECOND_US


def changes_in_ms(world: World, queue: Queue) -> int | None:
    """How long the queue stays as it is, open or closed; None where nobody knows, or for ever."""
    if closed_by(world, queue) is not None:
        return opens_in_ms(world, queue)
    door = queue.door
    if door is None:
        return None
    at_us = door.until_us if door.hand else door.hours.due_us if door.hours is not None else 0
    return max(0, at_us - world.now_us) // MILLISECOND_US if at_us else None


def line_clock(world: World, line: Line) -> Hours | None:
    """The calendar whose open time counts in this line."""
    door = line.queue.door
    channel = world.channels.get(line.needs.channel)
    return door.hours if door is not None and channel is not None and channel.open_hours else None


def _is_open_at(world: World, hours: Hours, at_us: int) -> bool:
    return hours.calendar.is_open((at_us + world.ahead_us) // SECOND_US)


def _next_opening_us(world: World, hours: Hours, at_us: int) -> int | None:
    """The next time after `at_us` at which the calendar opens."""
    calendar = hours.calendar
    utc_s = (at_us + world.ahead_us) // SECOND_US
    change_s = calendar.next_change(utc_s)
    if calendar.is_open(utc_s) and change_s != NEVER_S:
        change_s = calendar.next_change(change_s)
    return core_us(world, change_s)
