"""What happens to a ticket by itself (warnings, limits, due times, dates), and what another configuration makes of it.

Both are the same question, where it stands by now, asked by a deadline or, in slices, after a reload.
"""

from __future__ import annotations

from router.core import visits
from router.core.doors.closing import tickets_anew
from router.core.entities import Contact
from router.core.extra import ask_needs
from router.core.tickets import clock as ticket_clock
from router.core.tickets import solved
from router.core.tickets.desk import ON_HAND, come_back
from router.core.tickets.path import current, hop, join_line, without_path
from router.core.tickets.settings import Node, TicketPath
from router.core.tickets.ticket import END, Ticket, ticket_of
from router.core.world import World

RECHECKED_A_STEP = 64

# -- time -------------------------------------------------------------------------------------------------------------


def due(world: World, contact: Contact) -> None:
    """A deadline of a contact has come: of a ticket, or of any that waits."""
    ticket = ticket_of(contact)
    if ticket is None:
        visits.due(world, contact)
        return
    now_us = world.now_us
    world.changed[contact] = None
    current(world, contact, ticket)
    if ticket.warn_us and not ticket.warned and now_us >= ticket.warn_us:
        ticket.warned, ticket.warn_us = True, 0
        contact.queue.tally.tickets.warned += 1
        ticket_clock.tell(world, contact, ticket, "warned")
    if ticket.due_us and not ticket.overdue and now_us >= ticket.due_us:
        _overdue(world, contact, ticket)
    if ticket.limit_us and not ticket.escalated and now_us >= ticket.limit_us and _limit(world, contact, ticket):
        return
    if ticket.pending_until_us and now_us >= ticket.pending_until_us:
        come_back(world, contact, ticket, "date")
        return
    if contact.state in ("waiting", "held") and contact.peer.live:
        visits.due(world, contact)
    if not contact.due_us and contact.peer.contacts.get(contact.id) is contact:
        visits.arm(world, contact)


def _overdue(world: World, contact: Contact, ticket: Ticket) -> None:
    ticket.overdue = True
    contact.queue.tally.tickets.overdue += 1
    world.tickets.overdue[contact.number] = contact
    ticket_clock.tell(world, contact, ticket, "overdue")


def _limit(world: World, contact: Contact, ticket: Ticket) -> bool:
    """The node's limit is reached: up it goes, at once, or when the agent who has it open lets go of it. At the path's
    end there is nobody above: it is overdue. True: it has moved."""
    ticket.escalated = True
    contact.queue.tally.tickets.escalated += 1
    node = ticket_clock.node_of(world, contact, ticket)
    ticket_clock.tell(world, contact, ticket, "limit", node.escalate_to if ticket.node != END else "")
    if ticket.node == END or not ticket.path:
        if not ticket.overdue:
            _overdue(world, contact, ticket)
        return False
    if contact.state == "connected":
        ticket.moves_to, ticket.moves_why = node.escalate_to, "limit"
        return False
    hop(world, contact, node.escalate_to, "limit")
    return True


# -- another configuration --------------------------------------------------------------------------------------------


def displaced(world: World) -> None:
    """Every ticket is to be looked at again, in slices: paths, hours, queues or people are others now."""
    tickets_anew(world)


def work(world: World) -> None:
    """A slice of that, where whom nothing concerns is left exactly as it is; and of what is too old to be reopened."""
    solved.forget_old(world)
    for _ in range(RECHECKED_A_STEP):
        if not world.tickets.rechecked:
            return
        contact = world.tickets.rechecked.popleft()
        ticket = ticket_of(contact)
        if ticket is not None and contact.state != "wrapping" and contact.peer.contacts.get(contact.id) is contact:
            _recheck(world, contact, ticket)


def _recheck(world: World, contact: Contact, ticket: Ticket) -> None:
    path = ticket_clock.path_of(world, contact, ticket)
    if ticket.path and path is None:
        without_path(world, contact, ticket)
    node = path.node(ticket.node) if path is not None else ticket_clock.NO_PATH
    if path is not None:
        to, why = _misplaced(contact, ticket, path, node)
        if to:
            _move_or_mark(world, contact, ticket, to, why)
            return
    assert node is not None
    holder = world.agents.get((contact.peer.tenant, ticket.holder)) if ticket.holder else None
    if ticket.holder and (holder is None or holder.retired) and contact.state in ON_HAND:
        ticket.holder = ""
        world.changed[contact] = None
        if contact.state == "assigned":
            come_back(world, contact, ticket, "holder_removed")
    _recount(world, contact, ticket, node)
    _requeue(world, contact, ticket, node)


def _misplaced(contact: Contact, ticket: Ticket, path: TicketPath, node: Node | None) -> tuple[str, str]:
    """Where it belongs by its path as it is now, and why; empty where it is right."""
    if node is None:
        return END, "node_removed"
    if node.queue != contact.queue.name:
        return node.name, "queue_changed"
    if ticket.node != END and ticket.hop_count > path.hops_max:
        return END, "hops_max"
    return "", ""


def _move_or_mark(world: World, contact: Contact, ticket: Ticket, to: str, why: str) -> None:
    if contact.state == "connected":
        ticket.moves_to, ticket.moves_why = to, why
        world.changed[contact] = None
    else:
        hop(world, contact, to, why)


def _recount(world: World, contact: Contact, ticket: Ticket, node: Node) -> None:
    """Other limits, or another calendar: count again from what was measured last."""
    before = (ticket.warn_us, ticket.limit_us, ticket.due_us)
    ticket_clock.run(world, contact, ticket, node)
    if before != (ticket.warn_us, ticket.limit_us, ticket.due_us):
        world.changed[contact] = None
        visits.arm(world, contact)
    if contact.line is not None:
        ticket_clock.place(world, contact)


def _requeue(world: World, contact: Contact, ticket: Ticket, node: Node) -> None:
    """The node asks for other people now: into their line, at the same place."""
    if (ticket.agent, ticket.node_needs) == (node.agent, node.needs):
        return
    ticket.agent, ticket.node_needs = node.agent, node.needs
    world.changed[contact] = None
    if contact.state not in ("waiting", "held") or contact.line is None:
        return
    direct = (node.agent or None) if ticket.path else contact.direct
    needs = ticket.needs.beside(node.needs)
    contact.direct, contact.preferred = direct, None
    world.changed[contact] = None
    world.leave_line(contact)
    ask_needs(contact, needs)
    join_line(world, contact)
    if contact.state == "waiting":
        visits.stand_in_line(world, contact)
