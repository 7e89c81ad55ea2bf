"""The life of an agent: signing in and out, ready and not, endpoints, and what happens when they come free."""

from __future__ import annotations

from router.core import overflow, visits
from router.core.effects import AgentState
from router.core.entities import Agent, Backoff, Endpoint, Offer, Peer
from router.core.layers import timesheets
from router.core.layers.loans import layered
from router.core.line import Needs
from router.core.needs import courses
from router.core.stored.recording import endpoint_key
from router.core.world import World
from router.terms import MILLISECOND_US, BackoffWhy

BACKOFF_WHY: dict[str, BackoffWhy] = {
    "declined": "reject",
    "busy": "busy",
    "no_answer": "no_answer",
    "timed_out": "no_answer",
}
"""Why an offer came back -> the back-off that follows. `unreachable` is its gateway's matter, not the agent's."""


def rest(world: World, agent: Agent) -> None:
    """Idle time starts now; the share of time worked is fixed until the next time."""
    now_us = world.now_us
    agent.free_since_us = now_us
    agent.busy_ppm = agent.worked_us * 1_000_000 // max(1, now_us - agent.signed_in_us)
    world.changed[agent] = None


def engaged(agent: Agent) -> bool:
    """Is the agent busy with a contact that was accepted?"""
    return any(offer.state != "offered" for offer in agent.offers.values())


def log_in(world: World, agent: Agent, session: str, ready: bool, reason: str) -> None:
    """Sign in an offline agent."""
    now_us = world.now_us
    agent.session = session
    agent.signed_in_us = agent.free_since_us = now_us
    agent.worked_us = agent.busy_ppm = 0
    agent.misses.clear()
    agent.next_state = agent.next_reason = ""
    world.move_agent(agent, "log_in_ready" if ready else "log_in", "" if ready else reason)
    agent.made_ready_us = now_us
    if world.layers.sheets:
        timesheets.renew(world, agent)
        timesheets.turned(world, agent)
    enrol(world, agent)
    world.loose_agents[agent] = None
    if not ready:
        release_wanted(world, agent)


def enrol(world: World, agent: Agent) -> None:
    """Give a signed-in agent the profile of their skills and the channels of their endpoints."""
    channels = sorted({channel for endpoint in agent.endpoints.values() for channel in endpoint.channels})
    profile = agent.profile
    if profile is not None and profile.key == (agent.tenant, agent.traits, tuple(channels), agent.barred):
        return
    scarce = world.roster.leave(agent)
    world.roster.join(agent, tuple(channels))
    _after_leaving(world, scarce)
    if agent.wanted:
        _release_unable(world, agent)


def _release_unable(world: World, agent: Agent) -> None:
    """The agent has lost a skill or a device: who preferred them and asks for it joins the line."""
    for line, order in list(agent.wanted.items()) if agent.wanted is not None else ():
        if agent.profile is None or agent.profile not in line.needs.profiles:
            for contact in [entry[2] for entry in order]:
                if contact.direct is None:
                    world.unstand(contact)
                    visits.stand_in_line(world, contact)


def take_skills(world: World, agent: Agent) -> None:
    """The agent's skills have changed. What rings or talks goes on; they look for a contact if they are free."""
    if world.roster.people:
        world.roster.dirty[agent] = None
    agent.skills = layered(agent.configured, agent.by_hand, agent.grants)
    if world.layers.sheets:
        # By another team, others may be about them.
        timesheets.renew(world, agent)
    if agent.profile is not None:
        enrol(world, agent)
        world.loose_agents[agent] = None


def unlend(world: World, agent: Agent, key: str) -> None:
    """They are not lent by this layer any more; their skills are the caller's to renew."""
    agent.lent = {known: since_us for known, since_us in agent.lent.items() if known != key}
    agent.grants = {known: grant for known, grant in agent.grants.items() if known != key}
    world.layers.loans.lent[key].pop(agent, None)


def log_out(world: World, agent: Agent) -> None:
    """Sign out at once. Their engagements, if any, go on to their end."""
    world.move_agent(agent, "log_out", "")
    timesheets.turned(world, agent)
    if agent.lent:
        for key in list(agent.lent):
            unlend(world, agent, key)
        agent.skills = layered(agent.configured, agent.by_hand, agent.grants)
    agent.next_state = agent.next_reason = ""
    end_backoff(world, agent)
    _after_leaving(world, world.roster.leave(agent))
    release_wanted(world, agent)


