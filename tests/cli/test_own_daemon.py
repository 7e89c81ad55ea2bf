"""A daemon of a play that is killed on purpose has not died of itself, whoever asks meanwhile."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from router.cli.play.own import OwnDaemon


class Asked(subprocess.Popen[bytes]):
    """A real process. Once it is dead, and not waited for yet, somebody asks whether the daemon died."""

    def __init__(self, daemon: OwnDaemon) -> None:
        super().__init__([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        self.daemon = daemon
        self.answers: list[bool] = []

    def send_signal(self, sig: int) -> None:
        """Deliver it, and ask when it has taken effect."""
        super().send_signal(sig)
        super().wait()
        self.answers.append(self.daemon.died)


def test_a_kill_of_ours_is_no_death_of_its_own(tmp_path: Path) -> None:
    """The play goes on, and starts it again."""
    daemon = OwnDaemon(tmp_path, 1)
    process = daemon._process = Asked(daemon)
    assert not daemon.died
    daemon.kill()
    assert process.answers == [False]


def test_a_death_of_its_own_is_seen(tmp_path: Path) -> None:
    """The play ends then."""
    daemon = OwnDaemon(tmp_path, 1)
    process = daemon._process = Asked(daemon)
    assert process.stdin is not None
    process.stdin.close()
    process.wait()
    assert daemon.died
    daemon.stop()
