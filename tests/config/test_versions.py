"""Kept versions: whole or not there, the oldest out first, and which one counts."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from router.config.versions import Entry, Files, Now, Trial, Versions, files_of, signature

FILES = Files({"queues.toml": b"[queues.loans]\n", "people.csv": b"name\nann\n"})


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    """An empty folder that keeps three."""
    return Versions(tmp_path / "versions", 3)


def entry(version: int, **more: str) -> Entry:
    """A version of mia's."""
    return Entry(version, f"d{version}", FILES.hash, 1_700_000_000 + version, "apply", "mia", "because", **more)  # type: ignore[arg-type]


def test_nothing_is_kept_at_first(versions: Versions) -> None:
    """No folder, no version, no mistake."""
    assert (versions.entries(), versions.now(), versions.entry(1)) == ([], None, None)


def test_what_is_kept_reads_back(versions: Versions) -> None:
    """Files and entry, readable by nobody else."""
    versions.keep(entry(1), FILES)
    versions.set_now(Now(1))
    assert versions.entries() == [entry(1)]
    assert files_of(versions.directory(1)) == FILES
    assert files_of(versions.directory(1)).hash == FILES.hash
    assert Versions(versions.path, 3).now() == Now(1)
    for path in [versions.path, *versions.path.rglob("*")]:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_the_oldest_go_but_what_is_needed(versions: Versions) -> None:
    """So many are kept; the one that a trial goes back to stays, however old."""
    for number in range(1, 7):
        versions.keep(entry(number), FILES)
        versions.set_now(Now(number, trial=Trial(2, 0, 0, "") if number > 2 else None))
    assert [each.version for each in versions.entries()] == [2, 4, 5, 6]
    versions.set_now(Now(6))
    assert [each.version for each in versions.entries()] == [4, 5, 6]


def test_what_was_begun_and_not_named_is_not_there(versions: Versions) -> None:
    """A death in the middle of writing leaves no version, and the next write is not disturbed by it."""
    versions.keep(entry(1), FILES)
    versions.set_now(Now(1))
    (versions.path / "new" / "files").mkdir(parents=True)
    (versions.path / "new" / "files" / "old.toml").write_text("")
    (versions.path / "now.json.new").write_text("{")
    (versions.path / "2").mkdir()
    assert [each.version for each in versions.entries()] == [1]
    assert versions.now() == Now(1)
    versions.keep(entry(2), FILES)
    assert files_of(versions.directory(2)) == FILES
    (versions.path / "now.json").write_text("{")
    assert versions.now() is None


def test_a_candidate_is_what_is_looked_at_now(versions: Versions) -> None:
    """What was looked at before is gone from it."""
    versions.candidate(Files({"agents.toml": b""}))
    assert files_of(versions.candidate(FILES)) == FILES
    assert versions.entries() == []


def test_files_are_told_apart_by_every_byte() -> None:
    """Names, lengths and contents; the order does not matter."""
    assert Files({"b.toml": b"2", "a.toml": b"1"}).hash == Files({"a.toml": b"1", "b.toml": b"2"}).hash
    hashes = {
        Files(each).hash
        for each in (
            {},
            {"a.toml": b""},
            {"a.toml": b"b"},
            {"b.toml": b""},
            {"a.toml": b"b.toml"},
            {"a.toml": b"", "b.toml": b""},
        )
    }
    assert len(hashes) == 6


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_a_file_that_can_not_be_kept_is_not_left_out(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """A copy without its queues would be a configuration without queues."""
    (tmp_path / "agents.toml").write_text("[agents.ann]\n")
    make(tmp_path / "queues.toml")
    with pytest.raises(OSError, match="no ordinary file"):
        files_of(tmp_path)


def test_only_files_of_a_configuration_are_kept(tmp_path: Path) -> None:
    """Keys in files of their own, hidden files, folders and notes are not copied."""
    for name in ("queues.toml", "people.csv", "README.md", "pbx.key", ".queues.toml.swp", ".hidden.toml"):
        (tmp_path / name).write_text(name)
    (tmp_path / "folder.toml").mkdir()
    assert sorted(files_of(tmp_path)) == ["people.csv", "queues.toml"]
    before = signature(tmp_path)
    (tmp_path / "README.md").write_text("other")
    assert signature(tmp_path) == before
    (tmp_path / "queues.toml").write_text("another length")
    assert signature(tmp_path) != before


def test_how_long_a_trial_lasts() -> None:
    """By the boot clock while the machine runs on, whatever the wall clock says; after a boot by the wall clock."""
    trial = Trial(1, until_utc_us=1_000, until_boot_us=50, boot_id="b")
    assert trial.left_us(utc_us=999_999, boot_us=20, boot_id="b") == 30
    assert trial.left_us(utc_us=400, boot_us=20, boot_id="c") == 600
    assert trial.left_us(utc_us=400, boot_us=20, boot_id="") == 600
