"""`python -m bench crash [--live 100000] [--rate 2000] [--kills 3] [--seconds 15] [--json]`: kill -9 of the daemon.

Redis with `appendfsync always`. So many contacts wait for nobody, over four gateways; beside them so many a second
come, are offered, accepted and ended by agents. The daemon is killed in the middle of that and started again, several
times, and the load goes on all the while. The outside ledger of `bench absence` asks for each contact that was
acknowledged over the first connection to the next daemon, before the gateways list what is alive. At the end each that
stays is asked for its place, and has the one that it had before the first kill.

lost, doubled     acknowledged contacts that the next daemon did not know; contacts offered while another offer of them
                  lived, or while they talked
moved             contacts that stay and have another place than before
ready_again_s     from exec until clients may connect, with all that live; the worst
back_s            from the kill until every gateway has listed what is alive and has its next contact in; the worst

Exit code 1 where something was lost, doubled or moved, or where it was not ready within 2 s.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import uvloop

from bench.absence import AGENTS, GATEWAYS, PORT, Book, Gateway, Load, rss_mib, start_again
from bench.show import show
from bench.store import redis_process
from bench.takeover import START_MOST_S, Process
from router.client.outcomes import Refused
from router.wire import catalogue as c

AT_ONCE = 500
"""Contacts of one gateway under way while the site is filled."""
READY_MOST_S = 2.0
PLACES_MOST_S = 60.0


class Keeper(Gateway):
    """A gateway whose offers outlive the daemon: what it is told after its list says which of them still live."""

    def _alive(self) -> Iterable[Any]:
        offers = dict(self.book.offers)
        listed = super()._alive()
        self.book.offers.update(offers)
        return listed

    def _heard(self, event: Any) -> None:
        if isinstance(event, c.State):
            live = {offer.contact: offer.offer for offer in event.offers if offer.state == "offered"}
            for contact in event.contacts:
                self.book.offers.pop(contact.contact, None)
                if contact.state == "waiting":
                    # It was accepted after its list was made, which said that it waits: that talk is over.
                    self.talking.pop(contact.contact, None)
            self.book.offers.update(live)
            for offer in event.offers:
                if offer.state == "offered" and offer.endpoint_gateway == self.name:
                    rung = c.Offer(
                        offer.offer, offer.contact, offer.gateway, "q", "voice", offer.agent, offer.endpoint,
                        offer.endpoint_gateway, 20_000, 0,
                    )  # fmt: skip
                    self.client.send(c.Accept(0, offer.offer), partial(self._taken, rung))
                elif offer.gateway == self.name:
                    self._joined(offer.contact, offer.agent)
        elif isinstance(event, c.TalkOver) and self.book.offers.get(event.contact) == event.offer:
            del self.book.offers[event.contact]
        elif isinstance(event, c.Offer) and event.contact in self.talking:
            self.book.counts["doubled"] += 1
        super()._heard(event)

    async def fill(self, many: int) -> None:
        """So many that stay."""
        for start in range(0, many, AT_ONCE):
            for _ in range(min(AT_ONCE, many - start)):
                self.comes(stays=True)
            while len(self.staying) < min(start + AT_ONCE, many):  # noqa: ASYNC110  # the client counts, it tells nobody
                await asyncio.sleep(0.002)

    async def places(self) -> dict[str, int]:
        """Contact that stays -> its place in the line; each is asked."""
        found: dict[str, int] = {}
        for start in range(0, len(self.staying), AT_ONCE):
            asked = [self.client.position(contact) for contact in self.staying[start : start + AT_ONCE]]
            for answer in await asyncio.gather(*asked):
                if isinstance(answer, c.PositionReply):
                    found[answer.contact] = answer.position
                else:
                    assert isinstance(answer, Refused), answer
        return found


async def places(gateways: list[Keeper]) -> dict[str, int]:
    """All of them, once everybody stands again."""
    until = time.monotonic() + PLACES_MOST_S
    while True:
        found: dict[str, int] = {}
        for gateway in gateways:
            found |= await gateway.places()
        if 0 not in found.values() or time.monotonic() > until:
            return found
        await asyncio.sleep(0.2)


async def all_back(gateways: list[Keeper], killed: float) -> float:
    """Seconds from the kill until every gateway has a contact in again."""
    for gateway in gateways:
        assert await gateway.client.wait_up(START_MOST_S), gateway.client.troubles()
    before = {gateway: len(gateway.staying) for gateway in gateways}
    for gateway in gateways:
        gateway.comes(stays=True)
    while any(len(gateway.staying) == before[gateway] for gateway in gateways):  # noqa: ASYNC110  # as above
        await asyncio.sleep(0.005)
    return time.monotonic() - killed


async def crash(live: int, rate: int, kills: int, seconds: float, process: Process) -> dict[str, Any]:
    """All of it, on a daemon that serves."""
    book = Book()
    gateways = [Keeper(number, book) for number in range(GATEWAYS)]
    for gateway in gateways:
        await gateway.begin()
    await asyncio.gather(*(gateway.fill(live // GATEWAYS) for gateway in gateways))
    before = await places(gateways)
    load = Load(list(gateways), rate, process)
    per_s, ready, back = [await load.run(seconds / 2)], [], []
    for _ in range(kills):
        running = asyncio.create_task(load.run(seconds))
        await asyncio.sleep(seconds / 5)
        process.kill()
        killed = time.monotonic()
        ready.append(await start_again(process))
        back.append(await all_back(gateways, killed))
        per_s.append(await running)
    await asyncio.sleep(2)
    after = await places(gateways)
    found = {
        "live": len(before), "asked_per_s": rate, "kills": kills, "lifecycles_per_s": round(statistics.median(per_s)),
        **{name: book.counts[name] for name in ("acknowledged", "as_memory", "not_taken_in", "asked_for", "lost")},
        "doubled": book.counts["doubled"],
        "moved": sum(after.get(contact) != place for contact, place in before.items()),
        "waiting_at_the_end": len(after), "rss_mib": round(rss_mib(process.pid)),
        "ready_again_s": round(max(ready), 2), "back_s": round(max(back), 2),
    }  # fmt: skip
    for gateway in gateways:
        await gateway.client.close()
    return found


def is_clean(found: dict[str, Any]) -> bool:
    """Is it as promised?"""
    return not (found["lost"] or found["doubled"] or found["moved"]) and found["ready_again_s"] <= READY_MOST_S


def main(arguments: list[str]) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m bench crash", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--live", type=int, default=100_000, help="contacts that wait all the time")
    parser.add_argument("--rate", type=int, default=2_000, help="contacts a second")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15.0, help="of load for each kill")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="switchboard-bench-") as name:
        folder = Path(name)
        with redis_process(folder / "redis", "always") as (port, _):
            process = Process(folder / "daemon", PORT, f"redis://127.0.0.1:{port}", agents=GATEWAYS * AGENTS)
            process.start()
            try:
                found = uvloop.run(crash(options.live, options.rate, options.kills, options.seconds, process))
            finally:
                process.kill()
    show(found, as_json=options.json)
    return 0 if is_clean(found) else 1
