"""Call-backs when gateways come and go: a promise is the centre's, not a machine's.

One whose gateway is away stands still; when the grace time is over it goes to another gateway of the tenant that dials,
or waits for one. A dial, and a customer on the line, are lost with the gateway: that was a try.
"""

from __future__ import annotations

from router.core import offers, visits
from router.core.callbacks import book, callbacks
from router.core.effects import DialCancelled
from router.core.entities import Contact, Peer
from router.core.extra import Callback
from router.core.stored.recording import contact_key
from router.core.world import World


def lost(world: World, contact: Contact) -> bool:
    """Its gateway has lost it, or is gone. The promise lives on: True, unless the customer talks already."""
    extra = contact.extra
    callback = extra.callback if extra is not None else None
    if callback is None or contact.state not in ("held", "waiting", "offered", "connecting"):
        return False
    if callback.phase == "reached" and not _may_be_tried_again(contact, callback):
        return False
    undialled = callback.phase == "line" and not contact.peer.live
    for offer in list(contact.offers):
        if offer.state == "offered" or callback.phase == "reached" or undialled:
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


def _may_be_tried_again(contact: Contact, callback: Callback) -> bool:
    """Not once the customer came by another channel, or has another call-back open: that one stands for both."""
    others = book.open_for(contact.queue, callback.number, contact.customer)
    return contact.channel == book.CHANNEL and others is None


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
    _give(world, contact, target)
    contact.sync_round = target.sync_round - 1
    world.changed[contact] = None
    world.tell_monitors_about(contact)
    callbacks.settle(world, contact, callback)


def _give(world: World, contact: Contact, peer: Peer) -> None:
    """It is this gateway's from now on; the caller records it, once it is what it shall be."""
    del contact.peer.contacts[contact.id]
    world.changed.pop(contact, None)
    world.dropped.append(("contact", contact_key(contact)))
    contact.peer = peer
    peer.contacts[contact.id] = contact


def come_home(world: World, peer: Peer, contact_id: str, dialling: bool) -> Contact | None:
    """A gateway that was away lists a call-back that another one has now: it has it again, unless that one is dialling.
    None where there is nothing to bring home."""
    contact = book.find(world, peer.tenant, contact_id)
    if contact is None or contact_id in peer.ended or not book.is_at_rest(contact):
        return None
    if contact.state not in ("held", "waiting"):
        return None
    callback = book.of(contact)
    assert callback is not None
    world.unstand(contact)
    visits.disarm(world, contact)
    _give(world, contact, peer)
    world.changed[contact] = None
    world.tell_monitors_about(contact)
    if dialling:
        # Another gateway may have dialled meanwhile, so this dial is not waited for.
        callbacks.settle(world, contact, callback)
    return contact if contact_id in peer.contacts else None


def listed(world: World, contact: Contact, dialling: bool) -> None:
    """Its gateway has it: it goes on dialling, or the customer has answered while we did not hear. One that nobody has
    been told to dial yet can be neither."""
    callback = book.of(contact)
    if callback is None or not callback.tries or contact.state not in ("held", "waiting", "connecting"):
        return
    if not dialling:
        callbacks.answered(world, contact, callback, contact.peer)
    elif callback.phase != "dialling":
        world.tell(contact.peer, DialCancelled(contact.id, "withdrawn"))


def dial_for_agents(world: World, peer: Peer) -> None:
    """Its list is whole: call-backs that agents accepted while it was away are dialled now."""
    if not world.callbacks:
        return
    for contact in sorted(peer.contacts.values(), key=lambda contact: contact.number):
        callback = book.of(contact) if contact.state == "connecting" else None
        if callback is not None and callback.phase == "line":
            for offer in contact.offers:
                if offer.state == "connecting":
                    callbacks.dial(world, contact, callback, offer)


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
