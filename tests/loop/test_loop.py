"""The six steps: turns, bounds, sleep, failure and rest."""

from __future__ import annotations

import asyncio

import pytest

from router.core.commands import Enqueue
from router.core.effects import Busy, Error, Ok
from router.core.internal import StoodStill, WallClock
from router.loop import Broken
from router.loop.loop import BEAT_S, COMMANDS_A_STEP
from router.server.limits import TURN_COMMANDS
from router.store.base import StoreGap
from router.store.memory import MemoryStore
from tests.loop.fakes import Connection, Rig, SlowStore


@pytest.fixture
def rig() -> Rig:
    store = MemoryStore()
    store.begin_epoch()
    return Rig(store)


def test_a_command_is_kept_and_told_in_one_step(rig: Rig) -> None:
    """With a store that keeps at once, one round of the event loop carries a command to its reply."""
    rig.a.say(1)
    rig.events.run_once()
    assert rig.a.told == [Ok(1)]
    assert rig.store.number == 1
    assert not rig.events.ready, "and the loop sleeps"


def test_a_step_takes_turns_and_has_an_end(rig: Rig) -> None:
    """A flood of one connection delays another by a turn, and a step applies at most its most."""
    b = Connection(rig.hub, "b")
    rig.a.say(*range(1, 1001))
    b.say(*range(1, 41))
    rig.events.run_once()
    order = [peer for _, peer, _ in rig.engine.applied if peer]
    assert order[: 2 * TURN_COMMANDS] == ["a"] * TURN_COMMANDS + ["b"] * TURN_COMMANDS
    assert COMMANDS_A_STEP <= len(order) < COMMANDS_A_STEP + TURN_COMMANDS
    assert b.numbers() == list(range(1, 41))
    rig.events.run_ready()
    assert rig.a.numbers() == list(range(1, 1001))
    assert rig.loop.figures.commands == 1041, "with the wall clock's"


