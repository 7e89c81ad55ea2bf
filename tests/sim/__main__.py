"""`python -m tests.sim --seed N` or `--seeds N [--start S]`: run seeds and say what was found.

A failing seed is named with the command that brings it back. The report says how often each transition of the life
cycles and each fault occurred. Exit code 1 where a promise was broken, or where a set of a hundred seeds never reached
something.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter

from tests.sim.counts import FAULTS, NOT_YET, never_seen, transitions
from tests.sim.run import COMMANDS, Outcome, simulate

SEEDS_THAT_REACH_ALL = 100
SHOWN_MOST = 5
"""Violations printed of one seed: the first is the cause, as a rule."""


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.sim", description="Seeded simulation of the engine.")
    parser.add_argument("--seed", type=int, help="run this one seed")
    parser.add_argument("--seeds", type=int, default=SEEDS_THAT_REACH_ALL, help="how many seeds to run")
    parser.add_argument("--start", type=int, default=0, help="the first of them")
    parser.add_argument("--commands", type=int, default=COMMANDS, help="commands of a seed before its faults stop")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    args = parser.parse_args()
    seeds = [args.seed] if args.seed is not None else range(args.start, args.start + args.seeds)
    began_s = time.monotonic()
    outcomes = []
    for seed in seeds:
        outcome = simulate(seed, args.commands)
        outcomes.append(outcome)
        if not args.json:
            _tell(outcome, args.commands)
    return _report(outcomes, time.monotonic() - began_s, as_json=args.json)


def _tell(outcome: Outcome, commands: int) -> None:
    """Say what is wrong with a seed, and how to see it again."""
    if not outcome.violations:
        return
    option = "" if commands == COMMANDS else f" --commands {commands}"
    print(f"seed {outcome.seed}: {len(outcome.violations)} violations; again: "
          f"python -m tests.sim --seed {outcome.seed}{option}")  # fmt: skip
    for violation in outcome.violations[:SHOWN_MOST]:
        print(f"  {violation}")
    sys.stdout.flush()


def _report(outcomes: list[Outcome], took_s: float, *, as_json: bool) -> int:
    moves: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    for outcome in outcomes:
        moves.update(outcome.moves)
        faults.update(outcome.faults)
    failing = [outcome.seed for outcome in outcomes if outcome.violations]
    missing = never_seen(moves, faults) if len(outcomes) >= SEEDS_THAT_REACH_ALL else []
    commands = sum(outcome.commands for outcome in outcomes)
    if as_json:
        print(json.dumps({
            "seeds": len(outcomes), "commands": commands, "seconds": round(took_s, 1), "failing": failing,
            "violations": sum(len(outcome.violations) for outcome in outcomes), "never_seen": missing,
            "transitions": {name: moves[name] for name in transitions()},
            "faults": {name: faults[name] for name in FAULTS},
            "digests": {str(outcome.seed): outcome.digest for outcome in outcomes},
        }))  # fmt: skip
    else:
        for name in transitions():
            print(f"{moves[name]:9}  {name}{'  (not yet: ' + NOT_YET[name] + ')' if name in NOT_YET else ''}")
        for name in FAULTS:
            print(f"{faults[name]:9}  {name}")
        print(f"{len(outcomes)} seeds, {commands} commands, {took_s:.1f} s; failing: {failing or 'none'}; "
              f"never seen: {missing or 'none'}")  # fmt: skip
        if len(outcomes) == 1:
            print(f"digest {outcomes[0].digest}")
    return 1 if failing or missing else 0


if __name__ == "__main__":
    sys.exit(main())
