"""A place changes hands: from the visit that had it to another one of the same customer.

The key and the number in the line go over, so that nobody else's place changes; the visit that had it ends. It must not
know who may ask for it.
"""

from __future__ import annotations

from router.core import offers, visits
from router.core.callbacks import book, callbacks
from router.core.doors.hours import take_clock
from router.core.effects import LetGo
from router.core.entities import Contact, Tombstone
from router.core.extra import Place, extra_of
from router.core.partners.sent import AWAY
from router.core.places import several
from router.core.world import World
from router.errors import Refused

TAKEN = ("connecting", "connected", "wrapping", *AWAY)


def may_take(holder: Contact | Tombstone) -> None:
    """The place can be taken from its holder. Raises `Refused`: `gone` once an agent has accepted."""
    if isinstance(holder, Tombstone):
        return
    if holder.state in TAKEN:
        raise Refused("gone", holder.id)


def take(world: World, contact: Contact, holder: Contact | Tombstone) -> None:
    """`contact`, which stands nowhere now, gets the holder's place; the holder's visit is over."""
    if isinstance(holder, Tombstone):
        _take_kept(world, contact, holder)
        return
    take_over(world, contact, holder)
    _give_up(world, holder)


def take_over(world: World, contact: Contact, holder: Contact) -> None:
    """Key, number and token go from the holder to `contact`; the holder's visit is the caller's to end."""
    had = holder.extra.place if holder.extra is not None else None
    clock = holder.extra.clock if holder.extra is not None else None
    _give(world, contact, clock, (holder.number, holder.entered_us, holder.key_us), holder.priority_s)
    contact.link = contact.link or holder.link or holder.id
    if had is not None:
        assert holder.extra is not None
        _carry(world, contact, had)
        holder.extra.place = None


def _take_kept(world: World, contact: Contact, holder: Tombstone) -> None:
    kept = holder.place
    assert kept is not None
    _give(world, contact, None, (kept.number, kept.entered_us, kept.key_us), kept.priority_s)
    contact.link = contact.link or kept.link
    _carry(world, contact, Place(kept.token, world.now_us + contact.queue.settings.tokens.lasts_us))
    holder.place = None
    world.changed[holder] = None


def _give(world: World, contact: Contact, clock: str | None, place: tuple[int, int, int], priority_s: int) -> None:
    """The place as (number, entered, key): times of that clock, none: core time. Its line counts by its own."""
    contact.number, contact.entered_us, contact.key_us = place
    contact.priority_s = priority_s
    # A chore of its gateway that goes by numbers has listed it under another one, or not at all.
    contact.peer.todo.clear()
    if clock is not None or contact.extra is not None:
        extra_of(contact).clock = clock
    if contact.line is not None:
        take_clock(world, contact, contact.line.clock)
        contact.entry = contact.line.place(contact)
    if contact.stand_ins is not None:
        several.follow(world, contact)


def _carry(world: World, contact: Contact, place: Place) -> None:
    """The token goes with the place; one that the contact had itself is of no place any more."""
    extra = extra_of(contact)
    if extra.place is not None:
        world.tokens.pop(extra.place.number, None)
    extra.place = place
    world.tokens[place.number] = contact
    world.changed[contact] = None


def _give_up(world: World, holder: Contact) -> None:
    """The holder's visit is over; an offer that rings is withdrawn without a miss."""
    callback = book.of(holder)
    if callback is not None:
        callbacks.end(world, holder, callback, "moved", "customer", None)
        return
    for offer in list(holder.offers):
        if offer.state == "offered":
            offers.cancel(world, offer, "moved", back=False)
    visits.leave(world, holder, "moved", "customer")
    world.tell(holder.peer, LetGo(holder.id, "moved"))
