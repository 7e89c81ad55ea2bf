"""Does anything of a configuration ask how long a wait will be?

Estimates are the dearest part of a run, and where nobody asks for one they decide nothing. It must not know how they
are made. `tests/trace/test_whatif_asking.py` holds the list against the modules of the core that ask.
"""

from __future__ import annotations

from typing import Final

from router.core.actions.borrow import Borrow
from router.core.actions.steer import OfferCallback, SteerAway
from router.core.settings import Settings
from router.rules import compares_in

SIGNALS: Final = frozenset({"ewt_p50_s", "ewt_p90_s"})


def asks_for_estimates(settings: Settings) -> bool:
    """Announcements, call-backs and last admission of queues do, advice on other channels, rules on expected waits, and
    loans that keep one."""
    queues = any(
        queue.announce or queue.callback.numbers or queue.last_admission_by_estimate for queue in settings.queues
    )
    if queues or settings.steers:
        return True
    for rule in settings.rules:
        conditions = (rule.when, rule.until) if rule.until is not None else (rule.when,)
        if any(compare.signal in SIGNALS for condition in conditions for compare in compares_in(condition)):
            return True
    actions = [action for rule in settings.rules for action in rule.actions]
    actions += [action for plan in settings.plans for action in plan.actions]
    return any(
        isinstance(action, (OfferCallback, SteerAway)) or (isinstance(action, Borrow) and action.keep_ewt_us > 0)
        for action in actions
    )
