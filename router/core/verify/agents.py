"""The part of `world.py` that is about agents: what they hold, where they stand free, and who could take what.

Everything is counted again from the agents' own fields; the pools, counts and indices of the roster are what is
checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from router.core.entities import Agent, Contact, Endpoint
from router.core.line import Needs
from router.core.moments import waited_out
from router.core.roster import Profile
from router.core.verify.consults import asks
from router.core.verify.hours import is_emptied
from router.core.verify.kept import is_kept_from
from router.core.verify.needs import able, meets
from router.core.world import World

Found: TypeAlias = Iterator[tuple[str, str]]


def check_agent(world: World, agent: Agent) -> Found:
    """Capacity (I5), state, and the pools they stand in."""
    name = f"agent {agent.name} {agent.state}"
    engaged = sum(offer.units for offer in agent.offers.values())
    outside = sum(endpoint.outside_units for endpoint in agent.endpoints.values())
    if agent.used != engaged + outside:
        yield "I5", f"{name}: {agent.used} units counted, {engaged} engaged and {outside} outside found"
    given = [offer for offer in agent.offers.values() if offer.ring_us]
    beneath = {
        channel for offer in given if (known := world.channels.get(offer.channel)) for channel in known.interrupts
    }
    units = sum(offer.units for offer in given if offer.channel not in beneath)
    # What was given under an earlier version is finished, though the agent may hold less by now.
    decided_now = any(offer.version == world.settings.version for offer in given)
    if units > agent.capacity and decided_now:
        yield "I5", f"{name}: {units} units given of {agent.capacity}"
    for channel in world.channels:
        most = _most_at_once(world, agent, channel)
        if _held(agent, channel) > most and decided_now:
            yield "I5", f"{name}: {_held(agent, channel)} contacts on {channel}, at most {most}"
    if decided_now and len(given) > 1 and any(offer.channel in world.exclusive for offer in given):
        yield "I5", f"{name}: something beside an exclusive contact"
    if any(world.offers.get(offer.id) is not offer for offer in agent.offers.values()):
        yield "index", f"{name}: holds an offer that is not known"
    if agent.next_state and all(offer.state == "offered" for offer in agent.offers.values()):
        yield "L2", f"{name}: {agent.next_state} is pending, and nothing is in its way"
    for endpoint in agent.endpoints.values():
        if endpoint.agent is not agent or endpoint.peer.endpoints.get(endpoint.address) is not endpoint:
            yield "index", f"{name}: endpoint {endpoint.address} is not theirs, or gone"
    if (agent.state == "reserved") != bool(agent.reserved_for):
        yield "L2", f"{name}: reserved for {agent.reserved_for!r}"
    if agent.state == "reserved" and (agent not in world.reservations.values() or not world.deadlines.holds(agent)):
        yield "L2", f"{name}: reserved, and for nobody or without a limit"
    yield from _profile_of(world, agent, name)
    yield from _pools_of(world, agent, name)


def check_endpoint(_: World, endpoint: Endpoint) -> Found:
    """Its agent has it, once."""
    if list(endpoint.agent.endpoints.values()).count(endpoint) != 1:
        yield "index", f"endpoint {endpoint.peer.key}/{endpoint.address}: {endpoint.agent.name} does not have it"


def _profile_of(world: World, agent: Agent, name: str) -> Found:
    profile = agent.profile
    if profile is None:
        if agent.state != "offline":
            yield "index", f"{name}: has no profile"
        return
    channels = {channel for endpoint in agent.endpoints.values() for channel in endpoint.channels}
    key = (agent.tenant, agent.traits, tuple(sorted(channels)), agent.barred)
    if agent.state == "offline" or profile.key != key or world.roster.profiles.get(key) is not profile:
        yield "index", f"{name}: profile {profile.key}, traits and channels {key}"


def _pools_of(world: World, agent: Agent, name: str) -> Found:
    """They stand in exactly the pools of the channels that they could take, with what they are sorted by now."""
    channels = agent.profile.pools if agent.profile is not None else ()
    free = {channel for channel in channels if _has_room(world, agent, channel) and _reached(agent, channel)}
    if free != set(agent.places):
        # While an endpoint's gateway is being opened or shut the agent may have had their turn, or not.
        settled = [endpoint for endpoint in agent.endpoints.values() if not endpoint.peer.chore]
        if len(settled) == len(agent.endpoints):
            yield "I10", f"{name}: could take {sorted(free)}, stands for {sorted(agent.places)}"
    for channel, (pool, entries) in agent.places.items():
        for (kind, order), entry in zip(pool.orders.items(), entries, strict=True):
            if entry[:3] != (agent.used, getattr(agent, kind), agent.number) or entry not in order:
                yield "index", f"{name}: stands as {entry[:3]} by {kind} for {channel}"


def _held(agent: Agent, channel: str) -> int:
    return sum(1 for offer in agent.offers.values() if offer.channel == channel and offer.ring_us)


def _most_at_once(world: World, agent: Agent, channel: str) -> int:
    return (agent.most_at_once or {}).get(channel, world.channels[channel].most_at_once)


def _has_room(world: World, agent: Agent, channel: str) -> bool:
    settings = world.channels.get(channel)
    if settings is None or agent.state != "available" or agent.next_state or agent.backoff is not None:
        return False
    held = [offer.channel for offer in agent.offers.values()]
    if any(other in world.exclusive for other in held) or (settings.exclusive and agent.used):
        return False
    beneath = sum(offer.units for offer in agent.offers.values() if offer.channel in settings.interrupts)
    over = held.count(channel) < settings.interrupts_most
    room = agent.used + settings.units - (beneath if over else 0) <= agent.capacity
    return room and held.count(channel) < _most_at_once(world, agent, channel)


def _reached(agent: Agent, channel: str) -> bool:
    return any(channel in endpoint.channels and takes_part(endpoint) for endpoint in agent.endpoints.values())


def takes_part(endpoint: Endpoint) -> bool:
    """Is the endpoint's gateway open as far as this endpoint?"""
    return endpoint.number <= endpoint.peer.reach


