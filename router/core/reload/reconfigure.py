"""Switching a live world to another version of the settings: what happens in the one step that decides.

Who and what is not touched by the change does not notice. A queue that is gone takes nobody in and serves those who
wait in it to the end; offers that ring, and talks, go on under the version that made them. Agents and those who wait
cross afterwards, in slices (`crossing.py`): the one idea is that a line whose needs, order or clock are others now is
set aside whole, with its settings of before, and its contacts leave it one by one.
"""

from __future__ import annotations

from router.core import reservations
from router.core import settings as of
from router.core.actions.laid import Announcement
from router.core.announcements.announcing import Special, clear_special, set_special, take_schedule
from router.core.doors import closing
from router.core.doors.doors import hang_door, line_clock
from router.core.doors.hours import Hours, calendar_of, look, new_hours
from router.core.effects import QueueAnnouncement
from router.core.entities import Peer
from router.core.estimates import kept
from router.core.layers import breathers, kept_idle, lending, shares
from router.core.layers import sources as layer_sources
from router.core.match import balance
from router.core.needs import courses
from router.core.needs.asked import NOTHING
from router.core.queue import Queue
from router.core.reload.flipped import Compared, Flipped, compare
from router.core.ruling import acts as ruling_acts
from router.core.ruling import build as ruling_build
from router.core.ruling import hooks as ruling_hooks
from router.core.ruling.draft import Draft
from router.core.tickets import due as ticket_due
from router.core.world import World
from router.terms import MILLISECOND_US


def flip(
    world: World, new: of.Settings, draft: Draft | None, compared: dict[tuple[str, str], Compared | None]
) -> Flipped:
    """From the settings in force to `new`, in this step. `draft`: its rules, where they are others; `compared`: queues
    that are there, with what is other about them; None: configuration says what it says now."""
    old = world.settings
    clocks = old.calendars != new.calendars or old.channels != new.channels
    laid = dict.fromkeys(world.layers.targets)
    left = Flipped(segments=old.segments != new.segments, channels=old.channels != new.channels)
    _retire(world, new, left)
    world.take_settings(new)
    layer_sources.follow(world, ruling_acts.acting(world))
    lending.follow(world)
    shares.follow(world)
    breathers.follow(world)
    changed = _switch_calendars(world, new)
    laid.update(dict.fromkeys(world.layers.targets))
    if clocks:
        compared = {}
    _switch_queues(
        world, new, left, {k: c for k, c in compared.items() if (k[0], ("queue", k[1])) not in laid}, old.version
    )
    if left.segments:
        for queue in world.queues.values():
            for line in queue.lines.values():
                if line not in left.outdated:
                    world.weigh(line)
    for hours in changed:
        closing.begin_anew(world, hours)
    if left.channels:
        reservations.rearm(world)
    ticket_due.displaced(world)
    kept.switch(world)
    if world.partners.known or new.partners:
        from router.core.partners import partners

        partners.follow(world)
    if world.plans.known or world.plans.active:
        from router.core.layers import plans

        plans.follow(world)
    balance.follow(world)
    ruling_build.follow(world, draft)
    return left


def _retire(world: World, new: of.Settings, left: Flipped) -> None:
    """Queues that are gone serve who is in them as configuration said last: layers are for those that are there."""
    wanted = {(queue.tenant, queue.name) for queue in new.queues}
    for key, queue in world.queues.items():
        if not queue.retired and key not in wanted and queue.settings != world.configured[key]:
            switch_queue(world, queue, world.configured[key], left)


def _switch_calendars(world: World, new: of.Settings) -> list[Hours]:
    """New calendars, and other hours for known ones, from now on. Returns the known ones that have other hours."""
    changed = []
    for settings in new.calendars:
        hours = world.hours.get(settings.name)
        if hours is None:
            hours = world.hours[settings.name] = new_hours(world, settings)
            look(world, hours)
        elif hours.settings != settings:
            hours.settings, hours.calendar = settings, calendar_of(settings)
            closing.hours_due(world, hours)
            changed.append(hours)
    return changed


def drop_calendars(world: World, new: of.Settings) -> None:
    """Calendars that are gone are kept for queues that are gone, and still serve who waits in them."""
    wanted = {calendar.name for calendar in new.calendars}
    used = {queue.door.hours.name for queue in world.queues.values() if queue.door and queue.door.hours}
    for name in [name for name in world.hours if name not in wanted | used]:
        hours = world.hours.pop(name)
        world.deadlines.cancel(hours)
        world.closing.pop(f"hours {name}", None)
        world.changed.pop(hours, None)
        world.dropped.append(("hours", name))


def _switch_queues(
    world: World,
    new: of.Settings,
    left: Flipped,
    compared: dict[tuple[str, str], Compared | None],
    old_version: int,
) -> None:
    """`compared`: those of which nothing but their configuration can have changed."""
    wanted = {(queue.tenant, queue.name): queue for queue in new.queues}
    for key, queue in world.queues.items():
        if key not in wanted and not queue.retired:
            left.removed[queue] = None
        queue.retired = key not in wanted
    for key, configured in wanted.items():
        found = compared.get(key)
        if found is None and key in compared:
            continue
        settings = world.layers.over(configured)
        known = world.queues.get(key)
        if known is None:
            kept_idle.take(world, world.adopt_queue(settings))
        elif found is not None or known.settings != settings or _clocks_differ(world, known):
            switch_queue(world, known, settings, left, old_version, compared=found)


