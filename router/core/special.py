"""What only some contacts have, in their extra part: asked on the way of every call, and so compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core.partners.sent import was_answered

if TYPE_CHECKING:
    from router.core.entities import Contact
    from router.core.routes.routed import Routed
    from router.core.talks.pause import Pause


def routed_of(contact: Contact) -> Routed | None:
    """What the routes decided for it, if they did."""
    extra = contact.extra
    return extra.route if extra is not None else None


def is_test(contact: Contact) -> bool:
    """Is it a test call, which no figure counts?"""
    extra = contact.extra
    return extra is not None and extra.route is not None and extra.route.test


def pause_of(contact: Contact) -> Pause | None:
    """What is kept of its pauses, if it had any."""
    extra = contact.extra
    return extra.pause if extra is not None else None


def answered_before(contact: Contact) -> bool:
    """Has an agent of its present queue had it before?"""
    extra = contact.extra
    return extra is not None and extra.pause is not None and extra.pause.answered


def outcome_of(contact: Contact, outcome: str) -> str:
    """How its visit ends, if it ends in this way: who was answered, by an agent or a partner, stays so. One that went
    with its gateway is kept apart, because it may come back."""
    if outcome != "lost_with_gateway" and was_answered(contact):
        return "sent_to_partner"
    return "answered" if outcome != "lost_with_gateway" and answered_before(contact) else outcome


def first_wait_us(contact: Contact) -> int:
    """The wait that counts: until it was answered first."""
    extra = contact.extra
    if extra is not None and extra.pause is not None and extra.pause.answered:
        return extra.pause.waited_us
    return contact.waited_us


def forget_pauses(contact: Contact) -> None:
    """The visit goes on in another queue, where nobody has answered it yet."""
    extra = contact.extra
    if extra is not None:
        extra.pause = extra.chat = None


def last_activity_us(contact: Contact) -> int:
    """When somebody wrote last; 0: never, or it is not reported."""
    extra = contact.extra
    chat = extra.chat if extra is not None else None
    return max(chat.customer_us, chat.agent_us) if chat is not None else 0
