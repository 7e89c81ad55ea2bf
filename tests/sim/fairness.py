"""The judge's view of who may be offered to whom: capacity (I5), order and urgency (I6, I8), eligibility (I9), and that
nobody waits while an able agent is free (I10). All from the settings and from what was said; nothing from the core.

It judges only what is surely so: an agent who may still be in wrap-up, or a gateway that was opened a moment ago,
proves nothing either way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from router.core import commands as ask
from router.core.effects import Offer
from router.terms import SECOND_US
from tests.sim import balances, overflow
from tests.sim.balances import ABOUT
from tests.sim.channels import Rules, picked_by_hand
from tests.sim.needs_seen import agent_now, gives_way, meets, same_line
from tests.sim.seen import AgentSeen, OfferSeen, Visit, units_of

if TYPE_CHECKING:
    from tests.sim.judge import Judge

SETTLED_STEPS = 3
"""Someone who waits or is ready for so many steps has been looked at."""


class Fairness:
    """See the module."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._misses = {channel.name: channel.misses_to_not_ready for channel in judge.settings.channels}
        self._must_stop: AgentSeen | None = None
        self._rules = Rules(judge.settings)

    # -- misses ---------------------------------------------------------------------------------------------------

    def gave_back(self, offer: OfferSeen, missed: bool) -> None:
        """So many misses in a row on a channel make the agent not ready (RONA): seen when the step is over."""
        agent = self._judge.agents[offer.agent]
        if missed:
            misses = agent.misses[offer.channel] = agent.misses.get(offer.channel, 0) + 1
            if misses >= self._misses[offer.channel] and agent.state == "available" and not agent.leaving:
                self._must_stop = agent

    def step_over(self) -> None:
        """After all that a step said."""
        agent, self._must_stop = self._must_stop, None
        if agent is None:
            return
        engaged = [leg for leg in agent.perhaps(self._judge.now_us) if leg.state != "offered"]
        if agent.state == "available" and not engaged:
            self._judge.fault("RONA", f"{agent.known.name} has missed {agent.misses} in a row and is available")

    # -- offers ---------------------------------------------------------------------------------------------------

    def offered(self, seen: OfferSeen, offer: Offer) -> None:
        """An offer was made: was it this contact's turn, and this agent's to take?"""
        judge = self._judge
        agent, visit = judge.agents[offer.agent], seen.visit
        self._eligible(agent, visit, seen, offer)
        self._has_room(agent, seen, offer)
        agent.legs[seen.id] = seen
        if visit.unsure or isinstance(judge.command, ask.Pick) or judge.layers.turning:
            return
        rank = visit.rank(judge.hours.now_us(visit), judge.settings.oldest_target_us)
        rings_already = len(visit.ringing) > 1
        for whole, other in judge.places.all():
            if whole is visit or other.state != "waiting" or other.unsure:
                continue
            better = other.rank(judge.hours.now_us(other), judge.settings.oldest_target_us)
            # Who waits goes before one more agent for who rings, whatever the ranks.
            goes_first = self._goes_before(other, visit, better, rank)
            if not rings_already and (not goes_first or balances.may_pass(judge, visit, other, better, rank)):
                continue
            if self._is_eligible(agent, other) and self._fits_instead(agent, other, seen):
                name = "I6" if other.queue is visit.queue and other.priority_s == visit.priority_s else "I8"
                judge.fault(name, f"{offer!r} of rank {rank}, but {other.id} of rank {better} waits")
                return

    def _has_room(self, agent: AgentSeen, seen: OfferSeen, offer: Offer) -> None:
        """What was given stays within the agent's capacity, those that give way left out; exclusive is alone (I5)."""
        judge = self._judge
        sure = agent.surely(judge.now_us)
        units = sum(leg.units for leg in sure if not self._rules.gives_way(leg, seen.channel))
        if units + seen.units > agent.known.capacity_units:
            judge.fault("I5", f"{offer.agent} has {units} units of {agent.known.capacity_units}, is offered {offer!r}")
        elif sum(leg.units for leg in sure) + seen.units > agent.known.capacity_units:
            judge.reached["offered by interrupting"] += 1
        if self._rules.excludes(sure, 0, seen.channel):
            judge.fault("I5", f"{offer!r} beside {[leg.channel for leg in sure]}: exclusive")
        elif self._rules.excludes([seen], 0, seen.channel):
            judge.reached["exclusive given"] += 1
        if sum(leg.channel == seen.channel for leg in sure) >= self._rules.most(agent, seen.channel):
            judge.fault(
                "I5", f"{offer!r}: {offer.agent} may hold {self._rules.most(agent, seen.channel)} of its channel"
            )
        elif dict(agent.known.most_at_once):
            judge.reached["limit of one agent"] += 1

    def _goes_before(self, other: Visit, visit: Visit, better: tuple[int, float], rank: tuple[int, float]) -> bool:
        """Is it the other's turn? In a line where the newest comes first, only its newest can be before anybody."""
        if other.queue.order == "newest":
            if any(each.direct or each.preferred or gives_way(each) for each in (other, visit)):
                # They stand beside the line with an agent, who compares their newest with the newest of the line; or in
                # the line of those whose needs have given way as far.
                return False
            if same_line(other, visit):
                return other.newest_us() > visit.newest_us()
            if not self._is_newest(other, visit):
                return False
        return better[0] > rank[0] or (better[0] == rank[0] and better[1] > rank[1] + ABOUT)

    def _is_newest(self, visit: Visit, taken: Visit) -> bool:
        """Is it surely the newest of its line? Who is taken now may have stood there too, and was taken in another."""
        return not any(
            other.queue is visit.queue
            and (other.state == "waiting" or whole is taken)
            and (
                other.unsure
                or overflow.may(self._judge, other)
                or (same_line(other, visit) and other.newest_us() > visit.newest_us())
            )
            for whole, other in (*self._judge.places.all(), *((taken, each) for each in self._judge.places.of(taken)))
            if whole.id != visit.id or whole.gateway is not visit.gateway
        )

    def _eligible(self, agent: AgentSeen, visit: Visit, seen: OfferSeen, offer: Offer) -> None:
        """The agent meets the needs, is there and ready, and both gateways want offers (I9)."""
        judge = self._judge
        if visit.direct != offer.agent and not self._may(agent, visit):
            judge.fault("I9", f"{offer!r}: needs {visit.needs} and {visit.own_needs}, is {agent.known}")
        if visit.asked_by == offer.agent:
            judge.fault("I3", f"{offer!r}: it is {offer.agent} who asks")
        judge.reached["offered after a step"] += gives_way(visit) and not meets(agent_now(agent), visit.queue.needs)
        if visit.direct not in (None, offer.agent) and overflow.may(judge, visit):
            visit.direct = None
            judge.reached["overflowed from an agent"] += 1
        if visit.direct not in (None, offer.agent):
            judge.fault("I9", f"{offer!r}: is direct to {visit.direct}")
        picked = picked_by_hand(judge, visit, offer)
        if agent.state != "available" and not (picked and agent.state == "not_ready"):
            judge.fault("I9", f"{offer!r}: {offer.agent} is {agent.state}")
        if judge.now_us < agent.backoff_sure_us and not picked:
            judge.fault("I9", f"{offer!r}: {offer.agent} is given a pause until {agent.backoff_sure_us}")
        for side in seen.sides:
            if not side.open():
                judge.fault("I9", f"{offer!r}: {side.key} takes no offers now: {side!r}"[:400])
        known = seen.sides[1].endpoints.get(offer.endpoint)
        if known is None or known[0] != offer.agent or offer.channel not in known[1]:
            judge.fault("I9", f"{offer!r}: endpoint {known}")
        others = [name for name, other in judge.agents.items() if self._could(other, visit) and name != offer.agent]
        if visit.gave_back == (offer.agent, judge.now_us) and others:
            judge.fault("I9", f"{offer!r}: gave it back this moment, and {others} are there")

    def _may(self, agent: AgentSeen, visit: Visit) -> bool:
        """Does the agent meet what the visit needs, as far as its needs are known?"""
        return self._judge.layers.possible.meets(agent, visit, surely=False, own=not visit.unsure)

    def _must(self, agent: AgentSeen, visit: Visit) -> bool:
        """Does the agent meet it whatever steps have been taken?"""
        return self._judge.layers.possible.meets(agent, visit, surely=True)

    def _could(self, agent: AgentSeen, visit: Visit) -> bool:
        """Is the agent surely signed in and able, free or not?"""
        return (
            agent.state != "offline"
            and agent.changed_step < self._judge.step - SETTLED_STEPS
            and not agent.leaving
            and visit.asked_by != agent.known.name
            and self._must(agent, visit)
            and self._has_endpoint(agent, visit.channel)
        )

    def _has_endpoint(self, agent: AgentSeen, channel: str) -> bool:
        judge = self._judge
        return any(
            owner == agent.known.name and channel in channels
            for gateway in judge.gateways.values()
            if gateway.surely_open(judge.step, judge.now_us)
            for owner, channels in gateway.endpoints.values()
        )

    def _is_eligible(self, agent: AgentSeen, visit: Visit) -> bool:
        """Could this waiting contact surely be offered to this agent, if they are free?"""
        judge = self._judge
        if not visit.gateway.surely_open(judge.step, judge.now_us) or agent.known.name in visit.missed:
            return False
        name = agent.known.name
        if judge.step - visit.state_step <= SETTLED_STEPS or visit.asked_by == name:
            return False
        if visit.direct is not None and not overflow.must(judge, visit):
            return visit.direct == name and not overflow.may(judge, visit)
        if visit.preferred is not None and judge.now_us <= visit.preferred_until_us:
            return False
        return self._must(agent, visit) and not judge.layers.possible.keeps_from(agent, visit)

    def _fits_instead(self, agent: AgentSeen, other: Visit, taken: OfferSeen) -> bool:
        """Could the agent have taken the other contact in the place of the one that was taken?"""
        if other.channel == taken.channel:
            return True
        if units_of(self._judge.settings, other.channel) > taken.units or self._rules.interrupts(taken.channel):
            return False
        legs = [leg for leg in agent.perhaps(self._judge.now_us) if leg is not taken]
        if self._rules.excludes(legs, sum(agent.outside.values()), other.channel):
            return False
        held = sum(1 for leg in legs if leg.channel == other.channel)
        return held < self._rules.most(agent, other.channel) and self._has_endpoint(agent, other.channel)

    def look(self) -> None:
        """Does anybody wait while an able agent is surely free (I10)?"""
        judge = self._judge
        for agent in judge.agents.values():
            most_us = max(channel.reserved_most_us for channel in judge.settings.channels)
            if agent.state == "reserved" and judge.now_us > agent.reserved_us + most_us + SECOND_US:
                judge.fault("L2", f"{agent.known.name} is reserved for {judge.now_us - agent.reserved_us} us")
        waiting = [view for visit, view in judge.places.all() if self._looks_for_somebody(visit)]
        if not waiting:
            return
        for agent in judge.agents.values():
            if agent.state != "available" or agent.leaving or judge.step - agent.changed_step <= SETTLED_STEPS:
                continue
            if judge.now_us <= agent.backoff_maybe_us or judge.layers.possible.may_rest_unheard(agent):
                continue
            legs = agent.perhaps(judge.now_us)
            used = sum(leg.units for leg in legs) + sum(agent.outside.values())
            for visit in waiting:
                if used + units_of(judge.settings, visit.channel) > agent.known.capacity_units:
                    continue
                held = sum(1 for leg in legs if leg.channel == visit.channel)
                if held >= self._rules.most(agent, visit.channel) or not self._has_endpoint(agent, visit.channel):
                    continue
                if self._rules.excludes(legs, sum(agent.outside.values()), visit.channel):
                    continue
                # Where it rings at others, it does not ring at who has, or wraps up, another part of it.
                rings_there = visit.state == "offered" and any(leg.visit is visit for leg in legs)
                if not rings_there and self._is_eligible(agent, visit):
                    judge.fault("I10", f"{agent.known.name} is free and {visit.id} waits")
                    return

    def _looks_for_somebody(self, visit: Visit) -> bool:
        """It waits; or it rings at fewer agents than its queue lets it ring at."""
        if visit.unsure or visit.state not in ("waiting", "offered"):
            return False
        if visit.state == "waiting":
            return True
        return (
            len(visit.ringing) < visit.queue.ring_several
            and visit.direct is None
            and visit.preferred is None
            and self._judge.hours.may_ring_more(visit)
            and not any(leg.disturbed for leg in visit.ringing.values())
            and self._judge.step - visit.rung_step > SETTLED_STEPS
        )
