"""Deadlines that cancel themselves: a wheel of time slots, with a small heap for the slot that is near.

An entity has at most one deadline (its `due_us`, 0 for none). Setting it puts the entity into the slot of that time,
setting it again or cancelling takes it out, so nothing stale is ever left behind, whatever the number of entities:
a heap with lazy deletion would keep every offer that was answered for the whole of its ring time. Entities fire by
(time, number), where the number was drawn when the deadline was set and is kept with the entity's record.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Generic, Protocol, TypeVar

NEVER_US = 1 << 62
"""Later than any core time."""

SLOT_BITS = 18
"""A slot is 2**18 us, about a quarter of a second: ring times span some hundred slots, a slot holds few entities."""


class Timed(Protocol):
    """What can have a deadline."""

    due_us: int
    due_number: int


T = TypeVar("T", bound=Timed)


class Deadlines(Generic[T]):
    """All deadlines of a world. Every operation is O(1) or O(log of the near slot)."""

    __slots__ = ("_edge", "_far", "_near", "_pushed", "_slots", "soonest_us")

    def __init__(self) -> None:
        self._slots: dict[int, dict[int, T]] = {}
        """Far slots: slot -> number -> entity."""
        self._far: list[int] = []
        """Heap of slots that exist."""
        self._near: list[tuple[int, int, int, T]] = []
        """The near heap: every entry due before `_edge`; one is stale when its entity's number has changed, and may
        then be of the same time and number as that of the entity in its place: so they are counted."""
        self._pushed = 0
        self._edge = 0
        self.soonest_us = NEVER_US
        """No deadline is before this time: one comparison tells that nothing is due."""

    def set(self, entity: T, at_us: int, number: int) -> None:
        """Give `entity` the deadline `at_us` (core time) in place of the one it had."""
        if entity.due_us:
            self.cancel(entity)
        entity.due_us = at_us
        entity.due_number = number
        self.soonest_us = min(self.soonest_us, at_us)
        slot = at_us >> SLOT_BITS
        if slot < self._edge:
            self._push(entity)
            return
        entries = self._slots.get(slot)
        if entries is None:
            self._slots[slot] = {number: entity}
            heappush(self._far, slot)
        else:
            entries[number] = entity

    def _push(self, entity: T) -> None:
        self._pushed += 1
        heappush(self._near, (entity.due_us, entity.due_number, self._pushed, entity))

    def cancel(self, entity: T) -> None:
        """Take the deadline away. Without effect where there is none."""
        if entity.due_us:
            slot = entity.due_us >> SLOT_BITS
            if slot >= self._edge:
                del self._slots[slot][entity.due_number]
            entity.due_us = 0

    def holds(self, entity: T) -> bool:
        """Is the entity's deadline kept here? For `verify`; costs a look at every near deadline."""
        slot = entity.due_us >> SLOT_BITS
        if slot >= self._edge:
            return self._slots.get(slot, {}).get(entity.due_number) is entity
        due = (entity.due_us, entity.due_number)
        return any(kept is entity and (at_us, number) == due for at_us, number, _, kept in self._near)

    def __len__(self) -> int:
        """How many entities have a deadline. For `verify`: counts them all. What has one number for ever, and was set
        to the same time again, is in the near heap twice; it fires once, for whoever takes it out ends its time."""
        near = {due[:2] for due in self._near if (due[3].due_us, due[3].due_number) == due[:2]}
        return len(near) + sum(len(slot) for slot in self._slots.values())

    def next_us(self) -> int | None:
        """No deadline is before this time; None where there is none. Exact for the near slot, else the start of the
        first slot: whoever sleeps until then and calls `pop_due` gets the exact time next."""
        near = self._near
        while near:
            at_us, number, _, entity = near[0]
            if entity.due_us == at_us and entity.due_number == number:
                self.soonest_us = at_us
                return at_us
            heappop(near)
        if self._far:
            self.soonest_us = self._far[0] << SLOT_BITS
            return self.soonest_us
        self.soonest_us = NEVER_US
        return None

    def pop_due(self, now_us: int) -> T | None:
        """Take out and return the first entity whose deadline is at or before `now_us`, None where none is.

        `due_us` still tells the time at which it was due until it is set again."""
        near = self._near
        while self._far and self._far[0] << SLOT_BITS <= now_us:
            slot = heappop(self._far)
            self._edge = slot + 1
            for entity in self._slots.pop(slot).values():
                self._push(entity)
        at_us = self.next_us()
        if not near or at_us is None or at_us > now_us:
            return None
        return heappop(near)[3]