def moves_lines(world: World, compared: Compared) -> bool:
    """Do those who wait stand in other lines, or in another order, than before?"""
    # Who has a target class of their own belongs in the queue's own line while both are one.
    return compared.lines or (compared.target_class and bool(world.routing.targets))


def switch_queue(
    world: World,
    queue: Queue,
    settings: of.Queue,
    left: Flipped,
    old_version: int = 0,
    *,
    compared: Compared | None = None,
    loading: bool = False,
) -> None:
    """One queue whose settings, as they are in effect, have changed. Its lines get their new numbers in one write each;
    other needs, another class, order or clock set them aside. `old_version`: by which it stood so far, where it is not
    the one in force. `compared`: what differs, where that is known. `loading`: its door is as it was kept."""
    old = queue.settings
    if compared is None or compared.old is not old or compared.new is not settings:
        compared = compare(old, settings)
    queue.settings = settings
    queue.wrap_ups, queue.treatments = dict(settings.wrap_up), dict(settings.treatments)
    take_schedule(queue)
    door = hang_door(world, queue)
    left.queues[queue] = None
    # Whose line counts by another clock now joins it anew: what they have waited is kept.
    if moves_lines(world, compared) or _clocks_differ(world, queue):
        _set_aside(world, queue, old, left, old_version)
    for channel in settings.channels:
        if channel not in queue.own:
            queue.own[channel] = world.line(queue, channel, NOTHING)
    for line in queue.lines.values():
        if line not in left.outdated:
            world.weigh(line)
    for line in list(queue.lines.values()):
        if line in left.outdated:
            courses.drop_if_empty(world, line)
    if queue.kept or settings.laid.keep_idle:
        kept_idle.take(world, queue)
    courses.window_switched(world, queue)
    _note(left, queue, compared)
    _tell_changes(world, queue, old, left)
    if door is not None and not loading and (door.hand or door.hours is not None):
        closing.turned(world, queue)
    ruling_hooks.queue_switched(world, queue)
    if queue.share is not None:
        balance.weigh(queue.share.group)


def _set_aside(world: World, queue: Queue, old: of.Queue, left: Flipped, old_version: int) -> None:
    """All lines that there are go by the settings of before, until everybody has left them."""
    for line in queue.lines.values():
        line.version = line.version or old_version or world.settings.version
        left.outdated[line] = None
    queue.moved_us = world.now_us
    _new_courses(world, queue, old)


def _note(left: Flipped, queue: Queue, compared: Compared) -> None:
    """What those who wait in the queue are to be looked at for, each in their turn."""
    if compared.waits:
        left.waits[queue] = None
    if compared.callbacks:
        left.callbacks[queue] = None
    if compared.schedules:
        left.schedules[queue] = None


def _tell_changes(world: World, queue: Queue, old: of.Queue, left: Flipped) -> None:
    """What gateways hear of it: another special announcement at once, a better way for those who wait in slices."""
    if queue.settings.laid.steers and queue.settings.laid.steers != old.laid.steers:
        left.steers[queue] = None
    if queue.settings.laid.announcement != old.laid.announcement:
        say_special(world, queue, old.laid.announcement)
        announce(world, queue)


def say_special(world: World, queue: Queue, old: Announcement | None = None) -> None:
    """Those who wait hear it by the rows of the queue's schedule, in the place of what was special before."""
    said = queue.settings.laid.announcement
    if old is not None:
        clear_special(world, queue, old.message)
    if said is not None:
        set_special(world, queue, Special(said.message, said.parameters))


def announce(world: World, queue: Queue, peer: Peer | None = None) -> None:
    """Tell the gateways of the tenant, or this one, what is said in the queue besides all else from now on."""
    said = queue.settings.laid.announcement
    until_us = _said_until_us(world, queue) if said is not None else 0
    message = QueueAnnouncement(queue.name)
    if said is not None:
        message.message, message.parameters = said.message, dict(said.parameters)
        message.expires_in_ms = max(0, until_us - world.now_us) // MILLISECOND_US if until_us else None
    for each in world.peers.values() if peer is None else (peer,):
        if each.role == "gateway" and each.tenant == queue.settings.tenant:
            world.tell(each, message)


def _said_until_us(world: World, queue: Queue) -> int:
    winners = world.layers.winners(queue.settings.tenant, ("queue", queue.name))
    return next((layer.due_us for layer in winners if layer.what == "announcement"), 0)


def _clocks_differ(world: World, queue: Queue) -> bool:
    return any(line.clock is not line_clock(world, line) for line in queue.lines.values() if not line.version)


def _new_courses(world: World, queue: Queue, old: of.Queue) -> None:
    """The queue asks otherwise from now on: nobody has begun any of its new courses. What is known of conditions goes
    on where the steps are the same."""
    for course in queue.courses.values():
        if course.held_us:
            key = courses.record_key(course)
            if old.relax == queue.settings.relax:
                queue.kept_steps[key] = course.held_us
            world.changed.pop(course, None)
            world.dropped.append(("steps", key))
    queue.own, queue.courses, queue.reserved = {}, {}, 0
