"""Two daemons of one site on one Redis: the leader is killed, stopped, drained, hands over; nobody loses a place."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import struct
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from router.cli.app import app
from router.client import Client
from router.client.outcomes import Refused, Unknown
from router.daemon import exits
from router.wire import catalogue as c
from tests.system.raw import Raw
from tests.system.redis_server import RedisServer, free_port
from tests.system.serving import PATIENCE_S, Serving

TTL_S = 1.0
BY = ["--as", "mia", "--why", "release 2"]
MACHINE = f"drain_most_s = 5\n[lease]\nttl_s = {TTL_S}\n"


class Pair:
    """A Redis and two daemons; `one` leads at first."""

    def __init__(self, folder: Path, redis_server: RedisServer) -> None:
        self.redis = redis_server
        self.daemons = []
        for name in ("one", "two"):
            (folder / name).mkdir()
            daemon = Serving(folder / name, store=redis_server.url, machine=MACHINE)
            # A port of its own, that it has again in its next turn.
            daemon.write(store=redis_server.url, machine=MACHINE, port=free_port())
            self.daemons.append(daemon)
        self.one, self.two = self.daemons

    def start(self) -> None:
        self.one.start()
        self.two.launch()
        self.two.wait_for("standing_by")
        self.two.wait_for("following")

    @property
    def addresses(self) -> list[str]:
        """Where clients connect, as the daemons say."""
        found = []
        for daemon in self.daemons:
            said = [line for line in daemon.lines() if "clients" in line]
            found.append(str(said[-1]["clients"]))
        return found


@pytest.fixture
def pair(tmp_path: Path, redis_server: RedisServer) -> Iterator[Pair]:
    made = Pair(tmp_path, redis_server)
    try:
        made.start()
        yield made
    finally:
        for daemon in made.daemons:
            daemon.end()


class Caller:
    """A gateway whose callers come one after the other, and what it was promised."""

    def __init__(self, addresses: list[str]) -> None:
        self.promised: list[str] = []
        self.events: list[tuple[int, c.Message]] = []
        """With the epoch in which each was taken."""
        self.longest_s = 0.0
        """The longest that one enqueue waited for its answer."""
        self.client = Client(
            addresses, "gw1", alive=self._alive, on_event=self._event, call_timeout_s=20.0, reconnect_most_s=0.5
        )

    def _alive(self) -> list[Any]:
        endpoint = c.AliveEndpoint("e1", "ann")
        return [endpoint, *(c.AliveContact(contact, "loans") for contact in self.promised)]

    def _event(self, event: c.Message) -> None:
        self.events.append((self.client.epoch, event))

    async def begin(self) -> None:
        """Somebody must be signed in, on a break: so that contacts may wait."""
        assert await self.client.wait_up(PATIENCE_S), self.client.troubles()
        assert isinstance(await self.client.log_in("ann", reason="lunch"), c.Ok)

    async def call(self, many: int, pace_s: float = 0.002) -> None:
        for _ in range(many):
            contact = f"c{len(self.promised)}"
            began = time.monotonic()
            answer = await self.client.enqueue(contact, "loans")
            self.longest_s = max(self.longest_s, time.monotonic() - began)
            assert isinstance(answer, c.Queued), answer
            self.promised.append(contact)
            await asyncio.sleep(pace_s)

    async def check(self) -> None:
        """Every promise is kept: each contact waits at its place."""
        found = []
        for contact in self.promised:
            answer = await self.client.position(contact)
            assert not isinstance(answer, Refused | Unknown | c.Already), (contact, answer)
            found.append(answer.position)
        assert found == list(range(1, len(found) + 1))


def tell(pair: Pair, story: Callable[[Caller], Awaitable[None]]) -> Caller:
    """Let a caller's story happen."""
    caller = Caller(pair.addresses)

    async def all_of_it() -> None:
        async with caller.client:
            await caller.begin()
            await story(caller)
            await caller.check()

    asyncio.run(all_of_it())
    return caller


def test_a_killed_leader_is_followed_within_its_lease(pair: Pair) -> None:
    """kill -9 under load: the standby leads within the lease and a second, on the connection that stood already, and
    the dead one comes back to stand by."""

    async def story(caller: Caller) -> None:
        await caller.call(150)
        first = caller.client.epoch
        pair.one.kill()
        await caller.call(100)
        assert caller.client.epoch > first
        pair.one.launch()
        await asyncio.to_thread(pair.one.wait_for, "standing_by")

    caller = tell(pair, story)
    assert caller.longest_s < TTL_S + 1.0
    assert pair.two.wait_for("leads")["records"] > 0


