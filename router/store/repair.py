"""Making a store whole again out of what of it can be read.

Used after a copy was written, by a person, while no daemon runs. The one idea: SQLite takes out what is bad in one
commit; Redis gets what is good as a new generation, so that counts agree again.
"""

from __future__ import annotations

from collections.abc import Iterator

from router.core.batch import Batch
from router.store.base import Lead, Stamp, Store
from router.store.redis.store import RedisStore

LEAD_MS = 30_000
"""How long a repair may take before a daemon that stands by may lead."""


def readable(store: Store) -> Iterator[tuple[str, str, bytes]]:
    """Every record that is there, also where a start would refuse the store because some are missing. Raises
    `StoreError`."""
    if isinstance(store, RedisStore):
        follower = store.follower()
        try:
            yield from follower.load()
        finally:
            follower.close()
    else:
        yield from store.load()


def rewrite(store: Store, good: list[tuple[str, str, bytes]], gone: set[tuple[str, str]], stamp: Stamp) -> None:
    """Keep `good` and nothing else, without the records of `gone`, under a new epoch. Raises `StoreError`."""
    kept = store.stamp or stamp
    epoch = store.begin_epoch(stamp, Lead("switchboard store check", "repair", LEAD_MS))
    if isinstance(store, RedisStore):
        generation = store.rewriter()
        generation.write_all(good, epoch, 1, kept)
        generation.close()
        store.give_up()
    elif gone:
        store.commit(Batch(1, epoch, [], sorted(gone), []), kept)
