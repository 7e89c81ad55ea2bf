"""The present state of what a client owns or serves, as it is told: contacts, live offers and talks."""

from __future__ import annotations

from collections.abc import Iterable

from router.core.effects import AgentState, ContactState, OfferState, State
from router.core.entities import Contact, Offer, Peer
from router.core.owned import NUMBER
from router.core.places import several
from router.core.world import World
from router.terms import MILLISECOND_US

ENTRIES_A_FRAME = 256


def tell_state(world: World, peer: Peer) -> None:
    """The whole present state of what the client owns or serves, for one that has no list to send."""
    contacts = sorted(peer.contacts.values(), key=NUMBER)
    tell(world, peer, contacts, offers_left(world, peer, contacts))


def offers_left(world: World, peer: Peer, contacts: Iterable[Contact]) -> list[Offer]:
    """Live offers and talks of these contacts, of the client's endpoints, and of the agents who are signed in there, in
    the order in which they were made."""
    own = {contact.id for contact in contacts}
    return [
        offer
        for offer in world.offers.values()
        if (
            offer.contact.id in own
            if offer.contact.peer is peer
            else offer.endpoint_peer is peer or offer.agent.session == peer.key
        )
    ]


def tell_resting(world: World, peer: Peer) -> None:
    """Who is signed in here and is given nothing for a while: it may have begun while nobody listened."""
    for agent in sorted(world.resting, key=NUMBER):
        if agent.session != peer.key or agent.backoff is None:
            continue
        left_ms = (agent.backoff.due_us - world.now_us) // MILLISECOND_US
        if left_ms > 0:
            world.tell(peer, AgentState(agent.name, agent.state, agent.reason, agent.backoff.why, left_ms))


def tell(world: World, peer: Peer, contacts: list[Contact], offers: list[Offer]) -> None:
    """How these are, in pieces."""
    now_us = world.now_us
    states = [
        ContactState(
            contact.id, contact.queue.name, contact.state,  # type: ignore[arg-type]  # a table's
            (contact.waited_us if contact.line is None else world.waited_us(contact)) // MILLISECOND_US,
            several.queues(contact) if contact.stand_ins is not None else (),
        )
        for contact in contacts
    ]  # fmt: skip
    live = [
        OfferState(
            offer.id, offer.contact.id, offer.contact.peer.name, offer.agent.name, offer.endpoint,
            offer.endpoint_peer.name, offer.state, _left_ms(offer, now_us),  # type: ignore[arg-type]  # a table's
        )
        for offer in offers
    ]  # fmt: skip
    for start in range(0, max(len(states), len(live)), ENTRIES_A_FRAME):
        world.tell(peer, State(states[start : start + ENTRIES_A_FRAME], live[start : start + ENTRIES_A_FRAME]))


def _left_ms(offer: Offer, now_us: int) -> int | None:
    if offer.left_us >= 0:
        return offer.left_us // MILLISECOND_US
    return max(0, offer.due_us - now_us) // MILLISECOND_US if offer.due_us else None
