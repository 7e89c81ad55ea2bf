"""The guards that `tests/mutants.py` takes out, one at a time: what is replaced in which file, and by what.

One module a topic. A name begins with the promise that the guard keeps. Guard texts are exact and stand once in their
file; a change of the engine that moves one must move it here too.
"""

from __future__ import annotations

from tests.mutant_list import (
    announcements,
    balances,
    borrow,
    callbacks,
    channels,
    codes,
    consults,
    estimates,
    first,
    hands,
    hours,
    kept,
    layers,
    leaders,
    lists,
    needs,
    overflow,
    partners,
    reload,
    ring,
    rosters,
    routes,
    rules,
    several,
    tickets,
    traffic,
    who,
)
from tests.mutant_list.mutant import Mutant

MUTANTS = (
    *first.MUTANTS,
    *announcements.MUTANTS,
    *balances.MUTANTS,
    *borrow.MUTANTS,
    *callbacks.MUTANTS,
    *channels.MUTANTS,
    *codes.MUTANTS,
    *consults.MUTANTS,
    *estimates.MUTANTS,
    *hands.MUTANTS,
    *hours.MUTANTS,
    *kept.MUTANTS,
    *layers.MUTANTS,
    *leaders.MUTANTS,
    *lists.MUTANTS,
    *needs.MUTANTS,
    *overflow.MUTANTS,
    *partners.MUTANTS,
    *reload.MUTANTS,
    *ring.MUTANTS,
    *rosters.MUTANTS,
    *routes.MUTANTS,
    *rules.MUTANTS,
    *several.MUTANTS,
    *tickets.MUTANTS,
    *traffic.MUTANTS,
    *who.MUTANTS,
)

__all__ = ["MUTANTS", "Mutant"]
