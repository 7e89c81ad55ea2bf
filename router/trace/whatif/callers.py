"""The callers of a run under a whole configuration: they come, are let in or not, are told things, moved, served, or
leave.

`replay_calls` runs the record, where everybody is let in and nobody is sent anywhere; here whatever the configuration
does is heard and booked. It must not know who is on shift.

The one idea: a caller's own times (patience, talk, wrap-up) are drawn before, so that two configurations with the same
seed meet the same people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from router.core.callbacks.book import CHANNEL
from router.core.commands import Accept, Announced, End, Enqueue, PartnerAnswered, PartnerEnded
from router.core.effects import (
    Advice,
    Announce,
    Busy,
    Moved,
    Offer,
    OfferCancelled,
    Queued,
    RefusedEntry,
    Reply,
    Send,
    Treat,
    Treatment,
)
from router.core.stored.history import Visit as Record
from router.terms import MILLISECOND_US
from router.trace.records import Contact
from router.trace.replay.agenda import ARRIVAL, ENDS, HANG_UP, Agenda
from router.trace.replay.caller import COMING, OVER, WAITING, Arrivals, Talks
from router.trace.replay.ledger import Ledger
from router.trace.replay.line import GOOD, Line
from router.trace.replay.shifts import Desk, Shifts
from router.trace.whatif.callbacks import Callbacks
from router.trace.whatif.case import Case, Fate
from router.trace.whatif.redials import Again

ANSWERS: Final[tuple[type[Reply], ...]] = (*GOOD, RefusedEntry, Busy)
"""Of an engine that is right: whoever is not let in is told so."""


class Callers:
    """All contacts of a trace."""

    def __init__(
        self,
        line: Line,
        agenda: Agenda,
        ledger: Ledger,
        shifts: Shifts,
        cases: Sequence[Case],
        by_routes: bool,
        slower: Callable[[Desk], float],
        first: Callable[[], None],
        shares: dict[tuple[str, str], float],
        offset_us: int,
        progress: Callable[[int], None] | None,
        again: Again | None,
        callbacks: Callbacks | None,
    ) -> None:
        """`by_routes`: who came by routes asks them again. `again`: who calls again; None: nobody does for how they
        fared. `callbacks`: who is called back; None: nobody takes one.

        `slower`: by what factor talks at a desk are longer; `first`: done before offers are answered; `shares`: see
        `Talks`."""
        self.cases = list(cases)
        """In the trace's order, then the redials that the trace does not have."""
        self._by_id = {case.contact.id: case for case in cases}
        self._line = line
        self._agenda = agenda
        self._ledger = ledger
        self._shifts = shifts
        self._by_routes = by_routes
        self._slower = slower
        self._first = first
        self._again = again
        self._callbacks = callbacks
        self._offered: list[Case] = []
        """Call-backs, to be taken or not."""
        self._closing = False
        self._arrivals = Arrivals(progress)
        self._talks = Talks(line, agenda, shifts, shares, lambda _case: None)
        self._cancelled: set[str] = set()
        self._heard: list[Announce] = []
        self._sent: list[Send] = []
        caused = {link.contact for link in again.nexts.values()} if again is not None else ()
        for case in cases:
            if case.contact.id not in caused:
                agenda.plan(case.contact.arrival_us + offset_us, ARRIVAL, self._arrive, case)
        line.on[OfferCancelled] = lambda message: self._cancelled.add(message.offer)
        line.on[Announce] = self._heard.append
        line.on[Send] = self._sent.append
        line.on[Treat] = self._treated
        line.on[Moved] = self._moved
        line.on[Advice] = self._advised
        line.on_record = self._recorded
        if callbacks is not None:
            callbacks.made = self._called
            callbacks.reached = self._waits_on
            callbacks.joined = self._joined

    def settle(self) -> None:
        """Answer what was heard: announcements were played, offers are accepted."""
        line = self._line
        self._before_answers()
        while line.offers or self._heard or self._sent or self._offered:
            while self._sent:
                self._connect(self._sent.pop(0))
            while self._heard:
                told = self._heard.pop(0)
                case = self._by_id[told.contact]
                case.announced += 1
                if case.state == WAITING:
                    line.tell(Announced(line.number(), told.contact, told.announcement, "played"))
                    if CHANNEL in told.keys.values():
                        self._offer_callback(case)
            while self._offered:
                self._offer_callback(self._offered.pop(0))
            if line.offers:
                self._answer(line.offers.popleft())
            self._before_answers()

    def _before_answers(self) -> None:
        self._first()
        if self._callbacks is not None:
            self._callbacks.settle()

    def send_away_waiting(self) -> None:
        """All else is over and nobody will come for these: they leave."""
        self._closing = True
        for case in self.cases:
            if case.state == WAITING:
                self._hang_up(case)

    def close(self) -> None:
        """The run is over: what the engine's own records say of each visit must be what was seen."""
        ends = {
            "answered": "answered", "partner": "sent_to_partner", "abandoned": "abandoned", "refused": "refused",
            "callback": "callback_taken",
        }  # fmt: skip

        def unseen(case: Case) -> bool:
            # Not even a record was made of them, or it tells of the refusal before the call-back.
            return case.why == "busy" or (case.fate == "callback" and case.why != "")

        for case in self.cases:
            if case.state == COMING:
                continue
            if case.state != OVER:
                self._ledger.broken("I1", f"{case.contact.id} never ended")
            elif case.fate in ends and not unseen(case) and case.said != ends[case.fate]:
                what = f"the record of {case.contact.id} says {case.said or 'nothing'}, seen was {case.fate}"
                self._ledger.broken("I16", what)

    def _arrive(self, case: Case) -> None:
        contact, line = case.contact, self._line
        self._arrivals.one()
        # Before the engine hears of it: what it says of the contact comes together with the reply.
        case.comes(line.now_us)
        reply = line.tell(self._enqueue(contact))
        if not isinstance(reply, Queued):
            why = reply.why if isinstance(reply, RefusedEntry) else "busy"
            case.leaves(line.now_us)
            self._sent_away(case, "refused", why, reply.treatment if isinstance(reply, RefusedEntry) else None)
            return
        case.queue = reply.queue or contact.queue
        if reply.steer is not None:
            self._steered(case, reply.steer.to)
        self.settle()
        self._waits_on(case)

    def _waits_on(self, case: Case) -> None:
        """Nobody has taken them yet: they hang up when their patience ends."""
        if case.state == WAITING and case.draw.patience_us is not None:
            self._agenda.add(self._line.now_us + case.draw.patience_us, HANG_UP, self._hang_up, case)

    def _enqueue(self, contact: Contact) -> Enqueue:
        number = self._line.number()
        if not self._by_routes or contact.entry is None:
            return Enqueue(
                number, contact.id, contact.queue, contact.channel, contact.head_start_s, customer=contact.customer
            )
        # The row gives its own part of the head start anew.
        own_s = max(0, contact.head_start_s - contact.route_head_start_s)
        return Enqueue(
            number, contact.id, None, contact.channel, own_s, customer=contact.customer, entry=contact.entry or None,
            business=contact.business,  # type: ignore[arg-type]  # as a gateway told it
        )  # fmt: skip

    def _answer(self, offer: Offer) -> None:
        case = self._by_id[offer.contact]
        if offer.offer in self._cancelled:
            self._cancelled.discard(offer.offer)
            return
        called = case.state == COMING and case.is_callback
        if case.state != WAITING and not called:
            self._ledger.broken("I3", f"{offer.contact} is offered to {offer.agent}, but it does not wait")
            return
        # Of several who are rung the first has it; the others' offers are cancelled by the same step.
        if self._line.tell(Accept(self._line.number(), offer.offer)) is None:
            self._ledger.broken("I4", f"{offer.agent} accepted {offer.offer} in time and was refused")
            return
        if not called:
            self._talk(case, offer)

    def _connect(self, send: Send) -> None:
        """The partner answers at once, and talks as long as anybody would."""
        case, line = self._by_id[send.contact], self._line
        if case.state != WAITING:
            return
        line.tell(PartnerAnswered(line.number(), send.contact, send.send))
        case.taken(line.now_us)
        case.fate, case.partner = "partner", send.partner
        self._agenda.add(line.now_us + case.draw.service_us, ENDS, self._partner_talked, (case, send.send))

    def _partner_talked(self, told: tuple[Case, str]) -> None:
        case, send = told
        case.state = OVER
        self._line.tell(PartnerEnded(self._line.number(), case.contact.id, send))

    def _talk(self, case: Case, offer: Offer) -> None:
        desk = self._shifts.desks[offer.agent]
        case.fate, case.queue = "answered", offer.queue
        self._talks.begin(case, desk, round(case.draw.service_us * self._slower(desk)))

    def _hang_up(self, case: Case) -> None:
        if case.state != WAITING:
            return
        self._over(case, "abandoned", "")
        self._line.tell(End(self._line.number(), case.contact.id))

    def _over(self, case: Case, fate: Fate, why: str) -> None:
        case.leaves(self._line.now_us)
        case.fate, case.why = fate, why
        self._not_helped(case)

    def _not_helped(self, case: Case) -> None:
        if self._again is not None and not self._closing:
            self._calls_again(case, self._again)

    def _calls_again(self, case: Case, again: Again) -> None:
        """Who was not helped: as recorded, where that was its consequence there too, else as drawn."""
        link = again.nexts.get(case.contact.id)
        delay_us = link.delay_us if link is not None else again.delay_us(case.origin, case.attempt)
        if delay_us is None:
            return
        if link is not None:
            redial = self._by_id[link.contact]
        else:
            contact = replace(case.origin, id=self._new_id())
            redial = Case(contact, again.draw(case.origin, case.attempt, case.draw))
            redial.origin, redial.attempt = case.origin, case.attempt + 1
            self.cases.append(redial)
            self._by_id[contact.id] = redial
        redial.redial = True
        self._agenda.add(self._line.now_us + delay_us, ARRIVAL, self._arrive, redial)

    def _new_id(self) -> str:
        """One that nobody has."""
        number = len(self.cases)
        while (name := f"again-{number}") in self._by_id:
            number += 1
        return name

    def _treated(self, message: Treat) -> None:
        case = self._by_id[message.contact]
        if case.state == WAITING:
            case.leaves(self._line.now_us)
            self._sent_away(case, "treated", message.why, message.treatment)

    def _sent_away(self, case: Case, fate: Fate, why: str, treatment: Treatment | None) -> None:
        """Not let in, or not kept; perhaps there is a call-back for them."""
        case.fate, case.why = fate, why
        if treatment is not None and treatment.do == CHANNEL:
            self._steered(case, CHANNEL)
        else:
            self._not_helped(case)

    def _steered(self, case: Case, to: str) -> None:
        """Something else is offered to them."""
        case.advised = to
        if to == CHANNEL:
            self._offered.append(case)

    def _offer_callback(self, case: Case) -> None:
        """Who takes it waits no more; who does not waits on, or is gone."""
        waits = case.state == WAITING
        if not waits and case.fate not in ("refused", "treated"):
            return
        taken = self._callbacks is not None and (
            self._callbacks.take(case) if waits else self._callbacks.take_instead(case)
        )
        if taken:
            case.fate = "callback"
            if waits:
                case.leaves(self._line.now_us)
        elif not waits:
            self._not_helped(case)

    def _called(self, case: Case) -> None:
        self.cases.append(case)
        self._by_id[case.contact.id] = case

    def _joined(self, case: Case) -> None:
        """The customer of a call-back is on the line, and so is an agent."""
        assert case.desk is not None, "the agent has accepted"
        case.fate = "answered"
        self._talks.begin(case, case.desk, round(case.draw.service_us * self._slower(case.desk)))

    def _moved(self, message: Moved) -> None:
        case = self._by_id[message.contact]
        case.queue = message.queue
        case.moves += 1

    def _advised(self, message: Advice) -> None:
        self._steered(self._by_id[message.contact], message.steer.to)

    def _recorded(self, record: Record) -> None:
        case = self._by_id.get(record.contact)
        if case is None or record.amends or record.outcome == "moved":
            return
        case.said = record.outcome
        if record.outcome == "answered" and not case.moves and record.waited_ms != case.wait_us // MILLISECOND_US:
            what = f"the record of {record.contact} says {record.waited_ms} ms, seen were {case.wait_us} us"
            self._ledger.broken("I16", what)
