"""What agents' sides and gateways say of tickets, and where one stands."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from router.core import commands as ask
from router.core import flow, visits
from router.core.effects import Busy, Ok, Queued, Reply, TicketsReply, TicketStatus
from router.core.entities import Agent, Contact, Peer, Tombstone
from router.core.extra import Extra, ask_needs
from router.core.handlers.contacts import worked_by
from router.core.handlers.entry import check_data
from router.core.needs.asked import NOTHING
from router.core.tickets import clock as ticket_clock
from router.core.tickets import desk as ticket_desk
from router.core.tickets import path as ticket_path
from router.core.tickets import solved
from router.core.tickets import words as ticket_words
from router.core.tickets.ticket import TICKET, Solved, Ticket, ticket_of
from router.core.world import World
from router.errors import Refused
from router.terms import MILLISECOND_US

PAGE = 500


def _theirs(world: World, peer: Peer, contact_id: str, gateway: str | None) -> tuple[Contact, Ticket]:
    """The live ticket that the sender may speak for: its gateway, or the side of its holder. Raises `Refused`."""
    contact = worked_by(world, peer, contact_id, gateway)
    if isinstance(contact, Tombstone):
        raise Refused("bad_state", "ended")
    ticket = ticket_of(contact)
    if ticket is None:
        raise Refused("bad_state", contact.channel)
    if contact.peer is not peer and not _speaks_for(peer, _holder(world, contact, ticket)):
        raise Refused("not_yours", contact_id)
    ticket_path.current(world, contact, ticket)
    return contact, ticket


def _holder(world: World, contact: Contact, ticket: Ticket) -> Agent | None:
    return world.agents.get((contact.peer.tenant, ticket.holder)) if ticket.holder else None


def _speaks_for(peer: Peer, agent: Agent | None) -> bool:
    return agent is not None and (
        agent.session == peer.key or any(endpoint.peer is peer for endpoint in agent.endpoints.values())
    )


def open_ticket(world: World, peer: Peer, command: ask.OpenTicket) -> Reply:
    """Onto the desk of its holder again."""
    contact, ticket = _theirs(world, peer, command.contact, command.gateway)
    agent = _holder(world, contact, ticket)
    if contact.state not in ticket_desk.ON_HAND or agent is None:
        raise Refused("bad_state", contact.state)
    if agent.state == "offline":
        raise Refused("not_logged_in", agent.name)
    channel = world.channels[contact.channel]
    held = sum(1 for offer in agent.offers.values() if offer.channel == contact.channel)
    if agent.used + channel.units > agent.capacity or held >= channel.most_at_once:
        raise Refused("no_capacity", agent.name)
    ticket_desk.take_up(world, contact, ticket, agent)
    return Ok(command.seq)


def close_ticket(world: World, peer: Peer, command: ask.CloseTicket) -> Reply:
    """Off the desk."""
    contact, ticket = _theirs(world, peer, command.contact, command.gateway)
    if contact.state != "connected":
        raise Refused("bad_state", contact.state)
    ticket_desk.put_aside(world, contact, ticket, peer)
    return Ok(command.seq)


def pend(world: World, peer: Peer, command: ask.Pend) -> Reply:
    """It waits for somebody else, or for a day."""
    contact, ticket = _theirs(world, peer, command.contact, command.gateway)
    if contact.state not in ("connected", "assigned"):
        raise Refused("bad_state", contact.state)
    if command.pending_for == "date" and command.until_ms is None:
        raise Refused("until_needed", contact.id)
    ticket_desk.pend(world, contact, ticket, command.pending_for, command.until_ms, peer)
    return Ok(command.seq)


# -- reopened ---------------------------------------------------------------------------------------------------------


def reopen(world: World, peer: Peer, command: ask.Reopen) -> Reply:
    """A new visit of a ticket that was over."""
    known = peer.contacts.get(command.contact)
    if known is not None:
        ticket = ticket_of(known)
        if ticket is None or ticket.id != command.ticket or not ticket.reopened:
            raise Refused("conflict", command.contact)
        return Queued(command.seq, command.contact)
    if command.contact in peer.ended:
        raise Refused("ended", command.contact)
    was = solved.find(world, peer.key, command.ticket)
    if was is None:
        live = (peer.key, command.ticket) in world.tickets.live
        raise Refused("bad_state" if live else "unknown_ticket", command.ticket)
    if (peer.tenant, was.queue) not in world.queues:
        raise Refused("unknown_queue", was.queue)
    check_data(world, command.data)
    limits = world.settings.limits
    if world.live >= limits.contacts_max:
        return Busy(command.seq, limits.retry_us // MILLISECOND_US, "contacts_max")
    _live_again(world, peer, command, was)
    return Queued(command.seq, command.contact)


def _live_again(world: World, peer: Peer, command: ask.Reopen, was: Solved) -> None:
    """At the node where it was thought to be solved, with its age and due time, for its holder first."""
    path = world.tickets.paths.get((peer.tenant, was.path)) if was.path else None
    node = ticket_clock.NO_PATH
    if path is not None:
        node = path.node(was.node) or path.end
    queue = world.queues[peer.tenant, node.queue or was.queue]
    now_us = world.now_us
    contact = Contact(command.contact, peer, queue, TICKET, world.number(), now_us, now_us, now_us, 0)
    contact.priority_s, contact.customer, contact.link = was.priority_s, was.customer, was.link or was.ticket
    contact.language, contact.data = was.language, command.data
    ticket = Ticket(
        was.ticket,
        was.opened_us,
        path.name if path is not None else "",
        needs=NOTHING if was.needs == NOTHING else was.needs,
    )
    ticket.due_us, ticket.overdue, ticket.reopened = was.due_us, was.overdue, was.reopened + 1
    contact.extra = Extra(ticket=ticket)
    queue.counts["new"] += 1
    flow.count_arrival(world, queue)
    queue.tally.tickets.reopened += 1
    peer.contacts[contact.id] = contact
    world.live += 1
    world.tally.accepted += 1
    ticket_clock.begin(world, contact, ticket, node)
    ticket.holder, ticket.agent, ticket.node_needs = was.holder, node.agent, node.needs
    contact.direct = node.agent or None
    ticket_desk.prefer_holder(world, contact, ticket, path)
    ask_needs(contact, ticket.needs.beside(node.needs))
    ticket_path.join_line(world, contact)
    ticket_path.list_it(world, contact, ticket)
    solved.reopened(world, was)
    world.move_contact(contact, "enqueue")
    visits.stand_in_line(world, contact)
    ticket_clock.tell(world, contact, ticket, "reopened")


# -- where it stands --------------------------------------------------------------------------------------------------


def track(world: World, peer: Peer, command: ask.Track) -> Reply:
    """In words for its customer."""
    found = _find(world, peer, command)
    if found is None:
        raise Refused("unknown_ticket", command.contact or command.link or "")
    if isinstance(found, Solved):
        return ticket_words.solved(world, command.seq, found)
    return ticket_words.live(world, command.seq, found)


def _find(world: World, peer: Peer, command: ask.Track) -> Contact | Solved | None:
    if command.contact is None:
        return world.tickets.links.get((peer.tenant, command.link)) if command.link is not None else None
    if command.gateway is None and peer.role == "gateway":
        keys = [peer.key]
    elif command.gateway is not None:
        keys = [f"{peer.tenant}/{command.gateway}"]
    else:
        keys = [other.key for other in world.peers.values() if other.tenant == peer.tenant]
    for key in keys:
        home = world.peers.get(key)
        visit = home.contacts.get(command.contact) if home is not None else None
        if visit is not None and ticket_of(visit) is not None:
            return visit
        found = world.tickets.live.get((key, command.contact)) or solved.find(world, key, command.contact)
        if found is not None:
            return found
    return None


def tickets(world: World, peer: Peer, command: ask.Tickets) -> Reply:
    """A page of them, in the order of their numbers."""
    if command.queue is not None and (peer.tenant, command.queue) not in world.queues:
        raise Refused("unknown_queue", command.queue)
    source = world.tickets.overdue.values() if command.overdue else world.tickets.live.values()
    wanted = (
        contact
        for contact in source
        if contact.number > command.after
        and contact.peer.tenant == peer.tenant
        and command.queue in (None, contact.queue.name)
    )
    page = list(islice(wanted, PAGE + 1))
    return TicketsReply(command.seq, [_status(world, contact) for contact in page[:PAGE]], len(page) > PAGE)


def _status(world: World, contact: Contact) -> TicketStatus:
    ticket = ticket_of(contact)
    assert ticket is not None
    return TicketStatus(
        ticket.id, contact.id, contact.peer.name, contact.queue.name, contact.state,  # type: ignore[arg-type]  # a table's
        contact.number, ticket.path, ticket.node, ticket.holder, ticket.pending,
        (world.now_us - ticket.opened_us) // MILLISECOND_US, _left_ms(world, ticket.due_us),
        _left_ms(world, ticket.limit_us), ticket.overdue, ticket.hop_count, ticket.reopened,
    )  # fmt: skip


def _left_ms(world: World, at_us: int) -> int | None:
    return (at_us - world.now_us) // MILLISECOND_US if at_us else None


HANDLERS: dict[type[ask.Request], Callable[[World, Peer, Any], Reply]] = {
    ask.OpenTicket: open_ticket,
    ask.CloseTicket: close_ticket,
    ask.Pend: pend,
    ask.Reopen: reopen,
    ask.Track: track,
    ask.Tickets: tickets,
}
