"""Announcements to those who wait: each queue has one ordered schedule, and a contact's next look at it is a deadline.

    stands in line -> first look -> a row's turn has come and its condition holds -> `announce`, look again later
                                 -> nothing to say -> look again later

A look finds the rows whose turn has come, the stalest first, and says at most one. What is said of a wait is for the
policy to decide (`router.ewt.policy`): a high percentile rounded up, again only with progress, raised only when it is
lost. Nothing is said while an agent is rung or the contact is held, nor to whom an agent is about to take.

What was told is kept in the contact (`heard.py`) and begins anew in another queue. It must not change any order, nor
know how estimates are made (`estimates/expect.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from router.core.announcements.announcing import Schedule, Special, specials
from router.core.announcements.heard import FOR_EVER_US, Heard, Promise
from router.core.announcements.settings import AnnounceRow, When
from router.core.callbacks import book as callback_book
from router.core.deadlines import NEVER_US
from router.core.doors.doors import closed_by
from router.core.effects import Announce
from router.core.estimates.expect import estimate_of
from router.core.extra import extra_of
from router.core.needs.levels import level_of
from router.core.special import is_test
from router.core.talks.consulting import is_consult
from router.ewt.policy import Quote, Say, decide
from router.terms import MILLISECOND_US, SECOND_US, AnnouncementKind

if TYPE_CHECKING:
    from router.core.entities import Contact
    from router.core.queue import Queue
    from router.core.world import World
    from router.ewt import Estimate

LOOK_US = 15 * SECOND_US
"""A row whose turn has come and whose condition does not hold, or that has nothing to say, is looked at again."""
CONFIDENCE = ("low", "medium", "high")
OF_THE_WAIT = ("time", "next", "over", "position")
"""Kinds that tell a wait: what they say is a promise."""
UNKNOWN = Quote(0.0, float("inf"), float("inf"), float("inf"), True)


class Moment(NamedTuple):
    """What a look finds out once, for all rows."""

    position: int
    estimate: Estimate | None
    p50_us: int | None
    """The median of the wait from now; None: unknown."""
    p80_us: int | None
    """Its 80th percentile."""


def heard_of(contact: Contact) -> Heard | None:
    """What it was told; None where nothing is told to it."""
    return contact.extra.heard if contact.extra is not None else None


def hears(contact: Contact, schedule: Schedule) -> bool:
    """Is there a customer to talk to, on a channel that is talked to? Not for a colleague who is asked, nor while a
    call-back is still to be dialled."""
    if contact.channel not in schedule.rules.channels:
        return False
    return contact.extra is None or (callback_book.of(contact) is None and not is_consult(contact))


# -- coming and going -------------------------------------------------------------------------------------------------


def begin(world: World, contact: Contact, schedule: Schedule) -> None:
    """The contact stands in a line of a queue that announces, or stands there again."""
    if not hears(contact, schedule):
        return
    heard, now_us = heard_of(contact), world.now_us
    if heard is not None and heard.queue and heard.queue != contact.queue.name:
        # Of its several queues another one leads now.
        over(world, contact)
        heard = None
    extra = extra_of(contact)
    if heard is None:
        heard = extra.heard = Heard(now_us, queue=contact.queue.name if contact.stand_ins is not None else "")
    elif heard.look_us:
        return
    elif heard.number == 0:
        # It was held, or rung for, before anything was said: the first comes after that.
        heard.began_us = now_us
    at_us = _next_us(heard, schedule)
    if heard.number:
        at_us = max(at_us, now_us + schedule.rules.first_after_us)
    _look_at(world, contact, heard, at_us)


def anew(world: World, contact: Contact) -> None:
    """Its queue has another schedule: what was said counts on, by the texts."""
    schedule, heard = contact.queue.schedule, heard_of(contact)
    if schedule is None or contact.state != "waiting" or contact.standing is None:
        return
    if heard is None:
        begin(world, contact, schedule)
    else:
        _look_at(world, contact, heard, max(world.now_us, _next_us(heard, schedule)))


def over(world: World, contact: Contact, answered_us: int = 0) -> None:
    """It waits no more in this queue: it was answered then, or it is gone (0). Its promise is counted."""
    extra = contact.extra
    heard = extra.heard if extra is not None else None
    if extra is None or heard is None:
        return
    world.announcing.forget(contact)
    if heard.open_kind:
        _count(world, contact, heard.open_kind, "unanswered")
    promise = heard.promise
    if promise is not None and promise.first_until_us and not is_test(contact):
        in_time = (answered_us or world.now_us) <= promise.first_until_us
        outcome = ("kept" if answered_us else "left") if in_time else "broken"
        promises = home(world, contact).tally.promises
        promises[outcome] = promises.get(outcome, 0) + 1
    extra.heard = None
    contact.extra = extra.kept()


def home(world: World, contact: Contact) -> Queue:
    """The queue that announces to it: of several, the one that leads, also while it rings for another one."""
    heard = heard_of(contact)
    queue = world.queues.get((contact.peer.tenant, heard.queue)) if heard is not None and heard.queue else None
    return contact.queue if queue is None else queue


def _count(world: World, contact: Contact, kind: str, outcome: str) -> None:
    if not is_test(contact):
        counts = home(world, contact).tally.announced
        counts[kind, outcome] = counts.get((kind, outcome), 0) + 1


def acknowledge(world: World, contact: Contact, number: int, how: str) -> bool:
    """The gateway tells what became of an announcement. False: there was none of this number."""
    heard = heard_of(contact)
    if heard is None or number < heard.number or not heard.open_kind:
        return heard is None or number <= heard.number
    if number > heard.number:
        return False
    _count(world, contact, heard.open_kind, how)
    if how == "skipped" and heard.open_kind in OF_THE_WAIT:
        _take_back(heard)
    heard.open_kind, heard.before = "", None
    world.changed[contact] = None
    return True


def _take_back(heard: Heard) -> None:
    """Nobody heard it: it promised nothing. The place stays the lowest that was sent, and the pause goes on."""
    promise, before = heard.promise, heard.before
    assert promise is not None
    if before is None:
        before = Promise(0, 0)
    promise.bucket, promise.until_us = before.bucket, before.until_us
    promise.raised, promise.first_until_us = before.raised, before.first_until_us


# -- looking ----------------------------------------------------------------------------------------------------------


def work(world: World) -> None:
    """One round: those whose look is due, the stalest first."""
    for contact in world.announcing.due(world.now_us):
        look(world, contact)
    world.announcing.rest()


def look(world: World, contact: Contact) -> None:
    """Say what is to be said to this contact now, if anything, and look again later. Who is held or rung for now is not
    told anything, and looked at when it stands again."""
    heard, schedule = heard_of(contact), contact.queue.schedule
    world.changed[contact] = None
    if heard is None:
        return
    heard.look_us = 0
    if schedule is None or not hears(contact, schedule):
        return
    if contact.state != "waiting" or contact.standing is None or not contact.peer.live:
        return
    _look_at(world, contact, heard, _speak(world, contact, heard, schedule))


def _look_at(world: World, contact: Contact, heard: Heard, at_us: int) -> None:
    world.changed[contact] = None
    heard.look_us = 0
    if at_us < NEVER_US:
        heard.look_us, heard.look_number = at_us, world.number()
        world.announcing.set(contact, at_us, heard.look_number)
    else:
        world.announcing.unset(contact)


def _turn_us(heard: Heard, row: AnnounceRow) -> int:
    """When it is this row's turn."""
    said_us = heard.said.get(row.text)
    if said_us is None:
        return heard.began_us + row.at_us
    return said_us + row.every_us if row.every_us else NEVER_US


