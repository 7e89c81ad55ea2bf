"""`switchboard demo`: runs by itself, says what it did, and leaves nothing behind, however it ends."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT

START_MOST_S = 20.0
END_MOST_S = 15.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the demo's temporary files go: empty at the end."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def start(*words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "router.cli", "demo", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def children(folder: Path) -> list[int]:
    """Process ids of daemons whose directory lies in this folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if str(folder).encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found


def gone(folder: Path) -> bool:
    """No daemon of this folder is left, soon."""
    until = time.monotonic() + END_MOST_S
    while children(folder):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def under_way(process: "subprocess.Popen[str]") -> int:
    """Returns once the demo has said how things stand: the daemon runs and clients are in. Gives the port for `nc`."""
    assert process.stderr is not None
    hint = re.search(r"nc 127\.0\.0\.1 (\d+)", process.stderr.readline())
    assert hint is not None
    assert "arrived" in process.stderr.readline()
    return int(hint[1])


@pytest.mark.slow
def test_twenty_seconds(folder: Path) -> None:
    """It ends by itself, names served, abandoned and service level, has served 100 or more, and the ledger is clean."""
    began = time.monotonic()
    process = start("--seconds", "20")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    assert time.monotonic() - began < 60
    served = re.search(r"served (\d+), abandoned \d+, .*service level \d+%", out)
    assert served is not None, out
    assert int(served[1]) >= 100
    assert "ledger: lost 0, doubled 0, unexpected 0, unknown 0, violations 0" in out
    assert gone(folder)
    assert list(folder.iterdir()) == []


def test_interrupted(folder: Path) -> None:
    """A typed line gets its reply; Ctrl-C ends it in order: a summary, exit code 0, no process and no file left."""
    process = start()
    port = under_way(process)
    assert len(children(folder)) == 1
    with socket.create_connection(("127.0.0.1", port), timeout=5) as typed:
        typed.sendall(b'{"t":"status","seq":1}\n')
        assert json.loads(typed.makefile().readline())["re"] == 1
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=END_MOST_S)
    assert process.returncode == 0, out + err
    assert "ledger: lost 0" in out
    assert gone(folder)
    assert list(folder.iterdir()) == []


def test_killed(folder: Path) -> None:
    """Where the demo itself is killed and can tidy up nothing, its daemon notices and ends."""
    process = start()
    under_way(process)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=END_MOST_S)
    assert gone(folder)


def test_the_daemon_dies(folder: Path) -> None:
    """Where the daemon ends by itself, the demo says so at once and ends with 3."""
    process = start()
    under_way(process)
    (daemon,) = children(folder)
    os.kill(daemon, signal.SIGKILL)
    out, err = process.communicate(timeout=END_MOST_S)
    assert process.returncode == 3, out + err
    assert "ended by itself" in err
    assert gone(folder)
    assert list(folder.iterdir()) == []


def test_too_few_are_a_failure(folder: Path) -> None:
    """A run that serves fewer than it should says so and ends with 1."""
    process = start("--seconds", "1")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1, out + err
    assert "contacts were served" in err
