"""What a gateway says of a contact that it connects to a partner, and what may be asked about partners."""

from __future__ import annotations

from router.core.commands.base import Request
from router.terms import EndedBy, Id, SendFault


class PartnerAnswered(Request, tag="partner_answered"):
    """The partner has the customer on the line: the wait is over."""

    contact: Id
    send: Id
    """As `send` named it."""
    errors = ("unknown_contact", "gone", "bad_state")


class PartnerEnded(Request, tag="partner_ended"):
    """The talk at the partner's is over, and with it the visit."""

    contact: Id
    send: Id
    """As `send` named it."""
    by: EndedBy = "agent"
    """Who hung up."""
    errors = ("unknown_contact", "gone", "bad_state")


class PartnerFailed(Request, tag="partner_failed"):
    """The partner does not take it: it has its old place again, and is not sent to this partner once more."""

    contact: Id
    send: Id
    """As `send` named it."""
    fault: SendFault = "no_answer"
    """Why not."""
    errors = ("unknown_contact", "gone", "bad_state")


class PartnersAsked(Request, tag="partners"):
    """Every partner of the tenant by name: what it has now, what it has done, and its share in force; at most 500 after
    `after`."""

    after: str = ""
    """Those after this one; empty: from the first."""
    roles = ("supervisor", "monitor", "desk")
    answers = ("partners",)
    numbered = False
