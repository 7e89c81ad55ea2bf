"""From the URL of a Redis to its store.

The one idea: whether replicas are waited for is said in the URL, and is another class of durability.
"""

from __future__ import annotations

from typing import ClassVar

from router.store.redis.store import RedisStore
from router.store.redis.url import read


class ReplicatedStore(RedisStore):
    """The same with `wait_replicas` in its URL: a batch counts as kept when so many replicas have it."""

    durability: ClassVar[str] = "replicated"


def open_redis(url: str, site: str, temporary: bool = False, streams_most: dict[str, int] | None = None) -> RedisStore:
    """Open the store of a Redis URL (`url`). Raises `StoreUnusable`."""
    where = read(url)
    kind = ReplicatedStore if where.wait_replicas else RedisStore
    return kind(where, site, temporary, streams_most)
