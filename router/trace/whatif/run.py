"""One run: a trace under one whole configuration, in virtual time.

    run(trace, settings, seed=1, helpers=[Helpers("back-office", most=6, slower=1.3, late_us=180_000_000)])

A pure function of its arguments. It must not know what is made of the outcome.

The one idea: what `replay` does for the order of contacts, for everything that a configuration says. The engine is the
same, its rules, plans and loans act as they would, and whatever it tells is heard here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from router.core.audit import Deed
from router.core.callbacks.book import CHANNEL
from router.core.commands import StartPlan
from router.core.effects import PlanStarted, QueueAnnouncement
from router.core.engine import Engine
from router.core.internal import GatewayUp, WallClock
from router.core.settings import Settings
from router.stats import Occupancy
from router.terms import MILLISECOND_US, SECOND_US
from router.trace.codec import Progress
from router.trace.patience import Times
from router.trace.records import Trace, TraceError
from router.trace.replay.agenda import LOG_IN, TICKS_MAX, Agenda
from router.trace.replay.ledger import Ledger
from router.trace.replay.line import GATEWAY, Line
from router.trace.replay.run import HEAD_US, without_collection
from router.trace.replay.shifts import Shifts
from router.trace.replay.watch import Watch
from router.trace.whatif.callbacks import Callbacks, Takers
from router.trace.whatif.callers import ANSWERS, Callers
from router.trace.whatif.case import Case
from router.trace.whatif.crew import Crew
from router.trace.whatif.fit import Fitted, Helpers, fit
from router.trace.whatif.lived import Lived, Time, Turn, told
from router.trace.whatif.redials import OFF, Again, Redials

SUPERVISOR: Final = "whatif"
"""Who starts plans by hand."""


class PlanStart(NamedTuple):
    """A plan that a supervisor starts."""

    plan: str
    at_us: int
    """Of the trace."""
    lasts_us: int = 0
    """0: as long as the plan says."""


def run(
    trace: Trace,
    configuration: Settings | None,
    *,
    seed: int = 1,
    times: Times | None = None,
    helpers: Iterable[Helpers] = (),
    plans: Iterable[PlanStart] = (),
    redials: Redials = OFF,
    takers: Takers | None = None,
    verify: bool = False,
    progress: Progress | None = None,
) -> Lived:
    """Run `trace` under a whole configuration; None: under the one that `replay` derives from the trace.

    `times`: what times not recorded are drawn from, where this trace is a day of a longer one. `helpers`: people who
    are not in the trace and may be lent. `plans`: what a supervisor starts by hand. `redials`: who calls again for how
    they fared. `takers`: who takes the call-backs that are offered; None: nobody. `verify` checks the engine's world
    while it runs. The same for the same arguments; two configurations with one seed meet callers with the same patience
    and talk times.

    Raises TraceError where the trace can't be replayed, or the configuration has no such plan.
    """
    helpers = tuple(helpers)
    fitted = fit(trace, configuration, helpers, calls_back=takers is not None)
    times = times or Times(trace.contacts)
    again = Again(trace, redials, times, seed) if redials.modelled else None
    drawn = times.draws(trace, seed)
    if again is not None:
        drawn = again.one_need(trace.contacts, drawn)
    cases = [Case(contact, draw) for contact, draw in zip(trace.contacts, drawn, strict=True)]
    if takers is not None:
        # The run makes its own.
        cases = [case for case in cases if case.contact.channel != CHANNEL]
    one = _Run(cases, again, takers, seed, fitted, helpers, verify, progress)
    one.start_plans(plans)
    with without_collection():
        one.drive()
    return one.lived()


class _Run:
    """From the first command to the outcome."""

    def __init__(
        self,
        cases: list[Case],
        again: Again | None,
        takers: Takers | None,
        seed: int,
        by: Fitted,
        helpers: tuple[Helpers, ...],
        verify: bool,
        progress: Progress | None,
    ) -> None:
        self.by = by
        settings = by.settings
        self.ledger = Ledger({}, {}, {})
        self.engine = Engine(settings, epoch=1)
        self.engine.activate(0)
        watch = Watch(self.engine.world, self.ledger, verify)
        self.line = Line(self.engine, f"{by.tenant}/{GATEWAY}", self.ledger, watch, ANSWERS)
        self.agenda = Agenda()
        self.shifts = Shifts(self.line, self.agenda, by.workers, HEAD_US)
        own = {agent.name: agent for agent in settings.agents if agent.tenant == by.tenant}
        self.teams = {name: agent.team for name, agent in own.items()}
        capacities = {name: agent.capacity_units for name, agent in own.items()}
        by_team = {helper.team: helper for helper in helpers}
        called = {name: by_team[own[name].team] for name in by.helpers}
        self.crew = Crew(self.line, self.agenda, self.shifts, called, capacities, HEAD_US)
        units = {channel.name: channel.units for channel in settings.channels}
        shares = {
            (name, channel): units[channel] / max(1, most) for name, most in capacities.items() for channel in units
        }
        total = len(cases)
        self.callers = Callers(
            self.line,
            self.agenda,
            self.ledger,
            self.shifts,
            cases,
            by.by_routes,
            self.crew.slower,
            self.crew.settle,
            shares,
            HEAD_US,
            None if progress is None else lambda arrived: progress("contacts", arrived, total),
            again,
            self._calls_back(takers, seed),
        )
        self.channels = tuple(sorted(units))
        self.turns: list[Turn] = []
        self.announced: Counter[str] = Counter()
        self.line.on_deed = self._deed
        self.line.on[QueueAnnouncement] = self._announcement
        self._head_s = by.utc_s - HEAD_US / SECOND_US
        """The wall clock at core time 0."""
        self._told_s = -1
        self._started = 0

    def _calls_back(self, takers: Takers | None, seed: int) -> Callbacks | None:
        self.dials = takers is not None
        if takers is None:
            return None
        rules = {queue.name: queue.callback for queue in self.by.settings.queues if queue.tenant == self.by.tenant}
        return Callbacks(self.line, self.agenda, self.ledger, self.shifts, rules, takers, seed)

    def start_plans(self, plans: Iterable[PlanStart]) -> None:
        """A supervisor starts these at their times. Raises TraceError for one that is not there."""
        known = {plan.name for plan in self.by.settings.plans if plan.tenant == self.by.tenant}
        for start in plans:
            if start.plan not in known:
                listed = ", ".join(sorted(known)) or "it has none"
                what = f"the configuration has no plan {start.plan}"
                raise TraceError("no_such_plan", what, remedy=f"name one of plans.toml: {listed}")
            self.agenda.plan(start.at_us + HEAD_US, LOG_IN, self._start_plan, start)

    def _start_plan(self, start: PlanStart) -> None:
        peer = f"{self.by.tenant}/{SUPERVISOR}"
        self._started += 1
        if self._started == 1:
            self.line.inform(GatewayUp(SUPERVISOR, role="supervisor"), peer)
        lasts_ms = start.lasts_us // MILLISECOND_US or None
        reply = self.line.inform(StartPlan(self._started, SUPERVISOR, "as asked", start.plan, lasts_ms), peer)
        if not isinstance(reply, PlanStarted):
            self.ledger.broken("reply", f"plan {start.plan} was answered {reply}")

    def drive(self) -> None:
        """From the first event to the last."""
        line, callers, agenda = self.line, self.callers, self.agenda
        self._tell_time(0)
        line.open(sends=True, dials=self.dials)
        self.shifts.attach(self.channels)
        agenda.begin()
        agenda.drive(self)
        callers.send_away_waiting()
        self.shifts.close()
        line.finish()
        callers.close()

    def due_us(self) -> int | None:
        """The engine's next deadline."""
        return self.engine.next_deadline_us()

    def wake(self, at_us: int) -> None:
        """Let what is due happen, by the right clock, and answer it."""
        self._tell_time(at_us - 1)
        self.line.wake(at_us)
        self.callers.settle()

    def step(self, at_us: int, do: Callable[[Any], None], what: Any) -> None:
        """One event, and what the engine says to it."""
        self._tell_time(at_us)
        self.line.now_us = at_us
        do(what)
        self.callers.settle()

    def stuck(self) -> None:
        """More deadlines than there can be."""
        self.ledger.broken("L2", f"{TICKS_MAX} deadlines and no event at {self.line.now_us} us")

    def _tell_time(self, at_us: int) -> None:
        """The wall clock, told as the daemon does: whenever another second has begun."""
        utc_s = int(self._head_s + at_us / SECOND_US)
        if utc_s > self._told_s and at_us >= self.line.now_us:
            self._told_s = utc_s
            self.line.now_us = at_us
            self.line.inform(WallClock(utc_s))

    def _deed(self, deed: Deed) -> None:
        at_us = max(0, round((deed.utc_s - self.by.utc_s) * SECOND_US))
        self.turns.append(Turn(at_us, deed.what, deed.target, deed.why, dict(deed.after)))

    def _announcement(self, message: QueueAnnouncement) -> None:
        if message.message:
            self.announced[message.queue] += 1

    def lived(self) -> Lived:
        """What came of it."""
        own = [queue for queue in self.by.settings.queues if queue.tenant == self.by.tenant]
        contracts = {each.name: each for each in self.by.settings.partners if each.tenant == self.by.tenant}
        people = {
            name: Time(
                self.teams[name],
                name in self.by.helpers,
                person.served,
                Occupancy(person.work_us, person.logged_in_us, person.not_ready_us),
            )
            for name, person in self.shifts.people.items()
        }
        return Lived(
            callers=[told(case, contracts.get(case.partner), HEAD_US) for case in self.callers.cases if case.came],
            moves=self.crew.moves,
            turns=self.turns,
            announced=dict(sorted(self.announced.items())),
            people=people,
            targets_us={queue.name: queue.target_us for queue in own},
            short_abandon_us=self.by.settings.short_abandon_us,
            said=self.by.said,
            violations=dict(sorted(self.ledger.violations.items())),
            first_violations=list(self.ledger.first),
            digest=self.line.digest(),
            commands=self.engine.world.tally.commands,
        )
