"""A TCP proxy that can be cut, made deaf in one direction, or slow. It knows nothing of what goes through."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Literal

Way = Literal["both", "to_server", "to_client"]


class Proxy:
    """Forwards one port of loopback to another."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.delay_s = 0.0
        self._silent: set[str] = set()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._open = asyncio.Event()
        self._open.set()

    async def start(self, port: int = 0) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._arrived, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self, way: Way) -> None:
        """From now on nothing goes that way, and nobody is told: as a switch that has died."""
        self._silent = {"to_server", "to_client"} if way == "both" else {way}
        self._open.clear()

    def reset(self) -> None:
        """End every connection; new ones are let in."""
        for writer in list(self._writers):
            writer.transport.abort()

    def heal(self) -> None:
        """Let everything through again; what was held up in between is let go with its connection."""
        if self._silent:
            self.reset()
        self._silent = set()
        self.delay_s = 0.0
        self._open.set()

    async def stop(self) -> None:
        """Close everything."""
        self.heal()
        self.reset()
        if self._server is not None:
            self._server.close()

    async def _arrived(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if self._silent == {"to_server", "to_client"}:
                await self._open.wait()
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            self._writers.discard(writer)
            writer.transport.abort()
            return
        self._writers.add(back)
        await asyncio.gather(self._pump(reader, back, "to_server"), self._pump(there, writer, "to_client"))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                while way in self._silent:
                    await self._open.wait()
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                writer.write(data)
                await writer.drain()
        self._writers.discard(writer)
        writer.transport.abort()
