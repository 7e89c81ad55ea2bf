"""Calendars at run time: the seam between core time and the hours on a wall.

Core time is never the wall clock's. The wall clock enters once a second and says how far ahead of core time it is; that
number stands until the two differ by more than a second, so hours begin and end at exact core times. A wall clock that
jumps moves opening and closing, by their nature, and nothing else.

Each calendar keeps its open time: core time less what was closed since the engine has known the calendar. What waits in
open hours is keyed by it, so while everything stands still nothing is rewritten, and no order ever changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import field

from router.core import settings as of
from router.core.deadlines import NEVER_US
from router.core.entity import EVERYTHING, Entity
from router.core.extra import extra_of
from router.hours import NEVER_S, Calendar
from router.terms import SECOND_US

if TYPE_CHECKING:
    from router.core.entities import Contact
    from router.core.world import World

TOLERANCE_US = SECOND_US
"""The wall clock is told in whole seconds, and a step may be late: less than this is no difference."""


class Hours(Entity, eq=False, gc=False):
    """One calendar of the site."""

    name: str
    settings: of.Calendar
    calendar: Calendar
    behind_us: int = 0
    """While open: core time less open time."""
    stopped_us: int = -1
    """While closed: the open time at which it stands; -1: it is open."""
    since_us: int = 0
    """When it opened or closed last."""
    reach: int = EVERYTHING
    """Contacts with a number up to this have their deadlines by these hours; `EVERYTHING` when all have."""
    due_us: int = 0
    due_number: int = 0
    # run-time
    todo: list[Contact] = field(default_factory=list)
    """Those whose deadlines are still to be set anew, last first."""

    def now(self, now_us: int) -> int:
        """Its open time."""
        return self.stopped_us if self.stopped_us >= 0 else now_us - self.behind_us


def calendar_of(settings: of.Calendar) -> Calendar:
    """The library's calendar for these settings."""
    return Calendar(settings.weekly, settings.special, settings.offsets)


def new_hours(world: World, settings: of.Calendar) -> Hours:
    """A calendar that the world has not known; its open time begins as core time."""
    return Hours(settings.name, settings, calendar_of(settings), since_us=world.now_us)


def tell_time(world: World, utc_s: int) -> bool:
    """The wall clock. True where it differs from what it was taken for, so that every calendar must look anew."""
    world.utc_s = utc_s
    told_us, taken_us = utc_s * SECOND_US, world.now_us + world.ahead_us
    if world.ahead_us and told_us - TOLERANCE_US <= taken_us < told_us + SECOND_US + TOLERANCE_US:
        return False
    world.ahead_us = told_us - world.now_us
    return True


def look(world: World, hours: Hours) -> bool:
    """Open or close it as the wall clock says, and set the time of the next look. True where it opened or closed."""
    if not world.ahead_us:
        return False  # nobody has told the time yet
    at_us = hours.due_us if 0 < hours.due_us < world.now_us else world.now_us
    turned = _look_at(world, hours, at_us)
    while 0 < hours.due_us <= world.now_us:
        # The engine was away: what opened and closed meanwhile did so at its own time.
        turned = _look_at(world, hours, hours.due_us) or turned
    return turned


def _look_at(world: World, hours: Hours, at_us: int) -> bool:
    utc_s = (at_us + world.ahead_us) // SECOND_US
    is_open = hours.calendar.is_open(utc_s)
    next_s = hours.calendar.next_change(utc_s)
    if next_s == NEVER_S:
        world.deadlines.cancel(hours)
    else:
        world.set_due(hours, max(1, next_s * SECOND_US - world.ahead_us))
    world.changed[hours] = None
    if is_open is (hours.stopped_us < 0):
        return False
    hours.since_us = at_us
    if is_open:
        hours.behind_us, hours.stopped_us = at_us - hours.stopped_us, -1
    else:
        hours.stopped_us = at_us - hours.behind_us
    return True


def due_us(world: World, hours: Hours | None, open_us: int, from_us: int | None = None) -> int:
    """The core time at which `open_us` open microseconds will have passed from now on (or since `from_us`), as the
    calendar stands today; without a calendar simply so much later. `NEVER_US` where it does not open for so long."""
    now_us = world.now_us if from_us is None else from_us
    if hours is None:
        return now_us + open_us
    if open_us <= 0:
        return now_us
    calendar = hours.calendar
    utc_s, part_us = divmod(now_us + world.ahead_us, SECOND_US)
    # The library counts whole seconds, and hours begin and end on them: the part of this second counts if it is open.
    seconds, rest_us = divmod(open_us + (part_us if calendar.is_open(utc_s) else 0), SECOND_US)
    at_s = calendar.add_open(utc_s, seconds)
    if rest_us and at_s != NEVER_S and not calendar.is_open(at_s):
        at_s = calendar.next_change(at_s)
    if at_s == NEVER_S:
        return NEVER_US
    return at_s * SECOND_US + rest_us - world.ahead_us


def open_us(world: World, hours: Hours, from_us: int, until_us: int) -> int:
    """Open microseconds between two core times, the second not before the first, as the calendar stands today."""
    calendar = hours.calendar
    from_s, from_part_us = divmod(from_us + world.ahead_us, SECOND_US)
    until_s, until_part_us = divmod(until_us + world.ahead_us, SECOND_US)
    # Hours begin and end on whole seconds: a part of a second counts if its second does.
    passed = calendar.open_between(from_s, until_s) * SECOND_US
    passed += until_part_us if calendar.is_open(until_s) else 0
    return passed - (from_part_us if calendar.is_open(from_s) else 0)


def core_us(world: World, utc_s: int) -> int | None:
    """The core time of a moment that the calendar gave; None for `NEVER_S`."""
    return None if utc_s == NEVER_S else utc_s * SECOND_US - world.ahead_us


def clock_of(world: World, contact: Contact) -> Hours | None:
    """The calendar whose open time the contact's wait is counted by now; None: core time."""
    extra = contact.extra
    return world.hours.get(extra.clock) if extra is not None and extra.clock is not None else None


def take_clock(world: World, contact: Contact, clock: Hours | None) -> None:
    """Count the contact's wait by `clock` from now on: what it has waited, and its head start, are kept."""
    old = clock_of(world, contact)
    if old is clock:
        return
    now_us = world.now_us
    shift_us = (now_us if clock is None else clock.now(now_us)) - (now_us if old is None else old.now(now_us))
    contact.entered_us += shift_us
    contact.key_us += shift_us
    if contact.extra is not None and contact.extra.route is not None and contact.extra.route.moved_us:
        contact.extra.route.moved_us += shift_us
    extra_of(contact).clock = None if clock is None else clock.name
    world.changed[contact if contact.main is None else contact.main] = None
