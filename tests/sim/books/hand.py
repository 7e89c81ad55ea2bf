"""The judge's view of consults and of what a supervisor does by hand.

Who is with a customer in a conference is not judged here to the unit: what may be so counts, what is surely so does
not. `verify` looks at that, beside every run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from router.core import audit
from router.core import commands as ask
from router.core.commands import Hand
from router.core.effects import ContactEvent, Queued, RefusedEntry, Reply, RosterReply
from tests.sim.seen import GatewaySeen, Visit

if TYPE_CHECKING:
    from tests.sim.judge import Judge
    from tests.sim.site import Flight

Key = tuple[str, str]


class HandBook:
    """See the module."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._done = 0
        """Deeds that were answered ok in the batch that is being judged."""
        self._hands: dict[type, Callable[[Any], None]] = {
            ask.SetAgent: self._set_agent,
            ask.SetSkills: self._set_skills,
            ask.MoveContact: self._moved,
            ask.SetPriority: self._set_priority,
            ask.AssignContact: self._assigned,
            ask.PullContact: self._pulled,
        }
        self.more: dict[type, Callable[[GatewaySeen, Any, Reply], None]] = {
            ask.Consult: self.consult,
            ask.Roster: self._planned,
        }
        """Those that are answered with more than ok."""

    # -- by hand --------------------------------------------------------------------------------------------------

    def said(self, command: Any) -> None:
        """A command that was answered ok, for the first time."""
        if isinstance(command, Hand):
            self._done += 1
        hand = self._hands.get(type(command))
        if hand is not None:
            hand(command)

    def done(self) -> None:
        """One that is answered with more than ok."""
        self._done += 1

    def landed(self, flight: Flight) -> None:
        """Whatever was done by hand in this batch is in its audit, once, and nothing else is."""
        appends = flight.batch.appends if flight.batch is not None else ()
        deeds = [audit.decode(entry) for stream, entry in appends if stream == audit.STREAM]
        # What rules and balances do, and what follows from a deed, is no hand's: another plan that one activates, an
        # announcement whose time is over, thresholds that a balance sets anew.
        deeds = [deed for deed in deeds if not deed.who.startswith(("plan:", "rule:", "balance:"))]
        if len(deeds) != self._done:
            self._judge.fault("audit", f"{self._done} deeds were ok, kept are {deeds}")
        if any(not deed.who or not deed.why or not deed.client for deed in deeds):
            self._judge.fault("audit", f"nobody, or for nothing: {deeds}")
        self._done = 0

    def _planned(self, _boss: GatewaySeen, command: ask.Roster, reply: Reply) -> None:
        """A roster is kept in the audit where it changed something."""
        if isinstance(reply, RosterReply) and not command.check and reply.days:
            self.done()

    def _set_agent(self, command: ask.SetAgent) -> None:
        agent = self._judge.agents[command.agent]
        agent.leaving = command.to != "ready"
        agent.changed_step = self._judge.step
        agent.backoff_sure_us = 0
        if command.to == "ready":
            agent.misses.clear()

    def _set_skills(self, command: ask.SetSkills) -> None:
        agent = self._judge.agents[command.agent]
        if command.reset:
            agent.by_hand.clear()
        for skill, level in command.skills.items():
            agent.by_hand.pop(skill, None)
            if level is not None:
                agent.by_hand[skill] = level
        levels = {**dict(agent.known.skills), **agent.by_hand}
        agent.levels = {skill: level for skill, level in levels.items() if level}
        agent.changed_step = self._judge.step

    def _visit(self, command: Any) -> Visit | None:
        return self._judge.visits.get((f"main/{command.gateway}", command.contact))

    def _moved(self, command: ask.MoveContact) -> None:
        visit = self._visit(command)
        if visit is not None:
            visit.direct = visit.preferred = None
            visit.assigned, visit.unsure = False, True

    def queue_by_hand(self, visit: Visit, event: ContactEvent) -> bool:
        """Is it in this queue because a supervisor has just put it there?"""
        command = self._judge.command
        if isinstance(command, ask.Key) and command.contact == visit.id:
            return True  # the customer's own hand, by a key
        return (
            isinstance(command, ask.MoveContact)
            and (f"main/{command.gateway}", command.contact) == (visit.gateway.key, visit.id)
            and command.queue == event.queue
        )

    def _set_priority(self, command: ask.SetPriority) -> None:
        visit = self._visit(command)
        if visit is not None:
            visit.priority_s = command.priority_s

    def _assigned(self, command: ask.AssignContact) -> None:
        visit = self._visit(command)
        if visit is not None:
            visit.direct, visit.preferred = command.agent, None
            visit.assigned = command.agent is not None
            visit.missed.pop(command.agent or "", None)
            visit.state_step = self._judge.step

    def _pulled(self, command: ask.PullContact) -> None:
        visit = self._visit(command)
        if visit is not None:
            visit.direct = visit.direct if visit.direct != visit.last_agent else None
            visit.assigned = visit.assigned and visit.direct is not None
            visit.preferred = visit.preferred if visit.preferred != visit.last_agent else None

    # -- consults -------------------------------------------------------------------------------------------------

    def asks(self, key: Key, event: ContactEvent) -> Visit | None:
        """A consult that this very command brought."""
        judge, command = self._judge, self._judge.command
        if not isinstance(command, ask.Consult) or command.consult != key[1]:
            return None
        customer = judge.visits.get((key[0], command.contact))
        if customer is None or customer.state != "connected" or customer.offer is None or customer.others:
            judge.fault("I3", f"{command!r}, and the customer is {customer and customer.state}")
            return None
        if event.queue != (command.queue or customer.queue.name):
            judge.fault("routes", f"{command!r} is in {event.queue}")
        body = ask.Enqueue(
            1, command.consult, event.queue, customer.channel, command.priority_s, command.needs, agent=command.agent
        )
        visit = judge.visits[key] = judge.heard.visit(judge.gateway(key[0]), body)
        visit.own_target_us, visit.test = 0, customer.test
        visit.asked_by, visit.customer = customer.offer.agent, customer
        # The customer's language may have been given up for want of a line: then nothing is known of the consult's.
        visit.language, visit.unsure = customer.language, visit.unsure or customer.unsure
        judge.reached["a colleague is asked"] += 1
        return visit

    def consult(self, gateway: GatewaySeen, command: ask.Consult, reply: Reply) -> None:
        """What is queued lives; what is refused does not."""
        lives = (gateway.key, command.consult) in self._judge.visits
        if isinstance(reply, Queued) and not lives:
            self._judge.fault("I1", f"{command!r} was queued without a trace")
        elif isinstance(reply, RefusedEntry) and lives:
            self._judge.fault("I1", f"{command!r} was refused, and lives")

    def consult_over(self, visit: Visit) -> bool:
        """The two agents have talked. Does the second have the customer now?"""
        command, customer = self._judge.command, visit.customer
        assert customer is not None
        joins = isinstance(command, ask.CompleteConsult | ask.Conference) or (
            isinstance(command, ask.Leave) and command.agent == visit.asked_by
        )
        if not joins or command.contact != customer.id or visit.offer is None:
            return False
        leg, visit.offer = visit.offer, None
        leg.visit, leg.queue = customer, customer.queue
        customer.others.append(leg)
        for shared in (leg, customer.offer):
            if shared is not None:
                shared.found = True
        self._judge.reached["a colleague joins"] += 1
        return True

    def with_others(self, visit: Visit) -> None:
        """Who has it is others than before: it has, or had, more than one."""
        if not visit.others:
            self._judge.fault("I3", f"{visit.id} is with others, and nobody was asked")
