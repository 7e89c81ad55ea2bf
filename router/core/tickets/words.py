"""What a customer may hear of their ticket: words from configuration, by the node's label and the ticket's state.

Nothing internal gets out: no name of a node, queue or agent, unless a label or a text says it.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter

from router.core.effects import TrackReply
from router.core.entities import Contact
from router.core.queue import Queue
from router.core.tickets import clock as ticket_clock
from router.core.tickets.settings import TicketPath, Words
from router.core.tickets.ticket import Solved, ticket_of
from router.core.world import World
from router.terms import MILLISECOND_US, SECOND_US, TicketStateName

DAYS = ("Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday")
"""Of the first of January 1970 and after."""
DAY_S = 86_400
USUAL = Words()


def live(world: World, seq: int, contact: Contact) -> TrackReply:
    """A ticket that lives."""
    ticket = ticket_of(contact)
    assert ticket is not None
    path = ticket_clock.path_of(world, contact, ticket)
    node = ticket_clock.node_of(world, contact, ticket)
    state: TicketStateName = "waiting"
    if contact.state == "pending":
        state = f"pending_{ticket.pending}"  # type: ignore[assignment]  # one of its literals
    elif contact.state in ("connecting", "connected", "assigned"):
        state = "in_work"
    elif contact.state == "wrapping":
        state = "solved"
    at_us = ticket.due_us or ticket.promised_us()
    return _told(world, seq, ticket.id, state, path, node.label, contact.queue, 0 if state == "solved" else at_us)


def solved(world: World, seq: int, was: Solved) -> TrackReply:
    """A ticket that is over and remembered."""
    tenant = was.peer.partition("/")[0]
    path = world.tickets.paths.get((tenant, was.path))
    node = path.node(was.node) if path is not None else None
    label = ticket_clock.NO_PATH.label if node is None else node.label
    return _told(world, seq, was.ticket, "solved", path, label, world.queues.get((tenant, was.queue)), 0)


def _told(
    world: World,
    seq: int,
    ticket: str,
    state: TicketStateName,
    path: TicketPath | None,
    label: str,
    queue: Queue | None,
    at_us: int,
) -> TrackReply:
    words = USUAL if path is None else path.words
    left_us = max(0, at_us - world.now_us)
    by = ""
    if at_us and left_us and queue is not None and world.ahead_us:
        by = words.by.replace("{due}", day_and_time(world, queue, at_us))
    text = getattr(words, state).replace("{label}", label).replace("{by}", by)
    return TrackReply(seq, ticket, state, label, text, left_us // MILLISECOND_US if at_us else None)


def day_and_time(world: World, queue: Queue, at_us: int) -> str:
    """`Monday 10:00` by the clock of the queue's calendar; where it has none, in UTC."""
    utc_s = (at_us + world.ahead_us) // SECOND_US
    offsets = queue.door.hours.settings.offsets if queue.door is not None and queue.door.hours is not None else ()
    # The first one holds before it, too.
    ahead_s = offsets[max(0, bisect_right(offsets, utc_s, key=itemgetter(0)) - 1)][1] if offsets else 0
    day, second = divmod(utc_s + ahead_s, DAY_S)
    return f"{DAYS[day % 7]} {second // 3600:02}:{second % 3600 // 60:02}"
