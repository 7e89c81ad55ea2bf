"""From the centre as it is to the flow's terms: whose takes serve a queue, and who drinks before it.

What lives here: `picture`, which turns counters of agents and lines into `Flow`, `Asker` and `Equal` values.
What it must not know: how the curve is walked, what was learned of its errors.
The idea: agents who serve the same of the queues that matter are one supply, so the flow's cost goes with
the number of different roles, not of agents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from router.ewt.agents import READY, TALK, Agents, Group
from router.ewt.flow import Flow, Higher, Supply
from router.ewt.laws import GRID_STEPS, QueueLaws, StateLaw
from router.ewt.lifetable import age_bin
from router.ewt.lines import Line
from router.ewt.rates import believed_pace
from router.ewt.walk import Asker, Equal

RELATED_MAX = 16
"""Related queues regarded one by one (the most loaded); a queue with more neighbours than that is estimated
without the idlest of them, so that one trajectory's cost is bounded."""

Jumps = dict[frozenset[str], list[tuple[float, float]]]
"""By the queues served: (seconds from now, agents who come, or go where it is negative)."""


class Picture:
    """Everything that `walk` needs, and how many agents it rests on."""

    __slots__ = ("agents", "asker", "equals", "flow", "pace")

    def __init__(self, flow: Flow, asker: Asker, equals: list[Equal], agents: float, pace: float) -> None:
        self.flow = flow
        self.asker = asker
        self.equals = equals
        self.agents = agents
        self.pace = pace


