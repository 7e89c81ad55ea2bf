"""A gateway's list is whole: what was not listed has ended, and the gateway is told all that the engine has of it.

Done in slices, by the numbers of contacts and endpoints, so that a list of a hundred thousand stalls nobody; the first
slice at once, which is all that most lists need. Only then is the gateway `synced`, and `sync_end` answered. How far it
has come is in the peer's record (`Reckoning`); a connection that ends in the middle ends it, since the next one begins
with a list of its own.
"""

from __future__ import annotations

from collections import deque

from router.core import commands as ask
from router.core import gateways, people
from router.core.callbacks import book as callback_book
from router.core.callbacks import gateways as callback_gateways
from router.core.effects import Reply, Synced
from router.core.entities import Contact, Endpoint, Peer
from router.core.handlers.agents import withdraw_from
from router.core.handlers.state import offers_left, tell, tell_resting
from router.core.handlers.sync import refuse_whole
from router.core.owned import Owned, Reckoning, end_reckoning, list_todo, listed
from router.core.partners import partners
from router.core.reload.reconfigure import announce
from router.core.world import World

SLICES = 4
"""Slices of a chore in one of ours: most of it is telling, which takes half a microsecond each."""


def sync_end(world: World, peer: Peer, command: ask.SyncEnd) -> Reply | None:
    """The list is whole: end what was not listed, say what we own, and open the gateway."""
    refuse_whole(peer)
    peer.reckoning = Reckoning(command.seq)
    peer.todo.clear()
    world.deadlines.cancel(peer)
    reply = _slice(world, peer, peer.reckoning)
    if reply is None:
        world.chores[peer.number] = peer
        world.changed[peer] = None
    return reply


def work(world: World, peer: Peer) -> None:
    """One slice more; the answer, when it was the last one."""
    assert peer.reckoning is not None, "it was begun"
    reply = _slice(world, peer, peer.reckoning)
    if reply is not None:
        remember(world, peer, reply)
        world.tell(peer, reply)
    world.changed[peer] = None


def remember(world: World, peer: Peer, reply: Reply) -> None:
    """Keep a reply for its number, should that come again."""
    if peer.outcomes is None:
        peer.outcomes = deque(maxlen=world.settings.limits.outcomes_kept)
    peer.outcomes.append(reply)


def _slice(world: World, peer: Peer, reckoning: Reckoning) -> Reply | None:
    """Go a piece further. The answer to `sync_end` where it was the last one."""
    contacts, endpoints, is_last = _piece(peer, reckoning)
    lost = [contact for contact in contacts if _is_lost(world, peer, contact)]
    for contact in lost:
        gateways.lose(world, contact)
    reckoning.lost += len(lost)
    for endpoint in endpoints:
        if endpoint.sync_round != peer.sync_round and peer.endpoints.get(endpoint.address) is endpoint:
            people.detach(world, endpoint)
            withdraw_from(world, endpoint)
    there = [contact for contact in contacts if peer.contacts.get(contact.id) is contact]
    if not is_last:
        tell(world, peer, there, [offer for contact in there for offer in contact.offers])
        partners.tell_again(world, there)
        return None
    end_reckoning(world, peer)
    peer.synced = True
    gateways.set_open(world, peer)
    callback_gateways.dial_for_agents(world, peer)
    callback_gateways.gather(world, peer)
    tell(world, peer, there, offers_left(world, peer, there))
    tell_resting(world, peer)
    partners.tell_again(world, there)
    _tell_layers(world, peer)
    return Synced(reckoning.seq, len(peer.contacts), len(peer.endpoints), reckoning.lost)


def _piece(peer: Peer, reckoning: Reckoning) -> tuple[list[Contact], list[Endpoint], bool]:
    """What comes next, and whether it is the last. What has come meanwhile is listed when all else is through."""
    contacts: list[Contact] = []
    endpoints: list[Endpoint] = []
    most = SLICES * gateways.SLICE
    while len(contacts) + len(endpoints) < most:
        if not peer.todo:
            list_todo(peer, _left(peer, reckoning))
            if not peer.todo:
                return contacts, endpoints, True
        number, entity = peer.todo_numbers.pop(), peer.todo.pop()
        reckoning.reach = number
        if entity.number != number:
            continue
        if isinstance(entity, Contact):
            contacts.append(entity)
        elif isinstance(entity, Endpoint):
            endpoints.append(entity)
    return contacts, endpoints, not peer.todo and not _left(peer, reckoning)


def _left(peer: Peer, reckoning: Reckoning) -> list[Owned]:
    """What has not been gone through, last first."""
    return listed([*peer.contacts.values(), *peer.endpoints.values()], reckoning.reach)


def _is_lost(world: World, peer: Peer, contact: Contact) -> bool:
    """It was not listed, and does not outlive that."""
    return (
        contact.sync_round != peer.sync_round
        and contact.state != "wrapping"
        and peer.contacts.get(contact.id) is contact
        and not (contact.extra is not None and callback_book.is_at_rest(contact))
        and not gateways.kept(world, contact)
    )


def _tell_layers(world: World, peer: Peer) -> None:
    """What is laid over the queues of its tenant that a gateway has to know: it was not there when it was said. What is
    advised to those who wait it hears contact by contact, as they take part again."""
    if not world.layers.targets:
        return
    for queue in world.queues.values():
        if queue.settings.tenant != peer.tenant:
            continue
        if queue.settings.laid.announcement is not None:
            announce(world, queue, peer)
        if queue.settings.laid.steers:
            world.routing.steering.untold[peer] = None
