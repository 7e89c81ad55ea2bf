"""A ticket's clock: how much of its node's limit and of its due time is used up, when they end, and its place in line.

What is kept is how much was used up to a moment, and that moment; the times at which something ends are counted from
there by the calendar in force. So a calendar that changes, or a clock that stands still, is one count anew.

    key in the line = due - class target         so urgency is 1.0 when it is due
"""

from __future__ import annotations

from router.core import visits
from router.core.deadlines import NEVER_US
from router.core.doors.hours import Hours, clock_of, due_us, open_us
from router.core.effects import TicketEvent
from router.core.entities import Contact
from router.core.standing import move_to
from router.core.tickets.settings import Node, TicketPath
from router.core.tickets.ticket import Ticket, ticket_of
from router.core.world import MONITOR, World
from router.terms import MILLISECOND_US, SECOND_US, TicketNews

NO_PATH = Node("", "")
"""The node of a ticket without a path: no limit, nobody to escalate to."""


def path_of(world: World, contact: Contact, ticket: Ticket) -> TicketPath | None:
    """Its path as it is configured now; None where it has none, or none any more."""
    return world.tickets.paths.get((contact.peer.tenant, ticket.path)) if ticket.path else None


def node_of(world: World, contact: Contact, ticket: Ticket) -> Node:
    """The node where it is, as it is configured now."""
    path = path_of(world, contact, ticket)
    node = path.node(ticket.node) if path is not None else None
    return NO_PATH if node is None else node


# -- counting ---------------------------------------------------------------------------------------------------------


def hours_of(contact: Contact, node: Node) -> Hours | None:
    """The calendar by which the node's clock runs: that of the contact's queue; None: every hour counts."""
    door = contact.queue.door
    return door.hours if door is not None and node.clock == "open" else None


def end_us(world: World, hours: Hours | None, from_us: int, left_us: int) -> int:
    """The core time at which `left_us` of a clock have passed since `from_us`; 0 where that never comes."""
    at_us = due_us(world, hours, left_us, from_us)
    return 0 if at_us >= NEVER_US else at_us


def passed_us(world: World, hours: Hours | None, from_us: int, until_us: int) -> int:
    """How much of a clock lies between two core times; negative where the second is before the first."""
    if hours is None:
        return until_us - from_us
    if until_us < from_us:
        return -open_us(world, hours, until_us, from_us)
    return open_us(world, hours, from_us, until_us)


def measure(world: World, contact: Contact, ticket: Ticket, node: Node) -> None:
    """Fix what is used up until now; the clock goes on from here, if it runs."""
    now_us = world.now_us
    if not ticket.stopped:
        hours = hours_of(contact, node)
        ticket.spent_us += passed_us(world, hours, ticket.clock_us, now_us)
        if ticket.due_us:
            ticket.due_left_us = max(0, passed_us(world, hours, now_us, ticket.due_us))
    ticket.clock_us = now_us


def run(world: World, contact: Contact, ticket: Ticket, node: Node) -> None:
    """Count when things end, from what was measured last."""
    ticket.warn_us, ticket.limit_us, ticket.due_us = times(world, contact, ticket, node)


def times(world: World, contact: Contact, ticket: Ticket, node: Node) -> tuple[int, int, int]:
    """When it is warned of, when its limit is over and when it is due. What is over already stays so."""
    warn_us, limit_us, due_us = 0, ticket.limit_us, ticket.due_us
    if ticket.stopped:
        return 0, limit_us if ticket.escalated else 0, due_us if ticket.overdue else 0
    from_us, hours = ticket.clock_us, hours_of(contact, node)
    if not ticket.escalated:
        left_us = max(0, node.limit_us - ticket.spent_us)
        limit_us = end_us(world, hours, from_us, left_us) if node.limit_us else 0
        if node.limit_us and node.warn_before_us and not ticket.warned:
            warn_us = end_us(world, hours, from_us, max(0, left_us - node.warn_before_us))
    if ticket.due_left_us >= 0 and not ticket.overdue and not 0 < due_us <= from_us:
        due_us = end_us(world, hours, from_us, ticket.due_left_us)
    return warn_us, limit_us, due_us


