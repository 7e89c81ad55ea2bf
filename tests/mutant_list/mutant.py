"""What a mutant is."""

from __future__ import annotations

from typing import NamedTuple

CORE = "router/core/"


class Mutant(NamedTuple):
    """One guard and what stands in its place when it is taken out."""

    name: str
    path: str
    guard: str
    instead: str
    scenarios: bool = False
    """Noticed by a file of `SCENARIOS` in tests/mutants.py rather than by seeds: what it allows is rare, or passes
    quickly."""
    story: str = ""
    """Noticed by this file of tests/scenarios (no folder, no .txt), for what seeds meet too rarely."""
    loaded: bool = False
    """The story is told to an engine that is loaded from its records at every step."""
    pair: bool = False
    """Noticed by seeds of two daemons over one store, not by those of one engine."""
    test: str = ""
    """Noticed by this file of tests, or by one test in it (tests/x/test_y.py::test_z)."""
