"""Conditions as typed tables, and as functions.

Three values: true, false and unknown (None), as in Kleene's logic of three values. `not` of unknown is unknown; `all`
is false as soon as one part is, `any` true as soon as one is, whatever is unknown beside it. A condition becomes a
closure over the comparisons that it reads: to ask it costs a call a part, and measures nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias, Union

from msgspec import Struct

from router.rules.gauge import Leaf, Relation, Value
from router.rules.signals import Key, Scope, signal_of

SECOND_US = 1_000_000
PARTS_MAX = 64
"""Comparisons of one condition: bounds what is read when one of them turns."""
DEPTH_MAX = 8
"""Conditions inside one another."""


class Compare(Struct, frozen=True, tag="test"):
    """A comparison: of a signal, or (at least 1) of a calendar that is open or a rule that is active."""

    scope: Scope
    subject: str
    signal: str
    relation: Relation
    bound: float
    """In the signal's own unit; times in microseconds."""
    window_us: int = 0

    @property
    def key(self) -> Key:
        """The value that it reads."""
        return Key(self.scope, self.subject, self.signal, self.window_us)


class All(Struct, frozen=True, tag="all"):
    """Every part."""

    parts: tuple[Condition, ...]


class AnyOf(Struct, frozen=True, tag="any"):
    """One part at least."""

    parts: tuple[Condition, ...]


class Not(Struct, frozen=True, tag="not"):
    """The opposite."""

    part: Condition


Condition: TypeAlias = Union[Compare, All, AnyOf, Not]  # noqa: UP007 - the parts name it before it is there
Truth: TypeAlias = Callable[[], "bool | None"]


def compares_in(condition: Condition) -> Iterator[Compare]:
    """Its comparisons, in the order in which they are written."""
    if isinstance(condition, Compare):
        yield condition
    elif isinstance(condition, Not):
        yield from compares_in(condition.part)
    else:
        for part in condition.parts:
            yield from compares_in(part)


def depth_of(condition: Condition) -> int:
    """How deep its parts lie inside one another; 1 for a comparison."""
    if isinstance(condition, Compare):
        return 1
    parts = (condition.part,) if isinstance(condition, Not) else condition.parts
    return 1 + max((depth_of(part) for part in parts), default=0)


def compiled(condition: Condition, leaf_of: Callable[[Compare], Leaf]) -> Truth:
    """The function that says what is true of it now; `leaf_of` gives the comparison that it reads."""
    if isinstance(condition, Compare):
        return leaf_of(condition)
    if isinstance(condition, Not):
        return _contrary(compiled(condition.part, leaf_of))
    parts = tuple(compiled(part, leaf_of) for part in condition.parts)
    return _until(parts, stop=not isinstance(condition, All))


def _contrary(part: Truth) -> Truth:
    def truth() -> bool | None:
        found = part()
        return None if found is None else not found

    return truth


def _until(parts: tuple[Truth, ...], *, stop: bool) -> Truth:
    """`stop` if one part is that; unknown if one is unknown; else the opposite."""

    def truth() -> bool | None:
        unknown = False
        for part in parts:
            found = part()
            if found is stop:
                return stop
            unknown = unknown or found is None
        return None if unknown else not stop

    return truth


# -- in words -----------------------------------------------------------------------------------------------------


def said(test: Compare, value: Value = None, *, told: bool = False) -> str:
    """A comparison in words, `told` with what its value is: `oldest_wait_s of queue sales 75.2, above 60`."""
    if test.scope in ("hours", "rule"):
        held = "" if not told else " unknown," if value is None else " yes," if value else " no,"
        return f"{test.scope} {test.subject}{held} {'open' if test.scope == 'hours' else 'active'}"
    of = test.scope if not test.subject else f"{test.scope} {test.subject}"
    window = f" over {shown_s(test.window_us)} s" if test.window_us else ""
    held = f" {shown(test, value)}," if told else ""
    return f"{test.signal} of {of}{window}{held} {test.relation} {shown(test, test.bound)}"


def shown(test: Compare, value: Value) -> str:
    """A value of this comparison's signal, in the unit of the configuration."""
    if value is None:
        return "unknown"
    unit = signal_of(test.key).unit
    if unit == "seconds":
        return shown_s(value)
    return f"{value:.3f}".rstrip("0").rstrip(".") if unit in ("share", "ratio") else str(int(value))


def shown_s(us: float) -> str:
    """Microseconds as seconds, to a tenth."""
    return f"{us / SECOND_US:.1f}".removesuffix(".0")
