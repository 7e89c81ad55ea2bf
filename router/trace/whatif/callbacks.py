"""The call-backs of a run: who takes one that is offered, and what becomes of each time that they are dialled.

The engine decides when to dial, how often, and for whom; here is the customer who takes the offer or not, and who
answers or not. It must not know what an offer came with.

The one idea: a call-back is a case of its own, with the talk and the patience of whoever took it. It comes when its
customer is on the line.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from router.core.callbacks.book import CHANNEL, may_dial
from router.core.callbacks.settings import CallbackRules
from router.core.commands import Dialled, ScheduleCallback, TakeCallback
from router.core.effects import Busy, CallbackTaken, Dial, DialCancelled, Error
from router.terms import MILLISECOND_US
from router.trace.replay.agenda import ENDS, Agenda
from router.trace.replay.ledger import Ledger
from router.trace.replay.line import Line
from router.trace.replay.shifts import Desk, Shifts
from router.trace.whatif.case import Case

REFUSALS: Final = frozenset({"no_callbacks", "callback_open", "too_many_callbacks", "gone"})
"""Why there may be none, as the protocol page says: the customer waits on, or is sent away."""


@dataclass(slots=True, frozen=True)
class Takers:
    """How customers behave who are offered a call-back."""

    accept: float
    """The part that takes it."""
    answer: float
    """The part of the tries that reaches them."""


class Callbacks:
    """All call-backs of a run."""

    def __init__(
        self,
        line: Line,
        agenda: Agenda,
        ledger: Ledger,
        shifts: Shifts,
        rules: Mapping[str, CallbackRules],
        takers: Takers,
        seed: int,
    ) -> None:
        """`rules`: of each queue."""
        self._cases: dict[str, Case] = {}
        """By contact id."""
        self.made: Callable[[Case], None] = lambda _: None
        """Told of each call-back when it is taken."""
        self.reached: Callable[[Case], None] = lambda _: None
        """Told when its customer is on the line, and waits for an agent; `joined`: when an agent is there already."""
        self.joined: Callable[[Case], None] = lambda _: None
        self._line = line
        self._agenda = agenda
        self._ledger = ledger
        self._shifts = shifts
        self._rules = rules
        self._takers = takers
        self._seed = seed
        self._numbers = 0
        self._dialling: dict[str, int] = {}
        """Contact -> the try that is under way."""
        self._heard: list[Dial | DialCancelled] = []
        line.on[Dial] = self._heard.append
        line.on[DialCancelled] = self._heard.append

    def settle(self) -> None:
        """Begin to dial, or stop. What is said together with the reply to `take` is of a call-back that it has made."""
        for message in self._heard:
            if isinstance(message, Dial):
                self._dial(message)
            else:
                self._cancelled(message)
        self._heard.clear()

    def take(self, case: Case) -> bool:
        """One is offered to somebody who waits. True: they take it, and wait no more."""
        number = self._number(case, case.queue)
        if number is None:
            return False
        return self._asked(case, TakeCallback(self._line.number(), case.contact.id, number))

    def take_instead(self, case: Case) -> bool:
        """One is offered to somebody who is not let in, or is sent away."""
        number = self._number(case, case.queue)
        if number is None:
            return False
        asked = ScheduleCallback(
            self._line.number(), case.queue, number, priority_s=case.contact.head_start_s,
            customer=case.contact.customer,
        )  # fmt: skip
        return self._asked(case, asked)

    def _asked(self, case: Case, command: TakeCallback | ScheduleCallback) -> bool:
        line = self._line
        reply = line.inform(command)
        if not isinstance(reply, CallbackTaken):
            if not (isinstance(reply, Busy) or (isinstance(reply, Error) and reply.code in REFUSALS)):
                self._ledger.broken("reply", f"{command} was answered {reply}")
            return False
        contact = replace(case.contact, id=reply.callback, channel=CHANNEL)
        called = Case(contact, case.draw)
        called.origin, called.attempt = case.origin, case.attempt
        called.queue, called.is_callback = case.queue, True
        case.called = self._cases[contact.id] = called
        self.made(called)
        return True

    def _number(self, case: Case, queue: str) -> str | None:
        """A number of this customer's that the queue dials; None: they take none, or it has none to dial."""
        rules = self._rules.get(queue)
        if rules is None or case.called is not None or not self._happens(self._takers.accept, "takes", case):
            return None
        self._numbers += 1
        numbers = (f"{prefix}{self._numbers:08}" for prefix in rules.numbers)
        return next((number for number in numbers if may_dial(rules, number)), None)

    def _dial(self, message: Dial) -> None:
        case = self._cases[message.contact]
        case.queue = message.queue
        self._dialling[message.contact] = message.attempt
        if message.agent is not None:
            # The agent is with this call-back until the customer answers, or does not.
            case.desk = self._shifts.desks[message.agent]
            case.desk.in_hand += 1
        rules = self._rules[message.queue]
        takes_us = min(rules.dialling_us, message.most_ms * MILLISECOND_US - 1)
        self._agenda.add(self._line.now_us + takes_us, ENDS, self._dialled, (case, message.attempt))

    def _cancelled(self, message: DialCancelled) -> None:
        self._dialling.pop(message.contact, None)
        self._leaves_desk(self._cases[message.contact])

    def _dialled(self, told: tuple[Case, int]) -> None:
        case, attempt = told
        line = self._line
        if self._dialling.get(case.contact.id) != attempt:
            return
        del self._dialling[case.contact.id]
        desk = self._leaves_desk(case)
        if not self._happens(self._takers.answer, f"answers {attempt}", case):
            line.tell(Dialled(line.number(), case.contact.id, "no_answer"))
            return
        # Before the engine hears of it: what it offers then comes together with the reply.
        case.comes(line.now_us)
        line.tell(Dialled(line.number(), case.contact.id, "answered"))
        if desk is None:
            self.reached(case)
        else:
            case.desk = desk
            self.joined(case)

    def _leaves_desk(self, case: Case) -> Desk | None:
        desk, case.desk = case.desk, None
        if desk is not None:
            desk.in_hand -= 1
        return desk

    def _happens(self, share: float, what: str, case: Case) -> bool:
        return random.Random(f"{self._seed} {what} {case.attempt} {case.origin.id}").random() < share
