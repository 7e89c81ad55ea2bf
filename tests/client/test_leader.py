"""A pair of engines: the client follows the leader, and takes nothing of a lower epoch."""

from __future__ import annotations

from typing import Any

from router.client import Client
from router.wire import catalogue as c
from tests.client.fake import Engines, FakeEngine, run, turns


def pair_client(one: FakeEngine, two: FakeEngine, **options: Any) -> Client:
    engines = Engines(one=one, two=two)
    given: dict[str, Any] = {"alive": lambda: (), "connect": engines.connect} | options
    return Client(["one:1", "two:1"], "gw", **given)


def test_commands_go_to_the_leader_only() -> None:
    """The standby gets hello and heartbeats, and stays connected."""

    async def story() -> None:
        leader, standby = FakeEngine(epoch=4), FakeEngine(epoch=4, state="standby")
        async with pair_client(standby, leader) as gw:
            assert await gw.wait_up(5.0)
            await gw.hold("c1")
            assert [type(m) for m in standby.now.heard] == [c.Hello]
            assert [type(m) for m in leader.now.heard] == [c.Hello, c.SyncEnd, c.Hold]
            assert standby.now.open
            assert gw.epoch == 4
            assert [(address, lost.code) for address, lost in gw.troubles().items()] == [("one:1", "standby")]

    run(story)


def test_a_standby_that_takes_over_says_welcome_again() -> None:
    """On the connection that stands already: tail, list, and on; the former leader is closed."""

    async def story() -> None:
        old, new = FakeEngine(epoch=4), FakeEngine(epoch=4, state="standby")
        old.answers = lambda message: [] if isinstance(message, c.Hold) else None
        async with pair_client(old, new) as gw:
            assert await gw.wait_up(5.0)
            outcomes: list[object] = []
            gw.send(c.Hold(0, "c1"), outcomes.append)
            await turns()
            new.state, new.epoch = "leader", 5
            new.now.say(new.welcome())
            await turns()
            assert outcomes == [c.Ok(2)]
            assert gw.epoch == 5
            assert not old.conversations[0].open
            assert [type(m) for m in new.now.heard] == [c.Hello, c.Hold, c.SyncEnd]

    run(story)


def test_a_lower_epoch_is_refused() -> None:
    """An engine that still believes itself the leader gets no command, and its events do not count."""

    async def story() -> None:
        old, new = FakeEngine(epoch=4), FakeEngine(epoch=5)
        old.refuse_connections = True
        events: list[c.Message] = []
        async with pair_client(old, new, on_event=events.append) as gw:
            assert await gw.wait_up(5.0)
            old.refuse_connections = False
            while not old.conversations:
                await gw.next_event(0.1)
            old.now.say(c.Displaced("anna", "gw2"))
            await turns()
            assert not old.now.open
            assert gw.up
            assert events == [c.State()]
            assert old.heard(c.Hello)[-1].epoch_seen == 5

    run(story)


def test_a_second_leader_of_the_same_epoch_is_refused() -> None:
    """Two leaders of one epoch can't be: the first that was seen counts."""

    async def story() -> None:
        one, two = FakeEngine(epoch=5), FakeEngine(epoch=5)
        two.refuse_connections = True
        async with pair_client(one, two) as gw:
            assert await gw.wait_up(5.0)
            two.refuse_connections = False
            while not two.conversations:
                await gw.next_event(0.1)
            await turns()
            assert one.now.open
            assert not two.now.open
            assert two.heard(c.SyncEnd) == []

    run(story)


def test_another_turn_of_the_same_epoch_is_refused_also_when_the_first_is_gone() -> None:
    """Two halves of a split store gave out one epoch: who was heard first counts, and the other must take a higher
    one, which its next hello tells it."""

    async def story() -> None:
        one, two = FakeEngine(epoch=5), FakeEngine(epoch=5)
        one.turn, two.turn = "one 1", "two 7"
        two.refuse_connections = True
        async with pair_client(one, two) as gw:
            assert await gw.wait_up(5.0)
            one.refuse_connections, two.refuse_connections = True, False
            one.now.cut()
            await gw.next_event(2.0)
            await gw.next_event(2.0)
            assert not gw.up
            assert two.heard(c.SyncEnd) == []
            assert [hello.epoch_seen for hello in two.heard(c.Hello)][:2] == [5, 6]
            two.epoch, two.turn = 7, "two 8"
            assert await gw.wait_up(30.0)
            assert gw.epoch == 7

    run(story)


def test_a_leader_that_steps_down_is_left() -> None:
    """It says so with a welcome as standby; what is called then waits for the next leader."""

    async def story() -> None:
        one, two = FakeEngine(epoch=5), FakeEngine(epoch=5, state="standby")
        async with pair_client(one, two) as gw:
            assert await gw.wait_up(5.0)
            one.state = "standby"
            one.now.say(one.welcome())
            await turns()
            assert not gw.up
            assert one.now.open
            outcomes: list[object] = []
            gw.send(c.Hold(0, "c1"), outcomes.append)
            await turns()
            assert one.heard(c.Hold) == []
            two.state, two.epoch = "leader", 6
            two.now.say(two.welcome())
            await turns()
            assert outcomes == [c.Ok(3)]

    run(story)


def test_no_epoch_goes_back_over_a_reconnect() -> None:
    """An engine that comes back with a lower epoch than it had is not followed."""

    async def story() -> None:
        engine = FakeEngine(epoch=9)
        async with Client(["e:1"], "gw", alive=lambda: (), connect=engine.connect) as gw:
            assert await gw.wait_up(5.0)
            engine.epoch = 8
            engine.now.cut()
            await turns()
            await gw.next_event(5.0)
            while len(engine.conversations) < 3:
                await gw.next_event(0.1)
            assert not gw.up
            assert engine.heard(c.SyncEnd) == [c.SyncEnd(1)]
            engine.epoch = 10
            assert await gw.wait_up(30.0)
            assert gw.epoch == 10

    run(story)


def test_an_engine_that_is_refused_again_and_again_is_asked_less_and_less() -> None:
    """Being let in by a stale leader is no success: the waits grow all the same."""

    async def story() -> None:
        stale, leader = FakeEngine(epoch=4), FakeEngine(epoch=5)
        stale.refuse_connections = True
        async with pair_client(stale, leader) as gw:
            assert await gw.wait_up(5.0)
            stale.refuse_connections = False
            assert isinstance(await gw.next_event(1.0), c.State)
            assert await gw.next_event(600.0) is None
            assert 600 / 10 < len(stale.conversations) < 600

    run(story)
