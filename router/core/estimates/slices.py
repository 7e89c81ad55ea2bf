"""The work of estimates, a slice at a time: learn from ended lives, make a trajectory, build laws, write records.

A slice is due every `SLICE_US` of core time while there is work, and is bounded by counts, not by a clock: the same
commands at the same times do the same work. Of the lines that wait for a trajectory the stalest is next.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from router.core.estimates import virtual
from router.core.estimates.picture import trajectory
from router.core.estimates.state import (
    ANSWERED,
    GONE,
    JUDGED,
    LEG,
    LIVES_WAKE,
    SLICE_US,
    Estimates,
)
from router.core.estimates.view import can_be_seen
from router.ewt.learn import sane
from router.terms import SECOND_US

if TYPE_CHECKING:
    from collections.abc import Generator

    from router.core.line import Line
    from router.core.world import World

LIVES_A_SLICE = 40
"""Ended lives learned from in a slice, four microseconds each: as many as there are below the sampling rate."""
SAMPLED_SHARE = 4
"""Above the sampling rate lives are learned from at so small a share of that rate."""
AT_ONCE_AGENTS = 256
"""With more agents than this a line is estimated in slices only."""
AT_ONCE_PIECES = 8
"""Pieces of some 0.2 ms that are done at once at most."""
ASKED_US = 3600 * SECOND_US
"""A line that somebody asked for since is kept estimated as somebody comes to wait there; others only to learn."""
LEARN_ALL = 100
"""Of a service of which fewer estimates were judged, each that can be judged is made."""
REST_US = 1800 * SECOND_US
"""Later so often: what is known changes slowly by one more."""
LEARN_US = 60 * SECOND_US
"""Lives wait no longer to be learned from, however few they are."""
LOOKED_AT = 16
"""More lines than this are not looked at for the next one's time: one of them will be ready."""
STRIDE_US = SECOND_US
"""The rate of ended lives is looked at so often."""


def due(world: World, estimates: Estimates) -> None:
    """A slice is due: do it, and set the time of the next one."""
    now_us = world.now_us
    _learn(estimates, now_us)
    _set_stride(estimates, now_us)
    _work(world, estimates)
    if estimates.kept_us < 0:
        estimates.kept_us = now_us
    elif now_us >= estimates.keep_us():
        _begin_keeping(world, estimates)
    if estimates.keeping:
        _keep_one(world, estimates)
    at_us = _next_us(estimates, now_us)
    if at_us:
        estimates.set_due(world, at_us)


def _next_us(estimates: Estimates, now_us: int) -> int:
    """When the next slice is due; 0: nothing is left to do."""
    if estimates.job is not None or estimates.book.is_busy or estimates.keeping or len(estimates.lives) >= LIVES_WAKE:
        return now_us + SLICE_US
    soonest_us = estimates.keep_us() if estimates.learned else 0
    if estimates.lives:
        learn_us = now_us + LEARN_US
        soonest_us = min(soonest_us or learn_us, learn_us)
    if estimates.stride > 1:
        # Until the rate has been looked at again, most of what ends would wake nobody.
        ready_us = estimates.stride_us + STRIDE_US
        soonest_us = min(soonest_us or ready_us, ready_us)
    if len(estimates.due) > LOOKED_AT:
        return now_us + SLICE_US
    if estimates.due:
        ready_us = min(_ready_us(estimates, line) for line in estimates.due)
        soonest_us = min(soonest_us or ready_us, ready_us)
    return max(soonest_us, now_us + SLICE_US) if soonest_us else 0


def _ready_us(estimates: Estimates, line: Line) -> int:
    """When a line may be estimated again."""
    view = estimates.views.get(line)
    return 0 if view is None or view.made_us < 0 else view.made_us + estimates.settings.refresh_us


# -- trajectories and laws --------------------------------------------------------------------------------------------


def _work(world: World, estimates: Estimates) -> None:
    """One piece of a trajectory or of laws, in turn where both are wanted; nothing where a line was asked for and
    estimated at once just now."""
    if world.now_us < estimates.worked_us + SLICE_US // 2:
        return
    estimates.worked_us = world.now_us
    estimates.turn += 1
    if estimates.book.is_busy and (estimates.turn % 2 or (estimates.job is None and not estimates.due)):
        estimates.book.work(estimates.services, world.now_us / SECOND_US)
        return
    if estimates.job is None:
        line = _stalest(world, estimates)
        if line is None:
            return
        estimates.job = _refresh(world, estimates, line)
    try:
        next(estimates.job)
    except StopIteration:
        estimates.job = None


def refresh_at_once(world: World, line: Line) -> None:
    """A line is asked for, and its trajectory is old or there is none: where few agents serve it, it is estimated now,
    in place of the next slice; else when its turn comes."""
    estimates = world.estimates
    now_us = world.now_us
    if now_us < estimates.worked_us + SLICE_US or line.needs.staffed > AT_ONCE_AGENTS:
        return
    estimates.worked_us = now_us
    estimates.due.pop(line, None)
    for piece, _ in enumerate(_refresh(world, estimates, line)):
        if piece == AT_ONCE_PIECES:
            estimates.want(world, line)
            return


