"""Who came again: the repeat rate and first-contact resolution of a trace's contacts, whole and by queue.

The definitions are those of `router.stats.resolution`; here contacts become its visits. It must not know who served
them: recorded and simulated are counted by the same lines, and differ only in who was served.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from router.stats import Repeats, Resolution, ServedVisit, repeats_by_queue, resolution_by_queue
from router.stats.resolution import CONTACTS_PER_DAY_MAX, DAY_S
from router.terms import SECOND_US
from router.trace.records import Contact, Trace

NONE = Repeats(0, 0, 0, 0)
NOBODY = Resolution(0, 0, 0, 0)


@dataclass(slots=True, frozen=True)
class Customers:
    """One queue, or all of them."""

    repeats: Repeats
    resolution: Resolution

    def as_json(self) -> dict[str, Any]:
        """Counts, and shares from 0 to 1; null where nothing is known."""
        return {
            "contacts": self.repeats.contacts,
            "known": self.repeats.known,
            "left_out": self.repeats.left_out,
            "repeats": self.repeats.repeats,
            "repeat_rate": self.repeats.share,
            "repeat_unknown_share": self.repeats.unknown_share,
            "first_contact_resolution": self.resolution.share,
            "first_contact_unknown_share": self.resolution.unknown_share,
        }


class CustomersPair(NamedTuple):
    """Recorded and simulated: each the whole, and by queue."""

    recorded: tuple[Customers, dict[str, Customers]]
    simulated: tuple[Customers, dict[str, Customers]]

    def as_json(self) -> dict[str, Any]:
        """Each side: all, and its queues."""
        return {
            name: {**whole.as_json(), "queues": {queue: of.as_json() for queue, of in each.items()}}
            for name, (whole, each) in zip(self._fields, self, strict=True)
        }

    def rows(self) -> list[tuple[str, ...]]:
        """One line a queue and side, and of all; as `COLUMNS`."""
        queues = sorted({*self.recorded[1], *self.simulated[1]})
        empty = Customers(NONE, NOBODY)
        found = []
        for name in [*queues, "all"]:
            for label, (whole, each) in (("simulated", self.simulated), ("recorded", self.recorded)):
                of = whole if name == "all" else each.get(name, empty)
                found.append((name if label == "simulated" else "", label, *_cells(of)))
        return found


TITLE = "Customers: who was served came again about the same within 24 h"
COLUMNS = ("queue", "", "repeats", "unknown", "helped at once", "unknown", "left out")


def _cells(of: Customers) -> tuple[str, ...]:
    return (
        _percent(of.repeats.share),
        _percent(of.repeats.unknown_share),
        _percent(of.resolution.share),
        _percent(of.resolution.unknown_share),
        str(of.repeats.left_out),
    )


def _percent(part: float | None) -> str:
    return "-" if part is None else f"{part:.1%}"


def customers(
    trace: Trace,
    contacts: Iterable[tuple[Contact, bool]],
    *,
    window_s: int = DAY_S,
    contacts_per_day_max: int = CONTACTS_PER_DAY_MAX,
) -> tuple[Customers, dict[str, Customers]]:
    """The figures of all and of each queue, from contacts and whether they were served. Days are those of the trace's
    own clock; a window that reaches beyond its last day is not known."""
    midnight_s = _seconds_of_day(trace.header.start)
    visits = [
        ServedVisit(midnight_s + contact.arrival_us // SECOND_US, contact.queue, contact.customer, served)
        for contact, served in contacts
    ]
    last_s = max((visit.arrived_utc_s for visit in visits), default=0)
    if trace.header.days:
        last_s = max(last_s, midnight_s + trace.header.days[-1].to_us // SECOND_US)
    repeats = repeats_by_queue(visits, window_s=window_s, contacts_per_day_max=contacts_per_day_max)
    resolved = resolution_by_queue(
        visits, window_s=window_s, until_utc_s=last_s, contacts_per_day_max=contacts_per_day_max
    )
    each = {queue: Customers(repeats.get(queue, NONE), resolved.get(queue, NOBODY)) for queue in sorted(repeats)}
    whole = Customers(
        Repeats(*map(sum, zip(NONE, *repeats.values(), strict=True))),
        Resolution(*map(sum, zip(NOBODY, *resolved.values(), strict=True))),
    )
    return whole, each


def _seconds_of_day(start: str) -> int:
    """How far into its day the trace begins; 0 where it does not say."""
    try:
        at = datetime.fromisoformat(start)
    except ValueError:
        return 0
    return at.hour * 3600 + at.minute * 60 + at.second
