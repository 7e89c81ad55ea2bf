"""Plays a whole trace: two gateways, a desk for each agent, every caller at their time, a witness, and the report.

It must not know what a telephone does. The one idea: callers and phones are dealt out over both gateways in turn, so
about half of all talks join a caller on one with a phone on the other.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from router.cli.play.caller import Caller
from router.cli.play.clock import PlayClock
from router.cli.play.gateway import PlayGateway
from router.cli.play.ledger import Ledger
from router.cli.play.person import Person
from router.cli.play.report import PlayReport
from router.cli.play.witness import Witness
from router.terms import SECOND_US
from router.trace import profiles
from router.wire.catalogue import StatusReply

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from router.client import Client
    from router.trace import Draw, Trace

GATEWAYS: Final = ("play-1", "play-2")
CONNECT_MOST_S: Final = 15.0
"""For all clients to be let in at the start."""
HOME_MOST_S: Final = 30.0
"""For everybody to finish once the play is over; who is not done by then is a fault, and is named."""
HEAD_US: Final = 10 * SECOND_US
"""The play begins this long before the first thing happens."""
DESK_ACCEPTS: Final = 3
"""Every third agent accepts at the desk, the others at the phone."""


class CannotPlay(Exception):
    """The daemon can't be reached, or does not fit the trace."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy


@dataclass(slots=True)
class Cast:
    """Everything that speaks to the daemon."""

    gateways: list[PlayGateway]
    people: list[Person]
    witness: Witness
    clients: list[Client] = field(default_factory=list)


class Player:
    """One play. To be made in a running loop."""

    def __init__(self, trace: Trace, draws: Sequence[Draw], addresses: list[str], speed: float) -> None:
        self.trace = trace
        self.clock = PlayClock(speed)
        self.ledger = Ledger()
        self.arrived = 0
        run = secrets.token_hex(4)
        names = [f"{run}-{number:06}" for number in range(len(trace.contacts))]
        wrap_ups_us = {name: draw.wrap_up_us for name, draw in zip(names, draws, strict=True)}
        gateways = [PlayGateway(name, addresses, self.clock, self.ledger) for name in GATEWAYS]
        people = [
            Person(
                agent,
                f"play-desk-{number}",
                f"phone-{number}",
                gateways[number % len(gateways)],
                wrap_ups_us,
                accepts_at_desk=number % DESK_ACCEPTS == 0,
            )
            for number, (_, agent) in enumerate(profiles(trace))
        ]
        witness = Witness("play-witness", addresses, self.ledger)
        self.cast = Cast(gateways, people, witness)
        self.cast.clients = [gateway.client for gateway in gateways] + [person.client for person in people]
        self.cast.clients.append(witness.client)
        self._calls = list(zip(names, trace.contacts, draws, strict=True))
        self._violations_before = 0

    # -- the play --------------------------------------------------------------------------------------------

    async def run(self, beside: Callable[[], Coroutine[Any, Any, None]] | None = None) -> PlayReport:
        """From the first log-in to the end; `beside` runs meanwhile (a table, a kill). Raises `CannotPlay`."""
        for client in self.cast.clients:
            client.start()
        tasks: list[asyncio.Task[Any]] = []
        try:
            await self._connect()
            self.clock.start(self._begins_us())
            play = asyncio.ensure_future(self._play_and_report())
            tasks = [play] if beside is None else [play, asyncio.ensure_future(beside())]
            pending = set(tasks)
            while not play.done():
                # What runs beside may end first; where it fails, there is nothing left to play with.
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            return play.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.gather(*(client.close(bye=True) for client in self.cast.clients))

    def hurry(self) -> None:
        """Bring it to an end: nobody calls any more, talks and wrap-ups end, agents go home."""
        self.clock.hurry()

    async def status(self) -> StatusReply | None:
        """How the daemon says that things stand; None where it does not say."""
        answer = await self.cast.witness.client.status()
        return answer if isinstance(answer, StatusReply) else None

    def _begins_us(self) -> int:
        firsts = [shift.from_us for _, agent in profiles(self.trace) for shift in agent.shifts]
        firsts += [contact.arrival_us for contact in self.trace.contacts[:1]]
        return min(firsts, default=0) - HEAD_US

    async def _connect(self) -> None:
        until = asyncio.get_running_loop().time() + CONNECT_MOST_S
        for client in self.cast.clients:
            if not await client.wait_up(max(0.1, until - asyncio.get_running_loop().time())):
                lost = next(iter(client.troubles().items()), None)
                why = f"{lost[0]}: {lost[1].code} {lost[1].detail}".strip() if lost else "no answer"
                raise CannotPlay(f"the daemon lets nobody in: {why}", "start it, or use --start")
        if not await self.cast.witness.ready(CONNECT_MOST_S):
            raise CannotPlay("the daemon does not answer the monitor", "look into its log")
        status = await self.status()
        if status is None:
            raise CannotPlay("the daemon does not say how things stand", "look into its log")
        self._violations_before = status.violations
        has = {queue.queue for queue in status.queues}
        wanted = {contact.queue for contact in self.trace.contacts}
        if missing := sorted(wanted - has):
            raise CannotPlay(
                f"the daemon has no queue {', '.join(missing)}",
                "serve the configuration that `switchboard play --write-config DIR TRACE` writes",
            )

    async def _play_and_report(self) -> PlayReport:
        await self._play()
        return await self._report()

    async def _play(self) -> None:
        people = [asyncio.ensure_future(person.work()) for person in self.cast.people]
        callers: set[asyncio.Task[None]] = set()
        arriving = asyncio.ensure_future(self._arrive(callers))
        working = asyncio.gather(*people)
        try:
            await arriving
            while callers and not working.done():
                at_work: set[asyncio.Future[Any]] = {*callers, working}
                await asyncio.wait(at_work, return_when=asyncio.FIRST_COMPLETED)
            # Nobody is left to call, or nobody to answer.
            self.hurry()
            left = {*callers, *people, *(task for gateway in self.cast.gateways for task in gateway.tasks)}
            if left:
                _, late = await asyncio.wait(left, timeout=HOME_MOST_S)
                for task in late:
                    task.cancel()
            for error in await asyncio.gather(*people, *callers, return_exceptions=True):
                if isinstance(error, Exception):
                    raise error
        finally:
            for task in (arriving, *people, *callers):
                task.cancel()
            await asyncio.gather(arriving, working, *callers, return_exceptions=True)

    async def _arrive(self, callers: set[asyncio.Task[None]]) -> None:
        for number, (name, contact, draw) in enumerate(self._calls):
            if not await self.clock.until(contact.arrival_us):
                return
            gateway = self.cast.gateways[number % len(self.cast.gateways)]
            task = asyncio.ensure_future(Caller(name, contact, draw, gateway).call())
            self.arrived += 1
            callers.add(task)
            task.add_done_callback(callers.discard)

    async def _report(self) -> PlayReport:
        real_s = self.clock.real_s
        # What the engine said last may still be on its way to the witness.
        for _ in range(100):
            if all(visit.told for visit in self.ledger.visits.values() if visit.end):
                break
            await asyncio.sleep(0.02)
        self.ledger.close()
        status = await self.status()
        violations = 0 if status is None else status.violations - self._violations_before * (not self.restarts)
        return PlayReport(self.trace, self.ledger, self.arrived, self.clock.speed, real_s, self.restarts, violations)

    @property
    def restarts(self) -> int:
        """How often the daemon came back in a new epoch."""
        return self.cast.witness.restarts
