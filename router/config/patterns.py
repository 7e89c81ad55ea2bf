"""The kind of value that a condition of `routes.toml` has: one name or several, each of which may end in `*`.

It knows nothing of what is matched. The one idea: a single name needs no brackets, and `*` at the end says "begins
with", so that a dialled prefix, a value and a list of both are written alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import UNSET

from router.config.kinds.fields import NAME_REMEDY, Kind, Taken, Wrong, said
from router.core.routes.settings import Attribute, Condition
from router.terms import ID_PATTERN, is_id

PATTERNS_MAX = 5_000
"""Values of one condition: a list of numbers, not a data base of customers."""


class Patterns(Kind):
    """A name or a list of names, none twice; `choices`: the only ones that there are, and then without `*`."""

    def __init__(self, choices: Iterable[str] = (), *, least: int = 1) -> None:
        self.least = least
        self.choices = tuple(choices)
        listed = ", ".join(f'"{word}"' for word in self.choices)
        self.words = f"one or a list of {listed}" if self.choices else "name or list of names; `*` at the end: any end"

    def take(self, value: object) -> Taken:
        """Kept as a tuple of names as they are written. Each bad one is told by its number."""
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list):
            return Taken(UNSET, (Wrong(f"is {said(value)}, no name", 'write it as "..." or ["...", "..."]'),))
        if not self.least <= len(value) <= PATTERNS_MAX:
            return Taken(UNSET, (Wrong(f"has {len(value)} names", f"use {self.least} to {PATTERNS_MAX}"),))
        kept: dict[str, None] = {}
        wrongs: list[Wrong] = []
        for index, element in enumerate(value):
            wrong = self._wrong(element)
            if wrong is not None:
                wrongs.append(wrong._replace(path=(index,)))
            elif element in kept:
                wrongs.append(Wrong(f"names {element} a second time", "name it once", (index,)))
            else:
                kept[str(element)] = None
        return Taken(tuple(kept) if kept or not wrongs else UNSET, tuple(wrongs))

    def _wrong(self, element: object) -> Wrong | None:
        if not isinstance(element, str):
            return Wrong(f"is {said(element)}, no name", 'write it in quotes: "..."')
        if self.choices:
            if element in self.choices:
                return None
            remedy = "use " + ", ".join(self.choices)
            return Wrong(f"is {said(element)}", remedy, (), element, self.choices)
        bare = element.removesuffix("*")
        if bare and not is_id(bare):
            return Wrong(f"is {said(element)}, which is no name", f"{NAME_REMEDY}, and one * at the end")
        return None if element else Wrong("is empty", 'write "*" for any that is given')

    def show(self, kept: tuple[str, ...]) -> Any:
        """One without brackets."""
        return kept[0] if len(kept) == 1 else list(kept)

    def bounds(self) -> str:
        """How many."""
        return f"{self.least} to {PATTERNS_MAX} names"

    def schema(self) -> dict[str, Any]:
        """One, or a list."""
        pattern = ID_PATTERN.replace(r"\A", "^").replace(r"{1,64}\Z", r"{0,64}\*?$")
        one: dict[str, Any] = {"type": "string", "pattern": pattern}
        if self.choices:
            one = {"type": "string", "enum": list(self.choices)}
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": self.least, "maxItems": PATTERNS_MAX}]}


def condition(attribute: Attribute, patterns: tuple[str, ...], *, negated: bool) -> Condition:
    """The condition that these patterns write."""
    return Condition(
        attribute,
        tuple(pattern for pattern in patterns if not pattern.endswith("*")),
        tuple(pattern.removesuffix("*") for pattern in patterns if pattern.endswith("*")),
        negated,
    )


def patterns(of: Condition) -> tuple[str, ...]:
    """The patterns of a condition, as they are written."""
    return (*of.values, *(f"{prefix}*" for prefix in of.prefixes))
