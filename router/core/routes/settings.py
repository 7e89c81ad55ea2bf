"""What `routes.toml` tells the core: frozen, checked, in core units. See `settings.py` for the rest."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from router.core.customers.settings import Again
from router.core.effects import Treatment
from router.core.needs.want import ANYBODY, Want
from router.terms import SECOND_US

Attribute: TypeAlias = Literal["channel", "entry", "customer", "tier", "language", "region", "business", "calendar"]
"""What a contact arrives with, as far as rows can ask for it; and which calendars are open then."""


class Condition(Struct, frozen=True, gc=False):
    """One attribute is one of these values, or begins with one of these prefixes; `negated`: it is none of them.

    An attribute that the contact does not have meets no condition, and every negated one. Of calendars several may be
    open: one of the named ones is, or none of them.
    """

    attribute: Attribute
    values: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    negated: bool = False


class Route(Struct, frozen=True, gc=False):
    """A row: where contacts go that meet all of its conditions."""

    name: str
    tenant: str = "main"
    conditions: tuple[Condition, ...] = ()
    queue: str | None = None
    """None where it refuses."""
    refuse: Treatment | None = None
    priority_us: int = 0
    """Head start, added to what the gateway says: whole seconds."""
    contact_class: int | None = None
    """Strict class; none: the queue's."""
    needs: Want = ANYBODY
    """Beyond the queue's own and the contact's."""
    segment: str | None = None
    """None: the first that the contact belongs to."""
    test: bool = False
    repeat: Again | None = None
    """None: what the queue does."""
    queues: tuple[str, ...] = ()
    """Further queues: the contact waits in all of them."""
    plan: str = ""
    """It lets nobody in, and switches this plan (`refuse` is what everybody hears who may not)."""
    plan_action: Literal["start", "stop"] = "start"
    callers: tuple[str, ...] = ()
    """The numbers that may; none: any that knows the code."""
    pin: str = ""
    """The code that they dial; empty: none is asked for."""


class Segment(Struct, frozen=True, gc=False):
    """A kind of customer, by tier, region and language, with a target and a tolerance of their own."""

    name: str
    tenant: str = "main"
    conditions: tuple[Condition, ...] = ()
    target_class: str | None = None
    """None: the queue's."""
    target_us: int = 0
    tolerance_us: int = 0
    """The wait that they bear; 0: nothing is said."""


class Steer(Struct, frozen=True, gc=False):
    """A cell of the matrix customer x business x channel: what fits better than waiting here."""

    name: str
    tenant: str = "main"
    segments: tuple[str, ...] = ()
    """Any of these; none: every customer."""
    business: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    to: str = "self_service"
    """`self_service`, `callback`, or a channel."""
    queue: str | None = None
    """Where the other channel is served; None where nobody is needed."""
    gain_least_us: int = 60 * SECOND_US
    """Less to win in expected wait is no reason to change."""
