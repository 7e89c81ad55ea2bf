"""Consult and conference: an agent who has a customer asks a colleague, and who is with whom afterwards.

The consult is a contact of its own, in a queue, with the first agent in the customer's place; meanwhile the customer is
on hold with the first agent, who keeps them and the capacity. The one idea: what follows from what, and who hangs up
when, is the table below and nowhere else; the documentation is rendered from it, and each row is tested.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, NamedTuple, TypeAlias

from router.core import gateways, offers, visits
from router.core.effects import ConnectedEvent, ConsultOver
from router.core.entities import Contact, Offer, Peer
from router.core.extra import extra_of
from router.core.special import is_test
from router.core.talks import clocks
from router.core.talks.consulting import (
    asks_through,
    conference_of,
    consult_of,
    customer_of,
    is_consult,
    is_shared,
    talking,
)
from router.core.talks.leg import Leg
from router.core.world import World
from router.errors import Refused
from router.terms import MILLISECOND_US

Phase: TypeAlias = Literal["none", "waits", "rings", "talks", "conference"]
Event: TypeAlias = Literal[
    "consult", "cancel", "complete", "conference", "customer_leaves", "first_leaves", "second_leaves"
]


class Row(NamedTuple):
    """What follows: the steps, and where the three are afterwards."""

    steps: tuple[str, ...]
    customer: str
    first: str
    second: str


PHASES: Final[dict[Phase, str]] = {
    "none": "an ordinary talk",
    "waits": "the consult waits in its queue, or is held",
    "rings": "the consult rings at the second agent, or is being connected",
    "talks": "the first agent talks with the second, the customer is on hold",
    "conference": "all three talk",
}
"""How far a consult has come."""

EVENTS: Final[dict[Event, str]] = {
    "consult": "`consult`",
    "cancel": "`cancel_consult`",
    "complete": "`complete_consult`",
    "conference": "`conference`",
    "customer_leaves": "the customer hangs up: `end` of their contact",
    "first_leaves": "the first agent hangs up: `leave`",
    "second_leaves": "the second agent hangs up: `leave`, or `end` of the consult contact",
}
"""What may happen, in the words of the protocol."""

_CANCELLED = Row(("end_consult",), "with the first", "talks", "free")
_BOTH_GONE = Row(("end_visit", "end_consult"), "gone", "wraps up", "free")
_HANDED_OVER = Row(("join", "first_out"), "with the second", "wraps up", "talks")

TABLE: Final[dict[tuple[Phase, Event], Row]] = {
    ("none", "consult"): Row(("hold",), "on hold", "talks", "free"),
    ("none", "customer_leaves"): Row(("end_visit",), "gone", "wraps up", "free"),
    ("none", "first_leaves"): Row(("end_visit",), "gone", "wraps up", "free"),
    ("waits", "cancel"): _CANCELLED,
    ("waits", "customer_leaves"): _BOTH_GONE,
    ("waits", "first_leaves"): _BOTH_GONE,
    ("rings", "cancel"): _CANCELLED,
    ("rings", "customer_leaves"): _BOTH_GONE,
    ("rings", "first_leaves"): _BOTH_GONE,
    ("talks", "cancel"): _CANCELLED,
    ("talks", "complete"): _HANDED_OVER,
    ("talks", "conference"): Row(("join",), "with both", "talks", "talks"),
    ("talks", "customer_leaves"): _BOTH_GONE,
    ("talks", "first_leaves"): _HANDED_OVER,
    ("talks", "second_leaves"): _CANCELLED,
    ("conference", "customer_leaves"): Row(("end_visit",), "gone", "wraps up", "wraps up"),
    ("conference", "first_leaves"): Row(("first_out",), "with the second", "wraps up", "talks"),
    ("conference", "second_leaves"): Row(("second_out",), "with the first", "talks", "wraps up"),
}
"""What is not here is refused: `bad_state`. Where the second is free they were never given more than the consult."""


def phase(contact: Contact) -> Phase:
    """How far the consult about a customer's contact has come."""
    if len(conference_of(contact)) > 1:
        return "conference"
    other = consult_of(contact)
    if other is None:
        return "none"
    if other.state == "connected":
        return "talks"
    return "rings" if other.state in ("offered", "connecting") else "waits"


def run(world: World, contact: Contact, event: Event, by: Peer | None) -> None:
    """Let `event` happen to a customer's contact that is connected. Raises `Refused` before anything is done."""
    present = phase(contact)
    row = TABLE.get((present, event))
    if row is None:
        raise Refused("bad_state", contact.state if present == "none" else f"consult: {present}")
    other = consult_of(contact)
    for step in row.steps:
        STEPS[step](world, contact, other, by)


def off_hold(world: World, contact: Contact) -> None:
    """The customer is off hold: the time counts as hold of everybody who has them."""
    if contact.hold_began_us:
        for offer in talking(contact):
            offer.held_us += world.now_us - contact.hold_began_us
        contact.hold_began_us = 0
        world.changed[contact] = None


def forget(contact: Contact) -> None:
    """Nobody is asked about this contact any more, and nobody else is with it."""
    if contact.extra is not None:
        contact.extra.consult, contact.extra.conference = None, ()
        contact.extra = contact.extra.kept()


