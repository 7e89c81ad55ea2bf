"""Where in a TOML file a key stands: the line numbers that the standard library's reader does not give.

The scanner walks a text that the reader has already found to be valid, so it only has to know where keys,
strings and brackets begin and end; it judges nothing, and where it is lost it stops with what it has. It runs
only when there is a fault to report.

The one idea: statements are headers (`[a.b]`, `[[a.b]]`) or `key = value`, and one cursor steps over them
with a handful of patterns, each of which matches one token.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from contextlib import suppress
from typing import NamedTuple

from router.config.faults import Path

_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
# Nothing here is possessive: Python 3.11 before 3.11.5 reads some such patterns wrongly.
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL = re.compile(r"'[^'\n]*'")
_LONG_BASIC = re.compile(r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''(?:[^']|'{1,2}(?!'))*'{3,5}", re.DOTALL)
_SCALAR = re.compile(r"[^,\]}\n#]+")
"""A number, a flag or a date: up to what ends a value. Dates may hold a space."""


class Header(NamedTuple):
    """A table header: where its line begins, and the path that it opens."""

    start: int
    path: Path


class Places:
    """The lines of all keys of one text."""

    def __init__(self, text: str) -> None:
        self.headers: list[Header] = []
        self._text = text
        self._at = 0
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._lines: dict[Path, int] = {}
        self._arrays: dict[Path, int] = {}
        """Arrays of tables: path -> index of the last element."""
        # Not valid TOML, or nested deeper than anybody writes: what was found so far still helps.
        with suppress(_Lost, RecursionError):
            self._statements()

    def line(self, path: Path) -> int | None:
        """The line of `path`, else of the nearest thing around it, counted from 1; None where nothing is
        known."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return None

    def _statements(self) -> None:
        table: Path = ()
        while True:
            self._skip(_GAP)
            if self._at >= len(self._text):
                return
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        start = self._starts[self._line() - 1]
        double = self._text.startswith("[[", self._at)
        self._at += 2 if double else 1
        keys = self._key()
        self._expect("]]" if double else "]")
        path: Path = ()
        for number, key in enumerate(keys, start=1):
            path = (*path, key)
            self._note(path)
            if double and number == len(keys):
                self._arrays[path] = self._arrays.get(path, -1) + 1
            if path in self._arrays:
                path = (*path, self._arrays[path])
                self._note(path)
        self.headers.append(Header(start, path))
        return path

    def _pair(self, table: Path) -> None:
        path = table
        for key in self._key():
            path = (*path, key)
            self._note(path)
        self._expect("=")
        self._value(path)

    def _key(self) -> list[str]:
        keys = []
        while True:
            self._skip(_BLANK)
            token = self._match(_BARE) or self._match(_BASIC) or self._match(_LITERAL)
            if not token:
                raise _Lost
            keys.append(_plain(token))
            self._skip(_BLANK)
            if not self._text.startswith(".", self._at):
                return keys
            self._at += 1

    def _value(self, path: Path) -> None:
        self._skip(_BLANK)
        start = self._text[self._at : self._at + 3]
        if start in {'"""', "'''"}:
            self._need(_LONG_BASIC if start == '"""' else _LONG_LITERAL)
        elif start[:1] == '"':
            self._need(_BASIC)
        elif start[:1] == "'":
            self._need(_LITERAL)
        elif start[:1] == "[":
            self._list(path)
        elif start[:1] == "{":
            self._inline_table(path)
        else:
            self._need(_SCALAR)

    def _list(self, path: Path) -> None:
        self._at += 1
        index = 0
        while True:
            self._skip(_GAP)
            if self._text.startswith("]", self._at):
                self._at += 1
                return
            self._note((*path, index))
            self._value((*path, index))
            self._skip(_GAP)
            if self._text.startswith(",", self._at):
                self._at += 1
            index += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while True:
            self._skip(_GAP)
            if self._text.startswith("}", self._at):
                self._at += 1
                return
            self._pair(path)
            self._skip(_GAP)
            if self._text.startswith(",", self._at):
                self._at += 1

    def _note(self, path: Path) -> None:
        self._lines.setdefault(path, self._line())

    def _line(self) -> int:
        return bisect_right(self._starts, self._at)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if not found:
            return ""
        self._at = found.end()
        return found.group()

    def _need(self, pattern: re.Pattern[str]) -> None:
        if not self._match(pattern):
            raise _Lost

    def _expect(self, mark: str) -> None:
        self._skip(_BLANK)
        if not self._text.startswith(mark, self._at):
            raise _Lost
        self._at += len(mark)


class _Lost(Exception):
    """The text is not what the scanner took it for."""


def _plain(token: str) -> str:
    """A key without its quotes and escapes."""
    if token[0] not in "\"'":
        return token
    try:
        return str(tomllib.loads(f"key = {token}")["key"])
    except ValueError as error:
        raise _Lost from error
