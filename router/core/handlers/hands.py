"""What a supervisor does by hand: to agents and to contacts of their tenant, whatever gateway they are on.

Each is checked first, then noted in the audit with what stood before and after. A talk is never cut but by `end` and
`pull`, which say so; an offer that a hand takes away is no miss.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from router.core import audit, gateways, moves, offers, overflow, people, ringing, visits
from router.core import commands as ask
from router.core.callbacks import book as callback_book
from router.core.effects import AgentState, Ended, Listen, Moved, Ok, Reply
from router.core.entities import Agent, Contact, Offer, Peer
from router.core.handlers.agents import known_reason, withdraw_offers
from router.core.handlers.contacts import begin_next_part, first_part_over, take_place
from router.core.handlers.several import find_queue
from router.core.needs.want import names_in
from router.core.places import several
from router.core.special import routed_of
from router.core.standing import move_to
from router.core.talks import consults
from router.core.talks.consulting import is_consult, misses_kept
from router.core.tickets import clock as ticket_clock
from router.core.tickets import desk as ticket_desk
from router.core.tickets import path as ticket_path
from router.core.tickets.ticket import ticket_of
from router.core.world import World
from router.errors import Refused
from router.terms import CancelReason, Place

WAITS = ("waiting", "held", "offered")
RINGS = ("offered", "connecting")


# -- agents ---------------------------------------------------------------------------------------------------------


def standing(agent: Agent) -> audit.Facts:
    """An agent's state for the audit."""
    facts = {"state": agent.state, "reason": agent.reason, "next_state": agent.next_state}
    return {name: value for name, value in facts.items() if value}


def tell_agent(world: World, agent: Agent, by: ask.Hand) -> None:
    """Everybody on the agent's side hears how they stand now, who did it, and why."""
    told = AgentState(agent.name, agent.state, agent.reason)
    told.next_state, told.by, told.why = agent.next_state, by.who, by.why
    world.tell_agent(agent, told)


def set_agent(world: World, peer: Peer, command: ask.SetAgent) -> Reply:
    """Ready, not ready, or signed out."""
    agent = world.agent(peer.tenant, command.agent)
    if agent.state == "offline":
        raise Refused("not_logged_in", agent.name)
    if command.to == "not_ready":
        known_reason(world, command.reason)
    before = standing(agent)
    if command.to == "ready":
        people.become_ready(world, agent)
        tell_agent(world, agent, command)
    else:
        cancelled: CancelReason = "agent_not_ready" if command.to == "not_ready" else "agent_logged_out"
        reason = command.reason if command.to == "not_ready" else ""
        people.go(world, agent, command.to, reason)
        tell_agent(world, agent, command)
        withdraw_offers(world, agent, cancelled)
    _note(world, peer, command, agent.name, before, standing(agent))
    return Ok(command.seq)


def set_skills(world: World, peer: Peer, command: ask.SetSkills) -> Reply:
    """Levels over those of the configuration."""
    agent = world.agent(peer.tenant, command.agent)
    for skill, level in command.skills.items():
        if level is not None and not _is_known(world, peer.tenant, skill):
            raise Refused("unknown_skill", skill)
    before = _layer(agent)
    layer = {} if command.reset else dict(agent.by_hand)
    for skill, level in command.skills.items():
        layer.pop(skill, None)
        if level is not None:
            layer[skill] = level
    agent.by_hand = dict(sorted(layer.items()))
    agent.skills_us = world.now_us
    world.changed[agent] = None
    people.take_skills(world, agent)
    if agent.state != "offline":
        tell_agent(world, agent, command)
    _note(world, peer, command, agent.name, before, _layer(agent))
    return Ok(command.seq)


def _layer(agent: Agent) -> audit.Facts:
    return {skill: str(level) for skill, level in agent.by_hand.items()}


def _is_known(world: World, tenant: str, skill: str) -> bool:
    """Does the configuration name this skill anywhere? Another word is a slip of the pen."""
    settings = world.settings
    queues = (queue for queue in settings.queues if queue.tenant == tenant)
    agents = (agent for agent in settings.agents if agent.tenant == tenant)
    asked = (want for queue in queues for want in queue.wants())
    return any(("skill", skill) in names_in(want) for want in asked) or any(
        skill in dict(agent.skills) for agent in agents
    )


# -- contacts -------------------------------------------------------------------------------------------------------


def find(world: World, peer: Peer, name: str, gateway: str | None) -> Contact:
    """The live contact of that id in the sender's tenant. Raises `Refused`."""
    homes = [home for home in world.peers.values() if home.tenant == peer.tenant and gateway in (None, home.name)]
    found = [home.contacts[name] for home in homes if name in home.contacts]
    if len(found) > 1:
        raise Refused("ambiguous_contact", ", ".join(sorted(contact.peer.name for contact in found)))
    if found:
        return found[0]
    raise Refused("bad_state" if any(name in home.ended for home in homes) else "unknown_contact", name)


