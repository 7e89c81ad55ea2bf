"""Imports inside `router` go down only, and each outside library has one owner.

The tables below are the architecture, as data. A new package or library is a new row here, put there on
purpose; the code is never the place where that is decided.
"""

import ast
import sys
from collections.abc import Iterator

import pytest

from tests.house.tree import python_files, syntax

LAYERS: tuple[tuple[str, ...], ...] = (
    ("terms", "errors", "logs", "compiled"),
    ("rules", "ewt", "stats", "hours"),
    ("core",),
    ("wire",),
    ("config", "trace"),
    ("server", "store", "metrics", "admin", "sites", "webhooks"),
    ("loop",),
    ("daemon",),
    ("cli", "__main__"),
)
"""Bottom first. A package may import from lower layers and from itself; packages of one layer are siblings
and leave one another alone, so each of them can be read, tested and replaced without the others."""

LEVEL = {package: level for level, row in enumerate(LAYERS) for package in row}

AMONG_SIBLINGS = {("errors", "terms"), ("logs", "terms"), ("logs", "errors")}
"""The one exception, in the vocabulary: errors and logs are written in its words."""

CLIENT = "client"
CLIENT_IMPORTS = {"wire", "terms"}
"""The SDK stands beside the layers: somebody else's program takes it along, so it brings little with it."""
CLIENT_USERS = LEVEL["daemon"]
"""Inside the engine only what stands this high or higher may use the SDK (the demo, `play`, `status`)."""

LOGS_FROM = LEVEL["server"]
"""Logging is output: what lies lower returns what happened instead of writing it down."""

OWNERS: dict[str, set[str]] = {
    "aiohttp": {"admin", "webhooks"},
    "holidays": {"config"},
    "msgpack": {"trace"},
    "mypy_extensions": {"core"},
    "mypyc": {"compiled"},
    "msgspec": {"terms", "rules", "core", "wire", "config"},
    "prometheus_client": {"metrics"},
    "redis": {"store", "sites"},
    "rich": {"cli"},
    "setuptools": {"compiled"},
    "structlog": {"logs"},
    "typer": {"cli"},
    "uvloop": {"daemon"},
}
"""Who may import which outside library. Everyone else asks the owner, so that a library can be exchanged."""


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything a module imports: anywhere in it, also for types and by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield node.lineno, module
            if module == "router":
                yield from ((node.lineno, f"router.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"import_module", "__import__"}:
                yield node.lineno, str(node.args[0].value)


def package_of(name: str) -> str:
    """The package a file belongs to: `router/core/line.py` to `core`, `router/terms.py` to `terms`."""
    parts = name.removesuffix(".py").split("/")
    return parts[1]


def inside_fault(package: str, target: str) -> str | None:
    """What is wrong with one of our packages importing another of them, or None."""
    if target == package:
        return None
    if target not in LEVEL and target != CLIENT:
        return f"router.{target} is in no layer: give it a row in LAYERS"
    if package == CLIENT:
        return None if target in CLIENT_IMPORTS else f"client imports only {sorted(CLIENT_IMPORTS)}"
    if target == CLIENT:
        return None if LEVEL[package] >= CLIENT_USERS else "client is for daemon, cli and other programs"
    if target == "logs" and LEVEL[package] < LOGS_FROM:
        return "logs are for layer 5 and above: return what happened instead"
    if LEVEL[target] > LEVEL[package]:
        return f"layer {LEVEL[package]} imports layer {LEVEL[target]}: imports go down only"
    if LEVEL[target] == LEVEL[package] and (package, target) not in AMONG_SIBLINGS:
        return f"siblings of layer {LEVEL[package]} never import one another"
    return None


def fault(package: str, module: str) -> str | None:
    """What is wrong with `package` importing `module`, or None."""
    top, _, rest = module.partition(".")
    if not top:
        return "relative import: write the whole name"
    if top == "router":
        if package == "__init__":
            # It must be asked before any module that may be compiled is imported.
            return None if module.startswith("router.compiled") else "router/__init__.py imports nothing"
        return inside_fault(package, rest.split(".")[0]) if rest else None
    if top in sys.stdlib_module_names:
        return None
    if top not in OWNERS:
        return f"{top} has no owner: give it a row in OWNERS"
    return None if package in OWNERS[top] else f"{top} belongs to {sorted(OWNERS[top])}"


def test_imports_go_down_and_libraries_have_owners() -> None:
    """No file of `router` imports upward, sideways or a library that another package owns."""
    faults = []
    for name in python_files("router/"):
        package = package_of(name)
        for line, module in imported(syntax(name)):
            if wrong := fault(package, module):
                faults.append(f"{name}:{line}: {module}: {wrong}")
    assert not faults, "\n".join(faults)


def test_every_package_has_a_layer() -> None:
    """A package of `router` that stands in no layer would be checked by nobody."""
    known = {*LEVEL, CLIENT, "__init__"}
    unknown = {package_of(name) for name in python_files("router/")} - known
    assert not unknown, f"give these a row in LAYERS: {sorted(unknown)}"


@pytest.mark.parametrize(
    ("package", "source", "ok"),
    [
        ("core", "import router.terms", True),
        ("core", "from router import errors", True),
        ("core", "from router.core.line import Line", True),
        ("core", "import heapq", True),
        ("core", "from router.wire import frames", False),
        ("core", "from router import wire", False),
        ("core", "from . import line", False),
        ("core", "from router.logs import log", False),
        ("core", "import structlog", False),
        ("core", "import msgspec", True),
        ("core", "import numpy", False),
        ("core", "from router.newcomer import x", False),
        ("core", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import router.loop", False),
        ("store", "def f():\n    from router.server import x", False),
        ("store", "import redis.asyncio", True),
        ("store", "import importlib\nimportlib.import_module('router.server')", False),
        ("store", "import router.logs", True),
        ("metrics", "import redis", False),
        ("trace", "from router.config import load", False),
        ("client", "from router.wire import frames", True),
        ("client", "from router.core import commands", False),
        ("cli", "from router.client import Client", True),
        ("server", "from router.client import Client", False),
        ("logs", "from router.terms import Id", True),
        ("terms", "from router.errors import Refused", False),
        ("__init__", "from router.core import World", False),
    ],
)
def test_the_check_itself(package: str, source: str, ok: bool) -> None:
    """The check sees what it is there for: each planted import is judged as the tables say."""
    faults = [fault(package, module) for _, module in imported(ast.parse(source))]
    assert any(faults) is not ok, faults
