"""The deterministic flow: expected takes of the agents over time, net of classes that overtake.

What lives here: `Flow`, a curve of takes that is left for one class, extended step by step as it is needed.
What it must not know: names, settings, what was learned.
The idea: agents are supply laws, higher classes a fluid that drinks first.  What is left is a rising
curve; the wait of a position is where the curve has passed those ahead and itself (see `walk`).

Supply: takes[k] = first[k] + sum_j takes[j] cycle[k-j] (renewal equation), stretched by the pace. Agents who are
planned to come add a take each at their time; those who go thin all that follows.
"""

from __future__ import annotations

from bisect import bisect_left
from math import exp
from typing import Final

from router.ewt.laws import GRID_STEPS, POINTS
from router.ewt.lifetable import Hazard

STRETCH_RATIO: Final = 1.25
"""Beyond the grid the steps grow by this: takes are at their mean rate there."""


BUSY_MAX: Final = 0.95
"""A higher queue's load counts as at most this: beyond it its backlog grows, which the fluid shows."""
BACKLOG_MAX: Final = 3.0
"""Callers of a higher queue that a new one of it is taken to find, for how many of them hang up unserved; a longer
backlog is in the fluid, and hangs up there."""
MARKS_MOST: Final = 64
"""Times at which somebody is planned to come, beyond the grid, that are met exactly: bounds the steps of a flow."""
STAY_LEAST: Final = 1e-9
"""Where everybody goes, so small a share stays: who comes later is counted against it."""
LOSS_SERVERS_MAX: Final = 300
"""Beyond that many agents the loss formula is its limit, so that a trajectory's cost is bounded."""


class Supply:
    """Agents that serve the same of the queues in question.

    `first`: expected first takes by step; `cycle`: law of a whole cycle; `each`: takes a step of one agent in the long
    run; `free`: of its `size` agents now; `mean`, `variance`: of takes at `POINTS`; `higher`, `equal`: which of the
    other queues they serve; `besides_per_s`: arrivals of queues that keep them busy and are none of those;
    `jumps`: (seconds from now, agents who come, or go where it is negative) as planned.
    """

    __slots__ = (
        "besides_per_s", "cycle", "each", "equal", "first", "free", "higher", "idle", "jumps", "mean", "present",
        "seen", "size", "stay", "takes", "variance",
    )  # fmt: skip

    def __init__(self, higher: frozenset[int], equal: frozenset[int]) -> None:
        self.first = [0.0] * GRID_STEPS
        self.mean = [0.0] * len(POINTS)
        self.variance = [0.0] * len(POINTS)
        self.cycle: list[float] = []
        self.each = 0.0
        self.size = 0.0
        self.free = 0.0
        self.idle = 0.0
        self.besides_per_s = 0.0
        self.takes: list[float] = []
        """By step, as if nobody had gone: `stay` is what is left of them."""
        self.jumps: list[tuple[float, float]] = []
        self.seen = 0
        """Jumps that have come true on the way."""
        self.present = 0.0
        """Agents at the step that the flow is at."""
        self.stay = 1.0
        """Share of those who were, or came, who are there still."""
        self.higher = higher
        self.equal = equal

    @property
    def rate(self) -> float:
        """Takes a step in the long run, of those who are there now."""
        return self.each * self.size

    def begin(self) -> None:
        """The flow begins: everybody who is there now is there."""
        self.present = self.size
        self.jumps.sort()

    def plan(self, end_s: float) -> float:
        """What is planned up to `end_s` comes true. Returns who has come, as if nobody had ever gone: takes of those
        who stay renew, and each who goes takes a share of all that follows."""
        came = 0.0
        while self.seen < len(self.jumps) and self.jumps[self.seen][0] < end_s:
            change = self.jumps[self.seen][1]
            self.seen += 1
            if change > 0:
                came += change / self.stay
                self.present += change
            elif self.present > 0:
                kept = max(self.present + change, 0.0)
                self.stay = max(self.stay * kept / self.present, STAY_LEAST)
                self.present = kept
        return came


