"""The life of a visit: where a contact stands while it waits, its deadlines, and the one way in which it ends."""

from __future__ import annotations

from router.core import burial, counted, overflow
from router.core.announcements import announcements
from router.core.callbacks import book as callback_book
from router.core.customers import customers
from router.core.doors import doors
from router.core.doors.hours import due_us, take_clock
from router.core.effects import Treat
from router.core.entities import Agent, Contact, Tombstone
from router.core.estimates import tap
from router.core.layers.spill import spills
from router.core.line import Entry, Line
from router.core.moments import (
    is_deserted,
    looks_again_us,
    parked_until_us,
    parks_at_us,
    wait_left_us,
    waited_out,
    waits_at_most,
    with_its_own,
)
from router.core.needs import courses
from router.core.order import Order
from router.core.partners import partner
from router.core.partners.sent import AWAY
from router.core.places import several, tokens
from router.core.special import outcome_of
from router.core.stored import visits as visit_records
from router.core.tickets.ticket import TICKET
from router.core.world import World


def join_line(world: World, contact: Contact, line: Line, unfired_us: int = 0) -> None:
    """The contact belongs to `line` from now on, or to the line of its course that its wait has earned, and its wait
    counts as that line counts; it does not stand yet. `unfired_us`: its deadline has been due for so long and will
    fire yet."""
    if line.clock is not None or contact.extra is not None:
        take_clock(world, contact, line.clock)
    if line.course.streams:
        line = courses.enter(world, contact, line, unfired_us)
    contact.line = line
    contact.entry = line.place(contact)
    line.members += 1


def stand_in_line(world: World, contact: Contact) -> None:
    """Let a waiting contact stand where it should: in its line, and those of further queues, or beside it with the
    agent whom it waits for. It looks for an agent at the end of the step."""
    line = contact.line if contact.stand_ins is None else several.in_order(world, contact)
    assert line is not None
    if line.course.streams:
        line = courses.go_on(world, contact)
    awaiting: Agent | None = None
    if contact.direct is not None or contact.preferred is not None:
        awaiting = _awaited(world, contact)
        if awaiting is None and contact.stand_ins is not None:
            line = several.in_order(world, contact)
    if contact.peer.takes(contact):
        world.stand(contact, line.order if awaiting is None else beside(awaiting, line))
        world.loose_contacts.append(contact)
        if contact.stand_ins is not None and awaiting is None:
            several.stand(world, contact)
        if line.needs.staffed == 0:
            courses.leave_unstaffed(world, line)
    if line.queue.schedule is not None:
        announcements.begin(world, contact, line.queue.schedule)
    if (
        contact.due_us
        or contact.extra is not None
        or contact.missed is not None
        or contact.preferred is not None
        or contact.direct is not None
        or line.course.streams
        or contact.queue.settings.laid.overflow_to
        or contact.queue.settings.laid.sending is not None
        or waits_at_most(world, contact)
    ):
        arm(world, contact)


def beside(agent: Agent, line: Line) -> Order[Entry]:
    """Where contacts of this line stand that wait for this agent."""
    if agent.wanted is None:
        agent.wanted = {}
    order = agent.wanted.get(line)
    if order is None:
        for emptied in [other for other, waiting in agent.wanted.items() if waiting.first is None]:
            del agent.wanted[emptied]
        order = agent.wanted[line] = Order()
    return order


def _awaited(world: World, contact: Contact) -> Agent | None:
    """The agent whom the contact waits for by name: direct, unless it overflows; or preferred, signed in, not on a
    break, and able."""
    if contact.direct is not None:
        return None if overflow.released(world, contact) else world.agents.get((contact.peer.tenant, contact.direct))
    agent = world.agents.get((contact.peer.tenant, contact.preferred or ""))
    if (
        agent is not None
        and agent.state in ("available", "reserved")
        and not agent.next_state
        and world.now_us < contact.preferred_until_us
        and agent.profile is not None
        and contact.line is not None
        and agent.profile in contact.line.needs.profiles
    ):
        return agent
    contact.preferred = None
    world.changed[contact] = None
    return None


