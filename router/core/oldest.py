"""The longest wait of a queue, the figure that a supervisor looks at first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from router.core.line import Line
    from router.core.queue import Queue
    from router.core.world import World

OLDEST_MOST = 1000
"""Places of a line that are looked at for the oldest: as many as come within a common head start."""


def longest_waits_us(world: World, queue: Queue) -> Iterator[tuple[int, Line]]:
    """The longest wait of each line where somebody stands. With head starts the head of a line need not have waited
    longest: but nobody waits since before their key, so a walk ends where the keys reach the oldest entry found."""
    for line in queue.lines.values():
        if line.order.first is None:
            continue
        oldest_us = now_us = line.time(world.now_us)
        if line.newest:
            oldest_us = min(entry[2].entered_us for entry in islice(reversed(line.order), OLDEST_MOST))
        else:
            for key_us, _, contact in islice(line.order, OLDEST_MOST):
                if key_us >= oldest_us:
                    break
                oldest_us = min(oldest_us, contact.entered_us)
        yield now_us - oldest_us, line


def oldest_wait_us(world: World, queue: Queue) -> int:
    """The longest wait of those standing in the queue's lines; 0 where nobody does."""
    return max((waited_us for waited_us, _ in longest_waits_us(world, queue)), default=0)
