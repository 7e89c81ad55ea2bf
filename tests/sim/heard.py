"""What the judge makes of what was said: who waits and for whom, which agents are there, how long somebody is busy.

It judges nothing itself: `fairness.py` and the books do, by the visits, agents and gateways that it keeps up to date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from router.core import commands as ask
from router.core.needs.want import ANYBODY
from router.terms import MILLISECOND_US, SECOND_US
from tests.sim import overflow
from tests.sim.seen import NOBODY_KNOWS_US, AgentSeen, GatewaySeen, OfferSeen, Visit, ends_early, is_special

if TYPE_CHECKING:
    from tests.sim.judge import Judge


class Heard:
    """See the module."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def visit(self, gateway: GatewaySeen, asked: ask.Enqueue | ask.AliveContact) -> Visit:
        """A contact that was just let in."""
        judge = self._judge
        queue = judge.queues[judge.routes.queue_of(asked)]
        visit = Visit(
            gateway,
            asked.contact,
            queue,
            asked.channel,
            queue.needs,
            judge.routes.needs_of(asked),
            judge.routes.priority_of(asked),
            0,
        )
        judge.hours.enter(visit, asked.waited_ms * MILLISECOND_US)
        judge.routes.mark(visit, asked)
        visit.language, visit.own_relax = asked.language, asked.relax or ()
        visit.direct = asked.agent
        overflow.begins(judge, visit)
        visit.customer_id, visit.arrived_us, visit.business = asked.customer, judge.now_us, asked.business or ""
        if isinstance(asked, ask.Enqueue):
            visit.body = None
            if asked.agent is None:
                visit.preferred = asked.preferred
                visit.preferred_until_us = judge.now_us + asked.preferred_most_ms * MILLISECOND_US
        else:
            visit.unsure = True
        return visit

    def said(self, gateway: GatewaySeen, command: Any) -> None:
        """A command that was answered ok."""
        judge = self._judge
        if isinstance(command, ask.Attach):
            gateway.endpoints[command.endpoint] = (command.agent, command.channels)
        elif isinstance(command, ask.Detach):
            known = gateway.endpoints.pop(command.endpoint, None)
            if known is not None:
                judge.agents[known[0]].outside.pop((gateway.key, command.endpoint), None)
        elif isinstance(command, ask.Drain):
            gateway.changed_step, gateway.changed_us = judge.step, judge.now_us
            gateway.draining = command.on
            gateway.suspended = gateway.suspended and command.on
        elif isinstance(command, ask.Occupy):
            agent = gateway.endpoints[command.endpoint][0]
            judge.agents[agent].outside[gateway.key, command.endpoint] = command.units
        elif isinstance(command, ask.NotReady | ask.LogOut):
            judge.agents[command.agent].leaving = True
        elif isinstance(command, ask.LogIn):
            judge.agents[command.agent].backoff_sure_us = 0
            judge.layers.possible.signs_in(judge.agents[command.agent], gateway)
        elif isinstance(command, ask.Ready):
            judge.agents[command.agent].backoff_sure_us = 0
            self._ready(judge.agents[command.agent], command.contact is None)
        elif isinstance(command, ask.Complete):
            self._not_sure(gateway, command)
        elif isinstance(command, ask.Update | ask.SwitchChannel):
            self._changed(judge.visits.get((gateway.key, command.contact)), command)

    def _changed(self, visit: Visit | None, command: ask.Update | ask.SwitchChannel) -> None:
        """A contact has another priority or channel."""
        if visit is None:
            return
        if isinstance(command, ask.SwitchChannel):
            visit.channel = command.channel
            self._judge.hours.moved(visit)
            self._judge.places.switched(visit)
            # There may be no room for a line of its own needs on that channel: then they are given up.
            visit.unsure = visit.unsure or is_special(visit)
        elif command.priority_s is not None:
            visit.priority_s = command.priority_s

    def _ready(self, agent: AgentSeen, wholly: bool) -> None:
        """`wholly`: not only one piece of work is over; then a break that was asked for meanwhile is taken back."""
        agent.leaving = agent.leaving and not wholly
        agent.misses.clear()
        agent.changed_step = self._judge.step
        for leg in agent.legs.values():
            leg.sure_until_us = 0 if ends_early(leg) else leg.sure_until_us

    def _not_sure(self, gateway: GatewaySeen, command: ask.Complete) -> None:
        """`complete` ends some leg of this contact."""
        for agent in self._judge.agents.values():
            for leg in agent.legs.values():
                if leg.visit.id == command.contact:
                    leg.sure_until_us = 0

    def moved_on(self, visit: Visit, command: Any) -> None:
        """The talk is over and the visit goes on: by a transfer, or because a list says that it waits."""
        judge, transferred = self._judge, isinstance(command, ask.Transfer)
        judge.repeats.over(visit, visit.queue.name, sure=transferred)
        if not transferred:
            visit.unsure = True
            return
        # A call-back that was reached goes on as any other call.
        visit.channel = {"callback": "voice"}.get(visit.channel, visit.channel)
        visit.queue = judge.queues[command.queue]
        visit.own_class, visit.moves = None, 0
        visit.needs, visit.own_needs, visit.own_relax = visit.queue.needs, command.needs, command.relax or ()
        visit.row_needs = ANYBODY
        visit.direct, visit.preferred, visit.assigned = command.agent, None, False
        overflow.begins(judge, visit)
        visit.missed.clear()
        judge.hours.enter(visit, 0 if command.place == "restart" else visit.waited_us)
        visit.unsure = visit.unsure or command.place == "front"

    def came_back(self, visit: Visit) -> None:
        """Parked and back, or on another channel: it waits for the same agent for a while, at its place."""
        judge = self._judge
        command = judge.command
        if isinstance(command, ask.SwitchChannel) and command.contact == visit.id:
            visit.channel = command.channel
        visit.unsure = visit.unsure or is_special(visit)
        judge.hours.enter(visit, visit.waited_us)
        visit.direct, visit.preferred, visit.came_back = None, visit.last_agent, True
        most_us = next(known.parked_agent_most_us for known in judge.settings.channels if known.name == visit.channel)
        visit.preferred_until_us = judge.now_us + most_us
        visit.missed.clear()

    def wraps_up(self, offer: OfferSeen) -> None:
        """After-contact work: at least so long, and no longer than that."""
        now_us = self._judge.now_us
        rule = dict(offer.queue.wrap_up).get(offer.channel)
        offer.state = "wrap_up"
        legs = self._judge.agents[offer.agent].legs
        if rule is None or rule.mode == "none":
            legs.pop(offer.id, None)
            return
        lasts_us = rule.time_us if rule.mode == "timed" else rule.most_us
        offer.maybe_until_us = now_us + max(rule.most_us, lasts_us) + SECOND_US
        offer.sure_until_us = now_us + lasts_us
        said = self._judge.command
        if offer.disturbed or said is None or isinstance(said, ask.Complete | ask.Ready):
            offer.sure_until_us = 0
        if offer.disturbed or any(not side.up for side in offer.sides):
            # Its time may stand still while the gateway is away.
            offer.maybe_until_us += NOBODY_KNOWS_US

    def ended(self, visit: Visit) -> None:
        """Nobody works on it any more."""
        for agent in self._judge.agents.values():
            for key in [key for key, leg in agent.legs.items() if leg.visit is visit]:
                del agent.legs[key]
