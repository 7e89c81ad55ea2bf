"""`python -m bench burst TRACE`: the real month with a burst on three days, with the sample rules and without them.

For a quarter of an hour five times as many call. Each day runs under the queues of `bench/bank` alone, and with more
and more of its rules; every seed draws the burst, patience and talks anew, and the same for every variant. The back
office is six people, who talk 1.3 times as long and come three minutes late.

Beyond target is everybody who was not answered within it, here or by the partner: who was refused or sent away counts,
who hung up within `short_abandon_s` does not count at all. Days and times were
chosen before the first run, how many may wait, and the order of the newest first, after it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean
from typing import Any

from msgspec.structs import replace

from router.config import load
from router.core.settings import Settings
from router.terms import SECOND_US
from router.trace import one_day, read_trace
from router.trace.burst import burst, moment
from router.trace.patience import Times
from router.trace.records import Trace
from router.trace.whatif.figures import beyond_target
from router.trace.whatif.fit import Helpers
from router.trace.whatif.lived import Told
from router.trace.whatif.run import run

SAMPLE = Path(__file__).with_name("bank")
BURSTS = ("1999-02-02T10:00", "1999-02-10T14:00", "1999-02-22T17:00")
"""Another weekday and another time of day each: a morning, an afternoon and an evening."""
FACTOR, FOR_US = 5.0, 15 * 60 * SECOND_US
SEEDS = 5
HELPERS = (Helpers("back-office", most=6, slower=1.3, late_us=180 * SECOND_US),)
VARIANTS: dict[str, tuple[tuple[str, ...], int]] = {
    "no rules": ((), 0),
    "back office": (("incident",), 0),
    "and the newest first": (("incident", "fresh"), 0),
    "newest and a partner of 8": (("incident", "fresh", "outside"), 8),
    "back office and a door": (("incident", "door"), 0),
    "a door and a partner of 8": (("incident", "door", "outside"), 8),
}
"""Name -> rules of the sample that are on, and how many contacts the partner has at a time."""
HELPED = ("PS", "NW", "fresh")
"""Queues that the rules are about; whoever serves the others gives something, if anybody does."""

_held: list[tuple[Trace, Settings, Times]] = []


def main(arguments: list[str]) -> int:
    """Print the table; exit code 1 where an invariant was violated."""
    words = [word for word in arguments if not word.startswith("--")]
    if not words:
        print("usage: python -m bench burst TRACE [--json]", file=sys.stderr)
        return 2
    jobs = [(at, name, seed) for at in BURSTS for seed in range(1, SEEDS + 1) for name in VARIANTS]
    with ProcessPoolExecutor(2, get_context("spawn"), _begin, (words[0],)) as pool:
        found = dict(zip(jobs, pool.map(_one, jobs), strict=True))
    rows = list(_rows(found))
    print(json.dumps(rows, indent=2) if "--json" in arguments else "\n".join(_table(rows)))
    return int(any(row["violations"] for row in rows))


def _begin(trace: str) -> None:
    """A process reads the month once."""
    month = read_trace(trace)
    _held.append((month, load(SAMPLE, read_keys=False).settings, Times(month.contacts)))


@lru_cache(maxsize=1)
def _day(at: str, seed: int) -> tuple[Trace, int]:
    """The day of a burst, and the moment at which it begins."""
    month = _held[0][0]
    begin_us = moment(month, at)
    whole = burst(month, [begin_us], factor=FACTOR, for_us=FOR_US, seed=seed)
    index = next(i for i, day in enumerate(whole.header.days) if day.from_us <= begin_us < day.to_us)
    return one_day(whole, index), begin_us - whole.header.days[index].from_us


def _one(job: tuple[str, str, int]) -> dict[str, float]:
    """One day, one variant, one seed."""
    (_, settings, times), (at, name, seed) = _held[0], job
    day, begin_us = _day(at, seed)
    names, places = VARIANTS[name]
    rules = tuple(rule for rule in settings.rules if rule.name in names)
    partners = tuple(replace(partner, at_most=max(1, places)) for partner in settings.partners)
    configuration = replace(settings, rules=rules, partners=partners)
    lived = run(day, configuration, seed=seed, times=times, helpers=HELPERS if rules else ())
    came = [told for told in lived.callers if begin_us <= told.arrival_us < begin_us + FOR_US]
    others = [told for told in lived.callers if told.queue not in HELPED]
    targets, short_us = lived.targets_us, lived.short_abandon_us
    return {
        "callers": len(came),
        "beyond": beyond_target(came, targets, short_us) or 0.0,
        "answered": sum(told.fate == "answered" for told in came),
        "partner": sum(told.fate == "partner" for told in came),
        "refused": sum(told.fate in ("refused", "treated") for told in came),
        "abandoned": sum(told.fate == "abandoned" for told in came),
        "others_level": _level(others, targets, short_us),
        "rest_beyond": beyond_target([told for told in lived.callers if told not in came], targets, short_us) or 0.0,
        "cost": sum(told.cost for told in lived.callers),
        "lent": sum(move.lent for move in lived.moves),
        "starts": sum(turn.what == "rule_start" for turn in lived.turns),
        "violations": len(lived.violations),
    }


def _level(callers: list[Told], targets_us: dict[str, int], short_us: int) -> float:
    """Answered within target / (answered + abandoned after a while)."""
    counted = [
        told for told in callers if told.fate == "answered" or (told.fate == "abandoned" and told.wait_us > short_us)
    ]
    met = sum(told.fate == "answered" and told.wait_us <= targets_us[told.queue] for told in counted)
    return met / len(counted) if counted else 0.0


def _rows(found: dict[tuple[str, str, int], dict[str, float]]) -> Iterator[dict[str, Any]]:
    """A row a day and variant: means over the seeds, and of the share beyond target the least and the most."""
    for at in BURSTS:
        for name in VARIANTS:
            runs = [found[at, name, seed] for seed in range(1, SEEDS + 1)]
            base = [found[at, "no rules", seed] for seed in range(1, SEEDS + 1)]
            row: dict[str, Any] = {"burst": at, "rules": name}
            row |= {what: fmean(each[what] for each in runs) for what in runs[0]}
            row["falls_by"] = 1 - fmean(each["beyond"] for each in runs) / fmean(each["beyond"] for each in base)
            row["others_by"] = fmean(each["others_level"] for each in runs) - fmean(
                each["others_level"] for each in base
            )
            row["least"], row["most"] = min(each["beyond"] for each in runs), max(each["beyond"] for each in runs)
            yield row


def _table(rows: list[dict[str, Any]]) -> Iterator[str]:
    words = "burst, rules, callers, answered, by partner, refused, beyond target, falls by, others, cost"
    columns = words.split(", ")
    yield f"| {' | '.join(columns)} |"
    yield f"| {' | '.join('---' for _ in columns)} |"
    for row in rows:
        yield (
            "| {burst} | {rules} | {callers:.0f} | {answered:.0f} | {partner:.0f} | {refused:.0f} | "
            "{beyond:.0%} ({least:.0%} to {most:.0%}) | {falls_by:.0%} | {others_by:+.1%} | {cost:.0f} |"
        ).format(**row)
