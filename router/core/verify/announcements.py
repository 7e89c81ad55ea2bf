"""The part of `world.py` that is about announcements: who is looked at, when, and what was told.

Everything is counted again from what the contact has heard.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from router.core.announcements.announcements import hears
from router.core.entities import Contact
from router.core.world import World

Found: TypeAlias = Iterator[tuple[str, str]]

IN_LINE = ("held", "waiting", "offered", "connecting", "sent")


def check_heard(world: World, contact: Contact, name: str) -> Found:
    """Only who waits is told anything; a look that is to come has its deadline, and no other has one."""
    heard = contact.extra.heard if contact.extra is not None else None
    hearer = world.announcing.hearers.get(contact)
    due_us = hearer.due_us if hearer is not None else 0
    if heard is None:
        if hearer is not None:
            yield "index", f"{name}: is told nothing, and its schedule is looked at"
        schedule = contact.queue.schedule
        # Who rings stands too, perhaps for another of its queues, or since before a reload: once it waits, it begins.
        waits = contact.state == "waiting" and contact.standing is not None and world.crossing is None
        if schedule is not None and waits and hears(contact, schedule):
            yield "L2", f"{name}: waits in a queue that announces, and is never looked at"
        return
    if contact.state not in IN_LINE:
        yield "I15", f"{name}: is {contact.state}, and is still told something"
    if due_us != heard.look_us:
        yield "index", f"{name}: is looked at at {due_us}, and records {heard.look_us}"
    if heard.look_us and world.announcing.next_us > max(heard.look_us, world.now_us + 1_000_000):
        yield "L2", f"{name}: is to be looked at at {heard.look_us}, and nothing wakes for it"
    promise = heard.promise
    if promise is not None and (promise.position < 1 or promise.told_us > world.now_us):
        yield "I15", f"{name}: was told place {promise.position} at {promise.told_us}"
