"""What makes the tree fit to be read by a stranger: docstrings, a pure core, tests that wait for
nothing, no traces of the machine that it was written on.

Each rule is a small function from a syntax tree or a text to its faults, tried on planted faults at the end.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator

import pytest

from tests.house.tree import files, python_files, syntax, text

PURE = (
    "router/terms.py",
    "router/errors.py",
    "router/rules/",
    "router/ewt/",
    "router/stats/",
    "router/core/",
    "router/wire/",
)
"""Decides or translates, and is handed all it needs: a clock, chance or a socket here would end replay."""

PURE_IMPORTS = {
    "__future__", "abc", "array", "bisect", "collections", "contextlib", "copy", "dataclasses", "enum",
    "fractions", "functools", "hashlib", "heapq", "hmac", "itertools", "math", "operator", "re", "statistics",
    "json", "string", "struct", "types", "typing", "zlib",
}  # fmt: skip
"""All of the standard library that a pure package may use. No time, datetime, random, secrets, uuid, os, io,
socket, select, asyncio, threading, logging, subprocess, sys or pathlib: what depends on the world comes in as
an argument."""

PURE_NOT_CALLED = {"open", "print", "input", "eval", "exec", "id", "hash"}
"""Builtins that reach outside, or (id, hash) give another answer in another process."""

HOST_TRACES = re.compile(
    r"""
      /[r]oot\b | (?<![\w.-])/[w]ork/ | /[h]ome/[a-z] | /tmp/[b]ash_jobs | /opt/([w]heels|[p]ypi)
    | [p]ypi\.org | [p]ythonhosted\.org | --(extra-)?[i]ndex-url | --[f]ind-links | --[t]rusted-host
    """,
    re.VERBOSE,
)
"""Places and package hosts of one machine. A letter of each is in brackets, or it would find this file."""

Fault = tuple[int, str]


def docstring_missing(tree: ast.Module) -> Iterator[Fault]:
    """A module that does not say what it is for."""
    if not (ast.get_docstring(tree) or "").strip():
        yield 1, "a module opens with a docstring: what it is for and what it must not know"


def impurities(tree: ast.Module) -> Iterator[Fault]:
    """Imports, calls and coroutines by which a pure module would reach outside."""
    for node in ast.walk(tree):
        names: Iterable[str] = ()
        if isinstance(node, ast.Import):
            names = (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = (node.module or "",)
        elif isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield node.lineno, "a pure module never waits"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PURE_NOT_CALLED:
            yield node.lineno, f"{node.func.id}() in a pure module"
        for name in names:
            top = name.split(".")[0]
            # Our own packages and outside libraries are the business of test_layers.py.
            if top in sys.stdlib_module_names and top not in PURE_IMPORTS:
                yield getattr(node, "lineno", 0), f"import of {top} in a pure module"


def sleeps(tree: ast.Module) -> Iterator[Fault]:
    """Tests that wait for real time; `asyncio.sleep(0)` gives way and waits for none."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from ((node.lineno, "sleep in a unit test") for alias in node.names if alias.name == "sleep")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sleep":
            owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
            at_once = bool(node.args) and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0
            if owner == "time" or (owner in {"asyncio", "anyio"} and not at_once):
                yield node.lineno, "sleep in a unit test: give it the time, or move it to tests/system"


