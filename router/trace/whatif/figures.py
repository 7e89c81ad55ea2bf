"""What a run comes to: figures of each queue, each team and the whole, and how the day went by half-hours.

It must not know of a second side. The one idea: every figure is a number by name, unknown where nothing was counted, so
that two sides are set beside each other without knowing what a figure means.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

from router.stats import Occupancy, abandonment, mean_us, quantile_us, service_level, team_occupancy
from router.terms import SECOND_US
from router.trace.records import DAY_US
from router.trace.report import Visit
from router.trace.whatif.lived import Lived, Told

SLOT_US: Final = 1_800 * SECOND_US
"""A half-hour."""

Unit: TypeAlias = Literal["share", "seconds", "contacts", "times", "money"]
Values: TypeAlias = dict[str, float | None]


class Figure(NamedTuple):
    """One row of what is compared."""

    name: str
    title: str
    unit: Unit
    doc: str


OF_QUEUES: Final = (
    Figure("service_level", "in target", "share", "Answered within target / (answered + abandoned after a while)."),
    Figure("mean_wait_s", "mean wait", "seconds", "Of the answered, from arrival."),
    Figure("p90_wait_s", "90 % wait", "seconds", "Nine in ten of the answered waited no longer."),
    Figure("abandonment", "abandoned", "share", "Abandoned / (answered + abandoned)."),
    Figure(
        "beyond_target", "not in target", "share",
        "Not answered within target, here or by a partner, of all who asked for the queue: who was refused or sent "
        "away counts, who hung up within `short_abandon_s` does not count at all.",
    ),
    Figure("partner", "by partners", "contacts", "Answered by a partner outside; in no wait and no service level."),
    Figure("cost", "cost", "money", "Of those, by the partners' prices."),
    Figure("refused", "refused", "contacts", "Not let in, or sent away while they waited."),
    Figure(
        "redials", "redials", "contacts",
        "Came because an attempt of theirs before had failed; each attempt counts as a contact in all figures.",
    ),
    Figure("moved", "moved", "contacts", "Sent on to another queue."),
    Figure("announced", "announced", "times", "Played to those who waited, and special ones of rules and plans."),
    Figure(
        "callbacks", "call-backs", "contacts",
        "Have taken a call-back: in no wait and no service level until they are on the line. From then on they count "
        "like who calls then, but for `beyond_target`, which counts them once: as not answered within target.",
    ),
    Figure(
        "callbacks_reached", "reached", "share",
        "Of those, on the line before the time (`lasts_s`) and tries that the queue promises them were used up.",
    ),
    Figure("until_called_s", "until called", "seconds", "Mean, from taking the call-back until they are on the line."),
    Figure("advised", "advised", "contacts", "Offered a call-back, or another channel."),
)  # fmt: skip
"""Of a queue: of all who asked for it, wherever they were served; and of all queues."""
OF_TEAMS: Final = (
    Figure("occupancy", "occupancy", "share", "Work / (signed in and ready), by capacity."),
    Figure("served", "served", "contacts", "Contacts taken."),
    Figure("loans", "lent", "times", "How often somebody was lent to other work."),
)


class Slot(NamedTuple):
    """A half-hour of arrivals, added up."""

    met: int = 0
    counted: int = 0
    """For the service level."""
    wait_us: int = 0
    answered: int = 0
    arrived: int = 0

    def plus(self, other: Slot) -> Slot:
        """Both together."""
        return Slot(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class Span(NamedTuple):
    """A time in which a rule or plan was active, in microseconds of the trace; `observes`: it did nothing."""

    name: str
    from_us: int
    to_us: int
    why: str
    observes: bool


@dataclass(slots=True)
class Counted:
    """The figures of one run."""

    queues: dict[str, Values]
    whole: Values
    teams: dict[str, Values]
    visits: list[Visit]
    """For the comparison with the record."""
    slots: dict[str, dict[int, Slot]]
    """Queue -> half-hour of the day -> its callers."""
    spans: list[Span]
    said: tuple[str, ...]
    violations: dict[str, int] = field(default_factory=dict)
    first_violations: list[str] = field(default_factory=list)


def count(lived: Lived, targets_us: Mapping[str, int], over_us: int, clock_us: int = 0) -> Counted:
    """The figures of a run, by these targets (queue -> microseconds; a queue that is not there by its own). The trace
    begins at the time of day `clock_us` and ends `over_us` later."""
    targets = {**lived.targets_us, **targets_us}
    by_queue: defaultdict[str, list[Told]] = defaultdict(list)
    for told in lived.callers:
        by_queue[told.queue].append(told)
    short_us = lived.short_abandon_us
    queues = {
        name: _of_queue(by_queue[name], targets, short_us, lived.announced.get(name, 0)) for name in sorted(by_queue)
    }
    return Counted(
        queues=queues,
        whole=_of_queue(lived.callers, targets, short_us, sum(lived.announced.values())),
        teams=_teams(lived),
        visits=[Visit(told.queue, told.fate == "answered", told.wait_us) for told in lived.callers],
        slots={name: _slots(by_queue[name], targets[name], short_us, clock_us) for name in sorted(by_queue)},
        spans=_spans(lived, over_us),
        said=lived.said,
        violations=lived.violations,
        first_violations=lived.first_violations,
    )


def beyond_target(callers: Iterable[Told], targets_us: Mapping[str, int], short_abandon_us: int) -> float | None:
    """The share of `Figure` `beyond_target`; None where nobody counts."""
    missed = counted = 0
    for told in callers:
        if told.reached or (told.fate == "abandoned" and told.wait_us <= short_abandon_us):
            continue
        counted += 1
        missed += told.fate not in ("answered", "partner") or told.wait_us > targets_us[told.queue]
    return missed / counted if counted else None


def _of_queue(callers: list[Told], targets_us: Mapping[str, int], short_us: int, special: int) -> Values:
    answered = [told.wait_us for told in callers if told.fate == "answered"]
    abandoned = [told.wait_us for told in callers if told.fate == "abandoned"]
    met = counted = 0
    for queue in {told.queue for told in callers}:
        level = service_level(
            (told.wait_us for told in callers if told.queue == queue and told.fate == "answered"),
            (told.wait_us for told in callers if told.queue == queue and told.fate == "abandoned"),
            target_us=targets_us[queue],
            short_abandon_us=short_us,
        )
        met, counted = met + level.met, counted + level.counted
    called = [told.until_called_us for told in callers if told.fate == "callback"]
    until = [until_us for until_us in called if until_us is not None]
    mean, p90 = mean_us(answered), quantile_us(answered, 0.9)
    return {
        "service_level": met / counted if counted else None,
        "mean_wait_s": None if mean is None else mean / SECOND_US,
        "p90_wait_s": None if p90 is None else p90 / SECOND_US,
        "abandonment": abandonment(len(answered), len(abandoned)),
        "beyond_target": beyond_target(callers, targets_us, short_us),
        "partner": float(sum(1 for told in callers if told.fate == "partner")),
        "cost": sum(told.cost for told in callers),
        "refused": float(sum(1 for told in callers if told.fate in ("refused", "treated"))),
        "redials": float(sum(told.redial for told in callers)),
        "moved": float(sum(told.moves for told in callers)),
        "announced": float(sum(told.announced for told in callers) + special),
        "callbacks": float(len(called)),
        "callbacks_reached": len(until) / len(called) if called else None,
        "until_called_s": sum(until) / len(until) / SECOND_US if until else None,
        "advised": float(sum(1 for told in callers if told.advised)),
    }


def _teams(lived: Lived) -> dict[str, Values]:
    teams: defaultdict[str, list[Occupancy]] = defaultdict(list)
    served: Counter[str] = Counter()
    for person in lived.people.values():
        teams[person.team].append(person.time)
        served[person.team] += person.served
    loans: Counter[str] = Counter()
    for move in lived.moves:
        # An agent with several sets of queues is a person with a mark behind the name.
        person = lived.people.get(move.agent) or lived.people[move.agent.rpartition("+")[0]]
        loans[person.team] += move.lent
    return {
        name: {
            "occupancy": team_occupancy(times),
            "served": float(served[name]),
            "loans": float(loans[name]),
        }
        for name, times in sorted(teams.items())
    }


def _slots(callers: list[Told], target_us: int, short_us: int, clock_us: int) -> dict[int, Slot]:
    slots: defaultdict[int, Slot] = defaultdict(Slot)
    for told in callers:
        answered = told.fate == "answered"
        counted = answered or (told.fate == "abandoned" and told.wait_us > short_us)
        met = answered and told.wait_us <= target_us
        number = (clock_us + told.arrival_us) % DAY_US // SLOT_US
        slots[number] = slots[number].plus(Slot(met, counted, told.wait_us if answered else 0, answered, 1))
    return dict(sorted(slots.items()))


STARTS: Final = {"rule_start": "rule", "rule_would_start": "rule", "plan_start": "plan"}
STOPS: Final = {"rule_stop": "rule", "rule_would_stop": "rule", "plan_stop": "plan"}


def _spans(lived: Lived, over_us: int) -> list[Span]:
    """When each rule and plan was active, by the audit."""
    begun: dict[str, Span] = {}
    spans = []
    for turn in lived.turns:
        if turn.what in STARTS:
            name = f"{STARTS[turn.what]} {turn.name}"
            # Somebody else may want a plan that is active already.
            begun.setdefault(name, Span(name, turn.at_us, over_us, turn.why, "would" in turn.what))
        elif turn.what in STOPS:
            span = begun.pop(f"{STOPS[turn.what]} {turn.name}", None)
            if span is not None:
                spans.append(span._replace(to_us=turn.at_us))
    return sorted([*spans, *begun.values()], key=lambda span: (span.from_us, span.name))
