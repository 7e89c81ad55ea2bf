"""Looking at expected waits: the one measure that changes though nothing happens in its queue.

Talks grow older, somebody asks for a break in a talk, agents of other queues come and go. Nobody tells of that, so
a view that measures an expected wait always has a time at which it looks again. Half the seconds between its value and
the next bound are let pass: at least `refresh_s`, since nothing else is known before, and at most `look_s`, since an
agent more or less moves it at once. A line that is estimated anew is looked at, whoever has asked for that.
"""

from __future__ import annotations

from math import inf
from typing import Final

from router.core.estimates.expect import estimate
from router.core.line import Line
from router.core.queue import Queue
from router.core.ruling.see import again, see
from router.core.ruling.watched import QueueView
from router.core.world import World
from router.terms import SECOND_US

EVERY_US: Final = SECOND_US
"""It is read no more often, whatever happens: it costs some microseconds, and moves with every contact."""
SPREAD: Final = 1009
"""By so many numbers of views their times are spread over a fifth of their length, so that what was looked at together
after a start is not for ever."""


def look_at_expected(world: World, view: QueueView, queue: Queue) -> None:
    """How long one who would join now has to wait."""
    if world.now_us < view.expected_from_us:
        again(world, view, view.expected_from_us)
        return
    view.expected_from_us = world.now_us + EVERY_US
    line = next(iter(queue.own.values()), None)
    said = None if line is None else estimate(world, line, len(line.order), deciding=True)
    # If it was estimated anew for that, it is looked at now.
    world.ruling.dirty.pop(view, None)
    room = inf
    for gauge in view.expected:
        if said is None:
            see(world, gauge, None)
        else:
            value = round((said.p50 if gauge.key.signal == "ewt_p50_s" else said.p90) * SECOND_US)
            see(world, gauge, value)
            room = min(room, value - gauge.lo, gauge.hi - value)
    again(world, view, world.now_us + _later_us(world, view, line, room))


def _later_us(world: World, view: QueueView, line: Line | None, room: float) -> int:
    """After how long it is looked at again, with so much between its value and the next bound."""
    refresh_us = world.estimates.settings.refresh_us
    look_us = max(world.estimates.settings.look_us, refresh_us)
    known = None if line is None else world.estimates.views.get(line)
    if known is not None and known.made_us < world.now_us < known.made_us + refresh_us:
        # What was read does not know of what has happened since.
        return known.made_us + refresh_us - world.now_us
    wait_us = int(min(look_us, max(refresh_us, room / 2)))
    return max(refresh_us, wait_us - wait_us // 5 * (-view.number % SPREAD) // SPREAD)