def test_a_leader_that_was_stopped_tells_nothing_more(pair: Pair) -> None:
    """Stopped past its lease while its callers come, and woken: the other one leads by then. Nothing that the old one
    says is taken, it finds out by itself, and stands by."""

    async def story(caller: Caller) -> None:
        await caller.call(100)
        os.kill(pair.one.pid, signal.SIGSTOP)
        await caller.call(50)
        second = caller.client.epoch
        os.kill(pair.one.pid, signal.SIGCONT)
        await asyncio.to_thread(pair.one.wait_for, "standing_by")
        # From the store, or from a gateway that was quicker.
        assert {"lead_lost", "epoch_outdated"} & {line["event"] for line in pair.one.lines()}
        await caller.call(50)
        assert caller.client.epoch == second

    caller = tell(pair, story)
    epochs = [epoch for epoch, _ in caller.events]
    assert epochs == sorted(epochs)


def test_a_short_stop_loses_no_lead(pair: Pair) -> None:
    """Stopped for less than its lease: it goes on in its epoch, and what it holds is told."""

    async def story(caller: Caller) -> None:
        await caller.call(50)
        first = caller.client.epoch
        os.kill(pair.one.pid, signal.SIGSTOP)
        await asyncio.sleep(TTL_S / 3)
        os.kill(pair.one.pid, signal.SIGCONT)
        await caller.call(50)
        assert caller.client.epoch == first

    tell(pair, story)


def test_two_sites_with_one_name(tmp_path: Path, redis_server: RedisServer) -> None:
    """The second one stands by, and says whose lease it found, by which key, and that its own queues are others."""
    made = Pair(tmp_path, redis_server)
    try:
        (made.two.config / "queues.toml").write_text("[queues.theirs]\n")
        made.start()
        said = made.two.wait_for("other_queues")
        assert "switchboard:{main}:lease" in said["what"]
        assert "another `site`" in said["remedy"]
    finally:
        for daemon in made.daemons:
            daemon.end()


def test_a_planned_hand_over_drops_nobody(pair: Pair) -> None:
    """Back and forth under load, as for an upgrade: each time within a moment, and the promise stays whole."""

    async def story(caller: Caller) -> None:
        for giver in (pair.one, pair.two, pair.one):
            calling = asyncio.create_task(caller.call(150))
            await asyncio.sleep(0.2)
            epoch = caller.client.epoch
            before = len(giver.lines())
            await asyncio.to_thread(hand_over, giver)
            await asyncio.to_thread(giver.wait_for, "following", before)
            await calling
            assert caller.client.epoch > epoch

    assert tell(pair, story).longest_s < TTL_S


def hand_over(daemon: Serving) -> None:
    """As `switchboard handover` does."""
    ran = CliRunner().invoke(app, ["handover", *BY, "--socket", str(daemon.socket)])
    assert ran.exit_code == 0, ran.output
    assert re.match(r"handed over to .*state", ran.output)


def test_a_hand_over_is_in_the_audit_of_who_leads_next(pair: Pair) -> None:
    """Who asked, why, from whom and to whom: kept with all that was decided, before the lead was given away."""
    switchboard = CliRunner().invoke
    while True:
        told = json.loads(switchboard(app, ["handover", *BY, "--socket", str(pair.one.socket), "--json"]).stdout)
        if told["done"]:
            break
        # It follows, and has yet to say so in the store.
        assert told["code"] == "no_standby"
    pair.two.wait_for("leads")
    (entry,) = map(
        json.loads, switchboard(app, ["audit", "--json", "--socket", str(pair.two.socket)]).stdout.splitlines()
    )
    assert (entry["who"], entry["why"], entry["what"]) == ("mia", "release 2", "hand_over")
    assert entry["target"] == entry["after"]["leader"] == told["handed_over_to"]
    assert entry["before"]["leader"] != told["handed_over_to"]