class Higher:
    """A queue that is served before ours: `waiting` callers of mean age `age_s`, and arrivals to come."""

    __slots__ = ("age_s", "blocked", "blocked_now", "help", "patience", "per_s", "settle_s", "waiting")

    def __init__(self, waiting: float, age_s: float, per_s: float, patience: Hazard) -> None:
        self.waiting = waiting
        self.age_s = age_s
        self.per_s = per_s
        self.patience = patience
        self.help = self.blocked = self.blocked_now = 0.0
        self.settle_s = 1.0

    def meet(self, own: list[Supply], ours: list[Supply], per_s: float, step_s: float) -> None:
        """See who serves it: `own` agents who cannot serve us, and `ours`.  `per_s`: all arrivals to the former.

        Own agents who could carry the load on the average are all busy for a share of the arrivals all the same
        (Erlang's loss formula); then whoever is free first takes the caller, ours by their share of the takes.
        """
        size = sum((supply.size for supply in own), 0.0)
        rate = sum((supply.rate for supply in own), 0.0)
        if size < 1 or rate <= 0:
            return
        cycle_s = size * step_s / rate
        load = per_s * cycle_s
        self.blocked = erlang_loss(load, size)
        if any(supply.besides_per_s for supply in own):
            # What keeps them busy beside it waits for them: Erlang's formula of delay (1917), not of loss.
            self.blocked /= max(1 - min(load / size, 1.0) * (1 - self.blocked), self.blocked, 1e-9)
        self.blocked_now = 0.0 if any(supply.free for supply in own) else 1.0
        self.settle_s = cycle_s / (1 + abs(size - load) / max(load, 1.0) ** 0.5)
        mine = sum((supply.rate for supply in ours), 0.0)
        self.help = mine / (mine + rate)

    def overflow(self, at_s: float) -> float:
        """Share of its arrivals that our agents take though its own are enough on the average."""
        now = exp(-at_s / self.settle_s)
        return self.help * (self.blocked + (self.blocked_now - self.blocked) * now)


def erlang_loss(load: float, servers: float) -> float:
    """Erlang's loss formula by its recursion (A. K. Erlang, 1917); the fluid limit for very many servers."""
    if servers > LOSS_SERVERS_MAX:
        return max(0.0, 1 - servers / max(load, 1e-9))
    lost = 1.0
    for n in range(1, int(servers) + 1):
        lost = load * lost / (n + load * lost)
    return lost