def unexplained_tests(tree: ast.Module) -> Iterator[Fault]:
    """Tests without a sentence that says what must hold."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not node.name.startswith("test"):
            continue
        if not ast.get_docstring(node):
            yield node.lineno, f"{node.name}: a docstring says what must hold"


def host_traces(content: str) -> Iterator[Fault]:
    """Lines that name a place or a package host of one machine."""
    for number, line in enumerate(content.splitlines(), start=1):
        if found := HOST_TRACES.search(line):
            yield number, f"{found.group()!r} belongs to one machine, not to the project"


def check(names: Iterable[str], rule: Callable[[ast.Module], Iterator[Fault]]) -> None:
    """Fails with `path:line: what` for every fault that a rule finds in these files."""
    faults = [f"{name}:{line}: {what}" for name in names for line, what in rule(syntax(name))]
    assert not faults, "\n".join(faults)


def test_every_module_says_what_it_is_for() -> None:
    """Each Python file of the project opens with a docstring."""
    check(python_files(), docstring_missing)


def test_pure_packages_stay_pure() -> None:
    """Core, wire and the libraries under them have no clock, chance, I/O, logging or `await`."""
    check([name for name in python_files("router/") if name.startswith(PURE)], impurities)


def test_unit_tests_do_not_sleep() -> None:
    """Outside tests/system, and the storm, which is no test, nothing waits for real time to pass."""
    check([name for name in python_files("tests/") if not name.startswith(("tests/system/", "tests/chaos/"))], sleeps)


def test_every_test_says_what_must_hold() -> None:
    """Each test function has a docstring."""
    check(python_files("tests/"), unexplained_tests)


def test_nothing_names_the_machine_it_was_written_on() -> None:
    """No file of the project holds a path of one machine or the host of a package index."""
    faults = [f"{name}:{line}: {what}" for name in files() for line, what in host_traces(text(name) or "")]
    assert not faults, "\n".join(faults)


def test_the_lock_is_whole() -> None:
    """Each requirement has a version and a hash; the lock for development holds what the other does."""
    pins = {}
    for lock in ("requirements.txt", "requirements-dev.txt"):
        entries = re.findall(r"^[a-z0-9].*(?:\n +--hash.*)*", text(lock) or "", flags=re.MULTILINE)
        assert entries, f"{lock} is empty"
        loose = [entry.split()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry]
        assert not loose, f"{lock}: run `make lock`: {loose}"
        pins[lock] = {entry.split()[0] for entry in entries}
    assert pins["requirements.txt"] <= pins["requirements-dev.txt"]


@pytest.mark.parametrize(
    ("rule", "source", "faults"),
    [
        (docstring_missing, "import math", 1),
        (docstring_missing, '"""Sums."""\nimport math', 0),
        (impurities, "import time", 1),
        (impurities, "from os.path import join", 1),
        (impurities, "def f():\n    import random", 1),
        (impurities, "import collections.abc, math\nfrom router.terms import Id\nimport msgspec", 0),
        (impurities, "async def f():\n    await g()", 2),
        (impurities, "open('x')\nhash('x')\nid(3)", 3),
        (impurities, "world.open(contact)", 0),
        (sleeps, "import time\ntime.sleep(1)", 1),
        (sleeps, "from time import sleep", 1),
        (sleeps, "await_ = asyncio.sleep(0.1)", 1),
        (sleeps, "asyncio.sleep(0)\nclock.sleep(3)", 0),
        (unexplained_tests, "def test_x():\n    pass", 1),
        (unexplained_tests, "class TestX:\n    def test_y(self):\n        pass", 1),
        (unexplained_tests, 'def test_x():\n    """Holds."""\ndef helper():\n    pass', 0),
    ],
)
def test_the_rules_see_planted_faults(rule: Callable[[ast.Module], Iterator[Fault]], source: str, faults: int) -> None:
    """Each rule finds what it is there for, and nothing else."""
    assert len(list(rule(ast.parse(source)))) == faults


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ("see /r~oot/x", 1),
        ("cd /w~ork/main", 1),
        ("docs/w~ork/x and ./w~ork/", 0),
        ("--i~ndex-url https://x", 1),
        ("https://p~ypi.org/simple", 1),
        ("/opt/switchboard/.venv and /r~ooted", 0),
    ],
)
def test_traces_of_a_machine_are_found(line: str, faults: int) -> None:
    """Paths and hosts are found where they stand for themselves, and not inside other words."""
    assert len(list(host_traces(line.replace("~", "")))) == faults