def waiting(world: World, peer: Peer, name: str, gateway: str | None) -> Contact:
    """The contact, if it has not been accepted yet. Raises `Refused`."""
    contact = find(world, peer, name, gateway)
    if contact.state not in WAITS:
        raise Refused("bad_state", contact.state)
    return contact


def _on_the_line(contact: Contact) -> None:
    """No call-back that is still to be dialled: its place is its queue's promise. Raises `Refused`."""
    if contact.extra is not None and callback_book.of(contact) is not None:
        raise Refused("bad_state", "call-back")


def take_back(world: World, contact: Contact, reason: CancelReason = "by_hand", but: str = "") -> None:
    """Withdraw what rings for this contact, without a miss: it waits again. `but`: this agent's may ring on."""
    for offer in list(contact.offers):
        if offer.state == "offered" and offer.agent.name != but:
            offers.cancel(world, offer, reason, back=True)


def move_contact(world: World, peer: Peer, command: ask.MoveContact) -> Reply:
    """Into another queue, or to another place of its own."""
    contact = waiting(world, peer, command.contact, command.gateway)
    _on_the_line(contact)
    queue = find_queue(world, peer, command.queue, contact.channel)
    own = several.has_place_in(contact, queue)
    if not own and ticket_path.on_path(world, contact):
        before = _whereabouts(contact)
        ticket_path.transfer(world, contact, queue, None)
        _note(world, peer, command, _name(contact), before, _whereabouts(contact))
        return Ok(command.seq)
    routed = routed_of(contact)
    contact_class = routed.contact_class if routed is not None else None
    own_target = world.routing.own_target(contact)
    line = None
    if not own:
        # Before anything is changed: there may be no room for it. In its own queue it stays in the line where its
        # wait has brought it; the one where it began may be gone, and would be made for nobody.
        line = world.line(queue, contact.channel, contact.needs, contact_class, own_target, contact.language)
    before = _whereabouts(contact)
    take_back(world, contact, "moved")
    if line is None:
        several.lead_in(world, contact, queue)
        contact.direct = contact.preferred = None
        contact.missed = misses_kept(contact)
        _stand_anew(world, contact, command.place)
        world.tell(contact.peer, Moved(contact.id, queue.name, command.why, command.who))
    else:
        contact.missed = misses_kept(contact)
        moves.move(world, contact, line, command.why, command.who)
        if command.place != "keep":
            _stand_anew(world, contact, command.place)
    _note(world, peer, command, _name(contact), before, _whereabouts(contact))
    return Ok(command.seq)


def _stand_anew(world: World, contact: Contact, place: Place) -> None:
    """Let a contact that waits, or is held, have another place in the queue where it is."""
    world.unstand(contact)
    assert contact.line is not None
    contact.waited_us = world.waited_us(contact)
    take_place(world, contact, contact.line, place)
    move_to(world, contact, contact.key_us)
    world.changed[contact] = None
    if contact.state == "waiting":
        visits.stand_in_line(world, contact)
    else:
        visits.age(world, contact)


def set_priority(world: World, peer: Peer, command: ask.SetPriority) -> Reply:
    """Another head start."""
    contact = waiting(world, peer, command.contact, command.gateway)
    before = {"priority_s": str(contact.priority_s)}
    contact.priority_s = command.priority_s
    move_to(world, contact, ticket_clock.place_us(world, contact))
    world.changed[contact] = None
    _note(world, peer, command, _name(contact), before, {"priority_s": str(contact.priority_s)})
    return Ok(command.seq)


def assign_contact(world: World, peer: Peer, command: ask.AssignContact) -> Reply:
    """For one agent alone, or for anybody again."""
    contact = find(world, peer, command.contact, command.gateway)
    _on_the_line(contact)
    agent = None
    if command.agent is not None:
        agent = world.agent(peer.tenant, command.agent)
        if agent.state == "offline" or agent.next_state == "offline":
            raise Refused("not_logged_in", agent.name)
        if all(contact.channel not in endpoint.channels for endpoint in agent.endpoints.values()):
            raise Refused("unknown_channel", contact.channel)
    if contact.state not in WAITS:
        raise Refused("bad_state", contact.state)
    before = _whereabouts(contact)
    contact.direct, contact.preferred = command.agent, None
    overflow.forget(contact)
    # If it rings there already it goes on ringing there.
    take_back(world, contact, but=agent.name if agent is not None else "")
    if agent is not None and contact.missed is not None:
        contact.missed.pop(agent.name, None)
    world.changed[contact] = None
    if contact.state == "waiting":
        world.unstand(contact)
        visits.stand_in_line(world, contact)
    elif contact.state == "offered":
        ringing.look(world, contact)
    _note(world, peer, command, _name(contact), before, _whereabouts(contact))
    return Ok(command.seq)


