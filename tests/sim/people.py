"""A simulated agent: signs in, takes offers, forgets them, goes on breaks at the wrong moment, has other work.

A person is told of offers by whichever client hears of them first, and answers through one of the clients where they
have a device or are signed in. What a person believes may be out of date; the engine must cope.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from router.core import commands as ask
from router.core.effects import Offer, TalkOver
from router.terms import SECOND_US
from tests.sim.plan import DESKS, GATEWAYS

if TYPE_CHECKING:
    from tests.sim.client import Client
    from tests.sim.run import Run

CLIENTS = GATEWAYS + DESKS


class Person:
    """One agent."""

    def __init__(self, run: Run, name: str) -> None:
        self.run = run
        self.site = run.site
        self.name = name
        self.session = CLIENTS[run.plan.sessions[name]]
        self.signed_in = False
        self.on_break = False
        self.talking: dict[str, Offer] = {}
        """Contact -> the offer that was accepted, as the person believes."""
        self.done: list[tuple[str, str]] = []
        """(contact, gateway) of the last ones."""
        self._seen: set[str] = set()

    # -- at work --------------------------------------------------------------------------------------------------

    def client(self) -> Client:
        """Where they are signed in."""
        return self.run.clients[self.session]

    def say(self, request: ask.Request) -> None:
        """Say something through the client where they are signed in."""
        self.client().say(request)

    def pulse(self) -> None:
        """Do something now and then."""
        self.site.after(self.site.some(6 * SECOND_US), self.pulse)
        rng, chances = self.site.rng, self.run.chances
        if not self.signed_in:
            if not self.run.calming and rng.random() < 0.3:
                return
            self.sign_in()
        elif self.on_break and self.site.happens(chances.picks):
            self.say(ask.Pick(1, self.name))
        elif self.on_break:
            self.say(ask.Ready(1, self.name))
            self.on_break = False
        elif rng.random() < chances.moves_session:
            self.site.faults["session moved"] += 1
            self.session = rng.choice(CLIENTS)
            self.say(ask.LogIn(1, self.name, rng.random() < 0.7))
        elif rng.random() < chances.outside_work:
            self._outside_work()
        elif rng.random() < chances.detaches:
            self._detach()
        elif self.talking and rng.random() < chances.leaves_while_engaged:
            self._leave("while engaged")
        elif not self.run.calming and rng.random() < 0.05:
            self._leave("")
        elif not self.talking or rng.random() < 0.3:
            # Out of date or not: whoever says ready has nothing left to do.
            self.talking.clear()
            self.say(ask.Ready(1, self.name))
        if self.done and rng.random() < chances.late_complete:
            contact, gateway = rng.choice(self.done)
            self.say(ask.Complete(1, contact, gateway, rng.choice(((), ("sold",), ("nosuch",))), "yes"))
            self.site.faults["completed late"] += 1

    def sign_in(self) -> None:
        """Sign in; the devices are told of by their gateways."""
        self.signed_in = True
        self.on_break = False
        self.say(ask.LogIn(1, self.name, self.run.calming or self.site.happens(0.8)))
        for number, address, channels in self.run.plan.phones[self.name]:
            self.run.gateways[number].attach(address, self.name, channels)

    def _leave(self, when: str) -> None:
        if self.site.happens(0.5):
            if when:
                self.site.faults[f"agent logged out {when}"] += 1
            self.signed_in = False
            self.say(ask.LogOut(1, self.name))
        else:
            if when:
                self.site.faults[f"agent on break {when}"] += 1
            self.on_break = True
            self.say(ask.NotReady(1, self.name, self.site.rng.choice(("break", "lunch"))))

    def _outside_work(self) -> None:
        number, address, _ = self.site.rng.choice(self.run.plan.phones[self.name])
        self.run.gateways[number].outside_work(address)

    def _detach(self) -> None:
        number, address, channels = self.site.rng.choice(self.run.plan.phones[self.name])
        gateway = self.run.gateways[number]
        if self.site.happens(0.5):
            self.site.faults["endpoint detached"] += 1
            gateway.detach(address)
        else:
            gateway.attach(address, self.name, channels[:1])
        self.site.after(self.site.some(8 * SECOND_US), lambda: gateway.attach(address, self.name, channels))

    # -- offers ---------------------------------------------------------------------------------------------------

    def offered(self, client: Client, offer: Offer, rings: bool) -> None:
        """It rings, on one of their devices or on the desk."""
        if offer.offer in self._seen:
            return
        self._seen.add(offer.offer)
        site, chances = self.site, self.run.chances
        if rings:
            if site.happens(chances.no_ringing):
                site.faults["device never rang"] += 1
                return
            client.say(ask.Ringing(1, offer.offer))
        if site.happens(chances.forgets):
            site.faults["agent forgot"] += 1
            late_us = offer.ring_ms * 1000 + site.some(SECOND_US)
            site.after(late_us, lambda: self._answer_late(client, offer))
            return
        site.after(site.some(2 * SECOND_US), lambda: self._answer(client, offer))

    def _answer_late(self, client: Client, offer: Offer) -> None:
        self.site.faults["accepted too late"] += 1
        client.say(ask.Accept(1, offer.offer))

    def _answer(self, client: Client, offer: Offer) -> None:
        site, chances = self.site, self.run.chances
        if site.happens(chances.break_in_offer):
            site.faults["agent gone on break in offer"] += 1
            self.on_break = True
            self.say(ask.NotReady(1, self.name, "break"))
        elif site.happens(chances.log_out_in_offer):
            site.faults["agent logged out in offer"] += 1
            self.signed_in = False
            self.say(ask.LogOut(1, self.name))
        elif site.happens(chances.rejects):
            site.faults["agent rejected"] += 1
            reasons = ("declined", "busy", "no_answer", "unreachable")
            client.say(ask.Reject(1, offer.offer, site.rng.choice(reasons)))  # type: ignore[arg-type]
        else:
            if site.happens(chances.wrong_client):
                site.faults["accepted by another client"] += 1
                self.run.clients[site.rng.choice(CLIENTS)].say(ask.Accept(1, offer.offer))
            client.say(ask.Accept(1, offer.offer))
            self.talking[offer.contact] = offer
            if site.happens(chances.says_again):
                site.faults["accepted twice"] += 1
                self.say(ask.Accept(1, offer.offer))
            if site.happens(chances.hangs_up):
                site.after(site.some(self.run.plan.talk_us), lambda: self.finish(offer.contact, offer.gateway))

    def talk_over(self, over: TalkOver) -> None:
        """After-contact work begins."""
        offer = self.talking.get(over.contact)
        if offer is None or over.wrap_up_ms == 0:
            self.talking.pop(over.contact, None)
            return
        if self.site.happens(self.run.chances.extends):
            self.site.faults["wrap-up extended"] += 1
            self.say(ask.ExtendWrapUp(1, over.contact, 2000, offer.gateway))
        if self.site.happens(0.7):
            self.site.after(self.site.some(3 * SECOND_US), lambda: self.finish(over.contact, offer.gateway))

    def finish(self, contact: str, gateway: str) -> None:
        """Done with it: hang up if it still talks, and say how it went."""
        if self.talking.pop(contact, None) is None:
            return
        self.done = [*self.done[-5:], (contact, gateway)]
        request: Any = ask.Complete(1, contact, gateway, self.site.rng.choice(((), ("sold",))), "yes")
        if self.site.happens(0.3):
            request = ask.Ready(1, self.name, contact, gateway)
        self.say(request)
