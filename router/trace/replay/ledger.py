"""The outside ledger of a replay: what must hold between the engine and a gateway, judged from what is said.

It sees what was asked and what was answered, never the engine's world: so a mistake of the engine and one of its own
books cannot hide each other. It must not know how contacts are driven, nor compute any figure.

The one idea: each line is kept a second time, as a heap of places, and each agent's units as a sum; both are compared
at every offer.

    I1  every contact that was let in is in one state, and ends once
    I3  an offer only for a contact that waits: one holder at a time
    I4  the first accept of a live offer is taken
    I5  units of offers, talks and wrap-ups never exceed the agent's capacity
    I6  the contact that is offered is the first of its line
    I9  the agent serves the queue
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from heapq import heappop, heappush
from typing import Final, TypeAlias

from router.core.effects import Offer

FIRST_KEPT: Final = 20
"""Violations told in words; the rest are only counted."""

Place: TypeAlias = tuple[int, int, str]
"""(key in microseconds, number of arrival, contact)."""

WAITING: Final = 0
TAKEN: Final = 1
ENDED: Final = 2


class Ledger:
    """The books of one replay. Times in microseconds."""

    def __init__(
        self, capacities: Mapping[str, int], serves: Mapping[str, frozenset[str]], units: Mapping[str, int]
    ) -> None:
        """`capacities` and `serves` (queues) by agent, `units` of one contact by channel."""
        self.violations: Counter[str] = Counter()
        self.first: list[str] = []
        self.entered = 0
        self.ended = 0
        self._capacities = capacities
        self._serves = serves
        self._units = units
        self._used = dict.fromkeys(capacities, 0)
        self._states: dict[str, int] = {}
        self._places: dict[str, tuple[list[Place], Place]] = {}
        """Contacts that have not ended, with their line and their place in it."""
        self._lines: dict[tuple[str, str], list[Place]] = {}
        """Heaps. Who left a line is taken out of it when at its head."""
        self._holds: dict[str, tuple[str, str, str]] = {}
        """Contact -> (offer, agent, channel) that holds it, to the end of wrap-up."""

    def broken(self, invariant: str, what: str) -> None:
        """Count a violation."""
        self.violations[invariant] += 1
        if len(self.first) < FIRST_KEPT:
            self.first.append(f"{invariant}: {what}")

    def enter(self, contact: str, line: tuple[str, str], key_us: int) -> None:
        """Let in, standing in the line (queue, channel) at this key: arrival less head start."""
        if contact in self._states:
            self.broken("I1", f"{contact} was let in twice")
            return
        self.entered += 1
        place = (key_us, self.entered, contact)
        self._states[contact] = WAITING
        places = self._lines.setdefault(line, [])
        self._places[contact] = (places, place)
        heappush(places, place)

    def offer(self, offer: Offer) -> bool:
        """Offered to an agent. Returns whether the contact was there to be offered."""
        contact, agent = offer.contact, offer.agent
        states = self._states
        if states.get(contact) != WAITING:
            holder = self._holds.get(contact)
            held = f"{holder[1]} has it under {holder[0]}" if holder else "it does not wait"
            self.broken("I3", f"{contact} is offered to {agent} under {offer.offer}, but {held}")
            return False
        line = self._lines.get((offer.queue, offer.channel), [])
        while line and states[line[0][2]] != WAITING:
            heappop(line)
        if not line or line[0][2] != contact:
            before = f"{line[0][2]} is before it" if line else "the line is empty"
            self.broken("I6", f"{contact} is offered out of the line {offer.queue}/{offer.channel}, but {before}")
        states[contact] = TAKEN
        self._holds[contact] = (offer.offer, agent, offer.channel)
        used = self._used.get(agent, 0) + self._units.get(offer.channel, 0)
        self._used[agent] = used
        if used > self._capacities.get(agent, 0):
            self.broken("I5", f"{agent} holds {used} units of {self._capacities.get(agent, 0)} with {offer.offer}")
        if offer.queue not in self._serves.get(agent, ()):
            self.broken("I9", f"{agent} is offered {contact}, but does not serve {offer.queue}")
        return True

    def accepted(self, offer: Offer, taken: bool) -> None:
        """The agent accepted the offer while it was live."""
        if not taken:
            self.broken("I4", f"{offer.agent} accepted {offer.offer} in time and was refused")

    def put_back(self, offer: str, contact: str) -> None:
        """The offer is over and its contact waits again, at its old place."""
        holder = self._holds.get(contact)
        if holder is None or holder[0] != offer:
            return
        self._let_go(contact)
        self._states[contact] = WAITING
        line, place = self._places[contact]
        heappush(line, place)

    def end(self, contact: str) -> None:
        """The visit is over, and nobody works on it any more."""
        if self._states.get(contact, ENDED) == ENDED:
            self.broken("I1", f"{contact} ended, but was not there")
            return
        self._let_go(contact)
        self._states[contact] = ENDED
        self.ended += 1
        del self._places[contact]

    def close(self, accepted: int, ended: int, live: int) -> None:
        """The replay is over: nothing may be left, and the engine must have counted the same."""
        if self._places:
            some = ", ".join(sorted(self._places)[:3])
            self.broken("I1", f"{len(self._places)} contacts never ended: {some}")
        if (accepted, ended, live) != (self.entered, self.ended, len(self._places)):
            self.broken(
                "I1",
                f"the engine counts {accepted} let in, {ended} ended, {live} live, "
                f"the ledger {self.entered}, {self.ended}, {len(self._places)}",
            )

    def _let_go(self, contact: str) -> None:
        holder = self._holds.pop(contact, None)
        if holder is not None:
            self._used[holder[1]] -= self._units.get(holder[2], 0)
