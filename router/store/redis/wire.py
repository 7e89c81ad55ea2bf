"""One connection to Redis: dialled by redis-py, then spoken to a command at a time.

redis-py knows how to connect (TLS, users, databases) and reads any reply; that is `call`. Commands whose reply is
one line (our scripts' and WAIT's) are bytes out and a line back; that is `exchange`, and the event loop does the
same without waiting (`line`). It must not know what is in a batch.

The one idea: nothing here tries again. redis-py's own retries are off, since a write whose answer was lost would be
carried out twice; whoever calls knows what may be said again.
"""

from __future__ import annotations

import contextlib
import socket
import time
from typing import Any, Final

from redis import connection as library
from redis import exceptions as they
from redis.backoff import NoBackoff
from redis.retry import Retry

from router.store.base import StoreError, StoreUnusable
from router.store.redis.errors import error_of
from router.store.redis.script import SCRIPTS
from router.store.redis.url import Address, Where, wrong

CONNECT_MOST_S: Final = 1.0
"""For a connection and for each word of its beginning. A site's Redis is near; a frozen one must not hold us."""

ANSWER_MOST_S: Final = 2.0
"""For a reply: far above a slow disk's fsync, far below what people take for an outage."""

BYTES_PER_S_LEAST: Final = 2_000_000
"""A large batch, after an absence of the store, may take so much longer; else it would never be through."""

REDIRECTS_MOST: Final = 5
"""A cluster that sends us on more often than this does not know itself where a slot is."""

TCP: Final[Any] = library.Connection
TLS: Final[Any] = library.SSLConnection
UNIX: Final[Any] = library.UnixDomainSocketConnection
"""redis-py's connections. Their methods have no types, so what comes of them is checked here."""

WORDS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (they.AuthenticationError, "WRONGPASS"),
    (they.BusyLoadingError, "LOADING"),
    (they.NoPermissionError, "NOPERM"),
    (they.OutOfMemoryError, "OOM"),
    (they.ReadOnlyError, "READONLY"),
    (they.NoScriptError, "NOSCRIPT"),
    (they.MovedError, "MOVED"),
    (they.AskError, "ASK"),
    (they.TryAgainError, "TRYAGAIN"),
    (they.MasterDownError, "MASTERDOWN"),
    (they.ClusterDownError, "CLUSTERDOWN"),
    (they.TimeoutError, "LATE"),
    (TimeoutError, "LATE"),
    (they.ConnectionError, "CUT"),
    (OSError, "CUT"),
)
"""redis-py cuts the first word off some errors and makes it a class; here it is put back. In this order: a class
before those that it is derived from."""


def line_of(error: Exception) -> str:
    """An error of redis-py as the line that Redis sent, or as our own word for what happened."""
    text = str(error)
    if text.startswith("NOAUTH") or "Authentication required" in text:
        return f"NOAUTH {text}"
    for kind, word in WORDS:
        if isinstance(error, kind):
            return text if text.startswith(word) else f"{word} {text}"
    return text or type(error).__name__


def answer_most_s(size: int) -> float:
    """How long the answer to so many bytes may take."""
    return ANSWER_MOST_S + size / BYTES_PER_S_LEAST


class Wire:
    """A connection that is up, and its server's name for people. Everything raises `StoreError`."""

    def __init__(self, connection: Any, where: str) -> None:
        self._connection = connection
        self.where = where

    @property
    def socket(self) -> socket.socket:
        """The socket itself, plain or TLS."""
        # redis-py has no public way to it; the lock file says with which version this was tried.
        sock: socket.socket | None = self._connection._get_socket()
        if sock is None:
            raise error_of("CUT closed", self.where)
        return sock

    def call(self, *words: str | bytes | int) -> Any:
        """Say a command and give its reply, as redis-py reads it. Waits `ANSWER_MOST_S` at most."""
        try:
            self.socket.settimeout(ANSWER_MOST_S)
            self._connection.send_command(*words)
            return self._connection.read_response(disable_decoding=True, timeout=ANSWER_MOST_S)
        except (they.RedisError, OSError) as error:
            raise error_of(line_of(error), self.where) from error

    def exchange(self, data: bytes | memoryview, lines: int = 1, answer: bytes = b"") -> bytes:
        """Send bytes and give so many reply lines, joined, without the last end of line. `answer`: what has
        come of them already."""
        until = time.monotonic() + answer_most_s(len(data))
        try:
            sock = self.socket
            sock.settimeout(answer_most_s(len(data)))
            sock.sendall(data)
            while answer.count(b"\r\n") < lines or not answer.endswith(b"\r\n"):
                sock.settimeout(max(0.001, until - time.monotonic()))
                piece = sock.recv(65_536)
                if not piece:
                    raise error_of("CUT by the other side", self.where)
                answer += piece
        except TimeoutError as error:
            raise error_of("LATE", self.where) from error
        except OSError as error:
            raise error_of(f"CUT {error}", self.where) from error
        return answer[:-2]

    def load_scripts(self) -> None:
        """Make our scripts known to the server. Raises `StoreUnusable` where it can't run them."""
        for script in SCRIPTS:
            try:
                self.call("SCRIPT", "LOAD", script.text)
            except StoreError as error:
                if "ompiling" in error.what:
                    raise StoreUnusable(
                        "store_too_old", f"{self.where} can't run our script", "Redis 7.0 or later is needed"
                    ) from error
                raise

    def close(self) -> None:
        """End it, whatever state it is in."""
        with contextlib.suppress(they.RedisError, OSError):
            self._connection.disconnect()


