"""The judge's book of offers: one at a time (I3), accepted once (I4), ended in time (I7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core import commands as ask
from router.core.effects import ContactEvent, Error, Offer, OfferCancelled, Ok, Reply
from router.terms import SECOND_US
from tests.sim.seen import NOBODY_KNOWS_US, GatewaySeen, OfferSeen, Visit, offer_seen, units_of

if TYPE_CHECKING:
    from tests.sim.judge import Judge

LATE_MOST_US = SECOND_US // 10


class OfferBook:
    """See the module."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.offers: dict[str, OfferSeen] = {}
        self.over: dict[str, OfferSeen] = {}
        """Offers that are over."""

    # -- what is said ---------------------------------------------------------------------------------------------

    def accept(self, _gateway: GatewaySeen, command: ask.Accept, reply: Reply) -> None:
        """Accepting is idempotent, and an offer that is over is `gone` (I4)."""
        offer = self.offers.get(command.offer)
        if isinstance(reply, Ok):
            if command.offer in self.over:
                self._judge.fault("I4", f"{command!r} was ok, and the offer is over")
            elif offer is not None:
                self._judge.agents[offer.agent].misses.clear()
        elif isinstance(reply, Error) and reply.code == "unknown_offer" and command.offer in self.over:
            self._judge.fault("I4", f"{command!r} is not known, and the offer was made")
        elif isinstance(reply, Error) and reply.code == "gone" and offer is not None and offer.state != "wrap_up":
            if offer.visit.others:
                # Of several who shared the talk one may have left: the book keeps their legs until it is over for all.
                return
            self._judge.fault("I4", f"{command!r} is gone, and the offer is {offer.state}")

    def ringing(self, _gateway: GatewaySeen, command: ask.Ringing, reply: Reply) -> None:
        offer = self.offers.get(command.offer)
        if offer is not None and isinstance(reply, Ok) and offer.state == "offered" and not offer.rang_us:
            offer.rang_us = self._judge.now_us

    def reject(self, _gateway: GatewaySeen, command: ask.Reject, reply: Reply) -> None:
        if not isinstance(reply, Ok):
            return
        rung = self.offers.get(command.offer)
        if rung is not None and len(rung.visit.ringing) > 1:
            self._ring_over(rung, missed=True)
        gave_back = self.over.get(command.offer)
        if gave_back is None:
            self._judge.fault("I4", f"{command!r} was ok, and nothing followed")
        else:
            self._gave_back(gave_back, command.reason)

    def disturb(self, gateway: GatewaySeen | None) -> None:
        """This side (none given: everybody) is not heard: what runs with it may stand still."""
        for agent in self._judge.agents.values():
            for leg in agent.legs.values():
                if gateway is None or gateway in leg.sides:
                    leg.disturbed = True
                    # Wrap-up is over once a gateway of its agent has stayed away.
                    leg.sure_until_us = 0
                    leg.maybe_until_us += NOBODY_KNOWS_US

    # -- what happens --------------------------------------------------------------------------------------------

    def made(self, offer: Offer) -> None:
        if offer.offer in self.offers:
            return
        key = (f"main/{offer.gateway}", offer.contact)
        visit = self._judge.visits.get(key)
        if offer.offer in self.over or visit is None or visit.state != "offered":
            self._judge.fault("I3", f"{offer!r}, contact {visit and visit.state}")
            return
        rings = [leg for leg in visit.ringing.values() if not leg.disturbed]
        if len(rings) >= visit.queue.ring_several:
            self._judge.fault("I3", f"{offer!r}, but it has {[leg.id for leg in rings]}")
        if any(leg.agent == offer.agent for leg in rings):
            self._judge.fault("I3", f"{offer!r}, and it rings there already")
        sides = (self._judge.gateway(key[0]), self._judge.gateway(f"main/{offer.endpoint_gateway}"))
        units = units_of(self._judge.settings, offer.channel)
        seen = self.offers[offer.offer] = visit.offer = offer_seen(offer, visit, sides, units, self._judge.now_us)
        visit.ringing[seen.id] = seen
        visit.rung_step = self._judge.step
        self._judge.callbacks.offered(visit)
        self._judge.fairness.offered(seen, offer)
        self._judge.hours.offered(visit)
        if visit.came_back:
            same = visit.last_agent == offer.agent
            self._judge.reached[f"came back to {'the same' if same else 'another'} agent"] += 1
            visit.came_back = False

    def found(self, visit: Visit, agent: str) -> None:
        """Its gateway said that they talk: a leg that the engine has not given."""
        units = units_of(self._judge.settings, visit.channel)
        sides = (visit.gateway,)
        leg = OfferSeen(
            f"found {self._judge.step} {visit.id}", visit, visit.queue, agent, sides, units, visit.channel,
            self._judge.now_us, 0, "connected", found=True, disturbed=True,
        )  # fmt: skip
        self.offers[leg.id] = visit.offer = leg
        visit.unsure = True
        self._judge.agents[agent].legs[leg.id] = leg

    def leaves(self, visit: Visit, before: str, aside: bool) -> None:
        """The agent and the contact part; `aside`: without wrap-up, since they are not done with it."""
        offer, visit.offer = visit.offer, None
        legs = list(visit.ringing.values()) if before == "offered" else [offer] if offer is not None else []
        legs += visit.others
        # Of several one may have left before, and wrap up still.
        aside = aside and not visit.others
        visit.others = []
        if not legs:
            self._judge.fault("I3", f"{visit.id} was {before} without an offer")
        visit.ringing.clear()
        for leg in legs:
            self._leaves(leg, visit, before, aside)

    def _leaves(self, offer: OfferSeen, visit: Visit, before: str, aside: bool) -> None:
        visit.last_agent = offer.agent
        if aside:
            offer.state = "over"
            self._judge.agents[offer.agent].legs.pop(offer.id, None)
        elif before == "connected":
            self._judge.leases.ended(visit, offer)
            self._judge.heard.wraps_up(offer)
        else:
            # The limits of a ticket go on while the engine is away, and its path may have taken it elsewhere.
            alone = self._judge.command is None and visit.channel != "ticket"
            if before == "offered" and alone and self._judge.now_us < offer.kept_until_us:
                self._judge.fault("I7", f"{offer.id} was given up, and only the engine was away")
            offer.state = "over"
            self._judge.agents[offer.agent].legs.pop(offer.id, None)
            if visit.state == "waiting":
                visit.missed[offer.agent] = self._judge.now_us
        self.offers.pop(offer.id)
        if before != "connected" or aside:
            self.over[offer.id] = offer

    def joined(self, visit: Visit, before: str, event: ContactEvent) -> None:
        """Somebody has accepted it, or talks to it."""
        if before == "offered" and event.state == "connecting":
            self.won(visit, event.agent)
        if event.state == "connected":
            self._judge.callbacks.joined(visit)
        if visit.offer is not None and event.state in ("connecting", "connected"):
            visit.offer.state = event.state
            if not visit.offer.accepted_us:
                visit.offer.accepted_us = self._judge.now_us
                visit.waited_us = self._judge.hours.now_us(visit) - visit.entered_us
            visit.missed.clear()
        elif event.state == "connected":
            self.found(visit, event.agent)

    def cancelled(self, cancelled: OfferCancelled) -> None:
        """The agent's time is theirs: an offer is not timed out early, nor while its sides are not heard (I7)."""
        offer = self.offers.get(cancelled.offer)
        if offer is None:
            return
        if len(offer.visit.ringing) > 1 and offer.state == "offered":
            self._ring_over(offer, missed=cancelled.reason != "taken")
        elif cancelled.reason == "taken":
            self._judge.fault("I3", f"{offer.id} was taken by another, and there is none")
        if cancelled.reason != "timed_out":
            return
        self._gave_back(offer, "no_answer")
        began_us = offer.rang_us or offer.made_us
        if self._judge.now_us < began_us + offer.ring_us:
            self._judge.fault("I7", f"{offer.id} timed out {self._judge.now_us - began_us} us after it began to ring")
        if any(not side.up for side in offer.sides):
            self._judge.fault("I7", f"{offer.id} timed out while a side was away")

    def won(self, visit: Visit, agent: str) -> None:
        """One of those at whom it rang has taken it: the others have been told so before (I3)."""
        legs, visit.ringing = visit.ringing, {}
        for leg in legs.values():
            if leg.agent == agent:
                visit.offer = leg
                continue
            if not leg.disturbed:
                self._judge.fault("I3", f"{visit.id} was taken by {agent}, and {leg.id} rings on")
            self._ring_over(leg, missed=False)

    def _ring_over(self, offer: OfferSeen, *, missed: bool) -> None:
        """It rings there no more, while it rings elsewhere."""
        offer.state = "over"
        offer.visit.rung_step = self._judge.step
        self._judge.agents[offer.agent].legs.pop(offer.id, None)
        offer.visit.ringing.pop(offer.id, None)
        self.offers.pop(offer.id, None)
        self.over[offer.id] = offer
        if missed:
            offer.visit.missed[offer.agent] = self._judge.now_us

    def _backs_off(self, offer: OfferSeen, reason: str) -> None:
        """Who did not take an offer may have asked for a pause by that: the queue says how long, or the channel."""
        agent = self._judge.agents[offer.agent]
        channel = next(known for known in self._judge.settings.channels if known.name == offer.channel)
        lasts_us = {
            "declined": offer.queue.backoff_reject_us or channel.backoff_reject_us,
            "busy": offer.queue.backoff_busy_us or channel.backoff_busy_us,
            "no_answer": offer.queue.backoff_no_answer_us or channel.backoff_no_answer_us,
        }.get(reason, 0)
        until_us = self._judge.now_us + lasts_us
        agent.backoff_maybe_us = max(agent.backoff_maybe_us, until_us)
        if agent.state == "available" and not agent.leaving and lasts_us:
            agent.backoff_sure_us = until_us

    def _gave_back(self, offer: OfferSeen, reason: str) -> None:
        self._judge.fairness.gave_back(offer, reason in ("declined", "no_answer"))
        self._backs_off(offer, reason)
        offer.visit.gave_back = (offer.agent, self._judge.now_us)
        # Who misses too many is not ready any more, at the latest when no longer engaged.
        self._judge.agents[offer.agent].leaving = True

    def look(self) -> None:
        """Offers end in time (I7)."""
        connect_us = {channel.name: channel.connect_us for channel in self._judge.settings.channels}
        for offer in self.offers.values():
            if offer.disturbed or any(not side.up for side in offer.sides):
                continue
            until_us = 0
            if offer.state == "offered":
                twice = 2 if offer.sides[-1].rings and not offer.rang_us else 1
                until_us = (offer.rang_us or offer.made_us) + twice * offer.ring_us
            elif offer.state == "connecting":
                until_us = offer.accepted_us + self._judge.callbacks.time_of(offer.visit, connect_us[offer.channel])
            if until_us and self._judge.now_us > until_us + LATE_MOST_US:
                self._judge.fault(
                    "I7", f"{offer.id} is {offer.state} {self._judge.now_us - until_us} us after its time"
                )
