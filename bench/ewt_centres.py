"""The simulated centres of the table: what each is made of, and the formula of its limit where one is known.

What lives here: `CENTRES`, by name.  What it must not know: how estimates are made or scored.
The idea: one centre for each thing that an estimate must get right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sin
from random import Random

from bench.ewt_centre import AgentSpec, CentreSpec, QueueSpec
from bench.ewt_laws import NEVER, Exponential, Hyperexponential, Law, Lognormal

TALK_S = 200.0
DAY_S = 86400.0


@dataclass(frozen=True)
class Scenario:
    """`make(rng, calls)` gives a centre of about so many calls; `limit(ahead)` the best mean of a new caller with so
    many ahead, where a formula gives it (else it is found by forks); `goal`, `least`: bounds on MSE / limit,
    `asterisk_goal`, `asterisk_least`: on Asterisk's MSE / ours."""

    name: str
    make: Callable[[Random, int], CentreSpec]
    limit: Callable[[int], float] | None = None
    goal: float | None = None
    least: float | None = None
    asterisk_goal: float | None = None
    asterisk_least: float | None = None


def team(count: int, skills: tuple[str, ...], prefix: str = "a") -> tuple[AgentSpec, ...]:
    """Agents who are always there."""
    return tuple(AgentSpec(f"{prefix}{i}", skills) for i in range(count))


def _single(servers: int, load: float, talk: Law, patience: Law = NEVER) -> Callable[[Random, int], CentreSpec]:
    def make(rng: Random, calls: int) -> CentreSpec:
        del rng
        rate = load * servers / talk.mean_s
        queue = QueueSpec("all", lambda _t: rate, rate, talk, patience)
        return CentreSpec((queue,), team(servers, ("all",)), calls / rate, 0.25 * calls / rate)

    return make


def _erlang(servers: int, patience_s: float = 0.0) -> Callable[[int], float]:
    """Sum over k = 0..ahead of 1/(s mu + k theta): the mean virtual wait with exponential lives."""
    leave = 1 / patience_s if patience_s else 0.0
    return lambda ahead: sum(1 / (servers / TALK_S + k * leave) for k in range(ahead + 1))


def _day(known_s: float | None) -> Callable[[Random, int], CentreSpec]:
    """Two peaks, three shifts, staggered lunch, sickness, unequal agents, wrap-up and ring."""

    def rate(t: float) -> float:
        hour = (t % DAY_S) / 3600
        if not 8 <= hour < 19.25:
            return 0.0
        return 0.135 * (0.55 + 0.45 * sin(pi * (hour - 8) / 12) + 0.35 * _bump(hour, 10.5) + 0.3 * _bump(hour, 15.0))

    def make(rng: Random, calls: int) -> CentreSpec:
        days = max(2, round(calls / 3900))
        agents = []
        for i in range(34):
            begin = (8.0, 9.0, 11.5)[i % 3]
            spans = []
            for day in range(days):
                if rng.random() < 0.08:
                    continue
                base = day * DAY_S
                lunch = begin + 3.5 + 0.25 * (i % 6)
                late = base + begin * 3600 + max(0.0, rng.gauss(0, 120))
                spans.append((late, base + lunch * 3600))
                spans.append(
                    (
                        base + (lunch + 0.5) * 3600 + max(0.0, rng.gauss(0, 90)),
                        base + (begin + (8.5 if begin < 11 else 9.5)) * 3600,
                    )
                )
            agents.append(AgentSpec(f"a{i}", ("all",), tuple(spans), rng.lognormvariate(0, 0.18), known_s))
        queue = QueueSpec("all", rate, 0.25, Lognormal(170.0, 0.8), Exponential(420.0), Lognormal(30.0, 0.5))
        return CentreSpec((queue,), tuple(agents), days * DAY_S, 0.3 * days * DAY_S, Lognormal(4.0, 0.2))

    return make


def _bump(hour: float, peak: float) -> float:
    return max(0.0, 1 - abs(hour - peak) / 1.5)


def _two_priorities(rng: Random, calls: int) -> CentreSpec:
    del rng
    talk, gold, silver = Exponential(TALK_S), 0.03, 0.068
    queues = (
        QueueSpec("gold", lambda _t: gold, gold, talk, Exponential(600.0), priority=0),
        QueueSpec("silver", lambda _t: silver, silver, talk, Exponential(600.0), priority=1),
    )
    end = calls / (gold + silver)
    return CentreSpec(queues, team(18, ("gold", "silver")), end, 0.25 * end)


def _n_model(rng: Random, calls: int) -> CentreSpec:
    del rng
    talk, gold, silver = Exponential(TALK_S), 0.045, 0.07
    queues = (
        QueueSpec("gold", lambda _t: gold, gold, talk, Exponential(600.0), priority=0),
        QueueSpec("silver", lambda _t: silver, silver, talk, Exponential(600.0), priority=1),
    )
    agents = team(8, ("silver",), "s") + team(14, ("gold", "silver"), "b")
    end = calls / (gold + silver)
    return CentreSpec(queues, agents, end, 0.25 * end)