class Dialler:
    """Makes connections to the server that has the site: the one named, a Sentinel's primary, a slot's node."""

    def __init__(self, where: Where, probe: str) -> None:
        self.where = where
        self._probe = probe
        """A key of the site: a cluster's node that has it answers for it."""
        self._known: list[Address] = list(where.addresses)
        """A cluster's nodes, the one that had the site last first."""

    def dial(self) -> Wire:
        """A new connection, with our scripts loaded. Raises `StoreError`."""
        if self.where.way == "sentinel":
            wire = self._connect(self._primary())
        elif self.where.way == "cluster":
            wire = self._node()
        else:
            wire = self._connect(self.where.addresses[0] if self.where.addresses else None)
        try:
            wire.load_scripts()
        except StoreError:
            wire.close()
            raise
        return wire

    def _connect(self, address: Address | None) -> Wire:
        shown = self.where.path if address is None else str(address)
        connection = self._connection(address, self.where.username, self.where.password, self.where.db)
        return self._up(connection, f"Redis at {shown}")

    def _up(self, connection: Any, where: str) -> Wire:
        try:
            connection.connect()
        except (they.RedisError, OSError) as error:
            line = line_of(error)
            if line.startswith(("CUT", "LATE")):
                line = f"UNREACHABLE {line.partition(' ')[2]}"
            raise error_of(line, where) from error
        return Wire(connection, where)

    def _connection(self, address: Address | None, username: str | None, password: str | None, db: int) -> Any:
        given: dict[str, Any] = {
            "username": username,
            "password": password,
            "db": db,
            "socket_timeout": CONNECT_MOST_S,
            "socket_connect_timeout": CONNECT_MOST_S,
            "retry": Retry(NoBackoff(), 0),
            "protocol": 2,
            "health_check_interval": 0,
            "client_name": "switchboard",
        }
        if address is None:
            given.pop("socket_connect_timeout")
            return UNIX(path=self.where.path, **given)
        given |= {"host": address.host, "port": address.port, "socket_keepalive": True}
        if not self.where.tls:
            return TCP(**given)
        options = {name: value for name, value in self.where.options.items() if name.startswith("ssl_")}
        try:
            return TLS(**options, **given)
        except (they.RedisError, OSError, ValueError) as error:
            raise wrong(self.where.shown, f"TLS: {error}") from error

    def _primary(self) -> Address:
        """Ask the Sentinels in turn; one that answers is asked first the next time."""
        failure: StoreError | None = None
        for address in list(self._known):
            options = self.where.options
            connection = self._connection(
                address, options.get("sentinel_username"), options.get("sentinel_password"), 0
            )
            try:
                sentinel = self._up(connection, f"Sentinel at {address}")
            except StoreError as error:
                failure = error
                continue
            try:
                found = sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self.where.name)
            except StoreError as error:
                failure = error
                continue
            finally:
                sentinel.close()
            if found:
                self._first(address)
                return Address(found[0].decode(), int(found[1]))
            failure = error_of(f"UNREACHABLE it knows no primary {self.where.name!r}", f"Sentinel at {address}")
        assert failure is not None, "a URL has an address"
        raise failure

    def replicas(self) -> int | None:
        """How many replicas the Sentinels know, also those that are away: what `all` means there. None where no
        Sentinel is asked. Raises `StoreError`."""
        if self.where.way != "sentinel":
            return None
        self._primary()
        # The Sentinel that has just answered is asked first.
        options = self.where.options
        connection = self._connection(
            self._known[0], options.get("sentinel_username"), options.get("sentinel_password"), 0
        )
        sentinel = self._up(connection, f"Sentinel at {self._known[0]}")
        try:
            return len(sentinel.call("SENTINEL", "REPLICAS", self.where.name))
        finally:
            sentinel.close()

    def _node(self) -> Wire:
        """A cluster's node that has the site's slot: any node says who it is."""
        failure: StoreError | None = None
        for seed in list(self._known):
            address = seed
            for _ in range(REDIRECTS_MOST):
                try:
                    wire = self._connect(address)
                except StoreError as error:
                    failure = error
                    break
                try:
                    moved = self._moved(wire, address)
                except StoreError as error:
                    wire.close()
                    failure = error
                    break
                if moved is None:
                    self._first(address)
                    return wire
                wire.close()
                address = moved
            else:
                failure = error_of("MOVED in a circle", self.where.shown)
        assert failure is not None, "a URL has an address"
        raise failure

    def _moved(self, wire: Wire, address: Address) -> Address | None:
        """Where this node says that the slot is; None: here. Learns the cluster's other nodes."""
        try:
            wire.call("EXISTS", self._probe)
        except StoreError as error:
            if error.code != "store_moved" or not isinstance(error.__cause__, they.MovedError):
                raise
            host = str(error.__cause__.host or address.host)
            return Address(host, int(error.__cause__.port))
        for _, _, *nodes in wire.call("CLUSTER", "SLOTS"):
            for host, port, *_ in nodes:
                node = Address(host.decode() if host else address.host, int(port))
                if node not in self._known:
                    self._known.append(node)
        return None

    def _first(self, address: Address) -> None:
        """Try this one first the next time."""
        if address in self._known:
            self._known.remove(address)
        self._known.insert(0, address)
