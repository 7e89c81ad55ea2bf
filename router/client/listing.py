"""The list of what is alive on its way to the engine: in parts, and smaller ones where a part is refused.

It knows nothing of connections. The one idea: a part is refused as a whole, and what is not listed has ended; so a
refused part goes again in halves, down to the entry that is wrong by itself, before the list is said to be whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from router.client.outbox import Done, Outcome
from router.client.outcomes import Refused
from router.wire.catalogue import Sync


class Listing:
    """One list for one connection. `whole` is called once, when every part has been answered."""

    def __init__(self, send: Callable[[Sync, Done], None], whole: Callable[[], None]) -> None:
        self.refusals: list[Refused] = []
        """Of each entry that the engine did not take: why."""
        self._send = send
        self._whole = whole
        self._open = 0

    def tell(self, parts: Iterable[Sync]) -> None:
        """Send all of it."""
        # Counted as one more until all are sent: a part may be answered while the next one is made.
        self._open = 1
        for part in parts:
            self._tell(part)
        self._over()

    def _tell(self, part: Sync) -> None:
        self._open += 1
        self._send(part, partial(self._answered, part))

    def _answered(self, part: Sync, outcome: Outcome) -> None:
        if isinstance(outcome, Refused):
            smaller = halves(part)
            for half in smaller:
                self._tell(half)
            if not smaller:
                self.refusals.append(outcome)
        self._over()

    def _over(self) -> None:
        self._open -= 1
        if not self._open:
            self._whole()


def halves(part: Sync) -> tuple[Sync, ...]:
    """The same in two messages, endpoints apart from contacts; none where it has one entry."""
    endpoints, contacts = part.endpoints, part.contacts
    if len(endpoints) + len(contacts) < 2:
        return ()
    if endpoints and contacts:
        return Sync(0, endpoints=endpoints), Sync(0, contacts=contacts)
    half = (len(endpoints) + len(contacts)) // 2
    return (
        Sync(0, endpoints=endpoints[:half], contacts=contacts[:half]),
        Sync(0, endpoints=endpoints[half:], contacts=contacts[half:]),
    )
