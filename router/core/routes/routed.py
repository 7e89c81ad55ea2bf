"""What the routes decided for a contact, as it is kept with it: row, segment, attributes, test mark.

Only contacts that came by a route, or belong to a segment, or were sent on, carry one. It must not know how rows match.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from router.core.needs.asked import NOTHING, Asked
from router.core.routes.settings import Route
from router.terms import Business

if TYPE_CHECKING:
    pass


class Routed(Struct, omit_defaults=True, gc=False):
    """Part of a contact's `extra`."""

    row: str = ""
    """The row of `routes.toml` that it came by; empty: its gateway named the queue."""
    segment: str = ""
    contact_class: int | None = None
    """Its own strict class; none: the queue's."""
    test: bool = False
    """Routed as any other, and left out of figures, estimates and what is remembered of customers."""
    entry: str | None = None
    tier: str | None = None
    region: str | None = None
    business: Business | None = None
    hops: int = 0
    """How often the engine has sent it on while it waited."""
    steered: str = ""
    """The advice by which the customer left for another channel."""
    moved_us: int = 0
    """When it was sent on last: its queue's limit on waiting counts from then."""


class Decision(Struct, gc=False):
    """Where a contact goes, before anybody has asked whether it may."""

    queue: str
    """Empty where its row refuses it."""
    route: Route | None = None
    routed: Routed | None = None
    needs: Asked = NOTHING
    """Its own and its row's, sorted by skill."""
    priority_s: int = 0
    contact_class: int | None = None
    own_target: str = ""
    queues: tuple[str, ...] = ()
    """Further queues that its row names."""
