"""Plans and layers: start and stop a prepared plan, see what is in force, take all of it off for a while."""

from __future__ import annotations

from typing import Literal

from router.core.commands.base import Request
from router.core.commands.hands import Hand
from router.terms import DurationMs, Id


class StartPlan(Hand, tag="start_plan"):
    """Start a plan of the configuration, or count its time anew. The reply names what it overrules, and what overrules
    it."""

    plan: Id
    """Its name."""
    lasts_ms: DurationMs | None = None
    """How long, where that is not what the plan says; 0: until it is stopped."""
    answers = ("plan_started",)
    errors = ("unknown_plan",)


class StopPlan(Hand, tag="stop_plan"):
    """Stop a plan, whoever started it: all that it did is undone, except what can't be undone (sent, told, emptied)."""

    plan: Id
    """Its name."""
    errors = ("unknown_plan", "not_active")


class Plans(Request, tag="plans"):
    """Every plan of the tenant by name, active or not: at most 500 after `after`."""

    after: str = ""
    """Those after this one; empty: from the first."""
    roles = ("supervisor", "monitor", "desk")
    answers = ("plans",)
    numbered = False


class LayersAsked(Request, tag="layers"):
    """Everything that rules, plans and hands have laid over the configuration, in force or overruled: at most 500 after
    `after`."""

    after: str = ""
    """Those after this one; empty: from the first."""
    roles = ("supervisor", "monitor", "desk")
    answers = ("layers",)
    numbered = False


class PauseLayers(Hand, tag="pause_layers"):
    """Take the layers of plans off, without forgetting them: of all plans, or of one. What can't be undone is not done
    meanwhile, nor made up for. Layers of rules too are taken off by `pause_rules`."""

    kind: Literal["plan"] = "plan"
    """Whose layers."""
    name: str = ""
    """Of this plan; empty: of all."""
    errors = ("unknown_source",)


class ResumeLayers(Hand, tag="resume_layers"):
    """Put them on again, by the same words with which they were taken off."""

    kind: Literal["plan"] = "plan"
    """Whose layers."""
    name: str = ""
    """Of this plan; empty: of all."""
    errors = ("not_paused",)
