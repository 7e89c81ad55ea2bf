"""Renders the parts of the documentation that the code decides: `python -m tests.render_docs --check |
--write`.

A page holds such a part between two markers, each on a line of its own:

    <!-- rendered: NAME -->
    <!-- end -->

What stands between them is written by the function registered under NAME, so that nothing is declared
twice; a test runs `--check`. A renderer is a function without arguments that returns Markdown; the modules
of `tests/docs` register theirs with `@renders("NAME")`, and are found by lying there. It knows nothing of
any page's subject."""

from __future__ import annotations

import argparse
import difflib
import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from tests import docs
from tests.docs.registry import RENDERERS

ROOT = Path(__file__).resolve().parent.parent

PART = re.compile(
    r"^(?P<open><!-- rendered: (?P<name>[\w.-]+) -->\n)(?P<body>.*?)^(?P<close><!-- end -->)$", re.MULTILINE | re.DOTALL
)


class BadPage(Exception):
    """A page with a marker that can't be filled; the message names page and marker."""


def pages() -> list[Path]:
    """Every page that may hold rendered parts."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def load() -> dict[str, Callable[[], str]]:
    """All renderers by name."""
    for module in pkgutil.iter_modules(docs.__path__):
        if not module.name.startswith("test_"):
            importlib.import_module(f"{docs.__name__}.{module.name}")
    return RENDERERS


def render(text: str, page: str, renderers: dict[str, Callable[[], str]]) -> str:
    """The page as it should be. Raises `BadPage` on a marker that is unknown or not closed."""
    filled = 0

    def fill(part: re.Match[str]) -> str:
        nonlocal filled
        filled += 1
        name = part["name"]
        if name not in renderers:
            raise BadPage(f"{page}: no renderer is called {name!r}; there are {', '.join(sorted(renderers))}")
        if "<!-- rendered:" in part["body"]:
            raise BadPage(f"{page}: the part {name!r} is not closed with <!-- end -->")
        return f"{part['open']}\n{renderers[name]().strip()}\n\n{part['close']}"

    done = PART.sub(fill, text)
    opened = len(re.findall(r"^<!-- rendered:", text, re.MULTILINE))
    if opened != filled:
        raise BadPage(f"{page}: {opened} parts are opened and {filled} closed")
    return done


def stale(paths: Iterable[Path], *, write: bool) -> list[str]:
    """A unified diff for each page that differs from what it should be, which is then written if `write`."""
    renderers = load()
    diffs = []
    for path in paths:
        if not path.is_file():
            continue
        name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
        old = path.read_text(encoding="utf-8")
        new = render(old, name, renderers)
        if new != old:
            lines = difflib.unified_diff(old.splitlines(), new.splitlines(), name, f"{name} (rendered)", lineterm="")
            diffs.append("\n".join(lines))
            if write:
                path.write_text(new, encoding="utf-8")
    return diffs


def main(arguments: list[str] | None = None) -> int:
    """0: all pages are as they should be (or were written). 1: `--check` found one that is not. 2: a bad
    page."""
    parser = argparse.ArgumentParser(prog="python -m tests.render_docs", description=__doc__.splitlines()[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="say which pages are stale, change nothing")
    what.add_argument("--write", action="store_true", help="write the rendered parts into the pages")
    chosen = parser.parse_args(arguments)
    try:
        diffs = stale(pages(), write=chosen.write)
    except BadPage as bad:
        print(bad, file=sys.stderr)
        return 2
    if chosen.write:
        print(f"{len(diffs)} pages written")
        return 0
    for diff in diffs:
        print(diff)
    return 1 if diffs else 0


if __name__ == "__main__":
    sys.exit(main())
