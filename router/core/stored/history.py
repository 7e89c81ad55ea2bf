"""The contact's own record, written when its visit is over: what reports are made of, and counters agree with.

One entry a visit in a queue: a transfer ends it in the first queue (answered) and begins the next one; the leg that
wraps up meanwhile is in the next entry, under its own queue. An entry with
`amends` adds what a late `complete` said to the entry of the same contact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.msgpack import Decoder, Encoder

from router.core.talks.leg import Leg

if TYPE_CHECKING:
    pass

STREAM = "history"

encode = Encoder().encode
"""An entry as it is stored."""


class Visit(Struct, omit_defaults=True, gc=False):
    """One entry of the stream `history`."""

    contact: str
    gateway: str
    tenant: str
    queue: str
    channel: str
    outcome: str
    waited_ms: int = 0
    visit_ms: int = 0
    """From arrival to the end of the visit, wrap-up not counted."""
    ended_utc_s: int = 0
    link: str | None = None
    customer: str | None = None
    priority_s: int = 0
    by: str = ""
    why: str = ""
    transferred_to: str = ""
    legs: list[Leg] = []
    codes: tuple[str, ...] = ()
    resolved: str = "unknown"
    data: dict[str, str] | None = None
    version: int = 0
    epoch: int = 0
    amends: bool = False
    parked_ms: int = 0
    """Time that it was parked."""
    waited_again_ms: int = 0
    """Waited after it had been answered: parked, or on another channel, and come back."""
    channels: tuple[str, ...] = ()
    """The channels that it came by before `channel`."""
    first_reply_ms: int | None = None
    repaired: str = ""
    """The state in which it stuck, if the engine had to end it."""
    route: str = ""
    """The row of the routes that it came by."""
    segment: str = ""
    business: str = ""
    entry: str = ""
    test: bool = False
    """A test call: in no figure."""
    steered: str = ""
    """The advice by which the customer left for another channel."""
    consult_of: str = ""
    """The id of the customer's contact, where an agent asked a colleague about it; at the same gateway."""
    tries: int = 0
    """Of a call-back: how often it was dialled."""
    called_after_ms: int = 0
    """Of a call-back that reached the customer: how long after it was asked for, or due."""
    ticket: str = ""
    """The ticket's own id, and of its stay: path, node, holder, why it is over, and how long by the node's clock."""
    path: str = ""
    node: str = ""
    holder: str = ""
    hop_why: str = ""
    hop: int = 0
    """How many hops came before, since it was opened or reopened."""
    in_node_ms: int = 0
    age_ms: int = 0
    reopened: int = 0
    repeat: int = 0
    """How often the customer had been served about the same shortly before."""
    partner: str = ""
    """The partner who answered it."""
    partner_talk_ms: int = 0
    """The talk there."""
    partner_cost: int = 0
    """What it costs, in millionths of the contract's currency."""
    queues: tuple[str, ...] = ()
    """The further queues in which it had a place; `queue` is the one that served it, or that it left last."""
    arrived_utc_ms: int = 0
    """When it came, Unix time; 0: nobody had told the time yet."""


decode = Decoder(Visit).decode
"""The entry behind stored bytes. Raises `ValueError`."""
