"""Kinds of values that announcements bring: rising minutes, keys of a telephone, parameters of a text."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from msgspec import UNSET

from router.config.kinds.fields import Kind, Name, Taken, Text, Wrong, said
from router.terms import is_id

_KEY = re.compile(r"[0-9*#]").fullmatch
DOES = ("callback", "leave", "queue", "message", "voicemail")
"""What a key may do; the last three lead somewhere."""
LEADS = DOES[2:]
REMEDY = 'use "callback", "leave", "queue:NAME", "message:ID" or "voicemail:BOX"'
_NAME, _TEXT = Name(), Text(200)


class Minutes(Kind):
    """Rising whole minutes."""

    words = "list of rising whole minutes"

    def __init__(self, least: int, most: int, count_max: int) -> None:
        self.least = least
        self.most = most
        self.count_max = count_max

    def take(self, value: object) -> Taken:
        """Each more than the one before."""
        remedy = f"use 1 to {self.count_max} rising numbers from {self.least} to {self.most}, such as [1, 2, 5, 10]"
        if not isinstance(value, list) or any(isinstance(each, bool) or not isinstance(each, int) for each in value):
            return Taken(UNSET, (Wrong(f"is {said(value)}, not a list of whole minutes", remedy),))
        rises = all(one < other for one, other in pairwise(value))
        if not 1 <= len(value) <= self.count_max or not rises or not self.least <= value[0] <= value[-1] <= self.most:
            return Taken(UNSET, (Wrong("does not rise, or is out of range", remedy),))
        return Taken(tuple(value))

    def show(self, kept: tuple[int, ...]) -> list[int]:
        """As a list."""
        return list(kept)

    def bounds(self) -> str:
        """Each, and how many."""
        return f"{self.least} to {self.most} minutes, at most {self.count_max}"

    def schema(self) -> dict[str, Any]:
        """Of whole numbers; that they rise it can't say."""
        items = {"type": "integer", "minimum": self.least, "maximum": self.most}
        return {"type": "array", "items": items, "minItems": 1, "maxItems": self.count_max, "uniqueItems": True}


class Keys(Kind):
    """A table from a key of the telephone to what it does; kept as pairs sorted by key."""

    words = "table of key = what it does"

    def take(self, value: object) -> Taken:
        """Keys are one of 0-9, * and #."""
        if not isinstance(value, dict):
            return Taken(UNSET, (Wrong(f"is {said(value)}, not a table", 'write it as { 1 = "callback" }'),))
        wrongs: list[Wrong] = []
        for key, does in value.items():
            verb, _, to = does.partition(":") if isinstance(does, str) else ("", "", "")
            if not _KEY(key):
                wrongs.append(Wrong(f"{said(key)} is no key of a telephone", "use one of 0 to 9, * and #", (key,)))
            elif verb not in DOES or (verb in LEADS) != bool(to) or (to and not is_id(to)):
                wrongs.append(Wrong(f"is {said(does)}, which no key does", REMEDY, (key,)))
        if wrongs:
            return Taken((), tuple(wrongs))
        return Taken(tuple(sorted(value.items())))

    def show(self, kept: tuple[tuple[str, str], ...]) -> dict[str, str]:
        """As a table."""
        return dict(kept)

    def bounds(self) -> str:
        """What a key may do."""
        return "callback, leave, queue:NAME, message:ID, voicemail:BOX"

    def schema(self) -> dict[str, Any]:
        """Of keys to what they do."""
        does = r"^(callback|leave|(queue|message|voicemail):[A-Za-z0-9._:@+\-]{1,64})$"
        return {
            "type": "object",
            "propertyNames": {"pattern": "^[0-9*#]$"},
            "additionalProperties": {"type": "string", "pattern": does},
        }


class Parameters(Kind):
    """Names with texts; kept as pairs sorted by name."""

    words = "table of name = text"

    def __init__(self, count_max: int) -> None:
        self.count_max = count_max

    def take(self, value: object) -> Taken:
        """The names are names, the texts lines of text."""
        if not isinstance(value, dict):
            return Taken(UNSET, (Wrong(f"is {said(value)}, not a table", 'write it as { until = "14:00" }'),))
        wrongs = [
            one._replace(path=(name,))
            for name, text in value.items()
            for one in (*_NAME.take(name).wrongs, *_TEXT.take(text).wrongs)
        ]
        if len(value) > self.count_max:
            wrongs.append(Wrong(f"has {len(value)} parameters", f"use at most {self.count_max}"))
        return Taken(() if wrongs else tuple(sorted(value.items())), tuple(wrongs))

    def show(self, kept: tuple[tuple[str, str], ...]) -> dict[str, str]:
        """As a table."""
        return dict(kept)

    def bounds(self) -> str:
        """How many."""
        return f"at most {self.count_max} parameters"

    def schema(self) -> dict[str, Any]:
        """An object of texts."""
        return {
            "type": "object",
            "propertyNames": _NAME.schema(),
            "additionalProperties": _TEXT.schema(),
            "maxProperties": self.count_max,
        }
