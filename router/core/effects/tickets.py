"""What the engine tells of tickets."""

from __future__ import annotations

from msgspec import Struct

from router.core.effects.base import Message, Reply
from router.terms import ContactStateName, TicketNews, TicketStateName


class TicketEvent(Message, tag="ticket"):
    """Something has happened to a ticket by itself, or it has moved: to its gateway, to where its holder is signed
    in, and to monitors, for whom it is numbered like their other events."""

    contact: str
    gateway: str
    news: TicketNews
    path: str = ""
    node: str = ""
    """Where it is now."""
    holder: str = ""
    why: str = ""
    left_ms: int | None = None
    """Time left until the node's limit, by all clocks on the wall."""
    due_ms: int | None = None
    """Time left until it is due; 0: it is overdue."""
    number: int = 0


class TrackReply(Reply, tag="track"):
    """Where it stands. No names of nodes, queues or agents: only what configuration wants customers to hear."""

    ticket: str
    state: TicketStateName
    label: str = ""
    text: str = ""
    due_ms: int | None = None
    """Until the time that `text` names; none where there is none, 0 where it has passed."""


class TicketStatus(Struct, omit_defaults=True, gc=False):
    """A ticket, for those who run the centre."""

    ticket: str
    contact: str
    gateway: str
    queue: str
    state: ContactStateName
    number: int
    path: str = ""
    node: str = ""
    holder: str = ""
    pending: str = ""
    age_ms: int = 0
    """Since it was first opened."""
    due_ms: int | None = None
    """Time left until it is due, negative once it is overdue; none while its clock stands still or has no end."""
    limit_ms: int | None = None
    overdue: bool = False
    hops: int = 0
    reopened: int = 0


class TicketsReply(Reply, tag="tickets"):
    """A page of tickets by number; `more` where another page follows after the last number."""

    tickets: list[TicketStatus]
    more: bool = False
