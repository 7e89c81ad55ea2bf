"""The kinds of value that are about what agents must be: needs, and what agents are.

A needs table is read by the core's own reader, which is the wire's too; here its faults get their words.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from router.config.kinds.fields import Kind, Levels, Name, Taken, Whole, Wrong, said
from router.core.needs.tables import TERMS_MAX, parsed, table_of
from router.core.needs.want import Want
from router.terms import LEVEL_MAX

LANGUAGE = LEVEL_MAX
"""The level of a language that is only listed."""

_LEVEL = Whole(1, LEVEL_MAX)
_NAME = Name()
_LEVELS = {"type": "object", "additionalProperties": _LEVEL.schema()}


class Needs(Kind):
    """What is asked of an agent: skills with levels, or the long form."""

    words = "needs table"

    def take(self, value: object) -> Taken:
        """A bad part counts as if it were not there, a bad level as the lowest."""
        if not isinstance(value, dict):
            return Taken(UNSET, (Wrong(f"is {said(value)}, not a table", "write it as { cards = 5, english = 3 }"),))
        want, faults = parsed(value)
        wrongs = []
        for fault in faults:
            if fault.level:
                wrongs += [one._replace(path=fault.path) for one in _LEVEL.take(_at(value, fault.path)).wrongs]
            else:
                wrongs.append(Wrong(fault.what, fault.remedy, fault.path))
        return Taken(want, tuple(wrongs))

    def show(self, kept: Want | None) -> dict[str, Any] | None:
        """As a table."""
        return None if kept is None else table_of(kept)

    def bounds(self) -> str:
        """The levels, and how much."""
        return f"levels 1 to {LEVEL_MAX}, at most {TERMS_MAX} terms"

    def schema(self) -> dict[str, Any]:
        """Skills, and the words of the long form."""
        tables = {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}
        return {
            "type": "object",
            "properties": {
                "all": tables, "any": tables, "not": tables, "prefer": tables, "languages": _LEVELS,
                "attributes": {"type": "object", "additionalProperties": _NAME.schema()},
                "team": {"anyOf": [_NAME.schema(), {"type": "array", "items": _NAME.schema()}, _LEVEL.schema()]},
            },
            "additionalProperties": _LEVEL.schema(),
        }  # fmt: skip


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


class Languages(Levels):
    """Languages with levels, or a list of those that are spoken well."""

    words = "table of language = level, or list of languages"

    def take(self, value: object) -> Taken:
        """One that is only listed has the highest level."""
        if isinstance(value, list) and all(isinstance(name, str) for name in value):
            value = dict.fromkeys(value, LANGUAGE)
        return super().take(value)

    def bounds(self) -> str:
        """How many, and the levels."""
        return f"levels 1 to {LEVEL_MAX}, at most {self.count_max} languages"

    def schema(self) -> dict[str, Any]:
        """One of two forms."""
        return {"anyOf": [super().schema(), {"type": "array", "items": _NAME.schema()}]}
