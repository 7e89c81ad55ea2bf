"""Clients coming and going: what they own waits for them, is taken up again, or is closed when they stay away.

Work on all that a gateway owns is a chore: done in slices of `SLICE`, in the order of numbers, remembered in the peer's
record by how far it reaches, so that a gateway with ten thousand contacts stalls nobody and a restart in the middle
goes on. The reach rises with the numbers while it opens and falls while it shuts; so at any moment, and after a restart
at any moment, who takes part is told by their numbers alone.

    shut    it is away (or drains, or is suspended): nothing of it is offered; its offers are withdrawn
    open    it is back: deadlines go on, its contacts and agents stand again
    close   it stayed away beyond the grace time: contacts end as lost, endpoints go, agents are signed out

What a list leaves to do goes before, in the same way (`handlers/sync_end.py`).
"""

from __future__ import annotations

from router.core import offers, people, ringing, visits
from router.core.callbacks import book as callback_book
from router.core.callbacks import callbacks
from router.core.callbacks import gateways as callback_gateways
from router.core.effects import Suspended
from router.core.entities import Agent, Contact, Endpoint, Offer, Peer
from router.core.entity import EVERYTHING
from router.core.oldest import is_away, is_back, went
from router.core.owned import Owned, end_reckoning, list_todo, listed
from router.core.partners import partners
from router.core.partners.sent import AWAY
from router.core.routes.advice import advise_now
from router.core.talks import clocks, joining
from router.core.tickets import desk as ticket_desk
from router.core.tickets.ticket import ticket_of
from router.core.world import World
from router.terms import MILLISECOND_US

SLICE = 64
"""Entities a step: with some microseconds each, well under a millisecond."""
KEPT = ("held", "waiting", "offered", "connecting")
"""What else can be kept than tickets: who waits, in a channel that says so."""
AFTER_SHUT_US = 10_000
"""The grace time was shorter than shutting takes: look again so much later."""


def set_open(world: World, peer: Peer) -> None:
    """Compare what the peer is with what is open, and begin the chore that the difference asks for."""
    wanted = may_open(peer)
    if wanted == peer.open or (wanted and peer.chore == "shut"):
        # Who is being shut is shut to the end first, so that everybody looks anew when it opens.
        return
    if peer.chore == "open":
        # Not through yet, and it is to take no more offers: all that it owns is gone through once more, so that what
        # the first chore had not come to goes on too.
        peer.reach = EVERYTHING
    peer.open = wanted
    begin_chore(world, peer, "open" if wanted else "shut")


def may_open(peer: Peer) -> bool:
    """Is there nothing against offers to and from it?"""
    return peer.live and peer.synced and not peer.draining and not peer.suspended_until_us


def begin_chore(world: World, peer: Peer, chore: str) -> None:
    """Begin a chore; it takes the place of one that was under way, from where that one has come to."""
    peer.chore, peer.reach = chore, min(peer.reach, world.counter)
    peer.todo.clear()
    world.chores[peer.number] = peer
    world.changed[peer] = None


def end_chore(world: World, peer: Peer) -> None:
    """It is through."""
    peer.chore, peer.reach = "", EVERYTHING if peer.open else 0
    peer.todo.clear()
    world.chores.pop(peer.number, None)
    world.changed[peer] = None


def went_away(world: World, peer: Peer, since_us: int) -> None:
    """We do not listen to this client any more, and heard it last at `since_us`. Its grace time runs from now."""
    if peer.reckoning is not None:
        end_reckoning(world, peer)
    peer.live = peer.synced = peer.gone = False
    peer.away_since_us = since_us
    peer.suspended_until_us = 0
    if peer.role == "gateway":
        went(world, peer)
    world.set_due(peer, world.now_us + world.settings.limits.gateway_grace_us)
    world.changed[peer] = None
    if peer.open:
        peer.open = False
        begin_chore(world, peer, "shut")


def restarted(world: World, since_us: int) -> None:
    """The engine itself was away since `since_us`: every client counts as away, but its offers only stand still until
    it is back."""
    for peer in list(world.peers.values()):
        if peer.live:
            went_away(world, peer, since_us)
        elif peer.due_us and not peer.gone:
            world.set_due(peer, world.now_us + world.settings.limits.gateway_grace_us)
            world.changed[peer] = None
    for offer in list(world.offers.values()):
        clocks.pause(world, offer)


def stood_still(world: World, for_us: int) -> None:
    """Nobody could be heard for so long, though nobody was away: what an offer, a wrap-up or a gateway's return had
    left then, it has still. The answers to offers lie in the sockets."""
    for offer in list(world.offers.values()):
        if offer.due_us:
            world.set_due(offer, offer.due_us + for_us)
            world.changed[offer.contact] = None
    for partner in world.partners.known.values():
        for contact in partner.contacts:
            partners.later(world, contact, for_us)
    for peer in list(world.peers.values()):
        if peer.due_us and not peer.live and not peer.gone:
            world.set_due(peer, peer.due_us + for_us)
            world.changed[peer] = None


