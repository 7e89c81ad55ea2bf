"""Runs a trace through the engine in virtual time and reports what became of it.

A pure function of trace, settings and seed (but for the seconds that it took): no socket, no file. It must not know who
prints the report.

The one idea: the code that routes is the code that is measured. Everything here is what stands around it: a gateway
that speaks (`replay_line`, `replay_calls`, `replay_shifts`), a ledger that judges (`replay_ledger`, `replay_watch`),
and figures (`replay_report`).
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, Final

from router.core.engine import Engine
from router.core.settings import Settings
from router.stats import Occupancy
from router.terms import SECOND_US
from router.trace.codec import Progress
from router.trace.customers import CustomersPair, customers
from router.trace.patience import draws
from router.trace.records import Trace
from router.trace.replay.agenda import TICKS_MAX, Agenda
from router.trace.replay.calls import Calls
from router.trace.replay.ledger import Ledger
from router.trace.replay.line import GATEWAY, Line
from router.trace.replay.report import AgentTime, Pair, ReplayReport, recorded_times, recorded_visits, sides
from router.trace.replay.settings import TENANT, Basis, derive
from router.trace.replay.shifts import Shifts
from router.trace.replay.watch import Watch
from router.trace.report import Visit
from router.trace.tap import Tap, unheard

HEAD_US: Final = SECOND_US
"""Core time of the trace's first moment: the gateway comes up before it."""


def replay(
    trace: Trace,
    *,
    settings: Settings | None = None,
    seed: int = 1,
    basis: Trace | None = None,
    progress: Progress | None = None,
    verify: bool = True,
    tap: Tap = unheard,
) -> ReplayReport:
    """Replay `trace`; the same report (but for its seconds) and the same digest for the same arguments.

    `settings`: a configuration whose queues give target, boost, class, order and agent choice to those of the trace
    with the same names. `basis`: the trace that times not recorded are estimated from, where this one is a day of it.
    `progress` is told contacts arrived, of how many. `verify` checks the engine's world while it runs; the outside
    ledger always judges. `tap` hears what happens as events of the neutral schema, in seconds of the trace.

    Raises TraceError where the trace cannot be replayed.
    """
    began_s = perf_counter()
    with without_collection():
        run = _Run(trace, derive(trace, settings), seed, basis, progress, verify, tap)
        driving_s = perf_counter()
        run.drive()
        took_s = perf_counter() - driving_s
        return run.report(seed, took_s, began_s)


class _Run:
    """One replay, from the first command to the report."""

    def __init__(
        self,
        trace: Trace,
        by: Basis,
        seed: int,
        basis: Trace | None,
        progress: Progress | None,
        verify: bool,
        tap: Tap,
    ) -> None:
        self.trace = trace
        self.by = by
        channels = {channel.name: channel.units for channel in by.settings.channels}
        capacities = {agent.name: agent.capacity_units for agent in by.settings.agents}
        serves = {worker.agent.name: frozenset(worker.agent.skills) for worker in by.workers}
        self.channels = tuple(sorted(channels))
        self.ledger = Ledger(capacities, serves, channels)
        self.engine = Engine(by.settings, epoch=1)
        self.engine.activate(0)
        watch = Watch(self.engine.world, self.ledger, verify)
        self.line = Line(self.engine, f"{TENANT}/{GATEWAY}", self.ledger, watch)
        self.agenda = Agenda()
        self.shifts = Shifts(self.line, self.agenda, by.workers, HEAD_US, tap)
        shares = {
            (name, channel): channels[channel] / most for name, most in capacities.items() for channel in channels
        }
        total = len(trace.contacts)
        self.calls = Calls(
            self.line,
            self.agenda,
            self.ledger,
            self.shifts,
            trace.contacts,
            draws(trace, seed, basis=basis),
            shares,
            HEAD_US,
            None if progress is None else lambda arrived: progress("contacts", arrived, total),
            tap,
        )

    def drive(self) -> None:
        """From the first event to the last."""
        line, calls, agenda = self.line, self.calls, self.agenda
        line.open()
        self.shifts.attach(self.channels)
        agenda.begin()
        agenda.drive(self)
        calls.send_away_waiting()
        self.shifts.close()
        line.finish()
        tally = self.engine.world.tally
        self.ledger.close(tally.accepted, tally.ended, self.engine.world.live)

    def due_us(self) -> int | None:
        """The engine's next deadline."""
        return self.engine.next_deadline_us()

    def wake(self, at_us: int) -> None:
        """Let what is due happen, and answer the offers."""
        self.line.wake(at_us)
        if self.line.offers:
            self.calls.answer_offers()

    def step(self, at_us: int, do: Callable[[Any], None], what: Any) -> None:
        """One event, and the offers that follow."""
        self.line.now_us = at_us
        do(what)
        if self.line.offers:
            self.calls.answer_offers()

    def stuck(self) -> None:
        """More deadlines than there can be."""
        self.ledger.broken("L2", f"{TICKS_MAX} deadlines and no event at {self.line.now_us} us")

    def report(self, seed: int, took_s: float, began_s: float) -> ReplayReport:
        """What came of it."""
        trace, by, calls, ledger = self.trace, self.by, self.calls, self.ledger
        targets_us = {queue.name: queue.target_us for queue in by.settings.queues}
        simulated = [Visit(call.contact.queue, call.served, call.wait_us) for call in calls.calls]
        now, now_each = sides(simulated, targets_us, targets_us, by.settings.short_abandon_us)
        then, then_each = sides(recorded_visits(trace), targets_us, targets_us, by.settings.short_abandon_us)
        left_out = sum(trace.header.left_out.values())
        agents = {
            name: (was, AgentTime(person.served, Occupancy(person.work_us, person.logged_in_us, person.not_ready_us)))
            for name, was in recorded_times(trace).items()
            if (person := self.shifts.people.get(name)) is not None
        }
        commands = self.engine.world.tally.commands
        return ReplayReport(
            header=trace.header,
            contacts=len(trace.contacts) + left_out,
            served=now.figures.served,
            abandoned=now.figures.abandoned,
            left_out=left_out,
            stayed=calls.stayed,
            whole=Pair(then, now),
            customers=_customers(trace, calls),
            queues={name: Pair(then_each[name], now_each[name]) for name in targets_us},
            agents=agents,
            violations=dict(sorted(ledger.violations.items())),
            first_violations=list(ledger.first),
            digest=self.line.digest(),
            commands=commands,
            effects=self.line.effects,
            seconds=perf_counter() - began_s,
            commands_per_s=commands / took_s,
            seed=seed,
            settings=by.settings,
            configured=by.configured,
            derived=by.derived,
            not_in_trace=by.not_in_trace,
        )


def _customers(trace: Trace, calls: Calls) -> CustomersPair:
    """Who came again, in the record and in the simulation."""
    was = ((contact, contact.outcome == "answered") for contact in trace.contacts if contact.outcome is not None)
    now = ((call.contact, call.served) for call in calls.calls)
    return CustomersPair(customers(trace, was), customers(trace, now))


@contextmanager
def without_collection() -> Iterator[None]:
    """No cycle collection meanwhile: hardly anything that a replay drops is in a cycle, and looking through a month of
    contacts again and again finds nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