def _after_leaving(world: World, scarce: list[Needs]) -> None:
    """Those who waited for skills that nobody signed in has now; and the one agent left who has them is not passed over
    any more, so looks again if free."""
    if world.roster.hoping:
        # Whom they hoped for may be gone as well.
        world.unmet.update(world.roster.hoping)
        world.roster.hoping.clear()
    for needs in scarce:
        if needs.staffed == 1:
            for pool in needs.ready.values():
                for order in pool.orders.values():
                    if order.first is not None:
                        world.loose_agents[order.first[3]] = None
        elif needs.staffed == 0:
            for line in needs.lines:
                if line.members:
                    courses.leave_unstaffed(world, line)


def release_wanted(world: World, agent: Agent) -> None:
    """The agent is on a break or gone: who preferred them joins the line; who is direct to them goes on waiting, unless
    the queue lets them overflow, or they are gone and it has a treatment for that: then they are due now, and go in
    slices, as deadlines do. For one who never comes back nobody waits."""
    if not agent.wanted:
        return
    waiting = [entry[2] for order in agent.wanted.values() for entry in order]
    waiting.sort(key=lambda contact: contact.number)
    for contact in waiting:
        if contact.direct is None or overflow.never_comes(agent):
            world.unstand(contact)
            visits.stand_in_line(world, contact)
        elif agent.state == "offline" or overflow.overflows(world, contact):
            visits.arm(world, contact)


def become_ready(world: World, agent: Agent) -> None:
    """A break ends, a pending change is dropped, misses are forgiven."""
    agent.next_state = agent.next_reason = ""
    agent.misses.clear()
    agent.made_ready_us = world.now_us
    end_backoff(world, agent)
    if agent.state == "not_ready":
        world.move_agent(agent, "ready", "")
        timesheets.turned(world, agent)
        if world.settings.break_resets_idle:
            rest(world, agent)
    world.changed[agent] = None
    world.loose_agents[agent] = None


def back_off(world: World, offer: Offer, reason: str) -> None:
    """The agent did not take an offer: where its queue or channel says so they are given no other for a while."""
    why, agent = BACKOFF_WHY.get(reason), offer.agent
    if why is None or agent.state != "available" or agent.next_state:
        # Who is not ready anyway ends that by saying so, and a back-off with it.
        return
    queue, channel = offer.queue.settings, world.channels[offer.channel]
    if why == "reject":
        lasts_us = queue.backoff_reject_us or channel.backoff_reject_us
    elif why == "busy":
        lasts_us = queue.backoff_busy_us or channel.backoff_busy_us
    else:
        lasts_us = queue.backoff_no_answer_us or channel.backoff_no_answer_us
    if lasts_us:
        pause_offers(world, agent, why, lasts_us)


