"""A daemon of our own as another process: started, killed, started again, and ended whatever happens.

It must not know what is played. The one idea: the process holds a pipe from us, and drains when that closes, so that it
is gone even where we are killed.
"""

from __future__ import annotations

import json
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

READY_MOST_S: Final = 20.0
"""From start to ready, on a machine that is busy with other things."""
AWAY_S: Final = 0.2
"""Between a kill and the start that follows."""
STOP_MOST_S: Final = 10.0
"""For an orderly end."""
LOG: Final = "daemon.log"


class DaemonFailed(Exception):
    """It did not start; the text holds the last lines of its log."""


class OwnDaemon:
    """One daemon on the configuration in `directory`."""

    def __init__(self, directory: Path, speed: int, *, lines_port: int | None = None) -> None:
        self.directory = directory
        self.said: dict[str, Any] = {}
        """What it said when it was ready: addresses and epoch."""
        self._speed = speed
        self._lines_port = lines_port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        return None if self._process is None else self._process.pid

    @property
    def died(self) -> bool:
        """It was started, and has ended without being told to."""
        process = self._process
        return process is not None and process.poll() is not None

    def start(self) -> None:
        """Start it and wait until clients may connect. Raises `DaemonFailed`."""
        words = [sys.executable, "-m", "router.cli.play.engine", str(self.directory), str(self._speed)]
        if self._lines_port is not None:
            words.append(str(self._lines_port))
        with (self.directory / LOG).open("ab") as log:
            # Our own interpreter and module; a session of its own, so that Ctrl-C reaches only us.
            self._process = subprocess.Popen(  # noqa: S603  # no shell, and no word from outside
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True
            )
        out = self._process.stdout
        assert out is not None
        readable, _, _ = select.select([out], [], [], READY_MOST_S)
        line = out.readline() if readable else b""
        if not line:
            self.stop()
            raise DaemonFailed(self.log_tail())
        self.said = json.loads(line)

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        # No longer ours before it is over: `died` is asked from another thread.
        process, self._process = self._process, None
        assert process is not None
        process.send_signal(signal.SIGKILL)
        _reap(process)

    def crash(self) -> None:
        """Killed, and a moment later started again: clients find a closed port meanwhile."""
        self.kill()
        time.sleep(AWAY_S)
        self.start()

    def stop(self) -> int | None:
        """End it in order, or else by force. Returns its exit code; None where none was running."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.terminate()
        try:
            process.wait(STOP_MOST_S)
        except subprocess.TimeoutExpired:
            process.kill()
        return _reap(process)

    def log_tail(self, lines: int = 5) -> str:
        """The end of its log."""
        try:
            return "\n".join((self.directory / LOG).read_text(encoding="utf-8").splitlines()[-lines:])
        except OSError as error:
            return f"no log: {error.strerror}"


def _reap(process: subprocess.Popen[bytes]) -> int:
    """Wait for its end. Returns its exit code."""
    code = process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    return code


def free_port() -> int:
    """A port of the loopback address that nobody has now. A daemon that is killed must come back at the same one, so
    it can't choose by itself."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])
