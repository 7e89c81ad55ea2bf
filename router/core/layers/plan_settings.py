"""What `plans.toml` tells the core: frozen, checked, in core units. See `settings.py` for the rest."""

from __future__ import annotations

from msgspec import Struct

from router.core.actions import AnyAction


class Plan(Struct, frozen=True):
    """Actions prepared beforehand, under a name."""

    name: str
    tenant: str = "main"
    owner: str = ""
    """Who answers for it."""
    todo: str = ""
    """What is to be done by hand when it starts."""
    rank: int = 100
    """Against other layers on the same value: the higher wins."""
    lasts_us: int = 0
    """It ends by itself after so long; 0: when it is stopped."""
    warn_before_us: int = 0
    """So long before that somebody is told."""
    calendar: str = ""
    """It starts when this opens, and stops when it closes."""
    actions: tuple[AnyAction, ...] = ()
