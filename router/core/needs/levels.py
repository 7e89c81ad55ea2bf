"""The service level of a queue over the time just past, for steps that wait on it.

    answered within target / (answered + abandoned after `short_abandon_s` + still waiting beyond the target)

Counted in a ring of buckets, so that it costs the same whatever the traffic. Where nothing happened in the window it is
unknown, and nothing waits for less than that. It exists only for queues with such steps; it must not know what the
steps do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import field

from router.core.entity import Entity

if TYPE_CHECKING:
    from router.core.queue import Queue

BUCKETS = 12
"""Parts of the window: the figure is looked at anew when one is over."""


class Level(Entity, eq=False, gc=False):
    """The ring. `last` is the number of the newest bucket: core time by the length of a bucket."""

    queue: Queue
    bucket_us: int
    last: int = 0
    in_target: list[int] = field(default_factory=list)
    counted: list[int] = field(default_factory=list)
    watchers: int = 0
    """Contacts of courses with steps that wait on it: while there are any, it is looked at."""
    due_us: int = 0
    due_number: int = 0

    @property
    def key(self) -> str:
        """tenant/queue."""
        return f"{self.queue.settings.tenant}/{self.queue.name}"

    def roll(self, now_us: int) -> None:
        """Forget what is older than the window."""
        number = now_us // self.bucket_us
        gone = min(number - self.last, BUCKETS)
        if gone > 0:
            self.in_target = [*self.in_target[gone:], *([0] * gone)]
            self.counted = [*self.counted[gone:], *([0] * gone)]
            self.last = number

    def count(self, now_us: int, in_target: bool) -> None:
        """A contact was answered, or abandoned after a while."""
        self.roll(now_us)
        self.counted[-1] += 1
        self.in_target[-1] += in_target

    def share(self, now_us: int) -> float | None:
        """The service level now; None: unknown. It changes nothing."""
        gone = max(0, now_us // self.bucket_us - self.last)
        target_us = self.queue.settings.target_us
        missed = 0
        for line in self.queue.lines:
            # Where the newest comes first the keys are turned round.
            latest_us = line.time(now_us) - target_us
            before: Any = (-latest_us,) if line.newest else (latest_us,)
            rank = line.order.rank(before)
            missed += len(line.order) - rank if line.newest else rank
        counted = sum(self.counted[gone:]) + missed
        return sum(self.in_target[gone:]) / counted if counted else None


def level_of(queue: Queue) -> Level:
    """The queue's level, made where it is first asked for."""
    level = queue.level
    if level is None:
        level = queue.level = Level(queue, bucket_us_of(queue), 0, [0] * BUCKETS, [0] * BUCKETS)
    return level


def bucket_us_of(queue: Queue) -> int:
    """A part of the queue's window, as its settings have it now."""
    return max(1, queue.settings.level_window_us // BUCKETS)
