"""Which files belong to the project, and their syntax trees, each read and parsed once a run.

It knows nothing of any rule. Where git is there it decides (tracked, or new and not ignored); an unpacked
archive has no git, and there the folders that the project never keeps are left out by name.
"""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_LEFT_OUT = {"__pycache__", "build", "dist", "node_modules"}
"""Folders that are made, not written; hidden ones and `*.egg-info` are left out too, except `.ci`."""


@cache
def files() -> tuple[str, ...]:
    """The project's files that exist, as paths from the top with `/`, sorted."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return tuple(sorted(walk(ROOT)))
    return tuple(sorted(name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()))


def walk(root: Path) -> list[str]:
    """The same list without git."""
    found = []
    for path in root.rglob("*"):
        parts = path.relative_to(root).parts
        folders = parts[:-1]
        made = any(part in _LEFT_OUT or part.endswith(".egg-info") for part in folders)
        hidden = any(part.startswith(".") and part != ".ci" for part in folders)
        if path.is_file() and not made and not hidden:
            found.append("/".join(parts))
    return found


@cache
def python_files(under: str = "") -> tuple[str, ...]:
    """The Python files whose path starts with `under`."""
    return tuple(name for name in files() if name.endswith(".py") and name.startswith(under))


@cache
def text(name: str) -> str | None:
    """What a file says, or None when it is not text."""
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@cache
def syntax(name: str) -> ast.Module:
    """The syntax tree of a Python file. One that does not parse fails every test that asks."""
    return ast.parse(text(name) or "", filename=name)
