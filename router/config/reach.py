"""Can a row of a table still be reached, or do the rows before it take everything that it would match?

Pure. The one idea: all values of an attribute fall into a few kinds that no condition can tell apart (each value that
is named, each prefix that is, anything else, nothing at all), so one of each is tried; of calendars, which of them are
open together. What is found is exact; where the search would be long it gives up and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeAlias

from router.core.routes.routes import ATTRIBUTES, HasConditions, met
from router.core.routes.settings import Attribute, Condition

STEPS_MOST = 200_000
"""Conditions that are tried for one row: well under a second."""
CALENDARS_MOST = 6
"""Calendars that rows ask for together: each more doubles what is tried."""
Value: TypeAlias = str | tuple[str, ...] | None
ELSE = "\0"
"""No name holds it: it stands for any value that no condition names."""


def unreachable(rows: Sequence[HasConditions], finite: Mapping[str, Sequence[str | None]]) -> Iterator[int]:
    """The numbers of rows that no contact can reach. `finite`: attributes with all of their values."""
    for number, row in enumerate(rows):
        earlier = [other.conditions for other in rows[:number] if other.tenant == row.tenant]
        if not _Search(row.conditions, earlier, finite).reaches():
            yield number


class _Search:
    """Looks for something that one row matches, and none of the earlier ones."""

    def __init__(
        self,
        row: tuple[Condition, ...],
        earlier: list[tuple[Condition, ...]],
        finite: Mapping[str, Sequence[str | None]],
    ) -> None:
        self._row = row
        asked = {condition.attribute for conditions in (row, *earlier) for condition in conditions}
        own = {condition.attribute for condition in row}
        # What the row asks for itself comes first: it leaves the fewest values to try.
        self._attributes = sorted(asked, key=lambda name: (name not in own, ATTRIBUTES.index(name)))
        self._given_up = len(_named("calendar", (row, *earlier))) > CALENDARS_MOST
        self._values: dict[Attribute, Sequence[Value]] = {}
        if not self._given_up:
            self._values = {name: finite.get(name) or _kinds(name, (row, *earlier)) for name in self._attributes}
        self._earlier = earlier
        self._steps = 0

    def reaches(self) -> bool:
        """Is there such a thing (or was the search given up)? A row may also exclude all by itself."""
        if self._given_up:
            return True
        possible = all(
            any(self._matches(self._row, name, value) for value in self._values[name]) for name in self._values
        )
        return possible and (self._reaches(0, self._earlier) or self._steps > STEPS_MOST)

    def _reaches(self, at: int, left: list[tuple[Condition, ...]]) -> bool:
        """`left`: the earlier rows that match as far as attributes have a value."""
        if not left:
            return True
        if at == len(self._attributes) or self._steps > STEPS_MOST:
            return False
        name = self._attributes[at]
        return any(
            self._matches(self._row, name, value)
            and self._reaches(at + 1, [conditions for conditions in left if self._matches(conditions, name, value)])
            for value in self._values[name]
        )

    def _matches(self, conditions: tuple[Condition, ...], name: Attribute, value: Value) -> bool:
        self._steps += 1
        return all(met(condition, value) for condition in conditions if condition.attribute == name)


def _kinds(name: Attribute, tables: Sequence[tuple[Condition, ...]]) -> Sequence[Value]:
    """One value of each kind; those that most rows do not match come first."""
    named = _named(name, tables)
    if name == "calendar":
        return [together for count in range(len(named) + 1) for together in combinations(named, count)]
    return list(dict.fromkeys((ELSE, None, *named)))


def _named(name: Attribute, tables: Sequence[tuple[Condition, ...]]) -> list[str]:
    """The values that these rows name of an attribute, and one of each prefix."""
    values: dict[str, None] = {}
    for conditions in tables:
        for condition in conditions:
            if condition.attribute == name:
                values.update(dict.fromkeys(condition.values))
                values.update(dict.fromkeys(f"{prefix}{ELSE}" for prefix in condition.prefixes))
    return list(values)
