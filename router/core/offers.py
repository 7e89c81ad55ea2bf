"""The life of an offer: made, rung, accepted, connected, talked over, wrapped up; or given back.

    new -> offered -> connecting -> connected -> wrap_up -> done
              |            |
              +-> rejected, timed_out, cancelled        failed, cancelled

Every way in which an agent lets go of a contact ends in `let_go`, and every way back to the line in `_put_back`.
"""

from __future__ import annotations

from router.core import ringing, states, visits
from router.core.announcements import announcements
from router.core.callbacks import book as callback_book
from router.core.callbacks import callbacks
from router.core.counted import count_answered
from router.core.effects import (
    Accepted,
    AgentState,
    ConnectedEvent,
    DialCancelled,
    OfferCancelled,
    TalkOver,
)
from router.core.effects import Offer as OfferMessage
from router.core.entities import Agent, Contact, Offer, Peer
from router.core.estimates import tap, virtual
from router.core.match.choose import usable_endpoint
from router.core.moments import waited_out
from router.core.people import back_off, release_wanted
from router.core.places import elsewhere
from router.core.queue import NO_WRAP_UP
from router.core.special import answered_before, is_test
from router.core.talks.clocks import begin_lease, stands_still, start_clock
from router.core.talks.consulting import is_consult, misses_kept
from router.core.talks.leg import Leg
from router.core.talks.worked import came_free
from router.core.tally import add_reaction
from router.core.tickets import clock as ticket_clock
from router.core.world import World
from router.terms import MILLISECOND_US, CancelReason, DialCancelWhy

MISSES = ("declined", "no_answer", "timed_out")
"""Reasons that count against the agent; `busy` and `unreachable` do not."""
ASIDE = ("parked", "switched", "set_aside")
"""How a leg ends that its agent is not done with: its time counts together with that of the leg that comes after."""


def make(world: World, contact: Contact, agent: Agent) -> None:
    """Reserve `contact` for `agent` and tell everyone concerned."""
    endpoint = usable_endpoint(agent, contact.channel)
    assert endpoint is not None
    queue, channel = contact.queue, world.channels[contact.channel]
    now_us = world.now_us
    ring_us = queue.settings.ring_us or channel.ring_us
    number = world.number()
    line = contact.line
    offer = Offer(
        f"{world.epoch}-{number}", number, contact, queue, agent, endpoint.address, endpoint.peer, contact.channel,
        channel.units, now_us, ring_us, (line.version if line is not None else 0) or world.settings.version,
    )  # fmt: skip
    rings_already = queue.settings.ring_several > 1 and contact.state == "offered"
    if not rings_already:
        world.unstand(contact)
    states.move(states.OFFER, offer, "offer")
    contact.offers.append(offer)
    link(world, offer)
    world.tell_monitors_of(agent)
    agent.last_offer = number
    if rings_already:
        world.changed[contact] = None
    else:
        world.move_contact(contact, "offer")
    if queue.settings.ring_several > 1:
        ringing.look(world, contact)
    # A gateway that reports ringing starts the ring time itself; until then twice the time is the most.
    world.set_due(offer, now_us + (2 * ring_us if endpoint.peer.reports_ringing else ring_us))
    waited_us = world.waited_us(contact)
    tally = queue.tally
    if not is_test(contact):
        tally.offers += 1
    if not rings_already and not is_test(contact):
        add_reaction(tally.to_offer, waited_us)
    message = OfferMessage(
        offer.id, contact.id, contact.peer.name, queue.name, contact.channel, agent.name, endpoint.address,
        endpoint.peer.name, ring_us // MILLISECOND_US, waited_us // MILLISECOND_US, queue.settings.whisper,
        contact.data, contact.link, contact.customer,
        callback_book.number_of(contact) if contact.extra is not None else None, ticket_clock.left_ms(world, contact),
        contact.extra.repeat if contact.extra is not None else 0,
    )  # fmt: skip
    world.tell_everyone(offer, message)
    if world.estimates.ghosts:
        virtual.took(world, agent, contact)


def link(world: World, offer: Offer) -> None:
    """Count the offer's units, and let it be found by its id."""
    offer.agent.used += offer.units
    if world.roster.people:
        world.roster.dirty[offer.agent] = None
    offer.agent.offers[offer.number] = offer
    world.offers[offer.id] = offer


