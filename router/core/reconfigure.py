"""Switching a live world to another version of the settings, within one step.

Who and what is not touched by the change does not notice. A queue that is gone takes nobody in and serves those who
wait in it to the end; an agent who is gone finishes what they have and is signed out; offers that ring, and talks, go
on under the version that made them.
"""

from __future__ import annotations

from router.core import callbacks, closing, courses, people, reservations, ringing, ticket_due, visits
from router.core import settings as of
from router.core.asked import NOTHING
from router.core.doors import line_clock
from router.core.entities import Agent, Contact
from router.core.hours import Hours, calendar_of, look, new_hours
from router.core.order import Order
from router.core.queue import Queue
from router.core.records import agent_key
from router.core.world import World

MOVING = ("needs", "relax", "language_level", "preferred_for_us", "contact_class")
"""Settings of a queue that decide in which line a contact stands."""


def switch(world: World, new: of.Settings) -> None:
    """From the settings in force to `new`."""
    old_kinds = world.roster.order_kinds
    other_segments = world.settings.segments != new.segments
    world.take_settings(new)
    if world.roster.order_kinds != old_kinds:
        _rebuild_pools(world)
    changed = _switch_calendars(world, new)
    _switch_queues(world, new)
    if other_segments:
        _switch_segments(world)
    _drop_calendars(world, new)
    for hours in changed:
        closing.begin_anew(world, hours)
    _switch_agents(world, new)
    _rearm_parked(world)
    reservations.rearm(world)
    # A channel may ring or cost otherwise now: whoever is signed in stands where that lets them.
    for agent in world.agents.values():
        if agent.profile is not None:
            world.loose_agents[agent] = None
    ticket_due.displaced(world)


def _rearm_parked(world: World) -> None:
    """Contacts are parked sooner or later now, and kept for another time."""
    timed = any(channel.park_after_us for channel in world.channels.values())
    for peer in world.peers.values():
        for contact in peer.contacts.values():
            if contact.state == "parked" or (contact.state == "connected" and (timed or contact.due_us)):
                visits.arm(world, contact)


def _rebuild_pools(world: World) -> None:
    """Agent choices ask for other orders than before."""
    for agent in world.agents.values():
        world.roster.withdraw(agent)
    for profile in world.roster.profiles.values():
        for pool in profile.pools.values():
            pool.orders = {kind: Order() for kind in world.roster.order_kinds}


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


def _drop_calendars(world: World, new: of.Settings) -> None:
    """Calendars that are gone are kept for queues that are gone, and still serve who waits in them."""
    wanted = {calendar.name for calendar in new.calendars}
    used = {queue.door.hours.name for queue in world.queues.values() if queue.door and queue.door.hours}
    for name in [name for name in world.hours if name not in wanted | used]:
        hours = world.hours.pop(name)
        world.deadlines.cancel(hours)
        world.closing.pop(f"hours {name}", None)
        world.changed.pop(hours, None)
        world.dropped.append(("hours", name))


def _switch_queues(world: World, new: of.Settings) -> None:
    wanted = {(queue.tenant, queue.name): queue for queue in new.queues}
    for key, queue in world.queues.items():
        queue.retired = key not in wanted
    for key, settings in wanted.items():
        known = world.queues.get(key)
        if known is None:
            world.adopt_queue(settings)
        elif known.settings != settings or _clocks_differ(world, known):
            _switch_queue(world, known, settings)


def _switch_queue(world: World, queue: Queue, settings: of.Queue) -> None:
    """One queue whose settings have changed. Its lines get their new numbers in one write each; only other needs or
    another class make its contacts change lines."""
    old = queue.settings
    queue.settings = settings
    queue.wrap_ups, queue.treatments = dict(settings.wrap_up), dict(settings.treatments)
    door = world.hang_door(queue)
    resorted = (old.order == "newest") != (settings.order == "newest")
    # Who has a target class of their own belongs in the queue's own line while both are one.
    needs_differ = any(getattr(old, name) != getattr(settings, name) for name in MOVING) or (
        bool(world.routing.targets) and old.target_class != settings.target_class
    )
    # Whose line counts by another clock now joins it anew: what they have waited is kept.
    moved = needs_differ or _clocks_differ(world, queue)
    waiting = _waiting_in(world, queue) if resorted else []
    stood = _unstand(world, waiting)
    outdated = list(queue.lines.values()) if needs_differ else []
    if needs_differ:
        _new_courses(world, queue, old)
    for channel in settings.channels:
        if channel not in queue.own:
            queue.own[channel] = world.line(queue, channel, NOTHING)
    for line in queue.lines.values():
        world.weigh(line)
    _resort(world, waiting, stood)
    if moved or _waits_otherwise(old, settings):
        for contact in _waiting_in(world, queue):
            _take_along(world, contact, moved)
    for line in queue.lines.values():
        if line.members and line.needs.staffed == 0:
            courses.leave_unstaffed(world, line)
    callbacks.rules_changed(world, queue, old.callback)
    for line in outdated:
        if line in queue.lines:
            courses.drop_if_empty(world, line)
    queue.kept_steps = {}
    if door is not None:
        closing.turned(world, queue)