def test_a_step_stops_when_its_time_is_over(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """After 2 ms the others of the event loop have their turn, however few commands that were."""
    times = iter(range(0, 1_000_000_000, 3_000_000))
    monkeypatch.setattr("router.loop.loop.monotonic_ns", lambda: next(times))
    rig.a.say(*range(1, 101))
    rig.events.run_once()
    assert len(rig.commands()) == TURN_COMMANDS
    assert rig.events.ready, "the next step is on its way"
    rig.events.run_ready()
    assert len(rig.commands()) == 100


def test_commands_of_a_step_have_one_time(rig: Rig) -> None:
    """Core time is read once a step, and never goes back."""
    rig.a.say(1, 2)
    rig.events.run_ready()
    rig.events.advance(0.5)
    rig.a.say(3)
    rig.events.run_ready()
    times = [now_us for now_us, peer, _ in rig.engine.applied if peer]
    assert times[0] == times[1]
    assert times[2] - times[0] == 500_000


def test_it_sleeps_until_the_next_deadline(rig: Rig) -> None:
    """The engine is asked to tick at its deadline and not before; an earlier one takes the timer over, and a
    later one leaves it alone."""
    start_us = 1_000_000
    rig.engine.deadline_us = start_us + 300_000
    rig.a.say(1)
    rig.events.run_ready()
    rig.engine.deadline_us = start_us + 100_500
    rig.a.say(2)
    rig.events.run_ready()
    ticks = len(rig.engine.ticks)
    rig.events.advance(0.1)
    assert len(rig.engine.ticks) == ticks
    rig.events.advance(0.002)
    assert not rig.engine.has_deadline()
    assert rig.engine.ticks[-1] >= start_us + 100_500


def test_a_faster_clock_sleeps_less() -> None:
    """At speed 600 a deadline in a minute of core time comes after a tenth of a second."""
    store = MemoryStore()
    store.begin_epoch()
    rig = Rig(store, speed=600)
    rig.engine.deadline_us = 1_000_000 + 60_000_000
    rig.a.say(1)
    rig.events.advance(0.099)
    assert rig.engine.has_deadline()
    rig.events.advance(0.002)
    assert not rig.engine.has_deadline()


def test_more_than_one_step_of_deadlines(rig: Rig) -> None:
    """Deadlines that a step left over are fired in the next, without a wait."""
    left = [3]

    def tick(now_us: int) -> None:
        left[0] -= 1
        rig.engine.deadline_us = now_us if left[0] > 0 else None

    rig.engine.tick = tick  # type: ignore[method-assign]  # an engine with much to do
    rig.engine.deadline_us = 1
    rig.loop.wake()
    rig.events.run_ready()
    assert left == [0]


def test_the_wall_clock_comes_once_a_second(rig: Rig) -> None:
    """As a command of the daemon, and the sign of life only after the engine has taken it."""
    alive: list[int] = []
    rig.loop.on_beat = lambda: alive.append(len(rig.engine.applied))
    before = len(rig.engine.applied)
    rig.events.advance(3 * BEAT_S)
    clocks = [command for _, peer, command in rig.engine.applied[before:] if not peer]
    assert clocks == [WallClock(1_732_000_000)] * 3
    assert alive == [before + 1, before + 2, before + 3]


def test_the_time_is_told_before_anybody_is_heard(rig: Rig) -> None:
    """The first command of all is the wall clock: calendars are right for the first contact."""
    assert rig.engine.applied[0][2] == WallClock(1_732_000_000)


def test_a_failing_engine_ends_the_loop(rig: Rig) -> None:
    """The client whose command it was is told `internal`, nobody else is told anything, nothing is kept, and
    no further command is applied."""
    b = Connection(rig.hub, "b")
    rig.a.say(1)
    b.say(1)
    rig.events.run_ready()
    kept = rig.store.number
    failing = ValueError("ours")
    failing.seq = 3  # type: ignore[attr-defined]  # a command with a number
    b.say(2)
    rig.a.say(2, failing, 4)
    rig.events.run_ready()
    assert isinstance(rig.failures[0], Broken)
    assert rig.failures[0].peer == "a"
    assert rig.failures[0].command is failing
    assert rig.failures[0].__cause__ is failing
    assert rig.a.told[1:] == [Error(3, "internal", rig.a.told[1].detail, "engine")]
    assert b.numbers() == [1]
    assert rig.store.number == kept
    rig.a.say(5)
    rig.events.advance(5)
    assert len(rig.failures) == 1
    assert 5 not in rig.commands()


def test_a_store_that_lost_a_batch_ends_the_loop(rig: Rig) -> None:
    """A gap can't be mended by going on: nothing that rests on the batch is told."""
    rig.a.say(1)
    rig.events.run_ready()
    rig.engine.batches += 1
    rig.a.say(2)
    rig.events.run_ready()
    assert isinstance(rig.failures[0], StoreGap)
    assert rig.a.numbers() == [1]


def test_rest_answers_what_was_read() -> None:
    """Coming to rest applies what was read, refuses new contacts with `busy`, and waits until all is kept and
    told; afterwards nothing is applied."""

    async def story() -> None:
        store = SlowStore()
        rig = Rig(store)
        rig.a.say(1)
        rig.events.run_ready()
        rig.a.say(2, Enqueue(3, "c", "q"), 4)
        resting = asyncio.ensure_future(rig.loop.settle())
        await asyncio.sleep(0)
        rig.events.run_ready()
        assert [type(message) for message in rig.a.told] == [Busy]
        assert rig.a.told[0] == Busy(3, 1000, "stopping")
        assert not resting.done()
        while store.flying:
            store.answer()
            rig.events.run_ready()
        await resting
        assert rig.a.numbers() == [3, 1, 2, 4]
        rig.a.say(5)
        rig.events.advance(5)
        assert rig.commands() == [1, 2, 4]
        assert not store.flying

    asyncio.run(story())


def test_a_failure_ends_the_rest() -> None:
    """Whoever waits for the loop to come to rest hears what ended it, at once."""

    async def story() -> None:
        store = SlowStore()
        rig = Rig(store)
        rig.a.say(1)
        rig.events.run_ready()
        resting = asyncio.ensure_future(rig.loop.settle())
        await asyncio.sleep(0)
        rig.events.run_ready()
        store.answer(StoreGap("gap", "batch 1", "start again"))
        with pytest.raises(StoreGap):
            await resting
        assert len(rig.failures) == 1
        assert rig.a.told == []

    asyncio.run(story())


def test_rest_has_an_end_under_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that never stop talking don't keep the loop from coming to rest."""

    async def story() -> None:
        store = MemoryStore()
        store.begin_epoch()
        rig = Rig(store)
        now_ns = [0]

        def monotonic_ns() -> int:
            now_ns[0] += 1_000_000
            return now_ns[0]

        monkeypatch.setattr("router.loop.loop.monotonic_ns", monotonic_ns)
        number = 1
        rig.a.say(number)
        resting = asyncio.ensure_future(rig.loop.settle())
        await asyncio.sleep(0)
        for _ in range(1000):
            number += 1
            rig.a.say(number)
            rig.events.run_once()
            await asyncio.sleep(0)
            if resting.done():
                break
        assert resting.done()
        assert rig.a.numbers() == rig.commands() == list(range(1, len(rig.commands()) + 1))

    asyncio.run(story())


def test_the_loop_notices_that_it_was_late(rig: Rig) -> None:
    """A stall of anything on the event loop shows in the figures."""
    rig.events.advance(1)
    assert rig.loop.figures.lag_us.most < 1000
    rig.events.now += 0.05
    rig.events.advance(0.1)
    assert rig.loop.figures.lag_us.most >= 30_000


def test_monitors_decide_whether_events_are_made(rig: Rig) -> None:
    """The engine makes events for monitors only while somebody follows them."""
    rig.hub.monitors.wanted = True
    rig.loop.wake()
    rig.events.run_ready()
    assert rig.engine.world.monitored
    rig.hub.monitors.wanted = False
    rig.loop.wake()
    rig.events.run_ready()
    assert not rig.engine.world.monitored


def test_a_process_that_was_stopped_says_so_before_deadlines_fire(rig: Rig) -> None:
    """After a gap of its own the engine hears first how long it stood still, then what lies unread; a loop that is only
    a little late says nothing."""
    rig.events.advance(0.2)
    rig.a.say(1)
    rig.events.run_ready()
    assert StoodStill not in {type(command) for _, _, command in rig.engine.applied}
    rig.events.now += 5
    rig.a.say(2)
    rig.events.run_ready()
    *_, still, answer = [command for _, _, command in rig.engine.applied if not isinstance(command, WallClock)]
    assert answer == 2
    assert isinstance(still, StoodStill)
    assert 5_000_000 <= still.for_us < 5_200_000


def test_a_gap_that_a_timer_finds_is_told_once(rig: Rig) -> None:
    """The timer that looks whether we are late may run before the step; what it found is not lost, nor told twice."""
    rig.events.advance(0.1)
    rig.events.now += 2
    rig.events.advance(0.5)
    told = [command.for_us for _, _, command in rig.engine.applied if isinstance(command, StoodStill)]
    assert len(told) == 1
    assert 1_900_000 <= told[0] < 2_100_000
