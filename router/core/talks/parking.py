"""Parked contacts, and contacts that change their channel: off the agents' hands, and back to the same agent first.

A parked contact costs its agent nothing. It comes back at the place that it has earned: the time waited before it was
answered counts on, the time with an agent and the time parked do not. So a customer who writes again after an hour
stands where a caller stands who has waited as long as they did, and not before everybody.
"""

from __future__ import annotations

from router.core import counted, offers, states, visits
from router.core.doors.hours import take_clock
from router.core.effects import ParkedEvent, TalkOver
from router.core.entities import Contact, Offer, Peer
from router.core.extra import extra_of
from router.core.moments import parks_at_us
from router.core.places import elsewhere
from router.core.special import is_test, pause_of
from router.core.talks.consulting import talking
from router.core.talks.pause import Chat, Pause
from router.core.tally import add_wait
from router.core.world import World
from router.terms import MILLISECOND_US, SECOND_US


def noted(contact: Contact) -> Pause:
    """What is kept of its pauses, begun where there was nothing yet."""
    extra = extra_of(contact)
    if extra.pause is None:
        extra.pause = Pause()
    return extra.pause


def chat_of(contact: Contact) -> Chat:
    """What is kept of who wrote when, begun where there was nothing yet."""
    extra = extra_of(contact)
    if extra.chat is None:
        extra.chat = Chat()
    return extra.chat


def park(world: World, contact: Contact, by: Peer | None) -> None:
    """A connected contact is idle: its agent is free for others, it waits for its customer. `by` knows already."""
    legs = talking(contact)
    note = answered(contact, legs[-1])
    note.since_us = world.now_us
    note.times += 1
    most_ms = world.channels[contact.channel].parked_most_us // MILLISECOND_US
    world.move_contact(contact, "park")
    for offer in legs:
        world.tell_everyone(offer, ParkedEvent(offer.id, contact.id, offer.agent.name, most_ms), but=by)
        leave_agent(world, offer, "parked")
    visits.arm(world, contact)


def answered(contact: Contact, offer: Offer) -> Pause:
    """Note that it was answered, when, and by whom last."""
    note = noted(contact)
    if not note.answered:
        note.answered, note.waited_us = True, contact.waited_us
    note.agent, note.offer = offer.agent.name, offer.id
    return note


def leave_agent(world: World, offer: Offer, how: str) -> None:
    """Its agent lets go of it, without wrap-up: they are not done with it."""
    contact = offer.contact
    if contact.hold_began_us:
        offer.held_us += world.now_us - contact.hold_began_us
        contact.hold_began_us = 0
    states.move(states.OFFER, offer, "set_aside")
    offers.let_go(world, offer, how)


def found(world: World, contact: Contact, agent: str) -> None:
    """A gateway says that a contact which we do not know, or gave up, is parked by this agent: so it is."""
    note = noted(contact)
    note.answered, note.agent, note.times, note.since_us = True, agent, 1, world.now_us
    note.waited_us = contact.waited_us = world.waited_us(contact)
    contact.outcome = "answered"
    counted.count_answered(world, contact)
    world.move_contact(contact, "found_parked")
    visits.arm(world, contact)


def unpark(world: World, contact: Contact) -> None:
    """The customer has written, or the agent wants to go on: back into the line, to the same agent first."""
    note = noted(contact)
    note.parked_us += world.now_us - note.since_us
    note.since_us = 0
    world.move_contact(contact, "unpark")
    _come_back(world, contact, note.agent)


def _come_back(world: World, contact: Contact, agent: str) -> None:
    """Stand where the wait so far has earned, and wait for this agent for a while."""
    now_us = world.now_us
    line = world.some_line_of(contact)
    if contact.extra is not None:
        take_clock(world, contact, line.clock)
    contact.entered_us = (now_us if line.clock is None else line.clock.now(now_us)) - contact.waited_us
    contact.key_us = contact.entered_us - contact.priority_s * SECOND_US
    contact.waited_us = contact.retry_us = 0
    contact.outcome = contact.direct = contact.missed = None
    contact.preferred = agent
    contact.preferred_until_us = now_us + world.channels[contact.channel].parked_agent_most_us
    visits.join_line(world, contact, line)
    visits.stand_in_line(world, contact)


def give_up(world: World, contact: Contact) -> None:
    """Parked for as long as its channel allows: the visit is over, and its gateway says what the queue wants said."""
    world.repaired("parked")
    visits.treat(world, contact, "parked_too_long")


def due(world: World, contact: Contact) -> None:
    """A deadline of a connected or parked contact has come."""
    if contact.state == "parked":
        give_up(world, contact)
    elif parks_at_us(world, contact) <= world.now_us:
        park(world, contact, None)
    else:
        visits.arm(world, contact)


def finish(world: World, contact: Contact, codes: tuple[str, ...], resolved: str, by: Peer) -> None:
    """The agent who parked it is done with it: the visit is over with this outcome."""
    note = noted(contact)
    contact.codes, contact.resolved = codes, resolved
    if contact.peer is not by:
        world.tell(contact.peer, TalkOver(note.offer, contact.id, note.agent, 0))
    visits.leave(world, contact, "answered", "agent")


def switch(world: World, contact: Contact, channel: str, by: Peer) -> None:
    """The visit goes on by another channel of its queue, at its place; who talks with an agent, or was parked by one,
    comes back to them first. The caller has checked that the queue serves the channel."""
    before = contact.channel
    elsewhere.keep_those_with(world, contact, channel)
    for offer in list(contact.offers):
        if offer.state in ("offered", "connecting"):
            offers.cancel(world, offer, "moved", back=True)
    if contact.state in ("waiting", "held"):
        elsewhere.switch(world, contact, channel)
        if contact.state == "waiting":
            visits.stand_in_line(world, contact)
    elif contact.state == "parked":
        contact.channel = channel
        unpark(world, contact)
    else:
        legs = talking(contact)
        note = answered(contact, legs[-1])
        world.move_contact(contact, "switch")
        for offer in legs:
            world.tell_agents_side(offer, TalkOver(offer.id, contact.id, offer.agent.name, 0, goes_on=True), but=by)
            leave_agent(world, offer, "switched")
        contact.channel = channel
        _come_back(world, contact, note.agent)
    note = noted(contact)
    note.channels = (*note.channels, before)
    world.changed[contact] = None


def wrote(world: World, contact: Contact, who: str) -> None:
    """Somebody wrote. A parked contact comes back with its customer's message; an agent's first one is the reply."""
    chat = chat_of(contact)
    if who == "agent":
        chat.agent_us = world.now_us
        if chat.replied_us < 0 and contact.state == "connected":
            chat.replied_us = world.waited_us(contact)
            _count_reply(contact, chat.replied_us)
    else:
        chat.customer_us = world.now_us
        if contact.state == "parked":
            unpark(world, contact)
    world.changed[contact] = None


def _count_reply(contact: Contact, wait_us: int) -> None:
    if is_test(contact):
        return
    tally = contact.queue.tally
    add_wait(tally.first_reply, wait_us)
    tally.reply_counted += 1
    if wait_us <= contact.queue.settings.target_us:
        tally.replied_in_target += 1


def last_agent(contact: Contact) -> str:
    """The agent who had it last, before it was parked or changed its channel; empty where there was none."""
    note = pause_of(contact)
    return note.agent if note is not None else ""


def is_parked_by(contact: Contact) -> str:
    """The agent who parked it; empty where it is not parked."""
    note = pause_of(contact)
    return note.agent if note is not None and contact.state == "parked" else ""
