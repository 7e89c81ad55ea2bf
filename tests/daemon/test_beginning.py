"""Which version a start begins with: what lies in the directory, but not what was taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from router.config import Configuration, digest, load
from router.config.versions import Entry, Now, Trial, Versions, files_of
from router.daemon.beginning import at_start, versions_of
from router.loop.clock import boot_id, boot_us, wall_us

FILES = {"switchboard.toml": '[daemon]\nstate_directory = "../state"\n[listen]\ntrust_loopback = true\n'}


class Site:
    """A directory, and starts of a daemon from it."""

    def __init__(self, folder: Path) -> None:
        self.directory = folder / "config"
        self.directory.mkdir()
        for name, text in FILES.items():
            (self.directory / name).write_text(text)
        self.edit(0.0)

    def edit(self, boost: float) -> None:
        """The files say this now."""
        (self.directory / "queues.toml").write_text(f"[queues.loans]\nboost = {boost}\n")
        (self.directory / "agents.toml").write_text("[agents.ann]\n")

    def start(self) -> tuple[int, float]:
        """(version, boost) in force after a start."""
        self.begun = at_start(load(self.directory), self.directory)
        return self.begun.settings.version, self.begun.settings.queues[0].boost

    @property
    def versions(self) -> Versions:
        return versions_of(self.begun)

    def applied(self, boost: float, left_us: int = 0, *, trial: bool = False) -> None:
        """As `apply` leaves it: written down, on trial where asked."""
        self.edit(boost)
        new: Configuration = load(self.directory)
        version = self.begun.settings.version + 1
        files = files_of(self.directory)
        self.versions.keep(Entry(version, digest(new), files.hash, 0, "apply", "mia", "why"), files)
        until = Trial(version - 1, wall_us() + left_us, boot_us() + left_us, boot_id()) if trial else None
        self.versions.set_now(Now(version, trial=until))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A new one."""
    return Site(tmp_path)


def test_a_start_takes_what_lies_there(site: Site) -> None:
    """The first is version 1; the same files stay it, others are the next, and each is kept."""
    assert site.start() == (1, 0.0)
    assert site.start() == (1, 0.0)
    site.edit(0.5)
    assert site.start() == (2, 0.5)
    assert [(each.version, each.how) for each in site.versions.entries()] == [(1, "start"), (2, "start")]


def test_a_trial_that_runs_goes_on(site: Site) -> None:
    """The start leaves it as it is: whoever runs on arms its time."""
    site.start()
    site.applied(0.5, 3_600_000_000, trial=True)
    assert site.start() == (2, 0.5)
    now = site.versions.now()
    assert now is not None
    assert now.trial is not None
    assert now.trial.back_to == 1


def test_a_trial_that_is_over_is_taken_back(site: Site) -> None:
    """The version of before comes back under a new number, and stays at the next start; other files are taken again."""
    site.start()
    site.applied(0.5, -1, trial=True)
    assert site.start() == (3, 0.0)
    assert [(each.how, each.of) for each in site.versions.entries()] == [("start", 0), ("apply", 0), ("rollback", 1)]
    assert site.start() == (3, 0.0)
    site.edit(0.25)
    assert site.start() == (4, 0.25)
    site.edit(0.5)
    assert site.start() == (5, 0.5)


def test_files_that_were_edited_on_trial_are_a_start_like_any_other(site: Site) -> None:
    """Nobody took those back."""
    site.start()
    site.applied(0.5, -1, trial=True)
    site.edit(0.75)
    assert site.start() == (3, 0.75)


def test_a_version_that_is_gone_can_not_come_back(site: Site) -> None:
    """The one before can't be read any more: what lies there is taken, as without any history."""
    site.start()
    site.applied(0.5, -1, trial=True)
    (site.versions.directory(1) / "queues.toml").write_text("[[[")
    assert site.start() == (3, 0.5)


def test_a_state_directory_that_can_not_be_written_keeps_nobody_from_starting(site: Site) -> None:
    """There is no history then, and the log says so."""
    (site.directory.parent / "state").write_text("a file, not a folder")
    assert site.start() == (1, 0.0)
