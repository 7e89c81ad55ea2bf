"""Which of a client's connections speaks for the engine: the one of the highest epoch seen, never a lower one again.

It must not know sockets or messages. The one idea: epochs only grow, so a leader that was frozen or cut off and
believes that it still leads is known by its number, whatever it says and however late that comes.
"""

from __future__ import annotations

from typing import Generic, TypeVar

L = TypeVar("L")


class Leaders(Generic[L]):
    """The leader's connection, as far as one client knows. `link`: None while nobody leads."""

    def __init__(self) -> None:
        self.epoch_seen = 0
        """The highest epoch of a leader that was taken."""
        self._name = ""
        """Of that leader's turn, where it says one."""
        self.link: L | None = None

    def refuses(self, link: L, epoch: int, name: str) -> bool:
        """Is whoever says on `link` that it leads in `epoch` not to be believed? A higher epoch has been seen, or
        another one in this: two stores that know nothing of each other may give out the same. `name`: of its turn of
        leading, by which it is known also when its connection is gone."""
        if epoch != self.epoch_seen:
            return epoch < self.epoch_seen
        other = bool(name and self._name) and name != self._name
        if other and self.link is None:
            # The one seen first may be gone for good: who leads must hear of it, and take a higher epoch still.
            self.epoch_seen += 1
        return other or (self.link is not None and self.link is not link)

    def take(self, link: L, epoch: int, name: str) -> None:
        """It leads."""
        self.link, self.epoch_seen, self._name = link, epoch, name

    def part(self) -> None:
        """Nobody leads for now; what was seen stays seen."""
        self.link = None
