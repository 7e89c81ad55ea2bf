"""The judge's book of partners: never more with one than its contract says, never more than its share of what came, in
its hours, to whom an action in force sends; everybody sent there comes back or ends, once, and what was paid for is
recorded.

It knows what was said to gateways, what they reported, and the settings in force. Of the window it knows only how it is
cut: what was sent within eleven twelfths of it surely counts, what came within the whole of it may.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from router.core import commands as ask
from router.core import settings as of
from router.core.actions import SendToPartner
from router.core.effects import ContactEvent, PartnersReply, Reply, Send, SendOver
from router.core.partners.settings import MILLION, PartnerContract
from router.core.stored import history
from router.rules.window import SLOTS
from router.terms import MILLISECOND_US, SECOND_US
from tests.sim.balances import ABOUT
from tests.sim.possible import actions_of
from tests.sim.tickets import TICKET

if TYPE_CHECKING:
    from tests.sim.judge import Judge
    from tests.sim.seen import GatewaySeen, Visit
    from tests.sim.site import Flight, Step

Key: TypeAlias = tuple[str, str]
AWAY = ("sent", "at_partner")
LATE_MOST_US = SECOND_US // 10
MINUTE_US = 60 * SECOND_US
ROUNDING = 1e-9
SETTLED_STEPS = 3
"""Someone who waits for so many steps has been looked at."""
JUDGED_LEAST = 10
"""Before so many were judged within the window the share is whole."""
LONGEST_US = 60 * SECOND_US
"""No window is longer."""


class Way(Struct, eq=False):
    """Of one contact to a partner."""

    visit: Visit
    partner: str = ""
    contract: PartnerContract | None = None
    """As it was then; None: it has none any more."""
    id: str = ""
    sent_us: int = 0
    answered_us: int = 0
    since_us: int = 0
    """Its gateway has been heard without a break for so long."""
    told_us: int = 0
    """When it was told to send it, last."""


class PartnerBook:
    """See the module."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._settings = judge.settings
        self._ways: dict[Key, Way] = {}
        self._failed: dict[Key, set[str]] = {}
        """Contact -> partners that have not taken it."""
        self._told: list[tuple[str, Send, bool]] = []
        """To be judged when the step is over; was a list gone through in it?"""
        self._ids: set[str] = set()
        self._before: dict[str, SendToPartner] = {}
        """What lay over queues before the step."""
        self._instants = 0
        """Times of the clock since that changed: queues take it up in slices, one in an instant, however many questions
        are asked in it."""
        self._heard_us = 0
        self._came: list[tuple[int, str]] = []
        """When somebody came, and into which queue."""
        self._asked: list[tuple[int, str, str]] = []
        """The same as below, of all windows."""
        self._sent: list[tuple[int, str, str]] = []
        """When somebody was sent, from which queue, and to whom."""
        self._paid: Counter[tuple[str, str, str, int, int]] = Counter()
        """(gateway, contact, partner, talk in ms, cost) of visits that ended since the last batch that was kept."""
        self._owed: dict[Key, tuple[str, str, str, int, int]] = {}
        """The same of visits that are not over: who had them before is still wrapping up."""
        self._unpriced: set[Key] = set()
        """Of partners without a contract: the engine knows the terms that they had."""

    # -- what is heard --------------------------------------------------------------------------------------------

    def came(self, visit: Visit, before: str, event: ContactEvent) -> None:
        """Has it come into a queue, or into several?"""
        if not self._settings.partners:
            return
        if before in ("new", "connected") or event.queue != visit.queue.name:
            self._came += [(self._judge.now_us, name) for name in (event.queue, *event.queues)]

    def moved(self, key: Key, visit: Visit, before: str, event: ContactEvent) -> None:
        """A contact goes from one state to another."""
        if event.state == "sent":
            self._ways[key] = Way(visit, sent_us=self._judge.now_us)
        elif event.state == "at_partner":
            way = self._ways[key]
            way.answered_us = way.since_us = self._judge.now_us
        elif before in AWAY:
            self._is_over(key, self._ways.pop(key), event)
        if event.state == "ended":
            self._failed.pop(key, None)
            if key in self._owed:
                self._paid[self._owed.pop(key)] += 1

    def _is_over(self, key: Key, way: Way, event: ContactEvent) -> None:
        judge = self._judge
        if event.state == "waiting":
            self._failed.setdefault(key, set()).add(way.partner)
            judge.reached["partner: back at its place"] += 1
            # It has its old place; nobody knows which of all, of one that talked there already.
            way.visit.unsure = way.visit.unsure or way.answered_us != 0
            return
        lost = event.outcome == "lost_with_gateway"
        if not lost and (event.outcome == "sent_to_partner") != (way.answered_us != 0):
            judge.fault("partners", f"{key} was answered {way.answered_us}, and has ended as {event.outcome}")
        if way.answered_us and way.contract is not None:
            talk_us, terms = judge.now_us - way.answered_us, way.contract
            a_minute = round(terms.price_minute * MILLION)
            cost = round(terms.price_contact * MILLION) + a_minute * talk_us // MINUTE_US
            judge.reached["partner paid"] += cost > 0
            paid = (*key, way.partner, talk_us // MILLISECOND_US, cost)
            if event.state == "ended":
                self._paid[paid] += 1
            else:
                # Whoever had it before is still wrapping up: the record is written when they are through.
                self._owed[key] = paid
        elif way.answered_us:
            self._unpriced.add(key)

    def landed(self, flight: Flight) -> None:
        """Who talked at a partner's has a record that says so, with what it costs by the contract of then (I16)."""
        for stream, appended in flight.batch.appends if flight.batch is not None else ():
            entry = history.decode(appended) if stream == history.STREAM else None
            if isinstance(entry, history.Visit) and entry.partner and not entry.amends:
                key = (f"{entry.tenant}/{entry.gateway}", entry.contact)
                if key in self._unpriced:
                    self._unpriced.discard(key)
                else:
                    self._paid[*key, entry.partner, entry.partner_talk_ms, entry.partner_cost] -= 1
        wrong = {key: count for key, count in self._paid.items() if count}
        if wrong:
            self._judge.fault("I16", f"talks at partners less records: {wrong}")
        self._paid.clear()

    def asked(self, reply: Reply) -> None:
        """A supervisor reads how partners are."""
        for told in reply.partners if isinstance(reply, PartnersReply) else ():
            there = sum(way.partner == told.partner for way in self._ways.values())
            if told.at_once != there:
                self._judge.fault("partners", f"{told!r}, and it has {there}")
            if told.share > told.share_most or told.in_target > told.answered or told.answered > told.sent:
                self._judge.fault("partners", f"{told!r}")
            self._judge.reached["partners read"] += 1

    def told(self, key: str, told: Send | SendOver) -> None:
        """A gateway is to connect one, or to let go of it."""
        if isinstance(told, Send):
            self._told.append((key, told, self._judge.lists.goes_through(key)))
        elif told.why == "timed_out":
            self._timed_out(key, told)

    def _timed_out(self, key: str, told: SendOver) -> None:
        """Told after it has gone back to its place, or before."""
        judge, way = self._judge, self._ways.get((key, told.contact))
        if way is None or way.id != told.send:
            judge.fault("partners", f"{told!r}, and it is not there")
            return
        if way.contract is not None and judge.now_us < way.told_us + way.contract.answer_most_us:
            judge.fault("L2", f"{told!r} after {judge.now_us - way.told_us} us")
        if not way.visit.gateway.up:
            judge.fault("partners", f"{told!r}, and its gateway is away")

    def disturb(self, gateway: GatewaySeen | None) -> None:
        """This side (none given: everybody) is not heard: times of its own begin anew."""
        for way in self._ways.values():
            if gateway is None or gateway is way.visit.gateway:
                way.since_us = 0

    # -- a step is over -------------------------------------------------------------------------------------------

    def heard(self, step: Step, settings: of.Settings) -> None:
        """All of a step is heard; `settings` are in force after it."""
        if settings is not self._settings:
            self._follow(settings)
        for key, told, listed in self._told:
            self._judge_sent(key, told, listed=listed)
        self._told.clear()
        command = self._judge.command
        for alive in command.contacts if isinstance(command, ask.Sync) else ():
            way = self._ways.get((step.peer, alive.contact))
            if way is not None and not way.partner and alive.partner is not None:
                way.partner, way.contract = alive.partner, self._contract(alive.partner)
                self._judge.reached["found at a partner"] += 1
        for name, way in self._ways.items() if step.effects else ():
            if not way.partner:
                self._judge.fault("partners", f"{name} is sent, and nobody is told where to")
        if self._before != self._judge.layers.sending:
            self._before, self._instants = dict(self._judge.layers.sending), 0
        elif self._judge.now_us != self._heard_us:
            self._instants += 1
        self._heard_us = self._judge.now_us

    def _follow(self, settings: of.Settings) -> None:
        """Other settings: what was counted by another window, or for another queue, begins anew."""
        if (settings.partners, actions_of(settings)) != (self._settings.partners, actions_of(self._settings)):
            self._sent.clear()
        self._settings = settings
        gone = [way for way in self._ways.values() if way.partner and self._contract(way.partner) is None]
        self._judge.reached["partner without a contract"] += len(gone)

    def _contract(self, name: str) -> PartnerContract | None:
        return next((contract for contract in self._settings.partners if contract.name == name), None)

    def _judge_sent(self, key: str, told: Send, *, listed: bool) -> None:
        judge, name = self._judge, (key, told.contact)
        way, contract = self._ways.get(name), self._contract(told.partner)
        if way is None:
            judge.fault("partners", f"{told!r}, and it is {judge.visits.get(name)!r}"[:400])
            return
        way.since_us = way.told_us = judge.now_us
        if contract is not None and not way.id and told.most_ms != contract.answer_most_us // MILLISECOND_US:
            judge.fault("partners", f"{told!r}, and the contract gives {contract.answer_most_us} us")
        if way.id:
            most_us = way.contract.answer_most_us if way.contract is not None else 0
            if way.id != told.send or (most_us and told.most_ms != most_us // MILLISECOND_US):
                judge.fault("partners", f"{told!r}, and it was sent there as {way.id} for {most_us} us")
            if not listed:
                judge.fault("partners", f"{told!r} again, and no list was gone through")
            return
        if told.send in self._ids:
            judge.fault("partners", f"{told!r}: another had this id")
        self._ids.add(told.send)
        way.partner, way.contract, way.id = told.partner, contract, told.send
        if contract is None:
            judge.fault("partners", f"{told!r}, and there is no contract")
            return
        self._sent.append((judge.now_us, told.queue, told.partner))
        self._asked.append((judge.now_us, told.queue, told.partner))
        self._may_go(way.visit, told)
        self._has_room(told, contract)
        self._keeps_share(told, contract)

    def _may_go(self, visit: Visit, told: Send) -> None:
        """It is one that may be sent, to one that has not sent it back, by an action in force."""
        judge = self._judge
        gateway = visit.gateway
        if not gateway.open() and not (gateway.up and gateway.synced):
            judge.fault("partners", f"{told!r}, and its gateway takes nothing now")
        if not gateway.sends:
            judge.fault("partners", f"{told!r}, and its gateway can't")
        if visit.asked_by or visit.test or visit.channel == TICKET or len(visit.places) > 1:
            judge.fault("partners", f"{told!r}, and may not go: {visit!r}"[:400])
        if told.partner in self._failed.get((gateway.key, visit.id), ()):
            judge.fault("partners", f"{told!r}, and it has not been taken there before")
        if judge.layers.turning:
            return
        sending = [each.get(told.queue) for each in (self._before, judge.layers.sending)]
        if not any(each is not None and told.partner in each.partners for each in sending):
            judge.fault("partners", f"{told!r}, and in force is {sending}")
            return
        after_us = min(each.after_us for each in sending if each is not None)
        waited_us = judge.hours.now_us(visit) - visit.entered_us
        if not visit.unsure and waited_us < after_us:
            judge.fault("partners", f"{told!r} after {waited_us} us, not {after_us}")
        rank = visit.rank(judge.hours.now_us(visit), judge.settings.oldest_target_us)
        for other in judge.visits.values() if not visit.unsure and visit.queue.order != "newest" else ():
            if other.queue is not visit.queue or not self._waits_for_it(other):
                continue
            better = other.rank(judge.hours.now_us(other), judge.settings.oldest_target_us)
            if better[0] > rank[0] or (better[0] == rank[0] and better[1] > rank[1] + ABOUT):
                judge.fault("I8", f"{told!r} of rank {rank}, but {other.id} of rank {better} waits")
                return

    def _waits_for_it(self, visit: Visit) -> bool:
        """Does it surely wait so that it may be sent, and has for a while?"""
        judge, key = self._judge, (visit.gateway.key, visit.id)
        sending = judge.layers.sending.get(visit.queue.name)
        special = visit.direct or visit.preferred or visit.asked_by or visit.test or visit.id.startswith("callback-")
        if visit.state != "waiting" or visit.unsure or special or visit.channel == TICKET or len(visit.places) > 1:
            return False
        if sending is None or visit.moves or key in self._failed or not visit.gateway.sends:
            return False
        waited_us = judge.hours.now_us(visit) - visit.entered_us
        settled = min(judge.step - visit.state_step, self._instants) > SETTLED_STEPS
        return settled and waited_us > sending.after_us and visit.gateway.surely_open(judge.step, judge.now_us)

    def _has_room(self, told: Send, contract: PartnerContract) -> None:
        """No more at a time than the contract says, and only in its hours."""
        judge = self._judge
        there = sum(way.partner == contract.name for way in self._ways.values())
        if there > contract.at_most:
            judge.fault("partners", f"{told!r} has {there} of {contract.at_most}")
        judge.reached["partner full"] += there == contract.at_most
        if contract.calendar:
            judge.reached["partner by hours"] += 1
            if judge.hours.surely_shut(contract.calendar):
                judge.fault("partners", f"{told!r} is closed")

    def _keeps_share(self, told: Send, contract: PartnerContract) -> None:
        """No more than its share of what came into the queue."""
        judge = self._judge
        now_us, window_us = judge.now_us, contract.window_us
        self._came = [each for each in self._came if each[0] > now_us - LONGEST_US]
        self._sent = [each for each in self._sent if each[0] > now_us - LONGEST_US]
        self._asked = [each for each in self._asked if each[0] > now_us - 2 * LONGEST_US]
        found = [each.get(told.queue) for each in (self._before, judge.layers.sending)]
        share = min(contract.share_most, max((each.share for each in found if each is not None), default=1.0))
        if share >= 1 or judge.layers.turning:
            return
        came = sum(queue == told.queue for at_us, queue in self._came if at_us > now_us - window_us)
        surely_us = now_us - window_us + window_us // SLOTS
        sent = sum(way == (told.queue, told.partner) for at_us, way in self._sent_as_pairs() if at_us > surely_us)
        if sent > share * came + ROUNDING:
            judge.fault("partners", f"{told!r} is number {sent} of {came}, its share is {share}")
        judge.reached["partner with its whole share"] += sent + 1 > share * came

    def _sent_as_pairs(self) -> list[tuple[int, tuple[str, str]]]:
        return [(at_us, (queue, partner)) for at_us, queue, partner in self._sent]

    # -- now and then ---------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Nobody stays with a partner who is silent, nor talks there for ever (L2)."""
        judge = self._judge
        for key, way in self._ways.items():
            if way.contract is None or not way.since_us or not way.visit.gateway.surely_open(judge.step, judge.now_us):
                continue
            most_us = way.contract.talk_most_us if way.answered_us else way.contract.answer_most_us
            since_us = max(way.since_us, way.visit.gateway.changed_us)
            if judge.now_us > since_us + most_us + LATE_MOST_US:
                judge.fault("L2", f"{key} is {way.visit.state} for {judge.now_us - since_us} us of {most_us}")
        for visit in judge.visits.values() if self._settings.partners and not judge.layers.turning else ():
            if visit.queue.order != "newest" and self._waits_for_it(visit):
                for name in judge.layers.sending[visit.queue.name].partners:
                    self._has_none(visit, name)

    def _has_none(self, visit: Visit, partner: str) -> None:
        """Is there surely room for it at this partner's?"""
        judge, contract = self._judge, self._contract(partner)
        sending = judge.layers.sending[visit.queue.name]
        if contract is None or contract.calendar or min(contract.share_most, sending.share) < 1:
            return
        there = sum(way.partner == partner for way in self._ways.values())
        since_us = judge.now_us - contract.window_us - contract.answer_most_us
        judged = sum(at_us > since_us and name == partner for at_us, _, name in self._asked)
        if there < contract.at_most and judged < JUDGED_LEAST:
            judge.fault("I10", f"{visit.id} waits, and {partner} has {there} of {contract.at_most}")
