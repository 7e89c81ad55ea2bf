"""Ringing several agents at once: who of those that ring wants one more.

A queue with `ring_several = n` offers a contact to up to n agents at the same time, each under an offer of its own; the
first who accepts has it. While fewer than n are rung, the contact stands among those of its line who want one more
(`line.ringing`, in the order of their places), and whoever comes free and finds nobody waiting is rung too. It must not
make or end offers: `dispatch.py` and `offers.py` do.
"""

from __future__ import annotations

from router.core.entities import Agent, Contact
from router.core.layers.guards import guard
from router.core.line import Entry, passed_over
from router.core.moments import waited_out
from router.core.order import Order
from router.core.visits import is_sent_away
from router.core.world import World


def rings(contact: Contact) -> int:
    """How many agents it rings at."""
    return sum(1 for offer in contact.offers if offer.state == "offered")


def rings_at(contact: Contact, agent: Agent) -> bool:
    """Does it ring at this agent already, or do they have another part of it?"""
    return any(offer.agent is agent for offer in contact.offers)


def wants_more(contact: Contact) -> bool:
    """May one more agent be rung, as far as that lasts? Not for a contact that asks for somebody by name. What passes
    without a word to the contact, `may_yet` says when an agent is there."""
    return (
        contact.state == "offered"
        and contact.direct is None
        and contact.preferred is None
        and contact.peer.takes(contact)
        and rings(contact) < contact.queue.settings.ring_several
    )


def may_yet(world: World, contact: Contact) -> bool:
    """Once it has waited as long as its queue lets anybody wait, or while the queue is closed, the offers that ring are
    its last. A queue may open again, so this is asked anew each time."""
    return contact.peer.open and not waited_out(world, contact) and not is_sent_away(world, contact)


def look(world: World, contact: Contact) -> None:
    """What the contact rings at has changed: let it stand among those who want one more, or not any longer."""
    line = contact.line
    assert line is not None
    if not wants_more(contact):
        world.unstand(contact)
        return
    if contact.standing is None:
        if line.ringing is None:
            line.ringing = Order()
        world.stand(contact, line.ringing)
        world.ringing += 1
    world.loose_rings[contact] = None


def ring_for(world: World, agent: Agent, channels: list[str]) -> Contact | None:
    """The most urgent contact that rings, wants one more agent, and may be given to this one on one of `channels`.
    Asked only when nobody waits whom the agent could take."""
    profile = agent.profile
    assert profile is not None
    kept = guard(agent, channels)
    best: Contact | None = None
    best_rank = (0, 0.0, 0)
    for channel in channels:
        for needs in profile.pools[channel].needs:
            for line in needs.lines:
                entry = _first(world, line.ringing, agent) if line.ringing is not None else None
                if entry is None or (kept is not None and not kept.lets(line)):
                    continue
                rank = (line.contact_class, line.urgency_of(entry, world.now_us), -entry[2].number)
                if best is None or rank > best_rank:
                    best, best_rank = entry[2], rank
    return best


def _first(world: World, order: Order[Entry], agent: Agent) -> Entry | None:
    for entry in order:
        contact = entry[2]
        if not rings_at(contact, agent) and not passed_over(contact, agent, world.now_us) and may_yet(world, contact):
            return entry
    return None
