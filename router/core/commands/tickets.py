"""What is asked of tickets beside what every contact knows: put aside, pend, reopen, and where one stands."""

from __future__ import annotations

from router.core.commands.base import Request
from router.terms import Data, DurationMs, Id, NewId, PendingFor


class OpenTicket(Request, tag="open_ticket"):
    """The agent takes a ticket of theirs, `assigned` or `pending`, onto the desk again: it takes capacity."""

    contact: Id
    gateway: Id | None = None
    roles = ("gateway", "desk")
    errors = ("unknown_contact", "bad_state", "not_yours", "not_logged_in", "no_capacity")


class CloseTicket(Request, tag="close_ticket"):
    """The agent takes the ticket off the desk and keeps it: its units are free, it is `assigned`."""

    contact: Id
    gateway: Id | None = None
    roles = ("gateway", "desk")
    errors = ("unknown_contact", "bad_state", "not_yours")


class Pend(Request, tag="pend"):
    """The ticket can't go on before the customer, a department or a date: it is `pending` and takes no capacity.

    Its clock stands still where the node says so. It comes back with `resume`, or after `until_ms`: to its holder
    first, then to anybody of the node.
    """

    contact: Id
    pending_for: PendingFor
    """For whom or what it waits."""
    until_ms: DurationMs | None = None
    """When it comes back at the latest; a date must say it."""
    gateway: Id | None = None
    roles = ("gateway", "desk")
    errors = ("unknown_contact", "bad_state", "not_yours", "until_needed")


class Reopen(Request, tag="reopen"):
    """A solved ticket was not: a new visit of it, with its age and due time, to its last holder first.

    Said again it is `queued` again, as an enqueue is.
    """

    contact: NewId
    """The id of the new visit."""
    ticket: Id
    """The contact id of the ticket's first visit."""
    data: Data | None = None
    """As with `enqueue`."""
    answers = ("queued", "busy")
    errors = ("bad_id", "conflict", "ended", "unknown_ticket", "unknown_queue", "bad_state", "data_too_large")


class Track(Request, tag="track"):
    """Where does the ticket stand, in words that its customer may hear?"""

    contact: Id | None = None
    """A visit of it, or its first one."""
    link: Id | None = None
    gateway: Id | None = None
    roles = ("gateway", "desk", "supervisor")
    answers = ("track",)
    errors = ("unknown_ticket",)
    numbered = False


class Tickets(Request, tag="tickets"):
    """Tickets that live, the oldest first, at most 500 after the number `after`."""

    overdue: bool = False
    """Only those that are."""
    queue: Id | None = None
    after: int = 0
    """The number of the last ticket of the page before; 0: the first page."""
    roles = ("desk", "supervisor", "monitor")
    answers = ("tickets",)
    errors = ("unknown_queue",)
    numbered = False
