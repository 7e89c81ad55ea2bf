"""One exit code means one thing, whichever command ends with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Switchboard

LOOKS = [("doctor",), ("store", "inspect", "--config")]


@pytest.mark.parametrize("words", [*LOOKS, ("route", "--try", "{}")], ids=" ".join)
def test_mistakes_of_a_configuration_are_problems(
    switchboard: Switchboard, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Whatever is wanted of a configuration: exit code 1 where it has mistakes, not that of a wrong word."""
    (tmp_path / "queues.toml").write_text("[queues.a]\nring = 1\n")
    result = switchboard(*words, tmp_path)
    assert result.exit_code == 1
    assert "switchboard check" in result.stderr


@pytest.mark.parametrize("words", LOOKS, ids=" ".join)
def test_a_directory_that_is_not_there_is_named(
    switchboard: Switchboard, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Exit code 3, as for any file."""
    result = switchboard(*words, tmp_path / "gone")
    assert result.exit_code == 3
    assert "there is no such directory" in result.stderr
