"""The part of `world.py` that is about call-backs and place tokens: phases, holds, books and who holds a place.

Everything is counted again from the contacts' own fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from router.core.entities import Contact, Tombstone

if TYPE_CHECKING:
    from router.core.line import Entry
    from router.core.order import Order
    from router.core.world import World

Found: TypeAlias = Iterator[tuple[str, str]]

STATES = {
    "later": ("held",),
    "hold": ("held",),
    "line": ("waiting", "offered", "connecting"),
    "dialling": ("held", "connecting"),
}
"""Phase of a call-back -> states of its contact. Once reached it is a contact like others."""


def _phase(contact: Contact) -> str:
    """Of a call-back; empty for any other contact."""
    callback = contact.extra.callback if contact.extra is not None else None
    return callback.phase if callback is not None else ""


def is_hold(contact: Contact) -> bool:
    """Is it a virtual hold?"""
    return _phase(contact) == "hold"


def holds(world: World) -> Iterator[Order[Entry]]:
    """Where call-backs stand until their turn is about to come: no agent is offered them there."""
    for queue in world.queues.values():
        for line in queue.lines.values():
            if line.virtual is not None:
                yield line.virtual


def check_callback(world: World, contact: Contact, name: str) -> Found:
    """Its phase, its deadline, its place in the book, its token."""
    extra = contact.extra
    if extra is None:
        return
    callback, queue = extra.callback, contact.queue
    is_open = callback is not None and callback.phase != "reached" and contact.line is not None
    if (queue.callbacks.get(contact.id) is contact) != is_open:
        yield "index", f"{name}: open call-back {is_open}, in the book {not is_open}"
    if callback is not None and is_open:
        if contact.state not in STATES[callback.phase]:
            yield "I1", f"{name}: call-back is {callback.phase}"
        if queue.callbacks_by_name.get(f"number {callback.number}") is not contact:
            yield "index", f"{name}: another call-back has its number"
        if (contact.line is not None and contact.standing is not None and contact.standing is contact.line.virtual) != (
            callback.phase == "hold" and contact.number <= contact.peer.reach
        ):
            yield "I6", f"{name}: call-back {callback.phase} stands among the holds, or should"
    if extra.place is not None and world.tokens.get(extra.place.number) is not contact:
        yield "index", f"{name}: its token is another's"


def check_tombstone(world: World, tombstone: Tombstone) -> Found:
    """Who has ended does not live; the place of one who was cut off is found by its token."""
    if tombstone.id in tombstone.peer.contacts:
        yield "I1", f"contact {tombstone.peer.key}/{tombstone.id} has ended and lives"
    kept = tombstone.place
    if kept is not None and world.tokens.get(kept.token) is not tombstone:
        yield "index", f"contact {tombstone.peer.key}/{tombstone.id}: its kept place is another's"


def check_books(world: World) -> Found:
    """Sums that are kept beside what they sum up: open call-backs, dials of a line, tokens."""
    contacts = [contact for peer in world.peers.values() for contact in peer.contacts.values() if contact.extra]
    listed = sum(len(queue.callbacks) for queue in world.queues.values())
    found = [contact for contact in contacts if contact.line is not None and _phase(contact) not in ("", "reached")]
    if not world.callbacks == listed == len(found):
        yield "I1", f"{world.callbacks} call-backs counted, {listed} listed, {len(found)} found"
    dialling = Counter(
        (contact.queue.name, contact.line.key)
        for contact in found
        if contact.state == "held" and contact.line is not None and _phase(contact) == "dialling"
    )
    for queue in world.queues.values():
        for line in queue.lines.values():
            if line.dialling != dialling[queue.name, line.key]:
                yield (
                    "index",
                    f"line {queue.name}: {line.dialling} dials counted, {dialling[queue.name, line.key]} found",
                )
    held = sum(1 for contact in contacts if contact.extra is not None and contact.extra.place is not None)
    kept = sum(1 for peer in world.peers.values() for each in peer.ended.values() if each.place is not None)
    if len(world.tokens) != held + kept:
        yield "index", f"{len(world.tokens)} tokens, {held} contacts and {kept} ended ones have one"
