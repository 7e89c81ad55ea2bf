"""What the loop counts about itself: plain numbers and lists, which metrics and status read when they like.

It must not know how they are shown. The one idea: counting costs an addition, everything else is done by the
reader.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

TIME_BOUNDS_US: Final = (
    50,
    100,
    200,
    300,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    50_000,
    100_000,
    300_000,
    1_000_000,
    10_000_000,
)
"""Upper bounds of time buckets in microseconds: fine around the goals (0.3, 1, 5 and 20 ms), coarse
elsewhere."""

COUNT_BOUNDS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 65_536)
"""Upper bounds of buckets for records in a batch."""


class Histogram:
    """Observations by bucket; `counts` has one more entry than `bounds`, for what is above the last."""

    __slots__ = ("bounds", "counts", "most", "total")

    def __init__(self, bounds: tuple[int, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0
        """Sum of all observations."""
        self.most = 0
        """The largest since somebody last set it to 0."""

    def observe(self, value: int, times: int = 1) -> None:
        """Count `value`, in the unit of the bounds, so many times."""
        self.counts[bisect_left(self.bounds, value)] += times
        self.total += value * times
        self.most = max(self.most, value)

    @property
    def count(self) -> int:
        """How many observations."""
        return sum(self.counts)

    def share(self, part: float) -> int:
        """The bound of the bucket in which the `part` quantile lies, in the unit of the bounds; 0 without any
        observation, and the largest value where it lies above the last bound."""
        left = part * self.count
        if left == 0:
            return 0
        for bound, count in zip(self.bounds, self.counts, strict=False):
            left -= count
            if left <= 0:
                return bound
        return self.most


class Figures:
    """Everything since the start of the process. Read it, change nothing but `most`."""

    def __init__(self) -> None:
        self.commands = 0
        """Commands applied, the engine's own (wall clock) included."""
        self.refused_busy = 0
        """New contacts answered `busy` because we stop, or because the store is away for too long."""
        self.effects = 0
        """Messages told."""
        self.steps = 0
        self.batches = 0
        """Batches kept."""
        self.records = 0
        """Puts, drops and appends in them."""
        self.full_steps = 0
        """Steps in which no command was applied, or no further one, because the open batch was full."""
        self.store_failures = 0
        """Commits that failed, and were sent again."""
        self.rewritten = 0
        """Times that a store which had lost batches was given the whole state again."""
        self.store_away = False
        """The last commit failed, or has not been answered for long."""
        self.away_since_us = 0
        """Boot clock; 0 while the store answers."""
        self.told_early = 0
        """Messages told before what they rest on was kept, while the store was away."""
        self.contact_lines_left_out = 0
        """Ended contacts that were not logged, to keep to the limit of lines a second."""
        self.traced = 0
        """Visits written down as traces."""
        self.traces_lost = 0
        """Visits that could not be."""
        self.step_us = Histogram(TIME_BOUNDS_US)
        """How long a step kept the loop."""
        self.lag_us = Histogram(TIME_BOUNDS_US)
        """How late the loop came to what it had planned, looked at every `LAG_EVERY_S`: the stalls of
        everything that runs on it, ours or not."""
        self.commit_us = Histogram(TIME_BOUNDS_US)
        """From handing a batch to the store to its answer."""
        self.batch_records = Histogram(COUNT_BOUNDS)
        self.stepped_ns = 0
        """When the last step ended (monotonic): woken each second, it is never long ago."""
        self.offer_us = Histogram(TIME_BOUNDS_US)
        """As `reaction_us`, for offers alone: from the read of the frame that freed an agent, or brought a
        contact, to the offer written."""
        self.reaction_us = Histogram(TIME_BOUNDS_US)
        """From the read of the first frame of a batch to its messages written; counted once a message, so it
        is a bound from above for most of them."""
