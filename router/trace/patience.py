"""How long callers would have waited: the part of a trace that nobody could record.

Whoever was connected had not hung up yet, so their patience is known only to be longer than their wait. This
file estimates the distribution from both kinds, and fills a trace's gaps for a replay. It must not know how
a replay routes.

The one idea: E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations", J. Amer.
Statist. Assoc. 53, 1958: at each time somebody hung up, survival falls by (hung up then) / (still waiting
then).
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from router.terms import SECOND_US
from router.trace.records import Contact, Trace

HANG_UPS_LEAST: Final = 50
"""A queue with fewer hang-ups takes the estimate of all queues together: its own would be a few steps."""
SERVICE_DEFAULT_US: Final = 180 * SECOND_US
"""Talk time where a trace has not one recorded talk to draw from: three minutes."""
SERVICES_LEAST: Final = 20
"""A queue with fewer recorded talks draws from those of all queues."""


class KaplanMeier:
    """Survival of waits, some of them ended by hanging up, the others cut short by something else."""

    def __init__(self, times: list[int], survival: list[float], tail_rate: float) -> None:
        self.times = times
        """Waits at which somebody hung up, ascending."""
        self.survival = survival
        """Share still waiting just after each of them."""
        self.tail_rate = tail_rate
        """Hang-ups per unit of time beyond the last of them; 0: nobody ever hangs up there."""

    @classmethod
    def fit(cls, waits: Sequence[int], hung_up: Sequence[bool]) -> KaplanMeier:
        """The estimate. Whoever was connected at the same moment as another hung up counts as still waiting
        then.

        Beyond the last hang-up the data says nothing. The tail is exponential: its rate is hang-ups per time
        waited in the later half of the hang-ups, where waiting was already long.
        """
        ordered = sorted(zip(waits, hung_up, strict=True))
        at_risk, share = len(ordered), 1.0
        times: list[int] = []
        survival: list[float] = []
        for wait, group in groupby(ordered, key=lambda pair: pair[0]):
            ends = [left for _, left in group]
            if leaving := sum(ends):
                share *= 1 - leaving / at_risk
                times.append(wait)
                survival.append(share)
            at_risk -= len(ends)
        return cls(times, survival, _tail_rate(ordered))

    def still_waiting(self, wait: int) -> float:
        """Share of callers whose patience is longer than `wait`."""
        place = bisect_right(self.times, wait)
        return self.survival[place - 1] if place else 1.0

    def draw_beyond(self, wait: int, rng: random.Random) -> int | None:
        """A patience, given that it is longer than `wait`; None: never hangs up.

        Where the curve reached 0 at or before `wait` (the longest wait of all ended in a hang-up), nobody
        knows of longer patience: that caller gets the tail as well.
        """
        at_wait = self.still_waiting(wait)
        level = rng.random() * at_wait
        spare = rng.random()
        if at_wait > 0 and self.survival and level >= self.survival[-1]:
            # The curve falls: the first time at which no more than `level` are left.
            place = bisect_left(self.survival, -level, key=lambda share: -share)
            if place < len(self.times):
                return max(self.times[place], wait)
        if self.tail_rate <= 0:
            return None
        last = max(wait, self.times[-1] if self.times else 0)
        return last + max(1, round(-math.log(1 - spare) / self.tail_rate))


def _tail_rate(ordered: list[tuple[int, bool]]) -> float:
    ends = [wait for wait, left in ordered if left]
    if not ends:
        return 0.0
    middle = ends[len(ends) // 2]
    exposure = sum(wait - middle for wait, _ in ordered if wait > middle)
    count = sum(1 for wait in ends if wait > middle)
    if not count or not exposure:
        total = sum(wait for wait, _ in ordered)
        return len(ends) / total if total else 0.0
    return count / exposure


@dataclass(slots=True)
class Draw:
    """What a replay does with one contact: all that the record left open is decided."""

    patience_us: int | None
    """Hangs up when it has waited this long; None: never."""
    service_us: int
    wrap_up_us: int


def estimates(contacts: Iterable[Contact]) -> tuple[KaplanMeier, dict[str, KaplanMeier]]:
    """The estimate over all queues, and one for each queue with enough hang-ups."""
    by_queue: defaultdict[str, tuple[list[int], list[bool]]] = defaultdict(lambda: ([], []))
    for contact in contacts:
        if contact.patience_us is not None:
            waits, known = by_queue[contact.queue]
            waits.append(contact.patience_us)
            known.append(contact.patience_known)
    everybody = KaplanMeier.fit(
        [wait for waits, _ in by_queue.values() for wait in waits],
        [left for _, known in by_queue.values() for left in known],
    )
    return everybody, {
        queue: KaplanMeier.fit(waits, known)
        for queue, (waits, known) in sorted(by_queue.items())
        if sum(known) >= HANG_UPS_LEAST
    }


def draws(trace: Trace, seed: int, *, basis: Trace | None = None) -> list[Draw]:
    """One Draw for each contact of the trace, in its order; the same for the same seed.

    `basis` is the trace that estimates are made from: where one day is replayed, the month that it was cut
    from.
    """
    return Times((basis or trace).contacts).draws(trace, seed)


class Times:
    """What may be drawn where a record is open, estimated once from recorded contacts."""

    def __init__(self, known: Sequence[Contact]) -> None:
        self._everybody, self._by_queue = estimates(known)
        self._service = _Pool(known, "service_us", SERVICE_DEFAULT_US)
        self._wrap_up = _Pool(known, "wrap_up_us", 0)

    def draws(self, trace: Trace, seed: int) -> list[Draw]:
        """See `draws`.

        Patience: as recorded where it is known, else beyond the recorded wait by Kaplan-Meier of the queue.
        Service and wrap-up: as recorded, else one drawn from those of the same queue (from all queues where it
        has few).
        """
        rng = random.Random(seed)
        out = []
        for contact in trace.contacts:
            patience = contact.patience_us
            if not contact.patience_known:
                patience = self.patience(contact.queue, patience or 0, rng)
            talk, after = contact.service_us, contact.wrap_up_us
            out.append(
                Draw(
                    patience,
                    self._service.draw(contact.queue, rng) if talk is None else talk,
                    self._wrap_up.draw(contact.queue, rng) if after is None else after,
                )
            )
        return out

    def patience(self, queue: str, beyond_us: int, rng: random.Random) -> int | None:
        """A patience of the queue's callers that is longer than this; None: never hangs up."""
        return self._by_queue.get(queue, self._everybody).draw_beyond(beyond_us, rng)


class _Pool:
    """Recorded times to draw from, a queue's own where it has enough of them."""

    def __init__(self, contacts: Iterable[Contact], name: str, default: int) -> None:
        queues: defaultdict[str, list[int]] = defaultdict(list)
        for contact in contacts:
            value: int | None = getattr(contact, name)
            if value is not None:
                queues[contact.queue].append(value)
        self.all = [value for queue in sorted(queues) for value in queues[queue]] or [default]
        self.queues = {queue: values for queue, values in queues.items() if len(values) >= SERVICES_LEAST}

    def draw(self, queue: str, rng: random.Random) -> int:
        return rng.choice(self.queues.get(queue, self.all))
