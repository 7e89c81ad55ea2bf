"""Settling a step: whoever came to wait, or came free, in it finds the other.

When a step begins nothing is left to match (no able free agent while a contact they may take waits), so only what the
step set loose has to look: an arrival for the best free agent, an agent for the most urgent contact.
"""

from __future__ import annotations

from router.core import offers, reservations
from router.core import settings as of
from router.core.callbacks import turns as callback_turns
from router.core.entities import Agent, Contact
from router.core.estimates import tap, virtual
from router.core.layers import kept_idle
from router.core.layers.guards import spares
from router.core.line import Line, passed_over
from router.core.match.choose import agent_for, contact_for, usable_endpoint
from router.core.needs import courses
from router.core.needs import slices as course_slices
from router.core.partners import partners
from router.core.places import several
from router.core.ringing import may_yet, ring_for
from router.core.visits import is_sent_away, treat
from router.core.world import World


def settle(world: World) -> None:
    """Match everything that came loose. Effects of offers follow the reply of the command that caused them."""
    _match(world)
    if world.roster.easing and not world.roster.stirred:
        course_slices.ease(world, _match_again)
    roster = world.roster
    while (
        world.heads or roster.stirred or roster.spared or roster.loosened or world.partners.stirred or world.loose_rings
    ):
        if world.partners.stirred:
            partners.work(world)
        reservations.look(world)
        kept_idle.look(world)
        if world.loose_agents or world.loose_contacts or world.loose_rings:
            _match(world)
        if world.roster.stirred:
            # What some step waits on has changed by this: lines may give way, and their contacts look again.
            courses.stir(world)
            course_slices.ease(world, _match_again)


def _match_again(world: World) -> None:
    """Match those who look once more: they have waited before, and are nothing new to estimates."""
    world.estimates.quiet = True
    _match(world)
    world.estimates.quiet = False


def _match(world: World) -> None:
    agents, contacts = world.loose_agents, world.loose_contacts
    if contacts:
        for contact in contacts:
            # The list may grow meanwhile: who is sent on to another queue stands there.
            if contact.queue.door is not None and contact.state == "waiting" and contact.standing is not None:
                _send_away(world, contact)
        # Whoever came free in the same step stands with the others first, so that the agent choice sees them all.
        for agent in agents:
            refresh(world, agent)
        world.loose_contacts = []
        for contact in contacts:
            _settle_contact(world, contact, bool(agents) or len(contacts) > 1)
    if agents:
        world.loose_agents = {}
        for agent in agents:
            _settle_agent(world, agent)
    if world.loose_rings and not (world.roster.spared or world.roster.loosened):
        # Who is kept idle no more looks at those who wait before that.
        _ring_more(world)


def _send_away(world: World, contact: Contact) -> None:
    """Back in a queue that has closed meanwhile: it goes, and is offered to nobody."""
    if contact.peer.open and is_sent_away(world, contact):
        treat(world, contact, "closed")


def _ring_more(world: World) -> None:
    """Once everybody who waits has been looked at, those who ring at fewer agents than they may take one more, and one
    more, of who is still free."""
    rung, world.loose_rings = world.loose_rings, {}
    for contact in rung:
        while contact.standing is not None and contact.state == "offered" and may_yet(world, contact):
            agent = agent_for(contact, world.now_us)
            if agent is None:
                break
            offers.make(world, contact, agent)
            refresh(world, agent)
    world.loose_rings.clear()


def free_channels(world: World, agent: Agent) -> list[str]:
    """The channels of which the agent could take one more contact now."""
    profile = agent.profile
    if profile is None or agent.state != "available" or agent.next_state:
        return []
    if agent.used >= agent.capacity and not world.interrupting:
        return []
    if world.exclusive and _holds_exclusive(world, agent):
        return []
    if agent.backoff is not None:
        return []
    channels = []
    for channel in profile.pools:
        if _can_take(world, agent, channel):
            channels.append(channel)  # noqa: PERF401  # a comprehension is a call more in this, the hottest of paths
    return channels


def refresh(world: World, agent: Agent) -> None:
    """Let the agent stand in exactly the pools of the channels that they could take."""
    profile = agent.profile
    if profile is None:
        return
    free = free_channels(world, agent)
    if not free:
        if agent.places:
            world.roster.withdraw(agent)
        return
    for channel in profile.pools:
        if channel in free:
            world.roster.place(agent, channel)
        else:
            if profile.kept and channel in agent.places:
                # Not kept for that any more: what they could not be given a moment ago may be theirs now.
                world.roster.loosened[agent] = None
            world.roster.unplace(agent, channel)


