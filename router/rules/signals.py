"""The signals that a condition may ask for: one row each, with what they are measured of, in which unit and bounds.

Configuration, documentation and the engine all go by these rows. They say nothing of how a signal is measured.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Scope: TypeAlias = Literal["queue", "team", "segment", "site", "hours", "rule"]
"""What a signal is measured of; a condition that names none of them asks for the whole site."""
Unit: TypeAlias = Literal["contacts", "agents", "seconds", "share", "ratio", "yes"]


class Key(NamedTuple):
    """One value: the signal of one queue, team, segment, calendar or rule, or of the site (an empty subject)."""

    scope: Scope
    subject: str
    signal: str
    window_us: int = 0


class Signal(NamedTuple):
    """A row."""

    name: str
    scopes: tuple[Scope, ...]
    unit: Unit
    most: float
    """The highest bound that makes sense; the lowest is 0."""
    doc: str
    windowed: bool = False
    """Counted over a window, which a condition must give."""

    @property
    def whole(self) -> bool:
        """Are its values whole numbers? Times are whole microseconds."""
        return self.unit in ("contacts", "agents", "seconds", "yes")


_CONTACTS_MOST = 1_000_000
_DAY_S = 86_400
_FLOWS: tuple[Scope, ...] = ("queue", "segment", "site")
_PEOPLE: tuple[Scope, ...] = ("queue", "team", "site")

_ROWS = (
    Signal("waiting", ("queue", "site"), "contacts", _CONTACTS_MOST, "Contacts that wait or are held now."),
    Signal(
        "oldest_wait_s", ("queue",), "seconds", 30 * _DAY_S,
        "The longest wait of those who stand in the queue's lines now, neither ringing nor held; 0 where nobody does. "
        "Where waiting counts by open hours, so does this.",
    ),
    Signal(
        "ewt_p50_s", ("queue",), "seconds", 30 * _DAY_S,
        "The expected wait of one who would join now, its median. Looked at anew once a second at most, and though "
        "nothing happens in the queue within `look_s` of `[ewt]`, the sooner the nearer it is to a bound. Whom rules "
        "are about to bring does not count in it, so that no rule is kept back by its own help.",
    ),
    Signal("ewt_p90_s", ("queue",), "seconds", 30 * _DAY_S, "The same, what one in ten waits longer than."),
    Signal(
        "service_level", _FLOWS, "share", 1.0,
        "Answered within target / (answered + abandoned after `short_abandon_s`) of the window; of a queue, who still "
        "waits beyond the target counts as missed, at the latest when a twelfth of the window is over.",
        windowed=True,
    ),
    Signal(
        "abandonment", _FLOWS, "share", 1.0,
        "Abandoned after `short_abandon_s` / (answered + those) of the window.",
        windowed=True,
    ),
    Signal("arrivals", ("queue", "site"), "contacts", _CONTACTS_MOST, "Contacts let in within the window.", True),
    Signal(
        "arrivals_ratio", ("queue",), "ratio", 10_000.0,
        "Contacts let in within the window / what is usual for these half-hours of the week, learned from the weeks "
        "before; what is usual counts as one contact at least.",
        windowed=True,
    ),
    Signal(
        "repeat_rate", ("queue", "site"), "share", 1.0,
        "Contacts that repeat one which was served shortly before / contacts whose customer is known, of the window.",
        windowed=True,
    ),
    Signal(
        "idle", _PEOPLE, "agents", _CONTACTS_MOST,
        "Agents who could be offered a contact now: of a queue, one of this queue; of a team, any.",
    ),
    Signal(
        "staffed", _PEOPLE, "agents", _CONTACTS_MOST,
        "Agents signed in, ready or not: of a queue, those able to serve it.",
    ),
    Signal(
        "occupancy", ("team", "site"), "share", 1.0,
        "Work / (signed in and ready) of the window, by capacity.",
        windowed=True,
    ),
    Signal(
        "store_away_s", ("site",), "seconds", 30 * _DAY_S,
        "For how long the store has not taken what the engine commits; 0 while it does.",
    ),
)  # fmt: skip

SIGNALS = {row.name: row for row in _ROWS}
"""By name, in the order of the documentation."""

YES = Signal("yes", ("hours", "rule"), "yes", 1, "A calendar that is open, or a rule that is active.")
"""What a condition asks with `hours` or `rule`."""


def signal_of(key: Key) -> Signal:
    """The row of a value."""
    return SIGNALS.get(key.signal, YES)
