"""What only some contacts carry, a field a topic: an ordinary call has none of it and pays one pointer.

Stored with the contact's record as a map by field name, so that a topic comes without another schema. Values are names
and numbers only, never links to what lives. It must not know what the topics do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from router.core.announcements.heard import Heard
from router.core.needs.asked import Asked
from router.core.partners.sent import Sent
from router.core.routes.routed import Routed
from router.core.talks.consulting import Consult
from router.core.talks.pause import Chat, Pause
from router.core.tickets.ticket import Ticket

if TYPE_CHECKING:
    from router.core.entities import Contact

Phase = Literal["later", "hold", "line", "dialling", "reached"]
"""Where a call-back is: not yet (its time, a pause); a virtual hold, dialled when its turn comes; in the line for an
agent (agent first, or on offer); being dialled; the customer is on the line, and it is a contact like others."""


class Callback(Struct, omit_defaults=True, gc=False):
    """A call-back: whom to dial, when, and how it went so far."""

    number: str
    asked_us: int
    """When it was asked for."""
    until_us: int
    """Not tried after this."""
    from_us: int = 0
    """Not tried before this."""
    scheduled: bool = False
    """Its wait begins at `from_us`: it has no place that it kept."""
    phase: Phase = "later"
    look_us: int = 0
    """When the phase is to be looked at again."""
    agent_until_us: int = 0
    """Belongs to the agent to whom it is direct until then."""
    tries: int = 0
    retry_us: int = 0
    """A pause until then."""
    dialled_us: int = 0
    """When it was dialled last."""
    reached_us: int = 0
    """When the customer answered."""


class Place(Struct, gc=False):
    """A place that has a token: the token is made of `number`, and goes with the place from visit to visit."""

    number: int
    until_us: int


class Beside(Struct, array_like=True, gc=False):
    """A place of a contact in a further queue, as it is stored. The times are by the clock of that queue's line."""

    queue: str
    rank: int
    entered_us: int
    key_us: int
    clock: str | None = None
    """The calendar whose open time those are; none: core time."""


class Extra(Struct, omit_defaults=True, gc=False):
    """The special parts of one contact."""

    route: Routed | None = None
    clock: str | None = None
    """The calendar whose open time its wait is counted by; none: core time."""
    pause: Pause | None = None
    chat: Chat | None = None
    repaired: str = ""
    """It stuck in this state, and was ended for it."""
    spill_us: int = 0
    """Not before this core time does it ask again to go over to the queue that its own overflows to."""
    reserve_us: int = 0
    """Not before this core time is an agent reserved for it (again)."""
    callback: Callback | None = None
    place: Place | None = None
    needs: Asked | None = None
    """Own needs that are more than skills; those are in the contact itself."""
    consult: Consult | None = None
    conference: tuple[str, ...] = ()
    """The agents who talk with the customer together, in the order in which they came; else empty."""
    ticket: Ticket | None = None
    repeat: int = 0
    """How often this customer was served about the same shortly before."""
    direct_us: int = 0
    """Since when it waits for the one agent to whom it is direct; 0: it does not overflow from them."""
    heard: Heard | None = None
    """What it was told while it waits; none: its queue announces nothing."""
    rank: int = 0
    """It waits in several queues, and the one that leads was named as the so-manieth, from 0."""
    beside: tuple[Beside, ...] = ()
    """Its places in the others."""
    had: tuple[str, ...] = ()
    """The further queues in which it had a place, and has none any more."""
    sent: Sent | None = None
    """Its way to a partner."""

    def kept(self) -> Extra | None:
        """Itself, or nothing where nothing is in it any more."""
        return self if self != Extra() else None


class KeptPlace(Struct, array_like=True, gc=False):
    """The place of one who was cut off, kept with what is remembered of the visit."""

    token: int
    until_us: int
    number: int
    entered_us: int
    key_us: int
    priority_s: int
    link: str
    queues: tuple[str, ...] = ()
    """Further queues in which it had a place."""


def extra_of(contact: Contact) -> Extra:
    """The contact's special part, begun where there was none."""
    if contact.extra is None:
        contact.extra = Extra()
    return contact.extra


def ask_needs(contact: Contact, asked: Asked) -> None:
    """These are the contact's own needs from now on; its line is the caller's to change."""
    contact.needs = asked
    if asked.plain:
        if contact.extra is not None:
            contact.extra.needs = None
            contact.extra = contact.extra.kept()
    else:
        extra_of(contact).needs = asked
