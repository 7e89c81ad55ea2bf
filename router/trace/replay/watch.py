"""The inside check of a replay: the engine's world against its invariants, while it runs.

What shows from outside is the ledger's (`replay_ledger`), after every command. It must not know what drives the engine.

The one idea: a check of what was touched lately and of a slice of the rest is bounded but dearer than a command, so
it is made every so many commands; everything at once is looked at rarely, and at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from router.core.verify.world import Verifier, Violation, verify
from router.core.world import World
from router.trace.replay.ledger import Ledger

STEP_COMMANDS: Final = 64
"""Commands between two steps of the verifier: a step costs about ten commands, so this is a tenth of the time."""
WHOLE_COMMANDS: Final = 4_096
"""Commands between two checks of the whole world, which cost some milliseconds."""
ENOUGH: Final = 1_000
"""Violations after which no more are looked for from inside: a broken world may grow, and checking it with it."""


class Watch:
    """Checks a world every so often and counts what it finds in the ledger."""

    def __init__(self, world: World, ledger: Ledger, on: bool) -> None:
        self._world = world
        self._ledger = ledger
        self._verifier = Verifier(world)
        self._on = on
        self._commands = 0
        self._found = 0

    def stepped(self) -> None:
        """A command was applied, or deadlines fired."""
        self._commands += 1
        if self._commands % STEP_COMMANDS or not self._on:
            return
        if self._commands % WHOLE_COMMANDS:
            self._count(self._verifier.step())
        else:
            self.whole()

    def whole(self) -> None:
        """Check everything."""
        if self._on:
            self._count(verify(self._world))

    def _count(self, violations: Iterable[Violation]) -> None:
        for violation in violations:
            self._ledger.broken(violation.invariant, violation.what)
            self._found += 1
        self._on = self._found < ENOUGH
