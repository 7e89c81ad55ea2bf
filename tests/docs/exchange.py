"""A telephone exchange at the keyboard: callers on lines, one phone, and an engine that says who talks to whom."""

from __future__ import annotations

import asyncio
import sys
from time import monotonic

from msgspec.structs import replace

from router.client import Client, Refused, Unknown
from router.client.alive import Alive
from router.wire import catalogue as c

AGENT, PHONE = "anna", "phone-7"
HELP = "call ID QUEUE | answer | hang ID | done ID | quit"


class Exchange:
    """What is alive here, what the engine decides of it, and what happens meanwhile."""

    def __init__(self, addresses: list[str]) -> None:
        self.callers: dict[str, tuple[c.AliveContact, float]] = {}
        """By id: what was said of them, and since when they are here."""
        self.ringing: c.Offer | None = None
        self.engine = Client(addresses, "exchange-1", alive=self.alive, on_event=self.heard)
        self.engine.on_no_engine(5.0, self.fall_back, lambda: print("the engine is back"))

    def alive(self) -> list[Alive]:
        """After each connection the engine is told what is here now, and how long everybody has waited."""
        waited = [replace(who, waited_ms=round((monotonic() - since) * 1000)) for who, since in self.callers.values()]
        return [c.AliveEndpoint(PHONE, AGENT), *waited]

    def fall_back(self) -> None:
        """There has been no engine for five seconds: what the queue has as its fallback."""
        print("no engine: callers hear that it takes longer, then phones ring in turn")

    def heard(self, event: c.Message) -> None:
        """What the engine has decided. Nothing waits in here."""
        match event:
            case c.Offer(contact=contact, whisper=whisper):
                self.ringing = event
                print(f"{PHONE} rings for {contact}: {whisper}")
            case c.OfferCancelled(reason=reason):
                self.ringing = None
                print(f"{PHONE} is silent: {reason}")
            case c.Announce(contact=contact, text=text, announcement=number):
                print(f"{contact} hears {text}")
                self.engine.send(c.Announced(0, contact, number, "played"), lambda _outcome: None)
            case c.Treat(contact=contact, why=why, treatment=treatment):
                self.callers.pop(contact, None)
                print(f"{contact} can't be served ({why}): {treatment.do}")
            case _:
                pass  # a newer engine may say more

    async def call(self, contact: str, queue: str) -> None:
        """Somebody rings. From now on they are alive, whatever the engine has heard of it."""
        self.callers[contact] = c.AliveContact(contact, queue), monotonic()
        match await self.engine.enqueue(contact, queue):
            case c.Queued() | c.Already():
                print(f"{contact} waits")
            case c.RefusedEntry(why=why, treatment=treatment):
                self.callers.pop(contact)
                print(f"{contact} is not let in ({why}): {treatment.do}")
            case Refused(code=code, detail=detail):
                self.callers.pop(contact)
                print(f"{contact}: {code} {detail}")
            case Unknown() as unknown:
                print(f"{contact}: nobody knows ({unknown.why}); the next list settles it")
            case _:
                pass  # plans that are switched by telephone: see `enqueue`

    async def answer(self) -> None:
        """The agent picks up: take the offer, join both, and say so."""
        offer, self.ringing = self.ringing, None
        if offer is None or not isinstance(await self.engine.accept(offer.offer), c.Ok):
            print("nothing to answer")  # it was taken back meanwhile
            return
        who, since = self.callers[offer.contact]
        self.callers[offer.contact] = replace(who, talks_to=AGENT), since
        await self.engine.connected(offer.contact)
        print(f"{offer.contact} talks to {AGENT}")

    async def hang(self, contact: str) -> None:
        """The caller hangs up, waiting or talking."""
        self.callers.pop(contact, None)
        print(f"{contact} is gone: {type(await self.engine.end(contact)).__name__}")

    async def done(self, contact: str) -> None:
        """The agent's work with it is over."""
        print(f"{AGENT} is free: {type(await self.engine.complete(contact, resolved='yes')).__name__}")

    async def run(self) -> None:
        """Carry out what is typed, until `quit`."""
        async with self.engine:
            await self.engine.wait_up(10.0)
            print(await self.engine.log_in(AGENT, ready=True))
            print(HELP)
            while (line := await asyncio.to_thread(sys.stdin.readline)) and line.strip() != "quit":
                match line.split():
                    case ["call", contact, queue]:
                        await self.call(contact, queue)
                    case ["answer"]:
                        await self.answer()
                    case ["hang", contact]:
                        await self.hang(contact)
                    case ["done", contact]:
                        await self.done(contact)
                    case _:
                        print(HELP)


if __name__ == "__main__":
    asyncio.run(Exchange(sys.argv[1:]).run())
