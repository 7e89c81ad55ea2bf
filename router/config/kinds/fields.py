"""The kinds of value that a setting can have: what is right, how it is kept, how it is shown.

A kind knows nothing of files and places. The one idea: `take` never fails; it gives back a value to go on
with and the list of what was wrong, so that one bad value hides no other.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from msgspec import UNSET

from router.config.faults import Path, listed
from router.terms import ID_PATTERN, LEVEL_MAX, SECOND_US, is_id

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters and marks that turn the reading direction: a log line must read as it is."""

NAME_REMEDY = "use 1 to 64 of A-Z a-z 0-9 . _ : @ + -"


class Wrong(NamedTuple):
    """Something wrong with a value, at `path` inside it."""

    what: str
    remedy: str
    path: Path = ()
    word: str = ""
    """The name that may have been meant otherwise, and those that it could have been."""
    known: tuple[str, ...] = ()


class Taken(NamedTuple):
    """The value as it is kept (`UNSET`: nothing to go on with), and what was wrong with it."""

    value: Any
    wrongs: tuple[Wrong, ...] = ()


class Kind(ABC):
    """A kind of value."""

    words = ""
    """What documentation calls it."""

    @abstractmethod
    def take(self, value: object) -> Taken:
        """From the file's value to the one that is kept."""

    def show(self, kept: Any) -> Any:
        """From the kept value back to what the file would say."""
        return kept

    def bounds(self) -> str:
        """The bounds, for documentation; empty where there are none."""
        return ""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the file's value."""


class Number(Kind):
    """A number between two bounds, both included."""

    words = "number"

    def __init__(self, least: float, most: float) -> None:
        self.least = least
        self.most = most

    def take(self, value: object) -> Taken:
        """Whole numbers are numbers too; flags, infinities and NaN are not."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return Taken(UNSET, (_type(value, "a number", self._hint(value)),))
        if isinstance(value, float) and not math.isfinite(value):
            return Taken(UNSET, (Wrong(f"is {value}, which is no finite number", self._range()),))
        if not self.least <= value <= self.most:
            return Taken(UNSET, (Wrong(f"is {said(value)}, out of range", self._range()),))
        return Taken(self._kept(value))

    def bounds(self) -> str:
        """`0 to 3600`."""
        return f"{plain(self.least)} to {plain(self.most)}"

    def schema(self) -> dict[str, Any]:
        """With its bounds."""
        return {"type": "number", "minimum": self.least, "maximum": self.most}

    def _kept(self, value: float) -> Any:
        return float(value)

    def _range(self) -> str:
        return f"use a {self.words} from {self.bounds()}"

    def _hint(self, value: object) -> str:
        text = re.match(r"\s*([0-9]+(?:\.[0-9]+)?)", value) if isinstance(value, str) else None
        return f"write {text.group(1)}, without quotes and unit" if text else self._range()


class Seconds(Number):
    """A duration: seconds in the file, fractions allowed; integer microseconds when kept."""

    words = "number of seconds"

    def _kept(self, value: float) -> int:
        return round(value * SECOND_US)

    def show(self, kept: int) -> float:
        """Whole seconds without a fraction."""
        return kept // SECOND_US if kept % SECOND_US == 0 else kept / SECOND_US


class WholeSeconds(Seconds):
    """A duration in whole seconds; integer microseconds when kept."""

    words = "whole number of seconds"

    def take(self, value: object) -> Taken:
        """A fraction is refused."""
        if isinstance(value, float):
            return Taken(UNSET, (_type(value, "a whole number of seconds", self._range()),))
        return super().take(value)

    def schema(self) -> dict[str, Any]:
        """With its bounds."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class Whole(Number):
    """A whole number between two bounds."""

    words = "whole number"

    def __init__(self, least: int, most: int) -> None:
        super().__init__(least, most)

    def take(self, value: object) -> Taken:
        """A fraction is refused, also `5.0`: where one is written, something else was meant."""
        if isinstance(value, float):
            return Taken(UNSET, (_type(value, "a whole number", self._range()),))
        return super().take(value)

    def schema(self) -> dict[str, Any]:
        """With its bounds."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def _kept(self, value: float) -> Any:
        return value


class Flag(Kind):
    """True or false."""

    words = "true or false"

    def take(self, value: object) -> Taken:
        """Only the two words; 0 and 1 are numbers."""
        return Taken(value) if isinstance(value, bool) else Taken(UNSET, (_type(value, self.words, ""),))

    def schema(self) -> dict[str, Any]:
        """A flag."""
        return {"type": "boolean"}


class Text(Kind):
    """A line of text for people or other programs; may be empty."""

    words = "text"

    def __init__(self, length_max: int = 200) -> None:
        self.length_max = length_max

    def take(self, value: object) -> Taken:
        """No control characters, no marks that turn the reading direction."""
        if not isinstance(value, str):
            return Taken(UNSET, (_type(value, "a text", 'write it in quotes: "..."'),))
        if len(value) > self.length_max:
            what = f"has {len(value)} characters"
            return Taken(UNSET, (Wrong(what, f"use at most {self.length_max}"),))
        if _CONTROL.search(value):
            return Taken(UNSET, (Wrong("holds control characters", "write it in one line of plain text"),))
        return Taken(value)

    def bounds(self) -> str:
        """Its length."""
        return f"at most {self.length_max} characters"

    def schema(self) -> dict[str, Any]:
        """With its length."""
        return {"type": "string", "maxLength": self.length_max}


class Name(Kind):
    """An id as on the wire."""

    words = "name"

    def take(self, value: object) -> Taken:
        """The wire's own pattern."""
        if not isinstance(value, str):
            return Taken(UNSET, (_type(value, "a name", 'write it in quotes: "..."'),))
        if not is_id(value):
            return Taken(UNSET, (Wrong(f"is {said(value)}, which is no name", NAME_REMEDY),))
        return Taken(value)

    def schema(self) -> dict[str, Any]:
        """With its pattern, in the dialect of JSON Schema."""
        return {"type": "string", "pattern": ID_PATTERN.replace(r"\A", "^").replace(r"\Z", "$")}


