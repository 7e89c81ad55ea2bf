"""A ticket's way along its path: in, from node to node, off the desk and back, until it is resolved.

A ticket is always at one node of its path, with a holder or in that node's line. Every stay that is over is written
down at once: as a hop that the ticket carries, and as an entry of the history. What leads on has one way (`hop`).
"""

from __future__ import annotations

from router.core import counted, flow, offers, visits
from router.core.admission import drop_if_empty
from router.core.commands import Complete
from router.core.doors.hours import take_clock
from router.core.entities import Contact, Peer
from router.core.extra import ask_needs, extra_of
from router.core.line import Line
from router.core.needs.asked import Asked
from router.core.queue import Queue
from router.core.special import forget_pauses, is_test, outcome_of
from router.core.stored import visits as visit_records
from router.core.tickets import clock as ticket_clock
from router.core.tickets import solved
from router.core.tickets.settings import Node
from router.core.tickets.ticket import END, Hop, Ticket, ticket_of
from router.core.world import World
from router.errors import Refused
from router.terms import MILLISECOND_US

INTO_WAITING = {"held": "resume", "connected": "transfer", "assigned": "come_back", "pending": "come_back"}
"""State -> the event that leads from it into the waiting."""
HOPS_KEPT = 64
"""Hops that a ticket carries: more than any path allows, and the history has them all."""


# -- in ---------------------------------------------------------------------------------------------------------------


def check(world: World, queue: Queue, name: str) -> None:
    """Can a ticket that comes into `queue` go this path? Raises `Refused`."""
    path = world.tickets.paths.get((queue.settings.tenant, name))
    if path is None or path.first(queue.name) is None:
        raise Refused("unknown_path", name)


def begin(world: World, contact: Contact, path: str | None, due_ms: int | None) -> None:
    """A contact that was just let in is a ticket from now on, and its clock runs. `path`: where it is not that of its
    queue; it has been checked."""
    queue = contact.queue
    known = world.tickets.paths.get((contact.peer.tenant, queue.settings.ticket_path if path is None else path))
    node = known.first(queue.name) if known is not None else None
    ticket = Ticket(contact.id, contact.entered_us, needs=contact.needs)
    extra_of(contact).ticket = ticket
    if known is not None and node is not None:
        ticket.path, ticket.agent, ticket.node_needs = known.name, node.agent, node.needs
        ask_needs(contact, contact.needs.beside(node.needs))
        contact.direct = node.agent or None
    else:
        node = ticket_clock.NO_PATH
    ticket_clock.begin(world, contact, ticket, node)
    due_us = queue.settings.ticket_due_us if due_ms is None else due_ms * MILLISECOND_US
    if due_us or due_ms is not None:
        ticket.due_left_us = due_us
        ticket_clock.run(world, contact, ticket, node)
    list_it(world, contact, ticket)


def place(world: World, contact: Contact, line: Line) -> None:
    """A ticket that was just let in stands in the line of its node, which is `line` as a rule."""
    if ticket_of(contact) is None:
        begin(world, contact, None, None)
    join_line(world, contact)
    if contact.line is not line:
        drop_if_empty(world, line)


def list_it(world: World, contact: Contact, ticket: Ticket) -> None:
    """It can be found as a ticket."""
    world.tickets.live[contact.peer.key, ticket.id] = contact
    if ticket.overdue:
        world.tickets.overdue[contact.number] = contact
    if contact.link is not None:
        world.tickets.links[contact.peer.tenant, contact.link] = contact


# -- from node to node ------------------------------------------------------------------------------------------------


def hop(world: World, contact: Contact, to: str, why: str, by: Peer | None = None) -> None:
    """The stay in its node is over, and it waits in the line of the node named `to`."""
    ticket = ticket_of(contact)
    assert ticket is not None
    path = ticket_clock.path_of(world, contact, ticket)
    assert path is not None
    if to != END and ticket.hop_count >= path.hops_max:
        to, why = END, "hops_max"
    node = path.node(to) or path.end
    for offer in tuple(contact.offers):
        if offer.state in ("offered", "connecting"):
            offers.cancel(world, offer, "moved", back=True)
    _write_stay(world, contact, ticket, why, node.queue)
    talking = [offer for offer in contact.offers if offer.state == "connected"]
    into_waiting(world, contact, world.queues[contact.peer.tenant, node.queue])
    for offer in talking:
        offers.talk_over(world, offer, by)
    ticket.hop_count += 1
    contact.queue.tally.tickets.hops += 1
    ticket_clock.begin(world, contact, ticket, node)
    _wait(world, contact, ticket, node)
    ticket_clock.tell(world, contact, ticket, "moved", why)


def _write_stay(world: World, contact: Contact, ticket: Ticket, why: str, to_queue: str) -> None:
    """Count and write down the stay that is over."""
    ticket_clock.measure(world, contact, ticket, ticket_clock.node_of(world, contact, ticket))
    note(contact, ticket, why, world.now_us)
    if contact.outcome is None:
        contact.outcome = outcome_of(contact, "moved")
    if contact.line is not None:
        contact.waited_us = world.waited_us(contact)
    counted.count_ended(world, contact)
    visit_records.write(world, contact, transferred_to=to_queue)
    contact.legs = []
    forget_pauses(contact)
    contact.codes, contact.resolved, contact.outcome, contact.ended_by = (), "unknown", None, ""


