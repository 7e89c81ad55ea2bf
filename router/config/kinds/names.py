"""The kind of value that is a table from names to names: attributes of agents, where a ticket goes by its code."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from router.config.kinds.fields import Kind, Name, Taken, Wrong, said

_NAME = Name()


class NameByName(Kind):
    """A table from names to names; kept as pairs sorted by the first. `example`: how one writes it; `many`: what it
    holds, in the plural."""

    words = "table of name = name"

    def __init__(self, count_max: int, example: str, many: str = "names") -> None:
        self.count_max = count_max
        self._example = example
        self._many = many

    def take(self, value: object) -> Taken:
        """Both sides are names as on the wire."""
        if not isinstance(value, dict):
            return Taken(UNSET, (Wrong(f"is {said(value)}, not a table", f"write it as {self._example}"),))
        kept: dict[str, str] = {}
        wrongs: list[Wrong] = []
        for key, to in value.items():
            (name, wrong), (other, out) = _NAME.take(key), _NAME.take(to)
            wrongs.extend(one._replace(path=(key,)) for one in (*wrong, *out))
            if name is not UNSET and other is not UNSET:
                kept[name] = other
        if len(value) > self.count_max:
            wrongs.append(Wrong(f"has {len(value)} {self._many}", f"use at most {self.count_max}"))
        return Taken(tuple(sorted(kept.items())), tuple(wrongs))

    def show(self, kept: tuple[tuple[str, str], ...]) -> dict[str, str]:
        """As a table."""
        return dict(kept)

    def bounds(self) -> str:
        """How many."""
        return f"at most {self.count_max} {self._many}"

    def schema(self) -> dict[str, Any]:
        """An object of names."""
        return {
            "type": "object",
            "propertyNames": _NAME.schema(),
            "additionalProperties": _NAME.schema(),
            "maxProperties": self.count_max,
        }