def _next_us(heard: Heard, schedule: Schedule) -> int:
    """When the next row's turn comes; not before the gap after the last announcement is over."""
    turn_us = min((_turn_us(heard, row) for row in schedule.rows), default=NEVER_US)
    return max(turn_us, heard.last_us + schedule.rules.gap_us) if heard.number else turn_us


def _speak(world: World, contact: Contact, heard: Heard, schedule: Schedule) -> int:
    """Say the first row that has something to say. Returns when to look again."""
    now_us, rules = world.now_us, schedule.rules
    assert contact.standing is not None
    assert contact.entry is not None
    known = estimate_of(world, contact)
    p50_us = None if known is None else round(known.p50 * SECOND_US)
    if heard.number and p50_us is not None and p50_us < rules.quiet_before_take_us:
        return now_us + rules.quiet_before_take_us
    p80_us = None if known is None else round(known.p80 * SECOND_US)
    moment = Moment(contact.standing.rank(contact.entry) + 1, known, p50_us, p80_us)
    again_us = NEVER_US
    turns: list[tuple[int, int]] = []
    for index, row in enumerate(schedule.rows):
        turn_us = _turn_us(heard, row)
        if turn_us <= now_us:
            turns.append((turn_us, index))
        else:
            again_us = min(again_us, turn_us)
    turns.sort()
    for _, index in turns:
        later_us = _try(world, contact, heard, schedule, schedule.rows[index], moment)
        if not later_us:
            return _next_us(heard, schedule)
        again_us = min(again_us, now_us + later_us)
    return again_us


def _try(world: World, contact: Contact, heard: Heard, schedule: Schedule, row: AnnounceRow, moment: Moment) -> int:
    """Say this row, if it has something to say. Returns 0 where it had, else when to look again, from now."""
    if row.text in schedule.conditional and not holds(world, contact, row.when, moment):
        return LOOK_US
    if row.kind in ("estimate", "position"):
        return _tell_wait(world, contact, heard, schedule, row, moment)
    special = None
    if row.kind == "message" and not row.message:
        special = _special(world, contact.queue, heard)
        if special is None:
            return LOOK_US
    _announce(world, contact, heard, row, moment, row.kind, row.text, special)  # type: ignore[arg-type]  # one of its kinds
    return 0


def _special(world: World, queue: Queue, heard: Heard) -> Special | None:
    """The first special message of the queue that this contact has not heard."""
    return next((each for each in specials(world, queue) if special_key(each) not in heard.said), None)


