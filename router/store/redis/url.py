"""Where Redis is: the store's URL, read and checked. No connection is made here.

    redis://[USER:PASSWORD@]HOST[:6379][/DB]                       rediss:// the same over TLS
    redis+unix:///PATH/OF/SOCKET[?db=DB]
    redis+sentinel://[USER:PASSWORD@]HOST[:26379][,HOST...]/NAME[/DB]
    redis+cluster://[USER:PASSWORD@]HOST[:6379][,HOST...]          rediss+sentinel://, rediss+cluster:// over TLS

The one idea: whatever the way, one connection to one server comes out of it; an error never shows a password.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from router.store.base import StoreUnusable

SCHEMES: Final = (
    "redis",
    "rediss",
    "redis+unix",
    "redis+sentinel",
    "rediss+sentinel",
    "redis+cluster",
    "rediss+cluster",
)

PORT: Final = 6379
SENTINEL_PORT: Final = 26379

REMEDY: Final = (
    "write redis://HOST, redis+unix:///PATH, redis+sentinel://HOST,HOST/NAME or redis+cluster://HOST,HOST; "
    "docs/durability.md has them all"
)


class Address(NamedTuple):
    """A server."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Where(NamedTuple):
    """A URL, read."""

    way: str
    """`direct`, `unix`, `sentinel` or `cluster`."""
    addresses: tuple[Address, ...]
    """Of servers, or of Sentinels. Empty with `unix`."""
    path: str
    """Of the unix socket."""
    name: str
    """That Sentinels know the primary by."""
    db: int
    username: str | None
    password: str | None
    tls: bool
    wait_replicas: int
    """Replicas that must have a batch before it counts as kept."""
    options: dict[str, Any]
    """TLS options under redis-py's names, and `sentinel_username`, `sentinel_password`."""
    shown: str
    """The URL without what is secret."""


def _flag(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(text)
    return text == "true"


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > 1000:
        raise ValueError(text)
    return int(text)


ALL_REPLICAS: Final = 1_000_000
"""`wait_replicas=all`: as many as the Sentinels know when the epoch begins, away or not; where there are none, as the
primary has then. At least one."""


def _replicas(text: str) -> int:
    return ALL_REPLICAS if text == "all" else _count(text)


OPTIONS: Final[dict[str, Callable[[str], Any]]] = {
    "db": _count,
    "wait_replicas": _replicas,
    "ssl_ca_certs": str,
    "ssl_certfile": str,
    "ssl_keyfile": str,
    "ssl_check_hostname": _flag,
    "sentinel_username": str,
    "sentinel_password": str,
}
"""What may stand behind the `?`."""


def wrong(shown: str, what: str) -> StoreUnusable:
    """A URL that can't be used."""
    return StoreUnusable("store_url", f"{shown}: {what}", REMEDY)


def read(url: str) -> Where:
    """Read a store's URL. Raises `StoreUnusable`."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise wrong("the store's URL", str(error)) from error
    userinfo, _, hosts = parts.netloc.rpartition("@")
    shown = f"{parts.scheme}://{hosts}{parts.path}"
    if parts.scheme not in SCHEMES or not url.startswith(f"{parts.scheme}://"):
        raise wrong(shown, "no such way to reach Redis")
    options = _options(parts, shown)
    way = parts.scheme.partition("+")[2] or "direct"
    username, colon, password = userinfo.partition(":")
    path = [unquote(piece) for piece in parts.path.split("/")[1:] if piece]
    name = path.pop(0) if way == "sentinel" and path else ""
    db = options.pop("db", 0)
    if way == "unix":
        if hosts or not path:
            raise wrong(shown, "no path of a socket")
    else:
        if path:
            db = _database(path, shown)
        if way == "sentinel" and not name:
            raise wrong(shown, "without the name that Sentinel knows the primary by")
        if way == "direct" and "," in hosts:
            raise wrong(shown, "several hosts need redis+sentinel:// or redis+cluster://")
        if way == "cluster" and db:
            raise wrong(shown, "a cluster has only database 0")
    return Where(
        way=way,
        addresses=() if way == "unix" else _addresses(hosts, SENTINEL_PORT if way == "sentinel" else PORT, shown),
        path=unquote(parts.path) if way == "unix" else "",
        name=name,
        db=db,
        username=unquote(username) or None,
        password=unquote(password) if colon else None,
        tls=parts.scheme.startswith("rediss"),
        wait_replicas=options.pop("wait_replicas", 0),
        options=options,
        shown=shown,
    )


def _options(parts: SplitResult, shown: str) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for name, text in parse_qsl(parts.query, keep_blank_values=True):
        if name not in OPTIONS:
            raise wrong(shown, f"unknown option {name!r}; there are {', '.join(OPTIONS)}")
        try:
            options[name] = OPTIONS[name](text)
        except ValueError as error:
            raise wrong(shown, f"{name} can't be {text!r}") from error
    return options


def _database(path: list[str], shown: str) -> int:
    if len(path) > 1:
        raise wrong(shown, "too many parts in its path")
    try:
        return _count(path[0])
    except ValueError as error:
        raise wrong(shown, f"{path[0]!r} is no number of a database") from error


def _addresses(hosts: str, port: int, shown: str) -> tuple[Address, ...]:
    addresses = []
    for each in hosts.split(","):
        try:
            one = urlsplit(f"//{each}")
            addresses.append(Address(one.hostname or "", one.port if one.port is not None else port))
        except ValueError as error:
            raise wrong(shown, f"{each!r} is no host and port") from error
        if not addresses[-1].host:
            raise wrong(shown, "without a host")
    return tuple(addresses)
