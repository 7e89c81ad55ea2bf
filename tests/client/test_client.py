"""The client against an engine that exists only in the test: calls, tails, leaders, time-outs."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise
from typing import Any

import pytest

from router.client import Client, Outcome, Refused, Unknown
from router.wire import catalogue as c
from tests.client.fake import Engines, FakeEngine, run, turns

KEY = b"a shared key"


def client(engine: FakeEngine, **options: Any) -> Client:
    """A gateway at one fake engine."""
    given: dict[str, Any] = {"alive": lambda: (), "connect": engine.connect, "chance": random.Random(1)} | options
    return Client(["engine:1"], "gw", **given)


async def up(engine: FakeEngine, **options: Any) -> Client:
    made = client(engine, **options)
    made.start()
    assert await made.wait_up(5.0)
    return made


def silent_on(kind: type[c.Request]) -> Any:
    """An engine's `answers` that says nothing to one kind of message."""
    return lambda message: [] if isinstance(message, kind) else None


def test_a_call_returns_the_engine_s_reply() -> None:
    """Typed arguments go out, the typed reply comes back."""

    async def story() -> None:
        engine = FakeEngine()
        gw = await up(engine)
        assert await gw.enqueue("c1", queue="cards", priority_s=90) == c.Queued(2, "c1")
        assert engine.heard(c.Enqueue) == [c.Enqueue(2, "c1", "cards", priority_s=90)]
        await gw.close()

    run(story)


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1 << 20])
def test_it_does_not_matter_how_the_bytes_arrive(piece: int) -> None:
    """Byte by byte or all at once, with and without a key: the same conversation."""

    async def story() -> None:
        engine = FakeEngine(key=KEY, piece=piece)
        gw = await up(engine, key=KEY)
        answers = await asyncio.gather(*(gw.hold(f"c{number}") for number in range(5)))
        assert answers == [c.Ok(number) for number in range(2, 7)]
        await gw.close()

    run(story)


def test_all_that_is_called_in_one_turn_leaves_in_one_write() -> None:
    """A hundred calls cost one system call."""

    async def story() -> None:
        engine = FakeEngine()
        gw = await up(engine)
        before = engine.now.transport.writes
        await asyncio.gather(*(gw.hold(f"c{number}") for number in range(100)))
        assert engine.now.transport.writes == before + 1
        await gw.close()

    run(story)


def test_a_refusal_is_a_value() -> None:
    """What the engine refuses is returned with its code, and raises nothing."""

    async def story() -> None:
        engine = FakeEngine()
        engine.answers = lambda message: (
            [c.Error(message.seq, "unknown_contact", "c1")] if isinstance(message, c.Hold) else None
        )
        gw = await up(engine)
        assert await gw.hold("c1") == Refused("unknown_contact", "c1", "client")
        await gw.close()

    run(story)


def test_a_call_never_hangs() -> None:
    """No answer in time is `Unknown`, and says that the message was sent; a late answer is only counted."""

    async def story() -> None:
        engine = FakeEngine()
        engine.answers = silent_on(c.Hold)
        gw = await up(engine, call_timeout_s=2.0)
        began_s = asyncio.get_running_loop().time()
        assert await gw.hold("c1") == Unknown("timed out", sent=True)
        assert 2.0 <= asyncio.get_running_loop().time() - began_s < 2.2
        engine.now.say(c.Ok(2))
        await turns()
        assert gw.late_answers == 1
        await gw.close()

    run(story)


def test_without_an_engine_a_call_ends_too() -> None:
    """It was never sent then, so it is surely not done."""

    async def story() -> None:
        engine = FakeEngine()
        engine.refuse_connections = True
        async with client(engine) as gw:
            assert not await gw.wait_up(1.0)
            assert await gw.hold("c1") == Unknown("timed out", sent=False)
            assert gw.troubles()["engine:1"].code == "lost"

    run(story)


def test_closing_ends_every_call() -> None:
    """A call that waits when the client is closed is `Unknown` at once, and so is one made after that."""

    async def story() -> None:
        engine = FakeEngine()
        engine.answers = silent_on(c.Hold)
        gw = await up(engine)
        waiting = asyncio.create_task(gw.hold("c1"))
        await turns()
        await gw.close()
        assert await waiting == Unknown("the client was closed", sent=True)
        assert await gw.hold("c2") == Unknown("the client was closed", sent=False)
        assert not gw.up

    run(story)


def test_what_has_no_answer_is_sent_again_under_its_number() -> None:
    """After a loss the tail goes first, unchanged, in the same instance; the caller sees only the outcome."""

    async def story() -> None:
        engine = FakeEngine()
        engine.answers = silent_on(c.Enqueue)
        gw = await up(engine)
        calls = [asyncio.create_task(gw.enqueue(f"c{number}", "cards")) for number in range(3)]
        await turns()
        engine.answers = lambda message: None
        engine.now.cut()
        assert [await call for call in calls] == [c.Queued(2, "c0"), c.Queued(3, "c1"), c.Queued(4, "c2")]
        first, second = engine.conversations
        assert [m for m in second.heard if isinstance(m, c.Enqueue)] == [
            m for m in first.heard if isinstance(m, c.Enqueue)
        ]
        assert [type(m) for m in second.heard] == [c.Hello, c.Enqueue, c.Enqueue, c.Enqueue, c.SyncEnd]
        assert len({hello.instance for hello in engine.heard(c.Hello)}) == 1
        await gw.close()

    run(story)


def test_numbers_rise_over_connections() -> None:
    """Whatever is written on any connection, new numbers are above all that were used before."""

    async def story() -> None:
        engine = FakeEngine()
        gw = await up(engine)
        for _ in range(3):
            await gw.hold("c")
            engine.now.cut()
            await turns()
            assert await gw.wait_up(5.0)
        numbers = [m.seq for m in engine.heard(c.Request)]
        assert numbers == sorted(set(numbers))
        await gw.close()

    run(story)