def special_key(special: Special) -> str:
    """By what it is remembered that it was said; no text of a row looks like this."""
    return f"={special.message}"


def holds(world: World, contact: Contact, when: When, moment: Moment) -> bool:
    """Does all hold that the condition asks for?"""
    line = contact.line
    assert line is not None
    waited_us = world.waited_us(contact)
    if waited_us < when.waited_from_us or 0 < when.waited_to_us < waited_us:
        return False
    if moment.position < when.position_from or 0 < when.position_to < moment.position:
        return False
    if not _within(moment.p50_us, when.p50_from_us, when.p50_to_us):
        return False
    if not _within(moment.p80_us, when.p80_from_us, when.p80_to_us):
        return False
    known = moment.estimate.confidence if moment.estimate is not None else "low"
    if CONFIDENCE.index(known) < CONFIDENCE.index(when.confidence):
        return False
    if when.if_none_free and line.needs.ready:
        return False
    if when.state == "unstaffed" and line.needs.staffed:
        return False
    if when.state in ("open", "closed"):
        is_open = closed_by(world, contact.queue, contact.channel) is None
        if is_open != (when.state == "open"):
            return False
    if when.if_service_level_below > 0:
        share = level_of(contact.queue).share(world.now_us)
        return share is not None and share < when.if_service_level_below
    return True


def _within(wait_us: int | None, from_us: int, to_us: int) -> bool:
    if wait_us is None:
        return not from_us and not to_us
    return from_us <= wait_us and (not to_us or wait_us <= to_us)


# -- saying -----------------------------------------------------------------------------------------------------------


def quote_of(estimate: Estimate | None, low_confidence: str) -> Quote:
    """An estimate as the policy takes it; `low_confidence`: what the rules make of one that is not known well."""
    if estimate is None:
        return UNKNOWN
    low = estimate.confidence == "low" and low_confidence != "time"
    return Quote(estimate.p10, estimate.p50, estimate.p80, estimate.p90, low)


def _tell_wait(
    world: World, contact: Contact, heard: Heard, schedule: Schedule, row: AnnounceRow, moment: Moment
) -> int:
    """What the policy says of this wait now. Returns as `_try`."""
    rules = schedule.rules
    quote = quote_of(moment.estimate, rules.low_confidence)
    if row.kind == "position":
        quote = quote._replace(low_confidence=True)
    elif quote.low_confidence and rules.low_confidence == "nothing":
        return LOOK_US
    waited_s = (world.now_us - heard.began_us) / SECOND_US
    say = decide(quote, moment.position, waited_s, heard.told(), schedule.policy)
    if say.kind == "silent" or say.told is None:
        return max(SECOND_US, round(say.again_in_s * SECOND_US))
    texts = {"time": row.text, "next": rules.next_text, "over": rules.over_text, "position": rules.position_text}
    text = row.text if row.kind == "position" else texts[say.kind]
    before = heard.promise
    heard.promise = _promise(heard, say, world.now_us)
    if say.raised and not is_test(contact):
        contact.queue.tally.raised += 1
    _announce(world, contact, heard, row, moment._replace(position=say.position), say.kind, text, None, say, before)
    return 0


def _promise(heard: Heard, say: Say, now_us: int) -> Promise:
    told, before = say.told, heard.promise
    assert told is not None
    until_us = 0
    if told.until_s is not None:
        endless = told.until_s == float("inf")
        until_us = FOR_EVER_US if endless else heard.began_us + round(told.until_s * SECOND_US)
    first_us = before.first_until_us if before is not None else 0
    if not first_us and until_us < FOR_EVER_US:
        first_us = until_us
    return Promise(now_us, say.position, told.bucket or 0, until_us, told.raised, first_us)


def _announce(
    world: World,
    contact: Contact,
    heard: Heard,
    row: AnnounceRow,
    moment: Moment,
    kind: AnnouncementKind,
    text: str,
    special: Special | None,
    say: Say | None = None,
    before: Promise | None = None,
) -> None:
    """Tell the gateway, and remember what was told."""
    if heard.open_kind:
        _count(world, contact, heard.open_kind, "unanswered")
    heard.number += 1
    heard.last_us, heard.open_kind, heard.before = world.now_us, kind, before
    heard.said[row.text if special is None else special_key(special)] = world.now_us
    if row.keys:
        heard.keys = row.text
    p50_us, p80_us = moment.p50_us, moment.p80_us
    message = Announce(
        contact.id, heard.number, contact.queue.name, kind, text, contact.language,
        p50_ms=None if p50_us is None else p50_us // MILLISECOND_US,
        p80_ms=None if p80_us is None else p80_us // MILLISECOND_US,
        interruptible=row.interruptible, keys=dict(row.keys), message=row.message, parameters=dict(row.parameters),
    )  # fmt: skip
    if say is not None:
        message.position, message.raised = say.position, say.raised
        message.minutes = say.bucket if say.kind == "time" else None
    if special is not None:
        message.message, message.parameters = special.message, dict(special.parameters)
    world.tell(contact.peer, message)
