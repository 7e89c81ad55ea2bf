"""One connection: heartbeats, silence, closing words, bad bytes, and when the next one is tried."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise
from typing import Any

import pytest

from router.client import Client
from router.wire import catalogue as c
from tests.client.fake import FakeEngine, run, turns


async def up(engine: FakeEngine, **options: Any) -> Client:
    given: dict[str, Any] = {"alive": lambda: (), "connect": engine.connect, "chance": random.Random(1)} | options
    made = Client(["e:1"], "gw", **given)
    made.start()
    assert await made.wait_up(5.0)
    return made


def test_it_pings_at_each_heartbeat() -> None:
    """The engine hears of a quiet client at least as often as welcome says."""

    async def story() -> None:
        engine = FakeEngine()
        gw = await up(engine)
        await gw.next_event(1.0)
        assert await gw.next_event(26.0) is None
        assert len(engine.heard(c.Ping)) == 5
        assert len(engine.conversations) == 1
        await gw.close()

    run(story)


def test_a_heartbeat_of_0_is_none() -> None:
    """The people's socket hurries nobody: no pings, and silence is no fault."""

    async def story() -> None:
        engine = FakeEngine()
        engine.heartbeat_ms = 0
        gw = await up(engine)
        await gw.next_event(1.0)
        assert await gw.next_event(100.0) is None
        assert engine.heard(c.Ping) == []
        assert gw.up
        await gw.close()

    run(story)


def test_silence_ends_the_connection() -> None:
    """An engine that says nothing for two heartbeats is taken for dead, and another connection is tried."""

    async def story() -> None:
        engine = FakeEngine()
        gw = await up(engine)
        engine.answers = lambda message: [] if isinstance(message, c.Ping) else None
        await gw.next_event(1.0)
        assert await gw.next_event(14.0) is None
        assert len(engine.conversations) == 1
        assert isinstance(await gw.next_event(10.0), c.State)
        assert len(engine.conversations) == 2
        await gw.close()

    run(story)


def test_a_hello_without_an_answer_is_given_up() -> None:
    """Something that accepts connections and says nothing is no engine."""

    async def story() -> None:
        engine = FakeEngine()
        engine.answers = lambda message: []
        async with Client(["e:1"], "gw", alive=lambda: (), connect=engine.connect) as gw:
            assert not await gw.wait_up(4.9)
            assert len(engine.conversations) == 1
            assert not await gw.wait_up(5.0)
            assert len(engine.conversations) == 2
            assert gw.troubles() == {} or gw.troubles()["e:1"].code == "hello_too_late"

    run(story)


@pytest.mark.parametrize(
    ("bytes_", "code"),
    [
        (b"\x00\x00\x00\x00", "bad_frame"),
        (b"\xff\xff\xff\xff", "frame_too_large"),
        (b"HTTP/1.1 200 OK\r\n", "frame_too_large"),
        (b"\x00\x00\x00\x02\xc1\xc1", "bad_frame"),
        (b"\x00\x00\x00\x06\x82\xa1t\xa2ok", "bad_frame"),
    ],
)
def test_bytes_that_are_no_messages_end_the_connection(bytes_: bytes, code: str) -> None:
    """Nothing that follows could be trusted; the client connects again."""

    async def story() -> None:
        engine = FakeEngine()
        gw = await up(engine, reconnect_first_s=2.0)
        engine.now.transport.deliver(bytes_)
        await turns()
        assert gw.troubles()["e:1"].code == code
        assert await gw.wait_up(5.0)
        await gw.close()

    run(story)


def test_unknown_messages_and_fields_are_passed_over() -> None:
    """A newer engine may say more than this client knows."""

    async def story() -> None:
        engine = FakeEngine()
        gw = await up(engine)
        engine.now.transport.deliver(b"\x00\x00\x00\x09\x81\xa1t\xa5xyzzy")
        engine.now.transport.deliver(b"\x00\x00\x00\x11\x83\xa1t\xa2ok\xa2re\x07\xa5later\xc3")
        await turns()
        assert gw.up
        assert gw.late_answers == 1
        await gw.close()

    run(story)


