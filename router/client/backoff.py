"""How long to wait before connecting again: exponential, with full jitter.

It knows no clock and no socket. After an outage a thousand clients come back spread over the whole interval
and not in step: the wait is drawn evenly from 0 to the present ceiling, and the ceiling doubles with each
failure."""

from __future__ import annotations

import random


class Backoff:
    """The waits of one address, in seconds."""

    def __init__(self, first_s: float, most_s: float, chance: random.Random) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._chance = chance
        self._ceiling_s = first_s

    def worked(self) -> None:
        """A connection was let in: the next wait is short again."""
        self._ceiling_s = self._first_s

    def hopeless(self) -> float:
        """What failed needs a person (a wrong key, a name used twice): the least that the next wait should
        be, which is the most of ordinary ones."""
        self._ceiling_s = self._most_s
        return self._most_s

    def wait_s(self, at_least_s: float = 0.0) -> float:
        """The next wait; `at_least_s` is what the engine asked for, and jitter is added to it."""
        wait = at_least_s + self._chance.uniform(0.0, self._ceiling_s)
        self._ceiling_s = min(self._most_s, self._ceiling_s * 2)
        return wait
