"""Keeps one address connected for as long as the client lives.

It knows how to connect and how long to wait in between, and nothing of what is said on a connection. How a
connection is opened is passed in, so that tests can join client and engine without a socket."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from router.client.backoff import Backoff
from router.client.link import Address, Link, Lost

HOPELESS: Final = {"wrong_key", "no_common_protocol", "replaced", "wrong_role"}
"""What connecting again soon does not mend. `replaced` is among them: of two programs of one name, each
would close the other's connection for ever."""
POINTLESS: Final = HOPELESS | {"stale_epoch", "not_synced", "events_unread"}
"""Connections that were let in and were of no use all the same: the waits go on growing."""
CONNECT_MOST_S: Final = 5.0
"""For the network to open a connection."""

Connect: TypeAlias = Callable[[Address, Callable[[], Link]], Awaitable[Link]]


def connector(tls: ssl.SSLContext | None) -> Connect:
    """What opens connections over TCP (with TLS where there is a context) or a unix socket. It raises
    OSError."""

    async def connect(address: Address, make: Callable[[], Link]) -> Link:
        loop = asyncio.get_running_loop()
        if address.path:
            _, link = await loop.create_unix_connection(make, address.path)
        else:
            _, link = await loop.create_connection(make, address.host, address.port, ssl=tls)
        return link

    return connect


class Dialer:
    """One address and its connections, one after another."""

    def __init__(self, address: Address, connect: Connect, make: Callable[[Address], Link], backoff: Backoff) -> None:
        self.address = address
        self.last: Lost | None = None
        """Why there is no connection now, as far as that is known."""
        self.link: Link | None = None
        self._connect = connect
        self._make = make
        self._backoff = backoff

    @property
    def trouble(self) -> Lost | None:
        """Why no leader is to be had here: how the last connection ended, or that the engine stands by."""
        if self.link is None:
            return self.last
        welcome = self.link.welcome
        return Lost("standby", "another engine leads") if welcome is not None and welcome.state == "standby" else None

    async def run(self) -> None:
        """Connects, waits for the loss, waits, and so on until it is cancelled."""
        while True:
            lost = await self._once()
            self.last = lost
            least_s = self._backoff.hopeless() if lost.code in HOPELESS else 0.0
            await asyncio.sleep(self._backoff.wait_s(max(least_s, lost.retry_ms / 1000)))

    async def _once(self) -> Lost:
        """One connection from its opening to its loss."""
        try:
            async with asyncio.timeout(CONNECT_MOST_S):
                link = await self._connect(self.address, lambda: self._make(self.address))
        except TimeoutError:
            return Lost("lost", f"no connection to {self.address.text} within {CONNECT_MOST_S:.0f} s")
        except OSError as error:
            return Lost("lost", f"{self.address.text}: {error.strerror or error}")
        self.link = link
        try:
            lost = await link.over
        finally:
            self.link = None
        if link.welcome is not None and lost.code not in POINTLESS:
            self._backoff.worked()
        return lost
