"""What the routes of this version of the settings are, built for looking up: rows, segments, the blocked, the matrix.

It holds what a world asks of `routes.toml`, and counts by segment. It decides nothing and must not know of queues.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from router.core.routes.routes import Matcher
from router.core.routes.settings import Route, Segment
from router.core.routes.steering import Steering

if TYPE_CHECKING:
    from router.core import settings as of
    from router.core.entities import Contact


class SegmentTally(Struct, eq=False, gc=False):
    """One segment of customers over all queues since the engine's start."""

    answered: int = 0
    answered_in_target: int = 0
    abandoned: int = 0
    counted: int = 0
    """Denominator of its service level."""
    answered_wait_us: int = 0
    overdue: int = 0
    """Answered or ended after more than its tolerance."""


class Routing:
    """See the module. Built anew with each version of the settings; the counts stay."""

    def __init__(self) -> None:
        self.routes: Matcher[Route] = Matcher(())
        self.asks_calendars = False
        """Does some row hang on a calendar?"""
        self.segment_matcher: Matcher[Segment] = Matcher(())
        self.segments: dict[tuple[str, str], Segment] = {}
        """By tenant and name."""
        self.targets: dict[str, int] = {}
        """Target class -> target (us), of those that contacts may have themselves."""
        self.steering = Steering()
        self.tallies: dict[tuple[str, str], SegmentTally] = {}
        self._blocked: frozenset[str] = frozenset()
        self._blocked_until: dict[str, int] = {}

    def take(self, settings: of.Settings) -> None:
        """These settings are in force."""
        self.routes = Matcher(settings.routes)
        self.asks_calendars = any(
            condition.attribute == "calendar" for route in settings.routes for condition in route.conditions
        )
        self.segment_matcher = Matcher(settings.segments)
        self.segments = {(segment.tenant, segment.name): segment for segment in settings.segments}
        for key in self.segments:
            self.tallies.setdefault(key, SegmentTally())
        self.targets = {
            segment.target_class: segment.target_us for segment in settings.segments if segment.target_class is not None
        }
        self.steering.take(settings)
        self._blocked = frozenset(settings.blocked_customers)
        self._blocked_until = settings.blocked

    def is_blocked(self, tenant: str, customer: str, utc_s: int) -> bool:
        """Is this customer not let in now?"""
        if customer in self._blocked:
            return True
        if not self._blocked_until:
            return False
        until_s = self._blocked_until.get(f"{tenant}/{customer}")
        return until_s is not None and (until_s == 0 or utc_s < until_s)

    def segment_of(self, contact: Contact) -> Segment | None:
        """The contact's segment, as it is configured now."""
        extra = contact.extra
        if extra is None or extra.route is None or not extra.route.segment:
            return None
        return self.segments.get((contact.peer.tenant, extra.route.segment))

    def own_target(self, contact: Contact) -> str:
        """The target class of the contact's segment; empty where its queue's counts."""
        segment = self.segment_of(contact)
        return (segment.target_class if segment is not None else None) or ""
