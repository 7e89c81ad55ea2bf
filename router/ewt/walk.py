"""Walks the waiting callers along the curve of the flow: the wait and its variance, for every position.

What lives here: `walk`.  What it must not know: agents, laws of service, what was learned.
The idea: caller j is reached when the takes left for the class have passed the callers ahead who are still
there and half a step more; caller j is still there with the probability that its patience outlives that wait.
For exponential service and patience this is the sum over k of 1/(s mu + k theta) to the grid.

    takes(W_j) = sum over i<j of alive_i(W_i) + 1/2 + v/2,   v = d variance / d mean of the takes at W_j

The last term is the mean first passage of a counting process to second order: v = 1 for a Poisson stream
(a whole step), v = 0 where takes are certain (the middle of the unit).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from router.ewt.flow import Flow
from router.ewt.learn import gamma_quantile
from router.ewt.lifetable import Hazard


class Equal:
    """A queue of our own class: its callers come before ours where they are more urgent.

    `arrived`: ascending, every `each`-th of them; `share`: of its service that our agents give; `target_s`, `boost`:
    urgency is boost + waited / target; `per_s`: arrivals.
    """

    __slots__ = ("ahead", "arrived", "boost", "each", "patience", "per_s", "share", "sum_ahead", "target_s")

    def __init__(
        self,
        arrived: Sequence[float],
        each: int,
        share: float,
        target_s: float,
        boost: float,
        per_s: float,
        patience: Hazard,
    ) -> None:
        self.arrived = arrived
        self.each = each
        self.share = share
        self.target_s = target_s
        self.boost = boost
        self.per_s = per_s
        self.patience = patience
        self.ahead = 0
        self.sum_ahead = 0.0

    def pass_to(self, until_s: float, wait_s: float, now_s: float) -> float:
        """Callers expected to be served before one who ranks level with an arrival at `until_s`."""
        patience, arrived, each = self.patience, self.arrived, float(self.each)
        ahead, many, total = self.ahead, len(arrived), self.sum_ahead
        while ahead < many:
            came_s = arrived[ahead]
            if came_s >= until_s:
                break
            age_s = now_s - came_s
            total += each * exp(patience.upto(age_s) - patience.upto(age_s + wait_s))
            ahead += 1
        self.ahead, self.sum_ahead = ahead, total
        future = max(0.0, until_s - now_s) * self.per_s if ahead == many else 0.0
        return (total + future) * self.share


class Asker:
    """The queue asked for: `arrived` ascending, then one who joins now; see `Equal` for the rest."""

    __slots__ = ("arrived", "boost", "patience", "target_s")

    def __init__(self, arrived: Sequence[float], target_s: float, boost: float, patience: Hazard) -> None:
        self.arrived = arrived
        self.target_s = target_s
        self.boost = boost
        self.patience = patience


class _Pointer:
    """Finds where the curve passes a need; needs rise, so it only moves forward."""

    __slots__ = ("flow", "k")

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.k = 0

    def find(self, need: float, equal_need: list[float]) -> float:
        """First time at which takes less the equal queues' share reach `need`."""
        flow = self.flow
        k = self.k
        at = self._left(k, equal_need)
        while True:
            if k + 1 >= len(flow.net) and not flow.extend():
                self.k = k
                return flow.wait_max_s
            then = self._left(k + 1, equal_need)
            if then >= need:
                break
            k += 1
            at = then
        self.k = k
        start = flow.times[k]
        part = (need - at) / (then - at) if then > at else 1.0
        return start + min(max(part, 0.0), 1.0) * (flow.times[k + 1] - start)

    def _left(self, k: int, equal_need: list[float]) -> float:
        flow = self.flow
        if not equal_need:
            return flow.net[k]
        taken = 0.0
        for r, need in enumerate(equal_need):
            taken += min(need, flow.shared[r][k])
        return flow.net[k] - min(taken, flow.any_shared[k])

    def slope(self, at_s: float) -> float:
        """Takes a second around the place found, not below half the mean up to there."""
        flow = self.flow
        low, high = max(self.k - 1, 0), min(self.k + 2, len(flow.net) - 1)
        width = flow.times[high] - flow.times[low]
        near = (flow.net[high] - flow.net[low]) / width if width > 0 else 0.0
        taken = flow.net[min(self.k + 1, len(flow.net) - 1)]
        return max(near, 0.5 * taken / max(at_s, 1e-9), 1e-9)


