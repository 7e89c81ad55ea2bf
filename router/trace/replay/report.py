"""What a replay found: figures, recorded beside simulated, as one object for programs and as tables for people.

It must not know how the replay was driven.

The one idea: both sides are counted by the same lines from the same kind of visits, so a difference between them is a
difference between the centre and the engine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from router.core.settings import Settings
from router.stats import Occupancy, ServiceLevel, occupancy, service_level
from router.terms import SECOND_US
from router.trace import customers
from router.trace.customers import CustomersPair
from router.trace.records import Header, Trace
from router.trace.report import Figures, Visit, figures, recorded


@dataclass(slots=True, frozen=True)
class Side:
    """The figures of one side, recorded or simulated, for a queue or for all."""

    figures: Figures
    service_level: float | None
    """Within the queue's target, by the definition of `router.stats`; for all queues, each by its own target."""

    def as_json(self) -> dict[str, Any]:
        """Counts, seconds, and shares from 0 to 1; null where nothing is known."""
        return {**asdict(self.figures), "service_level": self.service_level}


class Pair(NamedTuple):
    """Both sides of the same thing."""

    recorded: Side
    simulated: Side

    def difference(self) -> dict[str, float | None]:
        """Simulated less recorded: the mean wait as a part of the recorded one, shares in points (hundredths)."""
        was, is_ = self.recorded.figures, self.simulated.figures
        wait = None
        if was.mean_wait_s and is_.mean_wait_s is not None:
            wait = is_.mean_wait_s / was.mean_wait_s - 1
        return {
            "mean_wait": wait,
            "abandoned_points": _points(was.abandoned_share, is_.abandoned_share),
            "within_20s_points": _points(was.within_20s_share, is_.within_20s_share),
        }

    def as_json(self) -> dict[str, Any]:
        """Both sides and the difference."""
        return {
            "recorded": self.recorded.as_json(),
            "simulated": self.simulated.as_json(),
            "difference": self.difference(),
        }


class AgentTime(NamedTuple):
    """What one person did, on one side."""

    served: int
    time: Occupancy

    def as_json(self) -> dict[str, Any]:
        """Seconds, and occupancy from 0 to 1 (null: never ready)."""
        return {
            "served": self.served,
            "work_s": self.time.work_us / SECOND_US,
            "logged_in_s": self.time.logged_in_us / SECOND_US,
            "not_ready_s": self.time.not_ready_us / SECOND_US,
            "occupancy": occupancy(self.time),
        }


