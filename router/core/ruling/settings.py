"""What `rules.toml` tells the core: a rule with what it does. See `settings.py` for the rest."""

from __future__ import annotations

from router.core.actions import AnyAction
from router.rules import Rule


class ActingRule(Rule, frozen=True):
    """A rule, and what is laid over the configuration while it is active."""

    actions: tuple[AnyAction, ...] = ()
