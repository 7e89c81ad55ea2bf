"""Group commit: nothing is told before what it rests on is kept, and what happens when the store does not
answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.commands import Enqueue
from router.core.effects import Busy, Ok, Queued
from router.loop import group
from router.store.base import StoreAway, StoreError, StoreFenced
from tests.loop.fakes import Connection, Rig, SlowStore

AWAY = StoreAway("store_away", "no room", "make room")


@pytest.fixture
def store() -> SlowStore:
    return SlowStore()


@pytest.fixture
def rig(store: SlowStore) -> Rig:
    return Rig(store)


def test_nothing_is_told_before_it_is_kept(rig: Rig, store: SlowStore) -> None:
    """The reply to a command waits for its batch, and a question behind it waits too."""
    rig.a.say(1, -2)
    rig.events.run_ready()
    assert rig.a.told == []
    store.answer()
    assert rig.a.told == [Ok(1), Ok(2)]


def test_what_rests_on_nothing_is_told_at_once(rig: Rig, store: SlowStore) -> None:
    """A question while no batch is on its way needs no commit."""
    rig.a.say(-1)
    rig.events.run_ready()
    assert rig.a.told == [Ok(1)]
    assert store.sent == []


def test_one_flight_and_one_open_batch(rig: Rig, store: SlowStore) -> None:
    """Commands behind a flight gather in one batch, which leaves when the flight lands, in the order
    decided."""
    rig.a.say(1)
    rig.events.run_ready()
    for number in (2, 3, -4):
        rig.a.say(number)
        rig.events.run_ready()
    assert len(store.sent) == 1
    store.answer()
    assert rig.a.numbers() == [1]
    assert [len(batch.puts) for batch in store.sent] == [1, 2]
    store.answer()
    assert rig.a.numbers() == [1, 2, 3, 4]
    assert not store.flying


def test_a_full_open_batch_stops_the_reading(rig: Rig, store: SlowStore) -> None:
    """Behind a flight at most so many records gather (and a step's worth more); the rest is applied after it
    has landed. The clock goes on meanwhile."""
    rig.a.say(1)
    rig.events.run_ready()
    rig.a.say(*range(2, 3001))
    rig.events.run_ready()
    applied = len(rig.commands())
    assert group.RECORDS_MOST <= applied - 1 <= group.RECORDS_MOST + 256 + 32
    assert rig.loop.commits.full
    assert rig.loop.figures.full_steps > 0
    steps = rig.loop.figures.steps
    rig.events.run_ready()
    assert rig.loop.figures.steps == steps, "it sleeps rather than turning round and round"
    store.answer()
    rig.events.run_ready()
    assert len(rig.commands()) > applied
    while store.flying:
        store.answer()
        rig.events.run_ready()
    assert rig.a.numbers() == list(range(1, 3001))


def test_large_records_fill_a_batch_sooner(rig: Rig, store: SlowStore) -> None:
    """The bound in bytes holds by the size that records had lately."""
    rig.engine.record_bytes = 2000
    for number in range(1, 100):
        rig.a.say(number)
        rig.events.run_ready()
        store.answer()
    rig.a.say(100)
    rig.events.run_ready()
    rig.a.say(*range(101, 1001))
    rig.events.run_ready()
    gathered = len(rig.commands()) - 100
    assert group.BYTES_MOST / 2000 <= gathered <= group.BYTES_MOST / 2000 + 256 + 32


def test_a_failed_batch_is_sent_again_as_it_was(rig: Rig, store: SlowStore) -> None:
    """The same object, after a pause that grows; the engine routes on from memory meanwhile and says so."""
    told: list[StoreError | None] = []
    back: list[int] = []
    commits = rig.loop.commits
    assert isinstance(commits, group.GroupCommit)
    commits.on_away = told.append
    commits.on_back = lambda: back.append(1)
    rig.a.say(Enqueue(1, "c1", "q"), 2)
    rig.events.run_ready()
    store.answer(AWAY)
    assert told == [AWAY]
    assert rig.a.told == [Queued(1, "c1", "memory"), Ok(2)]
    assert rig.is_away()
    rig.a.say(Enqueue(3, "c3", "q"))
    rig.events.run_ready()
    assert rig.a.told[2:] == [Queued(3, "c3", "memory")], "told at once"
    for tried in range(1, 8):
        rig.events.advance(2)
        assert store.sent[-1] is store.sent[0]
        assert len(store.sent) == tried + 1
        store.answer(AWAY)
    assert len(told) == 1
    rig.events.advance(2)
    store.answer()
    assert back == [1]
    assert not rig.is_away()
    assert [batch.number for batch in store.kept] == [1]
    assert store.flying, "what was routed from memory follows at once"
    rig.a.say(Enqueue(4, "c4", "q"))
    rig.events.run_ready()
    assert len(rig.a.told) == 3, "from now on promises wait again"
    store.answer()
    store.answer()
    assert rig.a.told[3:] == [Queued(4, "c4")]
    assert rig.loop.figures.store_failures == 8


def test_a_silent_store_is_away(rig: Rig, store: SlowStore) -> None:
    """Without any answer for 300 ms the engine goes on from memory; the late answer ends that."""
    rig.a.say(Enqueue(1, "c1", "q"))
    rig.events.run_ready()
    rig.events.advance(group.DEGRADE_AFTER_US / 1e6 - 0.01)
    assert rig.a.told == []
    rig.events.advance(0.02)
    assert rig.a.told == [Queued(1, "c1", "memory")]
    assert rig.is_away()
    store.answer()
    assert not rig.is_away()
    assert len(rig.a.told) == 1, "nothing is told twice"


def test_a_slow_store_that_answers_in_time_is_not_away(rig: Rig, store: SlowStore) -> None:
    """Each batch has its own 300 ms."""
    for number in range(1, 10):
        rig.a.say(number)
        rig.events.advance(0.2)
        store.answer()
    assert not rig.is_away()
    assert rig.loop.figures.told_early == 0


def test_memory_for_a_store_that_is_away_has_an_end(
    rig: Rig, store: SlowStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With too many records of the past in memory new contacts are answered `busy`, all else goes on."""
    monkeypatch.setattr(group, "HISTORY_AWAY_MOST", 2)
    rig.a.say(1)
    rig.events.run_ready()
    store.answer(AWAY)
    rig.engine.world.history = [b"x", b"y"]
    rig.a.say(2)
    rig.events.run_ready()
    rig.a.say(Enqueue(3, "c3", "q"), 4)
    rig.events.run_ready()
    assert rig.a.told[2:] == [Busy(3, 1000, "store_away"), Ok(4)]
    rig.events.advance(2)
    store.answer()
    rig.a.say(Enqueue(5, "c5", "q"))
    rig.events.run_ready()
    store.answer()
    store.answer()
    assert rig.a.told[-1] == Queued(5, "c5")


def test_a_fenced_engine_stops(rig: Rig, store: SlowStore) -> None:
    """Another engine leads: nothing that was not kept is told, ever."""
    rig.a.say(1)
    rig.events.run_ready()
    fenced = StoreFenced("fenced", "epoch 2", "stop")
    store.answer(fenced)
    rig.events.advance(10)
    assert rig.failures == [fenced]
    assert rig.a.told == []


def test_messages_go_to_the_connection_that_they_were_decided_for(rig: Rig, store: SlowStore) -> None:
    """A client that connects again while its reply is on the way does not get it on the new connection."""
    rig.a.say(1)
    rig.events.run_ready()
    again = Connection(rig.hub, "a")
    again.say(2)
    rig.events.run_ready()
    store.answer()
    assert (rig.a.numbers(), again.numbers()) == ([1], [])
    store.answer()
    assert again.numbers() == [2]


def test_promises_in_bytes_are_not_made_early(rig: Rig, store: SlowStore) -> None:
    """What was encoded before the store went away can't be put into other words: its connection is cut, and
    the client asks again."""
    rig.a.say(Enqueue(1, "c1", "q"))
    rig.events.run_ready()
    again = Connection(rig.hub, "a")
    again.say(Enqueue(2, "c2", "q"))
    rig.events.run_ready()
    store.answer(AWAY)
    assert rig.a.aborted == "store_away"
    assert rig.a.told == []
    assert not again.aborted
    assert again.told == [Queued(2, "c2", "memory")]


def test_a_connection_is_finished_after_its_replies(rig: Rig, store: SlowStore) -> None:
    """Somebody who has ended their input is hung up on with the batch of their last reply, not with the one
    before."""
    rig.a.say(1)
    rig.events.run_ready()
    rig.a.say(2)
    rig.hub.finished.append(rig.a)
    rig.events.run_ready()
    store.answer()
    assert [who for who, _ in rig.hub.log] == ["a"]
    store.answer()
    assert [who for who, _ in rig.hub.log] == ["a", "a", "finished"]


def test_contacts_that_ended_are_reported_once_kept(rig: Rig, store: SlowStore) -> None:
    """Whoever logs contacts hears of a batch when it is kept, not before."""
    heard: list[int] = []
    rig.loop.commits.on_batch = lambda batch: heard.append(batch.number)
    rig.engine.world.history = [b"x"]
    rig.a.say(1)
    rig.events.run_ready()
    assert heard == []
    store.answer()
    assert heard == [1]


def test_a_mistake_outside_a_step_stops_the_engine_too(rig: Rig, store: SlowStore) -> None:
    """An exception while a flight lands is no less ours than one in a step."""

    def fail(_: object) -> None:
        raise KeyError("ours")

    rig.loop.commits.on_batch = fail
    rig.engine.world.history = [b"x"]
    rig.a.say(1)
    rig.events.run_ready()
    store.answer()
    assert isinstance(rig.failures[0], KeyError)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.sampled_from("ab"), st.integers(1, 5)),
        st.tuples(st.just("ask"), st.sampled_from("ab"), st.integers(1, 2)),
        st.tuples(st.just("land"), st.just(""), st.just(0)),
        st.tuples(st.just("fail"), st.just(""), st.just(0)),
        st.tuples(st.just("wait"), st.just(""), st.integers(1, 500)),
    ),
    max_size=40,
)