def is_idle_for(world: World, agent: Agent, contact: Contact) -> bool:
    """Could this agent be offered this waiting contact right now (I10)? Asked when nothing is done in slices."""
    if contact.standing is None or not contact.peer.open or not _has_room(world, agent, contact.channel):
        return False
    if not any(
        contact.channel in endpoint.channels and takes_part(endpoint) and endpoint.peer.open
        for endpoint in agent.endpoints.values()
    ):
        return False
    if asks(contact, agent):
        return False
    named = contact.direct or contact.preferred
    if agent.tenant != contact.peer.tenant or (named is not None and named != agent.name):
        return False
    line = contact.line
    if line is None or (named is None and not meets(agent.traits, line.needs.want)):
        return False
    if named is None and contact.queue.name in agent.barred:
        return False
    if agent.profile is not None and agent.profile.kept and is_kept_from(world, agent, contact):
        return False
    missed_us = (contact.missed or {}).get(agent.name)
    if contact.state == "offered":
        # It rings. Who missed it may be forgiven in the meantime without being asked again.
        rings_at = {offer.agent.name for offer in contact.offers}
        ends = waited_out(world, contact) or is_emptied(world, contact.queue)
        return missed_us is None and agent.name not in rings_at and not ends
    if missed_us is None or agent.made_ready_us > missed_us:
        return True
    if world.now_us >= missed_us + contact.queue.settings.miss_hold_us:
        return True
    return contact.direct is None and world.now_us >= contact.retry_us and len(able(world, line.needs)) <= 1


def check_profile(_: World, profile: Profile) -> Found:
    """Its pools hold whom they count. How many agents it has is counted again by `verify` alone."""
    if profile.agents <= 0:
        yield "index", f"profile {profile.key}: kept for {profile.agents} agents"
    for channel, pool in profile.pools.items():
        for kind, order in pool.orders.items():
            standing = [entry[3] for entry in order]
            if len(standing) != pool.free or any(agent.profile is not profile for agent in standing):
                yield "index", f"profile {profile.key} {channel}: {pool.free} free, {len(standing)} by {kind}"
            if any(channel not in agent.places for agent in standing):
                yield "index", f"profile {profile.key} {channel}: holds one who does not stand there"


def check_needs(world: World, needs: Needs) -> Found:
    """Which profiles meet the needs, who of them is free, and how many are signed in."""
    name, (tenant, channel, want) = f"needs {needs.key}", needs.key
    meeting = [
        profile
        for profile in world.roster.profiles.values()
        if profile.key[0] == tenant and channel in profile.key[2] and meets(profile.key[1], want)
    ]
    if {profile.key for profile in needs.profiles} != {profile.key for profile in meeting}:
        yield "index", f"{name}: known to meet it {len(needs.profiles)}, found {len(meeting)}"
    ready = {profile.key: pool.free for profile, pool in needs.ready.items()}
    free = {profile.key: profile.pools[channel].free for profile in meeting if profile.pools[channel].free}
    if ready != free:
        yield "index", f"{name}: ready {ready}, free {free}"
    if needs.staffed != sum(profile.agents for profile in meeting):
        yield "index", f"{name}: {needs.staffed} staffed, {sum(profile.agents for profile in meeting)} found"
    if any(needs not in profile.pools[channel].needs for profile in meeting):
        yield "index", f"{name}: a pool does not know it"
    if not needs.lines and world.crossing is None:
        yield "index", f"{name}: nobody asks it"
