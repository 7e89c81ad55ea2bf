"""How good the estimated waits are: simulated centres, the limit, the rivals, and what an estimate costs.

    python -m bench.ewt [--quick] [--json] [--seeds N] [--centre NAME] [--calls N] [--forked N]

What lives here: the scoring of one centre and the table.  What it must not know: the estimator's inside.
The idea: every estimate is compared with the virtual wait that followed (abandoners included) and with the
best estimate possible from the same state: a formula, or the mean over forks of the simulation itself.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench.ewt_centre import Call, Centre
from bench.ewt_centres import CENTRES, Scenario
from bench.ewt_cost import cost, cost_text
from bench.ewt_further import FURTHER
from bench.ewt_rules import CASES, compare
from bench.ewt_rules import table as rules_table
from router.ewt.events import Reader
from router.ewt.policy import DEFAULT_POLICY, Quote, decide, promise_s
from router.ewt.rivals import NAMES, Rivals

FORKS = 10
FORKED_ASKS = 500
FORKED_ASKS_QUICK = 60
RULE_SEEDS, RULE_CYCLES = 5, 6
"""Seeds of the centre with rules and plans, and three-hour cycles of each."""


@dataclass
class Asked:
    """One estimate and what became of it."""

    call: Call
    said: dict[str, Any]
    rivals: tuple[float, ...]
    limit: float | None
    pos: int = 0


@dataclass
class Run:
    """One centre from one seed."""

    scenario: Scenario
    asked: list[Asked] = field(default_factory=list)
    asks: int = 0


def simulate(scenario: Scenario, seed: int, calls: int, forked: int = FORKED_ASKS) -> Run:
    """Run a centre with the estimator and the rivals beside it."""
    rng = Random(f"{scenario.name}/{seed}")
    spec = scenario.make(rng, calls)
    centre = Centre(spec, rng, out=[])
    reader, rivals, run = Reader(), Rivals(), Run(scenario)
    forks = Random(f"forks/{seed}")
    each = max(1, int(0.35 * calls / forked))
    centre.open()
    assert centre.out is not None
    waiters = centre.run()
    while True:
        call = next(waiters, None)
        _feed(centre.out, reader, rivals)
        if call is None:
            break
        queue = spec.queues[call.queue].name
        position = len(centre.waiting[call.queue])
        said = reader.feed(
            {
                "ev": "ask",
                "t": centre.now_s,
                "call": str(call.number),
                "queue": queue,
                "position": position,
                "waited": 0.0,
            }
        )
        run.asks += 1
        if centre.now_s < spec.warm_s or said is None:
            continue
        limit = None
        if scenario.limit is not None:
            limit = scenario.limit(position - 1)
        elif run.asks % each == 0:
            limit = sum(centre.fork(call, forks) for _ in range(FORKS)) / FORKS
        run.asked.append(Asked(call, said, rivals.answer(queue, position, 0.0), limit, position))
    run.asked = [asked for asked in run.asked if asked.call.wait_s >= 0]
    return run


def _feed(events: list[dict[str, Any]], reader: Reader, rivals: Rivals) -> None:
    for event in events:
        reader.feed(event)
    for event in events:
        rivals.feed(event)
    events.clear()


def score(runs: list[Run]) -> dict[str, Any]:
    """The figures of one centre over its runs."""
    asked = [item for run in runs for item in run.asked]
    scenario = runs[0].scenario
    truth = [item.call.wait_s for item in asked]
    said = [item.said for item in asked]
    limited = [item for item in asked if item.limit is not None]
    shrink = 1.0 if scenario.limit is not None else FORKS / (FORKS + 1)
    best = sum((item.limit - item.call.wait_s) ** 2 for item in limited if item.limit is not None) * shrink
    ours = sum((item.said["mean"] - item.call.wait_s) ** 2 for item in asked)
    row: dict[str, Any] = {
        "centre": scenario.name,
        "asks": len(asked),
        "mean_wait_s": sum(truth) / len(truth),
        "ours": sum((item.said["mean"] - item.call.wait_s) ** 2 for item in limited) / best,
        "goal": scenario.goal,
        "least": scenario.least,
        "asterisk_goal": scenario.asterisk_goal,
        "asterisk_least": scenario.asterisk_least,
    }
    for i, name in enumerate(NAMES):
        row[name] = sum((item.rivals[i] - item.call.wait_s) ** 2 for item in limited) / best
    row["asterisk_over_ours"] = sum((item.rivals[3] - item.call.wait_s) ** 2 for item in asked) / ours
    row["bias"] = sum(s["mean"] for s in said) / sum(truth) - 1
    row["covered"] = _share(s["p10"] <= w <= s["p90"] for s, w in zip(said, truth, strict=True))
    row["under_p50"] = _share(w <= s["p50"] for s, w in zip(said, truth, strict=True))
    row["kept"] = _share(w <= promise_s(s["p90"]) for s, w in zip(said, truth, strict=True))
    row["told"] = _share(_told(item) for item in asked if item.call.wait_s > 60)
    return row


def _told(item: Asked) -> bool:
    """Whether the policy's first message would have been a time."""
    said = item.said
    quote = Quote(said["p10"], said["p50"], said["p80"], said["p90"], said["confidence"] == "low")
    return decide(quote, item.pos, 4.0, None, DEFAULT_POLICY).kind != "position"


