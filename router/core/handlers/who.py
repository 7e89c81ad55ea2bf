"""Who could take such a contact now, and of the others each: why not?

It decides nothing: whom an offer goes to is for `match` and `dispatch`, and they are asked here as well, so that the
answer is theirs. Each agent is looked at anew: a question of people, never part of a lifecycle.
"""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from router.core import commands as ask
from router.core.dispatch import free_channels, has_room
from router.core.effects import Reply, WhoReply, WhoStatus
from router.core.entities import Agent, Contact, Peer
from router.core.handlers.hands import find
from router.core.handlers.several import find_queue
from router.core.layers.guards import may_be_given
from router.core.line import passed_over
from router.core.match.choose import usable_endpoint
from router.core.needs.able import Able, lacking
from router.core.needs.asked import Asked, asked
from router.core.needs.course import Way, asks_language, course_of
from router.core.needs.want import Want, both, said
from router.core.stored.recording import contact_key
from router.core.world import World
from router.errors import Refused
from router.terms import SECOND_US, WhyNot

PAGE = 1000


class Wish(NamedTuple):
    """What is to be taken."""

    channel: str
    want: Want
    contact: Contact | None = None
    named: str = ""
    """The agent whom it waits for by name: whatever they can do."""


def who(world: World, peer: Peer, command: ask.Who) -> Reply:
    """A page of agents by name, signed in or not."""
    own = asked(command.needs)
    wishes = [_of_words(world, peer, command, own)] if command.contact is None else []
    if command.contact is not None:
        wishes = _of_contact(world, peer, command, own)
    names = sorted(
        name
        for (tenant, name), agent in world.agents.items()
        if tenant == peer.tenant and name > command.after and not (agent.retired and agent.state == "offline")
    )
    page = [_best(world, world.agents[peer.tenant, name], wishes) for name in islice(names, PAGE)]
    asked_of = " or ".join(dict.fromkeys(said(wish.want) for wish in wishes))
    return WhoReply(command.seq, wishes[0].channel, asked_of, page, len(names) > PAGE)


def _of_words(world: World, peer: Peer, command: ask.Who, own: Asked) -> Wish:
    """What a contact would ask that came now."""
    if command.queue is None:
        channel = command.channel or "voice"
        if channel not in world.channels:
            raise Refused("unknown_channel", channel)
        language = Want(languages=((command.language, 1),)) if command.language else Want()
        return Wish(channel, both(own.want, language))
    queue = world.queues.get((peer.tenant, command.queue))
    if queue is None or queue.retired:
        raise Refused("unknown_queue", command.queue)
    channel = command.channel or queue.settings.channels[0]
    find_queue(world, peer, command.queue, channel)
    spoken = command.language if command.language and asks_language(queue.settings) else ""
    course = course_of(queue, Way(channel, own, spoken))
    return Wish(channel, course.wanted(course.begin))


def _of_contact(world: World, peer: Peer, command: ask.Who, own: Asked) -> list[Wish]:
    """What a contact asks that is here: in each of its queues, the one that leads first."""
    contact = find(world, peer, command.contact or "", command.gateway)
    line = contact.line
    if line is None:
        raise Refused("bad_state", contact.state)
    named = contact.direct or ""
    if not named and contact.preferred is not None and contact.standing is not None:
        agent = world.agents.get((peer.tenant, contact.preferred))
        if agent is not None and agent.wanted and agent.wanted.get(line) is contact.standing:
            named = contact.preferred
    return [_at(world, place, own, named) for place in (contact, *(contact.stand_ins or () if not named else ()))]


def _at(world: World, place: Contact, own: Asked, named: str) -> Wish:
    """What it asks at this place."""
    line = place.line
    assert line is not None
    course, want = line.course, line.needs.want
    if place.standing is None and course.streams:
        want = course.wanted(course.state(place.entered_us, line.time(world.now_us)))
    return Wish(place.channel, both(own.want, want), place, named)


def _best(world: World, agent: Agent, wishes: list[Wish]) -> WhoStatus:
    """One agent: by which of the wishes they could take it; else why not the first whose needs they meet."""
    found = [_status(world, agent, wish) for wish in wishes]
    if len(found) == 1:
        return found[0]
    for status, wish in zip(found, wishes, strict=True):
        if wish.contact is not None:
            status.queue = wish.contact.queue.name
    return min(found, key=lambda status: (not status.takes, status.why_not == "needs"))


def _status(world: World, agent: Agent, wish: Wish) -> WhoStatus:
    """One agent."""
    able = Able(agent.traits)
    found = _why_not(world, agent, able, wish)
    status = WhoStatus(agent.name, found is None, agent.team, agent.state)
    if found is not None:
        status.why_not, status.words = found
    if able.meets(wish.want):
        status.level = able.level(wish.want)
        status.preferred = able.preference(wish.want) if wish.want.prefer else None
    return status


def _why_not(world: World, agent: Agent, able: Able, wish: Wish) -> tuple[WhyNot, str] | None:
    """The first reason, as code and in words: what will not pass by itself first. None: they could take it."""
    contact = wish.contact
    if wish.named:
        if agent.name != wish.named:
            return "waits_for", f"it waits for {wish.named}"
    elif not able.meets(wish.want):
        return "needs", lacking(able, wish.want)
    found = _away(world, agent, contact) or _no_device(agent, wish.channel)
    if found is not None:
        return found
    if contact is not None and any(offer.agent is agent for offer in (contact.main or contact).offers):
        return "has_it", "has it, or is offered it"
    if not has_room(world, agent, wish.channel) or wish.channel not in free_channels(world, agent):
        return "no_room", _room(world, agent, wish.channel)
    if contact is not None and contact.line is not None and not wish.named and not may_be_given(agent, contact.line):
        if contact.queue.name in agent.barred:
            return "share", f"has given {contact.queue.name} its share of their time"
        return "kept_idle", "is kept idle for another queue"
    if contact is not None and contact.missed is not None and passed_over(contact, agent, world.now_us):
        return "missed", "missed it, and is passed over for a while"
    return None


def _away(world: World, agent: Agent, contact: Contact | None) -> tuple[WhyNot, str] | None:
    """They are given nothing now."""
    if agent.state == "offline":
        return "not_signed_in", "is not signed in"
    if agent.state == "not_ready":
        return "not_ready", f"is not ready: {agent.reason}" if agent.reason else "is not ready"
    if agent.next_state:
        what = "sign out" if agent.next_state == "offline" else f"be not ready: {agent.next_reason}".rstrip(": ")
        return "about_to_stop", f"is about to {what}"
    if agent.state == "reserved" and (contact is None or agent.reserved_for != contact_key(contact)):
        return "reserved", "is reserved for another contact"
    if agent.backoff is not None:
        left_s = max(0, agent.backoff.due_us - world.now_us) // SECOND_US
        return "backoff", f"is given no offers for {left_s} s more, after {agent.backoff.why}"
    return None


def _no_device(agent: Agent, channel: str) -> tuple[WhyNot, str] | None:
    """Nothing rings, or not now."""
    if usable_endpoint(agent, channel) is not None:
        return None
    if any(channel in endpoint.channels for endpoint in agent.endpoints.values()):
        return "gateway_shut", f"the gateway of the device for {channel} takes no offers now"
    return "no_device", f"has no device for {channel}"


def _room(world: World, agent: Agent, channel: str) -> str:
    """Why one more of the channel is too much."""
    units = world.channels[channel].units if channel in world.channels else 0
    if agent.used + units > agent.capacity:
        return f"has {agent.used} of {agent.capacity} units in use, {channel} needs {units}"
    return f"has as many contacts as go beside one more of {channel}"
