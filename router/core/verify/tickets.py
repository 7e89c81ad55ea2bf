"""The part of `world.py` that is about tickets: each at one node of its path, with a holder or in that node's line,
its clock as it should run, and its next time kept as a deadline.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from router.core.entities import Contact
from router.core.tickets import clock as ticket_clock
from router.core.tickets.ticket import END, Ticket, ticket_of
from router.core.world import World

Found: TypeAlias = Iterator[tuple[str, str]]

IN_LINE = ("held", "waiting", "offered", "connecting")
OF_TICKETS = ("assigned", "pending")


def check_ticket(world: World, contact: Contact) -> Found:
    """One contact, as far as it is a ticket."""
    name = f"contact {contact.peer.key}/{contact.id} {contact.state}"
    ticket = ticket_of(contact)
    if ticket is None:
        if contact.state in OF_TICKETS:
            yield "I1", f"{name}: is no ticket"
        return
    if world.tickets.live.get((contact.peer.key, ticket.id)) is not contact:
        yield "index", f"{name}: ticket {ticket.id} is not listed"
    if ticket.overdue != (world.tickets.overdue.get(contact.number) is contact):
        yield "index", f"{name}: overdue {ticket.overdue}, listed {not ticket.overdue}"
    if (contact.state == "pending") != bool(ticket.pending) or (contact.state == "assigned" and not ticket.holder):
        yield "I1", f"{name}: pending for {ticket.pending!r}, holder {ticket.holder!r}"
    if ticket.moves_to and contact.state != "connected":
        yield "L2", f"{name}: was to move to {ticket.moves_to}"
    soonest_us = ticket.soonest_us()
    overslept = not contact.due_us or contact.due_us > max(soonest_us, world.now_us)
    if contact.state != "wrapping" and soonest_us and overslept:
        yield "L2", f"{name}: something is to happen at {soonest_us}, its deadline is {contact.due_us}"
    if not world.tickets.rechecked:
        yield from _on_its_path(world, contact, ticket, name)


def _on_its_path(world: World, contact: Contact, ticket: Ticket, name: str) -> Found:
    """Where it is by its path, and by its clock; asked when nothing is to be compared with other settings."""
    path = ticket_clock.path_of(world, contact, ticket)
    if ticket.path:
        node = path.node(ticket.node) if path is not None else None
        if path is None or node is None or contact.state == "wrapping":
            if contact.state != "wrapping" and not ticket.moves_to:
                yield "I1", f"{name}: at {ticket.path} {ticket.node}, which is not there"
            return
        if node.queue != contact.queue.name and not ticket.moves_to:
            yield "I1", f"{name}: in queue {contact.queue.name}, its node is worked in {node.queue}"
        if ticket.node != END and ticket.hop_count > path.hops_max and not ticket.moves_to:
            yield "I1", f"{name}: {ticket.hop_count} hops of {path.hops_max}"
        before = (ticket.warn_us, ticket.limit_us, ticket.due_us)
        expected = ticket_clock.times(world, contact, ticket, node)
        if before != expected and not ticket.moves_to:
            yield "L2", f"{name}: ends {before}, by its clock {expected}"
    if contact.line is not None and not ticket.front and contact.key_us != ticket_clock.place_us(world, contact):
        yield "I6", f"{name}: key {contact.key_us}, earned {ticket_clock.place_us(world, contact)}"


def check_lists(world: World) -> Found:
    """Every listed ticket lives."""
    for found in (world.tickets.live, world.tickets.overdue, world.tickets.links):
        for key, contact in found.items():
            if contact.peer.contacts.get(contact.id) is not contact:
                yield "index", f"ticket {key} is listed and has ended"