def closed(world: World, consult: Contact) -> None:
    """A consult contact has ended, however that came: the customer is off hold, if they are still with the first."""
    assert consult.extra is not None
    about = consult.extra.consult
    if about is None or not about.of:
        return
    contact = customer_of(consult)
    if contact is not None and asks_through(contact, consult):
        forget(contact)
        if contact.state == "connected":
            off_hold(world, contact)
            visits.arm(world, contact)
        world.changed[contact] = None
    world.tell(consult.peer, ConsultOver(about.of, consult.id))


# -- steps ----------------------------------------------------------------------------------------------------------


def _hold(world: World, contact: Contact, _: Contact | None, _by: Peer | None) -> None:
    """The customer is on hold."""
    contact.hold_began_us = contact.hold_began_us or world.now_us
    world.changed[contact] = None


def _end_visit(world: World, contact: Contact, _: Contact | None, by: Peer | None) -> None:
    """The customer's talk is over for all who have it."""
    off_hold(world, contact)
    if not is_consult(contact):
        forget(contact)
    gateways.part(world, contact, by)


def _end_consult(world: World, _: Contact, other: Contact | None, by: Peer | None) -> None:
    """The consult is over: what rings is withdrawn without a miss, who talks is free."""
    if other is not None and other.id in other.peer.contacts:
        gateways.over(world, other, "withdrawn", "agent", by)


def _join(world: World, contact: Contact, other: Contact | None, by: Peer | None) -> None:
    """The second agent comes to the customer: their leg goes over, under its id, and the consult ends."""
    assert other is not None
    [offer] = talking(other)
    names = [leg.agent.name for leg in talking(contact)]
    _note_talk(world, other, offer)
    off_hold(world, contact)
    forget(contact)
    other.offers.remove(offer)
    contact.offers.append(offer)
    offer.contact, offer.queue = contact, contact.queue
    offer.made_us, offer.connected_us, offer.held_us = offer.accepted_us, world.now_us, 0
    extra_of(contact).conference = (*names, offer.agent.name)
    # A question about the consult, which nobody answers any more, says nothing of the customer's talk.
    clocks.begin_lease(world, offer)
    world.changed[contact] = None
    other.left_us, other.ended_by, other.hold_began_us = world.now_us, "agent", 0
    world.move_contact(other, "talk_over")
    visits.close(world, other)
    world.tell_monitors_about(contact)
    if offer.endpoint_peer is not by or offer.agent.session != offer.endpoint_peer.key:
        world.tell_agents_side(offer, ConnectedEvent(offer.id, contact.id, offer.agent.name), but=by)


def _note_talk(world: World, consult: Contact, offer: Offer) -> None:
    """The talk of the two agents, in the record of the consult and in the figures of its queue."""
    if consult.hold_began_us:
        offer.held_us += world.now_us - consult.hold_began_us
    talk_us = world.now_us - offer.connected_us - offer.held_us
    ring_ms = (offer.accepted_us - offer.made_us) // MILLISECOND_US
    leg = Leg(offer.agent.name, offer.id, "served", offer.queue.name, offer.version, ring_ms)
    leg.talk_ms, leg.hold_ms = talk_us // MILLISECOND_US, offer.held_us // MILLISECOND_US
    consult.legs.append(leg)
    if not is_test(consult):
        tally = offer.queue.tally
        tally.legs += 1
        tally.talk_us += talk_us
        tally.hold_us += offer.held_us


def _out(world: World, contact: Contact, offer: Offer, by: Peer | None) -> None:
    """One of several leaves: they wrap up, the customer stays with the others."""
    off_hold(world, contact)
    names = tuple(name for name in conference_of(contact) if name != offer.agent.name)
    assert contact.extra is not None
    contact.extra.conference = names if len(names) > 1 else ()
    contact.extra = contact.extra.kept()
    world.changed[contact] = None
    offers.talk_over(world, offer, by)
    visits.arm(world, contact)
    world.tell_monitors_about(contact)


def _first_out(world: World, contact: Contact, _: Contact | None, by: Peer | None) -> None:
    _out(world, contact, talking(contact)[0], by)


def _second_out(world: World, contact: Contact, _: Contact | None, by: Peer | None) -> None:
    _out(world, contact, talking(contact)[-1], by)


STEPS: Final[dict[str, Callable[[World, Contact, Contact | None, Peer | None], None]]] = {
    "hold": _hold,
    "end_visit": _end_visit,
    "end_consult": _end_consult,
    "join": _join,
    "first_out": _first_out,
    "second_out": _second_out,
}


# -- after a start --------------------------------------------------------------------------------------------------


def mend(special: list[Contact]) -> None:
    """After records of different moments were loaded: who names a consult that is not there any more is an ordinary
    contact, and who was in a conference is with those who are there."""
    shared = [contact for contact in special if is_shared(contact)]
    for contact in shared:
        names = tuple(offer.agent.name for offer in talking(contact))
        extra_of(contact).conference = names if len(names) > 1 else ()
    for contact in [contact for contact in shared if not _is_whole(contact)]:
        extra = extra_of(contact)
        extra.consult = None
        contact.extra = extra.kept()


def _is_whole(contact: Contact) -> bool:
    """Do the two name each other, and has the first agent, and nobody else, the customer? Or is it a conference?"""
    customer = customer_of(contact) or contact
    about = customer.extra.consult if customer.extra is not None else None
    if about is None or consult_of(customer) is None:
        return len(conference_of(contact)) > 1
    return [leg.agent.name for leg in talking(customer)] == [about.by]
