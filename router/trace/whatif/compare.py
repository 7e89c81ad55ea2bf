"""Two configurations on the same traffic: differences over paired seeds, each with its 95 % confidence interval.

Both sides of a pair have the same seed, so the same callers with the same patience and talk times; what differs is what
the configurations made of them. Differences of pairs are then about normal, and their mean d lies in

    d +- t(0.975, n - 1) * s / sqrt(n)          (the paired t interval; s: standard deviation of the n differences)

which is what W. S. Gosset ("Student", "The probable error of a mean", Biometrika 6, 1908) gives for small n. It speaks
of what the seeds draw, not of how tomorrow may differ from this day. It must not know who runs a side, nor where.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev
from typing import Final, NamedTuple

from router.trace.records import Header, Trace
from router.trace.report import Figures, figures, recorded
from router.trace.whatif.callbacks import Takers
from router.trace.whatif.figures import OF_QUEUES, OF_TEAMS, Counted, Figure, Slot, Span, Values
from router.trace.whatif.redials import OFF, Redials

CONFIDENCE: Final = 0.95
WAIT_OFF_MOST: Final = 0.20
ABANDONED_POINTS_MOST: Final = 2.5
WITHIN_20S_POINTS_MOST: Final = 6.0
"""How far a simulation may be from the record: the bounds that `replay` holds on the sample month. Past them what is
simulated is not this centre, and differences between two configurations may be none of its own."""


class Difference(NamedTuple):
    """One figure on both sides. Means over the seeds at which the figure is known."""

    old: float | None
    new: float | None
    change: float | None
    """New less old, over the pairs that know both."""
    half_width: float | None
    """Of its interval; None with fewer than two such pairs."""
    pairs: int

    @property
    def certain(self) -> bool:
        """The interval does not hold 0, or every pair has the very same difference."""
        return self.change is not None and self.half_width is not None and abs(self.change) > self.half_width


class Calibration(NamedTuple):
    """The record beside the old configuration, simulated."""

    recorded: Figures
    mean_wait_s: float | None
    """Of the simulation, as the two below; means over the seeds."""
    abandoned_share: float | None
    within_20s_share: float | None
    warnings: tuple[str, ...]
    """Past which bounds it is, in whole sentences."""


@dataclass(slots=True, frozen=True)
class Side:
    """What is said of one configuration alone."""

    name: str
    said: tuple[str, ...]
    slots: dict[str, dict[int, Slot]]
    """Queue -> half-hour of the day -> callers of all seeds together."""
    spans: list[Span]
    """Of the first seed."""
    violations: dict[str, int]
    first_violations: list[str]


@dataclass(slots=True, frozen=True)
class Report:
    """What came of it."""

    header: Header
    contacts: int
    """Of the trace."""
    seeds: list[int]
    calibration: Calibration
    redials: Redials
    """How callers of both sides behave who are not helped."""
    takers: Takers | None
    """How those behave who are offered a call-back; None: nobody takes one."""
    old: Side
    new: Side
    targets_us: dict[str, int]
    """What both sides are judged by."""
    whole: dict[str, Difference]
    queues: dict[str, dict[str, Difference]]
    teams: dict[str, dict[str, Difference]]


def compare(
    trace: Trace,
    names: tuple[str, str],
    old: Sequence[Counted],
    new: Sequence[Counted],
    seeds: Sequence[int],
    targets_us: dict[str, int],
    redials: Redials = OFF,
    takers: Takers | None = None,
) -> Report:
    """The report of these runs, in the order of `seeds`; `names` are those of the two configurations."""
    assert len(old) == len(new) == len(seeds) > 0, "every seed has been run on both sides"
    queues = sorted({name for each in (*old, *new) for name in each.queues})
    teams = sorted({name for each in (*old, *new) for name in each.teams})
    return Report(
        header=trace.header,
        contacts=len(trace.contacts),
        seeds=list(seeds),
        calibration=_calibrate(trace, old),
        redials=redials,
        takers=takers,
        old=_side(names[0], old),
        new=_side(names[1], new),
        targets_us={name: targets_us[name] for name in queues},
        whole=_differences(OF_QUEUES, [each.whole for each in old], [each.whole for each in new]),
        queues={
            name: _differences(OF_QUEUES, *([run.queues.get(name, {}) for run in side] for side in (old, new)))
            for name in queues
        },
        teams={
            name: _differences(OF_TEAMS, *([run.teams.get(name, {}) for run in side] for side in (old, new)))
            for name in teams
        },
    )


def _differences(of: Sequence[Figure], old: Sequence[Values], new: Sequence[Values]) -> dict[str, Difference]:
    return {
        figure.name: difference([each.get(figure.name) for each in old], [each.get(figure.name) for each in new])
        for figure in of
    }


def difference(old: Sequence[float | None], new: Sequence[float | None]) -> Difference:
    """One figure over paired seeds: the paired t interval of new less old."""
    changes = [
        after - before for before, after in zip(old, new, strict=True) if before is not None and after is not None
    ]
    half_width = None
    if len(changes) > 1:
        half_width = t_quantile(1 - (1 - CONFIDENCE) / 2, len(changes) - 1) * stdev(changes) / math.sqrt(len(changes))
    return Difference(_mean(old), _mean(new), fmean(changes) if changes else None, half_width, len(changes))


def t_quantile(part: float, freedom: int) -> float:
    """The quantile of Student's t with so many degrees of freedom, for `part` above a half.

    Exact for 1 and 2; from 3 on the expansion in the normal quantile z of M. Abramowitz and I. A. Stegun, Handbook of
    Mathematical Functions (1964), 26.7.5, which is off by less than half a percent for 97.5 %.
    """
    if freedom == 1:
        return math.tan(math.pi * (part - 0.5))
    if freedom == 2:
        return (2 * part - 1) * math.sqrt(2 / (4 * part * (1 - part)))
    z: float = NormalDist().inv_cdf(part)
    terms: tuple[float, ...] = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return z + sum(term / float(freedom**power) for power, term in enumerate(terms, 1))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _side(name: str, runs: Sequence[Counted]) -> Side:
    slots: dict[str, dict[int, Slot]] = {}
    violations: dict[str, int] = {}
    for run in runs:
        for queue, own in run.slots.items():
            mine = slots.setdefault(queue, {})
            for number, slot in own.items():
                mine[number] = mine.get(number, Slot()).plus(slot)
        for invariant, times in run.violations.items():
            violations[invariant] = violations.get(invariant, 0) + times
    first = next((run.first_violations for run in runs if run.first_violations), [])
    return Side(name, runs[0].said, slots, runs[0].spans, violations, first)


def _calibrate(trace: Trace, old: Sequence[Counted]) -> Calibration:
    was = figures(recorded(trace))
    runs = [figures(run.visits) for run in old]
    wait_s = _mean([run.mean_wait_s for run in runs])
    abandoned = _mean([run.abandoned_share for run in runs])
    quick = _mean([run.within_20s_share for run in runs])
    unrecorded = len(trace.contacts) - was.contacts
    if not was.contacts:
        warnings = ["The trace has no record of what became of its contacts: how good the simulation is, nobody knows."]
    elif unrecorded:
        what = f"{unrecorded} of {len(trace.contacts)} contacts have no record (an incident was put in, say)"
        warnings = [f"{what}, so the simulation can't be compared: ask about the trace that it was made from."]
    else:
        warnings = list(_past_bounds(was, wait_s, abandoned, quick))
    return Calibration(was, wait_s, abandoned, quick, tuple(warnings))


def _past_bounds(was: Figures, wait_s: float | None, abandoned: float | None, quick: float | None) -> Iterator[str]:
    if was.mean_wait_s and wait_s is not None and abs(off := wait_s / was.mean_wait_s - 1) > WAIT_OFF_MOST:
        yield f"The simulated mean wait is {off:+.0%} off the recorded one (bound: {WAIT_OFF_MOST:.0%})."
    for what, before, after, most in (
        ("share of the abandoned", was.abandoned_share, abandoned, ABANDONED_POINTS_MOST),
        ("share answered within 20 s", was.within_20s_share, quick, WITHIN_20S_POINTS_MOST),
    ):
        if before is not None and after is not None and abs(points := (after - before) * 100) > most:
            yield f"The simulated {what} is {points:+.1f} points off the recorded one (bound: {most:g})."