class Scene:
    """What a picture is made from: lines by name, agents, laws on demand, planned jumps, the time."""

    __slots__ = ("_doubt", "agents", "jumps", "laws_of", "lines", "now_s", "wait_max_s")

    def __init__(
        self,
        lines: dict[str, Line],
        agents: Agents,
        laws_of: Callable[[Line], QueueLaws],
        jumps: Jumps,
        now_s: float,
        wait_max_s: float,
        doubt_ratio: float,
    ) -> None:
        self.lines = lines
        self.agents = agents
        self.laws_of = laws_of
        self.jumps = jumps
        self.now_s = now_s
        self.wait_max_s = wait_max_s
        self._doubt = doubt_ratio

    def picture(self, line: Line) -> Picture:
        """The flow for a queue as it is now."""
        groups = [group for group in self.agents.by_queue.get(line.name, ()) if self._counts(group)]
        higher, equal = self._related(line, groups)
        arrived = line.arrivals()
        head_s = arrived[0] if arrived else self.now_s
        mine = self._supplies(line, groups, higher, equal, head_s)
        outside = self._outside(line, higher)
        others = self._supplies(line, outside, higher, [], self.now_s) if outside else []
        if others:
            besides = self._besides(line, outside, higher)
            for supply in others:
                supply.besides_per_s = besides
        laws = self.laws_of(line)
        pace = self._pace(groups)
        upper = [self._higher(item) for item in higher]
        flow = Flow(mine, others, upper, len(equal), laws.dt_s * pace, self.wait_max_s)
        asker = Asker(arrived, line.target_s, line.boost, laws.patience)
        agents = sum((supply.size for supply in mine), 0.0)
        return Picture(flow, asker, [self._equal(item, line, groups) for item in equal], agents, pace)

    def _counts(self, group: Group) -> bool:
        return group.size > 0 or group.skills in self.jumps

    def _related(self, line: Line, groups: list[Group]) -> tuple[list[Line], list[Line]]:
        """Queues that our agents serve before ours, and beside ours: (by falling priority, busy ones)."""
        names: dict[str, None] = {}
        for group in groups:
            if len(group.skills) > 1:
                names.update(dict.fromkeys(sorted(group.skills)))
        higher: list[tuple[float, Line]] = []
        equal: list[tuple[float, Line]] = []
        for name in names:
            other = self.lines.get(name)
            if other is None or other is line or other.priority > line.priority:
                continue
            waiting = other.many()
            if other.priority < line.priority:
                load = waiting + 60 * other.rate.per_s(self.now_s)
                if load > 0:
                    higher.append((load, other))
            elif waiting or (other.target_s, other.boost) != (line.target_s, line.boost):
                equal.append((float(waiting), other))
        for found in (higher, equal):
            if len(found) > RELATED_MAX:
                found.sort(key=lambda item: (-item[0], item[1].name))
                del found[RELATED_MAX:]
        return sorted((item for _, item in higher), key=lambda item: item.priority), [item for _, item in equal]

    def _outside(self, line: Line, higher: list[Line]) -> list[Group]:
        """Groups that serve a higher queue but not ours."""
        found: dict[frozenset[str], Group] = {}
        for queue in higher:
            for group in self.agents.by_queue.get(queue.name, ()):
                if line.name not in group.skills and self._counts(group):
                    found[group.skills] = group
        return list(found.values())

    def _besides(self, line: Line, outside: list[Group], higher: list[Line]) -> float:
        """Arrivals a second of queues that keep agents of higher ones busy beside them, and that are not above us."""
        above = {queue.name for queue in higher}
        above.add(line.name)
        names = sorted({name for group in outside for name in group.skills if name not in above})
        lines = [self.lines[name] for name in names[:RELATED_MAX] if name in self.lines]
        return sum([queue.rate.per_s(self.now_s) for queue in lines], 0.0)

    def _supplies(
        self, line: Line, groups: Iterable[Group], higher: list[Line], equal: list[Line], head_s: float
    ) -> list[Supply]:
        """One supply for each different set of related queues served."""
        found: dict[tuple[frozenset[int], frozenset[int]], tuple[Supply, list[Group], dict[StateLaw, float]]] = {}
        for group in groups:
            above = frozenset(i for i, item in enumerate(higher) if item.name in group.skills)
            beside = frozenset(i for i, item in enumerate(equal) if item.name in group.skills)
            entry = found.get((above, beside))
            if entry is None:
                entry = found[above, beside] = (Supply(above, beside), [], {})
            entry[1].append(group)
            self._count(line, group, head_s, entry[2])
            entry[0].size += group.size
            entry[0].free += group.free
            entry[0].jumps += self.jumps.get(group.skills, ())
        for supply, members, laws in found.values():
            self._fill(supply, laws)
            self._cycle(line, supply, members)
        supplies = [entry[0] for entry in found.values()]
        return supplies or [self._nobody(line)]

    def _nobody(self, line: Line) -> Supply:
        supply = Supply(frozenset(), frozenset())
        supply.cycle = self.laws_of(line).cycle
        return supply

    def _count(self, line: Line, group: Group, head_s: float, into: dict[StateLaw, float]) -> None:
        """Count a group's slots by law."""
        now = self.now_s
        for (state, queue), cell in group.cells.items():
            if state == READY:
                table = self.laws_of(line).pick
                for count, since in cell.values():
                    law = table[age_bin(now - max(since / count, head_s))]
                    into[law] = into.get(law, 0.0) + count
                continue
            owner = self.lines.get(queue)
            laws = self.laws_of(line if owner is None else owner)
            table = laws.talk if state == TALK else laws.wrap
            for count, since in cell.values():
                law = table[age_bin(now - since / count)]
                into[law] = into.get(law, 0.0) + count

    @staticmethod
    def _fill(supply: Supply, laws: dict[StateLaw, float]) -> None:
        """Add the laws up, by their counts."""
        first = [0.0] * GRID_STEPS
        mean, variance = supply.mean.copy(), supply.variance.copy()
        for law, count in laws.items():
            _add(first, law.first, count)
            _add(mean, law.mean, count)
            _add(variance, law.variance, count)
        supply.first, supply.mean, supply.variance = first, mean, variance

    def _cycle(self, line: Line, supply: Supply, groups: list[Group]) -> None:
        """Law and rate of the supply's whole cycles, by the groups' own mix of queues."""
        weights: dict[str, float] = {}
        for group in groups:
            total = group.mixed
            if total <= 0:
                weights[line.name] = weights.get(line.name, 0.0) + max(group.size, 1)
                continue
            for queue, weight in group.mix.items():
                weights[queue] = weights.get(queue, 0.0) + max(group.size, 1) * weight / total
        parts = [(weight, self.laws_of(self.lines.get(queue, line))) for queue, weight in weights.items()]
        total = sum((weight for weight, _ in parts), 0.0)
        if len(parts) == 1:
            supply.cycle = parts[0][1].cycle
        else:
            cycle = [0.0] * GRID_STEPS
            for weight, laws in parts:
                share = weight / total
                _add(cycle, laws.cycle, share)
            supply.cycle = cycle
        cycles_s = sum((weight * laws.cycle_mean_s for weight, laws in parts), 0.0)
        supply.each = self.laws_of(line).dt_s * total / cycles_s

    def _higher(self, line: Line) -> Higher:
        arrived, _ = line.sample()
        age = self.now_s - sum(arrived, 0.0) / len(arrived) if arrived else 0.0
        return Higher(line.many(), max(age, 0.0), line.rate.per_s(self.now_s), self.laws_of(line).patience)

    def _equal(self, other: Line, line: Line, groups: list[Group]) -> Equal:
        ours = sum((group.size for group in groups if other.name in group.skills), 0.0)
        everyone = sum((group.size for group in self.agents.by_queue.get(other.name, ())), 0.0)
        rate = other.rate.per_s(self.now_s) if other.target_s != line.target_s or other.boost != line.boost else 0.0
        share = ours / everyone if everyone else 0.0
        arrived, each = other.sample()
        return Equal(arrived, each, share, other.target_s, other.boost, rate, self.laws_of(other).patience)

    def _pace(self, groups: list[Group]) -> float:
        """How much slower talks are now than their tables, from those that ended and those in progress."""
        count = total = 0.0
        queues: dict[str, None] = {}
        for group in groups:
            for (state, queue), cell in group.cells.items():
                owner = self.lines.get(queue)
                if state != TALK or owner is None:
                    continue
                queues[queue] = None
                laws = self.laws_of(owner)
                for number, since in cell.values():
                    hazard = laws.talk[age_bin(self.now_s - since / number)].hazard
                    weight = number * laws.running_weight
                    count += weight
                    total += weight * min(hazard / laws.running_hazard, 20.0)
        paces = [self.lines[queue].pace for queue in queues]
        windows = [
            (count + sum((p.counts[i] for p in paces), 0.0), total + sum((p.totals[i] for p in paces), 0.0))
            for i in range(len(paces[0].counts) if paces else 0)
        ]
        return believed_pace(windows, self._doubt)


def _add(total: list[float], law: list[float], times: float) -> None:
    """Add a law so many times."""
    for k, mass in enumerate(law):
        total[k] += times * mass