def test_who_asked_for_a_hand_over_may_be_gone_before_it_is_done(pair: Pair) -> None:
    """The asker's connection is reset at once: the lead is handed over all the same."""

    async def story(caller: Caller) -> None:
        await caller.call(20)
        epoch, before = caller.client.epoch, len(pair.one.lines())
        with Raw(int(pair.addresses[0].rpartition(":")[2])) as asker:
            assert asker.hello("boss", "supervisor")["t"] == "welcome"
            asker.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            asker.say({"t": "hand_over", "seq": 1, "who": "mia", "why": "release 2"})
        await asyncio.to_thread(pair.one.wait_for, "following", before)
        await caller.call(20)
        assert caller.client.epoch > epoch

    assert tell(pair, story).longest_s < 2 * TTL_S


def test_without_a_standby_nothing_is_handed_over(pair: Pair) -> None:
    """The leader says so and goes on."""

    async def story(caller: Caller) -> None:
        pair.two.kill()
        await asyncio.sleep(3.2)
        ran = await asyncio.to_thread(CliRunner().invoke, app, ["handover", *BY, "--socket", str(pair.one.socket)])
        assert ran.exit_code == 1
        assert "no_standby" in ran.output
        await caller.call(20)

    tell(pair, story)


def test_who_asks_a_standby_is_told_that_it_is_one(pair: Pair) -> None:
    """Over the unix socket and over TCP, with what to do, and not that nobody is there."""

    async def story(caller: Caller) -> None:
        await caller.call(1)
        for way in (["--socket", str(pair.two.socket)], ["--address", pair.addresses[1]]):
            ran = await asyncio.to_thread(CliRunner().invoke, app, ["status", *way])
            assert ran.exit_code == 3
            assert "this daemon stands by: another one of the site leads" in ran.output
            assert "--address HOST:PORT" in ran.output

    tell(pair, story)


def test_a_drained_leader_gives_its_lease_up(pair: Pair) -> None:
    """SIGTERM: the standby leads at once, without waiting for the end of the lease."""

    async def story(caller: Caller) -> None:
        await caller.call(100)
        pair.one.signal(signal.SIGTERM)
        await caller.call(50)
        assert await asyncio.to_thread(pair.one.wait) == exits.STOPPED

    assert tell(pair, story).longest_s < TTL_S


def test_a_standby_that_fell_behind_loads_again(pair: Pair) -> None:
    """It was stopped while the feed went on without it and was cut: it finds the hole, loads everything, and takes over
    whole."""

    async def story(caller: Caller) -> None:
        await caller.call(50)
        os.kill(pair.two.pid, signal.SIGSTOP)
        await caller.call(50)
        pair.redis.call("XTRIM", "switchboard:{main}:feed", "MAXLEN", 1)
        os.kill(pair.two.pid, signal.SIGCONT)
        await caller.call(20)
        await asyncio.to_thread(pair.two.wait_for, "load_again")
        pair.one.kill()
        await caller.call(20)

    tell(pair, story)


def test_a_client_that_has_seen_more_makes_the_leader_begin_again(pair: Pair) -> None:
    """A gateway names an epoch that no store knows (one was lost, and an old copy put back): the leader takes a higher
    one still, and everybody follows."""

    async def story(caller: Caller) -> None:
        await caller.call(20)
        seen = caller.client.epoch + 1000
        other = Client(pair.addresses, "gw2", alive=list)
        other._leaders.epoch_seen = seen
        async with other:
            assert await other.wait_up(PATIENCE_S), other.troubles()
            assert other.epoch > seen
            async with asyncio.timeout(PATIENCE_S):
                while caller.client.epoch <= seen:  # noqa: ASYNC110  # the client has no event for it
                    await asyncio.sleep(0.02)

    tell(pair, story)


def test_no_second_leader_while_redis_is_away(pair: Pair) -> None:
    """Redis stands still for two leases: the leader goes on from memory, the standby takes nothing, and afterwards the
    same one leads."""

    async def story(caller: Caller) -> None:
        await caller.call(50)
        first = caller.client.epoch
        pair.redis.signal(signal.SIGSTOP)
        began = time.monotonic()
        while time.monotonic() - began < 2 * TTL_S:
            await caller.call(10)
        pair.redis.signal(signal.SIGCONT)
        await asyncio.to_thread(pair.one.wait_for, "store_back")
        await caller.call(20)
        assert caller.client.epoch == first

    tell(pair, story)
