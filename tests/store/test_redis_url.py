"""Reading a Redis URL: what it means, what is wrong with it, and that no error shows a password."""

from __future__ import annotations

import pytest

from router.store import open_store
from router.store.base import StoreUnusable
from router.store.redis.url import SCHEMES, Address, read


def test_a_server() -> None:
    """Host, port, database, user and password; percent signs are undone."""
    where = read("redis://ann:p%40ss@cache.example:7000/2")
    assert (where.way, where.addresses, where.db) == ("direct", (Address("cache.example", 7000),), 2)
    assert (where.username, where.password, where.tls) == ("ann", "p@ss", False)
    assert read("redis://h").addresses == (Address("h", 6379),)
    assert read("redis://:word@h").username is None
    assert read("redis://[::1]:6380").addresses == (Address("::1", 6380),)
    assert str(Address("::1", 6380)) == "[::1]:6380"


def test_tls() -> None:
    """A second s is TLS, with redis-py's names for its options."""
    where = read("rediss://h?ssl_ca_certs=/etc/ca.pem&ssl_check_hostname=false")
    assert where.tls
    assert where.options == {"ssl_ca_certs": "/etc/ca.pem", "ssl_check_hostname": False}
    assert read("rediss+cluster://h").tls
    assert read("rediss+sentinel://h/x").tls


def test_a_socket() -> None:
    """The path is the socket's, the database an option."""
    where = read("redis+unix:///run/redis/redis.sock?db=4")
    assert (where.way, where.path, where.db, where.addresses) == ("unix", "/run/redis/redis.sock", 4, ())


def test_sentinels() -> None:
    """Several hosts, the primary's name, perhaps a database; Sentinels have passwords of their own."""
    where = read("redis+sentinel://:a@s1,s2:5000/calls/1?sentinel_password=b&wait_replicas=2")
    assert where.addresses == (Address("s1", 26379), Address("s2", 5000))
    assert (where.name, where.db, where.password) == ("calls", 1, "a")
    assert (where.options, where.wait_replicas) == ({"sentinel_password": "b"}, 2)


def test_a_cluster() -> None:
    """Several nodes to begin with."""
    where = read("redis+cluster://n1,n2:7000")
    assert (where.way, where.addresses) == ("cluster", (Address("n1", 6379), Address("n2", 7000)))


@pytest.mark.parametrize(
    "url",
    [
        "redis://",
        "redis:h",
        "redis://:sesame@h:port",
        "redis://:sesame@h:70000",
        "redis://:sesame@h/x",
        "redis://:sesame@h/1/2",
        "redis://:sesame@h,i",
        "redis://:sesame@h?db=-1",
        "redis://:sesame@h?password=sesame",
        "redis://:sesame@h?ssl_check_hostname=maybe",
        "redis+unix://h/path",
        "redis+unix://",
        "redis+sentinel://:sesame@h",
        "redis+cluster://:sesame@h/3",
        "redis+cluster://:sesame@[::1/",
    ],
)
def test_what_is_wrong_is_said_without_what_is_secret(url: str) -> None:
    """Each has the code of a bad URL and a remedy; a password never shows."""
    with pytest.raises(StoreUnusable) as caught:
        open_store(url, "main")
    assert caught.value.code == "store_url"
    assert "redis://HOST" in caught.value.remedy
    assert "sesame" not in str(caught.value)


def test_every_scheme_is_read() -> None:
    """A scheme that the store announces is one that it can read."""
    for scheme in SCHEMES:
        assert read(f"{scheme}:///path" if scheme.endswith("unix") else f"{scheme}://h/0").way
