"""What gateways and desks tell of agents (people) and endpoints (devices)."""

from __future__ import annotations

from router.core import commands as ask
from router.core import offers, people
from router.core.effects import AgentState, Displaced, Ok, Reply
from router.core.entities import Agent, Contact, Endpoint, Peer
from router.core.handlers.contacts import legs_of, worked_by
from router.core.world import World
from router.errors import Refused
from router.terms import CancelReason


def signed_in(world: World, peer: Peer, name: str) -> Agent:
    """The agent, signed in, for whom the sender may speak: their session or one of their endpoints is there."""
    agent = world.agent(peer.tenant, name)
    if agent.state == "offline":
        raise Refused("not_logged_in", name)
    if agent.session != peer.key and all(endpoint.peer is not peer for endpoint in agent.endpoints.values()):
        raise Refused("not_yours", name)
    return agent


def known_reason(world: World, reason: str) -> None:
    """A reason for a break that the configuration lists, or `Refused`."""
    if reason not in world.settings.not_ready_reasons:
        raise Refused("unknown_reason", reason)


def log_in(world: World, peer: Peer, command: ask.LogIn) -> Reply:
    """Sign in, or move the session here."""
    agent = world.agent(peer.tenant, command.agent)
    if not command.ready:
        known_reason(world, command.reason)
    if agent.state == "offline":
        people.log_in(world, agent, peer.key, command.ready, command.reason)
        return Ok(command.seq)
    if agent.session != peer.key:
        world.tell_session(agent, Displaced(agent.name, peer.name))
        agent.session = peer.key
        world.changed[agent] = None
    before = agent.next_state
    if before == "offline":
        agent.next_state = agent.next_reason = ""
        world.changed[agent] = None
        world.loose_agents[agent] = None
    if command.ready:
        people.become_ready(world, agent)
    _tell_next(world, agent, before, peer)
    return Ok(command.seq)


def _tell_next(world: World, agent: Agent, before: str, by: Peer) -> None:
    """What follows their present work is another than `before`: where they are signed in it is shown, whoever asked."""
    if agent.next_state != before and agent.state != "offline" and agent.session != by.key:
        told = AgentState(agent.name, agent.state, agent.reason)
        told.next_state = agent.next_state
        world.tell_session(agent, told)


def log_out(world: World, peer: Peer, command: ask.LogOut) -> Reply:
    """Sign out, now or when no longer engaged."""
    agent = signed_in(world, peer, command.agent)
    before = agent.next_state
    people.go(world, agent, "offline", "")
    _tell_next(world, agent, before, peer)
    withdraw_offers(world, agent, "agent_logged_out")
    return Ok(command.seq)


def withdraw_offers(world: World, agent: Agent, reason: CancelReason) -> None:
    """An offer that rings is rejected by leaving; it is no miss."""
    for offer in list(agent.offers.values()):
        if offer.state == "offered":
            offers.cancel(world, offer, reason, back=True)


def ready(world: World, peer: Peer, command: ask.Ready) -> Reply:
    """Wrap-up over, break over."""
    agent = signed_in(world, peer, command.agent)
    wrapping = [offer for offer in agent.offers.values() if offer.state == "wrap_up"]
    if command.contact is not None:
        contact = worked_by(world, peer, command.contact, command.gateway)
        legs = legs_of(contact, peer) if isinstance(contact, Contact) else []
        wrapping = [offer for offer in wrapping if offer in legs]
        if not wrapping:
            raise Refused("bad_state", command.contact)
    pending = agent.next_state
    if command.contact is None and pending == "not_ready":
        agent.next_state = agent.next_reason = ""
    for offer in wrapping:
        if offers.may_end_early(offer):
            offers.wrapped_up(world, offer)
    if agent.state == "offline" or (pending and command.contact is not None):
        # The log-out that was pending took effect with the last wrap-up; or one piece of work is over, and the break
        # that was asked for meanwhile is not taken back by that.
        return Ok(command.seq)
    people.become_ready(world, agent)
    _tell_next(world, agent, pending, peer)
    return Ok(command.seq)


def not_ready(world: World, peer: Peer, command: ask.NotReady) -> Reply:
    """A break, now or when no longer engaged."""
    agent = signed_in(world, peer, command.agent)
    known_reason(world, command.reason)
    before = agent.next_state
    people.go(world, agent, "not_ready", command.reason)
    _tell_next(world, agent, before, peer)
    withdraw_offers(world, agent, "agent_not_ready")
    return Ok(command.seq)


def attach(world: World, peer: Peer, command: ask.Attach) -> Reply:
    """A device serves an agent."""
    agent = world.agent(peer.tenant, command.agent)
    check_channels(world, command.channels)
    known = peer.endpoints.get(command.endpoint)
    if known is not None:
        if known.agent is not agent:
            raise Refused("address_taken", known.agent.name)
        if known.channels == command.channels:
            return Ok(command.seq)
        withdraw_from(world, known)
        people.detach(world, known)
    people.attach(world, peer, command.endpoint, agent, command.channels)
    return Ok(command.seq)


def check_channels(world: World, channels: tuple[str, ...]) -> None:
    """Every channel is of the configuration, or `Refused`."""
    for channel in channels:
        if channel not in world.channels:
            raise Refused("unknown_channel", channel)


def _endpoint(peer: Peer, address: str) -> Endpoint:
    endpoint = peer.endpoints.get(address)
    if endpoint is None:
        raise Refused("unknown_endpoint", address)
    return endpoint


def withdraw_from(world: World, endpoint: Endpoint) -> None:
    """Offers that ring on this device are withdrawn without a miss."""
    for offer in list(endpoint.agent.offers.values()):
        if offer.state == "offered" and offer.endpoint_peer is endpoint.peer and offer.endpoint == endpoint.address:
            offers.cancel(world, offer, "agent_busy", back=True)


def detach(world: World, peer: Peer, command: ask.Detach) -> Reply:
    """A device is gone."""
    endpoint = _endpoint(peer, command.endpoint)
    people.detach(world, endpoint)
    withdraw_from(world, endpoint)
    return Ok(command.seq)


def occupy(world: World, peer: Peer, command: ask.Occupy) -> Reply:
    """Outside work begins."""
    endpoint = _endpoint(peer, command.endpoint)
    agent = endpoint.agent
    if command.units > agent.capacity:
        raise Refused("too_many_units", f"capacity {agent.capacity}")
    people.begin_outside(world, endpoint, command.kind, command.units)
    for offer in list(agent.offers.values()):
        if offer.state == "offered" and agent.used > agent.capacity:
            offers.cancel(world, offer, "agent_busy", back=True)
    return Ok(command.seq)


def release(world: World, peer: Peer, command: ask.Release) -> Reply:
    """Outside work is over. Said again it is ok again."""
    endpoint = _endpoint(peer, command.endpoint)
    if endpoint.outside:
        people.end_outside(world, endpoint)
    return Ok(command.seq)
