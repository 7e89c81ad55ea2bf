"""A simulated gateway: it owns callers and devices, and tells what is true of them.

Its calls know whether they live and to whom they talk; that is the truth which the list after hello is made of. Callers
lose patience in whatever state they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import structs

from router.core import commands as ask
from router.core import internal as told
from router.core.effects import (
    Accepted,
    AgentState,
    Announce,
    Confirm,
    ConsultOver,
    Dial,
    DialCancelled,
    Ended,
    Error,
    LetGo,
    Message,
    Moved,
    Offer,
    OfferCancelled,
    Ok,
    ParkedEvent,
    Picked,
    Queued,
    RefusedEntry,
    Reply,
    Send,
    SendOver,
    State,
    Suspended,
    TalkOver,
    Treat,
)
from router.terms import MILLISECOND_US, SECOND_US, Fault
from tests.sim import route_by
from tests.sim.announcements import Speaker
from tests.sim.call import Call, offer_of
from tests.sim.chats import Chats
from tests.sim.consults import REQUESTS, Consults
from tests.sim.devices import Devices
from tests.sim.dialler import Dialler
from tests.sim.hands import heard
from tests.sim.leases import answer
from tests.sim.partner_calls import REPORTS, PartnerCalls
from tests.sim.whims import transfer

if TYPE_CHECKING:
    from tests.sim.run import Run

CALLBACKS = (ask.TakeCallback, ask.ScheduleCallback, ask.Dialled, ask.TakePlace, ask.CancelCallback)


class Gateway(Devices):
    """See the module."""

    role = "gateway"

    def __init__(self, run: Run, number: int, key: str) -> None:
        super().__init__(run.site, key)
        self.run = run
        self.ringing = run.plan.ringing[number]
        self.connecting = run.plan.connecting[number]
        self.confirms = run.plan.confirms[number]
        self.calls: dict[str, Call] = {}
        self.offers: dict[str, Offer] = {}
        self.draining = False
        self._listed: set[str] = set()
        self.chats = Chats(self)
        self.consults = Consults(self)
        self.dialler = Dialler(self, run.plan.dials[number])
        self.speaker = Speaker(self)
        self.partners = PartnerCalls(self, run.plan.seed, number)
        self._answered_by: dict[type[ask.Request], Callable[[Any, Reply], None]] = {
            **dict.fromkeys(REQUESTS, self.consults.answered),
            **dict.fromkeys((ask.Estimate, ask.Key), self.speaker.answered),
            **dict.fromkeys(REPORTS, self.partners.answered),
            **dict.fromkeys(CALLBACKS, self.dialler.answered),
        }
        self._heard: dict[type[Message], Callable[[Any], None]] = {
            Offer: self._offer,
            Accepted: lambda accepted: self.join(accepted.contact, accepted.agent),
            TalkOver: self.chats.talk_was_ended,
            ParkedEvent: self.chats.parked,
            Confirm: lambda confirm: answer(self, confirm),
            Treat: self._treated,
            Announce: self.speaker.announce,
            Moved: self._moved,
            ConsultOver: self.consults.over,
            Ended: self.consults.ended,
            Dial: self.dialler.dial,
            DialCancelled: self.dialler.cancelled,
            LetGo: self.dialler.let_go,
            Send: self.partners.send,
            SendOver: self.partners.over,
            OfferCancelled: self._count,
            AgentState: self._count,
            Suspended: self._count,
            State: self._state,
        }

    # -- callers --------------------------------------------------------------------------------------------------

    def arrive(self, enqueue: ask.Enqueue) -> None:
        """A caller comes in and asks for a queue."""
        call = self.calls[enqueue.contact] = Call(enqueue)
        self.say(enqueue)
        if enqueue.held:
            self.plan_for(call, 5 * SECOND_US, lambda: self.say(ask.Resume(1, call.id)))
        if self.site.happens(self.run.chances.impatient):
            self.plan_hang_up(call)

    def plan_for(self, call: Call, mean_us: int, work: Any) -> None:
        """Do `work` later, if the call is still in the same round."""
        round_then = call.round

        def work_if_still_so() -> None:
            if call.round == round_then and call.state != "over":
                work()

        self.site.after(self.site.some(mean_us), work_if_still_so)

    def plan_hang_up(self, call: Call) -> None:
        patience_us = self.site.some(self.run.plan.patience_us)
        self.site.after(patience_us, lambda: self.hang_up(call))

    def hang_up(self, call: Call) -> None:
        """The caller has had enough, whatever the state."""
        if call.state == "over":
            return
        name = "waiting" if call.seen == "asked" else call.seen
        self.site.faults[f"caller gone: {name}"] += 1
        reasons = ("hangup", "hangup", "key", "withdrawn")
        self.over(call)
        self.say(ask.End(1, call.id, self.site.rng.choice(reasons)))  # type: ignore[arg-type]  # one of its literals

    def over(self, call: Call) -> None:
        """The caller is gone, or is nobody's business any more."""
        call.state = "over"
        call.round += 1
        self.calls.pop(call.id, None)

    def joined(self, call: Call, agent: str) -> None:
        """Customer and agent are to be joined: say how it went."""
        call.agent = agent
        call.seen = "connecting"
        call.round += 1
        if not self.connecting:
            self._talk(call)
            return
        chances = self.run.chances
        if self.site.happens(chances.connect_silent):
            self.site.faults["joining never reported"] += 1
        elif self.site.happens(chances.connect_fails):
            self.plan_for(call, SECOND_US // 2, lambda: self._fail(call))
        else:
            self.plan_for(call, SECOND_US // 2, lambda: self._talk(call))

    def _fail(self, call: Call) -> None:
        faults: tuple[Fault, ...] = ("caller", "device", "media")
        fault = self.site.rng.choice(faults)
        self.site.faults[f"joining failed: {fault}"] += 1
        call.seen = "waiting"
        self.say(ask.ConnectFailed(1, call.id, fault))
        if fault == "caller":
            # The offer may be over already; then it is this that counts.
            self.over(call)
            self.say(ask.End(1, call.id))

    def _talk(self, call: Call) -> None:
        if self.connecting:
            self.say(ask.Connected(1, call.id))
        self.has_joined(call, call.agent)

    def has_joined(self, call: Call, agent: str) -> None:
        """Customer and agent talk."""
        call.state, call.seen, call.agent = "joined", "connected", agent
        call.joined_us = self.site.now_us
        self.plan_for(call, self.run.plan.talk_us, lambda: self.talk_ends(call))
        self.chats.begin(call)
        self.consults.begin(call)
        if self.site.happens(self.run.chances.held):
            self.site.faults["held while connected"] += 1
            self.plan_for(call, SECOND_US, lambda: self.say(ask.Hold(1, call.id)))
            self.plan_for(call, 3 * SECOND_US, lambda: self.say(ask.Resume(1, call.id)))

    def talk_ends(self, call: Call) -> None:
        """They have said all: over, or on to somebody else."""
        if call.state != "joined":
            return
        if self.site.happens(self.run.chances.transfers):
            transfer(self, call)
            # Should the engine refuse it, the talk ends after all.
            self.plan_for(call, 20 * SECOND_US, lambda: self.talk_ends(call))
            return
        self.over(call)
        if self.confirms and self.site.happens(self.run.chances.never_ended):
            self.site.faults["talk never ended"] += 1
            return
        by = self.site.rng.choice(("customer", "agent", "system"))
        self.say(ask.End(1, call.id, by=by))  # type: ignore[arg-type]  # one of its literals

    # -- hello ----------------------------------------------------------------------------------------------------

    def hello(self) -> told.GatewayUp:
        """What it says of itself."""
        instance = f"{self.name}-{self._instance}"
        dials, sends = self.dialler.dials, self.partners.sends
        return told.GatewayUp(
            instance, "gateway", self.ringing, self.connecting, dials, confirms=self.confirms, sends=sends
        )

    def introduce(self) -> None:
        """List what is alive; now and then the list is wrong."""
        site, chances = self.site, self.run.chances
        self._listed = set()
        self.draining = False
        for call in list(self.calls.values()):
            if call.state != "asked" and site.happens(chances.sync_misses):
                site.faults["sync missed a contact"] += 1
                self.over(call)
        contacts = [self._alive(call) for call in self.calls.values() if not self.consults.only_asked(call)]
        contacts += self.dialler.alive()
        if site.happens(chances.sync_adds):
            site.faults["sync added a contact"] += 1
            call = Call(self.run.some_enqueue(), "in", "waiting")
            self.calls[call.id] = call
            contacts.append(self._alive(call))
        endpoints = list(self.devices.values())
        step = site.rng.choice((1, 7, 200))
        for start in range(0, len(endpoints), step):
            self._transmit(ask.Sync(1, endpoints=tuple(endpoints[start : start + step])))
        for start in range(0, len(contacts), step):
            self._transmit(ask.Sync(1, contacts=tuple(contacts[start : start + step])))
        self._transmit(ask.SyncEnd(1))

    def _alive(self, call: Call) -> ask.AliveContact:
        talks_to, talked_ms = None, 0
        if call.state == "joined":
            self.site.faults["sync: talks to"] += 1
            talks_to, talked_ms = call.agent, (self.site.now_us - call.joined_us) // MILLISECOND_US
        e = call.enqueue
        parked_by = call.agent if call.state == "parked" else None
        if parked_by is not None:
            self.site.faults["sync: parked"] += 1
        return ask.AliveContact(
            e.contact, e.queue, call.channel or e.channel, e.priority_s, e.needs, e.customer, e.link, e.language,
            e.agent, e.waited_ms, e.data, talks_to, talked_ms, parked_by, e.entry, e.tier, e.region,
            e.business, relax=e.relax, queues=e.queues, partner=self.partners.alive(call),
        )  # fmt: skip

    def lose_calls(self) -> None:
        """Every caller is gone with the machine."""
        self.dialler.dialling.clear()
        for call in list(self.calls.values()):
            self.over(call)

    def synced(self) -> None:
        """What the engine did not name is over: it has been told, or has timed out, while nobody listened."""
        unheard = [*self._held_back, *self._waiting, *self._sent.values()]
        asked = {request.contact for request in unheard if isinstance(request, ask.Enqueue)}
        asked |= {request.consult for request in unheard if isinstance(request, ask.Consult)}
        for call in list(self.calls.values()):
            if call.id not in self._listed and call.id not in asked:
                self.over(call)
        for contact in [contact for contact in self.dialler.dialling if contact not in self._listed]:
            self.dialler.gone(contact)

    # -- hearing --------------------------------------------------------------------------------------------------

    def answered(self, request: Any, reply: Reply) -> None:
        """The outcome of something that it said."""
        if isinstance(request, ask.Enqueue):
            self._entered(request, reply)
        elif isinstance(reply, Picked) and reply.gateway == self.name:
            self.join(reply.contact, request.agent)
        elif isinstance(request, ask.Accept) and isinstance(reply, Ok):
            offer = self.offers.get(request.offer)
            if offer is not None:
                self.join(offer.contact, offer.agent)
        elif isinstance(request, ask.Park | ask.SwitchChannel) and isinstance(reply, Ok):
            self.chats.answered(request)
        elif isinstance(request, ask.Transfer) and isinstance(reply, Ok):
            call = self.calls.get(request.contact)
            if call is not None and call.state == "joined":
                self.chats.waits(call)
        elif (answered := self._answered_by.get(type(request))) is not None:
            answered(request, reply)
        elif isinstance(reply, Error):
            self.site.faults["nonsense refused"] += 1

    def _entered(self, enqueue: ask.Enqueue, reply: Reply) -> None:
        call = self.calls.get(enqueue.contact)
        if call is None:
            if isinstance(reply, Queued):
                # Asked twice, and it was over after the first answer.
                self.say(ask.End(1, enqueue.contact, "withdrawn"))
            return
        if isinstance(reply, Queued):
            route_by.entered(self, call, reply)
            if call.state == "asked":
                call.state = "in"
                call.seen = "held" if enqueue.held else "waiting"
                self.dialler.queued(call, reply)
        elif isinstance(reply, RefusedEntry):
            self.site.faults[f"refused: {reply.why}"] += 1
            self.over(call)
            if not self.flowing:
                # It has just been listed as alive.
                self.say(ask.End(1, call.id, "withdrawn"))
        elif call.state == "asked":
            self.site.faults["too many queues"] += isinstance(reply, Error) and reply.code == "too_many_queues"
            self.over(call)
            self.say(ask.End(1, call.id, "withdrawn"))

    def join(self, contact: str, agent: str) -> None:
        call = self.calls.get(contact)
        if call is not None and call.state in ("asked", "in", "parked"):
            call.state = "in"
            self.joined(call, agent)
        elif call is None:
            # It has lost sight of the caller: nobody is there to be joined.
            self.say(ask.End(1, contact, "withdrawn"))

    def event(self, message: Message) -> None:
        """Something that it was told."""
        heard = self._heard.get(type(message))
        if heard is not None:
            heard(message)

    def _treated(self, treat: Treat) -> None:
        self.site.faults[f"treated: {treat.why}"] += 1
        self.dialler.gone(treat.contact)

    def _moved(self, moved: Moved) -> None:
        self.site.faults[f"moved: {moved.why}"] += 1
        call = self.calls.get(moved.contact)
        if call is not None:
            call.enqueue = structs.replace(call.enqueue, queue=moved.queue, queues=None)
            self.consults.pulled(call)

    def _count(self, message: Any) -> None:
        """Something that only shows that it happened."""
        faults = self.site.faults
        if isinstance(message, OfferCancelled):
            faults["taken by another"] += message.reason == "taken"
        elif isinstance(message, AgentState):
            faults["agent given a pause"] += message.backoff_after is not None
            faults["agent given a breather"] += message.backoff_after == "breather"
            heard(self.run, message)
        elif isinstance(message, Suspended):
            faults["suspended"] += message.on

    def _offer(self, offer: Offer) -> None:
        if offer.gateway == self.name:
            self.offers[offer.offer] = offer
            call = self.calls.get(offer.contact)
            if call is not None:
                call.seen = "offered"
        if offer.endpoint_gateway == self.name:
            self.run.people[offer.agent].offered(self, offer, self.ringing)

    def _state(self, state: State) -> None:
        self._listed.update(contact.contact for contact in state.contacts)
        for contact in state.contacts:
            call = self.calls.get(contact.contact)
            if call is not None:
                self.partners.is_now(call, contact.state)
                self.chats.is_now(call, contact.state)
        for offer in state.offers:
            if offer.gateway == self.name and offer.state in ("connecting", "connected"):
                self.join(offer.contact, offer.agent)
            if offer.endpoint_gateway == self.name and offer.state == "offered":
                self.run.people[offer.agent].offered(self, offer_of(offer), self.ringing)
