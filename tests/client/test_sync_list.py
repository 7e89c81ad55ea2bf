"""After hello: what is alive, in pieces that fit, and what the engine answers."""

from __future__ import annotations

import pytest

from router.client import Client, Refused
from router.client.alive import FRAME_SPARE_BYTES, Alive, sync_messages
from router.wire import catalogue as c
from router.wire.codec import encode_frame
from tests.client.fake import LIMITS, FakeEngine, run, turns


def contacts(count: int, data_bytes: int = 0) -> list[Alive]:
    data = {"k": "x" * data_bytes} if data_bytes else None
    return [c.AliveContact(f"c{number}", "cards", data=data) for number in range(count)]


@pytest.mark.parametrize(("count", "data_bytes"), [(0, 0), (1, 0), (256, 0), (257, 0), (1000, 0), (300, 2000)])
def test_every_piece_fits(count: int, data_bytes: int) -> None:
    """At most so many entries and bytes a frame; together exactly the list, in its order."""
    parts = list(sync_messages(contacts(count, data_bytes), LIMITS))
    assert all(len(part.contacts) <= LIMITS.sync_entries_max for part in parts)
    assert all(len(encode_frame(part)) <= LIMITS.frame_bytes_max for part in parts)
    assert [entry for part in parts for entry in part.contacts] == contacts(count, data_bytes)


def test_endpoints_come_first() -> None:
    """A contact in talk finds its agent's endpoint known."""
    phone = c.AliveEndpoint("p1", "anna")
    parts = list(sync_messages([*contacts(1), phone], LIMITS))
    assert [bool(part.endpoints) for part in parts] == [True, False]


def test_an_entry_that_never_fits_is_sent_alone() -> None:
    """It is the engine that refuses it; the others are not held up by it."""
    huge = c.AliveContact("c1", "cards", data={"k": "x" * 70_000})
    parts = list(sync_messages([*contacts(3), huge], LIMITS))
    assert [len(part.contacts) for part in parts] == [2, 1, 1]
    assert len(encode_frame(parts[-1])) + FRAME_SPARE_BYTES > LIMITS.frame_bytes_max


def test_the_list_is_made_anew_for_each_connection() -> None:
    """It is asked for after each welcome, so it says what is alive then; only then is the client up."""

    async def story() -> None:
        engine = FakeEngine()
        alive: list[Alive] = contacts(2)
        async with Client(["e:1"], "gw", alive=lambda: alive, connect=engine.connect) as gw:
            assert await gw.wait_up(5.0)
            alive.pop()
            engine.now.cut()
            await turns()
            assert not gw.up
            assert await gw.wait_up(5.0)
            lists = [[entry.contact for entry in part.contacts] for part in engine.heard(c.Sync)]
            assert lists == [["c0", "c1"], ["c0"]]

    run(story)


def test_a_list_that_a_loss_cut_off_is_not_sent_again() -> None:
    """It is stale by then: the next connection gets a fresh one and no rest of the old."""

    async def story() -> None:
        engine = FakeEngine()
        engine.answers = lambda message: [] if isinstance(message, c.Sync | c.SyncEnd) else None
        async with Client(["e:1"], "gw", alive=lambda: contacts(1), connect=engine.connect) as gw:
            await turns()
            engine.answers = lambda message: None
            engine.now.cut()
            assert await gw.wait_up(5.0)
            assert [type(m) for m in engine.now.heard] == [c.Hello, c.Sync, c.SyncEnd]

    run(story)


def test_refused_entries_are_told() -> None:
    """The program can see what the engine did not take; the client is up all the same."""

    async def story() -> None:
        engine = FakeEngine()
        engine.answers = lambda message: (
            [c.Error(message.seq, "unknown_queue", "cards")] if isinstance(message, c.Sync) else None
        )
        async with Client(["e:1"], "gw", alive=lambda: contacts(1), connect=engine.connect) as gw:
            assert await gw.wait_up(5.0)
            assert gw.sync_refusals == [Refused("unknown_queue", "cards", "client")]

    run(story)


def test_an_engine_that_never_ends_the_sync_is_left() -> None:
    """A connection on which the list gets no answer is of no use: another is tried."""

    async def story() -> None:
        engine = FakeEngine()
        engine.answers = lambda message: [] if isinstance(message, c.SyncEnd) else None
        async with Client(["e:1"], "gw", alive=lambda: (), connect=engine.connect) as gw:
            assert not await gw.wait_up(30.0)
            assert len(engine.conversations) > 1

    run(story)


def test_others_than_gateways_list_nothing() -> None:
    """A desk is up with its welcome."""

    async def story() -> None:
        engine = FakeEngine()
        async with Client(["e:1"], "desk-anna", "desk", connect=engine.connect) as desk:
            assert await desk.wait_up(5.0)
            assert [type(m) for m in engine.now.heard] == [c.Hello]

    run(story)


def test_a_call_inside_alive_waits_for_the_sync() -> None:
    """A program that calls something while it is asked what is alive keeps the order of numbers."""

    async def story() -> None:
        engine = FakeEngine()
        outcomes: list[object] = []

        def alive() -> list[Alive]:
            gw.send(c.Hold(0, "c0"), outcomes.append)
            return contacts(1)

        async with Client(["e:1"], "gw", alive=alive, connect=engine.connect) as gw:
            assert await gw.wait_up(5.0)
            await turns()
            assert outcomes == [c.Ok(3)]
            assert [m.seq for m in engine.heard(c.Request)] == [1, 2, 3]

    run(story)


def test_a_gateway_says_which_talks_live() -> None:
    """Asked by the engine, the client answers from the program's own list; the program need not know of it."""

    async def story() -> None:
        engine = FakeEngine()
        alive: list[Alive] = [c.AliveContact("c0", "cards", talks_to="anna"), c.AliveContact("c1", "cards")]
        async with Client(["e:1"], "gw", alive=lambda: alive, connect=engine.connect) as gw:
            assert await gw.wait_up(5.0)
            engine.now.say(c.Confirm(["c0", "c1", "c2"], 30_000))
            await turns()
            assert [answer.contacts for answer in engine.heard(c.Alive)] == [("c0",)]

    run(story)


def test_one_wrong_entry_takes_no_others_with_it() -> None:
    """A part that is refused is sent again in halves, down to the entry that is wrong; the list ends after that."""

    async def story() -> None:
        engine = FakeEngine()
        taken: list[str] = []

        def answers(message: object) -> list[c.Message] | None:
            if not isinstance(message, c.Sync):
                return None
            names = [entry.contact for entry in message.contacts]
            if "c77" in names:
                return [c.Error(message.seq, "unknown_queue", "cards")]
            taken.extend(names)
            return None

        engine.answers = answers
        async with Client(["e:1"], "gw", alive=lambda: contacts(300), connect=engine.connect) as gw:
            assert await gw.wait_up(5.0)
            assert sorted(taken) == sorted(f"c{number}" for number in range(300) if number != 77)
            assert gw.sync_refusals == [Refused("unknown_queue", "cards", "client")]
            assert len(engine.heard(c.SyncEnd)) == 1
            assert type(engine.now.heard[-1]) is c.SyncEnd

    run(story)
