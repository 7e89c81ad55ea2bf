"""The places at which a test lets the process die are those that have a name, and each has one place."""

from __future__ import annotations

import re

from router.loop.crash import POINTS
from tests.house.tree import ROOT

CALL = re.compile(r"\bcrash\.at\(\s*(?P<what>[^)]*)\)")


def test_every_place_is_a_point() -> None:
    """A place in the source that no sweep knows proves nothing; a point without a place is never come by.

    `tests/system/test_faults.py` dies at each of `POINTS`."""
    found = [said for path in (ROOT / "router").rglob("*.py") for said in CALL.findall(path.read_text())]
    assert sorted(found) == sorted(f'"{point}"' for point in POINTS)
