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
    """Pause one rule: if it is active it ends at once, whatever its times say, and it does not start. Or (nil) take off
    all layers at once: every rule of the tenant is paused, also those that come later, and what plans have laid is off,
    without being forgotten. It holds through reloads and restarts until it is taken back."""

    rule: Id | None = None
    """Its name; nil: all, and plans too."""
    errors = ("unknown_rule",)


class ResumeRules(Hand, tag="resume_rules"):
    """Take a pause back: of one rule, or (nil) every pause of the tenant, of rules and of plans. A rule is looked at as
    if nothing had been seen of it before: its condition must hold for as long as it says from now on."""

    rule: Id | None = None
    """Its name; nil: all, and plans too."""
    errors = ("unknown_rule", "not_paused")
