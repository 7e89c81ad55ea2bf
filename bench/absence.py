"""`python -m bench absence [--seconds 60] [--rate 2000] [--case degrade|killed|strict]`: Redis stands still under load.

degrade   the engine routes on from memory, says so, and what gathered is kept soon after Redis is back
killed    the same, and the daemon is killed (kill -9) halfway: what was promised as kept is there, what was said to be
          `memory` comes again with the gateways' lists
strict    new contacts are answered `busy`, and nothing that was promised is lost

Gateways on the project's client let so many contacts a second come, which agents take and end; every fiftieth waits for
nobody and stays. An outside ledger knows what was acknowledged, and asks for each of it over the first connection to
the next daemon, before the gateways list what is alive; at the end the daemon is killed and started once more for that.
Exit code 1 where something was lost or doubled that was promised, or where what gathered took longer than 5 s.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import uvloop

from bench.show import show
from bench.store import redis_process
from bench.takeover import START_MOST_S, Process
from router.client import Client
from router.client.outcomes import Refused
from router.wire import catalogue as c

PORT = 21_410
GATEWAYS = 4
AGENTS = 40
"""Of each gateway: each takes a contact at a time, and ends it at once."""
TICK_S = 0.01
UNDER_WAY_MOST = 4_000
"""Contacts of one gateway that are not over: a load that the machine can't carry is not piled up."""
STAYS = 50
"""One contact in so many waits for nobody."""
CALL_S = 120.0
DRAIN_MOST_S = 5.0
CASES = ("degrade", "killed", "strict")


class Book:
    """What was promised, by all gateways together."""

    def __init__(self) -> None:
        self.kept: set[str] = set()
        """Acknowledged as kept, and not known to be over."""
        self.memory: set[str] = set()
        self.offers: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self.ended = 0

    def answered(self, contact: str, known: bool) -> None:
        """The next daemon was asked about a contact."""
        self.counts["asked_for"] += 1
        if not known and contact in self.kept:
            self.counts["lost"] += 1
        elif not known and contact in self.memory:
            self.counts["lost_as_memory"] += 1


class Gateway:
    """One of them."""

    def __init__(self, number: int, book: Book) -> None:
        self.name = f"gw{number}"
        self.book = book
        self.agents = [f"a{number * AGENTS + index}" for index in range(AGENTS)]
        self.live: set[str] = set()
        self.staying: list[str] = []
        """Those who wait for nobody, in the order in which they were let in."""
        self.talking: dict[str, str] = {}
        self.sent = 0
        self.client = Client(
            [f"127.0.0.1:{PORT}"], self.name, features=("no_connect_report",), alive=self._alive,
            on_event=self._heard, call_timeout_s=CALL_S, reconnect_most_s=0.5, pending_max=100_000,
        )  # fmt: skip

    def _alive(self) -> Iterable[Any]:
        book = self.book
        for contact in self.live:
            if contact in book.kept or contact in book.memory:
                self.client._add(c.Position(0, contact), self._known(contact), CALL_S, of_connection=True)
        book.offers.clear()
        listed: list[Any] = [c.AliveEndpoint(f"{agent}.phone", agent) for agent in self.agents]
        for contact in self.live:
            queue = "hold" if contact.endswith("s") else "q"
            listed.append(c.AliveContact(contact, queue, talks_to=self.talking.get(contact)))
        return listed

    def _known(self, contact: str) -> Any:
        def done(outcome: Any) -> None:
            if isinstance(outcome, c.PositionReply):
                self.book.answered(contact, True)
            elif isinstance(outcome, Refused) and outcome.code == "unknown_contact" and contact in self.live:
                self.book.answered(contact, False)

        return done

    async def begin(self) -> None:
        """Connect, and sign everybody in."""
        self.client.start()
        assert await self.client.wait_up(START_MOST_S), self.client.troubles()
        for agent in self.agents:
            answer = await self.client.log_in(agent, ready=True)
            assert isinstance(answer, c.Ok), answer

    def come(self, many: int) -> None:
        """So many contacts ask."""
        for _ in range(min(many, UNDER_WAY_MOST + len(self.staying) - len(self.live))):
            self.comes(stays=self.sent % STAYS == STAYS - 1)

    def comes(self, *, stays: bool) -> None:
        """One contact asks, for an agent or for nobody."""
        self.sent += 1
        contact = f"{self.name}.{self.sent}{'s' if stays else ''}"
        self.live.add(contact)
        request = c.Enqueue(0, contact, "hold" if stays else "q")
        self.client.send(request, partial(self._asked, contact))

    def _asked(self, contact: str, outcome: Any) -> None:
        if isinstance(outcome, c.Queued):
            (self.book.memory if outcome.durability == "memory" else self.book.kept).add(contact)
            self.book.counts["as_memory" if outcome.durability == "memory" else "acknowledged"] += 1
            if contact.endswith("s"):
                self.staying.append(contact)
        else:
            self.book.counts["not_taken_in"] += 1
            self._end(contact)

    def _heard(self, event: Any) -> None:
        if isinstance(event, c.Offer):
            before = self.book.offers.get(event.contact)
            if before is not None and before != event.offer:
                self.book.counts["doubled"] += 1
            self.book.offers[event.contact] = event.offer
            if event.endpoint_gateway == self.name:
                self.client.send(c.Accept(0, event.offer), lambda outcome: self._taken(event, outcome))
        elif isinstance(event, c.OfferCancelled):
            self.book.offers.pop(event.contact, None)
        elif isinstance(event, c.Accepted):
            self._joined(event.contact, event.agent)

    def _taken(self, offer: c.Offer, outcome: Any) -> None:
        if isinstance(outcome, c.Ok | c.Already) and offer.gateway == self.name:
            self._joined(offer.contact, offer.agent)

    def _joined(self, contact: str, agent: str) -> None:
        if contact in self.live:
            self.talking[contact] = agent
            self._end(contact)

    def _end(self, contact: str) -> None:
        # From now on it may be gone.
        self.live.discard(contact)
        self.book.kept.discard(contact)
        self.book.memory.discard(contact)
        self.client.send(c.End(0, contact), lambda outcome: self._over(contact, outcome))

    def _over(self, contact: str, outcome: Any) -> None:
        self.talking.pop(contact, None)
        self.book.offers.pop(contact, None)
        if isinstance(outcome, c.Ok | c.Already):
            self.book.ended += 1
        else:
            self.book.counts["end_unknown"] += 1