Reached = tuple[float, float, float]
"""When the takes of one in ten, of half and of nine in ten such futures are enough."""
ONE_IN_TEN, HALF, NINE_IN_TEN = -1.2816, 0.0, 1.2816
"""Their normal scores."""

Walked = tuple[list[int], list[float], list[float], list[Reached]]
"""Positions (1 = next, rising, the last one who would join now), their waits in s and variances in s^2, and, where
somebody is planned to come or to go, when each is reached."""


class _Reach:
    """When takes that are few, or many, reach a caller whom usual ones reach at the wait.

    Where takes come evenly, their gamma law is the wait's own. Where twelve people come at once it is not: a caller who
    is reached by them then may be reached some minutes before, and hardly any later. So the law is that of the takes,
    and its quantiles are read on the curve.
    """

    __slots__ = ("_early", "_flow", "_late", "_middle")

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._early, self._middle, self._late = _Pointer(flow), _Pointer(flow), _Pointer(flow)

    def times(self, need: float, variance: float, equal_need: list[float]) -> Reached:
        """For a caller who needs so many takes, which vary so much."""
        shape = max(need * need / max(variance, 1e-9), 0.2)
        early = self._early.find(gamma_quantile(need, shape, ONE_IN_TEN), equal_need)
        middle = self._middle.find(gamma_quantile(need, shape, HALF), equal_need)
        late = self._late.find(gamma_quantile(need, shape, NINE_IN_TEN), equal_need)
        flow, first, last = self._flow, self._early.k, self._late.k
        if flow.is_sudden(first):
            early = flow.times[first]
        if flow.is_sudden(last):
            late = flow.times[last + 1]
        return early, middle, late


def walk(flow: Flow, asker: Asker, equals: Sequence[Equal], now_s: float, blocks: int) -> Walked:
    """The waits of all positions.

    Queues longer than `blocks` are walked in blocks: only each block's last position is in the answer.
    """
    pointer = _Pointer(flow)
    count = len(asker.arrived)
    size = -(-count // blocks) if count > blocks else 1
    positions: list[int] = []
    waits: list[float] = []
    variances: list[float] = []
    reached: list[Reached] = []
    reach = _Reach(flow) if flow.planned else None
    ahead = spread = wait = last = 0.0
    done = 0
    while done <= count:
        end = min(done + size, count) if done < count else count + 1
        arrived = asker.arrived[end - 1] if end <= count else now_s
        middle = wait + (wait - last) / 2
        alive = exp(asker.patience.upto(now_s - arrived) - asker.patience.upto(now_s - arrived + middle))
        last = wait
        wait, need, equal_need = _one(pointer, asker, equals, now_s, ahead + (end - done - 1) * alive, arrived, wait)
        variance, _ = flow.dispersion(wait)
        variance += spread + sum((queue.per_s for queue in flow.higher), 0.0) * wait
        positions.append(end)
        waits.append(wait)
        if reach is None:
            variances.append(variance / pointer.slope(wait) ** 2)
        else:
            early, middle, late = reach.times(need, variance, equal_need)
            reached.append((min(early, wait), middle, max(late, wait)))
            variances.append(((late - early) / (NINE_IN_TEN - ONE_IN_TEN)) ** 2)
        alive = exp(asker.patience.upto(now_s - arrived) - asker.patience.upto(now_s - arrived + wait))
        ahead += (end - done) * alive
        spread += (end - done) * alive * (1 - alive)
        done = end
    return positions, waits, variances, reached


def _one(
    pointer: _Pointer, asker: Asker, equals: Sequence[Equal], now_s: float, ahead: float, arrived: float, wait: float
) -> tuple[float, float, list[float]]:
    """The wait of one caller with `ahead` callers of the own queue before, not below the last one's; and the takes that
    it needs, of the own queue and of equal ones."""
    equal_need: list[float] = []
    for queue in equals:
        at = now_s + wait
        until = at - queue.target_s * ((at - arrived) / asker.target_s + asker.boost - queue.boost)
        equal_need.append(queue.pass_to(until, wait, now_s))
    found = pointer.find(ahead + 0.5, equal_need)
    _, slope = pointer.flow.dispersion(found)
    need = ahead + 0.5 + 0.5 * slope
    return max(wait, pointer.find(need, equal_need)), need, equal_need
