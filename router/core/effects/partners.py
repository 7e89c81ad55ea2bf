"""What is told of partners."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from router.core.effects.base import Message, Reply
from router.terms import Data, SendOverWhy


class Send(Message, tag="send"):
    """To the contact's gateway: connect this customer to the partner, and say `partner_answered` or `partner_failed`.
    It may come twice under one id, after a connection was lost."""

    contact: str
    send: str
    """Its id: what is reported names it."""
    partner: str
    """Its name."""
    address: str
    """Where the partner is reached, as configured."""
    queue: str
    why: str
    """The rule or plan that sends it."""
    most_ms: int
    """Without an answer after so long it has its old place again."""
    waited_ms: int = 0
    data: Data | None = None
    link: str | None = None
    customer: str | None = None


class SendOver(Message, tag="send_over"):
    """Stop connecting this customer to the partner, or count their talk as over; what is still reported under this id
    has no effect."""

    contact: str
    send: str
    """Its id."""
    partner: str
    """Who was to take it, or had it."""
    why: SendOverWhy
    """`timed_out`: it waits for an agent again. `talk_most`: nobody has said that the talk is over, for too long."""


class PartnerStatus(Struct, omit_defaults=True, gc=False):
    """One partner."""

    partner: str
    """Its name."""
    state: Literal["open", "closed", "full", "retired"]
    """Within its hours and with room; no contract any more."""
    at_once: int
    """Contacts that it has now, or is asked to take."""
    at_most: int
    """By contract."""
    share: float
    """Its share in force: what the contract allows, less where it falls short."""
    share_most: float
    """By contract."""
    service_level: float | None
    """Achieved within its window; nil: too little to tell."""
    promised: float
    """By contract."""
    sent: int = 0
    """This and what follows: since it has been known."""
    answered: int = 0
    """Those that it answered."""
    in_target: int = 0
    """Those within its target."""
    failed: int = 0
    """Came back to their places."""
    left: int = 0
    """Customers who left before it had answered."""
    talk_s: int = 0
    """Talk there."""
    cost: float = 0.0
    """What it has cost."""
    currency: str = ""
    """What that is in."""


class PartnersReply(Reply, tag="partners"):
    """A page of partners by name; `more` where another page follows after the last name."""

    partners: list[PartnerStatus]
    """One page, by name."""
    more: bool = False
    """Another page follows."""
