"""Who is not helped calls again: how many do, how soon, and who of the record did so for that reason.

It must not know how a run is driven; `Again` is asked there.

The one idea: an attempt that failed is followed by another one more often than a talk is, and what it is more is its
consequence. Where of known customers the share `f` is followed within the window after failing and the share `s` after
having been served, and coming again anyway and coming again for that reason are independent,

    1 - f = (1 - s) (1 - p),  so  p = (f - s) / (1 - s)

call again because they were not helped, and of the redials on record the part p / f are such consequences.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal, NamedTuple, TypeAlias

from router.stats.resolution import CONTACTS_PER_DAY_MAX
from router.terms import SECOND_US
from router.trace.patience import Draw, Times
from router.trace.records import DAY_US, Contact, Trace

WINDOW_US: Final = 3_600 * SECOND_US
"""Who comes again later than this has another reason, or can't be told from those who have."""
FAILED_LEAST: Final = 50
"""Failed attempts of known customers; a trace with fewer says too little of how many call again."""
ATTEMPTS_MOST: Final = 10
"""Of one caller: bounds a run in which nobody is ever let in and everybody calls again."""
FAILED: Final = frozenset({"abandoned", "timed_out", "turned_away"})
"""Outcomes of the record. Who left by a key chose to."""

Source: TypeAlias = Literal["trace", "option", "too_few", "off"]
"""Where the figures are from: estimated, or assumed by an option; or why there are none: the trace names too few, or
nobody asked."""


@dataclass(slots=True, frozen=True)
class Redials:
    """How callers behave who were not helped."""

    source: Source
    share: float
    """Call again because of it (p)."""
    delays_us: tuple[int, ...]
    """From giving up to calling again, as recorded, ascending; empty: exponential with the mean `mean_us`."""
    mean_us: int
    failed: int = 0
    """Failed attempts of known customers on record."""
    after_failing: float = 0.0
    """Share of them that are followed within the window (f)."""
    after_service: float = 0.0
    """The same of talks (s)."""

    @property
    def modelled(self) -> bool:
        """Does anybody call again because of how they fared?"""
        return self.source in ("trace", "option")

    @property
    def caused(self) -> float:
        """Of the redials on record, the part that are consequences."""
        return min(1.0, self.share / self.after_failing) if self.after_failing else 0.0

    @property
    def median_us(self) -> float:
        """Of the time between giving up and calling again."""
        return median(self.delays_us) if self.delays_us else self.mean_us * 0.6931

    def delay_us(self, rng: random.Random) -> int:
        """One to draw."""
        if self.delays_us:
            return rng.choice(self.delays_us)
        return round(rng.expovariate(1.0) * self.mean_us)


class Wish(NamedTuple):
    """Redials as somebody assumes them."""

    share: float
    mean_us: int


OFF: Final = Redials("off", 0.0, (), 0)


def estimate(trace: Trace, wish: Wish | None = None) -> Redials:
    """From a trace that names customers; with a `wish` its share and mean delay instead. Not modelled where the trace
    says too little, and nobody wished for any."""
    failed = again = served = anyway = 0
    delays: list[int] = []
    for contact, follower in _followed(trace.contacts):
        if contact.outcome in FAILED:
            failed += 1
            if follower is not None:
                again += 1
                delays.append(follower.arrival_us - _left_us(contact))
        elif contact.outcome == "answered":
            served += 1
            anyway += follower is not None
    after_failing = again / failed if failed else 0.0
    after_service = anyway / served if served else 0.0
    if wish is not None:
        return Redials("option", wish.share, (), wish.mean_us, failed, after_failing, after_service)
    if failed < FAILED_LEAST or not delays:
        return Redials("too_few", 0.0, (), 0, failed, after_failing, after_service)
    share = max(0.0, (after_failing - after_service) / (1 - after_service)) if after_service < 1 else 0.0
    mean_us = round(sum(delays) / len(delays))
    return Redials("trace", share, tuple(sorted(delays)), mean_us, failed, after_failing, after_service)


class Next(NamedTuple):
    """The redial on record that comes only where the attempt before fails again."""

    contact: str
    delay_us: int


class Again:
    """What every caller of a run would do if they were not helped: decided by seed and contact, whatever else happens,
    so that both sides of a pair meet the same people."""

    def __init__(self, trace: Trace, redials: Redials, times: Times, seed: int) -> None:
        self._redials = redials
        self._times = times
        self._seed = seed
        self.nexts: dict[str, Next] = {}
        """Contact -> its consequence on record."""
        rng = random.Random(f"{seed} chains")
        for contact, follower in _followed(trace.contacts):
            if follower is not None and contact.outcome in FAILED and rng.random() < redials.caused:
                self.nexts[contact.id] = Next(follower.id, follower.arrival_us - _left_us(contact))

    def one_need(self, contacts: Sequence[Contact], draws: Sequence[Draw]) -> list[Draw]:
        """The draws, but that the attempts of one chain have one talk: that of the last one, which is on record where
        they were served in the end."""
        by_id = {contact.id: draw for contact, draw in zip(contacts, draws, strict=True)}
        for contact in reversed(contacts):
            link = self.nexts.get(contact.id)
            if link is not None:
                own, last = by_id[contact.id], by_id[link.contact]
                by_id[contact.id] = Draw(own.patience_us, last.service_us, last.wrap_up_us)
        return [by_id[contact.id] for contact in contacts]

    def delay_us(self, contact: Contact, attempt: int) -> int | None:
        """When they call again, of which the record knows nothing, after their `attempt` (from 1) at this need; None:
        not at all, or what they did is on record."""
        if contact.outcome in FAILED or attempt >= ATTEMPTS_MOST:
            return None
        rng = self._rng("redial", contact, attempt)
        return self._redials.delay_us(rng) if rng.random() < self._redials.share else None

    def draw(self, contact: Contact, attempt: int, first: Draw) -> Draw:
        """Their times at that attempt: another patience, the same talk."""
        patience_us = self._times.patience(contact.queue, 0, self._rng("patience", contact, attempt))
        return Draw(patience_us, first.service_us, first.wrap_up_us)

    def _rng(self, what: str, contact: Contact, attempt: int) -> random.Random:
        return random.Random(f"{self._seed} {what} {attempt} {contact.id}")


def _followed(contacts: Sequence[Contact]) -> Iterator[tuple[Contact, Contact | None]]:
    """Contacts of known customers, each with the next one of the same customer about the same within the window."""
    known = [contact for contact in contacts if contact.customer is not None and contact.wait_us is not None]
    days = Counter((contact.customer, contact.arrival_us // DAY_US) for contact in known)
    strangers = {customer for (customer, _), count in days.items() if count > CONTACTS_PER_DAY_MAX}
    own: defaultdict[tuple[str | None, str], list[Contact]] = defaultdict(list)
    for contact in known:
        if contact.customer not in strangers:
            own[contact.customer, contact.queue].append(contact)
    for line in own.values():
        for at, contact in enumerate(line):
            follower = line[at + 1] if at + 1 < len(line) else None
            if follower is not None and not 0 <= follower.arrival_us - _left_us(contact) <= WINDOW_US:
                follower = None
            yield contact, follower


def _left_us(contact: Contact) -> int:
    """When they hung up, or were done."""
    talk_us = contact.service_us or 0 if contact.outcome == "answered" else 0
    return contact.arrival_us + (contact.wait_us or 0) + talk_us
