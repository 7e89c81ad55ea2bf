"""Waiting in figures: service level and its variants, speed of answer, abandonment.

It takes waits in integer microseconds and knows nothing of who waited. The one idea: the service level is a
pair, met and counted, so that pairs of queues and half-hours add up, and shares never do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from router.terms import SECOND_US

SHORT_ABANDON_US: Final = 5 * SECOND_US
"""Who hangs up within this long counts neither way, unless configuration says otherwise."""

Variant: TypeAlias = Literal["late_abandons", "all_abandons", "answered_only", "abandons_in_target_met"]
"""Which abandoned contacts count against the service level. `late_abandons`, the definition: those after
`short_abandon_us`. `all_abandons`: every one. `answered_only`: none. `abandons_in_target_met`: every one,
and who left within the target counts as met."""


class ServiceLevel(NamedTuple):
    """`met` of `counted` contacts."""

    met: int
    counted: int

    @property
    def share(self) -> float | None:
        """0 to 1; None where nothing was counted."""
        return share(self.met, self.counted)

    def plus(self, other: ServiceLevel) -> ServiceLevel:
        """Both together: of two half-hours, or of two queues with targets of their own."""
        return ServiceLevel(self.met + other.met, self.counted + other.counted)


def share(part: int, whole: int) -> float | None:
    """part / whole, or None where the whole is empty."""
    return part / whole if whole else None


def service_level(
    answered_us: Iterable[int],
    abandoned_us: Iterable[int],
    waiting_us: Iterable[int] = (),
    *,
    target_us: int,
    short_abandon_us: int = SHORT_ABANDON_US,
    variant: Variant = "late_abandons",
) -> ServiceLevel:
    """Service level from the waits of those who were answered, who abandoned and who still wait.

    Answered at the target itself is met, abandoned at `short_abandon_us` itself is short. Who still waits
    counts as missed once their wait has passed the target, and before that not at all.
    """
    met = counted = 0
    for wait_us in answered_us:
        counted += 1
        met += wait_us <= target_us
    for wait_us in abandoned_us:
        if variant == "answered_only" or (variant == "late_abandons" and wait_us <= short_abandon_us):
            continue
        counted += 1
        met += variant == "abandons_in_target_met" and wait_us <= target_us
    counted += sum(1 for wait_us in waiting_us if wait_us > target_us)
    return ServiceLevel(met, counted)


def mean_us(waits_us: Sequence[int]) -> float | None:
    """The mean; over the waits of the answered it is the average speed of answer (ASA)."""
    return sum(waits_us) / len(waits_us) if waits_us else None


def quantile_us(waits_us: Sequence[int], part: float) -> int | None:
    """The least of the waits that a share of `part` (above 0, at most 1) of them does not exceed: the nearest
    rank, always a wait that somebody had."""
    if not 0 < part <= 1:
        raise ValueError(f"a quantile is above 0 and at most 1, not {part}")
    if not waits_us:
        return None
    # In millionths, so that 0.9 of ten is nine: 0.9 * 10 in floating point may come out above it.
    rank = -(-round(part * 1_000_000) * len(waits_us) // 1_000_000)
    return sorted(waits_us)[max(rank, 1) - 1]


def abandonment(answered: int, abandoned: int) -> float | None:
    """Share of the abandoned among those answered or abandoned, short ones included."""
    return share(abandoned, answered + abandoned)
