"""What configuration tells the core of tickets: paths of nodes, each with who works there, how long, and what follows.

Frozen and checked like all settings (`settings.py`): every name leads somewhere, every path comes to its end.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from router.core.needs.want import ANYBODY, Want
from router.core.tickets.ticket import END
from router.terms import SECOND_US

Clock: TypeAlias = Literal["open", "always"]


class Words(Struct, frozen=True):
    """What a customer is told in each state. `{label}` is the node's, `{by}` stands for `by` where there is a time to
    name, else for nothing; `{due}` in it is that time."""

    waiting: str = "with {label}{by}"
    in_work: str = "{label} is working on it{by}"
    pending_customer: str = "we are waiting for your answer"
    pending_department: str = "{label} is waiting for others{by}"
    pending_date: str = "on hold until the day agreed"
    solved: str = "solved"
    by: str = ", answer by {due}"


class Node(Struct, frozen=True):
    """One station of a path."""

    name: str
    queue: str
    """In whose line it waits, and so who works on it."""
    agent: str = ""
    """Only this one of them."""
    needs: Want = ANYBODY
    """Beyond the queue's own and the ticket's."""
    label: str = "our team"
    """What a customer may hear of who has it."""
    limit_us: int = 0
    """Longest stay by the node's clock; 0: no limit."""
    warn_before_us: int = 0
    """Warned so long before the limit, by the same clock; 0: not."""
    clock: Clock = "open"
    """`open`: the open hours of the queue count; `always`: every hour does."""
    stops_when_pending: tuple[str, ...] = ("customer", "date")
    """While it waits for one of these its clock stands still."""
    next: str = END
    """Where it goes unresolved."""
    next_by_code: tuple[tuple[str, str], ...] = ()
    """Where else with this outcome code, sorted by code."""
    escalate_to: str = END
    """Where it goes at the limit."""


class TicketPath(Struct, frozen=True):
    """A path: its nodes, and its end, which nothing leaves unresolved."""

    name: str
    end: Node
    tenant: str = "main"
    nodes: tuple[Node, ...] = ()
    """In the order of the file: a ticket begins at the first one that is worked in the queue that it comes into."""
    hops_max: int = 8
    """Hops before the next one leads to the end."""
    holder_first_us: int = 300 * SECOND_US
    """How long its holder is waited for when it comes back."""
    words: Words = Words()

    def node(self, name: str) -> Node | None:
        """The node of that name, the end included."""
        if name == END:
            return self.end
        return next((node for node in self.nodes if node.name == name), None)

    def first(self, queue: str) -> Node | None:
        """Where a ticket begins that comes into this queue."""
        return next((node for node in self.nodes if node.queue == queue), None)
