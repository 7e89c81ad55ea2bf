"""`python -m bench balance`: what a balance gains over static priorities and plain urgency, on two kinds of traffic.

Each is run through the engine in virtual time, with the same callers and agents under each order:

urgency      the default: waited / target
strict       classes as they are configured: the shortest target goes first, whatever the others wait
best strict  classes in the order that had the least shortfall of all that were tried, on other seeds: it is chosen
             before it is judged, as whoever runs a centre would have to
length       a balance without goals: fixed queue ratios
length held  a balance that holds service levels, by the lengths of the queues
wait held    the same by the waits of those who are first
each first   no order but a bound: what each queue reaches if it goes before all others, which wait by urgency

Figures, each the mean over the seeds with half the width of its 95 % confidence interval:

shortfall    points that the queue furthest below its goal lacks (below 0: all reach theirs)
over ...     points of it that are won over that order, seed by seed: what differs from day to day is not in it
spread       greatest over least mean wait / target of the queues: 1 is in proportion
missed       contacts a day that lack to the goals of the queues that miss theirs
SL           per queue, service level in percent, beside its goal; with --json also `wait`: mean wait / target

The month is February of the "Anonymous Bank" (SWITCHBOARD_DATA; collected and made free for use by Avi Mandelbaum and
Ilan Guedj, Technion), seeds draw what it does not record. The day is made up: three services, 60 agents, two peaks, at
three loads.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import permutations
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from router.core import settings as of
from router.core.match.balance_settings import Balance, Measure
from router.terms import SECOND_US
from router.trace import Plan, Service, Trace, generate, import_technion
from router.trace.replay.run import replay

T_95: Final = {
    1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31, 9: 2.26, 11: 2.20, 14: 2.14, 19: 2.09,
}  # fmt: skip
"""Student's t for 95 %, by degrees of freedom."""


class Goal(NamedTuple):
    """What a queue is to reach: its target (s), the share within it (%), and its class among the strict."""

    target_s: int
    service_level: float
    contact_class: int


MONTH = {
    "NE": Goal(30, 80, 3),
    "PS": Goal(60, 80, 2),
    "PE": Goal(60, 80, 2),
    "TT": Goal(60, 80, 2),
    "NW": Goal(90, 70, 1),
    "IN": Goal(120, 70, 0),
}
DAY = {"cards": Goal(20, 80, 2), "orders": Goal(30, 80, 1), "general": Goal(90, 60, 0)}
SERVICES = (
    Service("cards", "lost and stolen cards", 0.2, 180, 1.0, 300, 0.6),
    Service("orders", "orders", 0.3, 240, 1.1, 400, 0.6),
    Service("general", "all else", 0.5, 200, 1.1, 600, 1.0),
)
TWO_PEAKS = tuple(
    0.35 + 1.1 * math.exp(-(((8 + half / 2) - 10.5) ** 2) / 1.44) + math.exp(-(((8 + half / 2) - 15.5) ** 2) / 2.25)
    for half in range(24)
)
"""Arrivals from 8 to 20 o'clock, by half-hour: most at half past ten and half past three."""

MORNING = 10
"""Half-hours of `morning`, for a test that has not the time for a day."""
LOADS = {"light day": 0.70, "day": 0.74, "heavy day": 0.78, "morning": 0.78}
"""Work that comes against all that the agents could do, on the average of the day."""
SEARCH_SEEDS: Final = (101, 102)
"""Best orders are looked for on these, and judged on 1, 2, ..."""
ALL_TRIED: Final = 4
"""Of so many queues every order is tried; of more, one queue at a time is put elsewhere ..."""
WORTH_POINTS: Final = 0.25
"""... as long as that wins so much."""

BEST = "best strict"
FIRST = "first "
"""Before the name of the queue that goes before all others."""
MEASURES: Final[dict[str, Measure]] = {"length": "length", "wait": "wait"}
ORDERS = ("urgency", "strict", BEST, "length", "length held", "wait held")
BESIDE = ("urgency", "strict", BEST)

Figures: TypeAlias = dict[str, float]


class Case(NamedTuple):
    """One run."""

    traffic: str
    order: str
    seed: int
    classes: tuple[int, ...] = ()
    """Those of the queues, in the order of their goals; none: the goals' own where the order has any."""


def goals_of(traffic: str) -> dict[str, Goal]:
    """What its queues are to reach."""
    return MONTH if traffic == "month" else DAY


