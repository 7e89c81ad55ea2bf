"""What a simulated gateway does with customers whom it is to send to a partner: it connects them, or can't, or falls
silent; the partner hangs up, or a leg is lost without a word.

Its chances are its own, so that runs without partners stay what they were. That a customer talks to a partner is told
only by the list after hello, and by reports that may come too late.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from router.core import commands as ask
from router.core.effects import Error, Reply, Send, SendOver
from router.terms import SECOND_US, SendFault

if TYPE_CHECKING:
    from tests.sim.call import Call
    from tests.sim.gateway import Gateway

REPORTS = (ask.PartnerAnswered, ask.PartnerFailed, ask.PartnerEnded)
FAULTS: tuple[SendFault, ...] = ("busy", "no_answer", "refused", "unreachable")
AWAY = ("sent", "away")
"""States of a call that is on its way to a partner, or there."""


class PartnerCalls:
    """Of one gateway."""

    def __init__(self, gateway: Gateway, seed: int, number: int) -> None:
        self._gateway = gateway
        self.sends = gateway.run.plan.sends[number]
        self._rng = Random(f"partner calls {seed} {number}")
        self._silent, self._fails = self._rng.choice((0.0, 0.2)), self._rng.choice((0.0, 0.2, 0.6))
        self._slow_us = self._rng.choice((1, 1, 6)) * SECOND_US
        self._unheard = self._rng.choice((0.0, 0.3, 0.6))
        self._never_ends, self._loses = self._rng.choice((0.0, 0.3)), self._rng.choice((0.0, 0.2))

    # -- connecting -----------------------------------------------------------------------------------------------

    def send(self, told: Send) -> None:
        """Connect this customer to the partner."""
        gateway, faults = self._gateway, self._gateway.site.faults
        call = gateway.calls.get(told.contact)
        if call is None:
            # It has lost sight of the caller: nobody is there to be sent.
            gateway.say(ask.End(1, told.contact, "withdrawn"))
            return
        if call.state in AWAY and call.send == told.send:
            faults["sent: told again"] += 1
            return
        faults["sent to a partner"] += 1
        call.state = call.seen = "sent"
        call.send, call.partner = told.send, told.partner
        call.round += 1
        if self._happens(self._silent):
            faults["partner silent"] += 1
        elif self._happens(self._fails):
            gateway.plan_for(call, SECOND_US, lambda: self._fail(call))
        else:
            gateway.plan_for(call, self._slow_us, lambda: self._answer(call))

    def _happens(self, chance: float) -> bool:
        return self._rng.random() < chance and not self._gateway.run.calming

    def _fail(self, call: Call) -> None:
        self._gateway.site.faults["partner failed"] += 1
        fault = self._rng.choice(FAULTS)
        self._gateway.say(ask.PartnerFailed(1, call.id, call.send, fault))
        self._waits(call)

    def _answer(self, call: Call) -> None:
        self._gateway.site.faults["partner answered"] += 1
        call.state, call.seen = "away", "at_partner"
        self._gateway.say(ask.PartnerAnswered(1, call.id, call.send))
        if self._happens(self._loses):
            self._gateway.plan_for(call, 3 * SECOND_US, lambda: self._lose(call))
        if not self._happens(self._never_ends):
            self._gateway.plan_for(call, self._gateway.run.plan.talk_us, lambda: self._hang_up(call))

    def _hang_up(self, call: Call) -> None:
        """They have said all."""
        gateway = self._gateway
        gateway.site.faults["partner hung up"] += 1
        gateway.over(call)
        by = self._rng.choice(("customer", "agent", "system"))
        gateway.say(ask.PartnerEnded(1, call.id, call.send, by))  # type: ignore[arg-type]  # one of its literals

    def _lose(self, call: Call) -> None:
        """The leg to the partner is gone, and nobody can be told but by the next list: its customer waits."""
        self._gateway.site.faults["partner leg lost"] += 1
        self._waits(call)

    def _waits(self, call: Call) -> None:
        call.state, call.seen = "in", "waiting"
        call.round += 1

    # -- the list, and what is heard ------------------------------------------------------------------------------

    def alive(self, call: Call) -> str | None:
        """The partner who talks to it, for the list of what is alive: perhaps since a moment when nobody could be told,
        also where the partner had been given up."""
        if call.partner and call.state in ("sent", "in") and self._happens(self._unheard):
            self._gateway.site.faults["partner answered, and nobody was told"] += 1
            call.state, call.seen = "away", "at_partner"
            call.round += 1
            self._gateway.plan_for(call, self._gateway.run.plan.talk_us, lambda: self._hang_up(call))
        if call.state != "away":
            return None
        self._gateway.site.faults["sync: at a partner"] += 1
        return call.partner

    def over(self, told: SendOver) -> None:
        """The engine waits for it no more."""
        faults = self._gateway.site.faults
        faults[f"send over: {told.why}"] += 1
        if told.why == "talk_most":
            faults["partner talk never ended"] += 1
        call = self._gateway.calls.get(told.contact)
        if call is None or call.state not in AWAY or call.send != told.send:
            return
        if told.why == "talk_most":
            self._gateway.over(call)
        else:
            self._waits(call)

    def is_now(self, call: Call, state: str) -> None:
        """The engine has said how it stands: not with a partner any more, however that came."""
        if call.state in AWAY and state not in ("sent", "at_partner"):
            self._waits(call)

    def answered(self, request: Any, reply: Reply) -> None:
        """The outcome of a report: one that came too late has no effect."""
        if not isinstance(reply, Error):
            return
        gateway = self._gateway
        gateway.site.faults["partner late"] += 1
        call = gateway.calls.get(request.contact)
        if isinstance(request, ask.PartnerEnded):
            # To the engine it is not there; its caller has gone in any case.
            gateway.say(ask.End(1, request.contact, "withdrawn"))
        elif isinstance(request, ask.PartnerAnswered) and call is not None and call.send == request.send:
            self.is_now(call, "waiting")
