"""Where the figures come from: the shapes of other people's tallies, and the facts that only the daemon knows.

The counters live in the loop, in the server's hub and in the core; the first two are not imported here, so
their shapes are written down. The one idea: whoever counts keeps plain numbers, and whoever shows them reads
them when asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass, field
from typing import Protocol

from router.core.world import World


class LoopHistogram(Protocol):
    """Observations by bucket. See `router.loop.figures.Histogram`."""

    @property
    def bounds(self) -> Sequence[int]:
        """Upper bounds, rising."""

    @property
    def counts(self) -> Sequence[int]:
        """One more than `bounds`, for what is above the last."""

    @property
    def total(self) -> int:
        """Sum of all observations."""


class LoopLongest(LoopHistogram, Protocol):
    """One that also remembers its largest observation until somebody sets it to 0: metrics does."""

    most: int


class LoopFigures(Protocol):
    """What the loop counts of itself. See `router.loop.figures.Figures`."""

    commands: int
    refused_busy: int
    effects: int
    steps: int
    batches: int
    records: int
    full_steps: int
    store_failures: int
    rewritten: int
    store_away: bool
    told_early: int
    contact_lines_left_out: int
    traced: int
    traces_lost: int

    @property
    def step_us(self) -> LoopHistogram:
        """How long steps took."""

    @property
    def lag_us(self) -> LoopLongest:
        """How late the loop was."""

    @property
    def commit_us(self) -> LoopHistogram:
        """From handing a batch to the store to its answer."""

    @property
    def batch_records(self) -> LoopHistogram:
        """Records in a batch."""

    @property
    def reaction_us(self) -> LoopHistogram:
        """From the read of the first frame of a batch to its messages written, once a message."""


class Hub(Protocol):
    """What the server counts. See `router.server.hub.Hub`."""

    accepted: int
    undelivered: int

    @property
    def errors(self) -> Mapping[str, int]:
        """Protocol errors by reason."""

    @property
    def closed(self) -> Mapping[str, int]:
        """Ended connections by reason."""

    @property
    def connections(self) -> Sized:
        """Those that are open."""

    @property
    def lagging(self) -> Sized:
        """Those with much unsent."""


class Traffic(Protocol):
    """Bytes of all connections since the start."""

    bytes_in: int
    bytes_out: int


@dataclass(slots=True)
class Facts:
    """What only the daemon knows. It keeps this up to date."""

    version: str
    """Of the program."""
    leader: bool = False
    durability: str = "memory"
    """What the replies promise now: `memory` while the store is away."""
    config_loaded_utc_s: float = 0.0
    config_reloads: dict[str, int] = field(default_factory=lambda: {"applied": 0, "refused": 0})
    """Configurations read while running, by what became of them."""
    config_pending: bool = False
    """The directory holds something that is not in force."""


@dataclass(slots=True)
class Sources:
    """All that can be read. A source that is None has no figures in the text; the daemon may put in another
    one (a new world after a standby took over) at any time."""

    world: World
    facts: Facts
    loop: LoopFigures | None = None
    hub: Hub | None = None
    traffic: Traffic | None = None
    free_to_offer_us: LoopHistogram | None = None
    """Wall time from the read of the frame that freed an agent, or brought a contact, to the offer written."""
