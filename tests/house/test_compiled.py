"""The compiled core decides as its sources do, and is only used while it was made of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from router import compiled
from tests.house.tree import ROOT

needs_compiled = pytest.mark.skipif(
    not compiled.in_use() and ("CI" not in os.environ or bool(os.environ.get("SWITCHBOARD_PURE"))),
    reason="the core is not compiled, has changed since (run `make setup` where there is a C compiler), or sources "
    "were asked for",
)

REPLAY = """
from router.compiled import in_use
from router.trace import generate_busy_hour
from router.trace.replay.run import replay
print(in_use(), replay(generate_busy_hour(7)).as_json()["digest"])
"""


def replayed(folder: Path, **environment: str) -> list[str]:
    """Is the compiled core in use in a fresh process, and the digest of all that it decides in a busy hour."""
    run = subprocess.run(
        [sys.executable, "-c", REPLAY],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return run.stdout.split()


@needs_compiled
def test_compiled_and_sources_decide_alike() -> None:
    """Byte for byte, over a generated busy hour."""
    compiled_run, source_run = replayed(ROOT, SWITCHBOARD_PURE=""), replayed(ROOT, SWITCHBOARD_PURE="1")
    assert (compiled_run[0], source_run[0]) == ("True", "False")
    assert compiled_run[1] == source_run[1]


@needs_compiled
def test_a_changed_source_is_what_runs(tmp_path: Path) -> None:
    """Nobody debugs yesterday's code: after any change the sources run until they are compiled again."""
    shutil.copytree(ROOT / "router", tmp_path / "router", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "router/core/dispatch.py").open("a", encoding="utf-8") as source:
        source.write("\n# changed\n")
    assert replayed(tmp_path, SWITCHBOARD_PURE="")[0] == "False"


def test_what_is_compiled_no_longer_runs_from_its_source(tmp_path: Path) -> None:
    """A module that left the list may have its old extension beside it until the next `make setup`."""
    shutil.copytree(ROOT / "router", tmp_path / "router", ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    (tmp_path / "router" / "terms.abi3.so").write_bytes(b"of an older core")
    assert "terms" not in compiled.MODULES
    assert replayed(tmp_path, SWITCHBOARD_PURE="1")[0] == "False"
