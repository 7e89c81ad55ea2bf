"""The report of a what-if question as one object for programs, and as tables for people.

It must not compute a figure: the report has them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from router.terms import SECOND_US
from router.trace.records import Header
from router.trace.replay.report import Table
from router.trace.whatif.compare import Difference, Report, Side
from router.trace.whatif.figures import OF_QUEUES, OF_TEAMS, Figure, Unit
from router.trace.whatif.redials import FAILED_LEAST, WINDOW_US, Redials

COLUMNS: Final = ("", "", "old", "new", "difference", "95 %")
ALWAYS: Final = frozenset({"service_level", "mean_wait_s", "p90_wait_s", "abandonment", "beyond_target", "occupancy"})
"""Figures that stand in a table even where nothing differs; the others where they are not 0."""


def as_json(report: Report) -> dict[str, Any]:
    """One object; its keys are listed in `docs/whatif.md`. Shares from 0 to 1; null where nothing is known."""
    calibration = report.calibration
    return {
        "source": report.header.source,
        "acknowledgement": report.header.acknowledgement,
        "days": [day.date for day in report.header.days],
        "contacts": report.contacts,
        "seeds": report.seeds,
        "redials_modelled": report.redials.modelled,
        "redials": _redials(report.redials),
        "callbacks": None if report.takers is None else asdict(report.takers),
        "calibration": {
            "recorded": asdict(calibration.recorded),
            "simulated": {
                "mean_wait_s": calibration.mean_wait_s,
                "abandoned_share": calibration.abandoned_share,
                "within_20s_share": calibration.within_20s_share,
            },
            "warnings": list(calibration.warnings),
        },
        "old": _side(report.old),
        "new": _side(report.new),
        "targets_s": {name: target_us / SECOND_US for name, target_us in report.targets_us.items()},
        "whole": _differences(report.whole),
        "queues": {name: _differences(of) for name, of in report.queues.items()},
        "teams": {name: _differences(of) for name, of in report.teams.items()},
        "violations": violations(report),
    }


def violations(report: Report) -> int:
    """How often an invariant did not hold, on both sides."""
    return sum(report.old.violations.values()) + sum(report.new.violations.values())


def _side(side: Side) -> dict[str, Any]:
    return {
        "configuration": side.name,
        "not_applied": list(side.said),
        "active": [
            {
                "name": span.name,
                "from_s": span.from_us / SECOND_US,
                "to_s": span.to_us / SECOND_US,
                "why": span.why,
                "observes": span.observes,
            }
            for span in side.spans
        ],
        "violations_by_invariant": dict(side.violations),
    }


def _differences(of: Mapping[str, Difference]) -> dict[str, Any]:
    return {
        name: {
            "old": each.old,
            "new": each.new,
            "difference": each.change,
            "half_width_95": each.half_width,
            "pairs": each.pairs,
        }
        for name, each in of.items()
    }


def sentences(report: Report) -> Iterator[str]:
    """What stands before any figure: how well the record is met, and what is not modelled."""
    was, found = report.calibration.recorded, report.calibration
    if was.contacts:
        yield (
            f"Recorded, and in brackets as the old configuration simulates it: mean wait "
            f"{value('seconds', was.mean_wait_s)} ({value('seconds', found.mean_wait_s)}), abandoned "
            f"{value('share', was.abandoned_share)} "
            f"({value('share', found.abandoned_share)}), within 20 s {value('share', was.within_20s_share)} "
            f"({value('share', found.within_20s_share)})."
        )
    yield f"Old: {report.old.name}. New: {report.new.name}."
    yield from (f"WARNING: {each}" for each in found.warnings)
    yield redials(report.redials)
    if report.takers is not None:
        yield (
            f"Call-backs are modelled: {report.takers.accept:.0%} of those who are offered one take it, and "
            f"{report.takers.answer:.0%} of the tries reach them; both are assumed."
        )


def redials(of: Redials) -> str:
    """Whether, how often and by what knowledge callers call again."""
    record = (
        f"of {of.failed} attempts of known customers that failed {of.after_failing:.1%} are followed by another one "
        f"about the same within {WINDOW_US // (60 * SECOND_US)} min, of those who were served {of.after_service:.1%}"
    )
    if not of.modelled:
        few = (
            f" The trace has {of.failed} attempts of known customers that failed, and {FAILED_LEAST} are needed to "
            "tell how many call again; --redial assumes a share."
        )
        return (
            "Redials are not modelled: whoever called again in the record calls again on both sides, however they "
            f"fared.{few if of.source == 'too_few' else ''}"
        )
    source = f"estimated from the trace, where {record}" if of.source == "trace" else "as assumed by --redial"
    return (
        f"Redials are modelled: {of.share:.1%} of those who are not helped call again because of it, half of them "
        f"within {of.median_us / 60 / SECOND_US:.1f} min; {source}."
    )


def _redials(of: Redials) -> dict[str, Any] | None:
    if not of.modelled:
        return None
    return {
        "source": of.source,
        "share": of.share,
        "median_delay_s": of.median_us / SECOND_US,
        "failed": of.failed,
        "after_failing": of.after_failing,
        "after_service": of.after_service,
    }


def tables(report: Report) -> list[Table]:
    """All queues, each queue, each team."""
    queues = [row for name, of in _queues(report) for row in rows(name, OF_QUEUES, of)]
    teams = [row for name, of in report.teams.items() for row in rows(name, OF_TEAMS, of)]
    return [Table("Queues", COLUMNS, queues), Table("Teams", COLUMNS, teams)]


def _queues(report: Report) -> Iterator[tuple[str, Mapping[str, Difference]]]:
    yield from report.queues.items()
    if len(report.queues) > 1:
        yield "all", report.whole


def rows(name: str, of: tuple[Figure, ...], differences: Mapping[str, Difference]) -> Iterator[tuple[str, ...]]:
    """A row a figure; the name stands in the first."""
    for figure in of:
        each = differences[figure.name]
        if figure.name in ALWAYS or each.old or each.new:
            yield name, figure.title, value(figure.unit, each.old), value(figure.unit, each.new), *change(figure, each)
            name = ""


def change(figure: Figure, of: Difference) -> tuple[str, str]:
    """The difference and its interval; `*` where the interval does not hold 0."""
    if of.change is None:
        return "-", ""
    if figure.unit == "share":
        shown, width = f"{of.change * 100:+.1f} points", f"{(of.half_width or 0) * 100:.1f}"
    elif figure.unit == "seconds":
        shown, width = f"{of.change:+.1f} s", f"{of.half_width or 0:.1f}"
    elif figure.unit == "money":
        shown, width = f"{of.change:+.2f}", f"{of.half_width or 0:.2f}"
    else:
        shown, width = f"{of.change:+.1f}", f"{of.half_width or 0:.1f}"
    return shown, "" if of.half_width is None else f"+-{width}{' *' if of.certain else ''}"


def value(unit: Unit, of: float | None) -> str:
    """A figure in words; a dash where it is not known."""
    if of is None:
        return "-"
    if unit == "share":
        return f"{of:.1%}"
    if unit == "money":
        return f"{of:.2f}"
    return f"{of:.1f} s" if unit == "seconds" else f"{of:.0f}" if of == int(of) else f"{of:.1f}"


def clock_us(header: Header) -> int:
    """The time of day at which a trace begins."""
    start = datetime.fromisoformat(header.start)
    return (start.hour * 3_600 + start.minute * 60 + start.second) * SECOND_US


def moment(report: Report, at_us: int) -> str:
    """A moment of the trace: the time of the day, with the date where there are several days."""
    when = datetime.fromisoformat(report.header.start) + timedelta(microseconds=at_us)
    return when.strftime("%H:%M" if len(report.header.days) < 2 else "%m-%d %H:%M")
