"""What a ticket carries beside what every contact has: its path, its clock, its holder, and every hop so far.

Data only: the clock is run in `clock.py`, the path walked in `path.py`. All fields are names and
numbers, so that it is stored with the contact's record as it is.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct, field

from router.core.needs.asked import NOTHING, Asked
from router.core.needs.want import ANYBODY, Want

if TYPE_CHECKING:
    from router.core.entities import Contact
    from router.core.tickets.settings import TicketPath

TICKET = "ticket"
"""The channel whose contacts are tickets."""
END = "end"
"""The name by which a path's nodes lead to its end."""


class Hop(Struct, omit_defaults=True, gc=False):
    """A stay in a node that is over."""

    node: str
    holder: str
    why: str
    """What ended it: unresolved, limit, transfer, node_removed, queue_changed, hops_max, path_removed; the last one:
    resolved, closed (by an agent, where there is no path) or withdrawn."""
    clock_ms: int = 0
    """Time in the node by its clock: open hours, and not while the clock stood still."""
    stay_ms: int = 0
    """Time in the node by every clock on the wall."""


class Ticket(Struct, omit_defaults=True, gc=False):
    """See the module. Times are core times; 0: none, or its clock stands still."""

    id: str
    """The ticket's own id, which it keeps when it is reopened: the contact id of its first visit."""
    opened_us: int
    path: str = ""
    """Empty: a ticket without a path, which stays in its queue until somebody is done with it."""
    node: str = ""
    needs: Asked = NOTHING
    """What the ticket itself needs, in every node."""
    holder: str = ""
    """The agent whose it is: who had it open last in this node."""
    since_us: int = 0
    """It came to this node."""
    clock_us: int = 0
    """When `spent_us` and `due_left_us` were measured; the clock runs from there."""
    spent_us: int = 0
    """Time in this node by its clock."""
    stopped: bool = False
    """The clock stands still."""
    warn_us: int = 0
    limit_us: int = 0
    due_us: int = 0
    due_left_us: int = -1
    """Time left until it is due; -1: it has no due time."""
    warned: bool = False
    escalated: bool = False
    """The limit of this node is over."""
    overdue: bool = False
    pending: str = ""
    """For whom or what it waits: customer, department, date; empty: for nothing."""
    pending_until_us: int = 0
    moves_to: str = ""
    """The node to which it goes as soon as the agent who has it open lets go of it."""
    moves_why: str = ""
    agent: str = ""
    node_needs: Want = ANYBODY
    """Whom its node asked for when it came there, and what: a hand may have changed that since."""
    front: bool = False
    """Put before all by hand: it keeps that place until it moves."""
    hop_count: int = 0
    """Hops since it was opened, or reopened."""
    hops: list[Hop] = []
    reopened: int = 0

    def soonest_us(self) -> int:
        """The next time at which something happens to it by itself; 0: none."""
        soonest_us = 0
        if self.warn_us and not self.warned:
            soonest_us = self.warn_us
        if self.limit_us and not self.escalated and (not soonest_us or self.limit_us < soonest_us):
            soonest_us = self.limit_us
        if self.due_us and not self.overdue and (not soonest_us or self.due_us < soonest_us):
            soonest_us = self.due_us
        if self.pending_until_us and (not soonest_us or self.pending_until_us < soonest_us):
            soonest_us = self.pending_until_us
        return soonest_us

    def promised_us(self) -> int:
        """The earlier of its due time and of its node's limit; 0 where there is neither."""
        if self.limit_us and (not self.due_us or self.limit_us < self.due_us):
            return self.limit_us
        return self.due_us


class Solved(Struct, array_like=True, eq=False, gc=False):
    """What is remembered of a ticket that is over, so that it can be reopened: its own record, too."""

    schema: int
    ticket: str
    peer: str
    """Key of the gateway that owned it."""
    number: int
    path: str
    node: str
    queue: str
    holder: str
    opened_us: int
    due_us: int
    overdue: bool
    ended_us: int
    contact: str
    """The id of its last visit."""
    needs: Asked
    customer: str | None
    link: str | None
    language: str | None
    priority_s: int
    reopened: int
    resolved: str


class Tickets(Struct, eq=False, gc=False):
    """All tickets of a world, by what they are looked up by. Built anew when a world starts."""

    paths: dict[tuple[str, str], TicketPath] = {}
    """The paths in force, by tenant and name."""
    live: dict[tuple[str, str], Contact] = {}
    """By gateway and the ticket's own id, in the order of their contacts' numbers."""
    links: dict[tuple[str, str], Contact] = {}
    """The last live one of each tenant and link."""
    overdue: dict[int, Contact] = {}
    """Those past their due time by number, in the order in which they came to be so."""
    rechecked: deque[Contact] = field(default_factory=deque)
    """To be compared with the settings in force, a slice a step."""
    solved: dict[tuple[str, str], Solved] = {}
    """Those that are over and may be reopened, by gateway and id."""
    solved_order: deque[Solved] = field(default_factory=deque)
    """The same, the oldest first; some of them reopened since."""


def ticket_of(contact: Contact) -> Ticket | None:
    """What the contact carries as a ticket; None where it is none."""
    extra = contact.extra
    return None if extra is None else extra.ticket
