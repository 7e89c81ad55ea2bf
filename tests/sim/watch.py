"""Looks into the engine now and then with its own `verify`, which production uses too. The judge does without."""

from __future__ import annotations

from router.core.verify.world import Verifier, Violation, verify
from tests.sim.site import Flight, Site, Step

WHOLE_EVERY = 25
SLICE_EVERY = 10
"""Steps between looks at the whole world, and at a slice of it."""


class Watch:
    """Collects what `verify` finds, once each."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self._steps = 0
        self._verifier: Verifier | None = None

    def stepped(self, site: Site, step: Step) -> None:
        """The engine is between two steps."""
        self._steps += 1
        if self._steps % WHOLE_EVERY == 0:
            self._found(site, verify(site.engine.world))
        if self._steps % SLICE_EVERY == 0:
            if self._verifier is None:
                self._verifier = Verifier(site.engine.world)
            self._found(site, self._verifier.step())

    def _found(self, site: Site, violations: list[Violation]) -> None:
        self.violations += [f"{found.invariant} in the world at {site.now_us}: {found.what}" for found in violations]

    def landed(self, site: Site, flight: Flight) -> None:
        """Nothing new."""

    def killed(self, site: Site) -> None:
        """The world is gone."""
        self._verifier = None

    def restarted(self, site: Site) -> None:
        """What was loaded must be as good as what was built step by step: look after the next step."""
        self._steps = -1
