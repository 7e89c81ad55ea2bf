"""Taking work by hand."""

from __future__ import annotations

from router.core.commands.base import Request
from router.terms import Id


class Pick(Request, tag="pick"):
    """The agent takes a waiting contact by hand, where its queue allows that (`pick = true`): this one, or the most
    urgent that they may pick. They may be not ready for offers; needs and capacity count as always."""

    agent: Id
    contact: Id | None = None
    """None: the most urgent that they may pick."""
    gateway: Id | None = None
    roles = ("gateway", "desk")
    answers = ("picked",)
    errors = (
        "unknown_agent", "not_logged_in", "not_yours", "unknown_contact", "bad_state", "not_allowed", "no_room",
        "nothing_waits",
    )  # fmt: skip
