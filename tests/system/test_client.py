"""The SDK against a real daemon: two gateways, keys, a crash in the middle, and the facade for scripts."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path
from typing import Any

import pytest

from router.client import Client, Refused
from router.client.alive import Alive
from router.client.sync import SyncClient
from router.wire import catalogue as c
from tests.system.conftest import RealDaemon, key_of

LIVES = 200
UP_MOST_S = 20.0


class Callers:
    """The callers' gateway: joins whoever is accepted."""

    def __init__(self, daemon: RealDaemon) -> None:
        self.waiting: dict[str, c.AliveContact] = {}
        self.talking: list[str] = []
        self.moved = asyncio.Event()
        self.client = Client(
            [daemon.address],
            "pbx-1",
            key=key_of("pbx-1"),
            alive=lambda: list(self.waiting.values()),
            on_event=self.on_event,
            reconnect_most_s=0.5,
        )

    def on_event(self, event: c.Message) -> None:
        if isinstance(event, c.Accepted):
            self.client.send(c.Connected(0, event.contact), lambda outcome: self.connected(event.contact, outcome))

    def connected(self, contact: str, outcome: object) -> None:
        assert isinstance(outcome, c.Ok), outcome
        self.waiting.pop(contact)
        self.talking.append(contact)
        self.moved.set()
        self.client.send(c.End(0, contact), lambda over: None)

    async def enqueue(self, contact: str) -> None:
        self.waiting[contact] = c.AliveContact(contact, "cards")
        assert isinstance(await self.client.enqueue(contact, "cards"), c.Queued | c.Already)


class Phones:
    """The phones' gateway: an agent who always answers and never needs wrap-up."""

    def __init__(self, daemon: RealDaemon) -> None:
        self.client = Client(
            [daemon.address],
            "desk-7",
            key=key_of("desk-7"),
            alive=self.alive,
            on_event=self.on_event,
            reconnect_most_s=0.5,
        )

    @staticmethod
    def alive() -> list[Alive]:
        return [c.AliveEndpoint("phone-7", "anna")]

    def on_event(self, event: c.Message) -> None:
        if isinstance(event, c.Offer):
            self.client.send(c.Accept(0, event.offer), lambda outcome: None)
        elif isinstance(event, c.TalkOver):
            done = c.Complete(0, event.contact, gateway="pbx-1")
            self.client.send(done, lambda outcome: None)


async def all_served(callers: Callers, count: int) -> None:
    async with asyncio.timeout(60):
        while len(callers.talking) < count:
            callers.moved.clear()
            await callers.moved.wait()


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_many_lives_over_two_gateways(daemon: RealDaemon, loop: str) -> None:
    """Every contact is served exactly once, in either event loop; the daemon's own figures agree."""

    async def story() -> None:
        callers, phones = Callers(daemon), Phones(daemon)
        async with callers.client, phones.client:
            assert await callers.client.wait_up(UP_MOST_S)
            assert await phones.client.wait_up(UP_MOST_S)
            await phones.client.log_in("anna", ready=True)
            for first in range(0, LIVES, 50):
                await asyncio.gather(*(callers.enqueue(f"call-{n}") for n in range(first, first + 50)))
                await all_served(callers, first + 50)
            assert sorted(callers.talking) == sorted(f"call-{number}" for number in range(LIVES))
            answer = await callers.client.status(queue="cards")
            assert isinstance(answer, c.StatusReply)
            assert answer.queues[0].answered == LIVES
            assert answer.violations == 0

    made: Any = pytest.importorskip(loop)
    with asyncio.Runner(loop_factory=made.new_event_loop) as runner:
        runner.run(story())


def test_a_crash_in_the_middle(daemon: RealDaemon) -> None:
    """kill -9 while contacts wait, and a new start: the clients come back, and everybody is served, once."""

    async def story() -> None:
        callers, phones = Callers(daemon), Phones(daemon)
        gone: list[str] = []
        async with callers.client, phones.client:
            callers.client.on_no_engine(0.2, lambda: gone.append("gone"), lambda: gone.append("back"))
            assert await callers.client.wait_up(UP_MOST_S)
            assert await phones.client.wait_up(UP_MOST_S)
            await phones.client.log_in("anna")
            epoch = callers.client.epoch
            await asyncio.gather(*(callers.enqueue(f"call-{number}") for number in range(20)))
            await asyncio.to_thread(daemon.kill)
            late = asyncio.create_task(callers.enqueue("call-20"))
            await asyncio.to_thread(daemon.start)
            await late
            assert callers.client.epoch > epoch
            assert await phones.client.wait_up(UP_MOST_S)
            await phones.client.ready("anna")
            await all_served(callers, 21)
            assert sorted(callers.talking) == sorted(f"call-{number}" for number in range(21))
        assert gone == ["gone", "back"]

    asyncio.run(story())


def test_scripts(daemon: RealDaemon, tmp_path: Path) -> None:
    """The facade asks over TCP and over the people's socket, and says why where nobody is there."""
    configured = set(tomllib.loads((daemon.config / "queues.toml").read_text(encoding="utf-8"))["queues"])
    for address in (daemon.address, f"unix:{daemon.people}"):
        with SyncClient([address], "script", "supervisor") as engine:
            assert engine.wait_up(UP_MOST_S), engine.troubles()
            answer = engine.status()
            assert isinstance(answer, c.StatusReply)
            assert {queue.queue for queue in answer.queues} == configured
            assert engine.status(queue="nowhere") == Refused("unknown_queue", "nowhere")
    with SyncClient([f"unix:{tmp_path / 'nobody'}"], "script") as engine:
        assert not engine.wait_up(0.1)
        assert list(engine.troubles()) == [f"unix:{tmp_path / 'nobody'}"]