def pull_contact(world: World, peer: Peer, command: ask.PullContact) -> Reply:
    """From its agent back to its place."""
    contact = find(world, peer, command.contact, command.gateway)
    held_by = [offer for offer in contact.offers if offer.state in (*RINGS, "connected")]
    if not held_by:
        raise Refused("bad_state", contact.state)
    before = _whereabouts(contact)
    agents = [offer.agent for offer in held_by]
    if contact.state == "connected" and ticket_of(contact) is not None:
        for agent in agents:
            _pass_over(world, contact, agent)
        ticket_desk.pull(world, contact)
    elif contact.state == "connected":
        _pull_from_talk(world, contact, held_by, command)
    else:
        for agent in agents:
            _pass_over(world, contact, agent)
        for offer in held_by:
            offers.cancel(world, offer, "by_hand", back=True)
    for agent in agents:
        tell_agent(world, agent, command)
    _note(world, peer, command, _name(contact), before, _whereabouts(contact))
    return Ok(command.seq)


def _pull_from_talk(world: World, contact: Contact, talking: list[Offer], command: ask.PullContact) -> None:
    """The talk is over, and the visit goes on in the same queue. What it waits from now on is added to what it waited;
    but it stands where it stood before the talk: whoever came later comes later."""
    key_us = contact.key_us
    if consults.phase(contact) not in ("none", "conference"):
        consults.run(world, contact, "cancel", None)
    consults.off_hold(world, contact)
    if not is_consult(contact):
        consults.forget(contact)
    first_part_over(world, contact, contact.queue)
    world.transfer_contact(contact, contact.queue)
    for offer in talking:
        _pass_over(world, contact, offer.agent)
        offers.talk_over(world, offer, None)
    begin_next_part(world, contact, world.some_line_of(contact), "keep")
    move_to(world, contact, key_us)
    visits.stand_in_line(world, contact)
    world.tell(contact.peer, Moved(contact.id, contact.queue.name, command.why, command.who))


def _pass_over(world: World, contact: Contact, agent: Agent) -> None:
    """This agent is not the next one for it, also where nobody else is able: for a moment at least."""
    if contact.missed is None:
        contact.missed = {}
    contact.missed[agent.name] = world.now_us
    contact.retry_us = world.now_us + world.settings.limits.fault_pause_us
    if contact.direct == agent.name:
        contact.direct = None
    if contact.preferred == agent.name:
        contact.preferred = None


def end_contact(world: World, peer: Peer, command: ask.EndContact) -> Reply:
    """Over, and whoever works on it is free."""
    contact = find(world, peer, command.contact, command.gateway)
    before, home, name, wrapping = _whereabouts(contact), contact.peer, _name(contact), contact.state == "wrapping"
    agents = [offer.agent for offer in contact.offers]
    gateways.over(world, contact, "withdrawn", "supervisor")
    for offer in list(contact.offers):
        offers.wrapped_up(world, offer)
    if not wrapping:
        world.tell(home, Ended(contact.id, command.who, command.why))
    for agent in agents:
        tell_agent(world, agent, command)
    _note(world, peer, command, name, before, {"state": "ended", "outcome": contact.outcome or ""})
    return Ok(command.seq)


def listen_contact(world: World, peer: Peer, command: ask.ListenContact) -> Reply:
    """Let the supervisor hear a talk, or be heard in it."""
    contact = find(world, peer, command.contact, command.gateway)
    if contact.state != "connected":
        raise Refused("bad_state", contact.state)
    if not contact.peer.live:
        raise Refused("bad_state", f"{contact.peer.name} is away")
    world.tell(contact.peer, Listen(contact.id, command.endpoint, command.who, command.why, command.mode))
    heard = {"listens": command.endpoint, "mode": command.mode}
    _note(world, peer, command, _name(contact), _whereabouts(contact), heard)
    return Ok(command.seq)


def _name(contact: Contact) -> str:
    return f"{contact.peer.name}/{contact.id}"


def _whereabouts(contact: Contact) -> audit.Facts:
    """Where a contact is, for the audit."""
    facts = {
        "state": contact.state,
        "queue": ", ".join((contact.queue.name, *several.queues(contact))),
        "agent": ", ".join(offer.agent.name for offer in contact.offers),
        "assigned": contact.direct or "",
    }
    return {name: value for name, value in facts.items() if value}


def _note(world: World, peer: Peer, command: ask.Hand, target: str, before: audit.Facts, after: audit.Facts) -> None:
    """Into the audit, under the request's own name."""
    what = str(type(command).__struct_config__.tag)
    audit.write(world, peer, command.who, command.why, what, target, before, after)


HANDLERS: dict[type[ask.Request], Callable[[World, Peer, Any], Reply]] = {
    ask.SetAgent: set_agent,
    ask.SetSkills: set_skills,
    ask.MoveContact: move_contact,
    ask.SetPriority: set_priority,
    ask.AssignContact: assign_contact,
    ask.PullContact: pull_contact,
    ask.EndContact: end_contact,
    ask.ListenContact: listen_contact,
}
