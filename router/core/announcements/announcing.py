"""Who is to be told something next, in a world; and what a plan wants a queue to say.

All looks at schedules go through one heap of their own and are done in rounds: at most `A_ROUND` contacts, the stalest
first, then nothing for `PAUSE_US`. So ten thousand who came at once stall nobody, and announcing takes a bounded share
of the loop whatever waits. It must not know what is said (`announcements.py`).

**For those who make plans** (rules, overload, incidents): `set_special` lets a queue say a message of your own, with
parameters and until when; `clear_special` takes it back, `specials` tells what is in force. The rows of kind `message`
without a message of their own say it, once to each contact. It is not recorded: whoever has set it sets it again after
a start of the engine, and who has heard it (that is recorded) does not hear it again.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from msgspec import Struct

from router.core.announcements.settings import ALWAYS
from router.core.deadlines import NEVER_US
from router.core.entity import Entity
from router.core.needs.levels import level_of
from router.terms import MILLISECOND_US

if TYPE_CHECKING:
    from router.core.announcements.settings import AnnounceRow, AnnounceRules
    from router.core.entities import Contact
    from router.core.queue import Queue
    from router.core.world import World
    from router.ewt.policy import AnnouncePolicy

A_ROUND = 12
"""Contacts looked at in one round: with some 20 microseconds each, well under a millisecond."""
POPPED_A_ROUND = 256
"""Looks taken out in one round, stale ones too: bounds it where many have left."""
PAUSE_US = 20 * MILLISECOND_US
"""Between two rounds: at most 600 looks a second, under 20 ms of the loop; 10,000 who wait need some 500."""


class Schedule(Struct, gc=False):
    """What a queue says: its rows in their order, its rules, and these as the policy takes them."""

    rows: tuple[AnnounceRow, ...]
    rules: AnnounceRules
    policy: AnnouncePolicy
    conditional: frozenset[str]
    """Texts of the rows that have a condition."""


def take_schedule(queue: Queue) -> None:
    """Let the queue announce what its settings say, and keep its service level if anything waits on that."""
    rows, rules = queue.settings.announce, queue.settings.announcing
    conditional = frozenset(row.text for row in rows if row.when != ALWAYS)
    queue.schedule = Schedule(rows, rules, rules.policy(), conditional) if rows else None
    if queue.settings.watches_level:
        level_of(queue)


class Hearer(Entity, eq=False, gc=False):
    """A contact whose schedule is to be looked at at a time."""

    contact: Contact | None
    """None: it waits no more."""
    due_us: int = 0
    due_number: int = 0


class Special(Struct, frozen=True, gc=False):
    """A message that a plan wants said in a queue."""

    message: str
    parameters: tuple[tuple[str, str], ...] = ()
    until_us: int = NEVER_US
    """Not said from this core time on."""


class Announcing:
    """Everybody who is to be told something, and the special messages."""

    def __init__(self) -> None:
        self._looks: list[tuple[int, int, Hearer]] = []
        """Heap of looks: one is stale when its hearer's number has changed. Unlike `Deadlines` it never sorts many at
        a time, which would cost some 10 ms where ten thousand are looked at at the same moment."""
        self.hearers: dict[Contact, Hearer] = {}
        self.round_us = 0
        """Core time of the last round; recorded with the world."""
        self.next_us = NEVER_US
        """Nothing is to be done before this core time."""
        self.specials: dict[Queue, dict[str, Special]] = {}

    def set(self, contact: Contact, at_us: int, number: int) -> None:
        """Look at this contact's schedule at that core time."""
        hearer = self.hearers.get(contact)
        if hearer is None:
            hearer = self.hearers[contact] = Hearer(contact)
        hearer.due_us, hearer.due_number = at_us, number
        heappush(self._looks, (at_us, number, hearer))
        self.next_us = min(self.next_us, max(at_us, self.round_us + PAUSE_US))

    def unset(self, contact: Contact) -> None:
        """There is nothing to look for as things are."""
        hearer = self.hearers.get(contact)
        if hearer is not None:
            hearer.due_us = 0

    def forget(self, contact: Contact) -> None:
        """Nothing is told to this contact any more."""
        hearer = self.hearers.pop(contact, None)
        if hearer is not None:
            hearer.contact, hearer.due_us = None, 0

    def due(self, now_us: int) -> list[Contact]:
        """A round: those whose look is due, the stalest first."""
        looks = self._looks
        found: list[Contact] = []
        for _ in range(POPPED_A_ROUND):
            if not looks or looks[0][0] > now_us or len(found) == A_ROUND:
                break
            at_us, number, hearer = heappop(looks)
            if hearer.contact is not None and (hearer.due_us, hearer.due_number) == (at_us, number):
                hearer.due_us = 0
                found.append(hearer.contact)
        if found:
            self.round_us = now_us
        return found

    def rest(self) -> None:
        """A round is over: when is the next?"""
        looks = self._looks
        self.next_us = max(looks[0][0], self.round_us + PAUSE_US) if looks else NEVER_US


def set_special(world: World, queue: Queue, special: Special) -> None:
    """From now on the queue says this; in place of what it said under the same message id."""
    world.announcing.specials.setdefault(queue, {})[special.message] = special


def clear_special(world: World, queue: Queue, message: str) -> None:
    """It says it no more; without effect where it does not."""
    said = world.announcing.specials.get(queue)
    if said is not None and said.pop(message, None) is not None and not said:
        del world.announcing.specials[queue]


def specials(world: World, queue: Queue) -> list[Special]:
    """What the queue is to say now, in the order in which it was set."""
    said = world.announcing.specials.get(queue)
    return [] if said is None else [each for each in said.values() if world.now_us < each.until_us]
