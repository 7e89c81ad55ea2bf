"""A simulated contact centre that writes the neutral event schema and knows every virtual wait.

What lives here: `Centre`, an event-driven simulation of queues with priorities and agents with skills, shifts
and unequal speed; it can be forked at any moment with fresh chance.  What it must not know: the estimator.
The idea: routing as in the schema: an agent takes by (priority, arrival), an arrival goes to the idle agent
with the fewest skills, then longest idle.  Who hangs up leaves a ghost: its wait ends when an agent who could
have served it takes somebody who ranks after it, or finds nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import exp
from random import Random
from typing import Any

from bench.ewt_laws import NEVER, NOTHING, Law


@dataclass(frozen=True)
class QueueSpec:
    """A queue: `rate(t)` arrivals a second, never over `rate_max`; `slow(t)` stretches talks begun then.

    Each arrival is of `batch` callers in the mean (geometric); one who finds n waiting stays with probability
    exp(-n/balk); who hangs up calls again after `again_s` or so with probability `again`."""

    name: str
    rate: Callable[[float], float]
    rate_max: float
    talk: Law
    patience: Law = NEVER
    wrap: Law = NOTHING
    priority: int = 0
    slow: Callable[[float], float] = lambda _t: 1.0
    batch: float = 1.0
    balk: float = 1e12
    again: float = 0.0
    again_s: float = 300.0


@dataclass(frozen=True)
class AgentSpec:
    """An agent: skills are queue names, `factor` stretches talk and wrap-up, `spans` are (log-in, log-out) in s,
    `known_s` how long before each log-in or log-out it is told as a plan (None: never); `rude`: logs out in the
    middle of a talk, which is over then without a word."""

    name: str
    skills: tuple[str, ...]
    spans: tuple[tuple[float, float], ...] = ((0.0, 1e12),)
    factor: float = 1.0
    known_s: float | None = None
    rude: bool = False


@dataclass(frozen=True)
class CentreSpec:
    """Everything that makes a centre; `warm_s` is not judged, `end_s` the last arrival; in `stops` (from, to) nobody is
    taken, though agents are there."""

    queues: tuple[QueueSpec, ...]
    agents: tuple[AgentSpec, ...]
    end_s: float
    warm_s: float
    ring: Law = NOTHING
    stops: tuple[tuple[float, float], ...] = ()


@dataclass
class Agent:
    """An agent's state: `off`, `idle`, `ring`, `talk`, `wrap`."""

    spec: AgentSpec
    state: str = "off"
    since_s: float = 0.0
    queue: int = -1
    call: int = -1
    slow: float = 1.0
    leaving: bool = False
    number: int = 0


@dataclass
class Call:
    """A caller."""

    number: int
    queue: int
    arrived_s: float
    wait_s: float = -1.0
    gone: bool = False
    patient: bool = False


