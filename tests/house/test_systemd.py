"""The unit file keeps its score and says what the daemon relies on.

systemd-analyze reads the file as it is; no service is started.
"""

import os
import re
import shutil
import subprocess

import pytest

from tests.house.tree import ROOT

UNIT = ROOT / "systemd" / "switchboard.service"
EXPOSURE_MAX = 1.5
"""systemd's own scale: 0 is shut in, 10 is unprotected. 1.1 is reached with systemd 252, others differ."""


def analyze(*arguments: str) -> str:
    """What systemd-analyze says, standard error included. Where it is absent: a skip, but in CI a failure."""
    program = shutil.which("systemd-analyze")
    if program is None:
        missing = "systemd-analyze is absent (Debian package systemd)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    ran = subprocess.run(
        [program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    return ran.stdout


def test_exposure_is_low() -> None:
    """`systemd-analyze security` scores the unit at 1.5 or better."""
    said = analyze("security", "--offline=true", "--no-pager", str(UNIT))
    score = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
    assert score, said
    assert float(score.group(1)) <= EXPOSURE_MAX, said


def test_systemd_knows_every_line() -> None:
    """systemd finds nothing to complain of but the program, which is not installed where tests run."""
    said = analyze("verify", "--man=no", str(UNIT))
    complaints = [line for line in said.splitlines() if UNIT.name in line and "is not executable" not in line]
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(
    "line",
    [
        "Type=notify",
        "NotifyAccess=main",
        "Restart=on-failure",
        "DynamicUser=yes",
        "StateDirectory=switchboard",
        "RuntimeDirectory=switchboard",
        "ConfigurationDirectory=switchboard",
        "ExecStart=/opt/switchboard/.venv/bin/switchboard serve --config /etc/switchboard",
        "ExecReload=/bin/kill -HUP $MAINPID",
    ],
)
def test_it_says_what_the_daemon_relies_on(line: str) -> None:
    """Readiness, watchdog, reload and the three folders are the daemon's contract with systemd."""
    assert line in UNIT.read_text(encoding="utf-8").splitlines()
