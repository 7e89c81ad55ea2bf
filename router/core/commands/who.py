"""The question who could take a contact now."""

from __future__ import annotations

from router.core.commands.base import Request
from router.terms import Id, NeedsTable


class Who(Request, tag="who"):
    """Who could take such a contact now, and of the others each: why not? Either what a contact would ask, or one that
    lives. All agents of the tenant by name, at most 1,000 after `after`."""

    queue: Id | None = None
    """With its own needs, as they are when a wait begins; none: only what is asked here."""
    channel: Id | None = None
    """None: the queue's first, or voice."""
    needs: NeedsTable | None = None
    language: Id | None = None
    """At the queue's `language_level`, if it has one; without a queue at any level."""
    contact: Id | None = None
    """One that waits, with what it asks by now. Its queue, channel and language count, whatever is given here; `needs`
    comes beside its own."""
    gateway: Id | None = None
    """The contact's, where several gateways have one of this id."""
    after: str = ""
    roles = ("desk", "supervisor", "monitor")
    answers = ("who",)
    errors = ("bad_needs", "unknown_contact", "ambiguous_contact", "bad_state", "unknown_queue", "unknown_channel")
    numbered = False