def _can_take(world: World, agent: Agent, channel: str) -> bool:
    settings = world.channels.get(channel)
    if settings is None or (agent.used + settings.units > agent.capacity and not _may_interrupt(agent, settings)):
        return False
    if settings.exclusive and agent.used:
        return False
    most = settings.most_at_once
    if agent.most_at_once is not None:
        most = agent.most_at_once.get(channel, most)
    if len(agent.offers) >= most and held_of(agent, channel) >= most:
        return False
    # Whose gateway is being shut stays in its pools until the chore has come to them: nothing but the reach decides.
    for endpoint in agent.endpoints.values():
        if channel in endpoint.channels and endpoint.number <= endpoint.peer.reach:
            return True
    return False


def has_room(world: World, agent: Agent, channel: str) -> bool:
    """Could the agent hold one more contact of the channel, ready for offers or not?"""
    return not (world.exclusive and _holds_exclusive(world, agent)) and _can_take(world, agent, channel)


def _has_room_reserved(world: World, agent: Agent) -> bool:
    """Has a reserved agent room by now for the contact that they are reserved for?"""
    for contact, reserved in world.reservations.items():
        if reserved is agent:
            return has_room(world, agent, contact.channel)
    return False


def _holds_exclusive(world: World, agent: Agent) -> bool:
    """Has the agent a contact beside which nothing else is given?"""
    return any(offer.channel in world.exclusive for offer in agent.offers.values())


def held_of(agent: Agent, channel: str) -> int:
    """Contacts of that channel that the agent has, from the offer to the end of wrap-up."""
    return sum(1 for offer in agent.offers.values() if offer.channel == channel)


def _may_interrupt(agent: Agent, settings: of.Channel) -> bool:
    """Is there room for a contact of this channel, if those that it may interrupt are left out?"""
    if not settings.interrupts or held_of(agent, settings.name) >= settings.interrupts_most:
        return False
    units = sum(offer.units for offer in agent.offers.values() if offer.channel in settings.interrupts)
    return agent.used - units + settings.units <= agent.capacity


def _open_channels(world: World, agent: Agent) -> list[str]:
    """The channels on which the agent could be offered one more contact now."""
    channels = free_channels(world, agent)
    if world.chores:
        channels = [channel for channel in channels if usable_endpoint(agent, channel) is not None]
    return channels


def _settle_contact(world: World, contact: Contact, beside_free_agents: bool) -> None:
    """Find an agent for a contact that just came to stand. Where agents came free in the same step, the chosen one
    takes the most urgent contact, which may be another; then the next best is asked. So it is where several contacts
    came to stand in one step."""
    while contact.standing is not None and contact.state == "waiting" and contact.peer.open:
        line = contact.line
        if line is not None and contact.standing is line.order:
            agent = agent_for(contact, world.now_us)
            if agent is None:
                tap.waits(world, line)
                _count_withheld(world, line)
                return
        else:
            agent = _named(world, contact)
        if agent is None:
            return
        taken: Contact | None = contact
        if beside_free_agents:
            taken = contact_for(agent, _open_channels(world, agent), world.now_us)
        if taken is None:
            return
        if taken.main is not None:
            taken = several.lead(world, taken)
        offers.make(world, taken, agent)
        refresh(world, agent)
        if world.callbacks:
            callback_turns.passed_by(world, agent, taken)


def _count_withheld(world: World, line: Line) -> None:
    """Nobody is found: was somebody able free, and not to be given?"""
    for profile in line.needs.ready:
        if (profile.kept or profile.barred) and not spares(profile, line):
            why = "share" if line.queue.name in profile.barred else "kept_idle"
            world.tally.withheld[why] = world.tally.withheld.get(why, 0) + 1
            return


def _named(world: World, contact: Contact) -> Agent | None:
    """The agent whom this contact waits for by name, if they can take it now."""
    name = contact.direct or contact.preferred or ""
    agent = world.agents.get((contact.peer.tenant, name))
    if (
        agent is not None
        and contact.channel in agent.places
        and usable_endpoint(agent, contact.channel) is not None
        and not passed_over(contact, agent, world.now_us)
    ):
        return agent
    return None


def _settle_agent(world: World, agent: Agent) -> None:
    """Let a free agent take what they can; then they stand free with what capacity is left."""
    if agent.reserved_for:
        reservations.settle(world, agent, _has_room_reserved(world, agent))
    while agent.used < agent.capacity or world.interrupting:
        channels = _open_channels(world, agent)
        contact = contact_for(agent, channels, world.now_us) if channels else None
        if contact is None and world.ringing and channels:
            contact = ring_for(world, agent, channels)
        if contact is None:
            refresh(world, agent)
            if world.estimates.ghosts:
                virtual.idle(world, agent)
            if world.callbacks:
                callback_turns.serve_idle(world, agent)
            return
        if contact.main is not None:
            contact = several.lead(world, contact)
        offers.make(world, contact, agent)
        if world.callbacks:
            callback_turns.passed_by(world, agent, contact)
    if agent.places:
        world.roster.withdraw(agent)