def arm(world: World, contact: Contact) -> None:
    """Set the contact's deadline to the first of those that its state has."""
    now_us = world.now_us
    extra = contact.extra
    callback = callback_book.of(contact) if extra is not None else None
    at_us = 0
    if callback is not None and contact.state in ("held", "waiting"):
        at_us = callback.look_us
    elif contact.state == "held":
        at_us = contact.held_until_us
    elif contact.state == "connected":
        at_us = parks_at_us(world, contact)
    elif contact.state == "parked":
        at_us = parked_until_us(world, contact)
    if contact.state == "waiting":
        again_us = looks_again_us(world, contact, callback is not None)
        at_us = min(at_us or again_us, again_us or at_us)
    if callback is None and contact.state in ("held", "waiting") and waits_at_most(world, contact):
        left_us = wait_left_us(world, contact)
        clock = contact.line.clock if contact.line is not None else None
        most_us = now_us + left_us if clock is None else due_us(world, clock, left_us)
        at_us = most_us if not at_us else min(at_us, most_us)
    if contact.line is not None and contact.line.course.streams:
        at_us = courses.or_step(world, contact, contact.line, at_us)
    at_us = _or_elsewhere(world, contact, at_us)
    if extra is not None and extra.ticket is not None:
        at_us = with_its_own(contact, extra.ticket, at_us)
    if at_us:
        world.set_due(contact, max(at_us, now_us))
        world.changed[contact] = None
    elif contact.due_us:
        disarm(world, contact)


def _or_elsewhere(world: World, contact: Contact, at_us: int) -> int:
    """A contact's deadline (0: none), or that of its places in other queues, or of its way to a partner, if sooner."""
    if contact.stand_ins is not None and contact.state in ("held", "waiting"):
        from router.core.places import elsewhere

        at_us = elsewhere.next_us(world, contact, at_us)
    if contact.queue.settings.laid.sending is not None or contact.state in AWAY:
        at_us = partner.next_us(world, contact, at_us)
    return at_us


def age(world: World, contact: Contact) -> None:
    """A contact has waited on, standing in its line, held or ringing: its needs give way, and it gets its next
    deadline."""
    line = contact.line
    if line is not None and line.course.streams:
        stood = contact.standing is not None
        world.unstand(contact)
        if stood and contact.state == "waiting":
            stand_in_line(world, contact)
            return
        courses.go_on(world, contact)
        if stood:
            from router.core.ringing import look

            look(world, contact)
    arm(world, contact)


def disarm(world: World, contact: Contact) -> None:
    """The contact has no deadline any more."""
    if contact.due_us:
        world.deadlines.cancel(contact)
        world.changed[contact] = None


def due(world: World, contact: Contact) -> None:
    """A deadline of a waiting contact has come."""
    now_us = world.now_us
    world.changed[contact] = None
    if contact.peer.live and (contact.state in ("connected", "parked") or contact.state in AWAY):
        _due_beside_lines(world, contact)
        return
    if contact.state == "offered" and contact.peer.live and contact.line is not None and contact.line.course.streams:
        age(world, contact)
        return
    if not contact.peer.live or contact.state not in ("held", "waiting"):
        # Its gateway could not have resumed it, nor be told; or it is offered now, and an offer runs to its end. It is
        # armed again when the gateway is back, or when it waits again.
        return
    callback = callback_book.of(contact) if contact.extra is not None else None
    if callback is not None:
        from router.core.callbacks import turns as callback_turns

        callback_turns.due(world, contact, callback)
        return
    if contact.queue.settings.laid.overflow_to and spills(world, contact):
        return
    if _waited_too_long(world, contact):
        treat(world, contact, "waited_too_long")
        return
    if contact.state == "held" and now_us >= contact.held_until_us:
        if contact.channel != TICKET:
            world.repaired("held")
        if "held_too_long" in contact.queue.treatments and contact.channel != TICKET:
            treat(world, contact, "held_too_long")
            return
        world.move_contact(contact, "resume")
        contact.held_until_us = 0
        stand_in_line(world, contact)
        return
    if contact.direct is not None and is_deserted(world, contact):
        treat(world, contact, "nobody")
    elif contact.state == "held":
        age(world, contact)
    else:
        _look_again(world, contact)


def _due_beside_lines(world: World, contact: Contact) -> None:
    from router.core.partners import partners
    from router.core.talks import parking

    if contact.state in AWAY:
        partners.due(world, contact)
    else:
        parking.due(world, contact)


def _waited_too_long(world: World, contact: Contact) -> bool:
    """Has it where it waits? In its other queues it may have, too: those places are given up."""
    if contact.stand_ins is not None:
        from router.core.places import elsewhere

        elsewhere.look(world, contact)
    return waited_out(world, contact)


def _look_again(world: World, contact: Contact) -> None:
    """The wait for a preferred agent is over, a miss is forgiven, or a step's time has come: it looks again."""
    line = contact.line
    if line is not None and (line.reserve_us or contact.stand_ins is not None):
        from router.core import reservations

        reservations.due(world, contact)
    if line is not None and line.course.streams:
        # While it still stands, so that it counts among those who have waited too long.
        courses.go_on(world, contact)
    world.unstand(contact)
    stand_in_line(world, contact)


