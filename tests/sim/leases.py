"""Leases of talks: what a simulated gateway answers when asked whether its calls live, and what the judge expects.

A gateway that confirms forgets now and then to say that a call is over. The engine must find that out by asking, and
must not end a talk that was confirmed, or that it has not asked about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core import commands as ask
from router.core.effects import Confirm, Ok, Reply
from router.terms import SECOND_US
from tests.sim.seen import GatewaySeen, OfferSeen, Visit

if TYPE_CHECKING:
    from tests.sim.gateway import Gateway
    from tests.sim.judge import Judge


def answer(gateway: Gateway, confirm: Confirm) -> None:
    """Say which of these still talk, as far as the gateway knows."""
    alive = [name for name in confirm.contacts if name in gateway.calls and gateway.calls[name].state == "joined"]
    gateway.site.faults["asked whether a talk lives"] += 1
    gateway.site.after(gateway.site.some(SECOND_US // 10), lambda: gateway.say(ask.Alive(1, tuple(alive))))


class LeaseBook:
    """The judge's: which talks were asked about, and since when nobody has answered."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._asked_us: dict[tuple[str, str], int] = {}
        self._repaired_us: dict[tuple[str, str], int] = {}

    def asked(self, gateway: str, confirm: Confirm) -> None:
        """The engine has asked."""
        for contact in confirm.contacts:
            self._asked_us[gateway, contact] = self._judge.now_us

    def alive(self, gateway: GatewaySeen, command: ask.Alive, reply: Reply) -> None:
        """The gateway has answered."""
        if isinstance(reply, Ok):
            for contact in command.contacts:
                self._asked_us.pop((gateway.key, contact), None)

    def ended(self, visit: Visit, offer: OfferSeen) -> None:
        """A talk is over, and nobody said so: by a lease that ran out, or with somebody who stayed away."""
        judge = self._judge
        key = (visit.gateway.key, visit.id)
        # Another leg of the same talk, in a conference, may end by what somebody said, and this one by its lease.
        asked_us = self._asked_us.get(key)
        if self._repaired_us.get(key) == judge.now_us:
            # Another leg of the same talk: a conference.
            return
        if judge.command is not None or visit.state != "wrapping" or visit.asked_by:
            return
        if offer.disturbed or any(not side.up for side in offer.sides):
            return
        if asked_us is None or judge.now_us < asked_us + judge.settings.limits.confirm_us:
            judge.fault("L2", f"the talk of {visit.id} was ended, asked at {asked_us}")
        else:
            self._repaired_us[key] = judge.now_us
            judge.reached["talk repaired"] += 1
