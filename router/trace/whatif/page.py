"""The report of a what-if question as one page that a supervisor can read: no program in it, nothing from the network.

It must not compute a figure, but for the half-hours that it plots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from string import Template
from typing import Final

from router.terms import SECOND_US
from router.trace.records import DAY_US
from router.trace.whatif.compare import Difference, Report, Side
from router.trace.whatif.figures import OF_QUEUES, OF_TEAMS, SLOT_US, Figure, Slot
from router.trace.whatif.plots import Axis, Bar, Line, bars, lines, round_up
from router.trace.whatif.show import COLUMNS, change, clock_us, moment, rows, sentences

TICKS_MOST: Final = 12
"""Times under a plot; more would run into one another."""
BETTER: Final = {
    "service_level": 1, "mean_wait_s": -1, "p90_wait_s": -1, "abandonment": -1, "beyond_target": -1,
    "callbacks_reached": 1, "until_called_s": -1,
}  # fmt: skip
"""Which way a figure is better; the others say nothing by themselves."""

PAGE: Final = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What if: $title</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2933; max-width: 74rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .4rem; }
.sub { color: #52606d; margin-top: .2rem; }
.box { border-left: 4px solid #9aa5b1; background: #f5f7fa; padding: .5rem 1rem; margin: 1rem 0; }
.warn { border-color: #b44d12; background: #fffaeb; }
.plots { display: flex; flex-wrap: wrap; gap: 1rem; } figure { margin: 0; flex: 1 1 26rem; }
figcaption { color: #52606d; font-size: .9rem; } svg { width: 100%; height: auto; }
table { border-collapse: collapse; width: 100%; } th, td { padding: .25rem .6rem; text-align: right; }
th { color: #52606d; font-weight: 600; border-bottom: 1px solid #cbd2d9; }
td:nth-child(-n+2), th:nth-child(-n+2) { text-align: left; } tr.first td { border-top: 1px solid #e4e7eb; }
.better { color: #0f609b; font-weight: 600; } .worse { color: #b44d12; font-weight: 600; }
.grid { stroke: #e4e7eb; } .tick, .name { font-size: 10px; fill: #52606d; }
polyline { fill: none; stroke-width: 2; } polyline.old { stroke: #7b8794; stroke-dasharray: 5 3; }
polyline.new { stroke: #0f609b; } circle.old, rect.old { fill: #7b8794; } circle.new, rect.new { fill: #0f609b; }
rect.observes { fill: #cbd2d9; }
.key { display: inline-block; width: 1.6rem; border-top: 3px solid #0f609b; vertical-align: middle; margin: 0 .4rem; }
.key.old { border-top: 3px dashed #7b8794; } li { margin: .2rem 0; }
</style>
</head>
<body>
<h1>What if: $title</h1>
<p class="sub">$about</p>
$calibration
<p><span class="key old"></span>$old <span class="key"></span>$new</p>
<h2>Figures</h2>
$tables
<p class="sub">$reading</p>
$spans
$queues
$said
<p class="sub">$source</p>
</body>
</html>
""")


def page(report: Report) -> str:
    """The whole page."""
    days = [day.date for day in report.header.days]
    when = "" if not days else days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    about = f"{when}: {report.contacts} contacts, each run with {len(report.seeds)} seeds under both configurations"
    return PAGE.substitute(
        title=escape(f"{report.new.name} instead of {report.old.name}"),
        about=escape(about),
        calibration="\n".join(_calibration(report)),
        old=escape(report.old.name),
        new=escape(report.new.name),
        queues="\n".join(_plots(report)),
        tables=_table(report),
        reading=escape(
            f"Difference: new less old, and half of its 95 % interval (paired t over {len(report.seeds)} seeds). In "
            "colour where the interval does not hold 0. It speaks of chance within this day, not of other days."
        ),
        spans="\n".join(_spans(report)),
        said="\n".join([*_said(report.old), *_said(report.new)]),
        source=escape(". ".join(each for each in (report.header.source, report.header.acknowledgement) if each)),
    )


def _calibration(report: Report) -> Iterator[str]:
    for each in sentences(report):
        css = "box warn" if each.startswith("WARNING") else "box"
        yield f'<p class="{css}">{escape(each.removeprefix("WARNING: "))}</p>'


# -- plots --------------------------------------------------------------------------------------------------------


def _plots(report: Report) -> Iterator[str]:
    """Service level and mean wait of each queue over the day."""
    for queue, target_us in report.targets_us.items():
        sides = [(side, css, side.slots.get(queue, {})) for side, css in ((report.old, "old"), (report.new, "new"))]
        numbers = sorted({number for _, _, slots in sides for number in slots})
        if not numbers:
            continue
        across = _day(numbers)
        level = Axis(0, 1, (0, 0.25, 0.5, 0.75, 1), lambda share: f"{share:.0%}")
        levels = [Line(side.name, css, _points(numbers, slots, _level)) for side, css, slots in sides]
        waits = [Line(side.name, css, _points(numbers, slots, _wait)) for side, css, slots in sides]
        most, ticks = round_up(max((wait for line in waits for _, wait in line.points if wait is not None), default=1))
        wait = Axis(0, most, ticks, lambda seconds: f"{seconds:.0f} s")
        name = report.header.queues.get(queue, queue)
        title = queue if name == queue else f"{queue}, {name}"
        target = f"answered within {target_us / SECOND_US:g} s"
        yield (
            f'<h2>{escape(title)}</h2>\n<div class="plots">\n'
            f"<figure>{lines(f'{queue}: {target}', across, level, levels)}"
            f"<figcaption>Share {target}, by half-hours of arrival</figcaption></figure>\n"
            f"<figure>{lines(f'{queue}: mean wait', across, wait, waits)}"
            f"<figcaption>Mean wait of the answered</figcaption></figure>\n</div>"
        )


