"""An agent asks a colleague: the consult is let in here; everything after that is the table of `talks/consults.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from router.core import commands as ask
from router.core import visits
from router.core.admission import drop_if_empty, refusal, somebody
from router.core.effects import Busy, Ok, Queued, RefusedEntry, Reply
from router.core.entities import Agent, Contact, Peer, Tombstone
from router.core.extra import extra_of
from router.core.handlers.contacts import own, worked_by
from router.core.handlers.entry import admit, check_data, digest, place
from router.core.handlers.several import find_queue
from router.core.line import Line
from router.core.needs.asked import asked_by
from router.core.queue import Queue
from router.core.routes.routed import Decision, Routed
from router.core.special import is_test
from router.core.stored import visits as visit_records
from router.core.talks import consults
from router.core.talks.consulting import Consult, asks_itself, consult_of, customer_of, is_consult, talking
from router.core.tickets.ticket import TICKET
from router.core.world import World
from router.errors import Refused
from router.terms import MILLISECOND_US, RefusedWhy


def consult(world: World, peer: Peer, command: ask.Consult) -> Reply:
    """Let the consult in, or say why not; the customer is on hold from now on."""
    contact = own(peer, command.contact)
    if command.consult in peer.contacts or command.consult in peer.ended:
        return _again(peer, command, contact)
    if is_consult(contact) or contact.state != "connected" or consults.phase(contact) != "none":
        raise Refused("bad_state", "consult" if is_consult(contact) else contact.state)
    if contact.channel == TICKET:
        # Nobody is on hold meanwhile: who needs a colleague's answer sets it aside with `pend`.
        raise Refused("bad_state", TICKET)
    [first] = talking(contact)
    queue = find_queue(world, peer, command.queue or contact.queue.name, contact.channel)
    asked = world.agent(peer.tenant, command.agent) if command.agent is not None else None
    if asked is first.agent:
        raise Refused("bad_state", f"{asked.name} asks")
    body = _as_enqueue(command, contact, queue)
    check_data(world, body.data)
    if world.live >= world.settings.limits.contacts_max:
        return Busy(command.seq, world.settings.limits.retry_us // MILLISECOND_US, "contacts_max")
    needs = asked_by(body)
    line = world.line(queue, contact.channel, needs, language=contact.language)
    mark = Routed(test=True) if is_test(contact) else None
    why = _refusal(world, line, first.agent, asked, chosen=command.queue is not None)
    if why is not None:
        drop_if_empty(world, line)
        if mark is None:
            queue.tally.refused[why] = queue.tally.refused.get(why, 0) + 1
        visit_records.write_refused(world, peer, command.consult, queue.name, contact.channel, why, "", mark)
        return RefusedEntry(command.seq, why, queue.treatment(why))
    consults.run(world, contact, "consult", peer)
    contact.link = body.link
    extra_of(contact).consult = Consult(first.agent.name, to=command.consult)
    visits.arm(world, contact)
    decision = None
    if mark is not None:
        decision = Decision(queue.name, None, mark, needs, command.priority_s)
    made = admit(world, peer, queue, body, digest(body), needs, decision)
    extra_of(made).consult = Consult(first.agent.name, of=contact.id)
    made.missed = {}
    place(world, made, [line], held=False)
    return Queued(command.seq, made.id)


def _as_enqueue(command: ask.Consult, contact: Contact, queue: Queue) -> ask.Enqueue:
    """The consult as any other contact would ask. Nobody is its customer: a colleague is no repeat caller."""
    data = {**(contact.data or {}), **(command.data or {})} or None
    return ask.Enqueue(
        command.seq, command.consult, queue.name, contact.channel, command.priority_s, command.needs, None,
        contact.link or contact.id, contact.language, agent=command.agent, data=data,
    )  # fmt: skip


def _again(peer: Peer, command: ask.Consult, contact: Contact) -> Reply:
    """An id that was used before: the same consult, still there, is a repetition."""
    known: Contact | Tombstone = peer.contacts.get(command.consult) or peer.ended[command.consult]
    if isinstance(known, Tombstone):
        raise Refused("ended", command.consult)
    body = _as_enqueue(command, contact, known.queue) if command.queue in (None, known.queue.name) else None
    if consult_of(contact) is not known or body is None or digest(body) != known.digest:
        raise Refused("conflict", command.consult)
    return Queued(command.seq, known.id)


def _refusal(world: World, line: Line, first: Agent, asked: Agent | None, chosen: bool) -> RefusedWhy | None:
    """The entry check that fails. A colleague of one's own queue is asked even if it is closed or full; and who asks is
    not somebody to ask."""
    why = refusal(world, line, None, asked)
    if why in ("closed", "full") and not chosen:
        why = None if line.queue.settings.enter_unstaffed or somebody(world, line, asked) else "nobody"
    alone = line.needs.staffed == 1 and first.profile is not None and first.profile in line.needs.profiles
    if why is None and asked is None and alone and not line.queue.settings.enter_unstaffed:
        return "nobody"
    return why


def customers(peer: Peer, name: str) -> Contact:
    """The sender's contact, if it is a customer's. Raises `Refused`."""
    contact = own(peer, name)
    if is_consult(contact) or contact.state != "connected":
        raise Refused("bad_state", "consult" if is_consult(contact) else contact.state)
    return contact


def cancel(world: World, peer: Peer, command: ask.CancelConsult) -> Reply:
    """The customer is back with the first agent."""
    consults.run(world, customers(peer, command.contact), "cancel", peer)
    return Ok(command.seq)


def complete(world: World, peer: Peer, command: ask.CompleteConsult) -> Reply:
    """The customer goes to the second agent."""
    consults.run(world, customers(peer, command.contact), "complete", peer)
    return Ok(command.seq)


def conference(world: World, peer: Peer, command: ask.Conference) -> Reply:
    """All three together."""
    consults.run(world, customers(peer, command.contact), "conference", peer)
    return Ok(command.seq)


def leave(world: World, peer: Peer, command: ask.Leave) -> Reply:
    """One agent hangs up."""
    named = worked_by(world, peer, command.contact, command.gateway)
    if isinstance(named, Tombstone):
        raise Refused("bad_state", "ended")
    contact = customer_of(named) or named
    legs = [leg for part in (contact, consult_of(contact)) if part is not None for leg in talking(part)]
    mine = [leg for leg in legs if leg.agent.name == command.agent]
    if not mine or contact.state != "connected":
        raise Refused("bad_state", contact.state)
    if contact.peer is not peer and mine[0].endpoint_peer is not peer and mine[0].agent.session != peer.key:
        raise Refused("not_yours", command.agent)
    if contact is named or not asks_itself(named, command.agent):
        event: consults.Event = "first_leaves" if mine[0] is talking(contact)[0] else "second_leaves"
    else:
        # Who asks hangs up on the colleague: back to the customer.
        event = "cancel"
    if consults.phase(contact) == "none":
        contact.ended_by = "agent"
    consults.run(world, contact, event, peer)
    return Ok(command.seq)


HANDLERS: dict[type[ask.Request], Callable[[World, Peer, Any], Reply]] = {
    ask.Consult: consult,
    ask.CancelConsult: cancel,
    ask.CompleteConsult: complete,
    ask.Conference: conference,
    ask.Leave: leave,
}