class Flow:
    """The curve: `net[i]` expected takes left for the class up to `times[i]`, `shared[r][i]` those of agents
    who also serve equal queue r, `any_shared[i]` those who serve some equal queue."""

    __slots__ = (
        "_marks", "_mine", "_others", "_passed", "any_shared", "gross", "higher", "mean", "net", "planned",
        "shared", "step", "step_s", "times", "variance", "wait_max_s",
    )  # fmt: skip

    def __init__(
        self,
        mine: list[Supply],
        others: list[Supply],
        higher: list[Higher],
        equals: int,
        step_s: float,
        wait_max_s: float,
    ) -> None:
        """`mine` serve the class; `others` serve only higher queues; `higher` by falling priority."""
        self._mine = mine
        self._others = others
        for supply in (*mine, *others):
            supply.begin()
        self._marks = sorted({at for supply in mine for at, change in supply.jumps if change > 0})[:MARKS_MOST]
        self._passed = 0
        self.planned = any(supply.jumps for supply in mine)
        """Somebody who serves the class is planned to come or to go."""
        self.higher = higher
        self.step_s = step_s
        self.wait_max_s = wait_max_s
        self.step = 0
        self.times = [0.0]
        self.net = [0.0]
        self.gross = [0.0]
        """Takes up to each time, whoever is taken, but for the first of those who come; where something is planned."""
        self.shared = [[0.0] for _ in range(equals)]
        self.any_shared = [0.0]
        for index, queue in enumerate(higher):
            own = [supply for supply in others if index in supply.higher]
            if own:
                ours = [supply for supply in mine if index in supply.higher]
                served = frozenset[int]().union(*(supply.higher for supply in own))
                per_s = sum((higher[i].per_s for i in served), max(supply.besides_per_s for supply in own))
                queue.meet(own, ours, per_s, step_s)
        self.mean = [sum(items, 0.0) for items in zip(*(s.mean for s in mine), strict=True)]
        self.variance = [sum(items, 0.0) for items in zip(*(s.variance for s in mine), strict=True)]

    def extend(self) -> bool:
        """Add one step; False at the longest wait."""
        start = self.times[-1]
        if start >= self.wait_max_s:
            return False
        k = self.step
        grid = k < GRID_STEPS
        end = start + self.step_s if grid else self._stretched(k, start)
        width = end - start
        left = [_takes(supply, k, grid, width / self.step_s, end) for supply in self._mine]
        if self.planned:
            self.gross.append(self.gross[-1] + sum(left) - self._first(start, end))
        if self.higher:
            for supply in self._others:
                supply.idle += _takes(supply, k, grid, width / self.step_s, end)
            before = [supply.idle for supply in self._others]
            for index, queue in enumerate(self.higher):
                self._drink(index, queue, left, width)
            if grid:
                for had, supply in zip(before, self._others, strict=True):
                    supply.takes[k] = (had - supply.idle) / supply.stay
        self.step = k + 1
        self.times.append(end)
        self.net.append(self.net[-1] + sum(left, 0.0))
        if self.shared:
            for r, curve in enumerate(self.shared):
                curve.append(
                    curve[-1] + sum((n for n, supply in zip(left, self._mine, strict=True) if r in supply.equal), 0.0)
                )
            any_left = sum((n for n, supply in zip(left, self._mine, strict=True) if supply.equal), 0.0)
            self.any_shared.append(self.any_shared[-1] + any_left)
        return True

    def _first(self, start: float, end: float) -> float:
        """Who comes in this step, and takes at once."""
        came = 0.0
        for supply in self._mine:
            for at, change in supply.jumps:
                if change > 0 and (start <= at < end or at < start == 0.0):
                    came += change
        return came

    def is_sudden(self, k: int) -> bool:
        """Does somebody come in the step after the k-th time? When in it is not known any sharper."""
        marks = self._marks
        at = bisect_left(marks, self.times[k])
        return at < len(marks) and k + 1 < len(self.times) and marks[at] < self.times[k + 1]

    def _stretched(self, k: int, start: float) -> float:
        """Where a step beyond the grid ends: they widen, but who comes then comes at their time."""
        marks = self._marks
        while self._passed < len(marks) and marks[self._passed] < start:
            self._passed += 1
        end = start + self.step_s * min(STRETCH_RATIO ** (k - GRID_STEPS + 1), 1e6)
        if self._passed == len(marks) or marks[self._passed] >= end:
            return end
        return max(marks[self._passed], start + self.step_s)

    def _drink(self, index: int, queue: Higher, left: list[float], width: float) -> None:
        """One higher queue takes what it needs in this step: first from agents who cannot serve us.

        As a fluid it would leave nobody behind where it can.  In truth it is a random walk that is held above
        zero and tends to L = r/(1-r), r = arrivals / capacity, in about 1/(sqrt c - sqrt a)^2 seconds (M/M/1).  An
        agent who serves both takes us only when nobody of it waits, which makes the fluid exact; others of ours
        take us all the same, so in their share of our takes its callers wait while we are served.
        """
        ours = sum((n for n, supply in zip(left, self._mine, strict=True) if index in supply.higher), 0.0)
        alone = sum(left, 0.0) - ours
        capacity = ours + sum((supply.idle for supply in self._others if index in supply.higher), 0.0)
        r = min(queue.per_s * width / max(capacity, 1e-9), BUSY_MAX)
        backlog = r / (1 - r)
        wait = (min(backlog, BACKLOG_MAX) + 1) * width / max(capacity, 1e-9)
        served = queue.patience.survival(min(wait, self.wait_max_s))
        fresh = queue.per_s * width * served
        demand = queue.waiting + fresh
        if queue.waiting > 1e-9:
            demand -= queue.waiting * (1 - _alive(queue.patience, queue.age_s, width))
        rest = max(0.0, demand - capacity)
        if alone > 0 and capacity > 0:
            share = alone / (alone + max(ours - fresh, 0.0))
            keep = exp(-capacity * (1 - r**0.5) ** 2)
            walk = min(demand, backlog + (queue.waiting - backlog) * keep)
            rest += share * max(0.0, walk - rest)
        taken = demand - rest
        over = min(fresh * queue.overflow(self.times[-1]), taken, ours) if queue.help else 0.0
        self._serve(index, taken - over, over, left)
        if rest > 1e-12:
            old = max(0.0, rest - fresh)
            queue.age_s = (old * (queue.age_s + width) + (rest - old) * width / 2) / rest
        else:
            queue.age_s = 0.0
        queue.waiting = rest

    def _serve(self, index: int, demand: float, over: float, left: list[float]) -> None:
        """Give so many takes to a higher queue, and `over` more that only our agents give."""
        for supply in self._others:
            if index in supply.higher and supply.idle > 0:
                taken = min(supply.idle, demand)
                supply.idle -= taken
                demand -= taken
        demand += over
        for i, supply in enumerate(self._mine):
            if demand <= 1e-12:
                break
            if index in supply.higher:
                taken = min(left[i], demand)
                left[i] -= taken
                demand -= taken

    def dispersion(self, at_s: float) -> tuple[float, float]:
        """(variance of our agents' takes up to `at_s`, its slope over the mean's slope there).

        Of those who come the first take is certain, if they come, and what they take then varies as what others take;
        those who go leave so much less to vary."""
        x = at_s / self.step_s
        low_at = 0.0
        low_mean = low_variance = 0.0
        for point, mean, variance in zip(POINTS, self.mean, self.variance, strict=True):
            if x <= point:
                share = (x - low_at) / (point - low_at)
                slope = (variance - low_variance) / max(mean - low_mean, 1e-9)
                varies = low_variance + share * (variance - low_variance)
                if self.planned:
                    varies = self._varies(at_s, varies, low_mean + share * (mean - low_mean))
                return varies, min(max(slope, 0.0), 2.0)
            low_at, low_mean, low_variance = float(point), mean, variance
        ratio = low_variance / max(low_mean, 1e-9)
        varies = low_variance * x / low_at
        if self.planned:
            varies = self._varies(at_s, varies, low_mean * x / low_at)
        return varies, min(ratio, 2.0)

    def _varies(self, at_s: float, variance: float, mean: float) -> float:
        """The variance of the takes that there are by then, given that and the mean of those who are there now."""
        k = min(bisect_left(self.times, at_s), len(self.gross) - 1)
        gross = self.gross[k]
        if k:
            start = self.times[k - 1]
            part = min((at_s - start) / (self.times[k] - start), 1.0)
            gross = self.gross[k - 1] + part * (gross - self.gross[k - 1])
        gross = max(gross, 0.0)
        return variance * gross / mean if mean > 1e-9 else gross


def _takes(supply: Supply, k: int, grid: bool, widths: float, end: float) -> float:
    """Expected takes of a supply in the next step; those of `mine` are always used, so all of them
    renew; of the others `extend` puts back what was used."""
    came = supply.plan(end) if supply.jumps else 0.0
    if not grid:
        return supply.each * supply.present * widths + came * supply.stay
    takes = supply.takes
    freed = supply.first[k] + came
    cycle, renewed = supply.cycle, 0.0
    for i in range(k):
        renewed += takes[i] * cycle[k - i]
    freed += renewed
    takes.append(freed)
    return freed * supply.stay


def _alive(patience: Hazard, age_s: float, width_s: float) -> float:
    return exp(patience.upto(age_s) - patience.upto(age_s + width_s))
