"""What docs/durability.md says is shown by a test is shown by a test that there is, and no row goes without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "durability.md"
FILES = [path for path in sorted((ROOT / "tests").rglob("*")) if path.suffix in (".py", ".txt")]
RUN = re.compile(r"python -m (?P<module>[\w.]+)")


def tables() -> list[list[str]]:
    """The last cell of each row of every table that says what shows it."""
    found: list[list[str]] = []
    rows: list[str] | None = None
    for line in PAGE.read_text().splitlines():
        if not line.startswith("|"):
            rows = None
        elif line.rstrip(" |").endswith("shown by"):
            rows = []
            found.append(rows)
        elif rows is not None and "---" not in line:
            rows.append(line.strip(" |").rpartition(" | ")[2])
    return found


CELLS = [cell for rows in tables() for cell in rows]


def named(cell: str) -> Iterator[tuple[Path | None, str, str]]:
    """Each file that a cell names, the test in it where one is named (`::test_x` alone is of the file before), and the
    words that name it."""
    path: Path | None = None
    for words in re.findall(r"`([^`]+)`", cell):
        file, _, test = words.partition("::")
        if file.startswith("test_") and not file.endswith(".py"):
            file, test = "", file
        if file.endswith((".py", ".txt")):
            path = next((each for each in FILES if f"{each}".endswith(f"/{file}")), None)
        elif file:
            continue
        yield path, test, words


def test_the_tables_are_found() -> None:
    """Promises and faults."""
    assert len(tables()) == 2
    assert len(CELLS) > 25


@pytest.mark.parametrize("cell", CELLS)
def test_what_is_named_is_there(cell: str) -> None:
    """Every file and every test in it, or a command that there is; and at least one of them."""
    found = list(named(cell))
    for path, test, words in found:
        assert path is not None, f"there is no {words}"
        assert not test or f"def {test}(" in path.read_text(), f"{path.name} has no {test}"
    for module in RUN.findall(cell):
        there = ROOT / Path(*module.split("."))
        assert there.with_suffix(".py").exists() or (there / "__main__.py").exists(), module
    assert found or RUN.search(cell), "nothing shows it"
