"""`python -m bench balance`: what a balance gains over static priorities and plain urgency, on two kinds of traffic.

Each is run through the engine in virtual time, with the same callers and agents under each order:

strict       classes: the shortest target goes first, whatever the others wait
best strict  of all orders of classes the one that proved best afterwards, seed by seed: nobody can choose it beforehand
urgency      the default: waited / target
length       a balance without goals: fixed queue ratios
length held  a balance that holds service levels, by the lengths of the queues
wait held    the same by the waits of those who are first

Figures, each the mean over the seeds with half the width of its 95 % confidence interval:

shortfall    points that the queue furthest below its goal lacks (below 0: all reach theirs)
over ...     points of it that are won over that order, seed by seed: what differs from day to day is not in it
spread       greatest over least mean wait / target of the queues: 1 is in proportion
missed       contacts a day that lack to the goals of the queues that miss theirs
SL           per queue, service level in percent, beside its goal; with --json also `wait`: mean wait / target

The month is February of the "Anonymous Bank" (SWITCHBOARD_DATA; collected and made free for use by Avi Mandelbaum and
Ilan Guedj, Technion), seeds draw what it does not record. The day is made up: three services, 60 agents, two peaks.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
from collections.abc import Sequence
from itertools import permutations
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from router.core import settings as of
from router.core.balance_settings import Balance
from router.terms import SECOND_US
from router.trace import Plan, Service, Trace, generate, import_technion
from router.trace.replay import replay

T_95 = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31, 9: 2.26, 14: 2.14, 19: 2.09}
"""Student's t for 95 %, by degrees of freedom."""
BEST = "best strict"


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


class Case(NamedTuple):
    """One run."""

    traffic: str
    order: str
    seed: int
    classes: tuple[int, ...] = ()
    """Those of the queues, in the order of their goals; none: the goals' own."""


def traffic_of(case: Case) -> tuple[Trace, dict[str, Goal]]:
    """The callers and agents of a case, and what its queues are to reach."""
    if case.traffic == "month":
        return import_technion(Path(os.environ["SWITCHBOARD_DATA"]) / "bank-1999-02.tsv.gz").trace, MONTH
    half_hours = TWO_PEAKS if case.traffic == "day" else TWO_PEAKS[:MORNING]
    plan = Plan(services=SERVICES, agents=60, load=0.78, half_hours=half_hours, shift_s=12 * 3600)
    return generate(case.seed, plan), DAY


def settings_of(case: Case, goals: dict[str, Goal]) -> of.Settings:
    """The queues under this order."""
    measure, _, held = case.order.partition(" ")
    classes = case.classes or tuple(goal.contact_class for goal in goals.values())
    queues = tuple(
        of.Queue(
            name,
            target_us=goal.target_s * SECOND_US,
            target_class=f"{goal.target_s}s",
            service_level=goal.service_level if held == "held" else 0.0,
            contact_class=contact_class if case.order in ("strict", BEST) else 0,
        )
        for (name, goal), contact_class in zip(goals.items(), classes, strict=True)
    )
    if measure not in ("length", "wait"):
        return of.Settings(queues=queues)
    return of.Settings(queues=queues, balances=(Balance("shared", tuple(sorted(goals)), measure=measure),))  # type: ignore[arg-type]  # one of the two


def run(case: Case) -> dict[str, float]:
    """Its figures."""
    trace, goals = traffic_of(case)
    report = replay(trace, settings=settings_of(case, goals), seed=case.seed, verify=False)
    assert not report.violations, report.first_violations
    figures: dict[str, float] = {}
    days = max(1, len(trace.header.days))
    for name, goal in goals.items():
        side = report.queues[name].simulated
        assert side.service_level is not None
        figures[f"SL {name}"] = 100 * side.service_level
        figures[f"wait {name}"] = (side.figures.mean_wait_s or 0.0) / goal.target_s
        figures[f"contacts {name}"] = side.figures.contacts / days
    waits = [figures[f"wait {name}"] for name in goals]
    lacking = {name: goal.service_level - figures[f"SL {name}"] for name, goal in goals.items()}
    figures["shortfall"] = max(lacking.values())
    figures["spread"] = max(waits) / min(waits)
    figures["missed"] = sum(max(0.0, lack) / 100 * figures[f"contacts {name}"] for name, lack in lacking.items())
    return figures


def cases(traffic: str, seeds: int) -> list[Case]:
    """All runs of a kind of traffic."""
    orders = ("strict", "urgency", "length", "length held", "wait held")
    found = [Case(traffic, order, seed) for order in orders for seed in range(1, seeds + 1)]
    if traffic == "day":
        own = tuple(goal.contact_class for goal in DAY.values())
        others = [order for order in permutations(range(len(DAY))) if order != own]
        found += [Case(traffic, BEST, seed, order) for order in others for seed in range(1, seeds + 1)]
    return found


def gathered(done: Sequence[tuple[Case, dict[str, float]]]) -> dict[str, Any]:
    """order -> figure -> mean and half width of its interval."""
    by_order: dict[str, dict[int, dict[str, float]]] = {}
    best_of = any(case.order == BEST for case, _ in done)
    for case, figures in done:
        for order in (case.order, BEST) if best_of and case.order == "strict" else (case.order,):
            of_order = by_order.setdefault(order, {})
            known = of_order.get(case.seed)
            if known is None or figures["shortfall"] < known["shortfall"]:
                of_order[case.seed] = figures
    for of_order in by_order.values():
        for seed, figures in of_order.items():
            for beside in ("urgency", "strict"):
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
    names = ["shortfall", "over urgency", "over strict", "spread", "missed", *(f"SL {name}" for name in goals)]
    heads = [f"{name} / {goals[name[3:]].service_level:g}" if name.startswith("SL ") else name for name in names]
    lines = ["| order | " + " | ".join(heads) + " |", "| --- |" + " --- |" * len(names)]
    for order, figures in found.items():
        cells = [f"{figures[name]['mean']:.1f} ± {figures[name]['within']:.1f}" for name in names]
        lines.append(f"| {order} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bench balance", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument("--traffic", choices=("month", "day", "both"), default="both")
    parser.add_argument("--day-seeds", type=int, default=10)
    parser.add_argument("--month-seeds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    asked = parser.parse_args(arguments)
    result: dict[str, Any] = {}
    for traffic, seeds in (("day", asked.day_seeds), ("month", asked.month_seeds)):
        if asked.traffic not in (traffic, "both"):
            continue
        todo = cases(traffic, seeds)
        with get_context("spawn").Pool(asked.jobs) as pool:
            found = gathered(list(zip(todo, pool.map(run, todo, chunksize=1), strict=True)))
        result[traffic] = found
        if not asked.json:
            goals = DAY if traffic == "day" else MONTH
            print(f"{traffic}, {seeds} seeds\n\n{table(found, goals)}\n", flush=True)
    if asked.json:
        print(json.dumps(result))
    return 0