@given(steps=steps)
def test_order_and_promise_hold_whatever_the_store_does(steps: list[tuple[str, str, int]]) -> None:
    """However commands, answers, failures and waits are mixed: each client hears its replies in the order of
    its commands, once each; nothing is told before it is kept unless the store was away; at the end all is
    told and kept."""
    store = SlowStore()
    rig = Rig(store)
    clients = {"a": rig.a, "b": Connection(rig.hub, "b")}
    said: dict[str, list[int]] = {"a": [], "b": []}
    number = 0
    for name, client in clients.items():
        # Bound before the story begins: what is cut then has a test of its own.
        number += 1
        said[name].append(number)
        client.say(-number)
        rig.events.run_ready()
    for what, who, amount in steps:
        if what in {"say", "ask"}:
            for _ in range(amount):
                number += 1
                said[who].append(number)
                clients[who].say(number if what == "say" else -number)
            rig.events.run_ready()
        elif what == "wait":
            rig.events.advance(amount / 1000)
        elif store.flying:
            store.answer(AWAY if what == "fail" else None)
            rig.events.run_ready()
        if not rig.loop.figures.told_early:
            kept = sum(len(batch.puts) for batch in store.kept)
            changes = [reply for client in clients.values() for reply in client.numbers()]
            asked = {abs(command) for command in rig.commands() if command < 0}
            assert len([reply for reply in changes if reply not in asked]) <= kept
        for name, client in clients.items():
            assert client.numbers() == said[name][: len(client.numbers())]
    for _ in range(100):
        rig.events.advance(2)
        if store.flying:
            store.answer()
    assert {name: client.numbers() for name, client in clients.items()} == said
    assert not rig.engine.world.changed
    assert [batch.number for batch in store.kept] == list(range(1, len(store.kept) + 1))
    assert not rig.failures
