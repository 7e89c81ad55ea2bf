"""The judge: it hears what was said to the engine and what the engine said, as far as that was kept, and holds it
against the promises. It shares no code with the core.

What is said becomes visits, agents and gateways as they are seen, in `heard.py`.

Here: nothing is lost or doubled (I1, I2). Numbers that come again are judged in `books/reply.py` (I14), offers in
`books/offer.py` (I3, I4, I7), who is offered to whom in `fairness.py` (I5, I6, I8 to I10), records and counters in
`ledger.py` (I1, I16).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from router.core import commands as ask
from router.core import internal as told
from router.core.effects import (
    AgentEvent,
    AgentState,
    Confirm,
    ContactEvent,
    Dial,
    DialCancelled,
    Message,
    Offer,
    OfferCancelled,
    PlaceGone,
    Reply,
    Send,
    SendOver,
    State,
    Suspended,
    Treat,
)  # fmt: skip
from tests.sim.announcements import understood
from tests.sim.books.callback import CallbackBook
from tests.sim.books.hand import HandBook
from tests.sim.books.layer import LayerBook
from tests.sim.books.list import ListBook
from tests.sim.books.offer import OfferBook
from tests.sim.books.partner import PartnerBook
from tests.sim.books.place import PlaceBook
from tests.sim.books.repeat import RepeatBook
from tests.sim.books.reply import ReplyBook
from tests.sim.books.route import RouteBook
from tests.sim.books.ticket import TicketBook
from tests.sim.fairness import Fairness
from tests.sim.heard import Heard
from tests.sim.hours import HoursBook
from tests.sim.leases import LeaseBook
from tests.sim.ledger import Ledger
from tests.sim.plan import Plan
from tests.sim.seen import MOVES, AgentSeen, GatewaySeen, Visit, asked_for
from tests.sim.site import Flight, Site, Step
from tests.sim.tickets import TICKET

LOOK_EVERY = 25
"""Steps between looks at all that waits."""


class Judge:
    """See the module. `violations` are sentences that begin with the invariant's id."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.settings = plan.settings
        self.violations: list[str] = []
        self.reached: Counter[str] = Counter()
        """What it has seen happen, of that which a set of seeds must reach."""
        self.step = self.now_us = 0
        self.queues = {queue.name: queue for queue in plan.settings.queues}
        self.gateways: dict[str, GatewaySeen] = {}
        self.agents = {agent.name: AgentSeen(agent, dict(agent.skills)) for agent in plan.settings.agents}
        self.visits: dict[tuple[str, str], Visit] = {}
        self.ended: dict[tuple[str, str], tuple[int, str]] = {}
        """Contact -> when and how it ended last."""
        self.book = OfferBook(self)
        self.fairness = Fairness(self)
        self.heard = Heard(self)
        self.hours = HoursBook(self)
        self.leases = LeaseBook(self)
        self.tickets = TicketBook(self)
        self.routes = RouteBook(self)
        self.callbacks = CallbackBook(self)
        self.repeats = RepeatBook(self)
        self.ledger, self.replies = Ledger(self.fault), ReplyBook(self)
        self.hands, self.layers, self.places = HandBook(self), LayerBook(self), PlaceBook(self)
        self.lists, self.partners = ListBook(self), PartnerBook(self)
        self._heard: dict[type[Message], Callable[[str, Any], None]] = {
            Confirm: self.leases.asked,
            **dict.fromkeys((Dial, DialCancelled), self.callbacks.told),
            **dict.fromkeys((Send, SendOver), self.partners.told),
            PlaceGone: self.places.is_gone,
            State: self.lists.told,
        }
        self.command: Any = None
        """Of the step that is being judged."""
        self.said: dict[type, Callable[[GatewaySeen, Any, Reply], None]] = {
            ask.Enqueue: self.replies.enqueue,
            ask.End: self.replies.end,
            ask.Alive: self.leases.alive,
            ask.Accept: self.book.accept,
            ask.Reject: self.book.reject,
            ask.Ringing: self.book.ringing,
            ask.CloseQueue: self.hours.hand,
            ask.OpenQueue: self.hours.hand,
            **self.layers.said,
            **self.lists.said,
            **self.hands.more,
        }

    def fault(self, invariant: str, what: str) -> None:
        """Something does not hold."""
        self.violations.append(f"{invariant} at {self.now_us}: {what}")

    # -- listening ------------------------------------------------------------------------------------------------

    def stepped(self, site: Site, step: Step) -> None:
        """Not kept yet: it may be lost."""

    def landed(self, site: Site, flight: Flight) -> None:
        """These steps are kept: they count."""
        for step in flight.steps:
            self.layers.begins(step)
            self._take(step)
            self.layers.heard(step, site.versions[step.version])
            self.partners.heard(step, site.versions[step.version])
            self.tickets.heard(step)
        self.ledger.landed(flight)
        self.hands.landed(flight)
        self.partners.landed(flight)
        if self.step % LOOK_EVERY < len(flight.steps):
            self._look()
            if site.at_boundary():
                self.ledger.reconcile(site)

    def killed(self, site: Site) -> None:
        """What had not landed never was."""

    def restarted(self, site: Site) -> None:
        """Nobody is heard; the offers stand still."""
        self.tickets.restarted(site.now_us)
        self.layers.follow(site.settings, site.now_us)
        for gateway in self.gateways.values():
            self.changed(gateway)
            gateway.up = gateway.synced = False
        self.book.disturb(None)
        self.partners.disturb(None)
        for offer in self.book.offers.values():
            offer.kept_until_us = site.now_us + self.settings.limits.gateway_grace_us

    # -- a step ---------------------------------------------------------------------------------------------------

    def _take(self, step: Step) -> None:
        self.step += 1
        self.now_us = step.now_us
        self.command, gateway = understood(step.command), self.gateway(step.peer) if step.peer else None
        self.hours.step(step.command)
        if isinstance(step.command, told.StoodStill):
            self.book.disturb(None)
            self.partners.disturb(None)
        seq, replies = getattr(step.command, "seq", 0), 0
        if gateway is not None and not seq:
            self._session(gateway, step.command)
        for key, message in step.effects:
            if isinstance(message, Reply):
                if key == step.peer and message.re == seq and gateway is not None:
                    replies += 1
                    self.replies.reply(gateway, step, step.command, message)
                elif (owed := self.lists.owed(key, message)) is not None:
                    self.replies.reply(self.gateway(key), step, owed, message)
                else:
                    self.fault("I14", f"a reply that nobody asked for: {message!r}")
            else:
                self._told(key, message)
        self.fairness.step_over()
        due = gateway is not None and gateway.up and (replies or not self.lists.may_owe(gateway, step.command))
        if seq and replies != due:
            self.fault("I14", f"{replies} replies to {step.command!r}")

    def _told(self, key: str, message: Message) -> None:
        """Something that a client is told without having asked."""
        if isinstance(message, ContactEvent):
            self._contact(message)
        elif isinstance(message, AgentState):
            self.agents[message.agent].paused(message, self.now_us)
        elif isinstance(message, AgentEvent):
            self.reached["reserved"] += message.state == "reserved"
            self.agents[message.agent].became(message, self.step, self.now_us)
        elif isinstance(message, Offer):
            self.book.made(message)
        elif isinstance(message, OfferCancelled):
            self.book.cancelled(message)
        elif isinstance(message, Treat):
            self.hours.treated(self.visits[key, message.contact], message)
        elif isinstance(message, Suspended):
            self.changed(self.gateway(key))
            self.gateway(key).suspended = message.on
        elif (heard := self._heard.get(type(message))) is not None:
            heard(key, message)

    def gateway(self, key: str) -> GatewaySeen:
        """The client of that name."""
        gateway = self.gateways.get(key)
        if gateway is None:
            gateway = self.gateways[key] = GatewaySeen(key)
        return gateway

    def changed(self, gateway: GatewaySeen) -> None:
        """From now on what it has may take part, or not."""
        gateway.changed_step, gateway.changed_us = self.step, self.now_us

    def _session(self, gateway: GatewaySeen, command: Any) -> None:
        """A client comes or goes."""
        if not gateway.up and isinstance(command, told.GatewayDown):
            return  # it was gone already
        limits = self.settings.limits
        away_us = 0 if gateway.up else self.now_us - gateway.changed_us
        grace_us = 0 if gateway.said_bye else limits.gateway_grace_us
        gateway.forgotten |= away_us > grace_us + limits.ended_kept_us
        gateway.said_bye = isinstance(command, told.GatewayDown) and command.reason == "bye"
        self.changed(gateway)
        for offer in self.book.offers.values():
            offer.kept_until_us = 0 if gateway in offer.sides else offer.kept_until_us
        self.lists.begins(gateway)
        self.book.disturb(gateway)
        self.partners.disturb(gateway)
        gateway.up = isinstance(command, told.GatewayUp)
        if isinstance(command, told.GatewayUp):
            gateway.role, gateway.rings, gateway.sends = command.role, command.reports_ringing, command.sends
            gateway.synced = command.role != "gateway"
            if gateway.instance != command.instance:
                gateway.instance, gateway.last_seq, gateway.forgotten = command.instance, 0, False
                gateway.replies.clear()

    # -- events ---------------------------------------------------------------------------------------------------

    def _contact(self, event: ContactEvent) -> None:
        key = (event.gateway, event.contact)
        if (visit := self._visit(key, event)) is None:
            return
        if event.state not in MOVES[visit.state]:
            self.fault("I1", f"{key} goes from {visit.state} to {event.state}")
        by_hand = self.hands.queue_by_hand(visit, event)
        self.partners.came(visit, visit.state, event)
        if self.places.heard(visit, event, by_hand=by_hand):
            return
        before, visit.state, visit.state_step = visit.state, event.state, self.step
        self.partners.moved(key, visit, before, event)
        if event.state == "ended":
            del self.visits[key]
            self.ended[key] = (self.now_us, event.outcome or "")
            self.lists.ended(*key, event.outcome)
            self.ledger.ends[event.gateway, event.contact, event.outcome or ""] += 1
            self.heard.ended(visit)
            self.callbacks.ended(visit)
            self.repeats.ended(visit, event)
        elif visit.asked_by and before == "connected" and self.hands.consult_over(visit):
            pass  # The leg has gone over to the customer.
        elif before in ("offered", "connecting", "connected") and event.state in ("waiting", "wrapping", "parked"):
            self.book.leaves(visit, before, self._is_aside(event, before))
        else:
            self.book.joined(visit, before, event)
        self.hours.waited(visit, before, event)
        if event.state == "waiting" and (before == "parked" or self._is_aside(event, before)):
            self.heard.came_back(visit)
        elif event.state == "waiting" and before == "connected":
            self.heard.moved_on(visit, self.command)
        elif event.state == before:
            self.routes.moved(visit, event, by_hand=by_hand)
        elif event.queue != visit.queue.name:
            self.fault("I1", f"{key} was in {visit.queue.name} and is in {event.queue}")

    def _visit(self, key: tuple[str, str], event: ContactEvent) -> Visit | None:
        """Whom an event is about; None where that is all that is to be known of it."""
        visit = self.visits.get(key)
        if visit is None:
            visit = self.callbacks.moved_house(event)
            if visit is not None and visit.state == event.state:
                return None
        elif event.state == visit.state == "connected":
            self.hands.with_others(visit)
            return None
        visit = visit or self._admitted(key, event)
        if visit is not None and visit.channel == TICKET:
            self.tickets.contact(visit, event)
            return None
        return visit

    def _is_aside(self, event: ContactEvent, before: str) -> bool:
        """Has its agent let go of it without being done with it: parked, or on its way to another channel?"""
        switched = isinstance(self.command, ask.SwitchChannel) and self.command.contact == event.contact
        consult = self.visits[event.gateway, event.contact].asked_by != ""
        return before == "connected" and (event.state == "parked" or switched or consult)

    def _admitted(self, key: tuple[str, str], event: ContactEvent) -> Visit | None:
        """A contact that was not there: it was let in by this very command, or is a ghost."""
        consult = self.hands.asks(key, event)
        if consult is not None:
            return consult
        asked = self.tickets.reopened(event) or asked_for(self.command, key[1])
        if (taken := self.callbacks.admitted(key)) is not None:
            return taken
        if asked is None:
            self.fault("I1", f"{key} lives, and nobody brought it: {event!r}")
            return None
        if self.replies.recently_ended(key) and self.ended[key][1] != "lost_with_gateway":
            self.fault("I1", f"{key} has ended as {self.ended[key][1]} and lives again")
        visit = self.visits[key] = self.heard.visit(self.gateway(key[0]), asked)
        visit.admitted_step = self.step
        self.routes.entered(visit, asked, event)
        self.hours.came_in(visit, asked)
        self.callbacks.entered(visit, asked)
        self.places.entered(visit, asked, event)
        return visit

    # -- now and then ---------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Offers end in time (I7); nobody waits for an agent who is free (I10)."""
        self.book.look()
        self.tickets.look()
        self.fairness.look()
        self.hours.look()
        self.partners.look()

    def rest(self, over: bool) -> None:
        """At the end nothing may be left, here or there (L1 to L3)."""
        if not over:
            self.fault("L3", "the faults have stopped, and not all ends")
        for (_, contact), visit in self.visits.items():
            self.fault("L3", f"{contact} is still {visit.state}")
