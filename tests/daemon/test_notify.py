"""The service manager's protocol, over real datagram sockets."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from router.daemon.notify import Notifier


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A service manager's socket and its name as NOTIFY_SOCKET says it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.setblocking(False)
        if request.param == "path":
            name = str(tmp_path / "notify")
            listening.bind(name)
        else:
            name = f"@switchboard-test-{os.getpid()}"
            listening.bind(b"\0" + name[1:].encode())
        yield listening, name


def lines(listening: socket.socket) -> list[str]:
    return listening.recv(4096).decode().split("\n")


def test_a_whole_life(manager: tuple[socket.socket, str]) -> None:
    """Ready, alive, reloading and ready again, stopping: one datagram each, in systemd's words."""
    listening, name = manager
    notifier = Notifier({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "10000000"})
    notifier.ready("epoch 3")
    assert lines(listening) == ["READY=1", "STATUS=epoch 3"]
    notifier.alive()
    assert lines(listening) == ["WATCHDOG=1"]
    notifier.reloading()
    first, second = lines(listening)
    assert first == "RELOADING=1"
    assert second.startswith("MONOTONIC_USEC=")
    assert int(second.partition("=")[2]) > 0
    notifier.stopping()
    assert lines(listening)[0] == "STOPPING=1"
    notifier.close()
    notifier.ready("too late")
    with pytest.raises(BlockingIOError):
        listening.recv(1)


def test_without_a_manager_nothing_happens() -> None:
    """No socket, an empty name or one of a kind that we don't know: every call is without effect."""
    for environment in ({}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1"}):
        notifier = Notifier(environment)
        notifier.ready("x")
        notifier.alive()
        notifier.close()


def test_a_manager_that_is_gone_harms_nobody(tmp_path: Path) -> None:
    """A socket that nobody has open, or whose queue is full, is no error of ours."""
    gone = Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")})
    gone.ready("x")
    gone.close()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(str(tmp_path / "deaf"))
        notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "deaf"), "WATCHDOG_USEC": "1"})
        for _ in range(5000):
            notifier.alive()
        notifier.close()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, 0),
        ({"WATCHDOG_USEC": "10000000"}, 10_000_000),
        ({"WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "77"}, 10_000_000),
        ({"WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "78"}, 0),
        ({"WATCHDOG_USEC": "soon"}, 0),
        ({"WATCHDOG_USEC": "²"}, 0),
    ],
)
def test_the_watchdog_is_asked_for(environment: dict[str, str], expected: int) -> None:
    """Only a number, and only for this process."""
    assert Notifier(environment, pid=77).watchdog_us == expected


def test_no_sign_of_life_unless_asked_for(manager: tuple[socket.socket, str]) -> None:
    """Without WATCHDOG_USEC the manager is left in peace."""
    listening, name = manager
    notifier = Notifier({"NOTIFY_SOCKET": name})
    notifier.alive()
    with pytest.raises(BlockingIOError):
        listening.recv(1)
    notifier.close()