def note(contact: Contact, ticket: Ticket, why: str, now_us: int) -> None:
    """Add the stay to what the ticket carries. Its clock has been measured."""
    stay_us = now_us - ticket.since_us
    if len(ticket.hops) >= HOPS_KEPT:
        del ticket.hops[0]
    ticket.hops.append(
        Hop(ticket.node, ticket.holder, why, ticket.spent_us // MILLISECOND_US, stay_us // MILLISECOND_US)
    )
    contact.queue.tally.tickets.clock_us += ticket.spent_us
    contact.queue.tally.tickets.stays += 1


def into_waiting(world: World, contact: Contact, queue: Queue) -> None:
    """Out of its line or off its agent's hands, into the waiting of `queue`; it does not stand yet."""
    if contact.line is not None:
        world.leave_line(contact)
    if contact.queue is not queue and not is_test(contact):
        flow.count_arrival(world, queue)
    if contact.state == "waiting":
        world.requeue_contact(contact, queue)
    else:
        world.change_queue(contact, queue)
        world.move_contact(contact, INTO_WAITING[contact.state])


def _wait(world: World, contact: Contact, ticket: Ticket, node: Node) -> None:
    """Wait in the node's line from now on, for anybody who may work there."""
    contact.missed, contact.preferred, contact.held_until_us = None, None, 0
    contact.direct = node.agent or None
    ticket.agent, ticket.node_needs, ticket.front = node.agent, node.needs, False
    contact.entered_us, contact.waited_us = ticket_clock.now_us(world, contact), 0
    join(world, contact, ticket.needs.beside(node.needs))


def join(world: World, contact: Contact, needs: Asked) -> None:
    """It waits with these needs from now on, at the place that it has earned."""
    ask_needs(contact, needs)
    join_line(world, contact)
    visits.stand_in_line(world, contact)


def join_line(world: World, contact: Contact) -> None:
    """Into the line of its needs; where the queue has too many of those, that of the queue's own needs, until it
    moves."""
    line = world.some_line_of(contact)
    take_clock(world, contact, line.clock)
    contact.key_us = ticket_clock.place_us(world, contact)
    visits.join_line(world, contact, line)


def goes_on(world: World, peer: Peer, contact: Contact, command: Complete) -> bool:
    """The agent who has it open is done with it. A ticket on a path that is not resolved goes on: to the node that one
    of the codes names, in the order of the node's own table, else to the next one. Raises `Refused` at the path's end:
    nothing leaves it unresolved."""
    if command.resolved == "yes" or not on_path(world, contact):
        return False
    ticket = ticket_of(contact)
    assert ticket is not None
    if ticket.node == END:
        raise Refused("path_end", contact.id)
    node = ticket_clock.node_of(world, contact, ticket)
    contact.codes, contact.resolved, contact.ended_by = command.codes, command.resolved, "agent"
    if ticket.moves_to:
        hop(world, contact, ticket.moves_to, ticket.moves_why, peer)
    else:
        to = next((to for code, to in node.next_by_code if code in command.codes), node.next)
        hop(world, contact, to, "unresolved", peer)
    return True


def on_path(world: World, contact: Contact) -> bool:
    """Is it a ticket whose way a path says?"""
    ticket = ticket_of(contact)
    if ticket is None:
        return False
    current(world, contact, ticket)
    return bool(ticket.path)


def transfer(world: World, contact: Contact, queue: Queue, by: Peer | None) -> None:
    """Sent by hand: to the node of its path that is worked in `queue`. Raises `Refused`."""
    ticket = ticket_of(contact)
    assert ticket is not None
    path = ticket_clock.path_of(world, contact, ticket)
    assert path is not None
    node = path.first(queue.name) or (path.end if path.end.queue == queue.name else None)
    if node is None:
        raise Refused("unknown_path", ticket.path)
    if node.name != END and ticket.hop_count >= path.hops_max:
        raise Refused("hops_max", contact.id)
    contact.ended_by = "agent" if by is not None else "supervisor"
    hop(world, contact, node.name, "transfer", by)


def current(world: World, contact: Contact, ticket: Ticket) -> None:
    """Before somebody acts on it: a path that is gone is gone for it, though its turn has not come yet."""
    if ticket.path and ticket_clock.path_of(world, contact, ticket) is None:
        without_path(world, contact, ticket)


def without_path(world: World, contact: Contact, ticket: Ticket) -> None:
    """Its whole path is gone: it stays where it is, until somebody is done with it."""
    ticket_clock.measure(world, contact, ticket, ticket_clock.node_of(world, contact, ticket))
    note(contact, ticket, "path_removed", world.now_us)
    ticket.path = ticket.node = ticket.moves_to = ticket.moves_why = ""
    ticket.limit_us = ticket.warn_us = 0
    ticket.escalated = False
    world.changed[contact] = None


# -- over --------------------------------------------------------------------------------------------------------------


def over(world: World, contact: Contact) -> None:
    """Nobody works on it any more: its last stay is written down, and it is remembered, so that it can be reopened."""
    ticket = ticket_of(contact)
    if ticket is None:
        return
    ticket_clock.measure(world, contact, ticket, ticket_clock.node_of(world, contact, ticket))
    resolved = contact.resolved == "yes"
    why = "resolved" if resolved else "closed" if contact.ended_by == "agent" else "withdrawn"
    note(contact, ticket, why, world.now_us)
    contact.queue.tally.tickets.resolved += resolved
    if world.tickets.live.get((contact.peer.key, ticket.id)) is contact:
        del world.tickets.live[contact.peer.key, ticket.id]
    world.tickets.overdue.pop(contact.number, None)
    link = (contact.peer.tenant, contact.link or "")
    if world.tickets.links.get(link) is contact:
        del world.tickets.links[link]
    solved.remember(world, contact, ticket)
