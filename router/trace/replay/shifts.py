"""The people of a replay: they come, take breaks, and go, and their time is counted.

A person with several sets of queues is several agents of the engine (see `profiles`), one at a time. It must not know
what they work on.

The one idea: asking is not having. A break or a log-out that falls into a contact begins when the engine says so, and
only then does the time count.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from router.core.commands import Attach, LogIn, LogOut, NotReady, Ready
from router.core.effects import AgentState
from router.trace.records import Break, Shift
from router.trace.replay.agenda import BREAK, LOG_IN, LOG_OUT, Agenda
from router.trace.replay.line import Line
from router.trace.replay.settings import Worker
from router.trace.tap import Tap, unheard


class Person:
    """Somebody, and how their time went. In microseconds."""

    __slots__ = ("at", "coming", "logged_in_us", "name", "not_ready_us", "served", "work_us")

    def __init__(self, name: str) -> None:
        self.name = name
        self.at: Desk | None = None
        """Where they are signed in."""
        self.coming: Run | None = None
        """A shift at another desk that begins when they are done at this one."""
        self.served = 0
        self.work_us = 0
        """From accept to the end of wrap-up."""
        self.logged_in_us = 0
        self.not_ready_us = 0


class Desk:
    """A person with one set of queues: an agent of the engine."""

    __slots__ = ("in_hand", "name", "person", "resting_since_us", "run", "since_us")

    def __init__(self, name: str, person: Person) -> None:
        self.name = name
        self.person = person
        self.in_hand = 0
        """Contacts accepted and not wrapped up."""
        self.run: Run | None = None
        self.since_us = 0
        self.resting_since_us = -1


class Run:
    """A shift, as it goes."""

    __slots__ = ("asked", "desk", "due", "over", "shift")

    def __init__(self, desk: Desk, shift: Shift) -> None:
        self.desk = desk
        self.shift = shift
        self.due: deque[int] = deque()
        """Breaks whose time has come and that have not begun: how long each lasts."""
        self.asked = False
        """On a break, or one was asked for."""
        self.over = False


class Shifts:
    """Everybody's shifts and breaks."""

    def __init__(
        self, line: Line, agenda: Agenda, workers: Sequence[Worker], offset_us: int, tap: Tap = unheard
    ) -> None:
        """`tap`: see there."""
        self._tap = tap
        self.people: dict[str, Person] = {}
        self.desks: dict[str, Desk] = {}
        self._line = line
        self._agenda = agenda
        for worker in workers:
            person = self.people.setdefault(worker.person, Person(worker.person))
            desk = self.desks[worker.agent.name] = Desk(worker.agent.name, person)
            for shift in worker.agent.shifts:
                run = Run(desk, shift)
                agenda.plan(shift.from_us + offset_us, LOG_IN, self._begin, run)
                agenda.plan(shift.to_us + offset_us, LOG_OUT, self._finish, run)
                for pause in shift.breaks:
                    agenda.plan(pause.from_us + offset_us, BREAK, self._break_due, (run, pause))
        line.on[AgentState] = self._heard

    def attach(self, channels: tuple[str, ...]) -> None:
        """Everybody gets a phone of the gateway."""
        for desk in self.desks.values():
            self._line.tell(Attach(self._line.number(), desk.name, desk.name, channels))

    def took(self, desk: Desk) -> None:
        """Accepted a contact."""
        desk.in_hand += 1
        desk.person.served += 1

    def done(self, desk: Desk, work_us: int) -> None:
        """Wrapped up a contact that took so long, weighted by its share of the capacity."""
        desk.in_hand -= 1
        desk.person.work_us += work_us

    def close(self) -> None:
        """The replay is over: count the time of whoever is still there."""
        for person in self.people.values():
            if person.at is not None:
                self._gone(person.at)

    def _begin(self, run: Run) -> None:
        person = run.desk.person
        if run.over:
            return
        if person.at is not None and person.at is not run.desk:
            person.coming = run
            return
        line, desk = self._line, run.desk
        self._comes(desk, run)
        # Where the shift before has not ended yet, this takes its log-out back.
        line.tell(LogIn(line.number(), desk.name, ready=True))
        if person.at is None:
            person.at = desk
            desk.since_us = line.now_us
        desk.run = run
        if run.due:
            self._ask(run)

    def _comes(self, desk: Desk, run: Run) -> None:
        self._tap("agent_login", self._line.now_us, agent=desk.name, skills=list(run.shift.skills), reason="shift")

    def _goes(self, desk: Desk, why: str) -> None:
        self._tap("agent_logout", self._line.now_us, agent=desk.name, reason=why)

    def _finish(self, run: Run) -> None:
        desk, line = run.desk, self._line
        run.over = True
        run.due.clear()
        if desk.person.coming is run:
            desk.person.coming = None
        if desk.run is not run:
            return
        line.tell(LogOut(line.number(), desk.name))
        if not desk.in_hand and desk.person.at is desk:
            self._gone(desk)

    def _gone(self, desk: Desk) -> None:
        person, now_us = desk.person, self._line.now_us
        self._goes(desk, "shift")
        person.logged_in_us += now_us - desk.since_us
        self._rested(desk)
        person.at = desk.run = None
        if person.coming is not None:
            self._agenda.add(now_us, LOG_IN, self._begin, person.coming)
            person.coming = None

    def _break_due(self, due: tuple[Run, Break]) -> None:
        run, pause = due
        if run.over:
            return
        run.due.append(pause.for_us)
        if run.desk.run is run and not run.asked:
            self._ask(run)

    def _ask(self, run: Run) -> None:
        line, desk = self._line, run.desk
        run.asked = True
        line.tell(NotReady(line.number(), desk.name, "break"))
        if not desk.in_hand:
            self._rest(run)

    def _rest(self, run: Run) -> None:
        now_us = self._line.now_us
        self._goes(run.desk, "break")
        run.desk.resting_since_us = now_us
        self._agenda.add(now_us + run.due.popleft(), LOG_IN, self._back, run)

    def _back(self, run: Run) -> None:
        if run.over:
            return
        if run.due:
            self._agenda.add(self._line.now_us + run.due.popleft(), LOG_IN, self._back, run)
            return
        run.asked = False
        self._rested(run.desk)
        self._comes(run.desk, run)
        self._line.tell(Ready(self._line.number(), run.desk.name))

    def _rested(self, desk: Desk) -> None:
        if desk.resting_since_us >= 0:
            desk.person.not_ready_us += self._line.now_us - desk.resting_since_us
            desk.resting_since_us = -1

    def _heard(self, message: AgentState) -> None:
        """The engine did what was asked for during a contact."""
        desk = self.desks[message.agent]
        run = desk.run
        if message.state == "offline":
            if desk.person.at is desk:
                self._gone(desk)
        elif message.state == "not_ready" and run is not None and run.due and desk.resting_since_us < 0:
            self._rest(run)
