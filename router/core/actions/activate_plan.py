"""Switch a plan on for as long as this lasts."""

from __future__ import annotations

from typing import ClassVar

from router.core.actions.base import Action, Target


class ActivatePlan(Action, frozen=True, tag="activate_plan"):
    """The plan is wanted while this is in force; others may want it too."""

    what: ClassVar[str] = "active"
    plan: str = ""

    def targets(self) -> tuple[Target, ...]:
        """The plan."""
        return (("plan", self.plan),)