class Choice(Kind):
    """One word of a few."""

    def __init__(self, words: Iterable[str]) -> None:
        self.choices = tuple(words)
        self.words = "one of " + ", ".join(f'"{word}"' for word in self.choices)

    def take(self, value: object) -> Taken:
        """The exact word."""
        if not isinstance(value, str):
            return Taken(UNSET, (_type(value, "a text", f"use {listed(self.choices, len(self.choices))}"),))
        if value not in self.choices:
            what = f"is {said(value)}"
            return Taken(
                UNSET, (Wrong(what, f"use {listed(self.choices, len(self.choices))}", (), value, self.choices),)
            )
        return Taken(value)

    def schema(self) -> dict[str, Any]:
        """The words."""
        return {"type": "string", "enum": list(self.choices)}


class Names(Kind):
    """A list of names, none twice."""

    words = "list of names"

    def __init__(self, count_max: int, *, least: int = 0) -> None:
        self.least = least
        self.count_max = count_max

    def take(self, value: object) -> Taken:
        """Keeps the order of the file. Each bad or doubled element is told by its number."""
        if not isinstance(value, list):
            return Taken(UNSET, (_type(value, "a list of names", 'write it as ["...", "..."]'),))
        kept: dict[str, None] = {}
        wrongs: list[Wrong] = []
        for index, element in enumerate(value):
            name, wrong = _NAME.take(element)
            wrongs.extend(one._replace(path=(index,)) for one in wrong)
            if name is UNSET:
                continue
            if name in kept:
                wrongs.append(Wrong(f"names {name} a second time", "name it once", (index,)))
            kept[name] = None
        if not self.least <= len(value) <= self.count_max:
            wrongs.append(
                Wrong(f"has {len(value)} names", f"use {self.least} to {self.count_max}"),
            )
        return Taken(tuple(kept) if kept or not wrongs else UNSET, tuple(wrongs))

    def show(self, kept: tuple[str, ...]) -> list[str]:
        """As a list."""
        return list(kept)

    def bounds(self) -> str:
        """How many."""
        return f"{self.least} to {self.count_max} names"

    def schema(self) -> dict[str, Any]:
        """Of names, unique."""
        return {
            "type": "array",
            "items": _NAME.schema(),
            "uniqueItems": True,
            "minItems": self.least,
            "maxItems": self.count_max,
        }


class Levels(Kind):
    """A table of skills with levels; kept as pairs sorted by skill."""

    words = "table of skill = level"

    def __init__(self, count_max: int) -> None:
        self.count_max = count_max

    def take(self, value: object) -> Taken:
        """A bad level counts as the lowest for what is checked afterwards."""
        if not isinstance(value, dict):
            return Taken(UNSET, (_type(value, "a table", "write it as { cards = 5, english = 3 }"),))
        levels: dict[str, int] = {}
        wrongs: list[Wrong] = []
        for skill, level in value.items():
            name, wrong = _NAME.take(skill)
            number, out = _LEVEL.take(level)
            wrongs.extend(one._replace(path=(skill,)) for one in (*wrong, *out))
            if name is not UNSET:
                levels[name] = 1 if number is UNSET else number
        if len(value) > self.count_max:
            wrongs.append(Wrong(f"has {len(value)} skills", f"use at most {self.count_max}"))
        return Taken(tuple(sorted(levels.items())), tuple(wrongs))

    def show(self, kept: tuple[tuple[str, int], ...]) -> dict[str, int]:
        """As a table."""
        return dict(kept)

    def bounds(self) -> str:
        """How many, and the levels."""
        return f"levels 1 to {LEVEL_MAX}, at most {self.count_max} skills"

    def schema(self) -> dict[str, Any]:
        """An object of levels."""
        return {
            "type": "object",
            "propertyNames": _NAME.schema(),
            "additionalProperties": _LEVEL.schema(),
            "maxProperties": self.count_max,
        }


class Checked(Text):
    """A text with a check of its own: `check` says what is wrong and what to do, or None."""

    def __init__(self, words: str, check: Callable[[str], Wrong | None], length_max: int = 200) -> None:
        super().__init__(length_max)
        self.words = words
        self._check = check

    def take(self, value: object) -> Taken:
        """First as a text, then by its own check."""
        taken = super().take(value)
        wrong = None if taken.wrongs else self._check(taken.value)
        return Taken(UNSET, (wrong,)) if wrong else taken


def csv_name(name: str) -> Wrong | None:
    """What is wrong with the name of a table in the directory, None where nothing is."""
    if name.endswith(".csv") and "/" not in name and not name.startswith("."):
        return None
    return Wrong(f'is "{name}"', 'name a file of this directory that ends in .csv, such as "agents.csv"')


def said(value: object) -> str:
    """A value as the file would write it, short enough for a message."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) >= 10**30:
        return "a huge number"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = text.encode("unicode_escape").decode("ascii") if _CONTROL.search(text) else text
    return text if len(text) <= 40 else text[:36] + " ..."


def plain(number: float) -> str:
    """A number as people write it: no exponent, no `.0`."""
    return str(int(number)) if float(number).is_integer() else f"{number:.6f}".rstrip("0")


def _type(value: object, wanted: str, remedy: str) -> Wrong:
    return Wrong(f"is {said(value)}, not {wanted}", remedy)


_NAME = Name()
_LEVEL = Whole(1, LEVEL_MAX)
