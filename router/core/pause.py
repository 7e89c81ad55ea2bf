"""What is kept of a visit that is off the agents' hands for a while, and of a written conversation.

A contact has one only once it was parked, has changed its channel, or its gateway reports who writes. It must not know
how contacts are parked (`parking.py`); the way in which a visit ends asks here whether it was answered before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from router.core.sent import was_answered

if TYPE_CHECKING:
    from router.core.entities import Contact


class Pause(Struct, omit_defaults=True, gc=False):
    """Part of a contact's `extra`."""

    answered: bool = False
    """An agent had it before: whatever follows in this queue, the visit counts as answered, once."""
    agent: str = ""
    """The agent who had it last: it comes back to them first."""
    offer: str = ""
    """The offer that they had it under."""
    waited_us: int = 0
    """Its wait until it was answered first."""
    since_us: int = 0
    """Parked since; 0: not parked now."""
    parked_us: int = 0
    """Time that it was parked before that."""
    times: int = 0
    """How often it was parked."""
    channels: tuple[str, ...] = ()
    """The channels that it came by before it switched, in their order."""


class Chat(Struct, omit_defaults=True, gc=False):
    """Part of a contact's `extra`: who wrote when."""

    customer_us: int = 0
    agent_us: int = 0
    replied_us: int = -1
    """Its wait until an agent wrote first, time parked not counted; -1: nobody has."""


def pause_of(contact: Contact) -> Pause | None:
    """What is kept of its pauses, if it had any."""
    extra = contact.extra
    return extra.pause if extra is not None else None


def answered_before(contact: Contact) -> bool:
    """Has an agent of its present queue had it before?"""
    extra = contact.extra
    return extra is not None and extra.pause is not None and extra.pause.answered


def outcome_of(contact: Contact, outcome: str) -> str:
    """How its visit ends, if it ends in this way: who was answered, by an agent or a partner, stays so.
    One that went with its gateway is
    kept apart, because it may come back."""
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
