"""The leader's lease in Redis, kept by saying so every second on a connection of its own.

A renewal waits for Redis in a thread that computes nothing, so a slow Redis holds up nobody; what comes of it is told
on the event loop. It must not know what leading means. The one idea: a lease is counted from the moment of *asking*
for it, so that ours has always run out before Redis lets somebody else have it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from router.store.base import Lead, StoreError
from router.store.redis.errors import error_of
from router.store.redis.script import Keys, lease
from router.store.redis.wire import Dialler, Wire

RENEWALS: Final = 3
"""Times that a lease is renewed while it runs: two may be lost."""

CLOSE_MOST_S: Final = 2.0
"""How long `close` waits for a renewal that is under way: no longer than that itself may take."""


class Renewal(NamedTuple):
    """What came of asking once."""

    sent_us: int
    """When it was asked, by the clock that was given: the lease runs from then."""
    error: StoreError | None
    """`StoreFenced`: somebody else leads. `StoreAway`: nobody knows."""


Told: TypeAlias = Callable[[Renewal], object]


class LeaseKeeper:
    """Renews one turn's lease until it is closed. `told` hears of each renewal through `post`, which any thread may
    call; `clock` gives microseconds."""

    def __init__(
        self,
        dialler: Dialler,
        keys: Keys,
        lead: Lead,
        epoch: int,
        clock: Callable[[], int],
        post: Callable[..., object],
        told: Told,
    ) -> None:
        self._dialler = dialler
        self._keys = keys
        self._lead = lead
        self._epoch = epoch
        self._clock = clock
        self._post = post
        self._told = told
        self._wake = threading.Event()
        self._closing = False
        self._give_up = False
        self.gave_up = False
        """The lease was given back: somebody else may lead at once."""
        self._wire: Wire | None = None
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)
        self._thread.start()

    def ask_now(self) -> None:
        """Renew at once: somebody wants to know whether we still lead."""
        self._wake.set()

    def close(self, give_up: bool) -> None:
        """End; with `give_up` the lease goes with it, so that a standby need not wait for its end."""
        self._give_up = give_up
        self._closing = True
        self._wake.set()
        self._thread.join(CLOSE_MOST_S)

    def _keep(self) -> None:
        every_s = self._lead.ttl_ms / 1000 / RENEWALS
        while not self._closing:
            sent_us = self._clock()
            error = self._ask(self._lead.ttl_ms)
            if not self._closing:
                self._post(self._told, Renewal(sent_us, error))
            # An error is soon followed by another try: a lease is short.
            self._wake.wait(every_s if error is None else every_s / 4)
            self._wake.clear()
        if self._give_up:
            self.gave_up = self._ask(0) is None
        self._hang_up()

    def _ask(self, ttl_ms: int) -> StoreError | None:
        data = lease(self._keys, self._lead, self._epoch, ttl_ms)
        try:
            if self._wire is None:
                self._wire = self._dialler.dial()
            answer = self._wire.exchange(data)
            if answer.startswith(b"-"):
                raise error_of(answer[1:].decode(errors="replace"), self._dialler.where.shown)
        except StoreError as error:
            self._hang_up()
            return error
        return None

    def _hang_up(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None