@dataclass
class Centre:
    """The simulation; see the module's docstring."""

    spec: CentreSpec
    rng: Random
    now_s: float = 0.0
    out: list[dict[str, Any]] | None = None
    calls: dict[int, Call] = field(default_factory=dict)
    on_wait: Callable[[Call], None] | None = None

    def __post_init__(self) -> None:
        self.heap: list[tuple[float, int, str, int, int]] = []
        self.count = 0
        self.number = 0
        self.waiting: list[dict[int, Call]] = [{} for _ in self.spec.queues]
        self.ghosts: list[dict[int, Call]] = [{} for _ in self.spec.queues]
        self.agents = [Agent(spec, number=i) for i, spec in enumerate(self.spec.agents)]
        index = {queue.name: i for i, queue in enumerate(self.spec.queues)}
        self.skills = [
            tuple(sorted((index[name] for name in spec.skills), key=lambda q: self.spec.queues[q].priority))
            for spec in self.spec.agents
        ]
        self.ended = 0

    def open(self) -> None:
        """Start empty: configuration, rosters, first arrivals."""
        queues = self.spec.queues
        self._tell(ev="config", queues=[q.name for q in queues], priority={q.name: q.priority for q in queues})
        for i, agent in enumerate(self.spec.agents):
            for start, stop in agent.spans:
                self._at(start, "login", i)
                self._at(stop, "logout", i)
                if agent.known_s is not None:
                    self._at(max(0.0, start - agent.known_s), "plan_in", i, int(start * 1000))
                    self._at(max(0.0, stop - agent.known_s), "plan_out", i, int(stop * 1000))
        for _, end in self.spec.stops:
            self._at(end, "resume", 0)
        for i in range(len(queues)):
            self._next_arrival(i)

    def _at(self, at_s: float, kind: str, a: int, b: int = 0) -> None:
        self.count += 1
        heappush(self.heap, (at_s, self.count, kind, a, b))

    def _tell(self, **event: Any) -> None:
        if self.out is not None:
            event["t"] = self.now_s
            self.out.append(event)

    def _next_arrival(self, queue: int) -> None:
        spec = self.spec.queues[queue]
        if spec.rate_max > 0:
            self._at(self.now_s + self.rng.expovariate(spec.rate_max), "arrive", queue)

    def run(self) -> Iterator[Call]:
        """Run to the end; yields each caller who has to wait, as it arrives."""
        while self.heap:
            self.now_s, _, kind, a, b = heappop(self.heap)
            if self.now_s > self.spec.end_s * 1.5:
                return
            if kind in ("arrive", "again"):
                for call in getattr(self, "_" + kind)(a, b):
                    if call.wait_s < 0:
                        yield call
            else:
                getattr(self, "_" + kind)(a, b)

    def _arrive(self, queue: int, _: int) -> Iterator[Call]:
        """Callers come by chance, some of them together."""
        spec = self.spec.queues[queue]
        if self.now_s > self.spec.end_s:
            return
        self._next_arrival(queue)
        if self.rng.random() * spec.rate_max >= spec.rate(self.now_s):
            return
        while True:
            if spec.balk > 1e9 or self.rng.random() < exp(-len(self.waiting[queue]) / spec.balk):
                yield self._join(queue)
            if spec.batch <= 1 or self.rng.random() * spec.batch < 1:
                return

    def _again(self, queue: int, _: int) -> Iterator[Call]:
        """One who hung up calls again."""
        yield self._join(queue)

    def _join(self, queue: int) -> Call:
        spec = self.spec.queues[queue]
        self.number += 1
        call = self.calls[self.number] = Call(self.number, queue, self.now_s)
        self._tell(ev="arrive", call=str(call.number), queue=spec.name)
        idle = [a for a in self.agents if a.state == "idle" and queue in self.skills[a.number]]
        self.waiting[queue][call.number] = call
        if idle and not self._stopped():
            best = min(idle, key=lambda a: (len(self.skills[a.number]), a.since_s))
            self._take(best, call)
        else:
            self._at(self.now_s + spec.patience.draw(self.rng), "abandon", call.number)
        return call

    def _take(self, agent: Agent, call: Call) -> None:
        """An agent takes a caller: ghosts who rank before it end here."""
        del self.waiting[call.queue][call.number]
        ring = self.spec.ring.draw(self.rng)
        call.wait_s = self.now_s + ring - call.arrived_s
        agent.state, agent.since_s, agent.queue, agent.call = "ring", self.now_s, call.queue, call.number
        self._free_ghosts(agent, call, ring)
        if self.on_wait is not None:
            self.on_wait(call)
        if ring > 0:
            self._at(self.now_s + ring, "talk", agent.number, call.number)
        else:
            self._talk(agent.number, call.number)

    def _talk(self, number: int, called: int) -> None:
        agent, call = self.agents[number], self.calls.pop(called)
        spec = self.spec.queues[call.queue]
        agent.state, agent.since_s = "talk", self.now_s
        agent.slow = agent.spec.factor * spec.slow(self.now_s)
        self._tell(ev="start", call=str(called), queue=spec.name, agent=agent.spec.name, wait=call.wait_s)
        self._at(self.now_s + spec.talk.draw(self.rng) * agent.slow, "end", number, called)

    def _free_ghosts(self, agent: Agent, taken: Call | None, ring: float) -> None:
        for queue in self.skills[agent.number]:
            ghosts = self.ghosts[queue]
            if not ghosts:
                continue
            rank = self.spec.queues[queue].priority
            done = []
            for ghost in ghosts.values():
                if taken is not None:
                    other = self.spec.queues[taken.queue].priority
                    if rank > other or (rank == other and ghost.arrived_s > taken.arrived_s):
                        continue
                ghost.wait_s = self.now_s + ring - ghost.arrived_s
                done.append(ghost)
            for ghost in done:
                del ghosts[ghost.number]
                if self.on_wait is not None:
                    self.on_wait(ghost)

    def _abandon(self, number: int, _: int) -> None:
        call = self.calls.get(number)
        if call is None or call.wait_s >= 0 or call.patient:
            return
        del self.calls[number]
        call.gone = True
        del self.waiting[call.queue][number]
        self.ghosts[call.queue][number] = call
        name = self.spec.queues[call.queue].name
        again = self.spec.queues[call.queue].again
        if again and self.rng.random() < again:
            self._at(self.now_s + self.rng.expovariate(1 / self.spec.queues[call.queue].again_s), "again", call.queue)
        self._tell(ev="abandon", call=str(number), queue=name, waited=self.now_s - call.arrived_s)

    def _end(self, number: int, called: int) -> None:
        agent = self.agents[number]
        if agent.state != "talk" or agent.call != called:
            return
        spec = self.spec.queues[agent.queue]
        self._tell(ev="end", call=str(called), queue=spec.name, agent=agent.spec.name)
        self.ended += 1
        agent.state, agent.since_s = "wrap", self.now_s
        wrap = spec.wrap.draw(self.rng) * agent.spec.factor
        if wrap > 0:
            self._at(self.now_s + wrap, "ready", number)
        else:
            self._ready(number, 0)

    def _ready(self, number: int, _: int) -> None:
        agent = self.agents[number]
        if agent.leaving:
            self._off(agent)
            return
        self._tell(ev="agent_ready", agent=agent.spec.name)
        self._seek(agent)

    def _stopped(self) -> bool:
        return any(begin <= self.now_s < end for begin, end in self.spec.stops)

    def _resume(self, _: int, __: int) -> None:
        """A stop is over: who is free takes, longest idle first."""
        for agent in sorted((a for a in self.agents if a.state == "idle"), key=lambda a: a.since_s):
            self._seek(agent, agent.since_s)

    def _seek(self, agent: Agent, since_s: float | None = None) -> None:
        agent.state, agent.since_s = "idle", self.now_s if since_s is None else since_s
        if self._stopped():
            return
        best: Call | None = None
        for queue in self.skills[agent.number]:
            if self.waiting[queue]:
                head = next(iter(self.waiting[queue].values()))
                rank = self.spec.queues[queue].priority
                if best is None or (rank, head.arrived_s) < (self.spec.queues[best.queue].priority, best.arrived_s):
                    best = head
        if best is not None:
            self._take(agent, best)
        else:
            self._free_ghosts(agent, None, 0.0)

    def _login(self, number: int, _: int) -> None:
        agent = self.agents[number]
        agent.leaving = False
        if agent.state == "off":
            self._tell(ev="agent_login", agent=agent.spec.name, skills=list(agent.spec.skills), reason="shift")
            self._seek(agent)

    def _logout(self, number: int, _: int) -> None:
        agent = self.agents[number]
        agent.leaving = agent.state in ("ring", "talk", "wrap")
        if agent.state == "idle" or (agent.spec.rude and agent.state == "talk"):
            self._off(agent)

    def _off(self, agent: Agent) -> None:
        agent.state, agent.leaving = "off", False
        self._tell(ev="agent_logout", agent=agent.spec.name, reason="shift")

    def _plan_in(self, number: int, at_ms: int) -> None:
        spec = self.spec.agents[number]
        self._tell(ev="plan", at=at_ms / 1000, agent=spec.name, what="login", skills=list(spec.skills))

    def _plan_out(self, number: int, at_ms: int) -> None:
        spec = self.spec.agents[number]
        self._tell(ev="plan", at=at_ms / 1000, agent=spec.name, what="logout", skills=list(spec.skills))

    def fork(self, asked: Call, rng: Random) -> float:
        """The virtual wait of `asked` in this centre, from now on with fresh chance."""
        twin = Centre(self.spec, rng, self.now_s)
        twin.number = self.number
        for entry in self.heap:
            if entry[2] in ("login", "logout", "resume"):
                twin._at(entry[0], entry[2], entry[3])
        for i, agent in enumerate(self.agents):
            copy = twin.agents[i]
            copy.__dict__.update(agent.__dict__)
            self._redraw(twin, copy)
        for queue, calls in enumerate(self.waiting):
            spec = self.spec.queues[queue]
            twin._next_arrival(queue)
            for number, call in calls.items():
                copied = Call(number, queue, call.arrived_s, patient=call is asked)
                twin.calls[number] = copied
                twin.waiting[queue][number] = copied
                if call is not asked:
                    age = self.now_s - call.arrived_s
                    twin._at(self.now_s + spec.patience.left(rng, age), "abandon", number)
        target = twin.calls[asked.number]
        limit = self.spec.end_s * 1.5
        while target.wait_s < 0 and twin.heap and twin.now_s < limit:
            twin.now_s, _, kind, a, b = heappop(twin.heap)
            for _ in getattr(twin, "_" + kind)(a, b) or ():
                pass
        return target.wait_s if target.wait_s >= 0 else twin.now_s - target.arrived_s

    def _redraw(self, twin: Centre, agent: Agent) -> None:
        """Draw again what an agent's present state has left."""
        rng, age = twin.rng, self.now_s - agent.since_s
        if agent.state == "talk":
            left = self.spec.queues[agent.queue].talk.left(rng, age / agent.slow) * agent.slow
            twin._at(self.now_s + left, "end", agent.number, agent.call)
        elif agent.state == "wrap":
            factor = agent.spec.factor
            left = self.spec.queues[agent.queue].wrap.left(rng, age / factor) * factor
            twin._at(self.now_s + left, "ready", agent.number)
        elif agent.state == "ring":
            call = self.calls[agent.call]
            twin.calls[agent.call] = Call(agent.call, call.queue, call.arrived_s, call.wait_s)
            twin._at(self.now_s + self.spec.ring.left(rng, age), "talk", agent.number, agent.call)
