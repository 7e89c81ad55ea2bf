"""Agents as the estimator sees them: slots in a state, counted by skill group, state and start time.

What lives here: who is logged in, what each slot does since when, and the counters over them.
What it must not know: laws, estimates, who waits.
The idea: an estimate must not walk ten thousand agents, so slots are counted in buckets of start time; a
bucket keeps count and sum of starts, so a small centre loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

READY: Final = 0
TALK: Final = 1
WRAP: Final = 2

MIX_MEMORY_TAKES = 200.0
"""Takes after which a group's mix of queues has forgotten its past."""
PASSED_MAX = 4
"""Groups looked at when a caller is taken although others were free; it is rare, and a few teach enough."""


class Slot:
    """One unit of an agent: `state` since `since_s`, for `queue` (empty when ready)."""

    __slots__ = ("agent", "bucket", "contact", "group", "queue", "since_s", "state")

    def __init__(self, agent: str, group: Group, now_s: float) -> None:
        self.agent = agent
        self.group = group
        self.state = READY
        self.queue = ""
        self.contact = ""
        self.since_s = now_s
        self.bucket = 0


class Group:
    """All slots with the same skills."""

    __slots__ = ("bucket_s", "cells", "free", "mix", "mixed", "size", "skills")

    def __init__(self, skills: frozenset[str], bucket_s: float) -> None:
        self.skills = skills
        self.size = 0.0
        self.free = 0.0
        """Slots: whole ones where they are counted one by one, parts where a contact takes a part of one."""
        self.bucket_s = bucket_s
        self.cells: dict[tuple[int, str], dict[int, list[float]]] = {}
        self.mix: dict[str, float] = {}
        self.mixed = 0.0

    def count(self, slot: Slot) -> None:
        """Count a slot in its present state."""
        slot.bucket = int(slot.since_s / self.bucket_s)
        if slot.state == READY:
            self.free += 1
        cell = self.cells.setdefault((slot.state, slot.queue), {})
        entry = cell.get(slot.bucket)
        if entry is None:
            cell[slot.bucket] = [1, slot.since_s]
        else:
            entry[0] += 1
            entry[1] += slot.since_s

    def uncount(self, slot: Slot) -> None:
        """Take a slot out of the counters, before its state changes."""
        if slot.state == READY:
            self.free -= 1
        cell = self.cells[slot.state, slot.queue]
        entry = cell[slot.bucket]
        if entry[0] == 1:
            del cell[slot.bucket]
            if not cell:
                del self.cells[slot.state, slot.queue]
        else:
            entry[0] -= 1
            entry[1] -= slot.since_s

    def took(self, queue: str) -> None:
        """Remember that somebody of this group took a caller of `queue`."""
        mix = self.mix
        mix[queue] = mix.get(queue, 0.0) + 1.0
        self.mixed += 1.0
        if self.mixed > 2 * MIX_MEMORY_TAKES:
            self.mix = {name: weight / 2 for name, weight in mix.items() if weight > 0.5}
            self.mixed = sum(self.mix.values())


