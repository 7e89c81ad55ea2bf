"""Listening sockets for programs: TCP, with or without TLS, each a door to the hub.

It opens and closes sockets, and looks at nothing that comes through them. The one idea: a listener is a
started thing with an address that it really has (a port 0 becomes a port) and one way to stop.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path

from router.server.connection import Connection
from router.server.hub import Hub
from router.server.limits import Door

BACKLOG = 1_024
"""Connections that the kernel holds for us: a whole centre's gateways coming back at once."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A socket that is open. `address` is what a client is told: `host:port` or a path."""

    address: str
    port: int
    """0 for a path."""
    _server: asyncio.AbstractServer

    def stop(self) -> None:
        """Take nobody in any more; those who are in stay."""
        self._server.close()


async def listen_tcp(hub: Hub, door: Door, host: str, port: int, tls: ssl.SSLContext | None = None) -> Listener:
    """Open a TCP port. Raises OSError where it is taken or not ours."""
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(hub, door), host, port, backlog=BACKLOG, ssl=tls
    )
    at: tuple[str, int] = server.sockets[0].getsockname()[:2]
    name = f"[{at[0]}]" if ":" in at[0] else at[0]
    return Listener(f"{name}:{at[1]}", at[1], server)


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """A server's TLS from its certificate chain and key, PEM files. Raises OSError or ssl.SSLError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context
