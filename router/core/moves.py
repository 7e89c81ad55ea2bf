"""Sending a waiting contact on to another queue: its visit ends in the first one as `moved` and goes on in the second.

The age is kept: it stands where its whole wait has earned, and the limit on waiting of the new queue counts anew. What
it asked of agents by name is over; who has just missed it is passed over there too. `send_on` follows treatments,
`move` just moves: by a person's hand, say.
"""

from __future__ import annotations

from router.core import counted, flow, visits
from router.core.admission import follow, last_treatment
from router.core.announcements import announcements
from router.core.effects import Moved, Treatment
from router.core.entities import Contact
from router.core.extra import extra_of
from router.core.line import Line
from router.core.places.several import forget_places
from router.core.queue import Queue
from router.core.routes.routed import Routed
from router.core.special import forget_pauses, is_test, outcome_of, routed_of
from router.core.stored import visits as visit_records
from router.core.world import World


def send_on(world: World, contact: Contact, treatment: Treatment, why: str) -> Treatment | None:
    """The treatment of a contact that waits is another queue: send it there, or along that queue's own
    treatments. None where it went; else what is left to do with it."""
    routed = routed_of(contact)
    if routed is not None and routed.hops >= world.settings.hops_max > 0:
        return Treatment()
    contact_class = routed.contact_class if routed is not None else None
    line, hops = follow(
        world, contact.queue, contact.channel, contact.needs, contact.customer, why, treatment,
        contact_class,
        world.routing.own_target(contact), contact.language,
    )  # fmt: skip
    if line is None:
        return last_treatment(world, hops)
    if why == "held_too_long":
        world.move_contact(contact, "resume")
        contact.held_until_us = 0
    move(world, contact, line, why)
    marked(contact).hops += 1
    return None


def marked(contact: Contact) -> Routed:
    """What is kept of its way, begun where there was nothing yet."""
    extra = extra_of(contact)
    if extra.route is None:
        extra.route = Routed()
    return extra.route


def move(world: World, contact: Contact, line: Line, why: str, by: str = "") -> None:
    """A contact that waits, or is held, goes on in `line` of another queue; `by`: the supervisor who wants it there."""
    queue: Queue = line.queue
    visits.disarm(world, contact)
    announcements.over(world, contact)
    contact.outcome, contact.ended_by = outcome_of(contact, "moved"), "supervisor" if by else ""
    contact.waited_us = world.waited_us(contact)
    counted.count_ended(world, contact)
    visit_records.write(world, contact, transferred_to=queue.name)
    contact.outcome, contact.ended_by, contact.waited_us, contact.legs = None, "", 0, []
    forget_pauses(contact)
    # It may have a place there already, and be the only one: the line must not go with that.
    line.members += 1
    world.leave_line(contact)
    line.members -= 1
    forget_places(contact)
    world.requeue_contact(contact, queue)
    if not is_test(contact):
        flow.count_arrival(world, queue)
    contact.direct = contact.preferred = None
    # As what it entered at, by the clock that its wait is counted by.
    marked(contact).moved_us = contact.entered_us + world.waited_us(contact)
    world.tell(contact.peer, Moved(contact.id, queue.name, why, by))
    visits.join_line(world, contact, line)
    if contact.state == "waiting":
        visits.stand_in_line(world, contact)
    else:
        visits.age(world, contact)