def begin(world: World, contact: Contact, ticket: Ticket, node: Node) -> None:
    """A new stay: nothing of its limit is used up. The due time is not touched by it."""
    ticket.node, ticket.since_us, ticket.clock_us = node.name, world.now_us, world.now_us
    ticket.spent_us = 0
    ticket.stopped = ticket.warned = ticket.escalated = False
    ticket.holder = ticket.pending = ticket.moves_to = ticket.moves_why = ""
    ticket.pending_until_us = 0
    if ticket.due_us and not ticket.overdue:
        ticket.due_left_us = max(0, passed_us(world, hours_of(contact, node), world.now_us, ticket.due_us))
    run(world, contact, ticket, node)


def stop(world: World, contact: Contact, ticket: Ticket, node: Node) -> None:
    """The clock stands still from now on."""
    measure(world, contact, ticket, node)
    ticket.stopped = True
    run(world, contact, ticket, node)


def go_on(world: World, contact: Contact, ticket: Ticket, node: Node) -> None:
    """The clock runs again."""
    if ticket.stopped:
        ticket.stopped = False
        ticket.clock_us = world.now_us
        run(world, contact, ticket, node)


# -- place ------------------------------------------------------------------------------------------------------------


def now_us(world: World, contact: Contact) -> int:
    """The time by which its wait is counted: core time, or the open time of its line's calendar."""
    clock = clock_of(world, contact)
    return world.now_us if clock is None else clock.now(world.now_us)


def place_us(world: World, contact: Contact) -> int:
    """Its key in the line, by the time that its line counts. Without a due time and a limit it stands by its age, as a
    call does by its arrival."""
    ticket = ticket_of(contact)
    head_start_us = contact.priority_s * SECOND_US
    if ticket is None:
        return contact.entered_us - head_start_us
    at_us = ticket.promised_us()
    target_us = _target_us(world, contact) if at_us else 0
    clock = clock_of(world, contact)
    here_us = world.now_us if clock is None else clock.now(world.now_us)
    return here_us + passed_us(world, clock, world.now_us, at_us or ticket.opened_us) - target_us - head_start_us


def _target_us(world: World, contact: Contact) -> int:
    """The target by which the contact's wait is measured in its line."""
    settings = contact.queue.settings
    if settings.order == "oldest":
        return world.settings.oldest_target_us
    return world.routing.targets.get(world.routing.own_target(contact), settings.target_us)


def place(world: World, contact: Contact) -> None:
    """Give it the place that it has earned by now, whether it stands or not."""
    ticket, key_us = ticket_of(contact), place_us(world, contact)
    if contact.key_us != key_us and ticket is not None and not ticket.front:
        move_to(world, contact, key_us)
        world.changed[contact] = None


# -- telling ----------------------------------------------------------------------------------------------------------


def tell(world: World, contact: Contact, ticket: Ticket, news: TicketNews, why: str = "") -> None:
    """Tell its gateway, where its holder is signed in, and monitors."""
    world.tell(contact.peer, _event(world, contact, ticket, news, why))
    agent = world.agents.get((contact.peer.tenant, ticket.holder)) if ticket.holder else None
    if agent is not None and agent.session and agent.session != contact.peer.key:
        world.tell_session(agent, _event(world, contact, ticket, news, why))
    if world.monitored:
        # One of its own: the monitors' events are numbered.
        world.effects.append((f"{contact.peer.tenant}/{MONITOR}", _event(world, contact, ticket, news, why)))


def _event(world: World, contact: Contact, ticket: Ticket, news: TicketNews, why: str) -> TicketEvent:
    return TicketEvent(
        contact.id, contact.peer.name, news, ticket.path, ticket.node, ticket.holder, why,
        _left_ms(world, ticket.limit_us), _left_ms(world, ticket.due_us),
    )  # fmt: skip


def _left_ms(world: World, at_us: int) -> int | None:
    return max(0, at_us - world.now_us) // MILLISECOND_US if at_us else None


def left_ms(world: World, contact: Contact) -> int | None:
    """What is left of what it was promised."""
    ticket = ticket_of(contact)
    return None if ticket is None else _left_ms(world, ticket.promised_us())


def taken(world: World, contact: Contact, agent: str) -> None:
    """An agent has it open: it is theirs."""
    ticket = ticket_of(contact)
    if ticket is not None:
        ticket.holder = agent
        visits.arm(world, contact)
