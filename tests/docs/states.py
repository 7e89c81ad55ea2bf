"""Draws the life cycles of `router/core/states.py` as text: each state a bar, each event an arrow between
bars.

It knows nothing of what the states mean. The one idea: bars lie in the table's own order and every event is
a vertical lane from its sources (`+`) to the state that it leads to (`v` or `^`), so that any table can be
drawn without being laid out by hand."""

from __future__ import annotations

from typing import NamedTuple

from router.core.states import AGENT, CONTACT, OFFER, State, Table
from tests.docs.registry import renders

GAP = 3
"""Lines from one bar to the next: the bar, a line for the event's name, a line for the arrowhead."""


class Lane(NamedTuple):
    """One event from some states, all on the same side, to one state; states are numbers of rows."""

    event: str
    sources: tuple[int, ...]
    target: int

    @property
    def top(self) -> int:
        return min(*self.sources, self.target)

    @property
    def bottom(self) -> int:
        return max(*self.sources, self.target)


def lanes(table: Table[State]) -> list[Lane]:
    """The table's events as lanes, those that only step to the next row first: they make the left edge."""
    rows = {state: number for number, state in enumerate(table)}
    ends: dict[tuple[str, int, bool], list[int]] = {}
    for state, events in table.items():
        for event, target in events.items():
            ends.setdefault((event, rows[target], rows[state] < rows[target]), []).append(rows[state])
    found = [Lane(event, tuple(sources), target) for (event, target, _), sources in ends.items()]
    return sorted(
        found, key=lambda lane: (lane.bottom - lane.top > 1 or lane.target == lane.top, lane.top, lane.bottom)
    )


def columns(drawn: list[Lane]) -> list[list[Lane]]:
    """Lanes shared out over columns: those in one column at most touch."""
    shared: list[list[Lane]] = []
    for lane in drawn:
        for column in shared:
            if all(lane.bottom <= other.top or lane.top >= other.bottom for other in column):
                column.append(lane)
                break
        else:
            shared.append([lane])
    return shared


def draw(table: Table[State]) -> str:
    """The picture, without a trailing newline."""
    left = max(map(len, table)) + 2
    places: list[tuple[int, Lane]] = []
    for column in columns(lanes(table)):
        places += [(left + 1, lane) for lane in column]
        left += max(len(lane.event) for lane in column) + 4
    canvas = [[" "] * (left + 2) for _ in range(GAP * (len(table) - 1) + 1)]
    for row, state in enumerate(table):
        reach = [x for x, lane in places if row in (*lane.sources, lane.target)]
        bar = f"{state} ".ljust(max(reach, default=0) + 2, "-")
        canvas[GAP * row][: len(bar)] = bar
    for x, lane in places:
        for y in range(GAP * lane.top + 1, GAP * lane.bottom):
            canvas[y][x] = "|"
        for row in (*lane.sources, lane.target):
            canvas[GAP * row][x] = "+"
        down = lane.target == lane.bottom
        canvas[GAP * lane.bottom - 1 if down else GAP * lane.top + 1][x] = "v" if down else "^"
        beside = GAP * lane.top + 1 if down else GAP * lane.bottom - 1
        canvas[beside][x + 2 : x + 2 + len(lane.event)] = lane.event
    return "\n".join("".join(line).rstrip() for line in canvas)


def picture(table: Table[State]) -> str:
    """The drawing as a block of a page."""
    return f"```text\n{draw(table)}\n```"


@renders("states.contact")
def contact() -> str:
    """A contact's life."""
    return picture(CONTACT)


@renders("states.offer")
def offer() -> str:
    """An offer's life."""
    return picture(OFFER)


@renders("states.agent")
def agent() -> str:
    """An agent's states."""
    return picture(AGENT)
