"""Rules: what they watch and where they are; taking them off for a while."""

from __future__ import annotations

from router.core.commands.base import Request
from router.core.commands.hands import Hand
from router.terms import Id


class Rules(Request, tag="rules"):
    """Every rule of the tenant by name: its state, what it reads now, and when it looks again by itself; at most 500
    after `after`."""

    after: str = ""
    """Those after this one; empty: from the first."""
    roles = ("supervisor", "monitor", "desk")
    answers = ("rules",)
    numbered = False


class PauseRules(Hand, tag="pause_rules"):
    """Pause one rule, or all of the tenant: those that are active end at once, whatever their times say, and none
    starts. It holds through reloads and restarts, also for rules that come later, until it is taken back."""

    rule: Id | None = None
    """Its name; nil: all."""
    errors = ("unknown_rule",)


class ResumeRules(Hand, tag="resume_rules"):
    """Take a pause back: of one rule, or (nil) every pause of the tenant. A rule is looked at as if nothing had been
    seen of it before: its condition must hold for as long as it says from now on."""

    rule: Id | None = None
    """Its name; nil: all."""
    errors = ("unknown_rule", "not_paused")
