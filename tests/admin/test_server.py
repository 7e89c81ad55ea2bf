"""What the admin listener answers, byte for byte, over a fake transport: no socket is opened."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

import pytest

from router.admin import AdminServer, Readiness, State
from router.admin.server import CONNECTION_MOST_S, CONNECTIONS_MAX, LIVE_MOST_S

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Wire(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False
        self.aborted = False

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = self.aborted = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass


class Admin:
    """A server whose listening socket is left out, and what it is told of the daemon."""

    def __init__(self) -> None:
        self.readiness = Readiness("leader", durability="local", config_version=3, epoch=9)
        self.since_s = 0.0
        self.chunks: list[bytes] = [b"a_total 1\n", b"b_total 2\n"]
        self.server = AdminServer(
            self.metrics, lambda: self.readiness, lambda: self.since_s, {"version": "1.2"}, metrics_type=METRICS_TYPE
        )

    async def metrics(self) -> Sequence[bytes]:
        return self.chunks

    def connect(self) -> tuple[asyncio.Protocol, Wire]:
        wire = Wire()
        protocol = self.server._connection()  # what the listening socket calls
        protocol.connection_made(wire)
        return protocol, wire

    async def ask(self, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body."""
        protocol, wire = self.connect()
        protocol.data_received(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        for _ in range(50):
            await asyncio.sleep(0)
        assert wire.closed, "one request a connection"
        head, _, body = wire.written.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        protocol.connection_lost(None)
        return int(first.split()[1]), headers, body


def run(scene: Callable[[Admin], Awaitable[None]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Play a scene with a server that is started without a socket."""

    async def play() -> None:
        class NoSocket:
            sockets = (type("Socket", (), {"getsockname": staticmethod(lambda: ("127.0.0.1", 7451))}),)

            def close(self) -> None:
                pass

        async def create_server(*_: object, **__: object) -> asyncio.Server:
            return cast("asyncio.Server", NoSocket())

        monkeypatch.setattr(asyncio.get_running_loop(), "create_server", create_server)
        admin = Admin()
        assert str(await admin.server.start()) == "127.0.0.1:7451"
        await scene(admin)
        await admin.server.stop()

    asyncio.run(play())


def test_metrics_are_sent_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """All pieces in order, with Prometheus's content type and the length; HEAD has no body."""

    async def scene(admin: Admin) -> None:
        status, headers, body = await admin.ask("/metrics")
        assert (status, body) == (200, b"a_total 1\nb_total 2\n")
        assert headers["content-type"] == METRICS_TYPE
        assert headers["content-length"] == "20"
        assert headers["connection"] == "close"
        status, headers, body = await admin.ask("/metrics", "HEAD")
        assert (status, headers["content-length"], body) == (200, "20", b"")

    run(scene, monkeypatch)


@pytest.mark.parametrize(("state", "status"), [("loading", 503), ("leader", 200), ("standby", 200), ("draining", 503)])
def test_ready(state: State, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A leader or standby is ready; the reply says why, whatever the answer is."""

    async def scene(admin: Admin) -> None:
        admin.readiness = Readiness(state, "away", "memory", 3, 9)
        got, headers, body = await admin.ask("/readyz")
        assert got == status
        assert headers["content-type"].startswith("application/json")
        assert json.loads(body) == {
            "ready": status == 200,
            "state": state,
            "store": "away",
            "durability": "memory",
            "config_version": 3,
            "epoch": 9,
        }

    run(scene, monkeypatch)


def test_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Alive while the core steps; not, once it has not for longer than it may."""

    async def scene(admin: Admin) -> None:
        admin.since_s = LIVE_MOST_S
        assert (await admin.ask("/livez"))[0] == 200
        admin.since_s = LIVE_MOST_S + 1
        status, _, body = await admin.ask("/livez")
        assert (status, body) == (503, b"no step for 11.0 s\n")

    run(scene, monkeypatch)


def test_version_and_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The version is JSON; other paths are not found, and nothing can be posted."""

    async def scene(admin: Admin) -> None:
        status, _, body = await admin.ask("/version")
        assert (status, json.loads(body)) == (200, {"version": "1.2"})
        assert (await admin.ask("/"))[0] == 404
        assert (await admin.ask("/metrics/../readyz"))[0] in {200, 404}
        assert (await admin.ask("/metrics", "POST"))[0] == 405
        assert (await admin.ask("/" + "x" * 5_000))[0] == 400

    run(scene, monkeypatch)


@pytest.mark.parametrize(
    "said", [b"\x16\x03\x01\x00\xc8", b"GET / HTTP/1.1\r\nHost: x\r\nA\0: b\r\n\r\n", b"G\r\n\r\n"]
)
def test_what_is_no_http(said: bytes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """It is answered, and no line of the log: who scans ports could fill it with errors."""

    async def scene(admin: Admin) -> None:
        protocol, wire = admin.connect()
        protocol.data_received(said)
        for _ in range(50):
            await asyncio.sleep(0)
        assert wire.written.split()[1] == b"400"
        protocol.connection_lost(None)

    run(scene, monkeypatch)
    assert caplog.records == []


def test_a_mistake_of_ours_is_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """500, and what went wrong."""

    async def scene(admin: Admin) -> None:
        admin.chunks = cast("list[bytes]", None)
        assert (await admin.ask("/metrics"))[0] == 500

    run(scene, monkeypatch)
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit a connection is told so and closed; a place that becomes free is given again."""

    async def scene(admin: Admin) -> None:
        held = [admin.connect() for _ in range(CONNECTIONS_MAX)]
        _, turned = admin.connect()
        assert turned.closed
        head, _, body = turned.written.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 503 ")
        assert f"Content-Length: {len(body)}".encode() in head
        for protocol, _ in held:
            protocol.connection_lost(None)
        for _ in range(5):
            await asyncio.sleep(0)
        assert (await admin.ask("/livez"))[0] == 200

    run(scene, monkeypatch)


def test_nobody_sits_on_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that says nothing, or never reads, is ended after its time."""

    async def scene(admin: Admin) -> None:
        loop = asyncio.get_running_loop()
        later: list[tuple[float, Callable[..., object], tuple[object, ...]]] = []
        with monkeypatch.context() as patched:
            patched.setattr(loop, "call_later", lambda delay, call, *arguments: later.append((delay, call, arguments)))
            _, wire = admin.connect()
        ((delay, call, arguments),) = [each for each in later if each[0] == CONNECTION_MOST_S]
        assert not wire.closed
        call(*arguments)
        assert wire.aborted
        assert delay == CONNECTION_MOST_S

    run(scene, monkeypatch)


def test_idle_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Started and not asked, it has no timer and no task."""

    async def scene(_: Admin) -> None:
        loop = asyncio.get_running_loop()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert not loop._scheduled  # type: ignore[attr-defined]  # where the event loop keeps timers

    run(scene, monkeypatch)
