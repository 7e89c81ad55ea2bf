"""What a simulated gateway does with call-backs: customers who take one, dials that are answered or not, customers who
ring again, and callers who were cut off and show their token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import structs

from router.core import commands as ask
from router.core.effects import CallbackTaken, Dial, DialCancelled, Error, LetGo, Queued, Reply
from router.terms import SECOND_US, DialResult
from tests.sim.call import Call

if TYPE_CHECKING:
    from tests.sim.gateway import Gateway

NUMBERS = tuple(f"+4930{number}" for number in range(100, 112))
BARRED = "+49900123"
RESULTS: tuple[DialResult, ...] = ("answered", "answered", "answered", "no_answer", "busy", "failed")


class Dialler:
    """Of one gateway. `dials`: it says that it can."""

    def __init__(self, gateway: Gateway, dials: bool) -> None:
        self._gateway = gateway
        self.dials = dials
        self.dialling: dict[str, Dial] = {}
        """Call-back -> what it was told, until its result is said."""

    # -- customers ------------------------------------------------------------------------------------------------

    def think_it_over(self, call: Call) -> None:
        """A customer who waits may want to be called back."""
        gateway = self._gateway
        if gateway.site.happens(gateway.run.chances.takes_callback):
            gateway.plan_for(call, 4 * SECOND_US, lambda: self._take(call))

    def _take(self, call: Call) -> None:
        gateway, rng = self._gateway, self._gateway.site.rng
        if call.state != "in":
            return
        request = ask.TakeCallback(1, call.id, rng.choice((*NUMBERS, BARRED)))
        if rng.random() < 0.3:
            request.not_before_ms = rng.choice((1000, 20_000))
        if rng.random() < 0.3:
            request.not_after_ms = rng.choice((1000, 60_000))
        if rng.random() < 0.15:
            request.agent = gateway.run.some_agent()
        gateway.site.faults[f"call-back asked for: {call.seen}"] += 1
        gateway.say(request)

    def schedule(self) -> None:
        """Somebody asks for a call-back on a web page."""
        gateway, rng = self._gateway, self._gateway.site.rng
        queue = rng.choice(gateway.run.plan.settings.queues)
        gateway.say(
            ask.ScheduleCallback(1, queue.name, rng.choice(NUMBERS), rng.choice((0, 5000, 40_000)), customer="cust-50")
        )

    def cancel(self, callback: str) -> None:
        """Nobody wants it any more."""
        self._gateway.site.faults["call-back cancelled"] += 1
        boss = self._gateway.run.clients["main/boss"]
        (boss if self._gateway.site.happens(0.5) else self._gateway).say(ask.CancelCallback(1, callback))

    def rings_again(self, token: str, queue: str) -> None:
        """Somebody rings who has a token: of a call that was cut off, or of a call-back."""
        gateway = self._gateway
        enqueue = structs.replace(gateway.run.some_enqueue(), queue=queue, token=token, agent=None, preferred=None)
        known = next((known for known in gateway.run.plan.settings.queues if known.name == queue), None)
        if known is not None and enqueue.channel in known.channels:
            gateway.site.faults["rang again with a token"] += 1
            gateway.arrive(enqueue)

    # -- dialling -------------------------------------------------------------------------------------------------

    def dial(self, dial: Dial) -> None:
        """Told to dial: it rings, and something comes of it, or the gateway forgets to say so."""
        gateway, chances = self._gateway, self._gateway.run.chances
        self.dialling[dial.contact] = dial
        gateway.site.faults["dialled for an agent" if dial.offer else "dialled ahead"] += 1
        if gateway.site.happens(chances.dial_silent):
            gateway.site.faults["dial never reported"] += 1
            return
        gateway.site.after(gateway.site.some(3 * SECOND_US), lambda: self._over(dial))

    def _over(self, dial: Dial) -> None:
        if self.dialling.get(dial.contact) is not dial:
            return
        del self.dialling[dial.contact]
        gateway = self._gateway
        result = gateway.site.rng.choice(RESULTS)
        gateway.site.faults[f"dialled: {result}"] += 1
        if result == "answered":
            call = Call(ask.Enqueue(1, dial.contact, dial.queue, "callback"), "in", "waiting")
            gateway.calls[call.id] = call
            gateway.say(ask.Dialled(1, dial.contact, result))
            if dial.agent is not None:
                gateway.has_joined(call, dial.agent)
            else:
                gateway.plan_hang_up(call)
        else:
            gateway.say(ask.Dialled(1, dial.contact, result))

    def cancelled(self, cancelled: DialCancelled) -> None:
        """Told to stop."""
        self._gateway.site.faults[f"dial cancelled: {cancelled.why}"] += 1
        self.dialling.pop(cancelled.contact, None)

    def let_go(self, over: LetGo) -> None:
        """The engine has ended the contact: its place was taken, or by hand."""
        self._gateway.site.faults[f"let go: {over.outcome}"] += 1
        self.gone(over.contact)

    def gone(self, contact: str) -> None:
        """Nothing is left of it."""
        self.dialling.pop(contact, None)
        call = self._gateway.calls.get(contact)
        if call is not None:
            self._gateway.over(call)

    # -- hearing, and lists ---------------------------------------------------------------------------------------

    def answered(self, request: Any, reply: Reply) -> None:
        """The outcome of something that it said."""
        gateway = self._gateway
        if isinstance(reply, CallbackTaken):
            gateway.site.faults["call-back taken"] += 1
            if isinstance(request, ask.TakeCallback | ask.Key):
                self.gone(request.contact)
            if gateway.site.happens(gateway.run.chances.rings_again):
                later_us = gateway.site.some(20 * SECOND_US)
                gateway.site.after(later_us, lambda: self._again(reply.callback, reply.token))
        elif isinstance(request, ask.Dialled) and isinstance(reply, Error) and request.result == "answered":
            # Too late: the engine has given this dial up, and the customer hears that it was a mistake.
            gateway.site.faults["answered too late"] += 1
            self.gone(request.contact)
        elif isinstance(reply, Error):
            gateway.site.faults[f"call-back refused: {reply.code}"] += 1

    def _again(self, callback: str, token: str | None) -> None:
        rng = self._gateway.site.rng
        if self._gateway.run.calming:
            return
        if token is None or rng.random() < 0.3:
            self.cancel(callback)
            return
        gateway = rng.choice(self._gateway.run.gateways)
        gateway.dialler.rings_again(token, rng.choice(self._gateway.run.plan.settings.queues).name)

    def queued(self, call: Call, reply: Queued) -> None:
        """It is in; its token may be of use if it is cut off."""
        gateway = self._gateway
        if reply.callback is not None:
            gateway.site.faults["open call-back told"] += 1
            if gateway.site.happens(0.5):
                gateway.site.faults["place of a call-back taken"] += 1
                gateway.say(ask.TakePlace(1, call.id, callback=reply.callback))
        self.think_it_over(call)
        token, queue = reply.token, reply.queue or call.enqueue.queue
        if token is not None and queue is not None and gateway.site.happens(gateway.run.chances.rings_again):
            gateway.plan_for(call, 5 * SECOND_US, lambda: self._cut_off(call, token, queue))

    def _cut_off(self, call: Call, token: str, queue: str) -> None:
        gateway = self._gateway
        gateway.site.faults["caller cut off"] += 1
        gateway.over(call)
        gateway.say(ask.End(1, call.id))
        if not gateway.run.calming:
            gateway.site.after(gateway.site.some(3 * SECOND_US), lambda: self.rings_again(token, queue))

    def alive(self) -> list[ask.AliveContact]:
        """Those that it is dialling, for the list."""
        return [
            ask.AliveContact(dial.contact, dial.queue, "callback", dialling=True) for dial in self.dialling.values()
        ]