def pause_offers(world: World, agent: Agent, why: BackoffWhy, lasts_us: int) -> None:
    """They are given no offers for so long, unless they are given none for longer already: then by what they did last,
    so that a breather that ends early leaves what they asked for."""
    until_us = world.now_us + lasts_us
    if agent.backoff is not None and agent.backoff.due_us >= until_us:
        agent.backoff.why = why
        world.changed[agent] = None
        return
    if agent.backoff is None:
        agent.backoff = Backoff(agent, why)
        world.resting[agent] = None
    agent.backoff.why = why
    world.set_due(agent.backoff, until_us)
    world.roster.withdraw(agent)
    world.changed[agent] = None
    told = AgentState(agent.name, agent.state, agent.reason, why, lasts_us // MILLISECOND_US)
    world.tell_session(agent, told)


def end_backoff(world: World, agent: Agent) -> None:
    """They may be given offers again."""
    if agent.backoff is not None:
        world.deadlines.cancel(agent.backoff)
        agent.backoff = None
        del world.resting[agent]
        world.changed[agent] = None


def backoff_due(world: World, backoff: Backoff) -> None:
    """The time is over: they look for work."""
    agent = backoff.agent
    del world.resting[agent]
    agent.backoff = None
    world.changed[agent] = None
    world.loose_agents[agent] = None


def go(world: World, agent: Agent, state: str, reason: str) -> None:
    """Take a break (`not_ready`) or sign out (`offline`): now, or when no longer engaged."""
    if engaged(agent):
        agent.next_state, agent.next_reason = state, reason
        world.roster.withdraw(agent)
        world.changed[agent] = None
        release_wanted(world, agent)
        if agent.reserved_for:
            world.loose_agents[agent] = None
        return
    _take(world, agent, state, reason)


def dismiss(world: World, agent: Agent) -> None:
    """Sign an agent out whom the settings do not know any more: now, or when no longer engaged."""
    go(world, agent, "offline", "")
    world.tell_session(agent, AgentState(agent.name, agent.state, agent.reason))


def take_next_state(world: World, agent: Agent) -> None:
    """The pending change takes effect."""
    state, reason = agent.next_state, agent.next_reason
    agent.next_state = agent.next_reason = ""
    _take(world, agent, state, reason)
    world.tell_session(agent, AgentState(agent.name, agent.state, agent.reason))


def _take(world: World, agent: Agent, state: str, reason: str) -> None:
    if agent.reserved_for:
        world.loose_agents[agent] = None
    if state == "offline":
        log_out(world, agent)
        return
    world.roster.withdraw(agent)
    if agent.state == "not_ready":
        agent.reason = reason
        agent.since_us = world.now_us
        world.changed[agent] = None
        world.tell_monitors_of(agent)
    else:
        world.move_agent(agent, "not_ready", reason)
        timesheets.turned(world, agent)
    release_wanted(world, agent)


def attach(world: World, peer: Peer, address: str, agent: Agent, channels: tuple[str, ...]) -> Endpoint:
    """A new endpoint of `peer` serves `agent`."""
    endpoint = Endpoint(address, peer, agent, world.number(), channels)
    peer.endpoints[address] = endpoint
    agent.endpoints[endpoint_key(endpoint)] = endpoint
    world.changed[endpoint] = None
    _channels_changed(world, agent)
    return endpoint


def detach(world: World, endpoint: Endpoint) -> None:
    """The endpoint is gone; the agent loses its channels, and its outside work is over."""
    agent = endpoint.agent
    if endpoint.outside:
        end_outside(world, endpoint)
    del endpoint.peer.endpoints[endpoint.address]
    del agent.endpoints[endpoint_key(endpoint)]
    world.changed.pop(endpoint, None)
    world.dropped.append(("endpoint", endpoint_key(endpoint)))
    _channels_changed(world, agent)


def _channels_changed(world: World, agent: Agent) -> None:
    if agent.profile is not None:
        enrol(world, agent)
        world.loose_agents[agent] = None


def begin_outside(world: World, endpoint: Endpoint, kind: str, units: int) -> None:
    """Outside work takes capacity, beyond what the engine gave too: I5 counts only the engine's units."""
    if endpoint.outside:
        end_outside(world, endpoint)
    endpoint.outside, endpoint.outside_units, endpoint.outside_since_us = kind, units, world.now_us
    endpoint.agent.used += units
    if world.roster.people:
        world.roster.dirty[endpoint.agent] = None
    world.changed[endpoint] = None
    world.tell_monitors_of(endpoint.agent)
    world.loose_agents[endpoint.agent] = None


def end_outside(world: World, endpoint: Endpoint) -> None:
    """Outside work is over: it counts in occupancy."""
    agent = endpoint.agent
    agent.used -= endpoint.outside_units
    if world.roster.people:
        world.roster.dirty[agent] = None
    world.tell_monitors_of(agent)
    lasted_us = world.now_us - endpoint.outside_since_us
    agent.worked_us += lasted_us * endpoint.outside_units // max(1, agent.capacity)
    timesheets.worked(world, agent, "", endpoint.outside_since_us, endpoint.outside_units)
    endpoint.outside, endpoint.outside_units, endpoint.outside_since_us = "", 0, 0
    world.changed[endpoint] = None
    rest(world, agent)
    world.loose_agents[agent] = None
