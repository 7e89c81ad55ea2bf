"""The ready rules and plans of `docs/rules.md`, as they are written there: what the page shows is what stories run."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from tests.scenarios.language import Unclear

PAGE = Path(__file__).resolve().parents[2] / "docs/rules.md"
FILES = {"rules": "rules.toml", "plans": "plans.toml", "partners": "plans.toml"}
"""What a table's name begins with -> the file where it stands."""
_RECIPE = re.compile(r"<!-- recipe: ([\w-]+) -->\n\n```toml\n(.*?)```", re.DOTALL)
_TABLES = re.compile(r"(?=^\[)", re.MULTILINE)


@cache
def recipes() -> dict[str, str]:
    """Name -> text."""
    return dict(_RECIPE.findall(PAGE.read_text(encoding="utf-8")))


def into(texts: dict[str, list[str]], name: str) -> None:
    """Put a recipe's tables into the files where they belong. Raises `Unclear`."""
    found = recipes().get(name)
    if found is None:
        raise Unclear(f"docs/rules.md has no recipe {name!r}, but {', '.join(recipes())}")
    for table in filter(None, _TABLES.split(found)):
        kind = table.lstrip("[").partition(".")[0]
        texts.setdefault(FILES[kind], []).extend(table.splitlines())
