"""What an estimate costs: events, trajectories, table building, and a lifecycle at high rates.

What lives here: `cost`.  What it must not know: how good the estimates are.
The idea: processor time of this process, the best of several pieces, since others use the machine, too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random
from typing import Any

from bench.ewt_centre import Centre
from bench.ewt_centres import CENTRES
from router.ewt import Estimator, EwtSettings
from router.ewt.events import Reader

PIECES = 8
LIMITS_US = {"event_us": 12.0, "trajectory_us": 300.0, "slice_us": 1000.0, "lifecycle_us": 5.0}
"""What each figure may be at most."""


def cost() -> dict[str, float]:
    """`event_us` one event, trajectories apart; `trajectory_us` all positions of one queue, median over centres and
    moments; `slice_us` a piece of table building, median; `lifecycle_us` four events at 5,000 lifecycles a second,
    all that the estimator does by itself included."""
    events, trajectories, slices = [], [], []
    for name in ("M/M/100 rho .98", "N-model", "day"):
        scenario = next(item for item in CENTRES if item.name == name)
        centre = Centre(scenario.make(Random(1), 4000), Random(1), out=[])
        centre.open()
        for _ in centre.run():
            if centre.number > 4000:
                break
        assert centre.out is not None
        events.append(_events(centre.out))
        found, built = _trajectories(centre.out)
        trajectories += found
        slices += built
    return {
        "event_us": sum(events) / len(events),
        "trajectory_us": sorted(trajectories)[len(trajectories) // 2],
        "slice_us": sorted(slices)[len(slices) // 2],
        "lifecycle_us": _lifecycle(5000.0),
    }


def _events(trace: list[dict[str, Any]]) -> float:
    estimator = Estimator(EwtSettings(learn_gap_s=1e11))
    takes: dict[str, Callable[[dict[str, Any]], tuple[Any, ...]]] = {
        "arrive": lambda e: (estimator.arrive, e["t"], e["call"], e["queue"]),
        "start": lambda e: (estimator.start, e["t"], e["call"], e["agent"], e["queue"]),
        "end": lambda e: (estimator.end, e["t"], e["call"]),
        "agent_ready": lambda e: (estimator.agent_ready, e["t"], e["agent"]),
        "abandon": lambda e: (estimator.abandon, e["t"], e["call"]),
        "agent_login": lambda e: (estimator.agent_login, e["t"], e["agent"], frozenset(e["skills"])),
        "agent_logout": lambda e: (estimator.agent_logout, e["t"], e["agent"]),
    }
    calls = [takes[event["ev"]](event) for event in trace if event["ev"] in takes]
    best = float("inf")
    size = len(calls) // PIECES
    for i in range(PIECES):
        begin = time.process_time()
        for method, *given in calls[i * size : (i + 1) * size]:
            method(*given)
        best = min(best, (time.process_time() - begin) / size)
    return 1e6 * best


def _trajectories(trace: list[dict[str, Any]]) -> tuple[list[float], list[float]]:
    reader = Reader(EwtSettings(learn_gap_s=1e11))
    estimator = reader.estimator
    found, built = [], []
    for i, event in enumerate(trace):
        reader.feed(event)
        if i < len(trace) // 2 or i % 50:
            continue
        for line in estimator.lines.values():
            estimator.version += 1
            begin = time.process_time()
            estimator.trajectory(estimator.now_s, line.name)
            found.append(1e6 * (time.process_time() - begin))
    for line in estimator.lines.values():
        estimator.builder.want(line)
    while True:
        begin = time.process_time()
        more = estimator.work(1)
        built.append(1e6 * (time.process_time() - begin))
        if not more:
            return found, built


def _lifecycle(per_s: float, agents: int = 1000, count: int = 24_000) -> float:
    """Arrive, start, end, ready, all agents busy, so that the estimator makes trajectories to learn from."""
    estimator = Estimator()
    estimator.set_queue("all")
    for i in range(agents):
        estimator.agent_login(0.0, f"a{i}", frozenset({"all"}))
    names = [f"c{i}" for i in range(count)]
    staff = [f"a{i}" for i in range(agents)]
    best = float("inf")
    size = count // PIECES
    for piece in range(PIECES):
        begin = time.process_time()
        for i in range(piece * size, (piece + 1) * size):
            now, agent = i / per_s, staff[i % agents]
            estimator.arrive(now, names[i], "all")
            if i >= agents:
                estimator.end(now, names[i - agents])
                estimator.agent_ready(now, agent)
            estimator.start(now, names[i], agent)
        if piece:
            best = min(best, (time.process_time() - begin) / size)
    return 1e6 * best


def cost_text(costs: dict[str, float]) -> str:
    """One line a figure, with its limit."""
    return "\n".join(f"{name:14}{value:8.1f}   at most {LIMITS_US[name]:.0f}" for name, value in costs.items())
