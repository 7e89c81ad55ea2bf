"""The time of a trace while it is played: so many times faster than the machine's.

It must not know what happens at a time. The one idea: when the play is to end soon, every wait ends at once, and each
who waited sees that it was cut short.
"""

from __future__ import annotations

import asyncio

from router.terms import SECOND_US


class PlayClock:
    """Microseconds of the trace. To be made in a running loop; its time begins with `start`."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._loop = asyncio.get_running_loop()
        self._began_s = self._loop.time()
        self._from_us = 0
        self._hurry = asyncio.Event()

    def start(self, from_us: int) -> None:
        """It is `from_us` now."""
        self._began_s = self._loop.time()
        self._from_us = from_us

    def now_us(self) -> int:
        """The time of the trace."""
        return self._from_us + round((self._loop.time() - self._began_s) * SECOND_US * self.speed)

    @property
    def real_s(self) -> float:
        """Seconds of the machine since the start."""
        return self._loop.time() - self._began_s

    @property
    def hurried(self) -> bool:
        """Nobody waits any more."""
        return self._hurry.is_set()

    def hurry(self) -> None:
        """All waits end now, and later ones at once."""
        self._hurry.set()

    async def until(self, at_us: int) -> bool:
        """Wait; False where the wait was cut short."""
        wait_s = self._left_s(at_us)
        if self._hurry.is_set():
            return False
        try:
            async with asyncio.timeout(wait_s):
                await self._hurry.wait()
        except TimeoutError:
            return True
        return False

    async def either_or_hurry(self, event: asyncio.Event, at_us: int) -> bool:
        """Wait for the event, for the time, or for the hurry: True if the event came."""
        if event.is_set() or self._hurry.is_set():
            return event.is_set()
        waits = {asyncio.ensure_future(event.wait()), asyncio.ensure_future(self._hurry.wait())}
        try:
            await asyncio.wait(waits, timeout=self._left_s(at_us), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
        return event.is_set()

    def _left_s(self, at_us: int) -> float:
        return max(0.0, (at_us - self.now_us()) / SECOND_US / self.speed)
