"""Everything that the engine knows for its estimates, in one place, bounded.

It has one deadline, at which a slice of work is done (`slices.py`), and which is set while there is some. Its deadline
draws no number: a centre gives the same numbers with estimates and without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from router.core.estimates.book import WAITING, Book
from router.core.estimates.coming import Coming
from router.core.estimates.crews import SLOT, Crew
from router.core.estimates.moving import Moving
from router.core.estimates.service import Service
from router.core.estimates.view import View
from router.ewt.settings import EwtSettings
from router.terms import SECOND_US

if TYPE_CHECKING:
    from collections.abc import Generator

    from router.core.entities import Contact
    from router.core.estimates.settings import Estimating
    from router.core.line import Line
    from router.core.queue import Queue
    from router.core.roster import Profile
    from router.core.world import World
    from router.ewt.judge import Verdict
    from router.ewt.learn import Prediction

LEG: Final = 0
ANSWERED: Final = 1
GONE: Final = 2
JUDGED: Final = 3
"""What a life tells: (LEG, queue, channel, talk us, wrap-up us), (ANSWERED, queue, channel, waited us, rang us),
(GONE, queue, channel, waited us, whether they hung up), (JUDGED, service, prediction, wait us)."""
SLICE_US: Final = 30_000
"""Core time between two slices: thirty-three a second at most, of some 0.4 ms each."""
KEEP_US = 30 * SECOND_US
"""What was learned is recorded so often, where it is much or nothing else is known yet."""
KEEP_LIVES = 40
"""So many lives are much."""
KEEP_YOUNG_LEGS = 500
"""Until so many talks have ended since the start, everything is."""
KEEP_LATEST_US = 600 * SECOND_US
"""A few lives more of a centre that has learned are recorded no later than this."""
LIVES_MOST: Final = 1024
"""Ended lives that wait to be learned from; beyond it further ones are not."""
LIVES_WAKE: Final = 40
"""So many of them are worth a slice; fewer wait for the next one, or for the time of recording."""
SAID_MOST: Final = 4096
"""Contacts whose estimate is to be judged when they are answered: bounds memory (0.3 KiB each)."""
HAUNTED_MOST: Final = 8
"""Lines with abandoners whose virtual wait is open: bounds what an agent who takes a contact is compared with."""
GHOSTS_MOST: Final = 64
"""Such abandoners of one line; beyond it the further ones are not judged."""
BLOCKS = 24
"""A longer line is walked in so many blocks: a walk stays within a slice."""
RUNNING_MOST: Final = 256
"""Groups of running lives given to one fit."""


class Said:
    """What was said to a contact: of which service and queue, and when (core time)."""

    __slots__ = ("at_us", "prediction", "queue", "service")

    def __init__(self, service: Service, queue: Queue, at_us: int, prediction: Prediction) -> None:
        self.service = service
        self.queue = queue
        self.at_us = at_us
        self.prediction = prediction


class Estimates:
    """See the module. `on`: is anything estimated? `lives`: what has ended, and is to be learned from."""

    __slots__ = (
        "_coming", "_crews", "book", "by_name", "due", "due_number", "due_us", "failed_us", "failure", "failures",
        "ghosts", "job", "keeping", "kept_us", "learned", "legs", "lives", "missed", "moving", "numbers", "of_queue",
        "on", "quiet", "rests_us", "said", "settings", "stride", "stride_legs", "stride_us", "tuning", "turn", "views",
        "visits", "worked_us",
    )  # fmt: skip

    def __init__(self, settings: Estimating) -> None:
        self.settings = settings
        self.tuning = tuning_of(settings)
        self.on = settings.enabled
        self.by_name: dict[str, Service] = {}
        self.of_queue: dict[Queue, dict[str, Service]] = {}
        """The same by queue and channel."""
        self.views: dict[Line, View] = {}
        self._crews: dict[tuple[Profile, str], Crew] = {}
        self._coming: dict[str, Coming] = {}
        self.moving = Moving()
        self.quiet = False
        """Whoever waits in this part of the step did so before."""
        self.due: dict[Line, None] = {}
        """Lines where somebody has come to wait, or that were asked for, since they were estimated."""
        self.job: Generator[None, None, None] | None = None
        self.turn = 0
        self.worked_us = -SLICE_US
        """When a piece was last done."""
        self.book = Book(self.running)
        self.lives: list[tuple[Any, ...]] = []
        self.legs = self.visits = 0
        """Talks that ended, and waits: exact counts, learned from or not."""
        self.learned = 0
        """Lives learned from since the last time of recording."""
        self.missed = 0
        """Those of them that there was no room for."""
        self.stride = 1
        """Every so manieth life is learned from."""
        self.stride_legs = self.stride_us = 0
        self.said: dict[Contact, Said] = {}
        self.ghosts: dict[Line, list[tuple[int, int, Said]]] = {}
        """(key, number, what was said) of abandoners whose virtual wait is open."""
        self.kept_us = -1
        """When recording began last; -1: it never did, and time is counted from the first slice on."""
        self.keeping: list[Service] = []
        """Services whose records are to be written, one a slice."""
        self.due_us = 0
        self.due_number = self.numbers = 0
        self.failures = self.failed_us = 0
        """How often an estimate failed by a mistake of ours, and when it last did (`safety.py`)."""
        self.rests_us = 0
        """Nothing is estimated before, after it failed."""
        self.failure = ""
        """That, in words, if it was what made it begin anew."""

    # -- what there is ------------------------------------------------------------------------------------------------

    def service(self, queue: Queue, channel: str) -> Service:
        """The service of a queue's channel, begun where it is first heard of."""
        channels = self.of_queue.get(queue)
        if channels is None:
            channels = self.of_queue[queue] = {}
        found = channels.get(channel)
        if found is None:
            name = f"{queue.settings.tenant}/{queue.name}/{channel}"
            found = self.by_name.get(name)
            if found is None:
                found = Service(queue.settings.tenant, queue.name, channel, self.tuning)
                self.by_name[name] = found
            channels[channel] = found
        return found

    def view(self, line: Line) -> View:
        """The line as the estimator sees it."""
        found = self.views.get(line)
        if found is None:
            found = self.views[line] = View(line, self.service(line.queue, line.needs.channel))
        return found

    def crew(self, profile: Profile, channel: str) -> Crew:
        """The agents of a profile on a channel, as they were last counted."""
        found = self._crews.get((profile, channel))
        if found is None:
            found = self._crews[profile, channel] = Crew(profile, channel)
        return found

    def coming(self, channel: str) -> Coming:
        """Who is planned to come, on a channel, as they were last counted."""
        found = self._coming.get(channel)
        if found is None:
            found = self._coming[channel] = Coming(channel)
        return found

    def services(self) -> list[Service]:
        """All of them, in an order that does not depend on when they were first heard of."""
        return [self.by_name[name] for name in sorted(self.by_name)]

    def verdicts(self, queue: Queue) -> dict[str, Verdict]:
        """How good its estimates were, by channel, where any was judged."""
        tenant = queue.settings.tenant
        found = {}
        for channel in queue.own:
            service = self.by_name.get(f"{tenant}/{queue.name}/{channel}")
            if service is not None and service.judge.judged:
                found[channel] = service.judge.verdict()
        return found

    def running(self, service: Service, state: int) -> list[tuple[float, float]]:
        """(age in s, how many) of lives that go on, as they were last counted: talks or wrap-ups, or who waits."""
        found: list[tuple[int, int]] = []
        if state == WAITING:
            now_us = max((view.made_us for view in self.views.values()), default=0)
            for line, view in self.views.items():
                if view.service is service:
                    order = line.order
                    each = -(-len(order) // RUNNING_MOST) or 1
                    found += [(now_us - entry[0], each * SLOT) for entry in order.every(each)]
        else:
            # A profile may be counted on several channels: each life is seen on the service's own.
            for (_, channel), crew in self._crews.items():
                if channel == service.channel:
                    for slots, sum_us in crew.cells.get((state, service.name), {}).values():
                        found.append((crew.counted_us - sum_us // slots, slots))
        found.sort()
        return [(max(0, age_us) / SECOND_US, slots / SLOT) for age_us, slots in found[: 4 * RUNNING_MOST]]

    def keep_us(self) -> int:
        """When what was learned is to be recorded."""
        much = self.learned >= KEEP_LIVES or self.legs < KEEP_YOUNG_LEGS
        return self.kept_us + (KEEP_US if much else KEEP_LATEST_US)

    # -- what is to be done -------------------------------------------------------------------------------------------

    def wake(self, world: World) -> None:
        """There is work: a slice is due soon."""
        at_us = max(world.now_us + SLICE_US, self.rests_us)
        if not self.due_us or self.due_us > at_us:
            self.set_due(world, at_us)

    def set_due(self, world: World, at_us: int) -> None:
        """The next slice is due then. Its numbers are its own, and below all others."""
        self.numbers -= 1
        world.deadlines.set(self, at_us, self.numbers)

    def want(self, world: World, line: Line) -> None:
        """A line is to be estimated anew."""
        self.due[line] = None
        self.wake(world)

    def forget_line(self, line: Line) -> None:
        """The line is gone, and with it whoever's virtual wait was open."""
        self.views.pop(line, None)
        self.due.pop(line, None)
        self.ghosts.pop(line, None)

    def forget_what_is_gone(self, world: World) -> None:
        """Profiles that nobody has any more, and contacts that wait no more and did not say so."""
        profiles = world.roster.profiles
        for key in [key for key in self._crews if profiles.get(key[0].key) is not key[0]]:
            del self._crews[key]
        for contact in [contact for contact in self.said if contact.line is None]:
            del self.said[contact]


def tuning_of(settings: Estimating) -> EwtSettings:
    """The library's settings out of the engine's."""
    return EwtSettings(
        half_life_lives=float(settings.half_life_lives),
        low_confidence_lives=settings.low_confidence_lives,
        medium_confidence_lives=settings.medium_confidence_lives,
        wait_max_s=settings.wait_most_us / SECOND_US,
        sample_rate_per_s=float(settings.sample_above_per_s),
        waiting_blocks=BLOCKS,
    )
