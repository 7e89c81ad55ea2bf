"""A rule as configuration gives it: its condition, its times, and what it does, which only the core understands."""

from __future__ import annotations

from msgspec import Struct

from router.rules.condition import Compare, Condition
from router.rules.life import Times


class Rule(Struct, frozen=True):
    """One rule of one tenant."""

    name: str
    when: Condition
    tenant: str = "main"
    until: Condition | None = None
    """What ends it; None: that `when` does not hold."""
    times: Times = Times()
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
    def open_hours(self) -> Compare | None:
        """Its hours as a comparison."""
        return Compare("hours", self.hours, "open", "at_least", 1) if self.hours else None


def key_of(tenant: str, name: str) -> str:
    """A rule's key."""
    return f"{tenant}/{name}"