def _stalest(world: World, estimates: Estimates) -> Line | None:
    """The line that is the next to be estimated: of those that were marked first, the one whose trajectory is the
    oldest. Those that may not be made again yet, or whose laws are being built, go to the end; those of which too
    little is known to say anything are not looked at again until somebody else comes to wait."""
    due = estimates.due
    found: Line | None = None
    found_us = world.now_us + 1
    for line in list(islice(due, LOOKED_AT)):
        service = estimates.service(line.queue, line.needs.channel)
        if not service.known:
            del due[line]
            continue
        at_us = _ready_us(estimates, line)
        if service.laws is None:
            estimates.book.want(service)
        elif at_us < found_us:
            found, found_us = line, at_us
            continue
        if len(due) > LOOKED_AT and (service.laws is None or at_us > world.now_us):
            del due[line]
            due[line] = None
    if found is not None:
        del due[found]
    return found


def _refresh(world: World, estimates: Estimates, line: Line) -> Generator[None, None, None]:
    """A new trajectory of a line, in slices."""
    if line not in line.queue.lines or not can_be_seen(line):
        return
    view = estimates.view(line)
    view.made_us = world.now_us
    plain, made = yield from trajectory(world, estimates, view)
    if estimates.views.get(line) is not view:
        return
    view.made_us = world.now_us
    view.plain, view.trajectory = plain, made
    if line.queue.view is not None and line.queue.view.expected:
        world.ruling.dirty[line.queue.view] = None
    if made is None and view.service.known and view.service.laws is None:
        # Its laws are being built.
        estimates.due[line] = None
    if made is not None:
        virtual.follow(world, view)
    asked = view.asked_us >= 0 and world.now_us - view.asked_us < ASKED_US
    if not asked and view.service.judge.judged >= LEARN_ALL:
        view.rests_us = world.now_us + REST_US


# -- learning ---------------------------------------------------------------------------------------------------------


def _learn(estimates: Estimates, now_us: int) -> None:
    """Learn from some of the lives that have ended, in their order."""
    lives = estimates.lives[:LIVES_A_SLICE]
    if not lives:
        return
    del estimates.lives[:LIVES_A_SLICE]
    now_s, stride = now_us / SECOND_US, estimates.stride
    estimates.learned += len(lives)
    for life in lives:
        what = life[0]
        if what == JUDGED:
            _, service, prediction, wait_us = life
            if service.name in estimates.by_name:
                service.learn(prediction, wait_us / SECOND_US)
                service.dirty = True
            continue
        _, queue, channel, first_us, second = life
        service = estimates.service(queue, channel)
        service.dirty = True
        if what == LEG:
            life_s = sane(first_us / SECOND_US, 1e9)
            service.talk.add(life_s, True)
            service.wrap.add(sane(second / SECOND_US, 1e9), True)
            if service.talk_hazard is not None:
                service.pace.add(service.talk_hazard.upto(life_s))
            if service.used and service.due(now_s):
                estimates.book.want(service)
            continue
        service.rate.arrivals(now_s, stride)
        waited_s = sane(first_us / SECOND_US, 1e9)
        if what == ANSWERED:
            service.pick.add(sane(second / SECOND_US, 1e9), True)
            service.patience.add(waited_s, False)
        elif what == GONE:
            service.patience.add(waited_s, bool(second))


def _set_stride(estimates: Estimates, now_us: int) -> None:
    """Above the sampling rate only every n-th life is learned from."""
    passed_us = now_us - estimates.stride_us
    if passed_us < STRIDE_US:
        return
    per_s = (estimates.legs - estimates.stride_legs) * SECOND_US / passed_us
    above = estimates.tuning.sample_rate_per_s
    # Odd, so that what comes in turn is not seen in one of its turns only.
    estimates.stride = 1 if per_s <= above else int(SAMPLED_SHARE * per_s / above) | 1
    estimates.stride_us, estimates.stride_legs = now_us, estimates.legs


# -- records ----------------------------------------------------------------------------------------------------------


def _begin_keeping(world: World, estimates: Estimates) -> None:
    """The time has come to record what was learned since."""
    estimates.kept_us, estimates.learned = world.now_us, 0
    estimates.forget_what_is_gone(world)
    listed = {service.name for service in estimates.keeping}
    estimates.keeping += [s for s in estimates.services() if s.dirty and s.name not in listed]


def _keep_one(world: World, estimates: Estimates) -> None:
    """One service's record."""
    service = estimates.keeping.pop(0)
    if estimates.by_name.get(service.name) is service:
        service.keep()
        world.changed[service] = None
