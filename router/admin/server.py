"""GET /metrics, /livez, /readyz and /version, on a listener of their own.

It must not know the engine: all that it shows comes from functions that it is given. The one idea: a connection
is for one request and has an end, and there are few of them, so whatever somebody does here costs the routing
next to nothing. Nobody asking costs nothing at all: no timer, no task.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, NamedTuple, cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from router.admin.readiness import Readiness

CONNECTIONS_MAX: Final = 16
"""Connections at once; the next is answered 503. A few scrapers, probes and people."""

CONNECTION_MOST_S: Final = 20.0
"""From connect to the last byte read: longer than any scrape should take, so that nobody sits on a place."""

LINE_BYTES_MAX: Final = 2_048
"""The request line, and any header."""

HEADERS_MAX: Final = 64

BODY_BYTES_MAX: Final = 1_024
"""Of a request; none of them has one."""

LIVE_MOST_S: Final = 10.0
"""Without a step of the core for this long, though it is woken each second, the daemon is not alive."""

STOP_MOST_S: Final = 1.0
"""How long replies under way may take when we stop."""

TEXT_TYPE: Final = "text/plain; charset=utf-8"

_TURNED_AWAY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 21\r\n\r\ntoo many connections\n"
)


_library: Final = logging.getLogger("switchboard.admin")
"""Where aiohttp says what goes wrong."""


def _is_ours(record: logging.LogRecord) -> bool:
    """What is no HTTP is its sender's mistake: it is answered 400, and whoever scans ports writes no lines here."""
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)


_library.addFilter(_is_ours)


class Address(NamedTuple):
    """Where it really listens: a port 0 has become a port."""

    host: str
    port: int

    def __str__(self) -> str:
        """As in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class _TurnedAway(asyncio.Protocol):
    """One connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say so, and close."""
        writer = cast("asyncio.Transport", transport)
        writer.write(_TURNED_AWAY)
        writer.close()


class AdminServer:
    """`metrics`: the text in pieces, and its content type. `readiness`: as of now. `since_step_s`: seconds since
    the core took its last step. `version`: what /version shows."""

    def __init__(
        self,
        metrics: Callable[[], Awaitable[Sequence[bytes]]],
        readiness: Callable[[], Readiness],
        since_step_s: Callable[[], float],
        version: Mapping[str, str | int],
        *,
        metrics_type: str = TEXT_TYPE,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._metrics = metrics
        self._metrics_type = metrics_type
        self._readiness = readiness
        self._since_step_s = since_step_s
        self._version = dict(version)
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None
        self._listener: asyncio.Server | None = None

    async def start(self) -> Address:
        """Listen. Raises OSError where the address is taken or not ours."""
        app = web.Application(client_max_size=BODY_BYTES_MAX)
        app.router.add_get("/metrics", self._get_metrics)
        app.router.add_get("/livez", self._get_livez)
        app.router.add_get("/readyz", self._get_readyz)
        app.router.add_get("/version", self._get_version)
        app.on_response_prepare.append(_close_after)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            logger=_library,
            shutdown_timeout=STOP_MOST_S,
            max_line_size=LINE_BYTES_MAX,
            max_field_size=LINE_BYTES_MAX,
            max_headers=HEADERS_MAX,
            lingering_time=0.0,
        )
        await self._runner.setup()
        try:
            self._listener = await asyncio.get_running_loop().create_server(self._connection, self._host, self._port)
        except OSError:
            await self.stop()
            raise
        at: tuple[str, int] = self._listener.sockets[0].getsockname()[:2]
        return Address(*at)

    async def stop(self) -> None:
        """Take nobody in any more, and let replies under way out. Stopping twice does nothing."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def _connection(self) -> asyncio.Protocol:
        """Somebody connects: the protocol to serve them."""
        server = None if self._runner is None else self._runner.server
        if server is None or len(server.connections) >= CONNECTIONS_MAX:
            return _TurnedAway()
        handler = server()
        asyncio.get_running_loop().call_later(CONNECTION_MOST_S, _end, handler)
        return handler

    async def _get_metrics(self, request: web.Request) -> web.StreamResponse:
        """The text, piece by piece. It is not compressed: that would keep the loop longer than making it."""
        chunks = await self._metrics()
        response = web.StreamResponse(headers={"Content-Type": self._metrics_type})
        response.content_length = sum(len(chunk) for chunk in chunks)
        await response.prepare(request)
        if request.method != "HEAD":
            for chunk in chunks:
                await response.write(chunk)
                # A socket that takes everything at once would keep the loop for all of it.
                await asyncio.sleep(0)
        await response.write_eof()
        return response

    async def _get_livez(self, _: web.Request) -> web.Response:
        """Alive: the core steps. A loop that hangs altogether does not answer, which says the same."""
        since_s = self._since_step_s()
        if since_s > LIVE_MOST_S:
            return web.Response(status=503, text=f"no step for {since_s:.1f} s\n")
        return web.Response(text="alive\n")

    async def _get_readyz(self, _: web.Request) -> web.Response:
        """Ready: clients may come."""
        readiness = self._readiness()
        return _json(readiness.shown(), 200 if readiness.ready else 503)

    async def _get_version(self, _: web.Request) -> web.Response:
        """What runs here."""
        return _json(self._version, 200)


def _json(shown: Mapping[str, object], status: int) -> web.Response:
    return web.Response(status=status, text=json.dumps(shown) + "\n", content_type="application/json")


async def _close_after(_: web.Request, response: web.StreamResponse) -> None:
    """One request a connection. The headers are set by hand: aiohttp has written its own before this is called."""
    response.force_close()
    response.headers["Connection"] = "close"
    response.headers["Server"] = "switchboard"


def _end(handler: web.RequestHandler) -> None:
    """The connection has had its time."""
    if handler.transport is not None:
        handler.transport.abort()
