"""Small plots as SVG, by themselves: two lines over a day, and bars of when something was active.

It must not know what is plotted. The one idea: a plot is text, with its own scale, title and tooltips, so that a page
needs no program and no network to show it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Final, NamedTuple

WIDTH: Final = 560
HEIGHT: Final = 180
LEFT: Final = 46
"""Room for what the vertical axis says."""
RIGHT: Final = 24
TOP: Final = 10
BOTTOM: Final = 24
ROW: Final = 20
"""Height of a bar's row."""


class Line(NamedTuple):
    """One line of a plot. `css` names its style in the page."""

    name: str
    css: str
    points: Sequence[tuple[float, float | None]]
    """(x, y) by x; where y is None the line is broken."""


class Bar(NamedTuple):
    """One time in a row of bars."""

    row: str
    css: str
    begin: float
    end: float
    tip: str


class Axis(NamedTuple):
    """A scale, and how its values are said."""

    least: float
    most: float
    ticks: Sequence[float]
    said: Callable[[float], str]


def lines(title: str, across: Axis, up: Axis, drawn: Sequence[Line]) -> str:
    """Lines over a common axis."""
    place = _places(across, up, HEIGHT)
    parts = [*_across(across, place, HEIGHT), *_up(up, place)]
    for line in drawn:
        for piece in _pieces(line.points):
            spots = " ".join(f"{_at(*place(x, y))}" for x, y in piece)
            parts.append(f'<polyline class="{line.css}" points="{spots}"/>')
            for x, y in piece:
                left, top = place(x, y)
                tip = escape(f"{across.said(x)}, {line.name}: {up.said(y)}")
                parts.append(
                    f'<circle class="{line.css}" cx="{left:.1f}" cy="{top:.1f}" r="2.4"><title>{tip}</title></circle>'
                )
    return _svg(title, HEIGHT, parts)


def bars(title: str, across: Axis, drawn: Sequence[Bar]) -> str:
    """Times in which something was active, a row for each name."""
    rows = list(dict.fromkeys(bar.row for bar in drawn))
    height = TOP + ROW * len(rows) + BOTTOM
    place = _places(across, Axis(0, len(rows), (), str), height)
    parts = _across(across, place, height)
    for number, row in enumerate(rows):
        top = TOP + ROW * number
        parts.append(f'<text class="name" x="{LEFT}" y="{top + 8}">{escape(row)}</text>')
        for bar in drawn:
            if bar.row == row:
                left, right = place(bar.begin, 0)[0], place(bar.end, 0)[0]
                parts.append(
                    f'<rect class="{bar.css}" x="{left:.1f}" y="{top + 10}" width="{max(1.5, right - left):.1f}" '
                    f'height="7"><title>{escape(bar.tip)}</title></rect>'
                )
    return _svg(title, height, parts)


def round_up(most: float) -> tuple[float, list[float]]:
    """A round number not below `most`, and some ticks up to it."""
    steps = (unit * times for unit in (1, 10, 100, 1_000, 10_000, 100_000) for times in (1, 2, 5))
    step = next((step for step in steps if step * 4 >= most), most / 4)
    return step * 4, [step * number for number in range(5)]


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    said = escape(title)
    head = f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{said}"><title>{said}</title>'
    return "\n".join([head, *parts, "</svg>"])


def _places(across: Axis, up: Axis, height: float) -> Callable[[float, float], tuple[float, float]]:
    wide = (WIDTH - LEFT - RIGHT) / ((across.most - across.least) or 1)
    high = (height - TOP - BOTTOM) / ((up.most - up.least) or 1)
    return lambda x, y: (LEFT + (x - across.least) * wide, height - BOTTOM - (y - up.least) * high)


def _across(axis: Axis, place: Callable[[float, float], tuple[float, float]], height: float) -> list[str]:
    parts = []
    for tick in axis.ticks:
        left = place(tick, 0)[0]
        parts.append(f'<line class="grid" x1="{left:.1f}" x2="{left:.1f}" y1="{TOP}" y2="{height - BOTTOM:g}"/>')
        said = escape(axis.said(tick))
        parts.append(f'<text class="tick" x="{left:.1f}" y="{height - 8:g}" text-anchor="middle">{said}</text>')
    return parts


def _up(axis: Axis, place: Callable[[float, float], tuple[float, float]]) -> list[str]:
    parts = []
    for tick in axis.ticks:
        top = place(0, tick)[1]
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{top:.1f}" y2="{top:.1f}"/>')
        said = escape(axis.said(tick))
        parts.append(f'<text class="tick" x="{LEFT - 6}" y="{top + 3.5:.1f}" text-anchor="end">{said}</text>')
    return parts


def _pieces(points: Sequence[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    """The stretches in which the line is known."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if y is None:
            pieces.append([])
        else:
            pieces[-1].append((x, y))
    return [piece for piece in pieces if piece]


def _at(left: float, top: float) -> str:
    return f"{left:.1f},{top:.1f}"
