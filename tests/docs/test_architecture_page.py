"""docs/architecture.md leads to files that are there, and leaves none out that a newcomer opens first."""

from __future__ import annotations

import re

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
HOMES = (ROOT, ROOT / "router", ROOT / "router" / "core")
"""What a path on the page counts from."""


def paths() -> list[str]:
    """All that looks like a path: in code letters, or in the picture of an arrival's way."""
    quoted = re.findall(r"`([\w./*]+(?:/[\w.*]*|\.py|\.md|\.toml|\.txt))`", PAGE)
    drawn = re.findall(r"\b([\w/]+\.py)\b", "".join(re.findall(r"^```$.*?^```$", PAGE, re.MULTILINE | re.DOTALL)))
    return sorted({*quoted, *drawn})


def test_every_path_is_there() -> None:
    """From the top, from `router` or from its core; of a pattern, one file at least."""
    found = paths()
    assert len(found) > 40
    lost = [path for path in found if not any(any(home.glob(path.rstrip("/"))) for home in HOMES)]
    assert not lost


def test_every_room_and_every_file_of_the_core_is_named() -> None:
    """Whoever opens `router` or its core finds everything on the page."""
    core = ROOT / "router" / "core"
    rooms = [init.parent for home in (core.parent, core) for init in home.glob("*/__init__.py")]
    files = [file for file in core.glob("*.py") if file.name != "__init__.py"]
    assert len(rooms) > 30
    assert len(files) > 40
    missing = sorted(path.name for path in (*rooms, *files) if f"`{path.name}`" not in PAGE)
    assert not missing
