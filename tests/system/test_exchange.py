"""The program of docs/client.md does what the page says, also while the engine is killed and started again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT
from tests.system.conftest import PATIENCE_S, RealDaemon


class Keyboard:
    """The program, and somebody who types and reads."""

    def __init__(self, address: str) -> None:
        command = [sys.executable, "-u", "-m", "tests.docs.exchange", address]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def type(self, line: str) -> None:
        """And Return."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def wait_for(self, words: str) -> None:
        """A line that begins so; it is taken away. What is heard may be printed before the answer to what was said."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            for number, line in enumerate(self.lines):
                if line.startswith(words):
                    del self.lines[number]
                    return
            time.sleep(0.02)
        raise AssertionError(f"{words!r} was not said: {self.lines}")

    def end(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.kill()
        self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def keyboard(daemon: RealDaemon) -> Iterator[Keyboard]:
    made = Keyboard(daemon.address)
    yield made
    made.end()


def test_the_program_of_the_page(daemon: RealDaemon, keyboard: Keyboard) -> None:
    """A call from ringing to wrap-up; then one that waits while the engine is killed, and keeps its place; then who is
    not let in, and who hangs up."""
    keyboard.wait_for("call ID QUEUE")
    keyboard.type("call 1 cards")
    keyboard.wait_for("phone-7 rings for 1")
    keyboard.type("answer")
    keyboard.wait_for("1 talks to anna")
    keyboard.type("call 2 cards")
    keyboard.wait_for("2 waits")
    daemon.kill()
    daemon.start()
    keyboard.type("hang 1")
    keyboard.wait_for("1 is gone: Ok")
    keyboard.type("done 1")
    keyboard.wait_for("anna is free: Ok")
    keyboard.wait_for("phone-7 rings for 2")
    keyboard.type("hang 2")
    keyboard.wait_for("phone-7 is silent: customer_left")
    keyboard.type("call 3 nowhere")
    keyboard.wait_for("3: unknown_queue nowhere")
    keyboard.type("answer")
    keyboard.wait_for("nothing to answer")
    keyboard.type("quit")
    assert keyboard.process.wait(PATIENCE_S) == 0


def test_the_other_programs_of_the_page(daemon: RealDaemon) -> None:
    """The script closes a queue and asks; the monitor is told from which number on it hears."""
    page = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")
    script, follow = re.findall(r"```python\n((?:import asyncio|from router).*?)```", page, re.DOTALL)
    told = python(script.replace("127.0.0.1:7450", daemon.address))
    assert told.stdout.startswith("Ok(")
    assert "StatusReply(" in told.stdout
    ended = f"asyncio.run(asyncio.wait_for(follow({daemon.address!r}), 3))"
    assert python(f"{follow}\n{ended}").stdout.startswith("Resumed(")


def python(program: str) -> subprocess.CompletedProcess[str]:
    """The program, run to its end."""
    command = [sys.executable, "-u", "-c", program]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
