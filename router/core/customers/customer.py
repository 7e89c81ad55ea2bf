"""What is remembered of those who come again: `customers.py` keeps it."""

from __future__ import annotations

from msgspec import Struct, field

from router.core.entity import Entity


class Served(Struct, array_like=True, gc=False):
    """One contact of a customer that was served."""

    number: int
    """The contact's: a late `complete` finds it by this."""
    arrived_us: int
    about: str
    """Its business type or, where none was given, its queue."""
    queue: str
    agent: str
    link: str | None = None
    state: str = ""


class Customer(Entity, eq=False, gc=False):
    """What is remembered of a customer, known by a digest of the id."""

    tenant: str
    digest: str
    number: int
    """Drawn when they were heard of last: sorts by it."""
    touched_us: int
    day: int = 0
    """The day (UTC, from 1970) that `today` counts contacts of."""
    today: int = 0
    served: list[Served] = field(default_factory=list)
    """The earliest first."""

    @property
    def key(self) -> str:
        """tenant/digest."""
        return f"{self.tenant}/{self.digest}"
