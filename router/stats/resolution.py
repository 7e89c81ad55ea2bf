"""Repeats and first-contact resolution: was the customer helped the first time, or did they come again?

It takes visits as plain tuples, and says once what a repeat is (`follows`): the engine asks the same. The one idea:
what is not known (no customer id, or a window that is not over yet) is counted as unknown and shown, never guessed.
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
    each = resolution_by_queue(
        visits, window_s=window_s, until_utc_s=until_utc_s, contacts_per_day_max=contacts_per_day_max
    )
    return Resolution(*map(sum, zip(*each.values(), strict=True))) if each else Resolution(0, 0, 0, 0)


def resolution_by_queue(
    visits: Iterable[ServedVisit],
    *,
    window_s: int,
    until_utc_s: int,
    contacts_per_day_max: int = CONTACTS_PER_DAY_MAX,
) -> dict[str, Resolution]:
    """The same for each queue in which somebody was served. They add up."""
    all_visits = sorted(visits, key=lambda visit: visit.arrived_utc_s)
    strangers = _no_customers(all_visits, contacts_per_day_max)
    later: dict[tuple[str, str], list[ServedVisit]] = defaultdict(list)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for visit in reversed(all_visits):
        if visit.served:
            counts[visit.queue][0] += 1
        if visit.customer is None:
            continue
        followers = later[visit.customer, visit.about]
        if visit.served:
            of = counts[visit.queue]
            if visit.customer in strangers:
                of[3] += 1
            elif visit.resolved == "no" or _comes_again(visit, followers, window_s):
                of[1] += 1
            elif visit.arrived_utc_s + window_s <= until_utc_s:
                of[1] += 1
                of[2] += 1
        followers.append(visit)
    return {queue: Resolution(*of) for queue, of in counts.items()}


class Repeats(NamedTuple):
    """Of `contacts`, `known` have a customer's id, and `repeats` of those repeat a visit that was served."""

    contacts: int
    known: int
    repeats: int
    left_out: int
    """Contacts of ids that are no customers."""

    @property
    def share(self) -> float | None:
        """The repeat rate; None where nobody is known."""
        return share(self.repeats, self.known)

    @property
    def unknown_share(self) -> float | None:
        """Contacts without an id, of those not left out: printed beside the rate."""
        counted = self.contacts - self.left_out
        return share(counted - self.known, counted)


def repeats_by_queue(
    visits: Iterable[ServedVisit], *, window_s: int, contacts_per_day_max: int = CONTACTS_PER_DAY_MAX
) -> dict[str, Repeats]:
    """For each queue, how many contacts are repeats: the same customer was served about the same within `window_s`
    before, and this is no part of the same interaction. They add up."""
    all_visits = sorted(visits, key=lambda visit: visit.arrived_utc_s)
    strangers = _no_customers(all_visits, contacts_per_day_max)
    before: dict[tuple[str, str], list[ServedVisit]] = defaultdict(list)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for visit in all_visits:
        of = counts[visit.queue]
        of[0] += 1
        if visit.customer is None:
            continue
        if visit.customer in strangers:
            of[3] += 1
            continue
        of[1] += 1
        served = before[visit.customer, visit.about]
        of[2] += _came_before(visit, served, window_s)
        if visit.served:
            served.append(visit)
    return {queue: Repeats(*of) for queue, of in counts.items()}


def follows(earlier: int, earlier_link: str | None, later: int, later_link: str | None, window: int) -> bool:
    """Does a contact that came at `later` repeat a served one of `earlier`, both of the same customer about the same?
    Within the window, and not as a part of one interaction. Times of any unit, the same for all three."""
    return 0 <= later - earlier <= window and (earlier_link is None or earlier_link != later_link)


def _comes_again(visit: ServedVisit, followers: list[ServedVisit], window_s: int) -> bool:
    """Is there a later visit within the window that is not of the same interaction? `followers`: latest first."""
    for other in reversed(followers):
        if other.arrived_utc_s > visit.arrived_utc_s + window_s:
            return False
        if follows(visit.arrived_utc_s, visit.link, other.arrived_utc_s, other.link, window_s):
            return True
    return False


def _came_before(visit: ServedVisit, served: list[ServedVisit], window_s: int) -> bool:
    """Was one of `served` (earliest first) within the window, and not of the same interaction?"""
    for other in reversed(served):
        if other.arrived_utc_s < visit.arrived_utc_s - window_s:
            return False
        if follows(other.arrived_utc_s, other.link, visit.arrived_utc_s, visit.link, window_s):
            return True
    return False


def _no_customers(visits: Iterable[ServedVisit], contacts_per_day_max: int) -> set[str]:
    """Ids with more than `contacts_per_day_max` contacts on some day (of UTC)."""
    counts: dict[tuple[str, int], int] = defaultdict(int)
    for visit in visits:
        if visit.customer is not None:
            counts[visit.customer, visit.arrived_utc_s // DAY_S] += 1
    return {customer for (customer, _), count in counts.items() if count > contacts_per_day_max}
