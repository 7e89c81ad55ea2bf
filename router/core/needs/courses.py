"""Contacts on their courses: into the line of their state, on with each step whose time has come, and what happens when
a condition turns true.

A course and its lines live while somebody goes them; a queue's own courses stay. Work on many contacts at once (a line
whose needs gave way looks for agents, two lines of one state are joined) is done in slices of `SLICE`.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from msgspec.msgpack import Encoder

from router.core.deadlines import NEVER_US
from router.core.doors.hours import due_us
from router.core.line import Entry, Line
from router.core.needs.asked import Asked
from router.core.needs.course import Course, State, Way, asks_language, course_of
from router.core.needs.levels import BUCKETS, Level, bucket_us_of, level_of
from router.core.order import Order
from router.core.tickets.ticket import TICKET
from router.errors import Refused

if TYPE_CHECKING:
    from router.core.entities import Contact
    from router.core.line import NeedsKey
    from router.core.needs.asked import Step
    from router.core.queue import Queue
    from router.core.world import World

SLICE = 64
"""Contacts a step."""

_encode = Encoder().encode


# -- courses and their lines ------------------------------------------------------------------------------------------


def course_for(world: World, queue: Queue, way: Way) -> Course:
    """The course of contacts that go this way. Raises `Refused` where its queue has no room for its lines."""
    if way.language and not asks_language(queue.settings):
        way = way._replace(language="")
    found = queue.courses.get(way)
    if found is not None:
        return found
    course = course_of(queue, way)
    if not course.streams:
        # Nothing gives way: all who need the same go one course, whatever they said.
        course.way = way._replace(needs=Asked(course.want), language="")
        same = queue.courses.get(course.way)
        if same is not None:
            return same
    own = way == Way(way.channel, contact_class=queue.settings.contact_class) and way.channel not in queue.own
    if not own and queue.reserved + course.reserve > world.settings.limits.lines_per_queue_max:
        raise Refused("too_many_needs", queue.name)
    queue.courses[course.way] = course
    queue.reserved += course.reserve
    course.held_us = queue.kept_steps.pop(record_key(course), {}) if queue.kept_steps else {}
    if course.held_us:
        # The course of before, of the same name, took its record with it.
        world.changed[course] = None
    return course


def record_key(course: Course) -> str:
    """tenant/queue/channel, and a digest of the way that these contacts go."""
    digest = blake2b(_encode(course.way), digest_size=8).hexdigest()
    return f"{course.queue.settings.tenant}/{course.queue.name}/{course.channel}/{digest}"


def line_at(world: World, course: Course, state: State) -> Line:
    """The line of a state; made where there is none."""
    line = course.lines.get(state)
    if line is None:
        queue = course.queue
        needs = world.roster.intern_needs((queue.settings.tenant, course.channel, course.wanted(state)))
        line = Line(queue, needs, course.way.contact_class, Order(), course)
        line.state, line.own_target = state, course.way.own_target
        world.weigh(line)
        course.lines[state] = line
        queue.lines[line] = line
        needs.lines.append(line)
        _watch(line)
    return line


def drop_line(world: World, line: Line) -> None:
    """Nobody belongs to this line any more, and it is not a queue's own."""
    course = line.course
    del line.queue.lines[line]
    if course.lines.get(line.state) is line:
        del course.lines[line.state]
    else:
        course.joining.remove(line)
    world.roster.easing.pop(line, None)
    world.roster.joining.pop(line, None)
    world.estimates.forget_line(line)
    _leave_needs(world, line)
    if not course.lines and not course.joining:
        queue = course.queue
        if queue.courses.get(course.way) is course:
            del queue.courses[course.way]
            queue.reserved -= course.reserve


def _watch(line: Line) -> None:
    """Does something of this state wait on a condition?"""
    line.pending = any(stage < come for stage, come in line.state)
    if line.pending:
        line.needs.awaited += 1


def _leave_needs(world: World, line: Line) -> None:
    line.needs.lines.remove(line)
    needs = line.needs
    if line.pending:
        needs.awaited -= 1
        line.pending = False
    if not needs.lines:
        world.unmet.pop(needs, None)
        world.roster.hoping.pop(needs, None)
        world.roster.stirred.pop(needs, None)
        world.roster.drop_needs(needs)


# -- contacts ---------------------------------------------------------------------------------------------------------


