"""How much of the feed is kept: the sizes of what this epoch has put into it.

It must not know connections. The one idea: a standby is seconds behind, so what is far older than that may go.
"""

from __future__ import annotations

from collections import deque
from typing import Final

FEED_BYTES_MOST: Final = 33_554_432
"""Changes kept in the feed by one epoch, 32 MiB: some 100,000 lifecycles. A standby further behind loads again."""


class Feed:
    """Ids and sizes of this epoch's entries, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[tuple[bytes, int]] = deque()
        self._bytes = 0

    @property
    def oldest(self) -> bytes:
        """The id from which on the feed is kept."""
        return self._entries[0][0] if self._entries else b"0"

    def note(self, epoch: int, number: int, size: int) -> None:
        """A batch of so many bytes has been added."""
        self._entries.append((b"%d-%d" % (epoch, number), size))
        self._bytes += size
        while self._bytes > FEED_BYTES_MOST and len(self._entries) > 1:
            self._bytes -= self._entries.popleft()[1]
