"""The part of `world.py` that is about ringing several agents at once, back-offs, and lines of the newest first.

Everything is counted again from the contacts' and offers' own fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from router.core.entities import Backoff, Contact
from router.core.line import Line
from router.core.ringing import wants_more
from router.core.world import World
from router.terms import MILLISECOND_US

Found: TypeAlias = Iterator[tuple[str, str]]


def place_in(line: Line, contact: Contact) -> tuple[int, int]:
    """Its place in that line, from its own times: the newest first where the queue says so, or did when the line was
    set aside."""
    newest = line.newest if line.version else line.queue.settings.order == "newest"
    if newest:
        ahead_us = contact.priority_s * 1000 * MILLISECOND_US
        return -(contact.key_us + 2 * ahead_us), -contact.number
    return contact.key_us, contact.number


def ringing_place(contact: Contact, name: str) -> Found:
    """Who rings stands nowhere, or among those of its line who want one more agent."""
    order, line = contact.standing, contact.line
    if order is None:
        if wants_more(contact):
            yield "I10", f"{name}: rings at fewer than it may, and stands nowhere"
    elif line is None or order is not line.ringing or contact.entry is None or contact.entry not in order:
        yield "I6", f"{name}: does not stand where those stand who ring"
    elif sum(1 for offer in contact.offers if offer.state == "offered") >= contact.queue.settings.ring_several:
        yield "I3", f"{name}: rings at as many as it may, and wants one more"


def check_backoff(world: World, backoff: Backoff) -> Found:
    """It has an end, and its agent is not among the free (L2, I9)."""
    name = f"agent {backoff.agent.name}: back-off after {backoff.why}"
    if not backoff.due_us or not world.deadlines.holds(backoff):
        yield "L2", f"{name} has no end"
    if backoff.agent.places:
        yield "I9", f"{name}, and stands free for {sorted(backoff.agent.places)}"
    if backoff.agent not in world.resting or backoff.agent.backoff is not backoff:
        yield "index", f"{name}: is not known to have it"
