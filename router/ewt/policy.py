"""What to say of an estimate, and when to say it again: the announcement policy as pure functions.

What lives here: buckets, the promise, and `decide`.  What it must not know: queues, gateways, how estimates
are made.
The idea: a broken promise costs more than no promise, so the 90th percentile is said, rounded up to a bucket;
it is repeated only with progress, and raised only when the median says that it is lost, once.

Sources: each minute beyond an announced time raises the hazard of hanging up (ssrn 3706565); progress, not
fine granularity, holds callers (Munichor and Rafaeli, J. Appl. Psych. 92(2), 2007; Yu, Allon, Bassamboo 2017).
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal, NamedTuple

BUCKETS_MIN: tuple[int, ...] = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, 60)
"""Minutes that may be said: `less than N minutes`."""
NEXT = 0
"""Bucket of `you are next`."""
OVER = -1
"""Bucket of `more than an hour`."""

Kind = Literal["time", "next", "over", "position", "silent"]


@dataclass(frozen=True, slots=True)
class AnnouncePolicy:
    """Settings of one queue's announcements; times in seconds."""

    first_after_s: float = 4.0
    interval_s: float = 60.0
    quiet_before_take_s: float = 20.0
    next_below_s: float = 30.0
    percentile: Literal["p50", "p80", "p90"] = "p90"
    buckets_min: tuple[int, ...] = BUCKETS_MIN
    raise_after_s: float = 15.0
    raise_ratio: float = 1.25
    interval_max_ratio: float = 5.5

    def __post_init__(self) -> None:
        """Buckets rise, every time is positive; ValueError says which is not."""
        rising = all(a < b for a, b in zip(self.buckets_min, self.buckets_min[1:], strict=False))
        if not self.buckets_min or self.buckets_min[0] < 1 or not rising:
            raise ValueError("buckets_min must be rising minutes from 1")
        if min(self.first_after_s, self.interval_s, self.quiet_before_take_s, self.next_below_s) < 0:
            raise ValueError("announcement times must not be negative")


class Quote(NamedTuple):
    """What is to be said of a remaining wait, in seconds."""

    p10_s: float
    p50_s: float
    p80_s: float
    p90_s: float
    low_confidence: bool


class Told(NamedTuple):
    """What a caller was told last: at what waiting time, bucket (None: no time), position, promised until which
    waiting time, and whether the promise was raised before."""

    waited_s: float
    bucket: int | None
    position: int | None
    until_s: float | None
    raised: bool


class Say(NamedTuple):
    """The decision: `kind`, the bucket in minutes for `time`, the position, whether this raises a promise, and in
    how many seconds to look again."""

    kind: Kind
    bucket: int | None
    position: int
    raised: bool
    again_in_s: float
    told: Told | None


def bucket_min(wait_s: float, policy: AnnouncePolicy) -> int:
    """The bucket for a wait: NEXT, minutes rounded up, or OVER."""
    if wait_s < policy.next_below_s:
        return NEXT
    i = bisect_left(policy.buckets_min, wait_s / 60)
    return policy.buckets_min[i] if i < len(policy.buckets_min) else OVER


def promise_s(wait_s: float, policy: AnnouncePolicy | None = None) -> float:
    """The seconds that the bucket of a wait promises; infinite for `more than an hour`."""
    bucket = bucket_min(wait_s, policy or DEFAULT_POLICY)
    if bucket == OVER:
        return float("inf")
    return 60.0 * max(bucket, 1)


def decide(quote: Quote, position: int, waited_s: float, told: Told | None, policy: AnnouncePolicy) -> Say:
    """What to say now to a caller at `position` (1 = next) who has waited `waited_s`.

    Pure: the caller keeps `Say.told` once the gateway has played it.  Never within an offer: that is the
    engine's to know.
    """
    if told is None and waited_s < policy.first_after_s:
        return _silent(position, policy.first_after_s - waited_s)
    if told is not None and waited_s < told.waited_s + policy.interval_s:
        return _silent(position, told.waited_s + policy.interval_s - waited_s)
    if told is not None and told.position is not None:
        position = min(position, told.position)
    if told is not None and quote.p50_s < policy.quiet_before_take_s:
        return _silent(position, policy.quiet_before_take_s)
    if not _worth_a_time(quote, policy):
        return _position_only(position, waited_s, told, policy)
    wanted = {"p50": quote.p50_s, "p80": quote.p80_s, "p90": quote.p90_s}[policy.percentile]
    if told is None or told.until_s is None:
        return _time(wanted, position, waited_s, told, False, policy)
    return _repeat(quote, wanted, position, waited_s, told, policy)


def _worth_a_time(quote: Quote, policy: AnnouncePolicy) -> bool:
    """A time is said when it is known well: intervals below what is called `next` count as that."""
    floor = max(quote.p10_s, policy.next_below_s)
    return not quote.low_confidence and quote.p90_s <= policy.interval_max_ratio * floor


def _repeat(quote: Quote, wanted: float, position: int, waited_s: float, told: Told, policy: AnnouncePolicy) -> Say:
    """A time was promised: a lower bucket or a new position is progress, a lost promise is raised once."""
    left = max(0.0, (told.until_s or 0.0) - waited_s)
    lost = quote.p50_s > left + policy.raise_after_s and quote.p50_s > policy.raise_ratio * left
    if lost:
        if told.raised:
            return _silent(position, policy.interval_s)
        return _time(wanted, position, waited_s, told, True, policy)
    bucket = bucket_min(wanted, policy)
    before = told.bucket if told.bucket is not None else OVER
    lower = bucket != OVER and (before == OVER or bucket < before)
    if lower and waited_s + promise_s(wanted, policy) <= (told.until_s or 0.0) + policy.interval_s:
        return _time(wanted, position, waited_s, told, False, policy)
    return _position_only(position, waited_s, told, policy)


def _time(
    wanted: float, position: int, waited_s: float, told: Told | None, raised: bool, policy: AnnouncePolicy
) -> Say:
    bucket = bucket_min(wanted, policy)
    kind: Kind = "next" if bucket == NEXT else "over" if bucket == OVER else "time"
    until = waited_s + promise_s(wanted, policy)
    was_raised = raised or (told is not None and told.raised)
    after = Told(waited_s, bucket, position, until, was_raised)
    return Say(kind, bucket, position, raised, policy.interval_s, after)


def _position_only(position: int, waited_s: float, told: Told | None, policy: AnnouncePolicy) -> Say:
    """The position, if it is news; an earlier promise stays in force."""
    if told is not None and told.position is not None and position >= told.position:
        return _silent(position, policy.interval_s)
    bucket, until, raised = (told.bucket, told.until_s, told.raised) if told else (None, None, False)
    return Say("position", None, position, False, policy.interval_s, Told(waited_s, bucket, position, until, raised))


def _silent(position: int, again_in_s: float) -> Say:
    return Say("silent", None, position, False, max(again_in_s, 1.0), None)


DEFAULT_POLICY = AnnouncePolicy()