def let_go(world: World, offer: Offer, how: str) -> None:
    """The agent is done with this contact, one way or another: free the units, note the leg, free the agent."""
    contact, agent = offer.contact, offer.agent
    if offer.due_us:
        world.deadlines.cancel(offer)
    contact.offers.remove(offer)
    del agent.offers[offer.number]
    del world.offers[offer.id]
    agent.used -= offer.units
    if world.roster.people:
        world.roster.dirty[agent] = None
    world.tell_monitors_of(agent)
    now_us = world.now_us
    began_us = offer.accepted_us
    leg = Leg(
        agent.name,
        offer.id,
        how,
        offer.queue.name,
        offer.version,
        ((began_us or now_us) - offer.made_us) // MILLISECOND_US,
    )
    if offer.connected_us:
        over_us = offer.talk_over_us or now_us
        tally = offer.queue.tally
        talk_us = over_us - offer.connected_us - offer.held_us
        if not is_test(contact):
            if how not in ASIDE:
                tally.legs += 1
            tally.talk_us += talk_us
            tally.hold_us += offer.held_us
            tally.wrap_up_us += now_us - over_us
            tap.leg_over(world, offer, over_us - offer.connected_us, now_us - over_us)
        leg.talk_ms = talk_us // MILLISECOND_US
        leg.hold_ms = offer.held_us // MILLISECOND_US
        leg.wrap_up_ms = (now_us - over_us) // MILLISECOND_US
    if len(contact.legs) >= world.settings.limits.legs_max:
        _drop_leg(contact)
    contact.legs.append(leg)
    world.changed[contact] = None
    came_free(world, agent, offer if began_us else None)


def _drop_leg(contact: Contact) -> None:
    """Make room: the oldest leg that never came to a talk is the one that tells least."""
    for leg in contact.legs:
        if leg.how != "served":
            contact.legs.remove(leg)
            return


def _put_back(world: World, offer: Offer, how: str, failed: bool) -> None:
    """The contact returns to its old place, unless it rings at somebody else still. One that has waited as long as it
    may is not tried again after `failed`."""
    contact = offer.contact
    let_go(world, offer, how)
    if contact.offers and ringing.rings(contact):
        ringing.look(world, contact)
        return
    world.unstand(contact)
    contact.waited_us = 0
    world.move_contact(contact, "put_back")
    if contact.extra is not None and callbacks.put_back(world, contact, how):
        return
    elsewhere.put_back(world, contact)
    if failed and waited_out(world, contact):
        visits.treat(world, contact, "waited_too_long")
    else:
        visits.stand_in_line(world, contact)


def cancel(world: World, offer: Offer, reason: CancelReason, back: bool) -> None:
    """Withdraw a live offer without blame, and tell both sides. `back`: its contact waits again."""
    states.move(states.OFFER, offer, "cancel")
    world.tell_everyone(offer, OfferCancelled(offer.id, offer.contact.id, reason))
    if back:
        _put_back(world, offer, "cancelled", failed=False)
    else:
        let_go(world, offer, "taken" if reason == "taken" else "cancelled")


def accept(world: World, offer: Offer, by: Peer) -> None:
    """The agent takes it. Where the contact's gateway does not report connecting, that is connecting too; while it is
    away nobody knows whether its customer is there still, and they are not together before it is back."""
    now_us = world.now_us
    contact, agent = offer.contact, offer.agent
    states.move(states.OFFER, offer, "accept")
    if contact.standing is not None or len(contact.offers) > 1:
        _stop_the_others(world, offer)
    world.move_contact(contact, "accept")
    offer.accepted_us = now_us
    contact.waited_us = world.waited_us(contact)
    tap.taken(world, offer)
    contact.missed = None if contact.extra is None else misses_kept(contact)
    if agent.misses:
        agent.misses.clear()
        world.changed[agent] = None
    if contact.peer is not by:
        world.tell(
            contact.peer,
            Accepted(offer.id, contact.id, agent.name, offer.endpoint, offer.endpoint_peer.name),
        )
    callback = callback_book.of(contact) if contact.extra is not None else None
    if callback is not None:  # the customer is not on the line yet: joining is dialling
        start_clock(world, offer, contact.queue.settings.callback.dial_most_us)
        callbacks.for_agent(world, contact, callback, offer)
    elif contact.peer.reports_connecting or contact.peer.awaited():
        start_clock(world, offer, world.channels[offer.channel].connect_us)
    else:
        connect(world, offer, by)


