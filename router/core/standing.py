"""Changing the place of a contact that waits. Beside `visits.py`, which knows nothing of who rings."""

from __future__ import annotations

from router.core import ringing
from router.core.entities import Contact
from router.core.places import several
from router.core.world import World


def move_to(world: World, contact: Contact, key_us: int) -> None:
    """Give the contact another key in its line, whether it stands now or not."""
    order, line = contact.standing, contact.line
    assert line is not None
    world.unstand(contact)
    contact.key_us = key_us
    contact.entry = line.place(contact)
    if contact.state == "offered":
        ringing.look(world, contact)
    elif order is not None:
        world.stand(contact, order)
    if contact.stand_ins is not None:
        several.follow(world, contact)
        if several.stands(contact):
            several.stand(world, contact)
