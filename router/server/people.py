"""For people: a unix socket that speaks the same messages as one JSON object a line, so that `nc -U` is
enough.

Whoever may open the socket (mode 0600: its owner, and root) is trusted to be anyone: a hello chooses name and
role without a key, and without a hello one is a guest supervisor. The one idea: it is one more door to the
same hub, not a second protocol.
"""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from pathlib import Path

from router.server.connection import Connection
from router.server.hub import Hub
from router.server.limits import PEOPLE
from router.server.listener import BACKLOG, Listener, listen_tcp


class SocketTaken(Exception):
    """Somebody listens at this path, or something else than a socket lies there."""


async def listen_unix(hub: Hub, path: Path) -> Listener:
    """Open the people's socket. A socket that a dead process left is removed; any other file is left alone.

    Raises `SocketTaken`, and OSError where the directory is not ours.
    """
    remove_dead(path)
    listening = socket.socket(socket.AF_UNIX)
    try:
        # Between bind and chmod nobody may slip in, so the file is made with its mode at once.
        before = os.umask(0o177)
        try:
            listening.bind(str(path))
        finally:
            os.umask(before)
        server = await asyncio.get_running_loop().create_unix_server(
            lambda: Connection(hub, PEOPLE), sock=listening, backlog=BACKLOG
        )
    except OSError:
        listening.close()
        raise
    return Listener(str(path), 0, server)


async def listen_lines(hub: Hub, port: int) -> Listener:
    """The same on a port of the loopback address: for the demo, where everybody on the machine may try it."""
    return await listen_tcp(hub, PEOPLE, "127.0.0.1", port)


def remove_dead(path: Path) -> None:
    """Make room at `path`. Raises `SocketTaken` where it is in use."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise SocketTaken(f"{path} is there and is no socket")
    with socket.socket(socket.AF_UNIX) as asking:
        try:
            asking.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise SocketTaken(f"another process listens at {path}")
