"""What is kept of a contact that was sent to a partner: part of its `extra`. It must not know how it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from router.core.entities import Contact

AWAY = ("sent", "at_partner")
"""States of a contact that a partner has, or is asked to take."""


class Sent(Struct, omit_defaults=True, gc=False):
    """Where it is, and by which terms: those of the moment when it was sent, whatever is edited meanwhile."""

    partner: str = ""
    """Who has it, or had it last."""
    id: str = ""
    """Of this way to the partner: reports of an earlier one are told apart by it."""
    sent_us: int = 0
    answered_us: int = 0
    """0: not yet."""
    until_us: int = 0
    """Not answered by then it comes back; at the partner's the talk counts as over then."""
    answer_most_us: int = 0
    talk_most_us: int = 0
    target_us: int = 0
    contact_price: int = 0
    """Millionths."""
    minute_price: int = 0
    talk_us: int = 0
    """Once the talk is over: how long it was."""
    cost: int = 0
    """Once it is over, in millionths."""
    failed: tuple[str, ...] = ()
    """Partners that did not take it: it is not sent to them again."""


def sent_of(contact: Contact) -> Sent | None:
    """What is kept of its way to a partner, if it was sent to one."""
    return contact.extra.sent if contact.extra is not None else None


def was_answered(contact: Contact) -> bool:
    """Has a partner answered it, and has it now or had it to the end?"""
    sent = sent_of(contact)
    return sent is not None and sent.answered_us != 0
