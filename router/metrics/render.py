"""One text out of the rows, in steps of a fraction of a millisecond.

It knows rows and the format, and neither clock nor loop: whoever drives it decides how many steps come one
after another. The one idea: all rows of one queue are read in one step, and the lines are sorted into their
families afterwards; so a queue's figures agree, though the text is made over many turns of the loop.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import Final

from router.metrics.catalogue import QUEUE_LABELS
from router.metrics.process import read_process
from router.metrics.queue_rows import QUEUE_ROWS, OneQueue
from router.metrics.rows import Row
from router.metrics.seen import Own, Seen
from router.metrics.site_rows import SITE_ROWS
from router.metrics.text import Reading, Runtime, header, labels_text, sample_lines

QUEUE_SERIES_MAX: Final = 100_000
"""Series of all queues in one text, some 10 MB: 1,500 queues. What is above is left out by whole queues, the
last of the configuration first, and counted; the sums of the site are whole."""

ROW_SERIES_MAX: Final = 10_000
"""Series of one row of the site: a thousand teams."""

A_STEP: Final = 128
"""Series of one row of the site that are written in one step: 0.15 ms."""

CHUNK_CHARACTERS: Final = 65_536
"""Text joined and encoded in one step, and sent in one piece: 0.1 ms."""


class Renderer:
    """Makes one text after another from the same sources."""

    def __init__(self, seen: Seen, booted_utc_s: float | None) -> None:
        self._seen = seen
        self._booted_utc_s = booted_utc_s
        self._runtime = Runtime()
        self._labels: dict[tuple[str, str], str] = {}
        """Tenant and queue -> their labels as text."""

    def steps(self) -> Generator[None, None, list[bytes]]:
        """Each `next` is one step; the text is returned in pieces at the end."""
        seen = self._seen
        own = seen.own
        own.series = own.series_left_out = 0
        yield from seen.census.take(seen.sources.world)
        families = yield from self._queues(own)
        seen.process = read_process(self._booted_utc_s)
        yield
        for row in SITE_ROWS:
            families.append((yield from self._site_row(row)))
        families.append(["", self._runtime.text()])
        yield
        return (yield from _encoded(families))

    def _queues(self, own: Own) -> Generator[None, None, list[list[str]]]:
        """The families of the queues: a header each, then a piece for each queue."""
        world = self._seen.sources.world
        families = [[header(row.name, row.kind, row.help)] for row in QUEUE_ROWS]
        labels_of, self._labels = self._labels, {}
        for key, queue in list(world.queues.items()):
            labels = labels_of.get(key)
            if labels is None:
                labels = labels_text(QUEUE_LABELS, key)
            self._labels[key] = labels
            at = OneQueue(world, queue)
            lines, series = [], 0
            for row in QUEUE_ROWS:
                text, count = sample_lines(row.name, labels, row.labels, row.read(at))
                lines.append(text)
                series += count
            if own.series + series > QUEUE_SERIES_MAX or own.series_left_out:
                own.series_left_out += series
            else:
                own.series += series
                for family, text in zip(families, lines, strict=True):
                    family.append(text)
            yield
        return families

    def _site_row(self, row: Row[Seen]) -> Generator[None, None, list[str]]:
        """The family of a row of the site, at most `ROW_SERIES_MAX` series, some at a step."""
        own = self._seen.own
        value = row.read(self._seen)
        family = [header(row.name, row.kind, row.help)]
        parts: Iterable[Reading] = (value,)
        if isinstance(value, Mapping):
            samples = list(value.items())
            own.series_left_out += max(0, len(samples) - ROW_SERIES_MAX)
            ends = range(0, min(len(samples), ROW_SERIES_MAX), A_STEP)
            parts = (dict(samples[start : min(start + A_STEP, ROW_SERIES_MAX)]) for start in ends)
        for part in parts:
            text, count = sample_lines(row.name, "", row.labels, part)
            own.series += count
            family.append(text)
            yield
        return family


def _encoded(families: list[list[str]]) -> Generator[None, None, list[bytes]]:
    """The text in pieces to send. A family is its header and then samples; without any it is left out."""
    chunks: list[bytes] = []
    piece: list[str] = []
    length = 0
    for family in families:
        if not any(family[1:]):
            continue
        for text in family:
            piece.append(text)
            length += len(text)
            if length >= CHUNK_CHARACTERS:
                chunks.append("".join(piece).encode())
                piece.clear()
                length = 0
                yield
    chunks.append("".join(piece).encode())
    return chunks
