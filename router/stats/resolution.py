"""First-contact resolution: was the customer helped the first time?

It takes visits as plain tuples. The one idea: what can't be known (no customer id, or a window that is not
over yet) is counted as unknown and shown, never guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

from router.stats.service import share
from router.terms import Resolved

DAY_S: Final = 86_400

CONTACTS_PER_DAY_MAX: Final = 10
"""An id with more contacts on one day is no customer but a switchboard, a test line or a default value: in the
sample month one id rang 170 times."""


class ServedVisit(NamedTuple):
    """One visit, served or not."""

    arrived_utc_s: int
    queue: str
    customer: str | None
    served: bool
    business_type: str = ""
    """None given: the queue stands for it."""
    link: str | None = None
    """Visits of one interaction (a transfer) have the same: none is a repeat of another."""
    resolved: Resolved = "unknown"
    """What the agent said of it."""

    @property
    def about(self) -> str:
        """What a later visit must be about to count as a repeat of this one."""
        return self.business_type or self.queue


class Resolution(NamedTuple):
    """Of `served` visits, `known` can be judged, and `resolved` of those were."""

    served: int
    known: int
    resolved: int
    left_out: int
    """Served visits of ids that are no customers."""

    @property
    def share(self) -> float | None:
        """First-contact resolution; None where nothing is known."""
        return share(self.resolved, self.known)

    @property
    def unknown_share(self) -> float | None:
        """The served visits that can't be judged, of those not left out: printed beside the share."""
        judged = self.served - self.left_out
        return share(judged - self.known, judged)


def first_contact_resolution(
    visits: Iterable[ServedVisit],
    *,
    window_s: int,
    until_utc_s: int,
    contacts_per_day_max: int = CONTACTS_PER_DAY_MAX,
) -> Resolution:
    """Judge the served visits. Resolved: not marked unresolved, and the customer did not come again about the
    same within `window_s` of arrival, served or not. `until_utc_s`: the record ends there; a window that
    reaches beyond it without a repeat is unknown.

    A redial after abandoning repeats nothing: only served visits are judged.
    """
    all_visits = sorted(visits, key=lambda visit: visit.arrived_utc_s)
    strangers = _no_customers(all_visits, contacts_per_day_max)
    later: dict[tuple[str, str], list[ServedVisit]] = defaultdict(list)
    served = known = resolved = left_out = 0
    for visit in reversed(all_visits):
        if visit.customer is None:
            served += visit.served
            continue
        followers = later[visit.customer, visit.about]
        if visit.served:
            served += 1
            if visit.customer in strangers:
                left_out += 1
            elif visit.resolved == "no" or _comes_again(visit, followers, window_s):
                known += 1
            elif visit.arrived_utc_s + window_s <= until_utc_s:
                known += 1
                resolved += 1
        followers.append(visit)
    return Resolution(served, known, resolved, left_out)


def _comes_again(visit: ServedVisit, followers: list[ServedVisit], window_s: int) -> bool:
    """Is there a later visit within the window that is not of the same interaction? `followers`: latest first."""
    for other in reversed(followers):
        if other.arrived_utc_s > visit.arrived_utc_s + window_s:
            return False
        if visit.link is None or other.link != visit.link:
            return True
    return False


def _no_customers(visits: Iterable[ServedVisit], contacts_per_day_max: int) -> set[str]:
    """Ids with more than `contacts_per_day_max` contacts on some day (of UTC)."""
    counts: dict[tuple[str, int], int] = defaultdict(int)
    for visit in visits:
        if visit.customer is not None:
            counts[visit.customer, visit.arrived_utc_s // DAY_S] += 1
    return {customer for (customer, _), count in counts.items() if count > contacts_per_day_max}
