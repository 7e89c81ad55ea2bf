"""What is said of rules."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from router.core.effects.base import Reply


class RuleReads(Struct, omit_defaults=True, gc=False):
    """One comparison of a rule."""

    what: str
    """`oldest_wait_s of queue sales, above 60`."""
    value: str
    """What it is now, in the unit of the configuration; `unknown`."""
    holds: bool | None = None
    """Is it so? nil: unknown."""


class RuleStatus(Struct, omit_defaults=True, gc=False):
    """One rule."""

    rule: str
    """Its name."""
    state: Literal["inactive", "pending", "active", "cooling", "paused"]
    """Pending: its condition holds, and its time has not come. Cooling: it has ended, and does not start yet."""
    since_ms: int = 0
    """How long it has been in this state; of `pending`, how long its condition has held."""
    looks_in_ms: int | None = None
    """When it turns if nothing changes until then; nil: never."""
    activations: int = 0
    """How often it has started."""
    observe: bool = False
    """It only says what it would do."""
    rank: int = 0
    """Against other layers on the same value."""
    about: str = ""
    """What it is for."""
    reads: list[RuleReads] = field(default_factory=list)
    """What it goes by now."""


class RulesReply(Reply, tag="rules"):
    """A page of rules by name; `more` where another page follows after the last name."""

    rules: list[RuleStatus]
    """One page, by name."""
    more: bool = False
    """Another page follows."""
    all_paused: bool = False
    """All rules of the tenant are paused, also those that come later, and plans are off."""