def _share(flags: Any) -> float:
    values = [1.0 if flag else 0.0 for flag in flags]
    return sum(values) / max(len(values), 1)


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as text."""
    head = f"{'MSE / limit':26}{'ours':>6}{'goal':>6}{'least':>6}{'QL':>7}{'QL+ab':>7}{'LES':>7}{'Ast.':>7}"
    head += f"{'Ast/us':>7}{'goal':>5}{'bias':>7}{'80 %':>6}{'<p50':>6}{'kept':>6}{'told':>6}{'wait':>6}{'asks':>7}"
    lines = [head]
    for row in rows:
        line = f"{row['centre']:26}{row['ours']:6.2f}{_bound(row['goal'], 6, 2)}{_bound(row['least'], 6, 2)}"
        line += "".join(f"{row[name]:7.2f}" for name in NAMES)
        line += f"{row['asterisk_over_ours']:7.1f}{_bound(row['asterisk_goal'], 5, 0)}"
        line += f"{100 * row['bias']:6.1f}%{100 * row['covered']:6.1f}"
        line += f"{100 * row['under_p50']:6.1f}{100 * row['kept']:6.1f}{100 * row['told']:6.1f}"
        line += f"{row['mean_wait_s']:6.0f}{row['asks']:7}"
        lines.append(line)
    return "\n".join(lines)


def _bound(value: float | None, width: int, digits: int) -> str:
    return " " * (width - 1) + "-" if value is None else f"{value:{width}.{digits}f}"


def run(
    json_out: bool, quick: bool = False, seeds: int = 2, calls: int = 12000, only: str = "", forked: int = FORKED_ASKS
) -> dict[str, Any]:
    """Score the centres; prints a table, or one JSON object.  `quick`: few calls, for tests."""
    if quick:
        calls, seeds, forked = min(calls, 1200), 1, FORKED_ASKS_QUICK
    begin = time.perf_counter()
    rows = []
    for scenario in CENTRES + FURTHER:
        if only and only not in scenario.name and not (only == "further" and scenario in FURTHER):
            continue
        row = score([simulate(scenario, seed, calls, forked) for seed in range(1, seeds + 1)])
        rows.append(row)
        if not json_out:
            print(table([row]) if len(rows) == 1 else table([row]).split("\n")[1], flush=True)
    crowds = []
    if not only or only in "rules and plans":
        crowds = compare(1, 3, CASES[:1]) if quick else compare(RULE_SEEDS, RULE_CYCLES)
        if not json_out:
            print("\n" + rules_table(crowds) + "\n", flush=True)
    costs = cost()
    if not json_out:
        print(cost_text(costs))
    result = {
        "bench": "ewt",
        "cost": costs,
        "calls": calls,
        "seeds": seeds,
        "rows": rows,
        "rules": crowds,
        "took_s": time.perf_counter() - begin,
    }
    if json_out:
        print(json.dumps(result))
    return result


def main(arguments: list[str]) -> int:
    """Command line; the exit code is 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.ewt", description="score the estimated wait")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--quick", action="store_true", help="few calls, under a minute")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--calls", type=int, default=12000, help="calls a seed")
    parser.add_argument("--centre", default="", help="only centres whose name holds this; further; rules")
    parser.add_argument("--forked", type=int, default=FORKED_ASKS, help="asks a seed whose limit is found by forks")
    chosen = parser.parse_args(arguments)
    run(chosen.json, chosen.quick, chosen.seeds, chosen.calls, chosen.centre, chosen.forked)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
