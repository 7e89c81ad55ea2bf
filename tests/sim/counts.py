"""How often each transition of the tables and each fault occurred: a set of seeds that never reaches something shows
nothing about it.

Transitions are counted by putting a counting map in the place of each row of the tables; `counting` puts the rows back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from router.core.states import TABLES
from tests.sim import (
    announcements,
    balances,
    callbacks,
    channels,
    consults,
    hands,
    hours,
    layers,
    overflow,
    partners,
    rosters,
    rules,
    tickets,
    wants,
)
from tests.sim.books import list as list_book
from tests.sim.books import place as place_book
from tests.sim.books import who as who_book
from tests.sim.pair import plan as pair

NOT_YET = {
    "contact new found_talking": "a contact found talking is taken in as waiting first",
}
"""Transitions that nothing here can cause yet, and why."""

FAULTS = (
    *balances.REACHED,
    *channels.REACHED, *consults.REACHED, *hands.REACHED, *hours.REACHED, *callbacks.REACHED,
    *tickets.REACHED, *wants.REACHED, *who_book.REACHED, *overflow.REACHED, *layers.REACHED, *announcements.REACHED,
    *pair.REACHED, *place_book.REACHED, *list_book.REACHED, *rosters.REACHED, *rules.REACHED,
    *partners.REACHED,
    "kill", "kill: tail lost", "kill: committed, not told", "kill: away for long", "store late", "late message",
    "gateway dropped", "gateway replaced", "gateway said bye", "gateway away beyond its grace", "same instance again",
    "new instance, calls alive", "new instance, calls lost", "tail replayed", "tail replayed twice",
    "sync missed a contact", "sync added a contact", "sync: talks to", "drain on", "drain off", "suspended",
    "agent forgot", "agent rejected", "agent gone on break in offer", "agent logged out in offer",
    "agent logged out while engaged", "agent on break while engaged", "session moved", "accepted twice",
    "accepted too late", "accepted by another client", "outside work", "outside work over", "endpoint detached",
    "device never rang", "caller gone: waiting", "caller gone: held", "caller gone: offered",
    "caller gone: connecting", "caller gone: connected", "joining failed: caller", "joining failed: device",
    "joining failed: media", "joining never reported", "held while waiting", "held while offered",
    "held while connected", "transfer: keep", "transfer: restart", "transfer: front", "transfer: direct",
    "preferred agent", "direct to an agent", "completed late", "wrap-up extended", "treated: nobody",
    "treated: waited_too_long", "sent on at entry", "moved: nobody", "moved: waited_too_long", "moved: held_too_long",
    "left to the routes", "steered: advised", "steered: taken", "steered: came back", "of a segment", "refused: route",
    "refused: nobody", "refused: full", "refused: closed", "refused: blocked", "busy",
    "nonsense refused", "priority changed", "loaded beside the running engine",
    "taken by another", "agent given a pause", "known again", "sent to specialists",
)  # fmt: skip
"""Everything that a simulation may do to the engine; each must occur in a set of a hundred seeds."""


class _Row(dict[str, str]):
    """One state's row of a table, counting what is looked up in it."""

    def __init__(self, name: str, row: dict[str, str], seen: Counter[str]) -> None:
        super().__init__(row)
        self._name = name
        self._seen = seen

    def __getitem__(self, event: str) -> str:
        target = super().__getitem__(event)
        self._seen[f"{self._name} {event}"] += 1
        return target


@contextmanager
def counting(seen: Counter[str]) -> Iterator[None]:
    """While this is open, every move along a table is counted in `seen` as "table state event"."""
    rows = {name: dict(table) for name, table in TABLES.items()}
    for name, table in TABLES.items():
        for state in table:
            table[state] = _Row(f"{name} {state}", table[state], seen)
    try:
        yield
    finally:
        for name, table in TABLES.items():
            table.update(rows[name])


def transitions() -> list[str]:
    """Every transition that there is, as "table state event"."""
    return [
        f"{name} {state} {event}" for name, table in TABLES.items() for state, row in table.items() for event in row
    ]


def never_seen(moves: Counter[str], faults: Counter[str]) -> list[str]:
    """What did not occur and should have."""
    missing = [name for name in transitions() if not moves[name] and name not in NOT_YET]
    return missing + [name for name in FAULTS if not faults[name]]
