"""Events in order, to a callback or an iterator; being without an engine; the monitor's numbers."""

from __future__ import annotations

import asyncio
from typing import Any

from router.client import Client
from router.wire import catalogue as c
from tests.client.fake import FakeEngine, run, turns


def gateway(engine: FakeEngine, **options: Any) -> Client:
    given: dict[str, Any] = {"alive": lambda: (), "connect": engine.connect} | options
    return Client(["e:1"], "gw", **given)


def test_events_come_in_order() -> None:
    """The iterator gives them as the engine said them, `state` first, and ends when the client is closed."""

    async def story() -> None:
        engine = FakeEngine()
        async with gateway(engine) as gw:
            assert await gw.wait_up(5.0)
            for number in range(5):
                engine.now.say(c.Displaced(f"agent{number}", "x"))
            await turns()
        seen = [event async for event in gw.events()]
        assert seen == [c.State(), *(c.Displaced(f"agent{number}", "x") for number in range(5))]

    run(story)


def test_a_callback_gets_them_at_once() -> None:
    """In the order of events and of the replies between them."""

    async def story() -> None:
        engine = FakeEngine()
        order: list[object] = []
        async with gateway(engine, on_event=order.append) as gw:
            assert await gw.wait_up(5.0)
            gw.send(c.Hold(0, "c1"), order.append)
            engine.answers = lambda message: [c.Displaced("a", "x"), c.Ok(2), c.Displaced("b", "x")]
            await turns()
            assert order == [c.State(), c.Displaced("a", "x"), c.Ok(2), c.Displaced("b", "x")]

    run(story)


def test_events_that_nobody_takes_end_the_connection() -> None:
    """None is dropped unnoticed: the connection goes, and the next begins with the engine's whole state."""

    async def story() -> None:
        engine = FakeEngine()
        async with gateway(engine, events_max=3, reconnect_first_s=5.0) as gw:
            assert await gw.wait_up(5.0)
            engine.now.say(*(c.Displaced(f"agent{number}", "x") for number in range(5)))
            await turns()
            assert gw.troubles()["e:1"].code == "events_unread"
            taken = [await gw.next_event(0.0) for _ in range(3)]
            assert taken == [c.State(), c.Displaced("agent0", "x"), c.Displaced("agent1", "x")]
            assert await gw.wait_up(20.0)

    run(story)


def test_next_event_gives_up_in_time() -> None:
    """Without an event it returns None, and loses none that comes later."""

    async def story() -> None:
        engine = FakeEngine()
        async with gateway(engine) as gw:
            assert await gw.next_event(1.0) == c.State()
            assert await gw.next_event(1.0) is None
            engine.now.say(c.Displaced("a", "x"))
            assert await gw.next_event(1.0) == c.Displaced("a", "x")

    run(story)


def test_no_engine_is_told_once_and_its_return_too() -> None:
    """After `after_s` without one, counted from the loss; each watch has its own time."""

    async def story() -> None:
        engine = FakeEngine()
        loop = asyncio.get_running_loop()
        told: list[tuple[str, float]] = []
        async with gateway(engine) as gw:
            gw.on_no_engine(2.0, lambda: told.append(("gone", loop.time())), lambda: told.append(("back", loop.time())))
            gw.on_no_engine(1000.0, lambda: told.append(("never", loop.time())))
            assert await gw.wait_up(5.0)
            assert await gw.next_event(0.0) == c.State()
            assert await gw.next_event(30.0) is None
            assert told == []
            engine.refuse_connections = True
            lost_s = loop.time()
            engine.now.cut()
            assert await gw.next_event(20.0) is None
            assert [(what, round(at_s - lost_s, 3)) for what, at_s in told] == [("gone", 2.0)]
            engine.refuse_connections = False
            assert await gw.wait_up(60.0)
            await turns()
            assert [what for what, _ in told] == ["gone", "back"]

    run(story)


def test_no_engine_at_the_start_counts_too() -> None:
    """A gateway that starts before its engine falls back like any other."""

    async def story() -> None:
        engine = FakeEngine()
        engine.refuse_connections = True
        told: list[str] = []
        async with gateway(engine) as gw:
            gw.on_no_engine(3.0, lambda: told.append("gone"))
            assert not await gw.wait_up(2.9)
            assert told == []
            assert not await gw.wait_up(0.2)
            assert told == ["gone"]

    run(story)


def test_a_short_loss_is_not_told() -> None:
    """An engine that is back in time was never gone, as far as the program is concerned."""

    async def story() -> None:
        engine = FakeEngine()
        told: list[str] = []
        async with gateway(engine) as gw:
            gw.on_no_engine(5.0, lambda: told.append("gone"), lambda: told.append("back"))
            assert await gw.wait_up(5.0)
            engine.now.cut()
            assert await gw.wait_up(5.0)
            await gw.next_event(1.0)
            await gw.next_event(60.0)
            assert told == []

    run(story)


def test_a_monitor_subscribes_with_its_numbers() -> None:
    """It passes the last number that it has seen, and gets the one that events follow from; after a lost
    connection the client does so by itself, and tells what the engine said."""

    async def story() -> None:
        engine = FakeEngine(epoch=3)
        async with Client(["e:1"], "wall", "monitor", connect=engine.connect) as wall:
            assert await wall.wait_up(5.0)
            assert await wall.subscribe(epoch=3, after=17) == c.Resumed(1, 3, 1)
            assert engine.heard(c.Subscribe) == [c.Subscribe(1, 3, 17)]
            engine.now.say(c.AgentEvent(1, "anna", "available"))
            engine.now.cut()
            await turns()
            assert await wall.wait_up(5.0)
            await turns()
            assert engine.heard(c.Subscribe) == [c.Subscribe(1, 3, 17), c.Subscribe(2, 3, 1)]
            told = [await wall.next_event(0.0) for _ in range(2)]
            assert told == [c.AgentEvent(1, "anna", "available"), c.Resumed(2, 3, 1)]

    run(story)


def test_a_subscription_made_while_away_is_asked_once() -> None:
    """The engine would tell every event twice otherwise."""

    async def story() -> None:
        engine = FakeEngine(epoch=3)
        async with Client(["e:1"], "wall", "monitor", connect=engine.connect) as wall:
            assert isinstance(await wall.subscribe(), c.Resumed)
            await turns()
            assert engine.heard(c.Subscribe) == [c.Subscribe(1)]

    run(story)