def enter(world: World, contact: Contact, line: Line, unfired_us: int) -> Line:
    """The contact goes the course of this line from now on. Returns the line of its state, as it was so long ago."""
    course = line.course
    course.members += 1
    if course.watches_level:
        level = level_of(course.queue)
        level.watchers += 1
        if not level.due_us:
            look_again(world, level)
    found = line_at(world, course, course.state(contact.entered_us, line.time(world.now_us) - unfired_us))
    if found is not line:
        drop_if_empty(world, line)
    return found


def leave(world: World, course: Course) -> None:
    """A contact goes this course no more."""
    course.members -= 1
    if course.watches_level:
        level = level_of(course.queue)
        level.watchers -= 1
        if not level.watchers and level.due_us:
            world.deadlines.cancel(level)
            world.changed[level] = None
    if not course.members and course.held_us:
        course.held_us = {}
        if _is_recorded(course):
            world.changed.pop(course, None)
            world.dropped.append(("steps", record_key(course)))


def _is_recorded(course: Course) -> bool:
    """Not one that was set aside by another version: the record is that of the course which took its name."""
    return course.queue.courses.get(course.way) is course


def go_on(world: World, contact: Contact) -> Line:
    """The contact's wait has come to something, or it is about to stand: into the line of what is true of it now."""
    line = contact.line
    assert line is not None
    course = line.course
    state = course.state(contact.entered_us, line.time(world.now_us))
    pending = None
    if any(stage < come for stage, come in state):
        pending = line_at(world, course, state)
        _look(world, course, pending)
        state = course.state(contact.entered_us, line.time(world.now_us))
    if course.lines.get(state) is not line:
        # Of another state; or of one that has another line by now, which those who stood here have gone over to.
        line = line_at(world, course, state)
        move(world, contact, line)
    if pending is not None and pending is not line and pending in pending.queue.lines:
        drop_if_empty(world, pending)
    return line


def would_stand(world: World, contact: Contact) -> Order[Entry] | None:
    """The order that a contact which does not stand would stand in now; None where nobody does yet. It changes
    nothing: the contact may have waited on while nobody could be told."""
    line = contact.line
    if line is None or not line.course.streams:
        return None if line is None else line.order
    found = line.course.lines.get(line.course.state(contact.entered_us, line.time(world.now_us)))
    return None if found is None else found.order


def or_step(world: World, contact: Contact, line: Line, at_us: int) -> int:
    """A contact's deadline (0: none), or the time of the next step of its needs, whichever comes first."""
    step_us = line.course.next_us(contact.entered_us, line.state)
    if not step_us or contact.state not in ("held", "waiting", "offered"):
        return at_us
    if line.clock is not None:
        step_us = due_us(world, line.clock, max(0, step_us - line.time(world.now_us)))
    return step_us if step_us < NEVER_US and (not at_us or step_us < at_us) else at_us


def move(world: World, contact: Contact, line: Line) -> None:
    """Into another line of its course, at the same place."""
    old = contact.line
    assert old is not None
    if old is line:
        return
    stood = contact.standing is old.order
    if stood:
        world.step_out(contact)
    contact.line = line
    line.members += 1
    old.members -= 1
    if stood:
        world.stand(contact, line.order)
    drop_if_empty(world, old)


def drop_if_empty(world: World, line: Line) -> None:
    """A line of nobody goes, unless it is its queue's own."""
    if line.members == 0 and line.queue.own.get(line.course.channel) is not line:
        drop_line(world, line)


def wanted_later(world: World, line: Line) -> bool:
    """Does somebody who is signed in meet what the contacts of this line need now, or after a later step?"""
    course = line.course
    if line.needs.staffed:
        return True
    return any(world.roster.anybody(key) for key in _later(course, line.state))


def leave_unstaffed(world: World, line: Line) -> None:
    """Nobody able is signed in: where the queue has a treatment for those who wait, they get it, in slices; unless
    somebody will be able after a step."""
    settings = line.queue.settings
    if line.course.channel == TICKET:
        return
    if not settings.enter_unstaffed and "nobody_left" in line.queue.treatments:
        if line.course.streams and wanted_later(world, line):
            world.roster.hoping[line.needs] = None
        else:
            world.unmet[line.needs] = None


def _later(course: Course, state: State) -> list[NeedsKey]:
    """The needs of each later stage of one stream, the others as they are, and of the last stage of all."""
    tenant = course.queue.settings.tenant
    states = [tuple((len(stream.steps),) * 2 for stream in course.streams)]
    for number, stream in enumerate(course.streams):
        later = range(state[number][0] + 1, len(stream.steps) + 1)
        states.extend((*state[:number], (stage, stage), *state[number + 1 :]) for stage in later)
    return [(tenant, course.channel, course.wanted(each)) for each in states]


