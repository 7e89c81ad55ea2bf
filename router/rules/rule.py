"""A rule as configuration gives it: its condition, its times, and what it does, which only the core understands."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from router.rules.condition import SECOND_US, All, AnyOf, Compare, Condition, Not, compares_in
from router.rules.life import Times


class Rule(Struct, frozen=True):
    """One rule of one tenant."""

    name: str
    when: Condition
    tenant: str = "main"
    until: Condition | None = None
    """What ends it; None: that `when` does not hold."""
    for_us: int = 0
    """Its condition must have held for so long."""
    active_least_us: int = 60 * SECOND_US
    cool_down_us: int = 60 * SECOND_US
    per_hour_most: int = 0
    """Starts in any hour; 0: no limit."""
    hours: str = ""
    """The calendar while which is open it may be active; none: always."""
    rank: int = 0
    """Of two rules that want the same the higher one wins."""
    observe: bool = False
    """It says what it would do, and does nothing."""
    about: str = ""
    """What it is for, for people."""

    @property
    def key(self) -> str:
        """tenant/name."""
        return key_of(self.tenant, self.name)

    @property
    def compares(self) -> Iterator[Compare]:
        """Its comparisons: those that it waits for, then those that end it."""
        yield from compares_in(self.when)
        if self.until is not None:
            yield from compares_in(self.until)

    @property
    def times(self) -> Times:
        """What keeps it from flapping."""
        return Times(self.for_us, self.active_least_us, self.cool_down_us, self.per_hour_most)

    @property
    def open_hours(self) -> Compare | None:
        """Its hours as a comparison."""
        return Compare("hours", self.hours, "open", "at_least", 1) if self.hours else None


def key_of(tenant: str, name: str) -> str:
    """A rule's key."""
    return f"{tenant}/{name}"


def begins_and_ends(rule: Rule) -> tuple[Condition, Condition]:
    """When a rule may start, and what ends it, its hours with them."""
    ends = Not(rule.when) if rule.until is None else rule.until
    hours = rule.open_hours
    if hours is None:
        return rule.when, ends
    return All((hours, rule.when)), AnyOf((Not(hours), ends))
