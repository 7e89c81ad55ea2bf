"""The contacts of a replay: they arrive, wait as long as they would, are taken, talked to and wrapped up.

It must not know who is on shift. The one idea: every contact's own times are decided before (`draws`); when it is
offered is the engine's alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from router.core.commands import Accept, End, Enqueue, Occupy, Release
from router.core.effects import Offer, OfferCancelled
from router.core.stored.history import Visit as Record
from router.terms import MILLISECOND_US, SECOND_US
from router.trace.patience import Draw
from router.trace.records import Contact
from router.trace.replay.agenda import ARRIVAL, HANG_UP, Agenda
from router.trace.replay.caller import OVER, WAITING, Arrivals, Caller, Talks
from router.trace.replay.ledger import Ledger
from router.trace.replay.line import Line
from router.trace.replay.shifts import Shifts
from router.trace.tap import Tap, unheard

PUT_BACK_EVERY: Final = 16
"""Of the offers to who has waited, one in so many is withdrawn and made again, see `Calls._put_back`."""


class Call(Caller):
    """One contact on its way."""

    __slots__ = ("served",)

    def __init__(self, contact: Contact, draw: Draw) -> None:
        super().__init__(contact, draw)
        self.served = False


class Calls:
    """All contacts of a trace."""

    def __init__(
        self,
        line: Line,
        agenda: Agenda,
        ledger: Ledger,
        shifts: Shifts,
        contacts: Sequence[Contact],
        draws: Sequence[Draw],
        shares: dict[tuple[str, str], float],
        offset_us: int,
        progress: Callable[[int], None] | None,
        tap: Tap = unheard,
    ) -> None:
        """`shares` and `tap`: see `Talks`."""
        self.calls = [Call(contact, draw) for contact, draw in zip(contacts, draws, strict=True)]
        self.stayed = 0
        """Contacts that still waited when all else was over."""
        self._by_id = {call.contact.id: call for call in self.calls}
        self._line = line
        self._agenda = agenda
        self._ledger = ledger
        self._shifts = shifts
        self._tap = tap
        self._arrivals = Arrivals(progress)
        self._talks = Talks(line, agenda, shifts, shares, lambda call: ledger.end(call.contact.id), tap)
        self._offers_after_waiting = 0
        for call in self.calls:
            agenda.plan(call.contact.arrival_us + offset_us, ARRIVAL, self._arrive, call)
        line.on[OfferCancelled] = lambda message: ledger.put_back(message.offer, message.contact)
        line.on_record = self._recorded

    def answer_offers(self) -> None:
        """Accept what was offered; ringing is part of the recorded wrap-up."""
        line, ledger = self._line, self._ledger
        while line.offers:
            offer = line.offers.popleft()
            if not ledger.offer(offer):
                # Offered what does not wait: whoever else has it goes on, and this one rings out.
                continue
            if offer.waited_ms and not line.offers and self._is_put_back():
                self._put_back(offer)
                continue
            taken = line.tell(Accept(line.number(), offer.offer)) is not None
            ledger.accepted(offer, taken)
            if taken:
                self._talk(offer)

    def _is_put_back(self) -> bool:
        self._offers_after_waiting += 1
        return self._offers_after_waiting % PUT_BACK_EVERY == 0

    def _put_back(self, offer: Offer) -> None:
        """The agent's phone is busy for no time at all: the offer is withdrawn, its contact goes back to its place, and
        is offered again. A record has nothing of the kind, and nothing comes of it where places are kept: who waited
        found nobody else free, and the agent takes the first of the line again. So it shows whether they are."""
        line = self._line
        line.tell(Occupy(line.number(), offer.endpoint, "personal"))
        line.tell(Release(line.number(), offer.endpoint))

    def send_away_waiting(self) -> None:
        """All else is over and nobody will come for these: they leave."""
        for call in self.calls:
            if call.state == WAITING:
                self.stayed += 1
                self._hang_up(call)

    def _arrive(self, call: Call) -> None:
        contact, line = call.contact, self._line
        call.comes(line.now_us)
        self._arrivals.one()
        command = Enqueue(
            line.number(), contact.id, contact.queue, contact.channel, contact.head_start_s, customer=contact.customer
        )
        if line.tell(command) is None:
            call.state = OVER
            return
        self._tap("arrive", line.now_us, call=contact.id, queue=contact.queue, head_start=contact.head_start_s)
        key_us = line.now_us - contact.head_start_s * SECOND_US
        self._ledger.enter(contact.id, (contact.queue, contact.channel), key_us)
        if line.offers:
            self.answer_offers()
        if call.state == WAITING and call.draw.patience_us is not None:
            self._agenda.add(line.now_us + call.draw.patience_us, HANG_UP, self._hang_up, call)

    def _talk(self, offer: Offer) -> None:
        call = self._by_id[offer.contact]
        call.served = True
        self._talks.begin(call, self._shifts.desks[offer.agent], call.draw.service_us)

    def _hang_up(self, call: Call) -> None:
        if call.state != WAITING:
            return
        line = self._line
        call.leaves(line.now_us)
        self._ledger.end(call.contact.id)
        self._tap("abandon", line.now_us, call=call.contact.id, queue=call.contact.queue)
        line.tell(End(line.number(), call.contact.id))

    def _recorded(self, record: Record) -> None:
        """Each visit's own record says what was seen from outside."""
        call = self._by_id.get(record.contact)
        if call is None or record.outcome == "refused":
            return
        said = (record.outcome, record.waited_ms)
        seen = ("answered" if call.served else "abandoned", call.wait_us // MILLISECOND_US)
        if said != seen:
            self._ledger.broken("I16", f"the record of {record.contact} says {said}, seen was {seen}")