def is_sent_away(world: World, contact: Contact) -> bool:
    """Must it go, because its queue is closed? It is not offered any more; an offer in flight runs to its end. Whom we
    have called ourselves is served."""
    queue = contact.queue
    if queue.door is None or (contact.extra is not None and contact.extra.callback is not None):
        return False
    return doors.sends_away(world, queue, contact.channel)


def treat(world: World, contact: Contact, why: str) -> None:
    """The contact can't be served any longer where it waits: it goes on in the queue that configuration names, or its
    gateway is told what to do with it and it ends. One that has other places loses this one only."""
    if contact.main is not None or contact.stand_ins is not None:
        from router.core.places import elsewhere

        if elsewhere.give_up(world, contact, why):
            return
    if why == "closed":
        treatment = doors.treatment(contact.queue, waiting=True)
    else:
        treatment = contact.queue.treatment("nobody_left" if why == "nobody" else why)
    if treatment.do == "queue":
        from router.core import moves

        left = moves.send_on(world, contact, treatment, why)
        if left is None:
            return
        treatment = left
    opens_in_ms = doors.opens_in_ms(world, contact.queue) if why == "closed" else None
    world.tell(contact.peer, Treat(contact.id, why, treatment, opens_in_ms))  # type: ignore[arg-type]  # one of its literals
    # `refused` is kept for those who were never let in: what was accepted and sent elsewhere has moved.
    outcome = "moved" if why in ("nobody", "closed") else "waited_too_long"
    if treatment.do == "callback":
        outcome = "callback_taken"
    leave(world, contact, outcome, "system")


def leave(world: World, contact: Contact, outcome: str, by: str) -> None:
    """The visit is over for a contact that has no live offer. A leg of before a transfer may still be in wrap-up."""
    now_us = world.now_us
    disarm(world, contact)
    if contact.extra is not None:
        if contact.state in AWAY:
            from router.core.partners import partners

            partners.gave_up(world, contact)
        outcome = outcome_of(contact, outcome)
        announcements.over(world, contact)
    contact.outcome = outcome
    contact.ended_by = by
    contact.left_us = now_us
    if contact.extra is not None and callback_book.reached_us(contact):
        contact.waited_us = now_us - callback_book.reached_us(contact)
    elif contact.line is not None:
        contact.waited_us = world.waited_us(contact)
    if contact.line is not None:
        tap.gone(world, contact, outcome)
    world.leave_line(contact)
    world.move_contact(contact, "leave")
    if not contact.offers:
        close(world, contact)


def close(world: World, contact: Contact) -> None:
    """Nobody works on it any more: its record is written, and a tombstone takes its place."""
    world.move_contact(contact, "close")
    if contact.line is not None:
        world.leave_line(contact)
    contact.queue.counts["ended"] -= 1
    if contact.extra is not None:
        from router.core.tickets import path as ticket_path

        ticket_path.over(world, contact)
    counted.count_ended(world, contact)
    visit_records.write(world, contact)
    known = customers.remember(world, contact) if contact.customer is not None else None
    world.tally.ended += 1
    world.live -= 1
    peer = contact.peer
    del peer.contacts[contact.id]
    world.changed.pop(contact, None)
    if contact.due_us:
        world.deadlines.cancel(contact)
    if contact.extra is not None:
        from router.core.talks import consults

        consults.closed(world, contact)
    tombstone = Tombstone(
        contact.id, peer, contact.digest, contact.outcome or "withdrawn", contact.queue.name, contact.number,
        world.now_us,
    )  # fmt: skip
    tombstone.waited_us, tombstone.agent = contact.waited_us, _served_by(contact)
    tombstone.codes, tombstone.resolved = contact.codes, contact.resolved
    tombstone.customer = known
    if contact.extra is not None:
        _special_over(world, contact, tombstone)
    burial.bury(world, tombstone)


def _special_over(world: World, contact: Contact, tombstone: Tombstone) -> None:
    """What only some contacts have is over too."""
    callback = contact.extra.callback if contact.extra is not None else None
    if callback is not None:
        callback_book.strike(world, contact, callback)
    tokens.ended(world, contact, tombstone)


def _served_by(contact: Contact) -> str:
    """The agent who served it last; nobody, where none did."""
    for leg in reversed(contact.legs):
        if leg.how == "served":
            return leg.agent
    return ""
