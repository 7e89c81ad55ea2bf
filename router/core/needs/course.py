"""How the needs of those who wait give way: the steps, whose time has come, and the lines in between.

Contacts of one queue, channel and strict class that ask the same go one **course**. A course has a **stream** of steps
of the queue's, one of the contacts' own, and one for the wait for a preferred agent, as far as there are such steps.
Where a contact stands in a stream is a pair: the step in effect, and how many steps' time has come; the steps between
wait on their conditions. The pairs of all streams are the **state**, and each state has a line.

The one idea: a contact's state follows from its wait and from when each condition held last, so that nothing of it is
stored with the contact. When a condition turns true, the lines that wait on it change their state and needs in one
write, and the time is noted in the course; who comes later compares with that time. What stands in two lines of one
state after that is joined in slices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from msgspec import Struct, field

from router.core.entity import Entity
from router.core.needs.asked import NOTHING, Asked, Step
from router.core.needs.want import ANYBODY, Want, both, preferred

if TYPE_CHECKING:
    from router.core import settings as of
    from router.core.line import Line
    from router.core.queue import Queue

State: TypeAlias = tuple[tuple[int, int], ...]
"""For each stream: the step in effect (0: none), and how many steps' time has come."""


STANDS_FIRM = ("callback", "ticket")
"""Channels whose contacts are not on the line while they wait, and have deadlines of their own: their needs do not give
way."""


class Way(NamedTuple):
    """What tells the courses of a queue apart."""

    channel: str
    needs: Asked = NOTHING
    language: str = ""
    """The contacts' language, where the queue asks for it; empty: not asked."""
    contact_class: int = 0
    own_target: str = ""
    """The target class of the contacts themselves; empty: the queue's."""


class Stream(Struct, frozen=True, gc=False):
    """Steps in their order, and what is wanted before the first and after each."""

    steps: tuple[Step, ...]
    wants: tuple[Want, ...]
    own: bool = False
    """The contacts' own: what they prefer comes before what the queue prefers."""
    prefers: bool = False
    """The wait for a preferred agent: before its step only those take it."""


class Course(Entity, eq=False, gc=False):
    """See the module."""

    queue: Queue
    way: Way
    want: Want
    """What holds whatever the state."""
    streams: tuple[Stream, ...]
    lines: dict[State, Line]
    joining: list[Line] = field(default_factory=list)
    """Lines of a state that has another line: their contacts go over to that."""
    held_us: dict[tuple[int, int], int] = field(default_factory=dict)
    """(stream, step) -> when its condition held last while somebody waited on it."""
    members: int = 0
    reserve: int = 1
    """Lines that its contacts may need at most."""
    in_languages: bool = False
    """The queue asks for the contact's language at some time: contacts with different ones go different courses."""
    watches_level: bool = False
    """Some step of it asks for the service level."""

    @property
    def key(self) -> str:
        """For messages."""
        return f"{self.queue.name} {self.way}"

    @property
    def channel(self) -> str:
        """The channel of its contacts."""
        return self.way.channel

    @property
    def begin(self) -> State:
        """The state of who has just arrived."""
        return ((0, 0),) * len(self.streams)

    def wanted(self, state: State) -> Want:
        """What is wanted in a state."""
        want, prefers = self.want, False
        for stream, (stage, _) in zip(self.streams, state, strict=True):
            step_want = stream.wants[stage]
            want = both(step_want, want) if stream.own else both(want, step_want)
            prefers = prefers or (stream.prefers and stage == 0)
        return preferred(want) if prefers else want

    def state(self, entered_us: int, now_us: int) -> State:
        """Where one who entered then has come to by `now_us`, by time and by what is known of conditions."""
        waited_us = now_us - entered_us
        found = []
        for number, stream in enumerate(self.streams):
            come = 0
            for step in stream.steps:
                if step.after_us > waited_us:
                    break
                come += 1
            stage = come
            while stage > 0:
                step = stream.steps[stage - 1]
                if not step.conditional or self.held_us.get((number, stage), -1) >= entered_us + step.after_us:
                    break
                stage -= 1
            found.append((stage, come))
        return tuple(found)

    def next_us(self, entered_us: int, state: State) -> int:
        """When the next step's time comes, or came, for one who entered then and has come to `state`; 0: never."""
        found_us = 0
        for stream, (_, come) in zip(self.streams, state, strict=True):
            if come < len(stream.steps):
                at_us = entered_us + stream.steps[come].after_us
                found_us = min(found_us or at_us, at_us)
        return found_us


def course_of(queue: Queue, way: Way) -> Course:
    """A new course; nobody goes it yet."""
    settings = queue.settings
    streams = []
    base = ANYBODY
    gives_way = way.channel not in STANDS_FIRM
    for stream in (_queues(settings, way.language), _own(way.needs)):
        if stream.steps and gives_way:
            streams.append(stream)
        else:
            base = both(stream.wants[0], base)
    if settings.preferred_for_us and gives_way and _prefers(base, streams):
        streams.append(Stream((Step(settings.preferred_for_us),), (ANYBODY, ANYBODY), prefers=True))
    steps = [step for stream in streams for step in stream.steps]
    return Course(
        queue, way, base, tuple(streams), {},
        reserve=_reserve(streams),
        in_languages=asks_language(settings),
        watches_level=any(step.if_service_level_below > 0 for step in steps),
    )  # fmt: skip


def _queues(settings: of.Queue, language: str) -> Stream:
    """The queue's own steps; the contact's language is among the needs."""
    want, level = settings.needs, settings.language_level
    wants = [_in_language(want, language, level)]
    for step in settings.relax:
        want = step.after(want)
        level = level if step.language_level is None else step.language_level
        wants.append(_in_language(want, language, level))
    return Stream(settings.relax, tuple(wants))


def _in_language(want: Want, language: str, level: int) -> Want:
    return both(want, Want(languages=((language, level),))) if language and level else want


def _own(asked: Asked) -> Stream:
    wants = [asked.want]
    for step in asked.relax:
        wants.append(step.after(wants[-1]))
    return Stream(asked.relax, tuple(wants), own=True)


def _prefers(base: Want, streams: list[Stream]) -> bool:
    return bool(base.prefer) or any(want.prefer for stream in streams for want in stream.wants)


def _reserve(streams: list[Stream]) -> int:
    """How many different states there are, at most."""
    found = 1
    for stream in streams:
        states = 1
        pending = 0
        for step in stream.steps:
            pending = pending + 1 if step.conditional else 0
            states += 1 + pending
        found *= states
    return found


def asks_language(settings: of.Queue) -> bool:
    """Does the queue ask for the contact's language at some time?"""
    return bool(settings.language_level) or any(step.language_level for step in settings.relax)
