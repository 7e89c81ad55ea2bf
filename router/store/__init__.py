"""Stores: where the state of the engine is kept, behind one interface (`base.Store`).

The one idea: a store is named by a URL, and whoever opens it need not know which kind it is.
"""

from __future__ import annotations

from pathlib import Path

from router.store.base import Store, StoreUnusable
from router.store.memory import VolatileStore
from router.store.redis.open import open_redis
from router.store.redis.url import SCHEMES
from router.store.sqlite import SqliteStore

__all__ = ["Store", "StoreUnusable", "open_store"]


def open_store(url: str, site: str, temporary: bool = False, streams_most: dict[str, int] | None = None) -> Store:
    """Open the store of `url` for `site`: `memory:`, `sqlite:PATH` or Redis. Raises `StoreUnusable`.

    `temporary`: core time runs faster than the clock in it. A file made so is never taken for a real one.
    """
    scheme, colon, rest = url.partition(":")
    if url == "memory:":
        return VolatileStore(streams_most)
    if scheme == "sqlite" and rest:
        # SQLAlchemy's habit of slashes is taken as it is meant: sqlite:///var/x and sqlite:/var/x are one
        # file.
        path = Path("/" + rest.lstrip("/") if rest.startswith("//") else rest)
        return SqliteStore(path, site, temporary, streams_most)
    if colon and scheme in SCHEMES:
        return open_redis(url, site, temporary, streams_most)
    raise StoreUnusable("store_unknown", f"{url!r} names no store", "use sqlite:PATH, redis://HOST or memory:")
