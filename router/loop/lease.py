"""The leader's right to speak, judged by its own clock.

A process that was stopped (SIGSTOP, a frozen machine) and woken believes that no time has passed, while the store has
let somebody else lead. So before anything is told, this asks: did our own loop stand still for longer than a part of
the lease, and has the lease run out since it was last confirmed? Then nothing is told until the store has said who
leads. A lease that runs out because the *store* is silent, while our loop went on without a gap, ends nothing: nobody
can have taken the lead from a store that answers nobody, and who else has is told to us by gateways.

It must not know stores or messages. The one idea: silence of the store and absence of our own look alike to everyone
but ourselves.
"""

from __future__ import annotations

from collections.abc import Callable

from router.loop.clock import boot_us

GAP_SHARE = 3
"""A gap in our own loop counts from a third of the lease on: a renewal may be as late as that in any case."""


class Lease:
    """One turn of leading. `until_us`: until when the lease runs that came with it, by the boot clock (us)."""

    __slots__ = ("_boot_us", "_gap_us", "_seen_us", "_ttl_us", "on_doubt", "until_us")

    def __init__(self, ttl_us: int, until_us: int, boot: Callable[[], int] = boot_us) -> None:
        self._boot_us = boot
        self._ttl_us = ttl_us
        self.until_us = until_us
        self._seen_us = boot()
        self._gap_us = 0
        """When the last gap of our own loop ended; 0: none since the lease was confirmed."""
        self.on_doubt: Callable[[], None] = _nothing
        """Told each time that something can't be told: whoever renews should ask at once."""

    def look(self) -> None:
        """The loop is awake. To be called often, and before anything that was decided is told."""
        now_us = self._boot_us()
        if (now_us - self._seen_us) * GAP_SHARE > self._ttl_us:
            self._gap_us = now_us
        self._seen_us = now_us

    def renewed(self, sent_us: int) -> None:
        """The store has confirmed the lease; it was asked at `sent_us`, and the lease runs from then."""
        self.until_us = max(self.until_us, sent_us + self._ttl_us)
        if sent_us >= self._gap_us:
            self._gap_us = 0

    def may_speak(self) -> bool:
        """May what was decided be told?"""
        if not self._gap_us or self._seen_us < self.until_us:
            return True
        self.on_doubt()
        return False


def _nothing() -> None:
    pass
