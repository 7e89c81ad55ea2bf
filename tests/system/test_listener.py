"""Listening sockets: TCP with TLS, and the people's socket and what may lie at its path."""

import asyncio
import shutil
import socket
import ssl
import stat
import subprocess
from pathlib import Path

import pytest

from router.server.hub import Hub
from router.server.listener import Listener, listen_tcp, tls_context
from router.server.people import SocketTaken, listen_lines, listen_unix
from tests.server.fake import FACTS, PROGRAMS
from tests.system.raw import frame_of

HELLO = frame_of({"t": "hello", "name": "gw1", "role": "gateway", "instance": "i"})


def hub() -> Hub:
    return Hub(FACTS, lambda: None)


async def shut(here: Hub, listener: Listener) -> None:
    """Close everything, and let the event loop see it."""
    listener.stop()
    here.stop()
    for connection in list(here.connections):
        connection.abort("over")
    # Closing takes a turn of the event loop, and TLS one more.
    for _ in range(4):
        await asyncio.sleep(0)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that is its own authority, and its key."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is absent (Debian package openssl)")
    made, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    asked = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1"
    command = [program, *asked.split(), "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return made, key


def test_tls(certificate: tuple[Path, Path]) -> None:
    """A client that knows the authority is welcomed; one that speaks plain is not, and harms nobody."""

    async def scenario() -> None:
        here = hub()
        here.start(asyncio.get_running_loop())
        listener = await listen_tcp(here, PROGRAMS, "127.0.0.1", 0, tls_context(*certificate))
        plain_reader, plain = await asyncio.open_connection("127.0.0.1", listener.port)
        plain.write(HELLO)
        trusting = ssl.create_default_context(cafile=str(certificate[0]))
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port, ssl=trusting)
        writer.write(HELLO)
        assert b"welcome" in await asyncio.wait_for(reader.read(1000), 5)
        assert b"welcome" not in await asyncio.wait_for(plain_reader.read(1000), 5)
        writer.write(b"\xff\xff\xff\xff")
        assert b"frame_too_large" in await asyncio.wait_for(reader.read(1000), 5)
        assert await asyncio.wait_for(reader.read(1000), 5) == b""
        plain.close()
        writer.close()
        await shut(here, listener)

    asyncio.run(scenario())


def test_a_port_that_is_taken() -> None:
    """Says so at once, and a stopped listener frees its port."""

    async def scenario() -> None:
        first = await listen_tcp(hub(), PROGRAMS, "127.0.0.1", 0)
        assert first.address == f"127.0.0.1:{first.port}"
        with pytest.raises(OSError, match="address already in use"):
            await listen_tcp(hub(), PROGRAMS, "127.0.0.1", first.port)
        first.stop()
        (await listen_tcp(hub(), PROGRAMS, "127.0.0.1", first.port)).stop()

    asyncio.run(scenario())


def test_the_peoples_socket_is_its_owners_alone(tmp_path: Path) -> None:
    """Mode 0600 from the moment it is there; a socket that nobody listens at makes room, a live one does not."""
    path = tmp_path / "people"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))

    async def scenario() -> None:
        listener = await listen_unix(hub(), path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with pytest.raises(SocketTaken, match="another process listens"):
            await listen_unix(hub(), path)
        listener.stop()

    asyncio.run(scenario())


def test_a_file_at_the_peoples_path_is_left_alone(tmp_path: Path) -> None:
    """Only dead sockets are removed."""
    path = tmp_path / "people"
    path.write_text("precious", encoding="ascii")
    with pytest.raises(SocketTaken, match="is no socket"):
        asyncio.run(listen_unix(hub(), path))
    assert path.read_text(encoding="ascii") == "precious"


def test_lines_on_a_loopback_port() -> None:
    """The same as the socket, for the demo."""

    async def scenario() -> None:
        here = hub()
        listener = await listen_lines(here, 0)
        assert listener.address.startswith("127.0.0.1:")
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(b'{"t":"hello","name":"me","role":"desk","instance":"1"}\n')
        assert b'"t":"welcome"' in await asyncio.wait_for(reader.readline(), 5)
        writer.close()
        await shut(here, listener)

    asyncio.run(scenario())
