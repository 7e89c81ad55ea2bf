"""What is said of offers and of the work after them, from the side where the agent's device is."""

from __future__ import annotations

from router.core.commands.base import Request
from router.terms import Codes, DurationMs, Id, RejectReason, Resolved


class Ringing(Request, tag="ringing"):
    """The agent's device rings: the ring time starts now."""

    offer: Id
    roles = ("gateway", "desk")
    errors = ("unknown_offer", "gone", "not_yours")


class Accept(Request, tag="accept"):
    """The agent takes the offer. Said again it is `ok` again; the loser of a race is told `gone`."""

    offer: Id
    roles = ("gateway", "desk")
    errors = ("unknown_offer", "gone", "not_yours")


class Reject(Request, tag="reject"):
    """The agent, or the device, does not take the offer. `unreachable` is no miss of the agent."""

    offer: Id
    reason: RejectReason = "declined"
    roles = ("gateway", "desk")
    errors = ("unknown_offer", "gone", "not_yours")


class Complete(Request, tag="complete"):
    """The agent is done with the contact: what is left of talk and wrap-up ends (wrap-up not where its queue has
    `early_end = false`), and the outcome is recorded. After a transfer it is about the agent who wraps up. A ticket on
    a path is over with `resolved` yes; else it goes on to the next node.

    Accepted until `complete_kept_s` after wrap-up, and after a transfer as long as the visit goes on; it then only adds
    codes and outcome to the record.
    """

    contact: Id
    gateway: Id | None = None
    """The contact's gateway, where it is not the sender."""
    codes: Codes = ()
    resolved: Resolved = "unknown"
    agent: Id | None = None
    """Whose work is done, where the sender speaks for several agents of the visit."""
    roles = ("gateway", "desk")
    errors = ("unknown_contact", "not_yours", "bad_state", "unknown_code", "path_end")


class ExtendWrapUp(Request, tag="extend_wrap_up"):
    """Give the agent's running wrap-up more time, within the queue's most."""

    contact: Id
    by_ms: DurationMs
    gateway: Id | None = None
    roles = ("gateway", "desk")
    errors = ("unknown_contact", "bad_state")
