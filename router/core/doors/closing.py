"""What follows when a queue opens or closes: those who wait are sent away, deadlines are set anew; in slices.

The questions (who may come in, who must go) are in `doors.py`. Nobody is sent away during an offer: it runs to its end,
and who comes back from it goes then (`dispatch.settle`). Who belongs to a gateway that could not be told leaves
the line with it, and is sent away when it is back.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from router.core import notices, visits
from router.core.callbacks import callbacks
from router.core.doors import emptying
from router.core.doors import hours as clocks
from router.core.doors.door import Door
from router.core.doors.doors import sends_away
from router.core.doors.emptying import Emptying
from router.core.doors.hours import Hours
from router.core.entities import Contact
from router.core.entity import EVERYTHING
from router.core.line import Entry
from router.core.order import Order
from router.core.queue import Queue
from router.core.rota import pass_time
from router.core.stored.hours import door_key
from router.core.world import World

SLICE = 64
"""Contacts a step: with some microseconds each, well under a millisecond."""


# -- time ---------------------------------------------------------------------------------------------------------


def tell_time(world: World, utc_s: int) -> None:
    """The wall clock. Where it was set, every calendar looks anew, and so do deadlines that go by open hours."""
    if clocks.tell_time(world, utc_s):
        world.ruling.clock_told()
        for hours in world.hours.values():
            _look(world, hours)
            begin_anew(world, hours)
        tickets_anew(world)
    pass_time(world)


def restarted(world: World) -> None:
    """The engine was away, and may have been given other hours meanwhile."""
    for hours in world.hours.values():
        _look(world, hours)
        begin_anew(world, hours)
    if world.plans.known:
        from router.core.layers import plans

        plans.follow(world)
    notices.again(world)


def hours_due(world: World, hours: Hours) -> None:
    """The time has come at which a calendar opens or closes."""
    _look(world, hours)


def _look(world: World, hours: Hours) -> None:
    if clocks.look(world, hours):
        world.ruling.clock_told()
        for queue in world.queues.values():
            if queue.door is not None and queue.door.hours is hours:
                turned(world, queue)
        if world.plans.known:
            from router.core.layers import plans

            plans.turned(world, hours)
        if world.partners.known:
            from router.core.partners import partners

            partners.turned(world, hours)


def turned(world: World, queue: Queue) -> None:
    """Something about the queue's door has changed: whoever must go now goes, and the next change has its deadline."""
    arm(world, queue)
    if queue.callbacks:
        callbacks.look_anew(world, queue)
    name = _name(queue)
    if any(sends_away(world, queue, channel) for channel in queue.own):
        world.closing[name] = queue
    else:
        world.closing.pop(name, None)
        _ring_on(world, queue)


def _ring_on(world: World, queue: Queue) -> None:
    """Who rang all the time that the queue was closed may ring at one more agent again. There are no more of them than
    agents."""
    orders = [line.ringing for line in queue.lines.values() if line.ringing is not None]
    for entry in sorted((entry for order in orders for entry in order), key=lambda entry: entry[2].number):
        world.loose_rings[entry[2]] = None


def resume(world: World, queue: Queue) -> None:
    """After loading: go on with sending away, where somebody still stands who must go."""
    if next(_leaving(world, queue), None) is not None:
        world.closing[_name(queue)] = queue


def _name(queue: Queue) -> str:
    return f"queue {queue.settings.tenant}/{queue.name}"


def arm(world: World, queue: Queue) -> None:
    """Set the deadline of a queue's door: the end of a hand's word, or that of serving out after closing."""
    door = queue.door
    assert door is not None
    at_us = 0
    if door.hand:
        at_us = door.until_us
    elif door.hours is not None and door.hours.stopped_us >= 0 and "at_closing" in queue.treatments:
        at_us = door.hours.since_us + queue.settings.serve_out_us
        if at_us <= world.now_us:
            at_us = 0
    if at_us:
        world.set_due(door, at_us)
    elif door.due_us:
        world.deadlines.cancel(door)
    keep(world, door)


