"""What a queue says to those who wait in it: rows of one ordered schedule, and how a wait is told.

Frozen, checked, in core units, like all settings. The core speaks no language: a row names a text, which the gateway
says in the customer's own.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from router.ewt.policy import BUCKETS_MIN, AnnouncePolicy
from router.terms import SECOND_US

RowKind: TypeAlias = Literal["welcome", "estimate", "position", "comfort", "keys", "message"]
Confidence: TypeAlias = Literal["low", "medium", "high"]
ROWS_MAX = 16
"""Rows of a schedule: bounds what one look at a contact costs."""


class When(Struct, frozen=True):
    """All that is given must hold at the moment when the row's turn has come."""

    waited_from_us: int = 0
    waited_to_us: int = 0
    """0: however long."""
    position_from: int = 0
    position_to: int = 0
    """0: wherever."""
    p50_from_us: int = 0
    p50_to_us: int = 0
    """0: whatever it is, also unknown."""
    p80_from_us: int = 0
    p80_to_us: int = 0
    confidence: Confidence = "low"
    """At least; "low": also where nothing is known."""
    state: Literal["any", "open", "closed", "unstaffed"] = "any"
    """Of the queue: new contacts are let in, or are not, or nobody able is signed in."""
    if_none_free: bool = False
    """Only while nobody able is free."""
    if_service_level_below: float = 0.0
    """Only while the queue's service level is known and below this; 0: whatever it is."""


ALWAYS = When()


class AnnounceRow(Struct, frozen=True):
    """One row of a queue's schedule."""

    text: str
    """What the gateway says; it tells the rows of a schedule apart."""
    kind: RowKind = "comfort"
    at_us: int = 0
    """From when the contact came to wait."""
    every_us: int = 0
    """Again so long after it was said last; 0: once."""
    when: When = ALWAYS
    interruptible: bool = True
    keys: tuple[tuple[str, str], ...] = ()
    """Key of the telephone -> what it does, sorted by key."""
    message: str = ""
    """A `message` row: this message; empty: whatever is set for the queue by hand of a plan (`announcing.specials`)."""
    parameters: tuple[tuple[str, str], ...] = ()
    """What the message's text is filled with, sorted by name."""


AS_MEASURED = AnnouncePolicy()
"""What the figures of docs/ewt.md were measured with: a queue that says nothing else promises by it."""


class AnnounceRules(Struct, frozen=True):
    """How a wait is told, and how often."""

    channels: tuple[str, ...] = ("voice", "callback")
    """Channels whose contacts are told; a call-back once its customer is on the line."""
    first_after_us: int = 4 * SECOND_US
    """No wait is told sooner after the contact came to wait."""
    interval_us: int = 60 * SECOND_US
    """Between two times at which a wait is told."""
    gap_us: int = 15 * SECOND_US
    """Between any two announcements."""
    quiet_before_take_us: int = 20 * SECOND_US
    """After the first one nothing is said to whom an agent is expected to take within this."""
    next_below_us: int = 30 * SECOND_US
    """A wait shorter than this is told as `next`."""
    percentile: Literal["p50", "p80", "p90"] = AS_MEASURED.percentile
    buckets_min: tuple[int, ...] = BUCKETS_MIN
    raise_after_us: int = 15 * SECOND_US
    raise_ratio: float = 1.25
    """A promise is lost when the median is beyond what is left of it by both."""
    interval_ratio_max: float = AS_MEASURED.interval_max_ratio
    """An estimate whose p90 is more than so many times its p10 is not told as a time."""
    low_confidence: Literal["position", "time", "nothing"] = "position"
    """What an `estimate` row says where the estimate is not known well."""
    next_text: str = "next"
    over_text: str = "over-an-hour"
    position_text: str = "position"

    def policy(self) -> AnnouncePolicy:
        """The same as the policy takes it."""
        return AnnouncePolicy(
            self.first_after_us / SECOND_US,
            self.interval_us / SECOND_US,
            self.quiet_before_take_us / SECOND_US,
            self.next_below_us / SECOND_US,
            self.percentile,
            self.buckets_min,
            self.raise_after_us / SECOND_US,
            self.raise_ratio,
            self.interval_ratio_max,
        )
