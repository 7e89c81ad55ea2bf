"""Questions: they change nothing and carry no number that is kept."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from router.core.commands.base import Request
from router.terms import Id


class Position(Request, tag="position"):
    """Where does the contact stand in its line, and how long has it waited?"""

    contact: Id
    answers = ("position",)
    errors = ("unknown_contact", "bad_state")
    numbered = False


class Status(Request, tag="status"):
    """How things stand: every queue of the client's tenant, agents by state, durability, epoch, violations."""

    queue: Id | None = None
    roles = ("gateway", "desk", "supervisor", "monitor")
    answers = ("status",)
    errors = ("unknown_queue",)
    numbered = False


class Agents(Request, tag="agents"):
    """Every agent of the tenant that is logged in, or has skills by hand, with state, load and since when; at most
    1,000 after `after`."""

    after: str = ""
    roles = ("desk", "supervisor", "monitor")
    answers = ("agents",)
    numbered = False


class Audit(Request, tag="audit"):
    """What people did by hand in the client's tenant, oldest first: at most `count` entries after number `after`."""

    after: Annotated[int, Meta(ge=0, le=2**53)] = 0
    """The number of the last entry seen; 0: from the oldest that is kept."""
    count: Annotated[int, Meta(ge=1, le=200)] = 100
    roles = ("supervisor",)
    answers = ("audit", "busy")
    numbered = False
    of_store = True
