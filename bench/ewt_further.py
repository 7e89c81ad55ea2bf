"""Further simulated centres, unlike those of the table: what an estimator that was tuned to the table would get wrong.

What lives here: `FURTHER`, by name.  What it must not know: how estimates are made or scored.
The idea: mechanisms are judged where nobody looked when they were made.
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi, sin
from random import Random

from bench.ewt_centre import AgentSpec, CentreSpec, QueueSpec
from bench.ewt_centres import DAY_S, Scenario, team
from bench.ewt_laws import NOTHING, Constant, Exponential, Law, Lognormal, Mixture

HOUR_S = 3600.0

Make = Callable[[Random, int], CentreSpec]


def _even(rate: float) -> Callable[[float], float]:
    return lambda _t: rate


def _one(agents: int, load: float, talk: Law, patience: Law, wrap: Law = NOTHING, ring: Law = NOTHING) -> Make:
    """One queue, one team, an even load."""

    def make(rng: Random, calls: int) -> CentreSpec:
        del rng
        rate = load * agents / (talk.mean_s + wrap.mean_s + ring.mean_s)
        queue = QueueSpec("all", _even(rate), rate, talk, patience, wrap)
        end = calls / rate
        return CentreSpec((queue,), team(agents, ("all",)), end, 0.25 * end, ring)

    return make


def _large_waves(rng: Random, calls: int) -> CentreSpec:
    """120 agents, load from .8 to 1.2 and back in two hours."""
    phase, base = rng.random() * 2 * pi, 120 / 200.0
    queue = QueueSpec(
        "all", lambda t: base * (1 + 0.2 * sin(2 * pi * t / 7200 + phase)), 1.2 * base, Lognormal(200.0, 0.8),
        Lognormal(240.0, 2.0),
    )  # fmt: skip
    return CentreSpec((queue,), team(120, ("all",)), calls / base, 0.25 * calls / base)


def _three_priorities(rng: Random, calls: int) -> CentreSpec:
    """One pool, three ranks of unlike talks."""
    del rng
    rates, talks = (0.02, 0.035, 0.025), (120.0, 200.0, 320.0)
    queues = tuple(
        QueueSpec(f"q{i}", _even(rate), rate, Lognormal(talk, 0.8), Exponential(500.0), Lognormal(20.0, 0.5), i)
        for i, (rate, talk) in enumerate(zip(rates, talks, strict=True))
    )
    end = calls / sum(rates)
    return CentreSpec(queues, team(18, ("q0", "q1", "q2")), end, 0.25 * end)


def _w_model(rng: Random, calls: int) -> CentreSpec:
    """Three queues, two teams that share the middle one, which is served first."""
    del rng
    rates, talks, ranks = (0.025, 0.022, 0.014), (150.0, 240.0, 400.0), (1, 0, 1)
    queues = tuple(
        QueueSpec(name, _even(rate), rate, Lognormal(talk, 1.0), Exponential(700.0), priority=rank)
        for name, rate, talk, rank in zip("abc", rates, talks, ranks, strict=True)
    )
    end = calls / sum(rates)
    return CentreSpec(queues, team(7, ("a", "b"), "l") + team(8, ("b", "c"), "r"), end, 0.25 * end)


def _n_speeds(rng: Random, calls: int) -> CentreSpec:
    """An N-model where gold's talks are short and silver's long."""
    del rng
    gold, silver = 0.06, 0.045
    queues = (
        QueueSpec("gold", _even(gold), gold, Lognormal(110.0, 0.6), Exponential(300.0), priority=0),
        QueueSpec("silver", _even(silver), silver, Lognormal(320.0, 1.0), Exponential(900.0), priority=1),
    )
    end = calls / (gold + silver)
    return CentreSpec(queues, team(8, ("silver",), "s") + team(12, ("gold", "silver"), "b"), end, 0.25 * end)


def _drift(rng: Random, calls: int) -> CentreSpec:
    """Talks grow to twice their length in five hours, again and again; callers fall off as they do."""
    rate, phase = 0.07, rng.random() * 18000
    queue = QueueSpec(
        "all", _even(rate), rate, Lognormal(150.0, 0.8), Exponential(500.0),
        slow=lambda t: 1 + ((t + phase) % 18000) / 18000,
    )  # fmt: skip
    return CentreSpec((queue,), team(14, ("all",)), calls / rate, 0.25 * calls / rate)


def _bursts(rng: Random, calls: int) -> CentreSpec:
    """Calm for hours, then six times as many for 20 minutes, and nobody helps."""
    base, every = 0.03, 4 * HOUR_S
    cycles = max(3, round(calls / (base * (every + 5 * 1200))))
    starts = tuple(every * i + HOUR_S + rng.random() * 2 * HOUR_S for i in range(cycles))

    def rate(t: float) -> float:
        return base * (6.0 if any(s <= t < s + 1200 for s in starts) else 1.0)

    queue = QueueSpec("all", rate, 6 * base, Lognormal(240.0, 0.8), Lognormal(900.0, 1.5), Lognormal(30.0, 0.5))
    return CentreSpec((queue,), team(12, ("all",)), every * cycles, 0.25 * every * cycles)


def _cold(rng: Random, calls: int) -> CentreSpec:
    """Nothing is known at first, and every estimate counts: many short centres would be the same as one of them."""
    del rng
    rate = 1.05 * 12 / 300.0
    queue = QueueSpec("all", _even(rate), rate, Lognormal(280.0, 0.9), Exponential(500.0), Lognormal(20.0, 0.5))
    return CentreSpec((queue,), team(12, ("all",)), min(calls, 500) / rate, 0.0)


def _nights(rng: Random, calls: int) -> CentreSpec:
    """Callers wait before the doors open; agents come a little early or late; nobody is there at night."""
    rate = 0.06

    def by_hour(t: float) -> float:
        hour = (t % DAY_S) / HOUR_S
        return rate * (0.35 if 7.75 <= hour < 8 else 1.0 if 8 <= hour < 17.5 else 0.0)

    days = max(3, round(calls / (rate * 9.5 * HOUR_S)))

    def span(day: int) -> tuple[float, float]:
        opens = day * DAY_S + 8 * HOUR_S
        return opens + max(-300.0, rng.gauss(0, 240)), opens + 10 * HOUR_S

    agents = tuple(AgentSpec(f"a{i}", ("all",), tuple(span(day) for day in range(days))) for i in range(13))
    queue = QueueSpec("all", by_hour, rate, Lognormal(200.0, 0.8), Exponential(900.0), Lognormal(15.0, 0.5))
    return CentreSpec((queue,), agents, days * DAY_S, 0.3 * days * DAY_S)


def _returners(rng: Random, calls: int) -> CentreSpec:
    """Some turn away from a long line; half of those who hang up call again."""
    del rng
    rate = 0.07
    queue = QueueSpec("all", _even(rate), rate, Lognormal(200.0, 1.0), Exponential(200.0), balk=15.0, again=0.5)
    return CentreSpec((queue,), team(12, ("all",)), calls / rate, 0.25 * calls / rate)


def _outages(rng: Random, calls: int) -> CentreSpec:
    """Every two hours or so nobody is taken for ten minutes."""
    rate = 0.9 * 15 / 200.0
    end = calls / rate
    stops: list[tuple[float, float]] = []
    at = rng.expovariate(1 / 7200.0)
    while at < end:
        stops.append((at, at + 600))
        at += 600 + rng.expovariate(1 / 7200.0)
    queue = QueueSpec("all", _even(rate), rate, Lognormal(200.0, 0.8), Exponential(900.0))
    return CentreSpec((queue,), team(15, ("all",)), end, 0.25 * end, stops=tuple(stops))


def _spans(end: float, there: Callable[[], float], away: Callable[[], float]) -> tuple[tuple[float, float], ...]:
    """When somebody is there, who comes and goes by chance."""
    spans: list[tuple[float, float]] = []
    at = 0.0
    while at < end:
        gone = at + there()
        spans.append((at, gone))
        at = gone + away()
    return tuple(spans)


def _rude(rng: Random, calls: int) -> CentreSpec:
    """Who goes drops the caller, without a word; and everybody goes every hour or so for a quarter of one."""
    rate = 0.062
    end = calls / rate
    agents = tuple(
        AgentSpec(
            f"a{i}",
            ("all",),
            _spans(end, lambda: rng.expovariate(1 / 3600), lambda: rng.expovariate(1 / 900)),
            rude=True,
        )
        for i in range(16)
    )
    queue = QueueSpec("all", _even(rate), rate, Exponential(200.0), Exponential(600.0))
    return CentreSpec((queue,), agents, end, 0.25 * end)


def _small_breaks(rng: Random, calls: int) -> CentreSpec:
    """Three agents who are away for a quarter of the time, each without a word: sometimes nobody is there."""
    rate = 0.009
    end = calls / rate
    agents = tuple(
        AgentSpec(
            f"a{i}", ("all",), _spans(end, lambda: rng.expovariate(1 / 2700), lambda: rng.lognormvariate(6.6, 0.5))
        )
        for i in range(3)
    )
    queue = QueueSpec("all", _even(rate), rate, Lognormal(200.0, 0.8), Exponential(900.0))
    return CentreSpec((queue,), agents, end, 0.25 * end)


def _batches(rng: Random, calls: int) -> CentreSpec:
    """Callers come six at a time or so."""
    del rng
    rate = 0.9 * 20 / 200.0
    queue = QueueSpec("all", _even(rate / 6), rate / 6, Lognormal(200.0, 1.0), Exponential(900.0), batch=6.0)
    return CentreSpec((queue,), team(20, ("all",)), calls / rate, 0.25 * calls / rate)


def _hidden(rng: Random, calls: int) -> CentreSpec:
    """Three of sixteen agents also serve a rare queue of long talks, which comes first."""
    del rng
    main, rare = 0.07, 0.0025
    queues = (
        QueueSpec("main", _even(main), main, Lognormal(210.0, 0.8), Exponential(600.0), priority=1),
        QueueSpec("rare", _even(rare), rare, Lognormal(900.0, 0.8), Exponential(1200.0), priority=0),
    )
    end = calls / (main + rare)
    return CentreSpec(queues, team(13, ("main",)) + team(3, ("main", "rare"), "b"), end, 0.25 * end)


def _many_skills(rng: Random, calls: int) -> CentreSpec:
    """Six queues of one rank, thirty agents with any two to four of them."""
    names = tuple("abcdef")
    talks = [120.0 * 1.3**i for i in range(6)]
    share = 1.0 * 30 / sum(talks)
    queues = tuple(
        QueueSpec(name, _even(share), share, Lognormal(talk, 0.9), Exponential(500.0))
        for name, talk in zip(names, talks, strict=True)
    )
    agents = tuple(AgentSpec(f"a{i}", tuple(sorted(rng.sample(names, rng.randint(2, 4))))) for i in range(30))
    end = calls / (6 * share)
    return CentreSpec(queues, agents, end, 0.25 * end)


def _unequal(rng: Random, calls: int) -> CentreSpec:
    """The slowest agent takes four times as long as the fastest."""
    del rng
    agents = tuple(AgentSpec(f"a{i}", ("all",), factor=2.0 ** (-1 + 2 * i / 9)) for i in range(10))
    rate = 1.0 * sum(1 / agent.factor for agent in agents) / 220.0
    queue = QueueSpec("all", _even(rate), rate, Lognormal(200.0, 0.6), Exponential(700.0), Lognormal(20.0, 0.5))
    return CentreSpec((queue,), agents, calls / rate, 0.25 * calls / rate)


LONG_WRAP = Mixture(0.9, Lognormal(60.0, 1.5), Lognormal(900.0, 0.3))

FURTHER: tuple[Scenario, ...] = (
    Scenario("3 agents, long talks", _one(3, 0.95, Lognormal(900.0, 1.5), Exponential(2400.0))),
    Scenario("120 agents, waves", _large_waves),
    Scenario("two kinds of callers", _one(15, 1.0, Mixture(0.75, Lognormal(60.0, 0.3), Lognormal(600.0, 0.2)),
                                          Exponential(600.0))),
    Scenario("constant talks", _one(8, 1.0, Constant(240.0), Exponential(900.0))),
    Scenario("three priorities", _three_priorities),
    Scenario("W-model", _w_model),
    Scenario("N-model, two speeds", _n_speeds),
    Scenario("long wrap-ups", _one(20, 1.0, Lognormal(150.0, 0.8), Exponential(500.0), LONG_WRAP)),
    Scenario("drifting talks", _drift),
    Scenario("bursts, no help", _bursts),
    Scenario("cold start", _cold),
    Scenario("empty at night", _nights),
    Scenario("impatient", _one(10, 1.5, Lognormal(200.0, 0.8), Lognormal(50.0, 1.0))),
    Scenario("patient, overloaded", _one(10, 1.03, Lognormal(200.0, 0.8), Lognormal(7200.0, 0.3))),
    Scenario("balking, calling again", _returners),
    Scenario("outages", _outages),
    Scenario("rude log-outs", _rude),
    Scenario("3 agents with breaks", _small_breaks),
    Scenario("batches", _batches),
    Scenario("a hidden queue", _hidden),
    Scenario("many skills", _many_skills),
    Scenario("unequal agents", _unequal),
    Scenario("slow to answer", _one(12, 1.0, Lognormal(90.0, 0.8), Exponential(300.0), ring=Lognormal(15.0, 1.0))),
)  # fmt: skip
