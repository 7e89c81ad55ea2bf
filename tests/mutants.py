"""`python -m tests.mutants`: takes one guard after another out of the engine and runs the simulation until it notices.

A judge that never finds anything proves nothing. Each mutant is one piece of source text put in the place of another,
in a copy of the tree; some seed out of the first `SEEDS_MOST` must then break a promise, or, where the mutant says so,
the scenarios of tests/core/test_found.py must fail. Exit code 1 where one goes unnoticed, where the text that a mutant
replaces is not there any more, or where the engine as it is breaks a promise: then its mutants show nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.mutant_list import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parent.parent
SEEDS_MOST = 60
"""Seeds that a mutant may survive."""
SECONDS_MOST = 120
"""A mutant that makes a seed run for ever is noticed too."""
COPIED = ("router", "tests/sim", "tests/core", "tests/scenarios")
SCENARIOS = ("tests/core/test_found.py", "tests/core/test_found_gateways.py")
HUNT = """
import sys
from tests.sim.run import simulate
for seed in range({seeds}):
    violations = simulate(seed).violations
    if violations:
        print(seed, violations[0])
        sys.exit(0)
sys.exit(3)
"""


class Verdict(NamedTuple):
    """What became of a mutant. `seed` is -1 where it was not noticed by a seed."""

    noticed: bool
    seed: int
    how: str


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="only mutants whose names contain one of these")
    parser.add_argument("--seeds", type=int, default=SEEDS_MOST, help="seeds that a mutant may survive")
    args = parser.parse_args()
    chosen = [mutant for mutant in MUTANTS if not args.names or any(name in mutant.name for name in args.names)]
    began_s = time.monotonic()
    survivors = []
    with tempfile.TemporaryDirectory(prog_name()) as folder:
        tree = Path(folder)
        copy_tree(tree)
        as_it_is = _hunt(tree, args.seeds)
        if as_it_is.noticed or as_it_is.how:
            print(f"the engine as it is: {as_it_is.how}")
            return 1
        for mutant in chosen:
            verdict = try_out(tree, mutant, args.seeds)
            if not verdict.noticed:
                survivors.append(mutant.name)
            how = verdict.how or f"not noticed by {args.seeds} seeds"
            print(f"{'noticed' if verdict.noticed else 'SURVIVED':9} {mutant.name:46} {how}", flush=True)
    print(f"{len(chosen)} mutants, {time.monotonic() - began_s:.0f} s; survived: {', '.join(survivors) or 'none'}")
    return 1 if survivors else 0


def prog_name() -> str:
    """How the copy's folder begins."""
    return "switchboard-mutants-"


def copy_tree(tree: Path) -> None:
    """What the simulation needs, in another place."""
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    (tree / "tests" / "__init__.py").touch()


def try_out(tree: Path, mutant: Mutant, seeds: int) -> Verdict:
    """Take the guard out, run seeds until one notices, and put it back."""
    path = tree / mutant.path
    source = path.read_text()
    if source.count(mutant.guard) != 1:
        return Verdict(False, -1, f"its guard is found {source.count(mutant.guard)} times in {mutant.path}")
    path.write_text(source.replace(mutant.guard, mutant.instead))
    try:
        if mutant.story:
            return _story(tree, mutant.story)
        return _scenarios(tree) if mutant.scenarios else _hunt(tree, seeds)
    finally:
        path.write_text(source)


def _environment(tree: Path) -> dict[str, str]:
    """The copy's sources, never a compiled core."""
    return {**os.environ, "PYTHONPATH": str(tree), "SWITCHBOARD_PURE": "1"}


def _scenarios(tree: Path) -> Verdict:
    """Do the scenarios fail?"""
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *SCENARIOS]
    ran = subprocess.run(command, cwd=tree, env=_environment(tree), capture_output=True, text=True, check=False)
    failed = [line for line in ran.stdout.splitlines() if line.startswith("FAILED")]
    return Verdict(bool(failed), -1, failed[0].partition("::")[2] if failed else "")


def _story(tree: Path, name: str) -> Verdict:
    """Does that one of tests/scenarios differ?"""
    command = [sys.executable, "-B", "-m", "tests.scenarios", f"tests/scenarios/{name}.txt"]
    ran = subprocess.run(command, cwd=tree, env=_environment(tree), capture_output=True, text=True, check=False)
    return Verdict(ran.returncode != 0, -1, (ran.stdout + ran.stderr).strip()[-140:].replace("\n", " "))


def _hunt(tree: Path, seeds: int) -> Verdict:
    command = [sys.executable, "-B", "-c", HUNT.format(seeds=seeds)]
    try:
        ran = subprocess.run(
            command, cwd=tree, env=_environment(tree), capture_output=True, text=True, timeout=SECONDS_MOST, check=False
        )
    except subprocess.TimeoutExpired:
        return Verdict(True, -1, f"a seed ran for more than {SECONDS_MOST} s")
    if ran.returncode == 0:
        seed, _, how = ran.stdout.strip().partition(" ")
        return Verdict(True, int(seed), f"seed {seed}: {how[:140]}")
    if ran.returncode == 3:
        return Verdict(False, -1, "")
    return Verdict(False, -1, "the hunt itself failed: " + ran.stderr.strip()[-300:])


if __name__ == "__main__":
    sys.exit(main())
