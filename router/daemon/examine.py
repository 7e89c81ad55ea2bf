"""Whether a store's records load to a legal world: what `switchboard store check` asks, without starting anything.

It writes nothing. The one idea: the engine that would load them is asked to, in a world that is thrown away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from router.core.engine import Engine
from router.core.settings import Settings
from router.core.stored import records
from router.core.verify.world import verify
from router.errors import IllegalMove


class Examined(NamedTuple):
    """What was found."""

    kinds: dict[str, int]
    """Records that can be read, by kind."""
    bad: list[tuple[str, str, str]]
    """(kind, key, why) of those that can't."""
    violations: list[str]
    """What does not hold in the world that the others make."""

    @property
    def sound(self) -> bool:
        """Would a start go well?"""
        return not self.bad and not self.violations


def examine(stored: Iterable[tuple[str, str, bytes]], settings: Settings) -> Examined:
    """Read every record, and build the world of those that can be read."""
    kinds: Counter[str] = Counter()
    bad: list[tuple[str, str, str]] = []
    engine = Engine(settings, 1)
    for kind, key, value in stored:
        try:
            engine.put(kind, key, value)
        except records.BadRecord as error:
            bad.append((kind, key, str(error)))
        else:
            kinds[kind] += 1
    violations = []
    try:
        engine.activate(engine.stored_us)
        violations = [f"{each.invariant} {each.what}" for each in verify(engine.world)]
    except (ValueError, LookupError, AssertionError, IllegalMove) as error:
        violations = [f"the world can't be built: {error!r}"]
    return Examined(dict(sorted(kinds.items())), bad, violations)
