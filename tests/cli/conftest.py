"""What the tests of commands share: a way to run one, and small traces."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from router.cli.app import app
from router.trace import generate_busy_hour, write_trace

Switchboard = Callable[..., Result]


@pytest.fixture
def switchboard() -> Switchboard:
    """Runs the command of these words, and gives what it printed and its exit code."""

    def run(*words: object) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words], prog_name="switchboard")

    return run


@pytest.fixture(scope="session")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up busy hour as a trace file."""
    path = tmp_path_factory.mktemp("traces") / "hour.trace"
    write_trace(path, generate_busy_hour(1))
    return path
