"""What a gateway says when an agent asks a colleague: consult, hand over, conference, and who hangs up."""

from __future__ import annotations

from router.core.commands.base import Request
from router.terms import Data, HeadStartS, Id, NeedsTable, NewId


class Consult(Request, tag="consult"):
    """The agent who talks with this contact asks a colleague. The consult is a contact of its own, `consult`, in the
    same link; it waits in a queue, and is offered and answered like any other, but never to who asks. Meanwhile the
    customer is on hold (counted), with the agent, who keeps their capacity. A ticket has nobody on hold: `bad_state`,
    and `pend` is what it has instead."""

    contact: Id
    """The customer's."""
    consult: NewId
    """The consult's own id."""
    queue: Id | None = None
    """Whom to ask; none: the contact's own queue."""
    agent: Id | None = None
    """Only this agent is asked, whatever the queue needs."""
    needs: NeedsTable | None = None
    priority_s: HeadStartS = 0
    data: Data | None = None
    """Added to the contact's."""
    answers = ("queued", "refused", "busy")
    errors = (
        "bad_id", "unknown_contact", "ended", "conflict", "bad_state", "unknown_queue", "unknown_channel",
        "unknown_agent", "data_too_large", "bad_needs", "too_many_needs",
    )  # fmt: skip


class CancelConsult(Request, tag="cancel_consult"):
    """The consult is over, whether it waits, rings or talks: the second agent is free, and the customer off hold."""

    contact: Id
    """The customer's."""
    errors = ("unknown_contact", "bad_state")


class CompleteConsult(Request, tag="complete_consult"):
    """The two agents have talked: the customer goes to the second, the first wraps up. The visit stays in its queue."""

    contact: Id
    """The customer's."""
    errors = ("unknown_contact", "bad_state")


class Conference(Request, tag="conference"):
    """The two agents have talked: the customer joins them. Each agent keeps their capacity until they leave."""

    contact: Id
    """The customer's."""
    errors = ("unknown_contact", "bad_state")


class Leave(Request, tag="leave"):
    """This agent hangs up: see the table of who hangs up when. With nobody else there the visit is over."""

    contact: Id
    """The customer's, or the consult's."""
    agent: Id
    gateway: Id | None = None
    """The contact's gateway, where it is not the sender."""
    roles = ("gateway", "desk")
    errors = ("unknown_contact", "not_yours", "bad_state")
