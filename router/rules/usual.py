"""How many contacts are usual for a half-hour of the week, learned from the weeks before.

The mean of a half-hour, where a new week counts as much as each of the last eight (`WEEKS_MEMORY`): an exponentially
weighted mean from the eighth week on. Before a half-hour was seen in two weeks it is unknown.
"""

from __future__ import annotations

from msgspec import Struct

HALF_HOUR_S = 1_800
HALF_HOURS = 336
"""Of a week, from Monday 00:00."""
WEEKS_LEAST = 2
WEEKS_MEMORY = 8
_MONDAY_S = 4 * 86_400
"""1970-01-05 was a Monday."""


def half_hour_of_week(local_s: int) -> int:
    """The half-hour of a local time in seconds since 1970-01-01: 0 is Monday 00:00."""
    return (local_s - _MONDAY_S) // HALF_HOUR_S % HALF_HOURS


class Usual(Struct, gc=False):
    """What was learned of one queue: 5 KiB, however long it is learned from."""

    means: list[float]
    weeks: list[int]
    """In how many weeks each was seen, up to `WEEKS_MEMORY`."""

    def learn(self, half_hour: int, arrivals: int) -> None:
        """A whole half-hour is over."""
        weeks = self.weeks[half_hour] = min(self.weeks[half_hour] + 1, WEEKS_MEMORY)
        self.means[half_hour] += (arrivals - self.means[half_hour]) / weeks

    def expected(self, from_s: float, until_s: float) -> float | None:
        """Contacts that are usual between two local times, the second not before the first; None where one of their
        half-hours is not learned yet."""
        total, at = 0.0, from_s
        while at < until_s:
            end = min(until_s, (at // HALF_HOUR_S + 1) * HALF_HOUR_S)
            half_hour = half_hour_of_week(int(at))
            if self.weeks[half_hour] < WEEKS_LEAST:
                return None
            total += self.means[half_hour] * (end - at) / HALF_HOUR_S
            at = end
        return total


def nothing_learned() -> Usual:
    """A queue that was never seen."""
    return Usual([0.0] * HALF_HOURS, [0] * HALF_HOURS)