def _day(numbers: list[int]) -> Axis:
    first, last = numbers[0], numbers[-1] + 1
    hours = [number for number in range(first, last + 1) if number % 2 == 0]
    step = -(-len(hours) // TICKS_MOST)
    return Axis(first, max(last, first + 1), hours[::step], _clock)


def _clock(number: float) -> str:
    minutes = round(number * SLOT_US / SECOND_US / 60)
    return f"{minutes // 60}:{minutes % 60:02}"


def _points(
    numbers: Iterable[int], slots: Mapping[int, Slot], of: Callable[[Slot], float | None]
) -> list[tuple[float, float | None]]:
    return [(number, of(slots[number]) if number in slots else None) for number in numbers]


def _level(slot: Slot) -> float | None:
    return slot.met / slot.counted if slot.counted else None


def _wait(slot: Slot) -> float | None:
    return slot.wait_us / slot.answered / SECOND_US if slot.answered else None


# -- figures and rules --------------------------------------------------------------------------------------------


def _table(report: Report) -> str:
    head = "".join(f"<th>{escape(each)}</th>" for each in COLUMNS)
    parts = [f"<table><thead><tr>{head}</tr></thead><tbody>"]
    for name, of in report.queues.items():
        parts += _rows(name, OF_QUEUES, of)
    if len(report.queues) > 1:
        parts += _rows("all queues", OF_QUEUES, report.whole)
    for name, of in report.teams.items():
        parts += _rows(f"team {name}", OF_TEAMS, of)
    return "\n".join([*parts, "</tbody></table>"])


def _rows(name: str, of: tuple[Figure, ...], differences: Mapping[str, Difference]) -> Iterator[str]:
    by_title = {figure.title: figure for figure in of}
    for row in rows(name, of, differences):
        figure = by_title[row[1]]
        each = differences[figure.name]
        way = BETTER.get(figure.name, 0) * (each.change or 0) if each.certain else 0
        css = "better" if way > 0 else "worse" if way < 0 else ""
        shown, width = change(figure, each)
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row[:4])
        first = ' class="first"' if row[0] else ""
        width = width.replace("+-", "\N{PLUS-MINUS SIGN}").removesuffix(" *")
        tip = escape(figure.doc)
        yield f'<tr{first} title="{tip}">{cells}<td class="{css}">{escape(shown)}</td><td>{escape(width)}</td></tr>'


def _spans(report: Report) -> Iterator[str]:
    """When rules and plans were active."""
    drawn = [
        Bar(
            f"{span.name} ({side.name})",
            "observes" if span.observes else css,
            span.from_us,
            span.to_us,
            f"{span.name}, {moment(report, span.from_us)} to {moment(report, span.to_us)}: {span.why}",
        )
        for side, css in ((report.old, "old"), (report.new, "new"))
        for span in side.spans
    ]
    if not drawn:
        return
    yield "<h2>Rules and plans</h2>"
    yield f"<figure>{bars('When rules and plans were active', _whole(report), drawn)}"
    yield f"<figcaption>When each was active, with seed {report.seeds[0]}; grey: it only observes</figcaption></figure>"


def _whole(report: Report) -> Axis:
    """The time from the first arrival's hour to the last one's; of several days, all of them."""
    days = report.header.days
    if len(days) > 1:
        midnights = [day.from_us for day in days][:: -(-len(days) // TICKS_MOST)]
        return Axis(days[0].from_us, days[-1].to_us, midnights, lambda at_us: moment(report, int(at_us))[:5])
    numbers = sorted({number for side in (report.old, report.new) for slots in side.slots.values() for number in slots})
    spans = [at_us for side in (report.old, report.new) for span in side.spans for at_us in (span.from_us, span.to_us)]
    day, from_us = _day(numbers or [0]), clock_us(report.header)
    most_us = max(day.most * SLOT_US - from_us, min(max(spans, default=0), DAY_US))
    ticks: list[float] = [tick * SLOT_US - from_us for tick in day.ticks]
    return Axis(day.least * SLOT_US - from_us, most_us, ticks, lambda at_us: _clock((at_us + from_us) / SLOT_US))


def _said(side: Side) -> Iterator[str]:
    if side.said:
        yield f"<h2>What of {escape(side.name)} is not applied</h2>"
        yield "<ul>" + "".join(f"<li>{escape(each)}</li>" for each in side.said) + "</ul>"
