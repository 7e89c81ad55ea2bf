"""Whether a leader may still speak, judged by its own clock; and what group commit does while it may not."""

from __future__ import annotations

import pytest

from router.core.commands import Enqueue
from router.core.effects import Busy, Ok, Queued
from router.core.internal import StoodStill
from router.loop import group
from router.loop.group import GroupCommit
from router.loop.lease import Lease
from router.store.base import StoreAway
from tests.loop.fakes import Rig, SlowStore

TTL_US = 3_000_000
AWAY = StoreAway("store_away", "no room", "make room")


class Time:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.us = 1_000_000

    def __call__(self) -> int:
        return self.us


def leased(time: Time) -> Lease:
    return Lease(TTL_US, time.us + TTL_US, time)


def go_on(lease: Lease, time: Time, seconds: float) -> None:
    """Time passes, and the loop looks every 20 ms."""
    for _ in range(round(seconds * 50)):
        time.us += 20_000
        lease.look()


def test_while_the_lease_runs_it_may_speak() -> None:
    """Also after standing still for a while: nobody else can lead before it has run out."""
    time = Time()
    lease = leased(time)
    time.us += TTL_US - 1
    lease.look()
    assert lease.may_speak()


def test_after_standing_still_past_the_lease_it_waits_for_the_store() -> None:
    """The lease has run out while nobody looked: another may lead. Each attempt asks; a renewal that was asked for
    before the gap says nothing, one from after it does."""
    time = Time()
    lease = leased(time)
    asked: list[int] = []
    lease.on_doubt = lambda: asked.append(time.us)
    before = time.us
    time.us += TTL_US + 1
    lease.look()
    assert not lease.may_speak()
    assert len(asked) == 1
    lease.renewed(before)
    assert not lease.may_speak()
    lease.renewed(time.us)
    assert lease.may_speak()


def test_a_silent_store_ends_nothing() -> None:
    """Without a gap of our own a lease that runs out is the store's silence: the leader goes on."""
    time = Time()
    lease = leased(time)
    go_on(lease, time, 30)
    assert lease.may_speak()


def test_a_gap_before_the_lease_runs_out_counts_when_it_does() -> None:
    """Standing still for a third of the lease, and then no renewal comes: when it has run out nobody knows."""
    time = Time()
    lease = leased(time)
    time.us += TTL_US // 3 + 1
    lease.look()
    assert lease.may_speak()
    go_on(lease, time, 2.1)
    assert not lease.may_speak()


@pytest.fixture
def store() -> SlowStore:
    return SlowStore()


@pytest.fixture
def rig(store: SlowStore) -> Rig:
    made = Rig(store)
    commits = made.loop.commits
    assert isinstance(commits, GroupCommit)
    commits.lease = Lease(TTL_US, made.events.boot_us() + TTL_US, made.events.boot_us)
    return made


def commits_of(rig: Rig) -> GroupCommit:
    commits = rig.loop.commits
    assert isinstance(commits, GroupCommit)
    return commits


def test_what_was_kept_before_a_freeze_is_told_only_once_confirmed(rig: Rig, store: SlowStore) -> None:
    """The answer of the store lay in the socket while the process was stopped: its messages wait for the store to say
    that we lead, in their order; new contacts are answered `busy` meanwhile."""
    lease = commits_of(rig).lease
    assert lease is not None
    rig.a.say(1)
    rig.events.run_ready()
    rig.events.now += 10
    store.answer()
    assert rig.a.told == []
    rig.a.say(Enqueue(2, "c2", "q"), 3)
    rig.events.run_ready()
    assert rig.a.told == [Busy(2, 1000, "store_away")]
    store.answer()
    lease.renewed(rig.events.boot_us())
    commits_of(rig).confirmed()
    assert rig.a.told[1:] == [Ok(1), Ok(3)]
    rig.a.say(Enqueue(4, "c4", "q"))
    rig.events.run_ready()
    store.answer()
    assert rig.a.told[-1] == Queued(4, "c4")


def test_strict_tells_nothing_without_its_store(store: SlowStore) -> None:
    """New contacts are `busy`, all else waits for the store's return and is told then, once."""
    rig = Rig(store)
    commits_of(rig).strict = True
    rig.a.say(1)
    rig.events.run_ready()
    store.answer(AWAY)
    rig.a.say(Enqueue(2, "c2", "q"), 3)
    rig.events.run_ready()
    assert rig.a.told == [Busy(2, 1000, "store_away")]
    rig.events.advance(2)
    store.answer()
    store.answer()
    assert rig.a.told[1:] == [Ok(1), Ok(3)]
    rig.a.say(Enqueue(4, "c4", "q"))
    rig.events.run_ready()
    store.answer()
    assert rig.a.told[-1] == Queued(4, "c4")


def test_strict_stops_reading_before_memory_ends(store: SlowStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits to be told is bounded; with that many messages waiting nothing more is read."""
    monkeypatch.setattr(group, "HELD_EFFECTS_MOST", 3)
    rig = Rig(store)
    commits_of(rig).strict = True
    rig.a.say(1)
    rig.events.run_ready()
    store.answer(AWAY)
    for number in range(2, 9):
        rig.a.say(number)
        rig.events.run_ready()
    assert rig.loop.commits.full
    assert len(rig.a.inbox) > 0
    rig.events.advance(2)
    store.answer()
    rig.events.run_ready()
    store.answer()
    rig.events.run_ready()
    assert rig.a.numbers() == list(range(1, 9)) or store.flying


def test_what_gathered_meanwhile_is_kept_in_pieces(store: SlowStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a long absence the batches are bounded, and the store counts as back when the last of them is under way."""
    asked: list[int] = []
    rig = Rig(store)
    take = rig.engine.take_batch

    def noted(records: bool = True, most: int = 0) -> object:
        asked.append(most)
        return take(records, most)

    monkeypatch.setattr(rig.engine, "take_batch", noted)
    rig.a.say(1)
    rig.events.run_ready()
    store.answer(AWAY)
    rig.a.say(*range(2, group.RECORDS_MOST + 10))
    rig.events.advance(2)
    store.answer()
    assert asked[-1] == group.PIECE_RECORDS
    store.answer()
    rig.a.say(5_000)
    rig.events.run_ready()
    assert asked[-1] == 0


def test_what_nobody_is_told_runs_against_nobody(store: SlowStore) -> None:
    """While messages are held back the engine hears again and again that time stood still for who should answer them;
    with the store back it hears no more."""
    rig = Rig(store)
    commits_of(rig).strict = True
    rig.a.say(1)
    rig.events.run_ready()
    store.answer(AWAY)
    rig.events.advance(10)
    while store.flying:
        store.answer()
    rig.events.advance(10)
    told = [command.for_us for _, _, command in rig.engine.applied if isinstance(command, StoodStill)]
    assert 9_500_000 < sum(told) < 10_500_000
    assert len(told) <= 42
