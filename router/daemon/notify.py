"""The service manager's protocol: short texts in datagrams to the socket that NOTIFY_SOCKET names.

Facts from systemd's sd_notify(3): a name that begins with @ is in the abstract namespace (its first byte is
0); WATCHDOG_USEC is the time within which WATCHDOG=1 must come, if WATCHDOG_PID is absent or ours;
RELOADING=1 carries MONOTONIC_USEC and ends with READY=1.

The one idea: nobody waits for the service manager; without one every call has no effect.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Mapping


class Notifier:
    """Tells the service manager how we are."""

    def __init__(self, environment: Mapping[str, str], pid: int | None = None) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address: str | bytes | None = None
        if address.startswith("@"):
            self._address = b"\0" + address[1:].encode()
        elif address.startswith("/"):
            self._address = address
        self._socket: socket.socket | None = None
        if self._address is not None:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._socket.setblocking(False)
        self.watchdog_us = _watchdog_us(environment, os.getpid() if pid is None else pid)
        """Within this time a sign of life must come; 0: nobody asks for one."""

    def ready(self, status: str) -> None:
        """Loaded and listening; `status` is one line for people."""
        self._send(f"READY=1\nSTATUS={status}")

    def reloading(self) -> None:
        """A reload has begun; `ready` ends it."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """A drain has begun."""
        self._send("STOPPING=1\nSTATUS=draining")

    def alive(self) -> None:
        """A step of the engine went through."""
        if self.watchdog_us:
            self._send("WATCHDOG=1")

    def status(self, status: str) -> None:
        """One line for people."""
        self._send(f"STATUS={status}")

    def close(self) -> None:
        """Let go of the socket."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, text: str) -> None:
        if self._socket is not None and self._address is not None:
            # A manager that is gone or doesn't keep up is its own affair.
            with contextlib.suppress(OSError):
                self._socket.sendto(text.encode(), self._address)


def _watchdog_us(environment: Mapping[str, str], pid: int) -> int:
    text = environment.get("WATCHDOG_USEC", "")
    if not text.isascii() or not text.isdigit():
        return 0
    if environment.get("WATCHDOG_PID", str(pid)) != str(pid):
        return 0
    return int(text)
