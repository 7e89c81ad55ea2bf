"""Kinds of values that the paths of tickets bring: days, and a table from one name to another."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from router.config.kinds import Kind, Name, Taken, Whole, Wrong, said
from router.terms import SECOND_US

DAY_US = 86_400 * SECOND_US
_NAME = Name()


class Days(Whole):
    """A duration in whole days; integer microseconds when kept."""

    words = "whole number of days"

    def _kept(self, value: float) -> int:
        return int(value) * DAY_US

    def show(self, kept: int) -> int:
        """In days again."""
        return kept // DAY_US


class NameOrNone(Name):
    """A name, or an empty text: none."""

    words = "name or none"

    def take(self, value: object) -> Taken:
        """Empty is none."""
        return Taken("") if value == "" else super().take(value)

    def schema(self) -> dict[str, Any]:
        """A name, or nothing."""
        named = super().schema()["pattern"]
        return {"type": "string", "pattern": f"^$|{named}"}


class NameByName(Kind):
    """A table from names to names; kept as pairs sorted by the first."""

    words = "table of name = name"

    def __init__(self, count_max: int) -> None:
        self.count_max = count_max

    def take(self, value: object) -> Taken:
        """Both sides are names as on the wire."""
        if not isinstance(value, dict):
            return Taken(UNSET, (Wrong(f"is {said(value)}, not a table", 'write it as { spare_part = "stock" }'),))
        kept: dict[str, str] = {}
        wrongs: list[Wrong] = []
        for key, to in value.items():
            (name, wrong), (other, out) = _NAME.take(key), _NAME.take(to)
            wrongs.extend(one._replace(path=(key,)) for one in (*wrong, *out))
            if name is not UNSET and other is not UNSET:
                kept[name] = other
        if len(value) > self.count_max:
            wrongs.append(Wrong(f"has {len(value)} names", f"use at most {self.count_max}"))
        return Taken(tuple(sorted(kept.items())), tuple(wrongs))

    def show(self, kept: tuple[tuple[str, str], ...]) -> dict[str, str]:
        """As a table."""
        return dict(kept)

    def bounds(self) -> str:
        """How many."""
        return f"at most {self.count_max} names"

    def schema(self) -> dict[str, Any]:
        """An object of names."""
        return {
            "type": "object",
            "propertyNames": _NAME.schema(),
            "additionalProperties": _NAME.schema(),
            "maxProperties": self.count_max,
        }
