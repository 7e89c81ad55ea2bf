"""What every test may ask for: the shared data, and seeds that can be given again.

Nothing here knows the engine. A helper for one package belongs beside that package's tests.

The one idea: a run says in its first lines what it drew its chance from, and that brings it back.
"""

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
"""The top folder of the repository."""

DATA = Path(os.environ.get("SWITCHBOARD_DATA", ROOT.parent / "shared" / "data"))
"""Recorded traffic lies beside the repository, not in it. SWITCHBOARD_DATA names another folder."""

SEED = int(os.environ.get("SWITCHBOARD_SEED", "20_240_229"))
"""The same in every run, so that a failure is a change of the code. SWITCHBOARD_SEED draws others."""

# A test's time depends on who else uses the machine, so none is judged by it. With CI set the examples are
# the same in every run; at a desk each run draws new ones, and a failure prints how to bring it back.
settings.register_profile("desk", deadline=None, print_blob=True)
settings.register_profile("ci", parent=settings.get_profile("desk"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_report_header() -> str:
    """The line at the head of a run that says what the run depends on."""
    found = "found" if DATA.is_dir() else "absent: tests that need it are skipped"
    return f"switchboard: seed {SEED} (SWITCHBOARD_SEED), data {DATA} {found} (SWITCHBOARD_DATA)"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks everything under tests/system as `system`, so that no file there can forget it."""
    for item in items:
        if (ROOT / "tests" / "system") in item.path.parents:
            item.add_marker("system")


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """A function from the name of a recorded file to its path; it skips the test where the file is absent."""

    def find(name: str) -> Path:
        path = DATA / name
        if not path.is_file():
            pytest.skip(f"{name} is not in {DATA}; set SWITCHBOARD_DATA to the folder that has it")
        return path

    return find


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Chance of the test's own: it depends on the seed and the test's name, not on tests run before."""
    return random.Random(f"{SEED} {request.node.nodeid}")
