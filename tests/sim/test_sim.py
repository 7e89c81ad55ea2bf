"""The simulation as a test: a hundred seeds and the kept ones break no promise, reach everything and repeat."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.sim.__main__ import play
from tests.sim.counts import NOT_YET, transitions

SEEDS = 100
"""`.ci/run` plays three times as many."""
ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(__file__).with_name("kept_seeds.txt")


def test_a_hundred_seeds_break_no_promise() -> None:
    """Whatever happens to clients, stores, engines and to who of two leads, the invariants hold and all comes to its
    end; and in the set every transition of the life cycles and every fault occurs."""
    words = [sys.executable, "-m", "tests.sim", "--seeds", str(SEEDS)]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]


def test_kept_seeds() -> None:
    """Seeds that once showed a mistake show none, with one engine and with a pair."""
    lines = [line.split(maxsplit=1) for line in KEPT.read_text().splitlines() if line[:1].isdigit()]
    assert len({seed for seed, _ in lines}) == len(lines), "a seed has one entry"
    assert lines
    games = [(kind, int(seed), 0) for seed, _ in lines for kind in ("one", "pair")]
    failing = {game: found for game in games if (found := play(game).violations)}
    assert not failing


def test_a_seed_repeats_byte_for_byte() -> None:
    """The same seed gives the same effects, byte for byte, in one process and under two other hash seeds (I12)."""
    games = [(kind, seed, 0) for kind in ("one", "pair") for seed in range(3)]
    here = {f"{kind} {seed}": play((kind, seed, number)).digest for kind, seed, number in games}
    assert here == {f"{kind} {seed}": play((kind, seed, number)).digest for kind, seed, number in games}
    for hash_seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-m", "tests.sim", "--seeds", "3", "--json"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
            text=True,
        )
        assert json.loads(ran.stdout)["digests"] == here


def test_the_list_of_what_cannot_be_reached_is_no_longer_than_it_must_be() -> None:
    """Whatever is excused from being reached exists, and says why."""
    assert set(NOT_YET) <= set(transitions())
    assert all(NOT_YET.values())
