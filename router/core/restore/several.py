"""The part of `world.py` that is about contacts which wait in several queues: their places in the further ones."""

from __future__ import annotations

from router.core.entities import Contact
from router.core.places import elsewhere, several
from router.core.visits import join_line
from router.core.world import World


def take_places(world: World, contact: Contact, unfired_us: int) -> None:
    """Its stand-ins, each in the line of its queue; they do not stand yet. A place in a queue that is not configured
    any more, or has no room for it, is given up."""
    assert contact.extra is not None
    for kept in contact.extra.beside:
        queue = world.queues.get((contact.peer.tenant, kept.queue))
        if queue is None or contact.channel not in queue.settings.channels:
            continue
        line = elsewhere.line_in(world, contact, queue)
        if line is None:
            continue
        place = several.add(contact, queue, kept.rank)
        assert place.extra is not None
        place.entered_us, place.key_us, place.extra.clock = kept.entered_us, kept.key_us, kept.clock
        join_line(world, place, line, unfired_us)
    several.follow(world, contact)
    several.note(world, contact)


def give_up_unknown(world: World, contacts: list[Contact]) -> None:
    """Who waits in a queue that is not configured any more, and in others that are, waits on in those."""
    for contact in contacts:
        if contact.stand_ins is not None:
            elsewhere.give_up_removed(world, contact)
