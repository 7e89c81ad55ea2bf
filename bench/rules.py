"""`python -m bench rules`: what rules add to the cost of a lifecycle, in the core alone.

without_us     CPU of a lifecycle in a centre of 500 queues without rules
with_us        the same with 1,000 rules over these queues: of all kinds of condition, all watched, none turning
added          with / without - 1, the median of rounds that take turns in one process; the goal is 0.15
added_idle     the same where an arrival finds a free agent
draft_ms       compiling them all anew: a reload does it in slices
switch_ms      letting them all go by what was compiled: what a reload of them all costs in its step
"""

from __future__ import annotations

import argparse
import gc
import statistics
from time import process_time

from msgspec import structs

from bench.centre import PLAIN, Mix, Size
from bench.engine import Driver
from bench.show import show
from router.core.ruling import build as ruling_build
from router.core.ruling.draft import Draft

SIZE = Size(queues=500, agents=2_500, profiles=500, waiting=5_000)
RULES = 1_000
ROUNDS = 9
LIFECYCLES = 3_000


def measure() -> dict[str, object]:
    """All figures, from one process."""
    plain, ruled = Driver(SIZE, PLAIN), Driver(SIZE, Mix(rules=RULES))
    assert len(ruled.engine.world.ruling.rules) == RULES
    gc.collect()
    gc.freeze()
    gc.disable()
    for driver in (plain, ruled):
        driver.busy(LIFECYCLES)
        driver.idle(LIFECYCLES)
    pairs: dict[str, list[tuple[float, float]]] = {"busy": [], "idle": []}
    for _ in range(ROUNDS):
        pairs["busy"].append((plain.busy(LIFECYCLES), ruled.busy(LIFECYCLES)))
        pairs["idle"].append((plain.idle(LIFECYCLES), ruled.idle(LIFECYCLES)))
    assert not any(state.activations for state in ruled.engine.world.ruling.rules.values())
    busy = [ruled_s / plain_s - 1 for plain_s, ruled_s in pairs["busy"]]
    idle = [ruled_s / plain_s - 1 for plain_s, ruled_s in pairs["idle"]]
    return {
        "without_us": round(1e6 * statistics.median(plain_s for plain_s, _ in pairs["busy"]), 1),
        "with_us": round(1e6 * statistics.median(ruled_s for _, ruled_s in pairs["busy"]), 1),
        "added": round(statistics.median(busy), 3),
        "added_spread": [round(min(busy), 3), round(max(busy), 3)],
        "added_idle": round(statistics.median(idle), 3),
        **switch_ms(ruled),
        "rounds": ROUNDS,
    }


def switch_ms(driver: Driver) -> dict[str, float]:
    """What it takes to compile and to switch all of them."""
    world = driver.engine.world
    took: list[tuple[float, float]] = []
    for number in range(5):
        rules = tuple(structs.replace(rule, rank=number + 1) for rule in world.settings.rules)
        world.settings = structs.replace(world.settings, rules=rules)
        began = process_time()
        draft = Draft(world, rules).whole()
        drafted = process_time()
        ruling_build.follow(world, draft)
        took.append((1e3 * (drafted - began), 1e3 * (process_time() - drafted)))
    draft_ms, step_ms = (round(statistics.median(each), 1) for each in zip(*took, strict=True))
    return {"draft_ms": draft_ms, "switch_ms": step_ms}


def main(arguments: list[str]) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bench rules", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    options = parser.parse_args(arguments)
    show(measure(), as_json=options.json)
    return 0
