"""What is wrong with a configuration, said so that a supervisor can mend it: file, line, path, what, and what
to do.

Nothing here reads a file or decides what is right. The one idea: a check never stops at the first mistake; it
writes it down with its place and goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Literal, NamedTuple, Protocol, TypeAlias

from msgspec import Struct

Level: TypeAlias = Literal["error", "warning"]
Path: TypeAlias = tuple[str | int, ...]
"""Keys from the top of a file down; an integer counts the elements of a list, from 0."""

SUGGESTIONS_MAX = 200
"""Names looked up by likeness in one check: each compares with every known name, and a broken file of 10,000
agents would keep the checker busy for minutes."""

WORD_LENGTH_MAX = 64
"""Longer words are not names."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class Fault(Struct, frozen=True, gc=False):
    """One mistake, or (a warning) something that is allowed and hardly meant."""

    file: str
    what: str
    remedy: str = ""
    path: str = ""
    """As in the file: `queues.loans.needs.german`; empty for the file as a whole."""
    line: int | None = None
    """Counted from 1; none where the fault is a thing that is missing or the directory itself."""
    level: Level = "error"

    def __str__(self) -> str:
        """`queues.toml:12: error: queues.loans.ring: is not a setting; did you mean ring_s?`"""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        parts = [place, self.level, *([self.path] if self.path else []), self.what]
        return ": ".join(parts) + (f"; {self.remedy}" if self.remedy else "")


def of_level(faults: Iterable[Fault], level: Level) -> tuple[Fault, ...]:
    """Those of one level, in their order."""
    return tuple(fault for fault in faults if fault.level == level)


class ConfigurationErrors(Exception):
    """The configuration is refused. `faults` holds every error and warning found, by file and line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults for which it is refused."""
        return of_level(self.faults, "error")

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """The faults for which it would not have been refused."""
        return of_level(self.faults, "warning")

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


class Source(Protocol):
    """A file as far as faults are concerned: its name, and where in it a path stands."""

    @property
    def name(self) -> str:
        """The file's name inside the directory."""

    def line(self, path: Path) -> int | None:
        """The line of a path, or of the nearest thing around it."""


class Where(NamedTuple):
    """A place in a file. `line` is given where it is known without looking."""

    source: Source
    path: Path = ()
    known_line: int | None = None

    def __truediv__(self, key: str | int) -> Where:
        """The place of a key or element inside this one."""
        return Where(self.source, (*self.path, key), self.known_line)


class Findings:
    """The faults found so far."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._suggested = 0

    def error(self, where: Where, what: str, remedy: str = "") -> None:
        """A mistake: the configuration will be refused."""
        self._add(where, what, remedy, "error")

    def warn(self, where: Where, what: str, remedy: str = "") -> None:
        """Allowed, and hardly meant."""
        self._add(where, what, remedy, "warning")

    def about(self, file: str, what: str, remedy: str = "", line: int | None = None) -> None:
        """A mistake of a file as a whole, or of one that can't be read."""
        self._faults.append(Fault(file, what, remedy, line=line))

    def hint(self, file: str, what: str, remedy: str) -> None:
        """A warning about a file as a whole."""
        self._faults.append(Fault(file, what, remedy, level="warning"))

    def alike(self, word: str, known: Iterable[str]) -> str | None:
        """The known name that `word` was probably meant to be."""
        self._suggested += 1
        if self._suggested > SUGGESTIONS_MAX:
            return None
        return alike(word, known)

    def faults(self) -> tuple[Fault, ...]:
        """All of them, by file and line."""
        return tuple(sorted(self._faults, key=lambda fault: (fault.file, fault.line or 0, fault.path)))

    def errors_in(self, *files: str) -> bool:
        """Is there an error in one of these files (or, with none named, in any)?"""
        return any(f.level == "error" and (not files or f.file in files) for f in self._faults)

    def _add(self, where: Where, what: str, remedy: str, level: Literal["error", "warning"]) -> None:
        line = where.known_line if where.known_line is not None else where.source.line(where.path)
        self._faults.append(Fault(where.source.name, what, remedy, shown(where.path), line, level))


def alike(word: str, known: Iterable[str]) -> str | None:
    """The known name nearest to `word`, None where nothing is near."""
    if len(word) > WORD_LENGTH_MAX:
        return None
    names = list(known)
    for name in names:
        if name.casefold() == word.casefold():
            return name
    found = get_close_matches(word, names, n=1, cutoff=0.6)
    return found[0] if found else None


def shown(path: Path) -> str:
    """A path as the file would spell it: `peers."main/pbx".role`, `codes[2]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            quoted = part if _BARE_KEY.fullmatch(part) else f'"{_printable(part[:WORD_LENGTH_MAX])}"'
            text += f".{quoted}" if text else quoted
    return text


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


def listed(names: Iterable[str], most: int = 12) -> str:
    """`a, b or c`, for remedies; cut where there are many."""
    names = list(names)
    if len(names) > most:
        return ", ".join(names[:most]) + f" and {len(names) - most} more"
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" or {names[-1]}" if names else "nothing"


def doubled(where: Where, thing: str, first: Where, findings: Findings) -> None:
    """The fault of a name that two tables claim."""
    line = first.known_line if first.known_line is not None else first.source.line(first.path)
    findings.error(where, f"{thing} stands in {first.source.name}:{line} already", "rename one of the two")


def dangling(where: Where, what: str, name: str, known: Iterable[str], findings: Findings) -> None:
    """The fault of a name that nothing has."""
    known = sorted(known)
    meant = findings.alike(name, known)
    remedy = f"did you mean {meant}?" if meant else f"use {listed(known)}" if known else "there is none yet"
    findings.error(where, f"there is no {what} {name}", remedy)
