"""Call-backs when gateways come and go: a promise is the centre's, not a machine's.

One whose gateway is away stands still; when the grace time is over it goes to another gateway of the tenant that dials,
or waits for one. A dial, and a customer on the line, are lost with the gateway: that was a try.
"""

from __future__ import annotations

from router.core import callback_book as book
from router.core import callbacks, offers, visits
from router.core.entities import Contact, Peer
from router.core.records import contact_key
from router.core.world import World


def lost(world: World, contact: Contact) -> bool:
    """Its gateway has lost it, or is gone. The promise lives on: True, unless the customer talks already."""
    extra = contact.extra
    callback = extra.callback if extra is not None else None
    if callback is None or contact.state not in ("held", "waiting", "offered", "connecting"):
        return False
    for offer in list(contact.offers):
        if offer.state == "offered" or callback.phase == "reached":
            offers.cancel(world, offer, "gateway_lost", back=True)
    if callback.phase == "reached":
        # The customer was on the line and is not any more: that was a try.
        world.unstand(contact)
        callback.phase, callback.reached_us = "later", 0
        book.enter(world, contact, callback)
        callbacks.failed(world, contact, callback, "failed", None)
    elif callback.phase == "dialling":
        callbacks.failed(world, contact, callback, "failed", None)
    if not contact.peer.live:
        rehome(world, contact)
    return True


def rehome(world: World, contact: Contact) -> None:
    """Give it to another gateway of the tenant that dials; else it waits for one, or for the return of its own."""
    callback = book.of(contact)
    if callback is None or contact.peer.contacts.get(contact.id) is not contact:
        return
    target = book.dialler(world, contact.peer.tenant, None, contact.id)
    world.unstand(contact)
    if target is None:
        visits.disarm(world, contact)
        callback.phase = "later"
        if contact.state == "waiting":
            world.move_contact(contact, "hold")
        world.changed[contact] = None
        return
    del contact.peer.contacts[contact.id]
    world.changed.pop(contact, None)
    world.dropped.append(("contact", contact_key(contact)))
    contact.peer = target
    target.contacts[contact.id] = contact
    contact.sync_round = target.sync_round
    world.changed[contact] = None
    callbacks.settle(world, contact, callback)


def rehome_some(world: World, peer: Peer, most: int) -> int:
    """Call-backs of a gateway that stayed away go to one that dials: at most so many. Returns how many went."""
    if not world.callbacks:
        return 0
    held = [contact for contact in peer.contacts.values() if book.is_at_rest(contact)]
    if not held or book.dialler(world, peer.tenant, None) is None:
        return 0
    held.sort(key=lambda contact: contact.number)
    for contact in held[:most]:
        rehome(world, contact)
    return sum(1 for contact in held[:most] if contact.peer is not peer)


def opened(world: World, contact: Contact) -> bool:
    """Its gateway is back and open. True where it has its place again; False for a contact like others."""
    callback = book.of(contact)
    if callback is None or contact.state not in ("held", "waiting"):
        return False
    if callback.phase == "dialling":
        # It was listed: the gateway goes on dialling, and has its whole time for it.
        callbacks.look_again(world, contact, callback, world.now_us + callbacks.rules_of(contact).dial_most_us)
    else:
        callbacks.settle(world, contact, callback)
    return True


def gather(world: World, peer: Peer) -> None:
    """A gateway that dials is there: those that stayed away are asked for their call-backs."""
    if not (world.callbacks and peer.dials):
        return
    for other in world.peers.values():
        if other.gone and not other.live and other.contacts and other.tenant == peer.tenant and not other.chore:
            world.set_due(other, world.now_us)
            world.changed[other] = None
