"""Plans at run time: which are known, which are active, and who wants them.

A plan is active while somebody holds it: a person's hand, its calendar, or rules and plans that activate it, each by a
word of its own. A hand that stops it takes all of them off; the calendar's next opening, or the rule's next start, puts
its own on again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core.entity import Entity

if TYPE_CHECKING:
    from router.core import settings as of
    from router.core.layers.plan_settings import Plan

HAND = "hand"
CALENDAR = "calendar"


class ActivePlan(Entity, eq=False, gc=False):
    """A plan in force."""

    tenant: str
    name: str
    since_us: int
    holders: tuple[str, ...] = ()
    """Who wants it, in the order in which they came."""
    who: str = ""
    why: str = ""
    """Of the last start."""
    until_us: int = 0
    """It ends by itself; 0: it does not."""
    warned: bool = False
    due_us: int = 0
    due_number: int = 0

    @property
    def key(self) -> str:
        """tenant/name."""
        return f"{self.tenant}/{self.name}"


class Plans:
    """Plans of a world."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], Plan] = {}
        """As configuration says."""
        self.by_calendar: dict[str, list[Plan]] = {}
        """Those that start by a calendar, in the order of their names."""
        self.active: dict[tuple[str, str], ActivePlan] = {}

    def take(self, settings: of.Settings) -> None:
        """These settings are in force; what is active is the caller's to follow."""
        self.known = {(plan.tenant, plan.name): plan for plan in settings.plans}
        self.by_calendar = {}
        for key in sorted(self.known):
            plan = self.known[key]
            if plan.calendar:
                self.by_calendar.setdefault(plan.calendar, []).append(plan)
