"""`python -m tests.mutants`: takes one guard after another out of the engine, and some test must notice.

A judge that never finds anything proves nothing. Each mutant is one piece of source text put in the place of another,
in a copy of the tree; then its story of tests/scenarios must be false or, where the mutant says so, its own test or one
of `SCENARIOS` must fail, or else some seed out of the first `SEEDS_MOST` must break a promise. Two are tried at a time,
each in a copy of its own. Exit code 1 where one goes unnoticed, where the text that a mutant replaces is not there any
more, or where the engine as it is fails: then its mutants show nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from tests.mutant_list import MUTANTS, Mutant
from tests.sim.__main__ import OPEN

ROOT = Path(__file__).resolve().parent.parent
SEEDS_MOST = 60
"""Seeds that a mutant may survive."""
SECONDS_MOST = 30
"""A mutant that makes a seed or a story run for ever is noticed too. As it is, each takes less than a second."""
TESTS_MOST_S = 180
"""The same for the tests that a mutant names."""
JOBS = 2
"""Mutants that are tried at the same time."""
COPIED = ("router", "tests")
SCENARIOS = (
    "tests/core/test_found.py",
    "tests/core/test_found_gateways.py",
    "tests/core/test_crossing.py",
    "tests/core/test_announcing.py",
    "tests/core/test_quiet.py",
)
HUNT = """
import signal, sys
from {simulation} import simulate
for seed in sorted(set(range({seeds})) - {left_out}):
    signal.alarm({seconds})
    violations = simulate(seed).violations
    if violations:
        print(seed, violations[0])
        sys.exit(0)
sys.exit(3)
"""


class Verdict(NamedTuple):
    """What became of a mutant, and in how many seconds. `how` says who noticed, or why it could not be tried."""

    noticed: bool
    how: str
    took_s: float = 0.0


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="only mutants whose names contain one of these")
    parser.add_argument("--seeds", type=int, default=SEEDS_MOST, help="seeds that a mutant may survive")
    parser.add_argument("--jobs", type=int, default=JOBS, help="mutants that are tried at the same time")
    args = parser.parse_args()
    chosen = [mutant for mutant in MUTANTS if not args.names or any(name in mutant.name for name in args.names)]
    began_s = time.monotonic()
    survivors = []
    trees: SimpleQueue[Path] = SimpleQueue()

    def judge(mutant: Mutant | None) -> Verdict:
        """Try it in a copy that nobody uses; None is the engine as it is."""
        tree, started_s = trees.get(), time.monotonic()
        try:
            verdict = as_it_is(tree, chosen, args.seeds) if mutant is None else try_out(tree, mutant, args.seeds)
        finally:
            trees.put(tree)
        return verdict._replace(took_s=time.monotonic() - started_s)

    with tempfile.TemporaryDirectory(prefix="switchboard-mutants-") as folder, ThreadPoolExecutor(args.jobs) as pool:
        for number in range(args.jobs):
            trees.put(copy_tree(Path(folder) / str(number)))
        verdicts = pool.map(judge, [None, *chosen])
        plain = next(verdicts)
        if plain.noticed or plain.how:
            pool.shutdown(cancel_futures=True)
            print(f"the engine as it is: {plain.how}")
            return 1
        for mutant, verdict in zip(chosen, verdicts, strict=True):
            if not verdict.noticed:
                survivors.append(mutant.name)
            word, how = "noticed" if verdict.noticed else "SURVIVED", verdict.how or "everything holds without it"
            print(f"{word:9}{verdict.took_s:4.0f} s  {mutant.name:46} {how}", flush=True)
    print(f"{len(chosen)} mutants, {time.monotonic() - began_s:.0f} s; survived: {', '.join(survivors) or 'none'}")
    return 1 if survivors else 0


def copy_tree(tree: Path) -> Path:
    """What the tests need, in another place."""
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    return tree


def as_it_is(tree: Path, chosen: list[Mutant], seeds: int) -> Verdict:
    """The engine without a mutant: all that the chosen ones are noticed by must hold."""
    verdict = Verdict(False, "")
    for loaded in (False, True):
        stories = {mutant.story for mutant in chosen if mutant.story and mutant.loaded is loaded}
        if stories and not verdict.noticed:
            verdict = _stories(tree, sorted(stories), loaded=loaded)
    tests = {mutant.test for mutant in chosen if mutant.test}
    tests.update(SCENARIOS if any(mutant.scenarios for mutant in chosen) else ())
    if tests and not verdict.noticed:
        verdict = _tests(tree, sorted(tests))
    for pair in (False, True):
        if any(_by_seeds(mutant) and mutant.pair is pair for mutant in chosen) and not verdict.noticed:
            verdict = _hunt(tree, seeds, pair=pair)
    return verdict


def fault(root: Path, mutant: Mutant) -> str:
    """Why the mutant can not be tried, in words; empty where it can."""
    source = (root / mutant.path).read_text()
    if source.count(mutant.guard) != 1:
        return f"its guard is found {source.count(mutant.guard)} times in {mutant.path}"
    if mutant.path.endswith(".py"):
        try:
            compile(source.replace(mutant.guard, mutant.instead), mutant.path, "exec", dont_inherit=True)
        except SyntaxError as error:
            return f"without its guard {mutant.path} is no Python: {error}"
    if mutant.story and not (root / _file(mutant.story)).exists():
        return f"there is no {_file(mutant.story)}"
    if not (root / mutant.test.partition("::")[0]).exists():
        return f"there is no {mutant.test}"
    return ""


def try_out(tree: Path, mutant: Mutant, seeds: int) -> Verdict:
    """Take the guard out, run what must notice, and put it back."""
    why_not = fault(tree, mutant)
    if why_not:
        return Verdict(False, why_not)
    path = tree / mutant.path
    source = path.read_text()
    path.write_text(source.replace(mutant.guard, mutant.instead))
    try:
        if mutant.story:
            return _stories(tree, [mutant.story], loaded=mutant.loaded)
        if mutant.test:
            return _tests(tree, [mutant.test])
        return _tests(tree, SCENARIOS) if mutant.scenarios else _hunt(tree, seeds, pair=mutant.pair)
    finally:
        path.write_text(source)


def _file(story: str) -> str:
    return f"tests/scenarios/{story}.txt"


def _run(tree: Path, *arguments: str, most_s: float | None = None) -> subprocess.CompletedProcess[str]:
    """Python with the copy's sources, never a compiled core."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "SWITCHBOARD_PURE": "1"}
    command = [sys.executable, "-B", *arguments]
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, timeout=most_s, check=False
    )