def test_a_call_made_while_away_is_sent_on_return() -> None:
    """It waits for the connection, and for the engine to have the list of what is alive."""

    async def story() -> None:
        engine = FakeEngine()
        gw = await up(engine)
        engine.now.cut()
        await turns()
        assert not gw.up
        assert await gw.hold("c1") == c.Ok(3)
        await gw.close()

    run(story)


def test_already_is_returned() -> None:
    """The engine applied the number before and forgot the outcome: done, and the program is told just
    that."""

    async def story() -> None:
        engine = FakeEngine()
        engine.answers = lambda message: [c.Already(message.seq)] if isinstance(message, c.Hold) else None
        gw = await up(engine)
        assert await gw.hold("c1") == c.Already(2)
        await gw.close()

    run(story)


def test_busy_is_tried_again_under_a_new_number() -> None:
    """Not before the time that the engine names, and until it is taken."""

    async def story() -> None:
        engine = FakeEngine()
        times: list[float] = []

        def answers(message: Any) -> list[c.Message] | None:
            if not isinstance(message, c.Hold):
                return None
            times.append(asyncio.get_running_loop().time())
            return [c.Busy(message.seq, 700, "store")] if len(times) < 3 else None

        engine.answers = answers
        gw = await up(engine)
        assert await gw.hold("c1") == c.Ok(4)
        assert all(later - earlier >= 0.7 for earlier, later in pairwise(times))
        await gw.close()

    run(story)


def test_busy_to_the_end_is_refused() -> None:
    """Where time runs out it was surely not done."""

    async def story() -> None:
        engine = FakeEngine()
        engine.answers = lambda message: [c.Busy(message.seq, 100, "store")] if isinstance(message, c.Hold) else None
        gw = await up(engine)
        assert await gw.call(c.Hold(0, "c1"), timeout_s=1.0) == Refused("busy", "store", "engine")
        await gw.close()

    run(story)


def test_what_is_not_taken_before_the_sync_is_sent_after_it() -> None:
    """Under new numbers, in the old order, and before whatever was called meanwhile."""

    async def story() -> None:
        engine = FakeEngine()
        engine.answers = silent_on(c.Hold)
        gw = await up(engine)
        calls = [asyncio.create_task(gw.hold(f"c{number}")) for number in range(3)]
        await turns()
        synced = False

        def answers(message: Any) -> list[c.Message] | None:
            nonlocal synced
            synced = synced or isinstance(message, c.SyncEnd)
            refused = isinstance(message, c.Hold) and not synced
            return [c.Error(message.seq, "not_synced")] if refused else None

        engine.answers = answers
        engine.now.cut()
        await turns()
        late = asyncio.create_task(gw.hold("late"))
        assert [await call for call in calls] == [c.Ok(6), c.Ok(7), c.Ok(8)]
        assert await late == c.Ok(9)
        taken = [(m.seq, m.contact) for m in engine.now.heard if isinstance(m, c.Hold)]
        assert taken[3:] == [(6, "c0"), (7, "c1"), (8, "c2"), (9, "late")]
        await gw.close()

    run(story)


def test_it_is_bounded() -> None:
    """Above `pending_max` a call is refused at once and nothing is sent."""

    async def story() -> None:
        engine = FakeEngine()
        engine.answers = silent_on(c.Hold)
        gw = await up(engine, pending_max=3)
        outcomes: list[Outcome] = []
        for number in range(4):
            gw.send(c.Hold(0, f"c{number}"), outcomes.append)
        assert [type(outcome) for outcome in outcomes] == [Refused]
        await turns()
        assert len(engine.heard(c.Hold)) == 3
        await gw.close()

    run(story)


def test_a_mistake_in_a_callback_is_reported_and_harms_nobody() -> None:
    """The loop's exception handler hears of it; the connection and other calls go on."""

    async def story() -> None:
        told: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context))

        def bad(anything: object) -> None:
            raise RuntimeError("ours")

        engine = FakeEngine()
        gw = await up(engine, on_event=bad)
        gw.send(c.Hold(0, "c1"), bad)
        engine.now.say(c.Displaced("anna", "gw2"))
        assert await gw.hold("c2") == c.Ok(3)
        assert len(told) == 3
        assert all(isinstance(context["exception"], RuntimeError) for context in told)
        await gw.close()

    run(story)


def test_a_gateway_says_what_is_alive() -> None:
    """Without `alive` an engine would end everything on each reconnect: so it can't be forgotten."""
    with pytest.raises(ValueError, match="alive"):
        Client(["engine:1"], "gw")


@pytest.mark.parametrize("address", ["engine", "engine:0", "engine:65536", ":1", "engine:x", "unix:"])
def test_bad_addresses_are_refused(address: str) -> None:
    """With the reason, before anything is tried."""
    with pytest.raises(ValueError, match="address"):
        Client([address], "gw", alive=lambda: ())


def test_no_addresses_are_refused() -> None:
    """A client without an address can never do anything."""
    with pytest.raises(ValueError, match="address"):
        Client([], "gw", alive=lambda: ())


def test_two_addresses_are_independent() -> None:
    """That one engine can't be reached does not keep the client from the other."""

    async def story() -> None:
        away, here = FakeEngine(), FakeEngine()
        away.refuse_connections = True
        engines = Engines(away=away, here=here)
        async with Client(["away:1", "here:1"], "gw", alive=lambda: (), connect=engines.connect) as gw:
            assert await gw.wait_up(5.0)
            assert await gw.hold("c1") == c.Ok(2)
            assert list(gw.troubles()) == ["away:1"]

    run(story)
