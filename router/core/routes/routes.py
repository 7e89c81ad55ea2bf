"""Rows compiled into a matcher: from what a contact arrives with to the first row that it meets, and why not another.

Pure: no world, no time. Rows are filed under the values or prefixes of their dialled entry (else customer) where they
ask for one, so that a contact is compared only with rows of its own entry, and those that ask for none. The cost is
bounded by the number of rows (`routes_max`) in the worst case, and by the rows of one entry in a real table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from typing import Generic, NamedTuple, Protocol, TypeVar, get_args

from router.core.routes.settings import Attribute, Condition

ATTRIBUTES: tuple[Attribute, ...] = get_args(Attribute)


class Attributes(NamedTuple):
    """What a contact arrives with, in the order of `ATTRIBUTES`; None: it does not say."""

    channel: str | None = None
    entry: str | None = None
    customer: str | None = None
    tier: str | None = None
    language: str | None = None
    region: str | None = None
    business: str | None = None
    calendar: tuple[str, ...] = ()
    """Those that are open."""


class HasConditions(Protocol):
    """A row of any table."""

    @property
    def name(self) -> str:
        """Unique within its tenant."""

    @property
    def tenant(self) -> str:
        """Whose it is."""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All of them must be met."""


R = TypeVar("R", bound=HasConditions)

INDEXED = ("entry", "customer")
"""Attributes with so many values that rows are filed by them, in this order of preference."""
AT: dict[str, int] = {name: place for place, name in enumerate(ATTRIBUTES)}
"""Attribute -> its place in `Attributes`."""


class _Index(Generic[R]):
    """Rows of one tenant, filed under one attribute's values and prefixes."""

    def __init__(self) -> None:
        self.exact: dict[str, list[tuple[int, R]]] = {}
        self.prefixes: dict[str, list[tuple[int, R]]] = {}
        self.lengths: list[int] = []

    def file(self, condition: Condition, place: tuple[int, R]) -> None:
        for value in condition.values:
            self.exact.setdefault(value, []).append(place)
        for prefix in condition.prefixes:
            self.prefixes.setdefault(prefix, []).append(place)
            if len(prefix) not in self.lengths:
                self.lengths.append(len(prefix))
                self.lengths.sort()

    def found(self, value: str | None) -> list[list[tuple[int, R]]]:
        if value is None:
            return []
        lists = [self.exact[value]] if value in self.exact else []
        for length in self.lengths:
            rows = self.prefixes.get(value[:length]) if length <= len(value) else None
            if rows is not None:
                lists.append(rows)
        return lists


class Matcher(Generic[R]):
    """The rows of all tenants, in their order."""

    def __init__(self, rows: Iterable[R]) -> None:
        self._rows: dict[str, list[R]] = {}
        self._rest: dict[str, list[tuple[int, R]]] = {}
        self._indices: dict[str, dict[str, _Index[R]]] = {}
        for row in rows:
            of_tenant = self._rows.setdefault(row.tenant, [])
            self._file(row, len(of_tenant))
            of_tenant.append(row)

    def __bool__(self) -> bool:
        return bool(self._rows)

    def _file(self, row: R, number: int) -> None:
        for attribute in INDEXED:
            for condition in row.conditions:
                if condition.attribute == attribute and not condition.negated:
                    indices = self._indices.setdefault(row.tenant, {name: _Index() for name in INDEXED})
                    indices[attribute].file(condition, (number, row))
                    return
        self._rest.setdefault(row.tenant, []).append((number, row))

    def rows(self, tenant: str) -> list[R]:
        """All rows of a tenant."""
        return self._rows.get(tenant, [])

    def first(self, tenant: str, attributes: Attributes) -> R | None:
        """The first row whose conditions the attributes meet, None where there is none."""
        lists = [self._rest.get(tenant, [])]
        indices = self._indices.get(tenant)
        if indices is not None:
            for name, value in zip(INDEXED, (attributes.entry, attributes.customer), strict=True):
                lists += indices[name].found(value)
        candidates = lists[0] if len(lists) == 1 else merge(*lists, key=_number)
        for _, row in candidates:
            if failing(row.conditions, attributes) is None:
                return row
        return None

    def explain(self, tenant: str, attributes: Attributes) -> Iterator[tuple[R, Condition | None]]:
        """Every row up to the first that matches, with the first condition that fails; None for the one that is met."""
        for row in self.rows(tenant):
            failed = failing(row.conditions, attributes)
            yield row, failed
            if failed is None:
                return


def _number(place: tuple[int, R]) -> int:
    return place[0]


def failing(conditions: tuple[Condition, ...], attributes: Attributes) -> Condition | None:
    """The first condition that is not met."""
    for condition in conditions:
        if not met(condition, attributes[AT[condition.attribute]]):
            return condition
    return None


def met(condition: Condition, value: str | tuple[str, ...] | None) -> bool:
    """Does this value of the attribute, or one of these, meet the condition?"""
    if value is None:
        return condition.negated
    if isinstance(value, tuple):
        told = any(each in condition.values or each.startswith(condition.prefixes) for each in value)
    else:
        told = value in condition.values or value.startswith(condition.prefixes)
    return told != condition.negated