def keep(world: World, door: Door) -> None:
    """Record a door that has something to remember; forget one that has nothing."""
    if door.hand or door.due_us:
        world.changed[door] = None
        door.kept = True
    elif door.kept:
        world.changed.pop(door, None)
        world.dropped.append(("door", door_key(door)))
        door.kept, door.due_number = False, 0


def door_due(world: World, door: Door) -> None:
    """A hand's word is over, or the time in which those who wait are served after closing."""
    if door.hand and door.until_us and world.now_us >= door.until_us:
        take_hand_off(door)
    turned(world, door.queue)


def take_hand_off(door: Door) -> None:
    """Settings and calendar decide again."""
    door.hand, door.until_us, door.message, door.serve_out = "", 0, "", False


def tickets_anew(world: World) -> None:
    """Limits and due times of tickets that go by open hours: each is counted again, in slices."""
    world.tickets.rechecked.extend(world.tickets.live.values())


# -- slices -------------------------------------------------------------------------------------------------------


def work(world: World) -> None:
    """One slice of what is first."""
    name = min(world.closing)
    entity = world.closing[name]
    if isinstance(entity, Emptying):
        emptying.work(world, entity)
    elif isinstance(entity, Queue):
        if _send_away(world, entity) < SLICE:
            world.closing.pop(name, None)
    elif _set_anew(world, entity) < SLICE:
        world.closing.pop(name, None)
        entity.reach = EVERYTHING


def _send_away(world: World, queue: Queue) -> int:
    """Send away up to a slice of those who wait and must go. Returns how many went."""
    leaving = list(islice(_leaving(world, queue), SLICE))
    for contact in leaving:
        visits.treat(world, contact, "closed")
    return len(leaving)


def _leaving(world: World, queue: Queue) -> Iterator[Contact]:
    """Line by line in their order, the line first whose head came first; then those who wait for an agent by name."""
    away = {channel for channel in queue.own if sends_away(world, queue, channel)}
    if not away:
        return
    for orders in (
        [line.order for line in queue.lines.values() if line.needs.channel in away],
        [
            order
            for agent in world.agents.values()
            for line, order in (agent.wanted or {}).items()
            if line.queue is queue and line.needs.channel in away
        ],
    ):
        for order in sorted(orders, key=_head):
            yield from (entry[2] for entry in order if _goes(entry[2]))


def _head(order: Order[Entry]) -> int:
    """The number of its first place: what has none is passed over anyway."""
    return abs(order.first[1]) if order.first is not None else 0


def _goes(contact: Contact) -> bool:
    """Is it sent away now? Whoever belongs to a gateway that is not open goes later; whom we have called, never."""
    return contact.peer.open and (contact.extra is None or contact.extra.callback is None)


def begin_anew(world: World, hours: Hours) -> None:
    """The future of a calendar is not what it was: set the deadlines that go by it anew."""
    hours.reach = 0
    hours.todo = []
    world.closing[f"hours {hours.name}"] = hours
    world.changed[hours] = None


def _set_anew(world: World, hours: Hours) -> int:
    if not hours.todo:
        hours.todo = _by_hours(world, hours)
    piece = hours.todo[: -SLICE - 1 : -1]
    del hours.todo[-SLICE:]
    for contact in piece:
        hours.reach = contact.number
        if contact.peer.contacts.get(contact.id) is contact and contact.state in ("waiting", "held"):
            visits.arm(world, contact)
    world.changed[hours] = None
    return len(piece)


def _by_hours(world: World, hours: Hours) -> list[Contact]:
    """Contacts that may have deadlines by these hours and have not been looked at, last first."""
    found = [
        contact
        for peer in world.peers.values()
        if peer.live
        for contact in peer.contacts.values()
        if contact.extra is not None and contact.due_us and contact.number > hours.reach
    ]
    found.sort(key=lambda contact: -contact.number)
    return found
