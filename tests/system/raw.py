"""A client of plain sockets and the msgpack package, and a server process to try it on: nothing of `router` is used.

A client here says what it is told to, right or wrong, and reports what it heard.
"""

import json
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

import msgpack

PATIENCE_S = 5.0
"""How long a reply may take on a busy machine before a test fails."""


def frame_of(message: Any) -> bytes:
    """A message as a frame."""
    payload: bytes = msgpack.packb(message)
    return struct.pack(">I", len(payload)) + payload


class Closed(Exception):
    """The other side has ended the connection."""


class Raw:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Bytes as they are; a server that has closed already is no error."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return

    def say(self, *messages: Any) -> None:
        self.send(b"".join(map(frame_of, messages)))

    def hello(self, name: str, role: str = "gateway", **fields: Any) -> dict[str, Any]:
        """Say hello and give the answer."""
        self.say({"t": "hello", "name": name, "role": role, "instance": f"{name}-{time.monotonic_ns()}"} | fields)
        return self.hear()

    def gateway(self, name: str, **fields: Any) -> Self:
        """A gateway that is let in and has listed that nothing is alive."""
        assert self.hello(name, **fields)["t"] == "welcome"
        self.say({"t": "sync_end", "seq": 1})
        assert self.hear_until("synced")["re"] == 1
        return self

    def hear(self) -> dict[str, Any]:
        """The next message. Raises `Closed`."""
        (length,) = struct.unpack(">I", self._exactly(4))
        message: dict[str, Any] = msgpack.unpackb(self._exactly(length))
        return message

    def hear_until(self, kind: str) -> dict[str, Any]:
        """The next message of this type; others are skipped."""
        while (message := self.hear())["t"] != kind:
            pass
        return message

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Say something and give its reply."""
        self.say(message)
        while (reply := self.hear()).get("re") != message["seq"]:
            pass
        return reply

    def closes(self) -> list[dict[str, Any]]:
        """What is heard until the server ends the connection; fails where it does not."""
        heard = []
        try:
            while True:
                heard.append(self.hear())
        except Closed:
            return heard

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            try:
                piece = self.socket.recv(size - len(data))
            except ConnectionResetError as error:
                raise Closed from error
            if not piece:
                raise Closed
            data += piece
        return data


class LiveServer:
    """A server process: where it listens, what it counts, how much memory it has."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path, port: int, people: str) -> None:
        self.process = process
        self.folder = folder
        self.port = port
        self.people = people

    @classmethod
    def start(cls, folder: Path) -> "LiveServer":
        """Start `tests.system.live`."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.system.live", str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        return cls(process, folder, said["port"], said["people"])

    def stop(self) -> int:
        """End it and give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()
            if self.process.stdout is not None:
                self.process.stdout.close()

    def counts(self) -> dict[str, Any]:
        """`errors` and `closed` by reason, and `connections`."""
        path = self.folder / "counts.json"
        path.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        until = time.monotonic() + PATIENCE_S
        while not path.exists():
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.005)
        counts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return counts

    def errors(self) -> dict[str, int]:
        """Errors by reason."""
        errors: dict[str, int] = self.counts()["errors"]
        return errors

    def connect(self) -> Raw:
        return Raw(self.port)

    def rss_bytes(self) -> int:
        """Memory that the process has now."""
        return self._memory("VmRSS")

    def peak_bytes(self) -> int:
        """The most it had since `forget_peak`."""
        return self._memory("VmHWM")

    def forget_peak(self) -> None:
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5", encoding="ascii")

    def _memory(self, line: str) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition(f"{line}:")[2].split()[0]) * 1024


class Witness:
    """A well-behaved client beside the bad ones: it pings all the time and knows its slowest answer."""

    def __init__(self, server: LiveServer) -> None:
        self.worst_s = 0.0
        self.answers = 0
        self.failed = ""
        self._raw = server.connect()
        assert self._raw.hello(f"witness-{os.urandom(4).hex()}")["t"] == "welcome"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ping)
        self._thread.start()

    def _ping(self) -> None:
        try:
            while not self._over.wait(0.02):
                began = time.monotonic()
                self._raw.say({"t": "ping", "seq": self.answers + 1})
                assert self._raw.hear() == {"t": "pong", "re": self.answers + 1}
                self.worst_s = max(self.worst_s, time.monotonic() - began)
                self.answers += 1
        except (Closed, OSError, AssertionError) as error:
            self.failed = repr(error)

    def stop(self) -> None:
        """Say one last ping, and end."""
        self._over.set()
        self._thread.join()
        self._raw.socket.close()


def connect_many(port: int, many: int) -> list[socket.socket]:
    """So many connections at once; those that the server has ended already are among them."""
    connected = []
    for _ in range(many):
        each = socket.socket()
        each.setblocking(False)
        each.connect_ex(("127.0.0.1", port))
        connected.append(each)
    waiting = selectors.DefaultSelector()
    for each in connected:
        waiting.register(each, selectors.EVENT_WRITE)
    until = time.monotonic() + PATIENCE_S
    while waiting.get_map() and time.monotonic() < until:
        for key, _ in waiting.select(0.1):
            waiting.unregister(key.fileobj)
    waiting.close()
    return connected
