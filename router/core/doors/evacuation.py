"""When the last able agent leaves: those who wait get their queue's treatment, in slices."""

from __future__ import annotations

from itertools import islice

from router.core.callbacks import book as callback_book
from router.core.entities import Contact
from router.core.line import Line
from router.core.needs import courses
from router.core.tickets.ticket import TICKET
from router.core.visits import treat
from router.core.world import World


def _can_be_told(contact: Contact) -> bool:
    """Can it be sent elsewhere now? A call-back waits for an agent to come back: nobody stands on the line."""
    return contact.peer.open and (contact.extra is None or callback_book.of(contact) is None)


def _in_order(line: Line) -> tuple[str, int, str, int]:
    """An order that a start does not change: lines of one queue may differ in nothing but the steps of their needs."""
    first = abs(line.order.first[1]) if line.order.first is not None else 0
    return line.queue.name, line.contact_class, line.own_target, first


def evacuate(world: World, most: int) -> None:
    """Treat up to `most` contacts that wait for skills which nobody signed in has."""
    for needs in sorted(world.unmet, key=lambda needs: needs.rank):
        lines = sorted(needs.lines, key=_in_order)
        for line in lines:
            told = "nobody_left" in line.queue.treatments and not line.queue.settings.enter_unstaffed
            if needs.staffed != 0 or not told or needs.channel == TICKET:
                continue
            if line.course.streams and courses.wanted_later(world, line):
                world.roster.hoping[needs] = None
                continue
            # Who belongs to a gateway that could not be told leaves the line with it, and asks again when it is back.
            leaving = list(islice((entry[2] for entry in line.order if _can_be_told(entry[2])), most))
            for contact in leaving:
                treat(world, contact, "nobody")
            most -= len(leaving)
            if most == 0:
                return
        world.unmet.pop(needs, None)
