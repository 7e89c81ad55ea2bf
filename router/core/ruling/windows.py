"""Measuring what comes and goes in windows: service levels, abandonment, arrivals, and what is usual of those.

The one idea: between two edges of a gauge nothing changes, so when a window is looked at it is worked out how many
more may be counted before it must be looked at again; until then counting is all that a contact costs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from router.core.doors import hours as clocks
from router.core.queue import Queue
from router.core.ruling.ruled import Learned
from router.core.ruling.see import again, see
from router.core.ruling.watched import ABANDONED, ARRIVED, COUNTED, IN_TARGET, KNOWN, REPEATED, FlowView
from router.core.world import World
from router.rules import Gauge, Ring, Value
from router.rules.usual import HALF_HOUR_S, half_hour_of_week
from router.rules.window import SLOTS
from router.terms import SECOND_US

USUAL_LEAST = 1.0
"""What is usual counts as one contact at least: three calls where half a one is usual are no surge."""
QUIET_MOST = 1 << 40
"""More than are ever counted."""


def look_at_flow(world: World, view: FlowView) -> None:
    """What came and went in the windows."""
    now_us = world.now_us
    view.gather()
    if view.usual is not None:
        _turn_half_hour(world, view, view.usual)
    if view.level and view.queue is not None:
        again(world, view, _overdue_us(world, view.queue))
        if view.queue.view is not None:
            view.queue.view.look_each_time()
    quiet = QUIET_MOST
    for (signal, window_us), gauge in view.gauges.items():
        ring = view.rings[window_us]
        see(world, gauge, MEASURED[signal](world, view, ring, window_us))
        quiet = min(quiet, quiet_for(world, view, signal, window_us, gauge))
        next_us = ring.next_us(now_us)
        if not view.due_us or view.due_us > next_us:
            if any(ring.totals):
                again(world, view, next_us)
            if now_us < view.since_us + window_us:
                again(world, view, view.since_us + window_us)
    view.quiet = quiet


def measured(world: World, view: FlowView, gauge: Gauge) -> Value:
    """What it shows of the windows now."""
    key = gauge.key
    view.gather()
    return MEASURED[key.signal](world, view, view.rings[key.window_us], key.window_us)


def quiet_for(world: World, view: FlowView, signal: str, window_us: int, gauge: Gauge) -> int:
    """So many more may be counted, in whichever row, before anything else could be true of the gauge. What time alone
    changes has deadlines of its own."""
    if signal == "arrivals":
        if gauge.value is None:
            return QUIET_MOST  # whatever comes, until the whole window was watched
        return _whole(gauge.hi - gauge.value) if gauge.hi < QUIET_MOST else QUIET_MOST
    parts = PARTS.get(signal)
    if parts is None or gauge.value is None:
        return 0
    sums = view.rings[window_us].sums(world.now_us)
    part, whole = sums[parts[0]], sums[parts[1]]
    if signal == "service_level":
        whole += _overdue(world, view.queue)
    # With k more, the share is between part / (whole + k) and (part + k) / whole.
    quiet = QUIET_MOST
    if gauge.lo > 0.0:
        quiet = min(quiet, _whole(part / gauge.lo - whole))
    if gauge.hi < 2.0:
        quiet = min(quiet, _whole(gauge.hi * whole - part))
    return quiet


def _whole(room: float) -> int:
    """Counts that surely fit into it."""
    return max(0, int(min(room, QUIET_MOST)) - 1)


def touch_level(world: World, queue: Queue, view: FlowView) -> bool:
    """Others wait than before: while nobody has waited beyond the target that is no matter of the service level, but
    for the time when somebody will have. Returns whether that is so: until then nobody need say who comes and goes."""
    target_us = queue.settings.target_us
    if not view.overdue:
        for line in queue.lines.values():
            first = line.order.first
            if first is None:
                continue
            ends_us = first[0] + target_us + 1
            if line.newest or line.clock is not None or ends_us <= world.now_us:
                break
            if not view.due_us or ends_us < view.due_us:
                again(world, view, ends_us)
        else:
            # Where nobody waits: whoever comes next is late then at the earliest.
            again(world, view, world.now_us + target_us + 1)
            return True
    look_at_flow(world, view)
    return False


def _service_level(world: World, view: FlowView, ring: Ring, _window_us: int) -> Value:
    sums = ring.sums(world.now_us)
    overdue = _overdue(world, view.queue)
    view.overdue = overdue > 0
    counted = sums[COUNTED] + overdue
    return sums[IN_TARGET] / counted if counted else None


def _overdue(world: World, queue: Queue | None) -> int:
    """How many wait beyond their queue's target."""
    missed = 0
    for line in queue.lines.values() if queue is not None else ():
        first = line.order.first
        if first is None:
            continue
        latest_us = line.time(world.now_us) - line.queue.settings.target_us
        if first[0] >= latest_us and not line.newest:
            continue
        # Where the newest comes first the keys are turned round.
        before: Any = (-latest_us,) if line.newest else (latest_us,)
        rank = line.order.rank(before)
        missed += len(line.order) - rank if line.newest else rank
    return missed