def test_the_engine_s_closing_words_count() -> None:
    """The reason is kept for people, and the time to come back is kept to."""

    async def story() -> None:
        engine = FakeEngine()
        gw = await up(engine)
        engine.now.say(c.Closing("stopping", 3000))
        engine.now.cut()
        await turns()
        assert gw.troubles()["e:1"].code == "stopping"
        assert not await gw.wait_up(2.9)
        assert await gw.wait_up(5.0)
        await gw.close()

    run(story)


def test_an_error_that_closes_is_the_reason() -> None:
    """`too_slow_reader` and the like are what `troubles` says afterwards."""

    async def story() -> None:
        engine = FakeEngine()
        gw = await up(engine, reconnect_first_s=2.0)
        engine.now.say(c.Error(0, "too_slow_reader", closes=True))
        engine.now.cut()
        await turns()
        assert gw.troubles()["e:1"].code == "too_slow_reader"
        await gw.close()

    run(story)


def test_two_programs_of_one_name_do_not_fight() -> None:
    """Who was replaced waits as long as can be before it takes the name back."""

    async def story() -> None:
        engine = FakeEngine()
        gw = await up(engine, reconnect_most_s=1000.0)
        engine.now.say(c.Closing("replaced"))
        engine.now.cut()
        await turns()
        assert not await gw.wait_up(60.0)
        await gw.close()

    run(story)


def test_reconnects_spread_out() -> None:
    """Each failure may take longer than the one before, up to the most."""

    async def story() -> None:
        engine = FakeEngine()
        tries: list[float] = []
        gw = await up(engine, reconnect_first_s=0.1, reconnect_most_s=10.0)

        async def refuse(address: object, make: object) -> Any:
            tries.append(asyncio.get_running_loop().time())
            raise ConnectionRefusedError(111, "refused")

        for dialer in gw._dialers:
            dialer._connect = refuse
        engine.now.cut()
        await turns()
        assert not await gw.wait_up(600.0)
        waits = [later - earlier for earlier, later in pairwise(tries)]
        assert max(waits[:3]) < 1.0
        assert max(waits) <= 10.0
        assert 600 / 10 <= len(tries) <= 600
        await gw.close()

    run(story)


def test_bye_is_said_when_it_leaves_for_good() -> None:
    """Only where asked for: a gateway that is merely restarted wants its contacts kept."""

    async def story() -> None:
        for bye in (False, True):
            engine = FakeEngine()
            gw = await up(engine)
            await gw.close(bye=bye)
            await turns()
            assert bool(engine.heard(c.Bye)) is bye
            assert not engine.now.open

    run(story)


def test_what_is_sent_while_the_engine_reads_slowly_waits() -> None:
    """While asyncio says that the socket is full nothing is written; it all leaves afterwards, in order."""

    async def story() -> None:
        engine = FakeEngine()
        gw = await up(engine)
        link = gw._leader
        assert link is not None
        link.pause_writing()
        call = asyncio.create_task(gw.hold("c1"))
        await turns()
        assert engine.heard(c.Hold) == []
        link.resume_writing()
        assert await call == c.Ok(2)
        await gw.close()

    run(story)


def test_what_was_about_to_be_written_is_lost_with_its_connection() -> None:
    """The connection goes in the same turn of the loop: nothing is written to it any more, and the message goes over
    the next one."""

    async def story() -> None:
        faults: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, fault: faults.append(fault))
        engine = FakeEngine()
        gw = await up(engine)
        engine.now.transport.close()
        outcome: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        gw.send(c.Hold(0, "c1"), outcome.set_result)
        assert isinstance(await outcome, c.Ok)
        assert len(engine.conversations) == 2
        assert faults == []
        await gw.close()

    run(story)


def test_the_wrong_key_is_told_apart() -> None:
    """A client with another key than the engine's learns why it is not let in."""

    async def story() -> None:
        engine = FakeEngine(key=b"one")
        async with Client(["e:1"], "gw", key=b"two", alive=lambda: (), connect=engine.connect) as gw:
            assert not await gw.wait_up(1.0)
            assert gw.troubles()["e:1"].code == "wrong_key"

    run(story)
