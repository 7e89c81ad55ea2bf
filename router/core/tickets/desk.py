"""A ticket on and off the desk: put aside, pending for somebody or a date, and back to its holder.

While it is off the desk it is the holder's and takes none of their capacity. It must not know why time makes it come
back (`due.py`).
"""

from __future__ import annotations

from router.core import offers, states, visits
from router.core.entities import Agent, Contact, Offer, Peer
from router.core.match.choose import usable_endpoint
from router.core.talks import parking
from router.core.tickets import clock as ticket_clock
from router.core.tickets.path import current, hop, into_waiting, join
from router.core.tickets.settings import Node, TicketPath
from router.core.tickets.ticket import Ticket, ticket_of
from router.core.world import World
from router.terms import MILLISECOND_US, PendingFor

ON_HAND = ("assigned", "pending")
"""With a holder, and not open on the desk."""
HOLDER_FIRST_US = TicketPath("", Node("", "")).holder_first_us


def put_aside(world: World, contact: Contact, ticket: Ticket, by: Peer | None) -> None:
    """Off the desk: the agent's units are free, the ticket stays theirs, unless it was to move."""
    if ticket.moves_to:
        hop(world, contact, ticket.moves_to, ticket.moves_why, by)
        return
    world.move_contact(contact, "set_aside")
    _free_agent(world, contact)
    visits.arm(world, contact)


def _free_agent(world: World, contact: Contact) -> None:
    for offer in tuple(contact.offers):
        if offer.state == "connected":
            parking.answered(contact, offer)
            parking.leave_agent(world, offer, "set_aside")


def pend(
    world: World, contact: Contact, ticket: Ticket, pending_for: PendingFor, until_ms: int | None, by: Peer
) -> None:
    """It can't go on before that; its clock stands still where the node says so."""
    if ticket.moves_to:
        hop(world, contact, ticket.moves_to, ticket.moves_why, by)
        return
    node = ticket_clock.node_of(world, contact, ticket)
    world.move_contact(contact, "pend")
    _free_agent(world, contact)
    ticket.pending = pending_for
    ticket.pending_until_us = 0 if until_ms is None else world.now_us + until_ms * MILLISECOND_US
    contact.queue.tally.tickets.pended += 1
    if pending_for in node.stops_when_pending:
        ticket_clock.stop(world, contact, ticket, node)
    visits.arm(world, contact)


def come_back(world: World, contact: Contact, ticket: Ticket, why: str) -> None:
    """It goes on, or its holder is gone: into its node's line again, at the place that it has earned, for its holder
    first."""
    node = ticket_clock.node_of(world, contact, ticket)
    path = ticket_clock.path_of(world, contact, ticket)
    ticket.pending, ticket.pending_until_us = "", 0
    ticket_clock.go_on(world, contact, ticket, node)
    into_waiting(world, contact, contact.queue)
    contact.entered_us, contact.waited_us = ticket_clock.now_us(world, contact) - contact.waited_us, 0
    contact.outcome = None
    if why != "by_hand":
        contact.missed = None
    if path is not None:
        contact.direct = node.agent or None
    prefer_holder(world, contact, ticket, path)
    join(world, contact, contact.needs)
    ticket_clock.tell(world, contact, ticket, "came_back", why)


def prefer_holder(world: World, contact: Contact, ticket: Ticket, path: TicketPath | None) -> None:
    """Its holder is waited for first, if its node asks for nobody else."""
    first_us = path.holder_first_us if path is not None else HOLDER_FIRST_US
    contact.preferred = None
    if ticket.holder and contact.direct is None and (contact.peer.tenant, ticket.holder) in world.agents:
        contact.preferred, contact.preferred_until_us = ticket.holder, world.now_us + first_us


def pull(world: World, contact: Contact) -> None:
    """Taken out of the agent's hands by a supervisor: anybody of its node may have it, unless it was to move."""
    ticket = ticket_of(contact)
    assert ticket is not None
    put_aside(world, contact, ticket, None)
    if contact.state == "assigned":
        ticket.holder = ""
        come_back(world, contact, ticket, "by_hand")


def take_up(world: World, contact: Contact, ticket: Ticket, agent: Agent) -> None:
    """Its holder has it open again; the units were asked for before."""
    ticket.pending, ticket.pending_until_us = "", 0
    ticket_clock.go_on(world, contact, ticket, ticket_clock.node_of(world, contact, ticket))
    endpoint = usable_endpoint(agent, contact.channel) or next(iter(agent.endpoints.values()), None)
    number, now_us = world.number(), world.now_us
    offer = Offer(
        f"{world.epoch}-{number}", number, contact, contact.queue, agent,
        endpoint.address if endpoint is not None else "", endpoint.peer if endpoint is not None else contact.peer,
        contact.channel, world.channels[contact.channel].units, now_us, 0, world.settings.version,
    )  # fmt: skip
    offer.accepted_us = offer.connected_us = now_us
    states.move(states.OFFER, offer, "open")
    contact.offers.append(offer)
    offers.link(world, offer)
    world.move_contact(contact, "open")
    world.loose_agents[agent] = None
    visits.arm(world, contact)


def lost_hold(world: World, contact: Contact) -> None:
    """The agent's side is gone for good while they had it open: it stays theirs."""
    ticket = ticket_of(contact)
    assert ticket is not None
    put_aside(world, contact, ticket, None)


def answered(world: World, contact: Contact) -> None:
    """What it waited for is there."""
    ticket = ticket_of(contact)
    assert ticket is not None
    current(world, contact, ticket)
    come_back(world, contact, ticket, "answer")
