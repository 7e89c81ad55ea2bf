"""A Redis of the tests' own: a process with its own directory, a free port and a unix socket, and its append-only
file on.

Debian's `redis-server` must be there. Where it is not, tests that need it are skipped, and fail with CI set.
"""

from __future__ import annotations

import contextlib
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE_S = 30.0
"""Longer than a Redis of the tests takes to start on a machine where others work too."""


def needed(program: str) -> str:
    """The path of a program, or no test."""
    path = shutil.which(program)
    if path is None:
        why = f"{program} is not installed (Debian: apt-get install redis-server redis-sentinel)"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    return path


CLUSTER_BUS = 10_000
"""What a node of a cluster adds to its port to get that of its bus."""

_given: set[int] = set()
"""Ports handed out before: a server that is to start later does not listen at its port yet."""


def free_port() -> int:
    """A port that nobody listens at now, nor at the port of a cluster's bus that belongs to it. Both are below those
    that the kernel gives to connections: one of them could take it before the server does."""
    while True:
        port = random.randint(12_000, 12_000 + CLUSTER_BUS - 1)
        if port in _given:
            continue
        with socket.socket() as one, socket.socket() as bus, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            bus.bind(("127.0.0.1", port + CLUSTER_BUS))
            _given.add(port)
            return port


class RedisServer:
    """One directory, and the server that keeps its data there, started as often as a test likes."""

    def __init__(self, folder: Path, *options: str, fsync: str = "always", program: str = "redis-server") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.socket = folder / "redis.sock"
        self.options = options
        self.fsync = fsync
        self.program = needed(program)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For a store, by TCP."""
        return f"redis://127.0.0.1:{self.port}"

    @property
    def unix_url(self) -> str:
        """For a store, by its socket."""
        return f"redis+unix://{self.socket}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self, wait: bool = True) -> None:
        """Start it, and wait until it answers."""
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [
                *(self.program, "--port", str(self.port), "--bind", "127.0.0.1"),
                *("--unixsocket", str(self.socket), "--dir", str(self.folder), "--save", "", "--daemonize", "no"),
                *("--appendonly", "yes", "--appendfsync", self.fsync, *self.options),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Python ignores SIGXFSZ, and so does the server then: a file that may grow no more is a failed write.
            restore_signals=False,
        )
        log.close()
        until = time.monotonic() + PATIENCE_S
        while wait:
            try:
                self.call("PING")
                return
            except redis.RedisError:
                assert self.process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < until, (self.folder / "log").read_text()
                time.sleep(0.02)

    def call(self, *words: Any, password: str | None = None) -> Any:
        """Say a command on a connection of its own, once."""
        once = Retry(NoBackoff(), 0)
        with redis.Redis(port=self.port, socket_timeout=5, password=password, retry=once) as client:
            return client.execute_command(*words)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def fill_disk(self) -> None:
        """Let its append-only file grow no more: to the server that is a full disk."""
        files = (self.folder / "appendonlydir").iterdir()
        self._limit(max(file.stat().st_size for file in files))

    def make_room(self) -> None:
        """Its files may grow again. With `appendfsync always` Redis has ended itself by then, and is started."""
        if self.process is not None and self.process.poll() is None:
            self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def kill(self) -> None:
        """As the kernel would."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE_S)


def running(folder: Path, *options: str, fsync: str = "always") -> Iterator[RedisServer]:
    """A server for a fixture: it has ended when the fixture has."""
    server = RedisServer(folder, *options, fsync=fsync)
    try:
        server.start()
        yield server
    finally:
        server.kill()
