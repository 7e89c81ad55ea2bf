"""A gateway's program in the storm: callers come, its agents take them or not, talks end; on the project's own client.

It tells the ledger what it hears. Before it lists what is alive to a new leader it asks about every promise: what the
list repairs afterwards was not kept."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from typing import Any

from router.client import Client
from router.client.outcomes import Refused, Unknown
from router.wire import catalogue as c
from tests.chaos.ledger import Ledger, Promise

CALL_S = 8.0
QUEUE = "loans"


class Gateway:
    """One of them, with its agents."""

    def __init__(self, name: str, addresses: list[str], agents: list[str], ledger: Ledger, seed: str) -> None:
        self.name = name
        self.ledger = ledger
        self.chance = random.Random(seed)
        self.agents = agents
        self.mine: dict[str, Promise] = {}
        self.calling = True
        self._number = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.client = Client(
            addresses, name, alive=self._alive, on_event=self._heard, call_timeout_s=CALL_S, reconnect_most_s=1.0
        )

    # -- what the client asks for ----------------------------------------------------------------------------

    def _alive(self) -> Iterable[Any]:
        epoch = self.client.epoch
        for contact, promise in self.mine.items():
            if promise.acknowledged and not promise.ending:
                # Sent before the list, on this very connection.
                self.client._add(c.Position(0, contact), self._known(contact, epoch), CALL_S, of_connection=True)
            promise.offer = ""
        listed: list[Any] = [c.AliveEndpoint(f"{agent}.phone", agent) for agent in self.agents]
        for contact, promise in self.mine.items():
            # Also who has asked and has no answer yet: they hold the line, and what is not listed is taken as gone.
            if not promise.ending:
                listed.append(c.AliveContact(contact, QUEUE, talks_to=promise.agent or None))
        return listed

    def _known(self, contact: str, epoch: int) -> Any:
        def done(outcome: Any) -> None:
            if isinstance(outcome, c.PositionReply):
                self.ledger.asked_for(contact, True, epoch)
            elif isinstance(outcome, Refused) and outcome.code == "unknown_contact":
                self.ledger.asked_for(contact, False, epoch)

        return done

    def _heard(self, event: Any) -> None:
        if isinstance(event, c.Offer):
            if event.gateway == self.name:
                self.ledger.offered(event.contact, event.offer, self.client.epoch)
            if event.endpoint_gateway == self.name:
                self._spawn(self._answer(event))
        elif isinstance(event, c.Accepted):
            self._spawn(self._talk(event.contact, event.offer, event.agent))
        elif isinstance(event, c.OfferCancelled):
            self.ledger.withdrawn(event.contact, event.offer)
        elif isinstance(event, c.State):
            for state in event.contacts:
                if state.contact in self.ledger.over and state.state not in ("wrapping", "ended"):
                    self.ledger.broke("unexpected", f"{state.contact} lives again as {state.state}")
            for live in event.offers:
                # Accepted while nobody told us: the talk is ours to begin, and to end.
                promise = self.mine.get(live.contact) if live.gateway == self.name else None
                if live.state in ("connecting", "connected") and promise is not None and not promise.agent:
                    self._spawn(self._talk(live.contact, live.offer, live.agent))

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- callers ---------------------------------------------------------------------------------------------

    async def run(self, pace_s: float) -> None:
        """Let callers come until `calling` ends."""
        await self.client.wait_up(30)
        for agent in self.agents:
            await self._sign_in(agent)
        self._spawn(self._keep_agents_ready())
        while self.calling:
            self._spawn(self._caller())
            await asyncio.sleep(self.chance.expovariate(1 / pace_s))

    async def _keep_agents_ready(self) -> None:
        while True:
            await asyncio.sleep(2.0)
            for agent in self.agents:
                done = await self.client.ready(agent)
                if isinstance(done, Refused) and done.code == "not_logged_in":
                    # A promise of `memory` was lost with the daemon that made it, or the gateway was away for long.
                    self.ledger.counts["signed in again"] += 1
                    await self.client.log_in(agent, ready=True)

    async def _sign_in(self, agent: str) -> None:
        # A call takes its time by itself where there is no engine.
        while not isinstance(await self.client.log_in(agent, ready=True), c.Ok):  # noqa: ASYNC110
            await asyncio.sleep(0.2)

    async def _caller(self) -> None:
        self._number += 1
        contact = f"{self.name}.{self._number}"
        promise = self.mine[contact] = self.ledger.promises[contact] = Promise(contact)
        answer = await self.client.enqueue(contact, QUEUE)
        if isinstance(answer, c.Queued):
            promise.memory = promise.memory or answer.durability == "memory"
            promise.acknowledged = True
            self.ledger.counts["acknowledged"] += 1
            self.ledger.counts["acknowledged as memory"] += promise.memory
            self.ledger.ack()
            if self.chance.random() < 0.05:
                await asyncio.sleep(self.chance.uniform(0, 2))
                await self._end(contact)
        elif isinstance(answer, Unknown):
            self.ledger.counts["unknown"] += 1
            await self._end(contact)
        else:
            # It may have been listed meanwhile, and be in by that.
            self.ledger.counts["not taken in"] += 1
            await self._end(contact)

    async def _answer(self, event: c.Offer) -> None:
        await asyncio.sleep(self.chance.uniform(0.02, 0.3))
        draw = self.chance.random()
        if draw < 0.03:
            return  # Nobody is there: it rings out.
        if draw < 0.06:
            # Who rejects its own contact's offer is not told what it knows: the next one may ring before the reply.
            self.ledger.withdrawn(event.contact, event.offer)
            await self.client.reject(event.offer)
            return
        taken = await self.client.accept(event.offer)
        if event.gateway != self.name:
            return
        if isinstance(taken, c.Ok):
            # Who accepts its own contact's offer is not told what it knows.
            await self._talk(event.contact, event.offer, event.agent)
        elif isinstance(taken, Unknown):
            # Perhaps it was taken; who does not say in time that they are joined is given back, and not told of that.
            self.ledger.withdrawn(event.contact, event.offer)

    async def _talk(self, contact: str, offer: str, agent: str) -> None:
        """Join them, let them talk, and end it."""
        self.ledger.taken(contact, offer, agent)
        promise = self.mine.get(contact)
        if promise is None:
            return
        while isinstance(outcome := await self.client.connected(contact), Unknown):
            # Who is joined stays joined, however long there is no engine to hear it.
            self.ledger.counts["joined, said again"] += 1
        if isinstance(outcome, Refused) and promise.agent != agent:
            return
        promise.talking = True
        await asyncio.sleep(self.chance.uniform(0.1, 1.0))
        await self._end(contact)

    async def _end(self, contact: str) -> None:
        """Say until it is known that this visit is over."""
        promise = self.mine.get(contact)
        if promise is None or promise.ending:
            return
        promise.ending = True
        while True:
            done = await self.client.end(contact)
            if isinstance(done, c.Ok | c.Already):
                self.ledger.ack()
                self.ledger.counts["ended"] += 1
                self.ledger.over[contact] = self.client.epoch
                break
            self.ledger.counts["end said again"] += 1
            await asyncio.sleep(0.2)
        self._forget(contact)

    def _forget(self, contact: str) -> None:
        self.mine.pop(contact, None)
        self.ledger.promises.pop(contact, None)

    async def stop(self) -> None:
        """Nothing more happens here."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.client.close()
