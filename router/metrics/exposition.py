"""The text as it is served: made when asked for, at most once a second, in slices on the loop.

It knows time and the event loop, and nothing of figures. The one idea: a scrape never costs the loop more
than a slice at once, and everybody who asks while a text is being made gets that one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic_ns
from typing import Final

from router.metrics.census import Census
from router.metrics.process import boot_utc_s
from router.metrics.render import Renderer
from router.metrics.seen import Seen
from router.metrics.sources import Sources
from router.terms import SECOND_US

FRESH_NS: Final = 1_000_000_000
"""A text younger than this is served again."""

SLICE_NS: Final = 500_000
"""After this long the loop is given to others. With the last step begun within it, a slice stays well below
the 2 ms that it may take."""

STALL_KEPT_NS: Final = 60_000_000_000
"""A stall is shown this long, so that every scraper sees it, however many there are."""


class Exposition:
    """The metrics of one daemon. `clock_ns` is monotonic."""

    def __init__(self, sources: Sources, clock_ns: Callable[[], int] = monotonic_ns) -> None:
        self.sources = sources
        self._clock_ns = clock_ns
        self._seen = Seen(sources, Census())
        self._renderer = Renderer(self._seen, boot_utc_s())
        self._chunks: list[bytes] = []
        self._made_ns = 0
        self._making: asyncio.Task[None] | None = None
        self._stalls: deque[tuple[int, int]] = deque()
        """(when it was noted, microseconds) of the last minute."""

    async def chunks(self) -> list[bytes]:
        """The text in pieces of about 64 KiB, at most a second old."""
        if not self._chunks or self._clock_ns() - self._made_ns >= FRESH_NS:
            if self._making is None or self._making.done():
                self._making = asyncio.get_running_loop().create_task(self._make(), name="metrics")
            # Who hangs up must not take the text from the others.
            await asyncio.shield(self._making)
        return self._chunks

    def stop(self) -> None:
        """Make no text any more."""
        if self._making is not None:
            self._making.cancel()

    async def _make(self) -> None:
        clock_ns = self._clock_ns
        self._note_stall()
        steps = self._renderer.steps()
        began_ns = slice_ns = clock_ns()
        longest_ns = 0
        chunks: list[bytes] | None = None
        while chunks is None:
            try:
                next(steps)
            except StopIteration as end:
                chunks = end.value
                break
            now_ns = clock_ns()
            if now_ns - slice_ns >= SLICE_NS:
                longest_ns = max(longest_ns, now_ns - slice_ns)
                await asyncio.sleep(0)
                slice_ns = clock_ns()
        now_ns = clock_ns()
        own = self._seen.own
        own.slice_s = max(longest_ns, now_ns - slice_ns) / 1e9
        own.made_s = (now_ns - began_ns) / 1e9
        self._chunks, self._made_ns = chunks, now_ns

    def _note_stall(self) -> None:
        """Take over the longest lag since the last text, and forget those of more than a minute ago."""
        loop = self.sources.loop
        if loop is None:
            return
        now_ns = self._clock_ns()
        stalls = self._stalls
        while stalls and now_ns - stalls[0][0] > STALL_KEPT_NS:
            stalls.popleft()
        stalls.append((now_ns, loop.lag_us.most))
        loop.lag_us.most = 0
        self._seen.own.stall_s = max(longest for _, longest in stalls) / SECOND_US