@lru_cache(maxsize=1)
def trace_of(traffic: str, seed: int) -> Trace:
    """Its callers and agents; the month has the same in all seeds, which draw what it leaves open in each run."""
    if traffic == "month":
        return import_technion(Path(os.environ["SWITCHBOARD_DATA"]) / "bank-1999-02.tsv.gz").trace
    half_hours = TWO_PEAKS[:MORNING] if traffic == "morning" else TWO_PEAKS
    plan = Plan(services=SERVICES, agents=60, load=LOADS[traffic], half_hours=half_hours, shift_s=12 * 3600)
    return generate(seed, plan)


def settings_of(case: Case, goals: dict[str, Goal]) -> of.Settings:
    """The queues under this order."""
    word, _, held = case.order.partition(" ")
    classes = case.classes or tuple(goal.contact_class if word == "strict" else 0 for goal in goals.values())
    queues = tuple(
        of.Queue(
            name,
            target_us=goal.target_s * SECOND_US,
            target_class=f"{goal.target_s}s",
            service_level=goal.service_level if held == "held" else 0.0,
            contact_class=contact_class,
        )
        for (name, goal), contact_class in zip(goals.items(), classes, strict=True)
    )
    measure = MEASURES.get(word)
    balances = () if measure is None else (Balance("shared", tuple(sorted(goals)), measure=measure),)
    return of.Settings(queues=queues, balances=balances)


def run(case: Case) -> Figures:
    """Its figures."""
    trace, goals = trace_of(case.traffic, 0 if case.traffic == "month" else case.seed), goals_of(case.traffic)
    report = replay(trace, settings=settings_of(case, goals), seed=case.seed, verify=False)
    assert not report.violations, report.first_violations
    figures: Figures = {}
    days = max(1, len(trace.header.days))
    for name, goal in goals.items():
        side = report.queues[name].simulated
        assert side.service_level is not None
        figures[f"SL {name}"] = 100 * side.service_level
        figures[f"wait {name}"] = (side.figures.mean_wait_s or 0.0) / goal.target_s
        figures[f"contacts {name}"] = side.figures.contacts / days
    waits = [figures[f"wait {name}"] for name in goals]
    figures["spread"] = max(waits) / min(waits)
    return lacking(figures, goals)


def lacking(figures: Figures, goals: dict[str, Goal]) -> Figures:
    """The same, and what it lacks to the goals."""
    lacks = {name: goal.service_level - figures[f"SL {name}"] for name, goal in goals.items()}
    figures["shortfall"] = max(lacks.values())
    figures["missed"] = sum(max(0.0, lack) / 100 * figures[f"contacts {name}"] for name, lack in lacks.items())
    return figures


class Runs:
    """Runs cases on all processors, at a low priority, and says on stderr how far it is."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def __call__(self, what: str, todo: Sequence[Case]) -> list[tuple[Case, Figures]]:
        """Each with its figures; those of a seed one after the other, so that their traffic is made once."""
        todo = sorted(todo, key=lambda case: case.seed)
        done: list[tuple[Case, Figures]] = []
        for case, figures in zip(todo, self._pool.imap(run, todo, chunksize=4), strict=True):
            done.append((case, figures))
            sys.stderr.write(f"\r{what}: {len(done)} of {len(todo)} runs ")
            sys.stderr.flush()
        sys.stderr.write("\n")
        return done


def best_order(traffic: str, runs: Runs) -> tuple[int, ...]:
    """The classes with the least mean shortfall on the seeds of the search, of those that were tried."""
    goals = goals_of(traffic)
    known: dict[tuple[int, ...], float] = {}

    def try_all(orders: Iterable[tuple[int, ...]]) -> None:
        new = [order for order in orders if order not in known]
        sums = dict.fromkeys(new, 0.0)
        for case, figures in runs(
            f"{traffic}, strict orders", [Case(traffic, BEST, seed, order) for order in new for seed in SEARCH_SEEDS]
        ):
            sums[case.classes] += figures["shortfall"] / len(SEARCH_SEEDS)
        known.update(sums)
        best = min(known, key=lambda order: known[order])
        sys.stderr.write(f"{traffic}, least so far: {known[best]:.2f} by {', '.join(in_turn(best, goals))}\n")

    if len(goals) <= ALL_TRIED:
        try_all(permutations(range(len(goals))))
        return min(known, key=lambda order: known[order])
    best = classes_of(sorted(goals, key=lambda name: goals[name].target_s), goals)
    try_all([best])
    while True:
        try_all(moved(best))
        better = min(known, key=lambda order: known[order])
        if known[better] > known[best] - WORTH_POINTS:
            return better
        best = better


def in_turn(classes: Sequence[int], goals: Iterable[str]) -> list[str]:
    """The queues, first to last."""
    return [name for _, name in sorted(zip(classes, goals, strict=True), reverse=True)]


def classes_of(first_to_last: Sequence[str], goals: Iterable[str]) -> tuple[int, ...]:
    """The class of each goal's queue where queues go in this order."""
    return tuple(len(first_to_last) - 1 - first_to_last.index(name) for name in goals)