class Agents:
    """Everybody who is logged in."""

    __slots__ = ("_bucket_s", "_by_contact", "_groups_max", "_unannounced", "by_queue", "groups", "slots")

    def __init__(self, groups_max: int, bucket_s: float) -> None:
        """`bucket_s`: width of the start-time buckets, `groups_max`: see the settings."""
        self._groups_max = groups_max
        self._bucket_s = bucket_s
        self.groups: dict[frozenset[str], Group] = {}
        self.by_queue: dict[str, list[Group]] = {}
        self.slots: dict[str, list[Slot]] = {}
        self._by_contact: dict[str, Slot] = {}
        self._unannounced: set[str] = set()

    def login(self, agent: str, skills: frozenset[str], slots: int, now_s: float) -> None:
        """Log in, or change skills or slots of somebody who is logged in (talks go on)."""
        self._unannounced.discard(agent)
        group = self.group(skills)
        held = self.slots.setdefault(agent, [])
        for slot in held:
            if slot.group is not group:
                self._move(slot, group)
        while len(held) < slots:
            slot = Slot(agent, group, now_s)
            group.size += 1
            group.count(slot)
            held.append(slot)
        for slot in [slot for slot in held if slot.state == READY][: len(held) - slots]:
            self._drop(slot)
            held.remove(slot)

    def logout(self, agent: str) -> list[Slot]:
        """Log out at once; the slots that were held, as they were."""
        self._unannounced.discard(agent)
        held = self.slots.pop(agent, [])
        for slot in held:
            self._drop(slot)
        return held

    def take(self, agent: str, queue: str, contact: str, now_s: float) -> tuple[Slot, float]:
        """A talk starts.  The slot, and since when it was ready (`now_s` if it was not).

        One who never logged in is there since now, and serves the queues that were taken from.
        """
        held = self.slots.get(agent)
        if not held or (agent in self._unannounced and queue not in held[0].group.skills):
            known = held[0].group.skills if held else frozenset[str]()
            self.login(agent, known | {queue}, 1, now_s)
            self._unannounced.add(agent)
            held = self.slots[agent]
        slot = held[0]
        if slot.state != READY and len(held) > 1:
            slot = min(held, key=lambda item: (item.state != READY, item.state == TALK, item.since_s))
        since = slot.since_s if slot.state == READY else now_s
        self._by_contact.pop(slot.contact, None)
        self.change(slot, TALK, queue, now_s)
        slot.contact = contact
        self._by_contact[contact] = slot
        slot.group.took(queue)
        return slot, since

    def talking(self, contact: str) -> Slot | None:
        """The slot that talks to `contact`."""
        return self._by_contact.get(contact)

    def freed(self, contact: str) -> None:
        """The contact is no longer talked to."""
        self._by_contact.pop(contact, None)

    def change(self, slot: Slot, state: int, queue: str, now_s: float) -> None:
        """Move a slot to another state, counted."""
        slot.group.uncount(slot)
        slot.state = state
        slot.queue = queue
        slot.since_s = now_s
        slot.group.count(slot)

    def wrapping(self, agent: str) -> Slot | None:
        """The slot of an agent that became free when they say so: the longest in wrap-up, else in talk."""
        held = self.slots.get(agent)
        if not held:
            return None
        if len(held) == 1:
            return held[0] if held[0].state != READY else None
        busy = [slot for slot in held if slot.state != READY]
        return min(busy, key=lambda item: (item.state != WRAP, item.since_s)) if busy else None

    def ages(self, state: int, queue: str, now_s: float) -> Iterator[tuple[float, float]]:
        """(age in s, how many) of all slots in a state for a queue."""
        for group in self.groups.values():
            for count, since in group.cells.get((state, queue), {}).values():
                yield max(0.0, now_s - since / count), count

    def passed_over(self, queue: str, from_s: float, now_s: float) -> list[float]:
        """How long free slots let a caller wait who came at `from_s` and is taken by another now: one age for each of
        up to `PASSED_MAX` groups."""
        ages = []
        for group in self.by_queue.get(queue, ()):
            if group.free:
                since = max(entry[1] / entry[0] for entry in group.cells[READY, ""].values())
                ages.append(max(0.0, now_s - max(since, from_s)))
                if len(ages) == PASSED_MAX:
                    break
        return ages

    def _move(self, slot: Slot, group: Group) -> None:
        slot.group.uncount(slot)
        slot.group.size -= 1
        slot.group = group
        group.size += 1
        group.count(slot)

    def _drop(self, slot: Slot) -> None:
        slot.group.uncount(slot)
        slot.group.size -= 1
        if slot.contact and self._by_contact.get(slot.contact) is slot:
            del self._by_contact[slot.contact]

    def group(self, skills: frozenset[str]) -> Group:
        """The group of a skill set, made if need be: also for those who are only planned."""
        group = self.groups.get(skills)
        if group is None:
            if len(self.groups) >= self._groups_max:
                self._forget_empty()
            group = self.groups[skills] = Group(skills, self._bucket_s)
            for queue in sorted(skills):
                self.by_queue.setdefault(queue, []).append(group)
        return group

    def _forget_empty(self) -> None:
        for skills in [key for key, group in self.groups.items() if group.size == 0]:
            group = self.groups.pop(skills)
            for queue in skills:
                self.by_queue[queue].remove(group)
