"""The part of `world.py` about several agents at one contact: consult, conference, and several who ring (I3).

Everything is told from the two contacts' own fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from router.core.entities import Agent, Contact

Found: TypeAlias = Iterator[tuple[str, str]]


def several_at_once(contact: Contact) -> bool:
    """Has it several live legs, as it may?"""
    return _rings_several(contact) or in_conference(contact)


def _rings_several(contact: Contact) -> bool:
    """Does it ring at several agents at once, each once, and nothing else?"""
    live = [offer for offer in contact.offers if offer.state != "wrap_up"]
    agents = {offer.agent.number for offer in live}
    most = max((offer.queue.settings.ring_several for offer in live), default=0)
    return (
        contact.state == "offered"
        and contact.direct is None
        and all(offer.state == "offered" for offer in live)
        and len(agents) == len(live)
        # An edit may have made the most smaller while it rang.
        and (1 < len(live) <= most or len({offer.version for offer in live}) > 1 or most == 1)
    )


def in_conference(contact: Contact) -> bool:
    """Is it connected with exactly those several agents who are noted as talking together?"""
    noted = contact.extra.conference if contact.extra is not None else ()
    live = [offer for offer in contact.offers if offer.state != "wrap_up"]
    return (
        contact.state == "connected"
        and len(noted) > 1
        and len(set(noted)) == len(noted)
        and all(offer.state == "connected" for offer in live)
        and tuple(offer.agent.name for offer in live) == noted
    )


def check_consult(contact: Contact, name: str) -> Found:
    """The customer's contact and the consult name one another, and nobody asks themselves."""
    extra = contact.extra
    if extra is None:
        return
    if extra.conference and not in_conference(contact):
        yield "I3", f"{name}: in conference with {extra.conference}, and it is not so"
    about = extra.consult
    if about is None:
        return
    other = contact.peer.contacts.get(about.to or about.of)
    theirs = other.extra.consult if other is not None and other.extra is not None else None
    if bool(about.to) == bool(about.of) or theirs is None or contact.id not in (theirs.of, theirs.to):
        yield "I3", f"{name}: consult {about.to or about.of} does not know of it"
    if about.to:
        talking = [offer.agent.name for offer in contact.offers if offer.state == "connected"]
        if talking != [about.by] or extra.conference:
            yield "I3", f"{name}: {about.by} asks a colleague, and it is with {talking}"
        return
    if any(offer.agent.name == about.by for offer in contact.offers):
        yield "I3", f"{name}: {about.by} is offered what they ask themselves"
    if contact.line is not None and contact.missed is None:
        yield "index", f"{name}: a consult that looks like an ordinary contact"


def asks(contact: Contact, agent: Agent) -> bool:
    """Is it this agent who asks here?"""
    about = contact.extra.consult if contact.extra is not None else None
    return about is not None and about.of != "" and about.by == agent.name and agent.tenant == contact.peer.tenant
