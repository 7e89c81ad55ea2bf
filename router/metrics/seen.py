"""What the rows of the site read, and short ways to write such a row.

It knows the sources and no figure. The one idea: a row whose source is not there reads None and is left out of
the text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from router.metrics.census import Census
from router.metrics.process import Process
from router.metrics.rows import PREFIX, Row
from router.metrics.sources import LoopHistogram, Sources
from router.metrics.text import Distribution, Number, Reading
from router.terms import SECOND_US


@dataclass(slots=True)
class Own:
    """What the metrics count of themselves: of the text that is being made, or of the last one."""

    series: int = 0
    series_left_out: int = 0
    made_s: float = 0.0
    """How long the last text took, from its first slice to its last."""
    slice_s: float = 0.0
    """The longest slice of the last text."""
    stall_s: float = 0.0
    """The longest lag lately."""


@dataclass(slots=True)
class Seen:
    """What a row reads: the sources, and what was counted before."""

    sources: Sources
    census: Census
    own: Own = field(default_factory=Own)
    process: Process | None = None


SiteRow: TypeAlias = Row[Seen]


def seconds(of: LoopHistogram) -> Distribution:
    """A histogram of microseconds, in seconds."""
    return Distribution(tuple(bound / SECOND_US for bound in of.bounds), of.counts, of.total / SECOND_US)


def by_one(counts: Mapping[str, int]) -> dict[tuple[str, ...], Number]:
    """Counts by word, as values of one label."""
    return {(word,): count for word, count in counts.items()}


def counter(name: str, read: Callable[[Seen], Reading], help_text: str) -> SiteRow:
    """A counter without labels; `name` with its unit, without prefix and `_total`."""
    return Row(f"{PREFIX}{name}_total", "counter", help_text, read)


def gauge(name: str, read: Callable[[Seen], Reading], help_text: str) -> SiteRow:
    """A gauge without labels."""
    return Row(f"{PREFIX}{name}", "gauge", help_text, read)


def histogram(name: str, read: Callable[[Seen], Reading], help_text: str) -> SiteRow:
    """A histogram without labels."""
    return Row(f"{PREFIX}{name}", "histogram", help_text, read)
