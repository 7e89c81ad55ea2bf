"""The files of recorded traffic: one a day, or several where one would become too large; the oldest go first.

Everything here runs in a thread, for a moment, and does nothing but what the system does. It must not know what the
records say.

The one idea: a file belongs to the process that began it. It is only ever appended to, and an append that fails half
way is cut off again; where even that fails, or another process had written, the next file of the day is begun.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from router.trace.journal import PART

NAME: Final = re.compile(r"\A(?:(?P<tenant>.+)\.)?(?P<date>\d{4}-\d\d-\d\d)(?:\.\d+)?\.trace\Z")
PARTS_MOST: Final = 10_000
"""Files of one day: more means that every append fails."""


class Block(NamedTuple):
    """What is to be appended to a day's file."""

    tenant: str
    """Empty for the tenant `main`, whose files have no name before the date."""
    date: str
    head: bytes
    """What a new file begins with."""
    data: bytes
    records: int
    """Visits in it."""


@dataclass(slots=True)
class _Part:
    path: Path
    size: int


class Files:
    """The directory."""

    def __init__(self, folder: Path, days_max: int, bytes_max: int, file_bytes_max: int) -> None:
        self.folder = folder
        self._days_max = days_max
        self._bytes_max = bytes_max
        self._file_bytes_max = file_bytes_max
        self._parts: dict[tuple[str, str], _Part] = {}
        self.written = 0
        """Visits, since the start."""
        self.lost = 0

    def write(self, blocks: list[Block]) -> str:
        """Append all of them. Returns what went wrong; empty: nothing. What could not be written is lost, and
        counted."""
        wrong = ""
        for block in blocks:
            try:
                self._append(block)
                self.written += block.records
            except OSError as error:
                self.lost += block.records
                self._parts.pop((block.tenant, block.date), None)
                wrong = f"{error.filename or self.folder}: {error.strerror or error}"
        return wrong

    def _append(self, block: Block) -> None:
        key = (block.tenant, block.date)
        part = self._parts.get(key)
        if part is None or part.size > self._file_bytes_max or not part.path.exists():
            part = self._parts[key] = self._begin(block)
        with _opened(part.path, os.O_WRONLY | os.O_APPEND) as file:
            try:
                _write(file, block.data)
            except OSError:
                # Half a record in the middle would hide all that follows it.
                os.ftruncate(file, part.size)
                raise
        part.size += len(block.data)

    def _begin(self, block: Block) -> _Part:
        """The next file of the day, with its head."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stem = f"{block.tenant}.{block.date}" if block.tenant else block.date
        for number in range(1, PARTS_MOST):
            name = f"{stem}.trace" if number == 1 else PART.format(stem=stem, number=number, suffix=".trace")
            path = self.folder / name
            with contextlib.suppress(FileExistsError), _opened(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as file:
                try:
                    _write(file, block.head)
                except OSError:
                    path.unlink(missing_ok=True)
                    raise
                self.prune()
                return _Part(path, len(block.head))
        raise OSError(0, f"{PARTS_MOST} files of one day", str(self.folder))

    def prune(self) -> None:
        """Take away the oldest days, until there are neither too many nor too large ones. The newest one stays."""
        days: defaultdict[str, list[Path]] = defaultdict(list)
        for path in self.folder.iterdir():
            named = NAME.match(path.name)
            if named is not None:
                days[named["date"]].append(path)
        sizes = {day: sum(path.stat().st_size for path in paths) for day, paths in days.items()}
        total = sum(sizes.values())
        for day in sorted(days)[:-1]:
            if len(days) <= self._days_max and total <= self._bytes_max:
                return
            for path in days.pop(day):
                path.unlink(missing_ok=True)
            total -= sizes[day]


@contextlib.contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    file = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        yield file
    finally:
        os.close(file)


def _write(file: int, data: bytes) -> None:
    """All of it. Raises OSError with a part written."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]
