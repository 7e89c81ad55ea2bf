"""A store of Redis that has begun, for tests that go on from there."""

from __future__ import annotations

from router.store import open_store
from router.store.base import Stamp, Store
from tests.store.batches import batch_of

STAMP = Stamp(5_000_000, 7_000_000, 1_800_000_000_000_000, "one-boot")


def begun(url: str) -> Store:
    """With its first batch."""
    store = open_store(url, "main")
    store.begin_epoch(STAMP)
    store.commit(batch_of(store.epoch, 1), STAMP)
    return store