def suspend(world: World, peer: Peer) -> None:
    """Too many offers in a row failed on this gateway: no more for a while."""
    for_us = world.settings.limits.suspend_us
    peer.failures, peer.failed_agent, peer.failed_several = 0, "", False
    peer.suspended_until_us = world.now_us + for_us
    world.set_due(peer, peer.suspended_until_us)
    world.tell(peer, Suspended(True, for_us // MILLISECOND_US))
    world.changed[peer] = None
    set_open(world, peer)


def unsuspend(world: World, peer: Peer) -> None:
    """The suspension is over."""
    peer.suspended_until_us = 0
    world.deadlines.cancel(peer)
    world.tell(peer, Suspended(False))
    world.changed[peer] = None
    set_open(world, peer)


def due(world: World, peer: Peer) -> None:
    """A suspension is over, or the grace time of a client that is away."""
    peer.due_us = 0
    world.changed[peer] = None
    if peer.live and (peer.synced or peer.reckoning is not None):
        if peer.suspended_until_us:
            unsuspend(world, peer)
    elif peer.chore == "shut":
        world.set_due(peer, world.now_us + AFTER_SHUT_US)
    elif peer.gone:
        if callback_gateways.rehome_some(world, peer, SLICE):
            world.set_due(peer, world.now_us + AFTER_SHUT_US)
        else:
            _forget(world, peer)
    else:
        peer.gone = True
        begin_chore(world, peer, "close")


def work(world: World) -> None:
    """One slice of the first chore. A list that is whole goes before: it says what there is to open."""
    number = min(world.chores)
    peer = world.chores[number]
    if peer.reckoning is not None:
        from router.core.handlers import sync_end

        sync_end.work(world, peer)
        return
    chore = peer.chore
    if _SLICES[chore](world, peer):
        end_chore(world, peer)
        set_open(world, peer)
        if chore == "close" and not peer.live:
            # Its numbers are remembered as long as ended ids are: what it may say again has no effect.
            world.set_due(peer, world.now_us + world.settings.limits.ended_kept_us)
        if not is_away(peer):
            is_back(world, peer)
    world.changed[peer] = None


def _forget(world: World, peer: Peer) -> None:
    """Forget a client that stayed away and owns nothing any more; look again later while something is left."""
    owns = peer.contacts or peer.endpoints or peer.ended
    if owns or any(offer.endpoint_peer is peer for offer in world.offers.values()):
        world.set_due(peer, world.now_us + world.settings.limits.ended_kept_us)
        return
    del world.peers[peer.key]
    is_back(world, peer)
    world.changed.pop(peer, None)
    world.dropped.append(("peer", peer.key))
    world.routing.steering.untold.pop(peer, None)


def _slice(world: World, peer: Peer) -> list[Owned]:
    """The next slice, and the reach moved along with it: upwards, or downwards where it shuts. What is to be done is
    listed, and listed again until nothing is left; what has gone since is passed over."""
    piece: list[Owned] = []
    shuts = peer.chore == "shut"
    while len(piece) < SLICE:
        if not peer.todo:
            list_todo(peer, _owned(world, peer))
            if not peer.todo:
                break
        number, entity = peer.todo_numbers.pop(), peer.todo.pop()
        peer.reach = number - 1 if shuts else number
        if entity.number == number and _is_there(world, peer, entity):
            piece.append(entity)
    return piece


def _owned(world: World, peer: Peer) -> list[Owned]:
    """What the chore has to do, last first."""
    owned: list[Owned] = [*peer.contacts.values(), *peer.endpoints.values()]
    owned.extend(offer for offer in world.offers.values() if offer.endpoint_peer is peer or offer.contact.peer is peer)
    return listed(owned, peer.reach, peer.chore == "shut")


def _done(world: World, peer: Peer) -> bool:
    """Is nothing left to do? What came meanwhile is listed by the next slice."""
    return not peer.todo and not _owned(world, peer)


def _is_there(world: World, peer: Peer, entity: Owned) -> bool:
    if isinstance(entity, Contact):
        return peer.contacts.get(entity.id) is entity
    if isinstance(entity, Endpoint):
        return peer.endpoints.get(entity.address) is entity
    return entity.id in world.offers


def _shut(world: World, peer: Peer) -> bool:
    for entity in _slice(world, peer):
        if isinstance(entity, Contact):
            world.unstand(entity)
            if not peer.live:
                visits.disarm(world, entity)
                if ticket_of(entity) is not None:
                    visits.arm(world, entity)
        elif isinstance(entity, Endpoint):
            world.loose_agents[entity.agent] = None
        elif entity.state != "offered" or peer.live:
            # Live and not listed yet: another connection took over. Its offers stand still until the list is whole.
            clocks.pause(world, entity)
            # Live and listed: it began to drain before it was wholly opened. What stood still till now goes on.
            joining.go_on(world, entity)
        elif entity.left_us < 0:
            offers.cancel(world, entity, "gateway_lost", back=True)
    return _done(world, peer)


def _open(world: World, peer: Peer) -> bool:
    untold = world.routing.steering.untold
    for entity in _slice(world, peer):
        if isinstance(entity, Contact):
            if peer in untold:
                advise_now(world, entity)
            if entity.extra is not None and callback_gateways.opened(world, entity):
                continue
            if entity.state in AWAY:
                partners.opened(world, entity)
            elif entity.state == "waiting" and entity.standing is None:
                visits.stand_in_line(world, entity)
            else:
                visits.age(world, entity)
                if entity.state == "offered":
                    ringing.look(world, entity)
        elif isinstance(entity, Endpoint):
            world.loose_agents[entity.agent] = None
        else:
            joining.go_on(world, entity)
    if not _done(world, peer):
        return False
    untold.pop(peer, None)
    return True


def _close(world: World, peer: Peer) -> bool:
    for entity in _slice(world, peer):
        if not _is_there(world, peer, entity):
            continue
        if isinstance(entity, Contact):
            if not kept(world, entity):
                lose(world, entity)
        elif isinstance(entity, Endpoint):
            people.detach(world, entity)
            _sign_out_if_gone(world, entity.agent)
        else:
            _lose_offer(world, entity, peer)
    if not peer.todo:
        for agent in world.agents.values():
            if agent.session == peer.key:
                _sign_out_if_gone(world, agent)
    return _done(world, peer)


def _sign_out_if_gone(world: World, agent: Agent) -> None:
    """Sign an agent out who has no endpoint left, and whose session is with a client that is away."""
    session = world.peers.get(agent.session)
    if agent.state != "offline" and not agent.endpoints and (session is None or not session.live):
        world.repaired("signed_in")
        people.log_out(world, agent)


def _lose_offer(world: World, offer: Offer, peer: Peer) -> None:
    """The endpoint's gateway is gone for good: an offer or a joining fails, a talk counts as over, wrap-up too."""
    if offer.state == "offered":
        offers.cancel(world, offer, "gateway_lost", back=True)
    elif offer.state == "connecting":
        if callback_book.of(offer.contact) is not None:
            offers.not_reached(world, offer, "failed", "agent_gone")
        else:
            offers.connecting_failed(world, offer, faulty=False)
    elif offer.state == "connected":
        if ticket_of(offer.contact) is not None and kept(world, offer.contact):
            if offer.endpoint_peer is peer:
                ticket_desk.lost_hold(world, offer.contact)
        elif offer.contact.peer is peer or not offer.contact.peer.live:
            lose(world, offer.contact)
        else:
            # The talk goes on without the agent's gateway, and so does its lease.
            clocks.unpause(world, offer)
    elif offer.endpoint_peer is peer:
        offers.wrapped_up(world, offer)


def kept(world: World, contact: Contact) -> bool:
    """Does it outlive its gateway's absence, and a list that does not name it? No person hangs on the line."""
    channel = world.channels.get(contact.channel)
    if channel is None or not channel.kept_without_gateway:
        return False
    return contact.state in KEPT or ticket_of(contact) is not None


def lose(world: World, contact: Contact) -> None:
    """The contact went with its gateway: whatever its state, the visit is over now."""
    if contact.state == "ended" or contact.id not in contact.peer.contacts:
        return
    if contact.extra is not None and callback_gateways.lost(world, contact):
        return
    over(world, contact, "lost_with_gateway", "system")


def over(world: World, contact: Contact, outcome: str, by: str, told_by: Peer | None = None) -> None:
    """End a visit in any state: an offer is withdrawn, a talk is over (its outcome stays `answered`)."""
    callback = callback_book.of(contact) if contact.extra is not None else None
    if callback is not None:
        callbacks.end(world, contact, callback, "withdrawn", by, told_by)
        return
    live = [offer for offer in contact.offers if offer.state in ("offered", "connecting")]
    for offer in live:
        offers.cancel(world, offer, "customer_left" if by == "customer" else "withdrawn", back=False)
    if contact.state == "connected":
        contact.ended_by = by
        end_talk(world, contact, told_by)
    elif contact.state != "wrapping":
        if live and outcome == "abandoned":
            outcome = "abandoned_in_offer"
        visits.leave(world, contact, outcome, by)


def end_talk(world: World, contact: Contact, by: Peer | None) -> None:
    """The customer leaves a talk, and whoever is with them is left: one agent, or several (`talks/consults.py`)."""
    if contact.extra is None:
        part(world, contact, by)
    else:
        from router.core.talks import consults

        consults.run(world, contact, "customer_leaves", by)


def part(world: World, contact: Contact, by: Peer | None) -> None:
    """Customer and agents part: the visit is over and wrap-up begins."""
    contact.left_us = world.now_us
    if contact.due_us:
        visits.disarm(world, contact)
    world.move_contact(contact, "talk_over")
    for offer in tuple(contact.offers):
        if offer.state == "connected":
            offers.talk_over(world, offer, by)
    if contact.state == "wrapping" and not contact.offers:
        visits.close(world, contact)


_SLICES = {"shut": _shut, "open": _open, "close": _close}