def rss_mib(pid: int) -> float:
    """Memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


class Load:
    """Contacts at a pace, and the memory of the daemon meanwhile."""

    def __init__(self, gateways: list[Gateway], rate: int, process: Process) -> None:
        self.gateways = gateways
        self.rate = rate
        self.process = process
        self.peak_mib = 0.0

    async def run(self, seconds: float) -> float:
        """For so long; lifecycles a second that came to their end."""
        began, ended, come, looked = time.monotonic(), self.gateways[0].book.ended, 0, 0.0
        while (passed := time.monotonic() - began) < seconds:
            due = int(passed * self.rate / GATEWAYS) - come
            come += due
            for gateway in self.gateways:
                gateway.come(due)
            if passed > looked:
                looked = passed + 0.5
                self._look()
            await asyncio.sleep(TICK_S)
        return (self.gateways[0].book.ended - ended) / seconds

    def _look(self) -> None:
        try:
            self.peak_mib = max(self.peak_mib, rss_mib(self.process.pid))
        except OSError:
            return  # It is dead just now.


async def start_again(process: Process) -> float:
    """As a service manager does it, until Redis lets it start. Returns seconds of the start that went well."""
    while True:
        try:
            return await asyncio.to_thread(process.start)
        except SystemExit:
            await asyncio.sleep(0.2)


async def back(process: Process, after: int) -> float:
    """Seconds until the daemon says that all that gathered is kept."""
    began = time.monotonic()
    while time.monotonic() - began < START_MOST_S:
        if b'"store_back"' in process.log.read_bytes()[after:]:
            return time.monotonic() - began
        await asyncio.sleep(0.02)
    return START_MOST_S


async def absence(case: str, seconds: float, rate: int, process: Process, redis: Any) -> dict[str, Any]:
    """One case, on a daemon that serves."""
    book = Book()
    gateways = [Gateway(number, book) for number in range(GATEWAYS)]
    for gateway in gateways:
        await gateway.begin()
    load = Load(gateways, rate, process)
    before_per_s = await load.run(5)
    before_mib, mark = rss_mib(process.pid), len(process.log.read_bytes())
    redis.send_signal(signal.SIGSTOP)
    meanwhile_per_s = await load.run(seconds / 2)
    restarting: asyncio.Task[float] | None = None
    if case == "killed":
        process.kill()
        restarting = asyncio.create_task(start_again(process))
    second_per_s = await load.run(seconds / 2)
    redis.send_signal(signal.SIGCONT)
    drained = asyncio.create_task(back(process, mark)) if case != "killed" else None
    after_per_s = await load.run(8)
    found = {"drained_s": round(await drained, 2)} if drained is not None else {}
    if restarting is not None:
        await restarting
    await asyncio.sleep(2)
    process.kill()
    found["ready_again_s"] = round(await start_again(process), 2)
    for gateway in gateways:
        assert await gateway.client.wait_up(START_MOST_S), gateway.client.troubles()
    await asyncio.sleep(1)
    left = sum(len(gateway.live) for gateway in gateways)
    for gateway in gateways:
        await gateway.client.close()
    return {
        "case": case, "seconds": seconds, "asked_per_s": rate, "before_per_s": round(before_per_s),
        "away_per_s": round((meanwhile_per_s + second_per_s) / 2), "after_per_s": round(after_per_s),
        **{name: book.counts[name] for name in COUNTED}, "waiting_at_the_end": left,
        "rss_before_mib": round(before_mib), "rss_peak_mib": round(load.peak_mib), **found,
    }  # fmt: skip


COUNTED = ("acknowledged", "as_memory", "not_taken_in", "asked_for", "lost", "lost_as_memory", "doubled")


def is_clean(found: dict[str, Any]) -> bool:
    """Is it as promised?"""
    lost = found["lost"] + (found["lost_as_memory"] if found["case"] != "killed" else 0)
    return not lost and not found["doubled"] and found.get("drained_s", 0) <= DRAIN_MOST_S


def main(arguments: list[str]) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m bench absence", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rate", type=int, default=2_000, help="contacts a second")
    parser.add_argument("--case", choices=CASES, action="append", help="only this one; may be given again")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    clean = True
    for case in options.case or CASES:
        with tempfile.TemporaryDirectory(prefix="switchboard-bench-") as name:
            folder = Path(name)
            with redis_process(folder / "redis", "always") as (port, redis):
                more = 'when_away = "strict"\n' if case == "strict" else ""
                store = f"redis://127.0.0.1:{port}"
                process = Process(folder / "daemon", PORT, store, agents=GATEWAYS * AGENTS, more=more)
                process.start()
                try:
                    found = uvloop.run(absence(case, options.seconds, options.rate, process, redis))
                finally:
                    process.kill()
        clean &= is_clean(found)
        show(found, as_json=options.json)
    return 0 if clean else 1