def _stop_the_others(world: World, won: Offer) -> None:
    """The contact rang at several agents and one has taken it: the others are told so, and it is no miss of theirs."""
    world.unstand(won.contact)
    for offer in tuple(won.contact.offers):
        if offer.state == "offered":
            cancel(world, offer, "taken", back=False)


def connect(world: World, offer: Offer, by: Peer) -> None:
    """Customer and agent are joined: talk begins, and the visit counts as answered."""
    contact = offer.contact
    world.deadlines.cancel(offer)
    offer.left_us = -1
    if contact.due_us:
        visits.disarm(world, contact)
    states.move(states.OFFER, offer, "connect")
    world.move_contact(contact, "connect")
    world.leave_line(contact)
    offer.connected_us = world.now_us
    contact.outcome = "answered"
    if contact.extra is not None:
        callbacks.joined(world, contact, offer.accepted_us)
        ticket_clock.taken(world, contact, offer.agent.name)
        announcements.over(world, contact, offer.accepted_us)
    if contact.extra is None or not answered_before(contact):
        count_answered(world, contact)
    if contact.peer.confirms:
        begin_lease(world, offer)
    if world.channels[contact.channel].park_after_us:
        visits.arm(world, contact)
    peer = offer.endpoint_peer
    if peer.failures:
        peer.failures, peer.failed_agent, peer.failed_several = 0, "", False
        world.changed[peer] = None
    if peer is not by or offer.agent.session != peer.key:
        world.tell_agents_side(offer, ConnectedEvent(offer.id, contact.id, offer.agent.name), but=by)


def give_back(world: World, offer: Offer, reason: str, by: Peer | None) -> None:
    """Rejected, not answered or unreachable: the contact returns to its place and passes this agent over; a miss
    counts against the agent, an unreachable device against its gateway."""
    contact, agent = offer.contact, offer.agent
    states.move(states.OFFER, offer, "time_out" if reason == "timed_out" else "reject")
    if contact.missed is None:
        contact.missed = {}
    contact.missed[agent.name] = world.now_us
    if contact.preferred == agent.name:
        contact.preferred = None
    cancelled: CancelReason = "timed_out" if reason == "timed_out" else "agent_busy"
    world.tell_everyone(offer, OfferCancelled(offer.id, contact.id, cancelled), but=by)
    if reason in MISSES:
        contact.queue.tally.missed += not is_test(contact)
        _count_miss(world, agent, offer.channel)
    else:
        contact.retry_us = world.now_us + world.settings.limits.fault_pause_us
    if reason == "unreachable":
        gateway_failed(world, offer)
    _put_back(world, offer, reason, failed=True)
    back_off(world, offer, reason)


def _count_miss(world: World, agent: Agent, channel: str) -> None:
    """RONA: N misses in a row on a channel make the agent not ready."""
    missed = agent.misses.get(channel, 0) + 1
    agent.misses[channel] = missed
    world.changed[agent] = None
    if missed >= world.channels[channel].misses_to_not_ready and agent.state == "available" and not agent.next_state:
        agent.misses.clear()
        agent.next_state, agent.next_reason = "not_ready", "missed"
        release_wanted(world, agent)


def gateway_failed(world: World, offer: Offer) -> None:
    """The endpoint's gateway failed this offer: after several in a row over several agents it is suspended."""
    peer, limits = offer.endpoint_peer, world.settings.limits
    peer.failures += 1
    if not peer.failed_agent:
        peer.failed_agent = offer.agent.name
    elif peer.failed_agent != offer.agent.name:
        peer.failed_several = True
    world.changed[peer] = None
    if peer.failures >= limits.suspend_after_failures and peer.failed_several and not peer.suspended_until_us:
        from router.core.gateways import suspend

        suspend(world, peer)


def connecting_failed(world: World, offer: Offer, faulty: bool, by: Peer | None = None) -> None:
    """Device or media failed while joining: back to its place. `faulty`: it counts against the endpoint's gateway.
    `by`: the gateway that says so; where nobody has, the contact's own must join them no more."""
    states.move(states.OFFER, offer, "fail")
    contact, agent = offer.contact, offer.agent
    if contact.missed is None:
        contact.missed = {}
    contact.missed[agent.name] = world.now_us
    contact.retry_us = world.now_us + world.settings.limits.fault_pause_us
    world.tell_everyone(offer, OfferCancelled(offer.id, contact.id, "withdrawn"), but=by)
    if faulty:
        gateway_failed(world, offer)
    _put_back(world, offer, "failed", failed=True)