def _overdue_us(world: World, queue: Queue) -> int:
    """When one more will: of a line where the newest comes first, that is seen when the slot is over; 0: nobody."""
    ends = []
    for line in queue.lines.values():
        latest_us = line.time(world.now_us) - queue.settings.target_us
        before: Any = (latest_us,)
        entry = None if line.newest else line.order.following(before)
        if entry is not None:
            ends.append(clocks.due_us(world, line.clock, entry[0] - latest_us + 1))
    return min(ends, default=0)


def _abandonment(world: World, _view: FlowView, ring: Ring, _window_us: int) -> Value:
    sums = ring.sums(world.now_us)
    return sums[ABANDONED] / sums[COUNTED] if sums[COUNTED] else None


def _arrivals(world: World, view: FlowView, ring: Ring, window_us: int) -> Value:
    if world.now_us < view.since_us + window_us:
        return None
    return ring.sums(world.now_us)[ARRIVED]


def _repeat_rate(world: World, _view: FlowView, ring: Ring, _window_us: int) -> Value:
    sums = ring.sums(world.now_us)
    return sums[REPEATED] / sums[KNOWN] if sums[KNOWN] else None


def _arrivals_ratio(world: World, view: FlowView, ring: Ring, window_us: int) -> Value:
    arrivals = _arrivals(world, view, ring, window_us)
    if arrivals is None or view.usual is None or not world.ahead_us:
        return None
    until_s = local_us(world, view.usual) / SECOND_US
    from_us = (world.now_us // ring.slot_us - SLOTS + 1) * ring.slot_us
    expected = view.usual.usual.expected(until_s - (world.now_us - from_us) / SECOND_US, until_s)
    return None if expected is None else arrivals / max(expected, USUAL_LEAST)


MEASURED: dict[str, Callable[[World, FlowView, Ring, int], Value]] = {
    "service_level": _service_level,
    "abandonment": _abandonment,
    "arrivals": _arrivals,
    "arrivals_ratio": _arrivals_ratio,
    "repeat_rate": _repeat_rate,
}


PARTS = {
    "service_level": (IN_TARGET, COUNTED),
    "abandonment": (ABANDONED, COUNTED),
    "repeat_rate": (REPEATED, KNOWN),
}
"""Shares: the row of the part, and that of the whole."""


# -- what is usual ----------------------------------------------------------------------------------------------------


def local_us(world: World, learned: Learned) -> int:
    """The local time of a queue, in microseconds since 1970."""
    utc_us = world.now_us + world.ahead_us
    offset_s = learned.offsets[0][1] if learned.offsets else 0
    for from_s, ahead_s in learned.offsets:
        if from_s * SECOND_US > utc_us:
            break
        offset_s = ahead_s
    return utc_us + offset_s * SECOND_US


def _turn_half_hour(world: World, view: FlowView, learned: Learned) -> None:
    """Where a half-hour is over: learn it if it was counted from its beginning, and begin the next."""
    if not world.ahead_us or world.ruling.loading:
        return
    now_us = local_us(world, learned)
    half_hour, into_us = divmod(now_us, HALF_HOUR_S * SECOND_US)
    again(world, view, world.now_us + HALF_HOUR_S * SECOND_US - into_us)
    if half_hour == learned.half_hour:
        return
    follows = half_hour == learned.half_hour + 1
    if follows and learned.whole:
        learned.usual.learn(half_hour_of_week(learned.half_hour * HALF_HOUR_S), learned.arrivals)
    learned.half_hour, learned.arrivals = half_hour, 0
    # One that began while nobody looked is not whole.
    learned.whole = follows or into_us == 0
    world.changed[learned] = None
