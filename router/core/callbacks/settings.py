"""What configuration says of a queue's call-backs and place tokens: frozen, in core units, defaults of the files.

It must not know how they are carried out (`callbacks.py`).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from router.terms import SECOND_US

CallbackMode: TypeAlias = Literal["customer_first", "agent_first"]
NoAnswer: TypeAlias = Literal["keep", "front", "expire"]


class CallbackRules(Struct, frozen=True):
    """The call-backs of one queue. Without `numbers` it takes none."""

    mode: CallbackMode = "customer_first"
    """`customer_first`: the customer is dialled when an agent is about to come free, and waits the rest on the line.
    `agent_first`: an agent is offered it with the number, and the customer is dialled once they accept."""
    numbers: tuple[str, ...] = ()
    """Prefixes that may be dialled. A queue without any takes no call-backs: dialling costs money, and whoever rings
    may leave any number (toll fraud)."""
    numbers_barred: tuple[str, ...] = ()
    """Prefixes among them that may not: premium numbers."""
    dialling_us: int = 20 * SECOND_US
    """What it takes, usually, from dialling until the customer answers."""
    dial_most_us: int = 60 * SECOND_US
    """A dial whose result the gateway has not told by then has failed."""
    tries: int = 3
    pause_us: int = 300 * SECOND_US
    """Between two tries."""
    no_answer: NoAnswer = "keep"
    """After a try that failed: it keeps its place, goes before all, or is given up at once."""
    agent_most_us: int = 1800 * SECOND_US
    """How long one that belongs to an agent waits for them before anybody able may take it."""
    open_most: int = 500
    """Open call-backs of the queue: bounds the promises made, and the cost of a flood of them."""
    lasts_us: int = 86_400 * SECOND_US
    """For how long it is tried where the customer has said no end."""


class TokenRules(Struct, frozen=True):
    """The place tokens of one queue."""

    give: bool = False
    """Give every contact that waits a token with `queued`; call-backs have one anyway."""
    lasts_us: int = 86_400 * SECOND_US
    """How long a token can be used."""
    cut_off_kept_us: int = 120 * SECOND_US
    """How long the place of one who was cut off is kept for the token."""