def not_reached(world: World, offer: Offer, how: str, why: DialCancelWhy | None) -> None:
    """Accepted, and the customer was not reached: nobody's miss. `why`: the gateway has not said so itself."""
    states.move(states.OFFER, offer, "fail")
    contact = offer.contact
    if why is not None:
        world.tell(contact.peer, DialCancelled(contact.id, why))
    world.tell_agents_side(offer, OfferCancelled(offer.id, contact.id, "withdrawn"), but=contact.peer)
    _put_back(world, offer, how, failed=False)


def talk_over(world: World, offer: Offer, by: Peer | None) -> None:
    """The talk of this leg is over: wrap-up begins, or the agent is free at once."""
    contact, now_us = offer.contact, world.now_us
    states.move(states.OFFER, offer, "talk_over")
    offer.talk_over_us = now_us
    if contact.hold_began_us:
        offer.held_us += now_us - contact.hold_began_us
        contact.hold_began_us = 0
    world.changed[contact] = None
    rule = offer.queue.wrap_ups.get(offer.channel, NO_WRAP_UP)
    if contact.extra is not None and is_consult(contact):
        rule = NO_WRAP_UP
    lasts_us = 0 if rule.mode == "none" else rule.time_us if rule.mode == "timed" else rule.most_us
    goes_on, wrap_up_ms = contact.state != "wrapping", lasts_us // MILLISECOND_US
    if not (by is offer.endpoint_peer and offer.agent.session == offer.endpoint_peer.key):
        told_ms = None if rule.mode == "until_ready" else wrap_up_ms
        world.tell_agents_side(offer, TalkOver(offer.id, contact.id, offer.agent.name, told_ms, goes_on), but=by)
    if by is not None and by is not contact.peer and contact.peer is not offer.endpoint_peer:
        # The agent's side ended the talk: the customer's does not know yet.
        world.tell(contact.peer, TalkOver(offer.id, contact.id, offer.agent.name, wrap_up_ms, goes_on))
    if lasts_us == 0:
        wrapped_up(world, offer)
    else:
        offer.wrap_up_most_us = now_us + max(rule.most_us, lasts_us)
        start_clock(world, offer, lasts_us)


def may_end_early(offer: Offer) -> bool:
    """May the agent end this wrap-up before its time? Its queue says."""
    return offer.queue.wrap_ups.get(offer.channel, NO_WRAP_UP).early_end


def wrapped_up(world: World, offer: Offer) -> None:
    """After-contact work is over: the leg is done; with the last leg of a visit that is over, the visit is."""
    contact = offer.contact
    states.move(states.OFFER, offer, "ready")
    let_go(world, offer, "served")
    if contact.state == "wrapping" and not contact.offers:
        visits.close(world, contact)


def due(world: World, offer: Offer) -> None:
    """The deadline of the offer's present state has come."""
    heard = offer.endpoint_peer.live and offer.contact.peer.live
    if stands_still(offer) and (offer.state != "offered" or heard):
        # The chore that makes it stand still had not come to it yet.
        start_clock(world, offer, 0)
    elif offer.state == "offered":
        if not heard:
            cancel(world, offer, "gateway_lost", back=True)
        elif offer.endpoint_peer.reports_ringing and not offer.rang:
            give_back(world, offer, "unreachable", None)
        else:
            give_back(world, offer, "timed_out", None)
    elif offer.state == "connected":
        from router.core.talks import leases

        leases.due(world, offer)
    elif offer.state == "connecting":
        world.repaired("connecting")
        if callback_book.of(offer.contact) is not None:
            not_reached(world, offer, "failed", "timed_out")
        else:
            connecting_failed(world, offer, faulty=heard)
    elif offer.state == "wrap_up":
        agent, state = offer.agent, offer.agent.state
        if offer.queue.wrap_ups.get(offer.channel, NO_WRAP_UP).mode == "until_ready":
            world.repaired("wrap_up")
        wrapped_up(world, offer)
        if agent.state == state:  # else a pending break or log-out has taken effect, and they were told so
            world.tell_session(agent, AgentState(agent.name, agent.state, agent.reason))
