"""A real daemon for the tests: `daemon` is one that runs the sample centre in a directory of its own.

It is the command that people use (`python -m router.cli serve`), in a process of its own, on free ports,
and it is ended by its process id whatever the test did."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.system.redis_server import RedisServer, running

PATIENCE_S = 30.0
"""Longer than anything takes on a machine where others work too; what takes longer hangs."""
KEYS = {"pbx-1": "the key of pbx-1 in these tests", "desk-7": "the key of desk-7 in these tests"}
"""Clients that must prove themselves; any other name is let in, since they come from this machine."""


@pytest.fixture
def promtool() -> str:
    """Where promtool is. Absent: a skip, but in CI a failure."""
    program = shutil.which("promtool")
    if program is None:
        missing = "promtool is absent (Debian package prometheus; `make debs` installs it)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return program


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of the test's own."""
    yield from running(tmp_path / "redis")


class RealDaemon:
    """One directory and the daemon that serves it, started as often as a test likes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config"
        self.people = folder / "people"
        """The path of the people's socket."""
        self.host = ""
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._logs = 0
        self._configure()

    def _configure(self) -> None:
        """The sample's centre, whatever files it has; the machine's side is our own."""
        self.config.mkdir()
        for file in sorted((ROOT / "config").glob("*.toml")):
            if file.name != "switchboard.toml":
                shutil.copy(file, self.config / file.name)
        peers = ""
        for name, key in KEYS.items():
            path = self.config / f"{name}.key"
            path.write_text(f"{name} {key.replace(' ', '-')}\n")
            path.chmod(0o600)
            peers += f'[peers.{name}]\nrole = "gateway"\nkey_file = "{path.name}"\n'
        (self.config / "switchboard.toml").write_text(
            f'[listen]\nport = {self.port}\ntrust_loopback = true\n[people]\nsocket = "{self.people}"\n'
            f'[admin]\nport = 0\n[daemon]\nstate_directory = "{self.folder / "state"}"\n{peers}'
        )

    def start(self) -> dict[str, Any]:
        """Starts it and waits until clients may connect; returns its own words. A second start keeps the
        port."""
        self._logs += 1
        log = self.folder / f"log-{self._logs}"
        command = [sys.executable, "-m", "router.cli", "serve", "--config", str(self.config)]
        with log.open("wb") as stderr:
            self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stderr=stderr)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            for line in log.read_text().splitlines():
                said = json.loads(line) if line.startswith("{") else {}
                if said.get("event") == "ready":
                    host, _, port = said["clients"].rpartition(":")
                    self.host, self.port = host, int(port)
                    toml = self.config / "switchboard.toml"
                    toml.write_text(toml.read_text().replace("[listen]\nport = 0", f"[listen]\nport = {port}"))
                    return dict(said)
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        raise AssertionError(f"the daemon is not ready:\n{log.read_text()}")

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    def kill(self) -> None:
        """As the kernel would: kill -9."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE_S)

    def stop(self) -> int:
        """As systemd would; returns the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
        return self.process.wait(PATIENCE_S)

    def end(self) -> None:
        """After a test nothing runs on, whatever happened."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE_S)


def key_of(name: str) -> bytes:
    """The shared key of a client, as the configuration has it."""
    return KEYS[name].replace(" ", "-").encode()


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[RealDaemon]:
    """A running daemon with the sample centre."""
    running = RealDaemon(tmp_path)
    try:
        running.start()
        yield running
    finally:
        running.end()
