"""A standby's reader of the feed: it takes what follows, and knows when something is missing."""

from __future__ import annotations

import pytest

from router.store.redis.follow import Follower, Hole
from tests.store.batches import Records, after, batch_of, loaded
from tests.store.simulated import Server, ServerStore


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def leader(server: Server) -> ServerStore:
    """Of an epoch with two batches."""
    store = server.store("one")
    store.begin_epoch()
    for number in (1, 2):
        store.commit(batch_of(store.epoch, number))
    return store


@pytest.fixture
def follower(server: Server, leader: ServerStore) -> Follower:
    """It has loaded both."""
    made = server.store("two").follower()
    assert {(kind, key): record for kind, key, record in made.load()} == after(leader.epoch, 2)
    return made


def test_what_follows_is_read_in_its_order(leader: ServerStore, follower: Follower) -> None:
    """Batch after batch, and over the beginning of another epoch."""
    leader.commit(batch_of(leader.epoch, 3))
    last = leader.epoch
    epoch = leader.begin_epoch()
    leader.commit(batch_of(epoch, 1))
    entries = follower.entries(0)
    assert [entry.position for entry in entries] == [(last, 3), (epoch, 1)]
    assert follower.position == (epoch, 1)
    records: Records = after(last, 2)
    for entry in entries:
        for kind, key, record in entry.records():
            if record is None:
                records.pop((kind, key), None)
            else:
                records[kind, key] = record
    assert records == loaded(leader)


def test_a_batch_that_is_missing_is_a_hole(server: Server, leader: ServerStore, follower: Follower) -> None:
    """The feed was trimmed where the standby had not come to yet: what follows is not read on as it is."""
    for number in (3, 4):
        leader.commit(batch_of(leader.epoch, number))
    del server.feed[-2]
    with pytest.raises(Hole):
        follower.entries(0)


def test_an_epoch_that_did_not_begin_where_we_are_is_a_hole(
    server: Server, leader: ServerStore, follower: Follower
) -> None:
    """The last batch of the epoch before is gone from the feed."""
    leader.commit(batch_of(leader.epoch, 3))
    del server.feed[-1]
    leader.begin_epoch()
    with pytest.raises(Hole):
        follower.entries(0)


def test_everything_written_anew_is_a_hole(server: Server, leader: ServerStore, follower: Follower) -> None:
    """The feed of a new generation says nothing of what came before it."""
    server.feed.add((leader.epoch, 3), {b"generation": b"2"})
    with pytest.raises(Hole):
        follower.entries(0)
