"""The other end of `own`: `python -m router.cli.play.engine DIRECTORY SPEED [LINES_PORT]`.

A daemon as `switchboard serve` runs it, which ends when standard input is closed, says in one line of JSON where it
listens, and, for the demo, answers lines of JSON on a port of the loopback address too.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from router import daemon
from router.config import ConfigurationErrors, load
from router.daemon.services import SERVICES

if TYPE_CHECKING:
    from router.daemon import Daemon
    from router.daemon.services import Service, ServiceMaker
    from router.server.listener import Listener


class LinesService:
    """The people's messages over loopback TCP, so that `nc` is enough. For the demo only: everybody on the machine may
    use it."""

    def __init__(self, running: Daemon, port: int) -> None:
        self._daemon = running
        self._port = port
        self._listener: Listener | None = None

    async def start(self) -> None:
        """See `Service`."""
        from router.server.people import listen_lines

        self._listener = await listen_lines(self._daemon.hub, self._port)
        self._daemon.addresses["lines"] = self._listener.address

    async def stop(self) -> None:
        """See `Service`."""
        if self._listener is not None:
            self._listener.stop()


def _lines(port: int) -> ServiceMaker:
    def make(running: Daemon) -> Service:
        return LinesService(running, port)

    return make


def _ready(running: Daemon) -> None:
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), _parent_spoke)
    sys.stdout.write(json.dumps({"pid": os.getpid(), "epoch": running.epoch, **running.addresses}) + "\n")
    sys.stdout.flush()


def _parent_spoke() -> None:
    """Nothing is ever said on the pipe, so this is its end: whoever started us is gone."""
    if not os.read(sys.stdin.fileno(), 64):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        os.kill(os.getpid(), signal.SIGTERM)


def main(words: list[str]) -> int:
    """Runs until it is told to stop. Returns the daemon's exit code."""
    directory, speed = Path(words[0]), int(words[1])
    try:
        configuration = load(directory)
    except ConfigurationErrors as wrong:
        sys.stderr.write(f"{wrong}\n")
        return daemon.exits.CONFIGURATION_WRONG
    services = SERVICES if len(words) < 3 else (*SERVICES, _lines(int(words[2])))
    return daemon.run(configuration, directory=directory, speed=speed, services=services, on_ready=_ready)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