def _incidents(announced: bool) -> Callable[[Random, int], CentreSpec]:
    """Arrivals x5 for 15 min every 3 h or so; 12 reserves 3 min later, who stay for 30 min."""

    def make(rng: Random, calls: int) -> CentreSpec:
        base, every = 0.08, 3 * 3600.0
        per_cycle = base * (every + 4 * 900)
        cycles = max(3, round(calls / per_cycle))
        starts = tuple(every * i + 3600 + rng.random() * 3600 for i in range(cycles))

        def rate(t: float) -> float:
            return base * (5.0 if any(s <= t < s + 900 for s in starts) else 1.0)

        queue = QueueSpec("all", rate, 5 * base, Exponential(TALK_S), Exponential(900.0))
        spans = tuple((s + 180, s + 180 + 1800) for s in starts)
        reserves = tuple(AgentSpec(f"r{i}", ("all",), spans, known_s=180.0 if announced else None) for i in range(12))
        end = every * cycles
        return CentreSpec((queue,), team(20, ("all",)) + reserves, end, 0.25 * end)

    return make


def _jumps(rng: Random, calls: int) -> CentreSpec:
    """Handle times x1.6 in 2 of every 6 hours."""
    phase = rng.random() * 3600
    rate = 0.9 * 20 / TALK_S
    queue = QueueSpec(
        "all", lambda _t: rate, rate, Exponential(TALK_S), Exponential(600.0),
        slow=lambda t: 1.6 if (t + phase) % 21600 < 7200 else 1.0,
    )  # fmt: skip
    return CentreSpec((queue,), team(20, ("all",)), calls / rate, 0.25 * calls / rate)


def _two_lines(rng: Random, calls: int) -> CentreSpec:
    """Two queues of one priority, own agents and shared ones, unlike talks."""
    del rng
    one, two = 0.042, 0.03
    queues = (
        QueueSpec("one", lambda _t: one, one, Lognormal(160.0, 0.6), Exponential(600.0)),
        QueueSpec("two", lambda _t: two, two, Lognormal(280.0, 1.2), Exponential(600.0)),
    )
    agents = team(5, ("one",), "o") + team(5, ("two",), "t") + team(6, ("one", "two"), "b")
    end = calls / (one + two)
    return CentreSpec(queues, agents, end, 0.25 * end)


def _own_gold(rng: Random, calls: int) -> CentreSpec:
    """Gold has agents of its own and overflows to those of silver; both come in waves of three hours."""
    del rng

    def wave(base: float) -> Callable[[float], float]:
        return lambda t: base * (1 + 0.5 * sin(2 * pi * t / 10800))

    queues = (
        QueueSpec("gold", wave(0.03), 0.05, Lognormal(150.0, 0.6), Exponential(400.0), Lognormal(20.0, 0.3), 0),
        QueueSpec("silver", wave(0.06), 0.1, Lognormal(220.0, 1.0), Exponential(700.0), Lognormal(40.0, 0.3), 1),
    )
    agents = team(6, ("gold",), "g") + team(16, ("gold", "silver"), "b")
    return CentreSpec(queues, agents, calls / 0.09, 0.25 * calls / 0.09, Lognormal(5.0, 0.2))


def _breaks(rng: Random, calls: int) -> CentreSpec:
    """Everybody works for an hour and a half or so, then pauses for 20 minutes or so; nobody announces it."""
    rate = 0.115
    end = calls / rate
    agents = []
    for i in range(26):
        spans: list[tuple[float, float]] = []
        at = 0.0
        while at < end:
            work = rng.expovariate(1 / 5400)
            spans.append((at, at + work))
            at += work + rng.expovariate(1 / 1200)
        agents.append(AgentSpec(f"a{i}", ("all",), tuple(spans)))
    queue = QueueSpec("all", lambda _t: rate, rate, Lognormal(180.0, 0.7), Exponential(500.0))
    return CentreSpec((queue,), tuple(agents), end, 0.25 * end)


EXP = Exponential(TALK_S)

CENTRES: tuple[Scenario, ...] = (
    Scenario("M/M/20 rho .95", _single(20, 0.95, EXP), _erlang(20), 1.04, 1.10),
    Scenario("M/M/100 rho .98", _single(100, 0.98, EXP), _erlang(100), 1.04, 1.10),
    Scenario("M/M/20+M rho 1.2", _single(20, 1.2, EXP, Exponential(300.0)), _erlang(20, 300.0), 1.04, 1.10),
    Scenario("hyperexponential", _single(20, 0.95, Hyperexponential(TALK_S, 4.0)), None, 1.04, 1.10),
    Scenario("lognormal + patience", _single(20, 1.1, Lognormal(TALK_S, 1.0), Lognormal(400.0, 1.5)), None, 1.04, 1.10),
    Scenario("4 agents", _single(4, 1.1, EXP, Exponential(600.0)), _erlang(4, 600.0), 1.04, 1.10),
    Scenario("two priorities", _two_priorities, None, 1.08, 1.15),
    Scenario("N-model", _n_model, None, 1.08, 1.15),
    Scenario("two lines, shared", _two_lines),
    Scenario("day", _day(None), None, 1.20, 1.35),
    Scenario("day, roster known", _day(1800.0), None, 1.07, 1.20),
    Scenario("incidents", _incidents(False), None, None, None, 8.0, 6.0),
    Scenario("incidents, announced", _incidents(True), None, None, None, 15.0, 11.0),
    Scenario("handle time jumps", _jumps),
    Scenario("gold's own agents, waves", _own_gold),
    Scenario("breaks, unannounced", _breaks),
    Scenario("nearly constant talks", _single(10, 0.95, Lognormal(TALK_S, 0.02))),
)
