"""Place tokens: what gives a place in the line back to whoever shows it, so that nobody need say who they are.

A token is the number of the place and a keyed checksum of it. The key is drawn outside the core, once a site, and kept
in the world's record: so the core needs no chance of its own, the same place has the same token when it is asked again,
and nothing but the key need be secret. Who guesses must guess 96 bits; wrong, expired and used tokens are told apart
by nobody. It must not know what a place is used for.
"""

from __future__ import annotations

from hashlib import blake2b
from hmac import compare_digest
from typing import TYPE_CHECKING

from router.core.entities import Contact, Tombstone
from router.core.extra import KeptPlace, Place, extra_of
from router.core.places.several import has_place_in
from router.errors import Refused

if TYPE_CHECKING:
    from router.core.queue import Queue
    from router.core.world import World

CUT_OFF = ("abandoned", "abandoned_in_offer", "lost_with_gateway")
"""Outcomes of who may have been cut off: their place is kept for a while."""


def text(world: World, place: Place | None) -> str | None:
    """The token of a place; None where it has none, or the site has no key yet."""
    if place is None or not world.secret:
        return None
    return f"{place.number:x}-{_checksum(world, place.number)}"


def _checksum(world: World, number: int) -> str:
    """96 bits that nobody guesses."""
    return blake2b(number.to_bytes(8, "big"), key=world.secret, digest_size=12).hexdigest()


def give(world: World, contact: Contact, lasts_us: int, always: bool = False) -> None:
    """Give the contact's place a token, unless it has one. Above `tokens_max` only where it is `always` due."""
    extra = contact.extra
    if extra is not None and extra.place is not None:
        return
    if not always and (not world.secret or len(world.tokens) >= world.settings.limits.tokens_max):
        return
    # The counter of numbers is the contact's own: a place that changes hands keeps it, a new one has another.
    number = world.number()
    extra_of(contact).place = Place(number, world.now_us + lasts_us)
    world.tokens[number] = contact


def find(world: World, tenant: str, queue: Queue, token: str) -> Contact | Tombstone:
    """Who holds the place of this token now. Raises `Refused`: `unknown_token` whatever is wrong with it."""
    head, _, checksum = token.partition("-")
    try:
        number = int(head, 16)
    except ValueError:
        number = -1
    holder = world.tokens.get(number)
    if (
        holder is None
        or not world.secret
        or not compare_digest(checksum.encode(), _checksum(world, number).encode())
        or holder.peer.tenant != tenant
        or not _counts(world, holder, queue)
    ):
        world.tally.wrong_tokens += 1
        raise Refused("unknown_token")
    return holder


def _counts(world: World, holder: Contact | Tombstone, queue: Queue) -> bool:
    """Is the place of this queue, and the token's time not over?"""
    if isinstance(holder, Tombstone):
        kept = holder.place
        return kept is not None and queue.name in (holder.queue, *kept.queues) and world.now_us < kept.until_us
    place = holder.extra.place if holder.extra is not None else None
    return place is not None and has_place_in(holder, queue) and world.now_us < place.until_us


def ended(world: World, contact: Contact, tombstone: Tombstone) -> None:
    """A contact with a token is over: its place is kept for who was cut off, else forgotten."""
    extra = contact.extra
    if extra is None or extra.place is None or world.tokens.get(extra.place.number) is not contact:
        return
    number, kept_us = extra.place.number, contact.queue.settings.tokens.cut_off_kept_us
    if contact.outcome in CUT_OFF and kept_us:
        until_us = min(extra.place.until_us, world.now_us + kept_us)
        # In core time, also where its wait was counted in open hours.
        entered_us = world.now_us - world.waited_us(contact)
        key_us = entered_us - contact.entered_us + contact.key_us
        tombstone.place = KeptPlace(
            number, until_us, contact.number, entered_us, key_us, contact.priority_s,
            contact.link or contact.id, extra.had,
        )  # fmt: skip
        world.tokens[number] = tombstone
    else:
        del world.tokens[number]


def forget(world: World, tombstone: Tombstone) -> None:
    """What was remembered of an ended contact is not any more."""
    kept = tombstone.place
    if kept is not None and world.tokens.get(kept.token) is tombstone:
        del world.tokens[kept.token]


def found_again(world: World, holder: Contact | Tombstone, number: int) -> bool:
    """While loading: this holder has that token. False where another one has it already."""
    if number in world.tokens:
        return False
    world.tokens[number] = holder
    return True