def _clocks_differ(world: World, queue: Queue) -> bool:
    return any(line.clock is not line_clock(world, line) for line in queue.lines.values())


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


def _unstand(world: World, contacts: list[Contact]) -> list[Contact]:
    """Take them out of where they stand; those who did, for `_resort`."""
    stood = [contact for contact in contacts if contact.standing is not None]
    for contact in stood:
        world.unstand(contact)
    return stood


def _resort(world: World, contacts: list[Contact], stood: list[Contact]) -> None:
    """Their line sorts by something else now: new places, and back to where they stood."""
    for contact in contacts:
        assert contact.line is not None
        contact.entry = contact.line.place(contact)
    for contact in stood:
        _stand_again(world, contact)


def _waits_otherwise(old: of.Queue, new: of.Queue) -> bool:
    """Do those who wait have other limits now?"""
    whys = ("nobody_left", "waited_too_long")
    left = [[why for why, _ in queue.treatments if why in whys] for queue in (old, new)]
    waits = [(queue.wait_most_us, queue.enter_unstaffed, queue.ring_several) for queue in (old, new)]
    return waits[0] != waits[1] or left[0] != left[1] or old.direct != new.direct


def _switch_segments(world: World) -> None:
    """Segments have other targets or tolerances, or are gone: their contacts wait by what is in force now."""
    lines = [line for queue in world.queues.values() for line in queue.lines.values()]
    for line in lines:
        world.weigh(line)
    for contact in _waiting(world):
        if contact.extra is not None and contact.extra.route is not None and contact.extra.route.segment:
            _take_along(world, contact, moved=True)
    for line in lines:
        if line.own_target and line in line.queue.lines:
            courses.drop_if_empty(world, line)


def _waiting_in(world: World, queue: Queue) -> list[Contact]:
    return [contact for contact in _waiting(world) if contact.queue is queue]


def _waiting(world: World) -> list[Contact]:
    waiting = [
        contact for peer in world.peers.values() for contact in peer.contacts.values() if contact.line is not None
    ]
    waiting.sort(key=lambda contact: contact.number)
    return waiting


def _take_along(world: World, contact: Contact, moved: bool) -> None:
    """A contact of a changed queue: into its new line at the same place, with its new deadlines."""
    if moved:
        stood = contact.standing is not None
        old = contact.line
        assert old is not None
        world.unstand(contact)
        old.members -= 1
        if old.course.streams:
            courses.leave(world, old.course)
        visits.join_line(world, contact, world.some_line_of(contact))
        if contact.extra is not None and callbacks.moved_line(world, contact, old):
            return
        if stood:
            _stand_again(world, contact)
    if contact.state in ("waiting", "held"):
        visits.arm(world, contact)
    elif contact.state == "offered":
        ringing.look(world, contact)


def _stand_again(world: World, contact: Contact) -> None:
    if contact.state == "offered":
        ringing.look(world, contact)
    elif contact.extra is None or not callbacks.stands_again(world, contact):
        visits.stand_in_line(world, contact)


def _switch_agents(world: World, new: of.Settings) -> None:
    wanted = {(agent.tenant, agent.name): agent for agent in new.agents}
    for key, agent in list(world.agents.items()):
        if key in wanted:
            continue
        agent.retired = True
        if agent.state == "offline" and not agent.offers:
            del world.agents[key]
            world.changed.pop(agent, None)
            world.dropped.append(("agent", agent_key(agent)))
        elif agent.state != "offline":
            people.dismiss(world, agent)
    for key, known in wanted.items():
        agent_or_none = world.agents.get(key)
        if agent_or_none is None:
            agent_or_none = world.agents[key] = Agent(known.name, known.tenant, world.number())
        _switch_agent(world, agent_or_none, known)


def _switch_agent(world: World, agent: Agent, known: of.Agent) -> None:
    agent.retired = False
    agent.most_at_once = dict(known.most_at_once) or None
    now = (known.skills, known.languages, known.attributes, known.team, known.capacity_units)
    if (agent.configured, agent.languages, agent.attributes, agent.team, agent.capacity) == now:
        return
    agent.configured, agent.languages, agent.attributes, agent.team, agent.capacity = now
    people.take_skills(world, agent)