# -- conditions -------------------------------------------------------------------------------------------------------


def stir(world: World) -> None:
    """What steps wait on has changed in this step: where a condition is true now, take them. A service level is looked
    at only when it has changed, or when its time has come: else what is decided would hang on what nobody sees."""
    stirred = world.roster.stirred
    while stirred:
        causes = list(stirred)
        stirred.clear()
        emptied: dict[Course, None] = {}
        for cause in causes:
            if isinstance(cause, Level):
                for course in _watching(cause):
                    _look(world, course)
            elif not cause.ready:
                emptied.update((line.course, None) for line in cause.lines if line.pending)
        for course in emptied:
            _look(world, course, level=False)


def count(world: World, level: Level, in_target: bool) -> None:
    """A contact was answered, or abandoned after a while: the level has changed."""
    level.count(world.now_us, in_target)
    world.changed[level] = None
    world.roster.stirred[level] = None


def _watching(level: Level) -> list[Course]:
    return [course for course in level.queue.courses.values() if course.watches_level]


def due(world: World, level: Level) -> None:
    """A bucket is over: the service level is another one, though nothing may have happened."""
    for course in _watching(level):
        _look(world, course)
    if level.watchers:
        look_again(world, level)
    world.changed[level] = None


def window_switched(world: World, queue: Queue) -> None:
    """The queue's settings are others: by another window its level is counted anew, as after a start."""
    level, bucket_us = queue.level, bucket_us_of(queue)
    if level is None or level.bucket_us == bucket_us:
        return
    level.bucket_us, level.last = bucket_us, 0
    level.in_target, level.counted = [0] * BUCKETS, [0] * BUCKETS
    world.changed[level] = None
    if level.watchers:
        look_again(world, level)


def look_again(world: World, level: Level) -> None:
    """Look at the level when its present bucket is over."""
    world.set_due(level, (world.now_us // level.bucket_us + 1) * level.bucket_us)
    world.changed[level] = None


def _look(world: World, course: Course, extra: Line | None = None, *, level: bool = True) -> None:
    """Take every step of the course whose condition is true for those who wait on it; `extra`: a line that somebody is
    about to stand in. Not `level`: only steps that do not wait on a service level."""
    for number, stream in enumerate(course.streams):
        for stage in range(len(stream.steps), 0, -1):
            if not level and stream.steps[stage - 1].if_service_level_below > 0:
                continue
            waiting = [
                line
                for line in (*course.lines.values(), *course.joining)
                if line.state[number][0] < stage <= line.state[number][1] and (line.order.first or line is extra)
            ]
            if any(_holds(world, line, stream.steps[stage - 1]) for line in waiting):
                course.held_us = {**course.held_us, (number, stage): waiting[0].time(world.now_us)}
                if _is_recorded(course):
                    world.changed[course] = None
                _take(world, course, number, stage)


def _holds(world: World, line: Line, step: Step) -> bool:
    """Are all conditions of a step true for those in this line?"""
    if not step.conditional:
        return True
    if step.if_none_free and line.needs.ready:
        return False
    if step.if_service_level_below > 0:
        share = level_of(line.queue).share(world.now_us)
        return share is not None and share < step.if_service_level_below
    return True


def _take(world: World, course: Course, number: int, stage: int) -> None:
    """All lines of the course that wait on this step have it in effect now: other needs in one write each."""
    for line in list(course.lines.values()):
        before, come = line.state[number]
        if before < stage <= come:
            del course.lines[line.state]
            _give(world, line, (*line.state[:number], (stage, come), *line.state[number + 1 :]))
            if line.state in course.lines:
                course.joining.append(line)
                world.roster.joining[line] = None
            else:
                course.lines[line.state] = line
    for line in course.joining:
        before, come = line.state[number]
        if before < stage <= come:
            _give(world, line, (*line.state[:number], (stage, come), *line.state[number + 1 :]))


def _give(world: World, line: Line, state: State) -> None:
    """The line has this state now."""
    old = line.needs
    needs = world.roster.intern_needs((old.key[0], old.key[1], line.course.wanted(state)))
    needs.lines.append(line)
    _leave_needs(world, line)
    line.needs, line.state = needs, state
    _watch(line)
    if line.order.first is None:
        return
    world.roster.easing[line] = None
    if not needs.staffed:
        leave_unstaffed(world, line)