def moved(classes: tuple[int, ...]) -> list[tuple[int, ...]]:
    """All orders in which one queue has another place."""
    places = [str(place) for place in range(len(classes))]
    found: dict[tuple[int, ...], None] = {}
    for place in places:
        others = [other for other in in_turn(classes, places) if other != place]
        for at in range(len(places)):
            found[classes_of([*others[:at], place, *others[at:]], places)] = None
    return list(found)


def cases(traffic: str, seeds: int, best: tuple[int, ...]) -> list[Case]:
    """All runs of a kind of traffic."""
    goals = goals_of(traffic)
    found = [Case(traffic, order, seed) for order in ORDERS if order != BEST for seed in range(1, seeds + 1)]
    found += [Case(traffic, BEST, seed, best) for seed in range(1, seeds + 1)]
    for name in goals:
        first = tuple(int(other == name) for other in goals)
        found += [Case(traffic, FIRST + name, seed, first) for seed in range(1, seeds + 1)]
    return found


def gathered(done: Sequence[tuple[Case, Figures]], goals: dict[str, Goal]) -> dict[str, Any]:
    """order -> figure -> mean and half width of its interval."""
    by_order: dict[str, dict[int, Figures]] = {}
    bound: dict[int, Figures] = {}
    for case, figures in done:
        if case.order.startswith(FIRST):
            name = case.order.removeprefix(FIRST)
            kept = {key: figures[key] for key in (f"SL {name}", f"wait {name}", f"contacts {name}")}
            bound.setdefault(case.seed, {}).update(kept)
        else:
            by_order.setdefault(case.order, {})[case.seed] = figures
    by_order = {order: by_order[order] for order in ORDERS}
    by_order["each first"] = {seed: lacking(figures, goals) for seed, figures in bound.items()}
    for of_order in by_order.values():
        for seed, figures in of_order.items():
            for beside in BESIDE:
                figures[f"over {beside}"] = by_order[beside][seed]["shortfall"] - figures["shortfall"]
    return {
        order: {name: interval([figures[name] for figures in seeds.values()]) for name in next(iter(seeds.values()))}
        for order, seeds in by_order.items()
    }


def interval(values: Sequence[float]) -> dict[str, float]:
    """The mean, and how far the true one may lie from it, with 95 %."""
    if len(values) < 2:
        return {"mean": round(values[0], 2), "within": math.inf}
    t = T_95[max(freedom for freedom in T_95 if freedom <= len(values) - 1)]
    within = t * statistics.stdev(values) / math.sqrt(len(values))
    return {"mean": round(statistics.fmean(values), 2), "within": round(within, 2)}


def table(found: dict[str, Any], goals: dict[str, Goal]) -> str:
    """As people read it, and as the page has it."""
    overs = [f"over {beside}" for beside in BESIDE]
    of_all = ["shortfall", *overs, "spread", "missed"]
    heads = [*of_all, *(f"{name} / {goal.service_level:g}" for name, goal in goals.items())]
    lines = ["| order | " + " | ".join(heads) + " |", "| --- |" + " --- |" * len(heads)]
    for order, figures in found.items():
        cells = []
        for name in of_all:
            own = name == f"over {order}" or name not in figures
            cells.append("" if own else f"{figures[name]['mean']:.1f} ± {figures[name]['within']:.1f}")
        cells += [f"{figures[f'SL {name}']['mean']:.1f}" for name in goals]
        lines.append(f"| {order} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bench balance", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument("--traffic", choices=("month", "light day", "day", "heavy day", "all"), default="all")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--best", metavar="QUEUE,...", help="judge this strict order: none is looked for")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    asked = parser.parse_args(arguments)
    result: dict[str, Any] = {}
    with get_context("spawn").Pool(asked.jobs, os.nice, (5,)) as pool:
        runs = Runs(pool)
        for traffic in ("light day", "day", "heavy day", "month"):
            if asked.traffic not in (traffic, "all"):
                continue
            goals = goals_of(traffic)
            best = classes_of(asked.best.split(","), goals) if asked.best else best_order(traffic, runs)
            found = gathered(runs(traffic, cases(traffic, asked.seeds, best)), goals)
            names = in_turn(best, goals)
            result[traffic] = {"best_strict": names, "orders": found}
            if not asked.json:
                title = f"{traffic}, {asked.seeds} seeds; best strict: {', '.join(names)}"
                print(f"{title}\n\n{table(found, goals)}\n", flush=True)
    if asked.json:
        print(json.dumps(result))
    return 0
