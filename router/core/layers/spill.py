"""Who waits in a queue that overflows (`overflow_to`, laid over it by a rule or a plan) goes over to the other one.

Each by its own deadline: once it has waited long enough here, and then again every `AGAIN_US` while there is no way.
Left out are those who wait for one agent by name, tickets, consults and call-backs: they have ways of their own.
"""

from __future__ import annotations

from typing import Final

from router.core.admission import follow
from router.core.callbacks import book as callback_book
from router.core.doors.hours import due_us
from router.core.effects import Treatment
from router.core.entities import Contact
from router.core.extra import extra_of
from router.core.talks.consulting import is_consult
from router.core.tickets.ticket import TICKET
from router.core.world import World
from router.terms import SECOND_US

AGAIN_US: Final = 5 * SECOND_US
"""How long after the other queue has not let it in it is asked again: a full queue gets room within seconds, and a
thousand who wait ask two hundred times a second."""


def spills_at_us(world: World, contact: Contact) -> int:
    """When it goes over, if it has found nobody by then; 0: never."""
    settings, extra = contact.queue.settings, contact.extra
    if not settings.laid.overflow_to or contact.direct is not None or contact.channel == TICKET or is_consult(contact):
        return 0
    # Who waits in other queues too is served there, and need not go.
    if (
        contact.stand_ins is not None
        or contact.queue.retired
        or (extra is not None and callback_book.of(contact) is not None)
    ):
        return 0
    waited_us = world.waited_us(contact)
    if extra is not None and extra.route is not None and extra.route.moved_us > contact.entered_us:
        # As the limit on waiting, it begins anew in each queue.
        waited_us -= extra.route.moved_us - contact.entered_us
    left_us = max(0, settings.laid.overflow_after_us - waited_us)
    clock = contact.line.clock if contact.line is not None else None
    at_us = world.now_us + left_us if clock is None else due_us(world, clock, left_us)
    return max(at_us, extra.spill_us if extra is not None else 0)


def spills(world: World, contact: Contact) -> bool:
    """If its time has come and the other queue, or one that its treatments lead to, lets it in: it has gone there."""
    if contact.state != "waiting" or not 0 < spills_at_us(world, contact) <= world.now_us:
        return False
    from router.core import moves

    routed = contact.extra.route if contact.extra is not None else None
    if routed is None or routed.hops < world.settings.hops_max:
        line, _ = follow(
            world, contact.queue, contact.channel, contact.needs, contact.customer, "overflow",
            Treatment("queue", contact.queue.settings.laid.overflow_to),
            routed.contact_class if routed is not None else None,
            world.routing.own_target(contact), contact.language,
        )  # fmt: skip
        if line is not None:
            if contact.extra is not None:
                contact.extra.spill_us = 0
            moves.move(world, contact, line, "overflow")
            moves.marked(contact).hops += 1
            return True
    extra_of(contact).spill_us = world.now_us + AGAIN_US
    return False