def _by_seeds(mutant: Mutant) -> bool:
    return not (mutant.story or mutant.scenarios or mutant.test)


def _tests(tree: Path, tests: Iterable[str]) -> Verdict:
    """Do these fail?"""
    try:
        ran = _run(tree, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests, most_s=TESTS_MOST_S)
    except subprocess.TimeoutExpired:
        return Verdict(True, f"the tests ran for more than {TESTS_MOST_S} s")
    failed = [line for line in ran.stdout.splitlines() if line.startswith("FAILED")]
    if not failed and ran.returncode:
        return Verdict(False, f"the tests themselves failed: {(ran.stdout + ran.stderr).strip()[-300:]}")
    return Verdict(bool(failed), failed[0].partition("::")[2] if failed else "")


def _stories(tree: Path, names: Iterable[str], *, loaded: bool) -> Verdict:
    """Is one of these of tests/scenarios false?"""
    files = [_file(name) for name in names]
    try:
        how = ["--loaded"] if loaded else []
        ran = _run(tree, "-m", "tests.scenarios", *how, *files, most_s=SECONDS_MOST * len(files))
    except subprocess.TimeoutExpired:
        return Verdict(True, f"a story ran for more than {SECONDS_MOST} s")
    if ran.returncode == 0:
        return Verdict(False, "")
    told = [line for line in (ran.stdout + ran.stderr).splitlines() if not line.endswith(": true")]
    return Verdict(True, " ".join(" ".join(told).split())[-140:])


def _hunt(tree: Path, seeds: int, *, pair: bool) -> Verdict:
    """Does a seed break a promise, of one engine or of a pair?"""
    simulation = "tests.sim.pair.run" if pair else "tests.sim.run"
    left_out = {seed for kind, seed in OPEN if (kind == "pair") is pair}
    hunt = HUNT.format(simulation=simulation, seeds=seeds, seconds=SECONDS_MOST, left_out=left_out or "set()")
    ran = _run(tree, "-c", hunt)
    if ran.returncode == -signal.SIGALRM:
        return Verdict(True, f"a seed ran for more than {SECONDS_MOST} s")
    if ran.returncode == 0:
        seed, _, how = ran.stdout.strip().partition(" ")
        return Verdict(True, f"seed {seed}: {how[:140]}")
    if ran.returncode == 3:
        return Verdict(False, "")
    return Verdict(False, "the hunt itself failed: " + ran.stderr.strip()[-300:])


if __name__ == "__main__":
    sys.exit(main())
