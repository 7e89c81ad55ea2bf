"""A daemon process and a client of its people's socket, for tests that stop, kill and starve it."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

from tests.conftest import ROOT

PATIENCE_S = 30.0
"""Longer than anything takes on a machine where others work too; what takes longer hangs."""


class Serving:
    """One configuration directory, and the daemon that serves it, started as often as a test likes."""

    def __init__(self, folder: Path, *, store: str = "", machine: str = "") -> None:
        self.folder = folder
        self.config = folder / "config"
        self.config.mkdir()
        self.socket = folder / "sock"
        self.log = ""
        """What the daemons have logged. Through a pipe: a file would fill up with the disk."""
        self.people: list[Person] = []
        self.store = folder / "state" / "switchboard.sqlite"
        self.process: subprocess.Popen[bytes] | None = None
        self._listeners: list[threading.Thread] = []
        self.write(machine=machine, store=store)

    def write(self, *, machine: str = "", store: str = "", agents: str = "ann,bob", port: int = 0) -> None:
        """Write the configuration."""
        text = f"""
[daemon]
state_directory = "{self.folder / "state"}"
{machine}
[listen]
port = {port}
trust_loopback = true
[people]
socket = "{self.socket}"
[admin]
port = 0
"""
        if store:
            text += f'[store]\nurl = "{store}"\n'
        (self.config / "switchboard.toml").write_text(text)
        (self.config / "queues.toml").write_text("[queues.loans]\n")
        people = "".join(f"[agents.{name}]\n" for name in agents.split(",") if name)
        (self.config / "agents.toml").write_text(people)

    def launch(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a daemon, without waiting for anything."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.system.serve", str(self.config), *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, **environment},
        )
        self.process = process
        self._listeners.append(threading.Thread(target=self._listen, args=(process.stderr,)))
        self._listeners[-1].start()
        return process

    def _listen(self, pipe: BinaryIO) -> None:
        with pipe:
            for line in pipe:
                self.log += line.decode()

    def start(self, *arguments: str, **environment: str) -> dict[str, Any]:
        """Start a daemon and wait until it is ready. Returns its line that says so."""
        before = len(self.lines())
        self.launch(*arguments, **environment)
        return self.wait_for("ready", after=before)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def lines(self) -> list[dict[str, Any]]:
        """What the daemons have logged."""
        return [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]

    def wait_for(self, event: str, after: int = 0) -> dict[str, Any]:
        """The first line of this event after so many lines."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            # Once nobody writes any more one more look is enough.
            listening = any(listener.is_alive() for listener in self._listeners)
            for line in self.lines()[after:]:
                if line["event"] == event:
                    return line
            if not listening:
                break
            time.sleep(0.01)
        raise AssertionError(f"no {event}: {self.log}")

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def wait(self) -> int:
        """Its exit code."""
        assert self.process is not None
        return self.process.wait(PATIENCE_S)

    def kill(self) -> None:
        """As the kernel would."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def end(self) -> None:
        """After a test: nothing stays open."""
        self.kill()
        for person in self.people:
            person.close()
        for listener in self._listeners:
            listener.join()

    def limit(self, what: int, value: int) -> None:
        """Set a limit of the running daemon; the hard one stays."""
        _, hard = resource.prlimit(self.pid, what)
        resource.prlimit(self.pid, what, (value, hard))


class Person:
    """A gateway at the people's socket: one JSON object a line."""

    def __init__(self, serving: Serving, name: str = "gw1", instance: str = "i1") -> None:
        serving.people.append(self)
        self.socket = socket.socket(socket.AF_UNIX)
        self._file = self.socket.makefile("rb")
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(str(serving.socket))
        self.replies: dict[int, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.say(t="hello", name=name, role="gateway", instance=instance)
        self.welcome = self.read()
        assert self.welcome is not None
        assert self.welcome["t"] == "welcome"

    def say(self, **message: Any) -> None:
        self.socket.sendall(json.dumps(message).encode() + b"\n")

    def read(self) -> dict[str, Any] | None:
        """The next message, None at the end."""
        try:
            line = self._file.readline()
        except ConnectionResetError:
            return None
        if not line:
            return None
        message: dict[str, Any] = json.loads(line)
        if "re" in message:
            self.replies[message["re"]] = message
        else:
            self.events.append(message)
        return message

    def ask(self, **message: Any) -> dict[str, Any]:
        """Say it and wait for its reply."""
        self.say(**message)
        while message["seq"] not in self.replies:
            assert self.read() is not None, f"no reply to {message}"
        return self.replies[message["seq"]]

    def begin(self) -> None:
        """Nothing is alive here but an agent on a break, for whom contacts may wait."""
        for message in (
            {"t": "sync_end", "seq": 1},
            {"t": "log_in", "seq": 2, "agent": "ann", "reason": "lunch"},
            {"t": "attach", "seq": 3, "endpoint": "e1", "agent": "ann"},
        ):
            reply = self.ask(**message)
            assert reply["t"] in {"synced", "ok"}, reply

    def read_all(self) -> None:
        """Until the other side ends."""
        while self.read() is not None:
            pass

    def close(self) -> None:
        self._file.close()
        self.socket.close()