class Table(NamedTuple):
    """Something to print: every row has as many cells as there are columns."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


@dataclass(slots=True, frozen=True)
class ReplayReport:
    """The outcome of a replay."""

    header: Header
    contacts: int
    """Served, abandoned and left out."""
    served: int
    abandoned: int
    left_out: int
    stayed: int
    """Of the abandoned, those who never hang up by themselves and for whom nobody ever came."""
    whole: Pair
    customers: CustomersPair
    queues: dict[str, Pair]
    agents: dict[str, tuple[AgentTime, AgentTime]]
    """Person -> recorded, simulated."""
    violations: dict[str, int]
    """Invariant -> how often it was broken; empty where all held."""
    first_violations: list[str]
    digest: str
    commands: int
    effects: int
    seconds: float
    """Of the whole replay, checks included."""
    commands_per_s: float
    seed: int
    settings: Settings
    configured: tuple[str, ...]
    derived: tuple[str, ...]
    not_in_trace: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """One object for programs; the keys are listed in `docs/traces.md`."""
        targets = {queue.name: queue.target_us / SECOND_US for queue in self.settings.queues}
        return {
            "source": self.header.source,
            "acknowledgement": self.header.acknowledgement,
            "contacts": self.contacts,
            "served": self.served,
            "abandoned": self.abandoned,
            "left_out": self.left_out,
            "left_out_by_reason": dict(self.header.left_out),
            "stayed": self.stayed,
            "violations": sum(self.violations.values()),
            "violations_by_invariant": dict(self.violations),
            "first_violations": self.first_violations,
            "digest": self.digest,
            "commands": self.commands,
            "effects": self.effects,
            "seconds": self.seconds,
            "commands_per_s": self.commands_per_s,
            "seed": self.seed,
            "recorded": self.whole.recorded.as_json(),
            "simulated": self.whole.simulated.as_json(),
            "difference": self.whole.difference(),
            "customers": self.customers.as_json(),
            "queues": {
                name: {
                    "title": self.header.queues.get(name, name),
                    "target_s": targets[name],
                    "settings": "configuration" if name in self.configured else "derived",
                    **pair.as_json(),
                }
                for name, pair in self.queues.items()
            },
            "agents": {
                name: {"recorded": was.as_json(), "simulated": is_.as_json()}
                for name, (was, is_) in self.agents.items()
            },
            "settings": {
                "configured": list(self.configured),
                "derived": list(self.derived),
                "not_in_trace": list(self.not_in_trace),
            },
        }

    def tables(self) -> list[Table]:
        """Queues, agents and, with a configuration, which queues it was found for; no wider than a terminal of 80
        columns where names are short."""
        queues = [row for name, pair in self.queues.items() for row in _queue_rows(name, pair)]
        agents = [_agent_row(name, was, is_) for name, (was, is_) in self.agents.items()]
        tables = [
            Table(_QUEUE_TITLE, _QUEUE_COLUMNS, [*queues, *_queue_rows("all", self.whole)]),
            Table(customers.TITLE, customers.COLUMNS, self.customers.rows()),
            Table("Agents: simulated / recorded", _AGENT_COLUMNS, agents),
        ]
        if self.configured or self.not_in_trace:
            found: list[tuple[str, ...]] = [
                *((name, "of the configuration") for name in self.configured),
                *((name, "derived: not in the configuration") for name in self.derived),
                *((name, "not used: not in the trace") for name in self.not_in_trace),
            ]
            tables.append(Table("Queues' settings", ("queue", "settings"), found))
        return tables


def sides(
    visits: Iterable[Visit], queues: Iterable[str], targets_us: Mapping[str, int], short_abandon_us: int
) -> tuple[Side, dict[str, Side]]:
    """The figures of one side: of all, and of each of `queues`, also where nothing happened."""
    by_queue: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        by_queue[visit.queue].append(visit)
    each: dict[str, Side] = {}
    level = ServiceLevel(0, 0)
    for queue in queues:
        own = by_queue[queue]
        own_level = service_level(
            (visit.wait_us for visit in own if visit.answered),
            (visit.wait_us for visit in own if not visit.answered),
            target_us=targets_us[queue],
            short_abandon_us=short_abandon_us,
        )
        level = level.plus(own_level)
        each[queue] = Side(figures(own), own_level.share)
    every = (visit for own in by_queue.values() for visit in own)
    return Side(figures(every), level.share), each


def recorded_times(trace: Trace) -> dict[str, AgentTime]:
    """Each person's work and time, as the trace has them."""
    served: defaultdict[str, int] = defaultdict(int)
    work_us: defaultdict[str, int] = defaultdict(int)
    for contact in trace.contacts:
        if contact.agent is not None and contact.outcome == "answered":
            served[contact.agent] += 1
            work_us[contact.agent] += (contact.service_us or 0) + (contact.wrap_up_us or 0)
    times = {}
    for agent in trace.agents:
        logged_in_us = sum(shift.to_us - shift.from_us for shift in agent.shifts)
        not_ready_us = sum(
            max(0, min(pause.for_us, shift.to_us - pause.from_us)) for shift in agent.shifts for pause in shift.breaks
        )
        time = Occupancy(work_us[agent.name], logged_in_us, not_ready_us)
        times[agent.name] = AgentTime(served[agent.name], time)
    return times


def recorded_visits(trace: Trace) -> list[Visit]:
    """The visits as they were recorded."""
    return list(recorded(trace))


_QUEUE_TITLE = "Queues: seconds of wait of the served, shares of all who queued"
_QUEUE_COLUMNS = ("queue", "", "served", "abandoned", "in target", "mean, s", "90 %, s", "in 20 s")
_AGENT_COLUMNS = ("agent", "served", "logged in", "not ready", "occupancy")


def _queue_rows(name: str, pair: Pair) -> list[tuple[str, ...]]:
    return [_queue_row(name, "simulated", pair.simulated), _queue_row("", "recorded", pair.recorded)]


def _queue_row(name: str, which: str, side: Side) -> tuple[str, ...]:
    of = side.figures
    return (
        name,
        which,
        str(of.served),
        _percent(of.abandoned_share),
        _percent(side.service_level),
        _seconds(of.mean_wait_s),
        _seconds(of.p90_wait_s),
        _percent(of.within_20s_share),
    )


def _agent_row(name: str, was: AgentTime, is_: AgentTime) -> tuple[str, ...]:
    return (
        name,
        f"{is_.served} / {was.served}",
        f"{_hours(is_.time.logged_in_us)} / {_hours(was.time.logged_in_us)}",
        f"{_hours(is_.time.not_ready_us)} / {_hours(was.time.not_ready_us)}",
        f"{_percent(occupancy(is_.time))} / {_percent(occupancy(was.time))}",
    )


def _points(was: float | None, is_: float | None) -> float | None:
    return None if was is None or is_ is None else (is_ - was) * 100


def _percent(part: float | None) -> str:
    return "-" if part is None else f"{part:.1%}"


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.1f}"


def _hours(us: int) -> str:
    return f"{us / SECOND_US / 3_600:.1f} h"
