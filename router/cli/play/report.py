"""What a play found: the ledger, and the same figures as a replay's.

It must not know who played. The one idea: waits are those that the gateways saw, so that the figures owe nothing to
the engine's own counting.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from router.stats import service_level
from router.terms import SECOND_US
from router.trace.report import Figures, Visit, by_queue, figures, recorded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from router.cli.play.ledger import Ledger
    from router.trace import Trace

TARGET_US = 20 * SECOND_US
"""Of the service level that is shown: the target that the written configuration has."""


@dataclass(slots=True, frozen=True)
class PlayReport:
    """The outcome of a play."""

    trace: Trace
    ledger: Ledger
    arrived: int
    speed: float
    seconds: float
    restarts: int
    """Times that a monitor found the daemon started anew."""
    violations: int
    """By the daemon's own checks."""

    @property
    def clean(self) -> bool:
        """Nothing to complain of."""
        return self.ledger.clean and not self.violations

    @property
    def ends(self) -> Counter[str]:
        """Visits by how they ended for their gateway; `refused` where they were not let in."""
        return Counter(visit.end or ("refused" if visit.refused else "open") for visit in self.ledger.visits.values())

    @property
    def figures(self) -> Figures:
        """Of answered and abandoned visits; who was sent away when the play ended is in neither."""
        return figures(self._visits())

    @property
    def service_level(self) -> float | None:
        """Answered within 20 s, by the definition of `router.stats`."""
        visits = list(self._visits())
        level = service_level(
            (visit.wait_us for visit in visits if visit.answered),
            (visit.wait_us for visit in visits if not visit.answered),
            target_us=TARGET_US,
        )
        return level.share

    def _visits(self) -> Iterator[Visit]:
        for visit in self.ledger.visits.values():
            if visit.joined_us is not None:
                yield Visit(visit.queue, True, visit.joined_us - visit.asked_us)
            elif visit.end in ("abandoned", "treated"):
                yield Visit(visit.queue, False, visit.ended_us - visit.asked_us)

    def as_json(self) -> dict[str, Any]:
        """One object for programs. Times in seconds, shares from 0 to 1."""
        now = self.figures
        return {
            "source": self.trace.header.source,
            "acknowledgement": self.trace.header.acknowledgement,
            "contacts": self.arrived,
            "served": now.served,
            "abandoned": now.abandoned,
            "ended": dict(self.ends),
            "offers": self.ledger.offers,
            "across_gateways": self.ledger.across,
            "announced": self.ledger.announced,
            "restarts": self.restarts,
            "violations": self.violations,
            "ledger": self.ledger.as_json(),
            "clean": self.clean,
            "speed": self.speed,
            "seconds": self.seconds,
            "service_level": self.service_level,
            "played": asdict(now),
            "recorded": asdict(figures(recorded(self.trace))),
            "queues": {name: asdict(each) for name, each in by_queue(self._visits()).items()},
        }
