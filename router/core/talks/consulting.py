"""What a contact carries while an agent who has it asks a colleague: the part of its `extra`, and questions about it.

The customer's contact and the consult contact name each other; neither holds the other. It must not move anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from router.core.entities import Contact, Offer


class Consult(Struct, omit_defaults=True, gc=False):
    """Part of a contact's `extra`: of the customer's one has `to`, the consult contact has `of`."""

    by: str
    """The agent who asks: the first."""
    to: str = ""
    """The consult contact's id, at the same gateway."""
    of: str = ""
    """The customer's contact's id, at the same gateway."""


def is_consult(contact: Contact) -> bool:
    """Is it an agent who waits here, to ask a colleague?"""
    extra = contact.extra
    return extra is not None and extra.consult is not None and extra.consult.of != ""


def is_shared(contact: Contact) -> bool:
    """Is a colleague asked about it, or with it, or is it such a question itself?"""
    extra = contact.extra
    return extra is not None and (extra.consult is not None or extra.conference != ())


def consult_of(contact: Contact) -> Contact | None:
    """The consult contact of a customer's contact, if there is one."""
    extra = contact.extra
    if extra is None or extra.consult is None or not extra.consult.to:
        return None
    other = contact.peer.contacts.get(extra.consult.to)
    return other if other is not None and customer_of(other) is contact else None


def customer_of(contact: Contact) -> Contact | None:
    """The customer's contact of a consult contact, if it is one and the customer is still there."""
    extra = contact.extra
    if extra is None or extra.consult is None or not extra.consult.of:
        return None
    return contact.peer.contacts.get(extra.consult.of)


def asks_through(contact: Contact, consult: Contact) -> bool:
    """Is this the consult that the customer's contact names?"""
    extra = contact.extra
    return extra is not None and extra.consult is not None and extra.consult.to == consult.id


def asks_itself(contact: Contact, agent: str) -> bool:
    """Would this agent be asked what they ask themselves?"""
    extra = contact.extra
    return extra is not None and extra.consult is not None and extra.consult.of != "" and extra.consult.by == agent


def conference_of(contact: Contact) -> tuple[str, ...]:
    """The agents who talk with the customer together, in the order in which they came; fewer than two: none do."""
    return contact.extra.conference if contact.extra is not None else ()


def talking(contact: Contact) -> list[Offer]:
    """The legs that are connected, in the order in which they came."""
    return [offer for offer in contact.offers if offer.state == "connected"]


def misses_kept(contact: Contact) -> dict[str, int] | None:
    """What is left of a contact's misses when they are forgotten: a consult never looks like any other contact, so that
    each agent is compared with who asks."""
    return {} if is_consult(contact) else None
