"""The files of a configuration directory: found, read, decoded, and parsed as far as TOML goes.

What the settings mean is not known here. The one idea: everything that can be wrong with files becomes a
fault like any other, and the checks behind see only texts, so they are tried without a disk.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Any, Final

from router.config.faults import Findings, Path, alike
from router.config.places import Places

FILE_BYTES_MAX: Final = 32 * 1024 * 1024
"""About 200,000 agents. What is larger is not a configuration, and would take memory to say so."""

_KEY: Final = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_DEEP: Final = re.compile(rf"(?m)(?:^|[{{,\[])[ \t]*{_KEY}(?:[ \t]*\.[ \t]*{_KEY}){{32}}")
"""A key of more parts, joined by dots, than anybody writes."""

_AT_LINE = re.compile(r" ?\(at (?:line (\d+), column (\d+)|end of document)\)$")
_TWICE = re.compile(r"Cannot (?:declare|mutate) (?:immutable namespace )?\((.*?),?\) ?(?:twice)?")

SILENT = ("schema.json",)
"""Files that may lie there without a word, beside hidden ones, folders and *.md."""


class TextSource:
    """A file with its text. Lines of keys are looked for only when the first fault asks."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._places: Places | None = None

    def line(self, path: Path) -> int | None:
        """The line of a path, or of the nearest thing around it."""
        if self._places is None:
            self._places = Places(self.text)
        return self._places.line(path)


class Directory:
    """A configuration directory on disk: which files it has, and their texts."""

    def __init__(self, path: FilePath, findings: Findings) -> None:
        self.path = path
        self._findings = findings
        self.names: tuple[str, ...] = ()
        """Plain names of everything in it; empty where it can't be listed, which is a fault."""
        shown = str(path)
        try:
            self.names = tuple(sorted(entry.name for entry in path.iterdir()))
        except OSError as error:
            findings.about(shown, *_unreadable(error, "directory"))

    def read(self, name: str) -> TextSource | None:
        """A file's text; None, and a fault, where it can't be read."""
        try:
            content = _content(self.path / name)
        except OSError as error:
            self._findings.about(name, *_unreadable(error, "file"))
            return None
        return decoded(name, content, self._findings)

    def strangers(self, known: Iterable[str], used: Iterable[str], later: Iterable[str]) -> None:
        """Faults for files that this release does not know; warnings for names that look like slips."""
        known, used, later = set(known), set(used), set(later)
        for name in self.names:
            if name in later:
                what = "is not known to this release yet, so nothing in it would be in force"
                self._findings.about(name, what, "take it out of the directory until then")
            elif not (name in known | used or name.endswith(".md") or name in SILENT or name.startswith(".")):
                if (self.path / name).is_dir():
                    continue
                meant = alike(name, known)
                remedy = f"did you mean {meant}?" if meant else "take it out, or name it in the configuration"
                self._findings.hint(name, "is no file of a configuration and is not read", remedy)


def decoded(name: str, content: bytes, findings: Findings) -> TextSource | None:
    """A file's bytes as text. A byte order mark at its head, as some editors write it, is passed over."""
    try:
        return TextSource(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        remedy = (
            'save it as UTF-8; a spreadsheet calls that "CSV UTF-8"' if name.endswith(".csv") else "save it as UTF-8"
        )
        findings.about(name, f"is no UTF-8 text ({error.reason})", remedy, line)
        return None


def parsed(source: TextSource, findings: Findings) -> dict[str, Any] | None:
    """A TOML file's tables; None, and a fault with its line, where it is no TOML."""
    deep = _DEEP.search(source.text)
    if deep is not None:
        # What a parser needs for these grows with the square of their number.
        at_line = source.text.count("\n", 0, deep.end()) + 1
        findings.about(source.name, "has a key of too many parts", "write it flat", at_line)
        return None
    try:
        return tomllib.loads(source.text)
    except RecursionError:
        findings.about(source.name, "is nested too deep", "write it flat")
    except ValueError as error:
        # Its own syntax errors, and whole numbers with more digits than Python reads, are both of this type.
        message = str(error)
        place = _AT_LINE.search(message)
        line = None
        if place:
            line = int(place.group(1)) if place.group(1) else max(1, len(source.text.splitlines()))
            message = message[: place.start()]
        findings.about(source.name, *_syntax(message), line)
    return None


def _syntax(message: str) -> tuple[str, str]:
    twice = _TWICE.match(message)
    if twice:
        path = ".".join(part.strip().strip("'\"") for part in twice.group(1).split(","))
        return f"{path} stands here a second time", "keep one of the two tables"
    if message == "Cannot overwrite a value":
        return "a setting stands here a second time", "keep one of the two"
    remedies: Mapping[str, str] = {
        "Invalid value": 'put texts in quotes: "..."; flags are true and false',
        "Expected newline or end of document after a statement": "write one setting a line",
        "Expected '=' after a key in a key/value pair": "write it as name = value",
        "Invalid statement": "write it as name = value, or a table as [name]",
    }
    return f"is no TOML: {message[:1].lower()}{message[1:]}", remedies.get(message, "see toml.io")


def _content(path: FilePath) -> bytes:
    # Opened without waiting: a pipe of that name must not hang the check.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file")
        content = file.read(FILE_BYTES_MAX + 1)
    if len(content) > FILE_BYTES_MAX:
        raise OSError(errno.EFBIG, f"it has more than {FILE_BYTES_MAX} bytes")
    return content


def _unreadable(error: OSError, thing: str) -> tuple[str, str]:
    """What is wrong and what to do, for a file or directory that can't be read."""
    code = error.errno
    if code == errno.ENOENT:
        return f"there is no such {thing}", "check the path, or the link's target"
    if code == errno.EACCES:
        return f"the {thing} may not be read", "let the daemon's user read it"
    if code == errno.ELOOP:
        return f"the {thing} is a link that leads back to itself", "replace the link"
    if code == errno.ENOTDIR:
        return "is no directory", "name the directory that holds switchboard.toml"
    if code == errno.EISDIR:
        return "is a directory, not a file", "take it out"
    return f"the {thing} can't be read: {error.strerror}", "check it on the disk"
