"""When the next thing is due for a contact, by what it is doing: looked up, never set. `visits.arm` sets it."""

from __future__ import annotations

from router.core import overflow
from router.core.entities import Contact
from router.core.layers import spill
from router.core.special import last_activity_us, pause_of
from router.core.talks.consulting import is_shared
from router.core.tickets.ticket import TICKET, Ticket
from router.core.world import World


def waited_out(world: World, contact: Contact) -> bool:
    """Has it waited as long as its queue lets anybody wait? Never while its gateway could not be told."""
    return waits_at_most(world, contact) != 0 and contact.peer.live and wait_left_us(world, contact) <= 0


def waits_at_most(world: World, contact: Contact) -> int:
    """How long the contact may wait where it is, in microseconds; 0: as long as it likes. The tolerance of its segment
    is such a limit too, where the queue says what is to be done then. A ticket has limits of its own."""
    if contact.channel == TICKET:
        return 0
    most_us = contact.queue.settings.wait_most_us
    if contact.extra is not None and "waited_too_long" in contact.queue.treatments:
        segment = world.routing.segment_of(contact)
        if segment is not None and segment.tolerance_us:
            most_us = min(most_us, segment.tolerance_us) if most_us else segment.tolerance_us
    return most_us


def wait_left_us(world: World, contact: Contact) -> int:
    """How much of that time is left. One that was sent on begins anew in each queue."""
    waited_us = world.waited_us(contact)
    extra = contact.extra
    if extra is not None and extra.route is not None and extra.route.moved_us > contact.entered_us:
        waited_us -= extra.route.moved_us - contact.entered_us
    if extra is not None and extra.callback is not None:
        waited_us = min(waited_us, world.now_us - extra.callback.reached_us)
    return waits_at_most(world, contact) - waited_us


def is_deserted(world: World, contact: Contact) -> bool:
    """Has the one agent whom it waits for signed out, and has its queue a treatment for that? Not where it overflows to
    the others."""
    agent = world.agents.get((contact.peer.tenant, contact.direct or ""))
    if agent is not None and agent.state != "offline":
        return False
    if overflow.overflows(world, contact):
        return False
    settings = contact.queue.settings
    return not settings.enter_unstaffed and "nobody_left" in contact.queue.treatments and contact.channel != TICKET


def looks_again_us(world: World, contact: Contact, called_back: bool) -> int:
    """When one that waits looks for an agent anew: its wait for somebody by name is over, a miss is forgiven, or an
    agent is to be reserved for it. 0: only when somebody comes free."""
    now_us, ends = world.now_us, []
    if contact.preferred is not None:
        ends.append(contact.preferred_until_us)
    elif contact.direct is not None and not called_back:
        overflow_us = overflow.overflows_at_us(world, contact)
        if overflow_us:
            ends.append(overflow_us)
        if is_deserted(world, contact):
            ends.append(now_us)
    if contact.queue.settings.laid.overflow_to and not called_back:
        spill_us = spill.spills_at_us(world, contact)
        ends += [spill_us] if spill_us else []
    if contact.missed is not None:
        hold_us = contact.queue.settings.miss_hold_us
        missed = [missed_us + hold_us for missed_us in contact.missed.values()]
        ends += [end for end in (*missed, contact.retry_us) if end > now_us]
    for place in (contact,) if contact.stand_ins is None else (contact, *contact.stand_ins):
        if place.line is not None and place.line.reserve_us:
            reserve_us = reserves_at_us(world, contact, place)
            ends += [reserve_us] if reserve_us else []
    return min(ends, default=0)


def reserves_at_us(world: World, contact: Contact, place: Contact) -> int:
    """When an agent is reserved for a contact that waits, at this place of it, if nobody has room before; 0: not while
    others are before it, and not once somebody is."""
    line = place.line
    # Not by the entry itself: compiled code hands tuples on as copies.
    head = line.order.first if line is not None else None
    if line is None or head is None or head[2] is not place or contact in world.reservations:
        return 0
    from_us = contact.extra.reserve_us if contact.extra is not None else 0
    return max(world.now_us + line.reserve_us - world.waited_us(place), from_us, world.now_us)


def parks_at_us(world: World, contact: Contact) -> int:
    """When a connected contact is parked by itself, if nobody writes before; 0: never."""
    channel = world.channels.get(contact.channel)
    if channel is None or not channel.park_after_us or not channel.parked_most_us or is_shared(contact):
        return 0
    began_us = [offer.connected_us for offer in contact.offers if offer.state == "connected"]
    return max(last_activity_us(contact), *began_us) + channel.park_after_us if began_us else 0


def parked_until_us(world: World, contact: Contact) -> int:
    """When a parked contact is given up; once its channel is not parked any more, now."""
    note, channel = pause_of(contact), world.channels.get(contact.channel)
    return (note.since_us if note is not None else 0) + (channel.parked_most_us if channel is not None else 0)


def with_its_own(contact: Contact, ticket: Ticket, at_us: int) -> int:
    """The deadline of a ticket: its own times go on in every state, and while its gateway is away."""
    if contact.state == "wrapping":
        return 0
    own_us = ticket.soonest_us()
    if not at_us or not contact.peer.live:
        return own_us
    return min(at_us, own_us) if own_us else at_us
