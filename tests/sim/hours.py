"""Hours in the simulation: what a seed draws of calendars and closing, the wall clock that is told and sometimes set, a
supervisor who closes and opens queues, and the judge's own book of who may come in, who must go, and how long it was
open.

Drawn apart from the rest of the plan. The book counts minute by minute from the settings; it shares no code with the
core or with the library.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from router.config.zones import offsets
from router.core import commands as ask
from router.core import settings as of
from router.core.effects import ContactEvent, Error, RefusedEntry, Reply, Treat, Treatment
from router.core.internal import WallClock
from router.core.routes.settings import Condition, Route
from router.terms import MILLISECOND_US, SECOND_US
from tests.sim.seen import wait_ends

if TYPE_CHECKING:
    from tests.sim.judge import Judge
    from tests.sim.run import Run
    from tests.sim.seen import GatewaySeen, Visit

REACHED = (
    "treated: closed", "refused by hours", "closed by hand", "opened by hand", "wall clock set", "open hours counted",
    "moved: closed",
)  # fmt: skip
"""What a set of a hundred seeds must show."""

BEGIN_UTC_S = 1_774_745_520
"""2026-03-29 00:52 UTC: eight minutes before Berlin's clocks are set forward."""
DAY = 20_541
"""That day, counted from 1970-01-01."""
ABOUT_US = 100_000
"""Nearer than this to a change, either answer will do."""
SETTLED_US = 3 * SECOND_US
SETTLED_STEPS = 150
"""After so long everybody who must go has been told, whatever the slices."""
MINUTE_US = 60 * SECOND_US
COUNTED = ("offered", "connecting", "held", "waiting")
"""States in which a wait goes on."""


def drawn(seed: int, settings: of.Settings) -> of.Settings:
    """These settings with calendars, and with queues that have hours; half of all seeds have none."""
    rng = Random(f"hours {seed}")
    if rng.random() < 0.5:
        return settings
    calendars = tuple(_calendar(rng, name) for name in ("berlin", "utc"))
    queues = tuple(_queue(rng, queue) if rng.random() < 0.6 else queue for queue in settings.queues)
    counts = rng.random() < 0.7
    channels = tuple(replace(channel, open_hours=counts and channel.name == "email") for channel in settings.channels)
    routes = tuple(_by_calendar(Random(f"hours {seed} {route.name}"), route) for route in settings.routes)
    return replace(settings, calendars=calendars, queues=queues, channels=channels, routes=routes)


def _by_calendar(rng: Random, route: Route) -> Route:
    """Some rows hang on a calendar, or on its being closed."""
    if rng.random() < 0.7:
        return route
    condition = Condition("calendar", (rng.choice(("berlin", "utc")),), (), rng.random() < 0.4)
    return replace(route, conditions=(*route.conditions, condition))


def _calendar(rng: Random, name: str) -> of.Calendar:
    """Minutes open, minutes closed, all day long."""
    spans = []
    minute = rng.randint(0, 3)
    while minute < 1430:
        lasts = rng.randint(1, 4)
        spans.append((minute, minute + lasts))
        minute += lasts + rng.randint(1, 3)
    zone = "Europe/Berlin" if name == "berlin" else "UTC"
    days = tuple((day, tuple(spans)) for day in range(DAY - 1, DAY + 3))
    return of.Calendar(name, zone, days=days, offsets=offsets(zone))


def _queue(rng: Random, queue: of.Queue) -> of.Queue:
    treatments = dict(queue.treatments)
    if rng.random() < 0.7:
        treatments["at_closing"] = rng.choice(
            (Treatment("callback"), Treatment("message", "bye"), Treatment("queue", f"q{rng.randrange(3)}"))
        )
    return replace(
        queue,
        calendar=rng.choice(("berlin", "utc")),
        last_admission_us=rng.choice((0, 0, 15)) * SECOND_US,
        serve_out_us=rng.choice((0, 0, 10, 50)) * SECOND_US,
        treatments=tuple(sorted(treatments.items(), key=lambda pair: pair[0])),
    )


class Wall:
    """The clock on the wall, told once a second; and the supervisor's hand on the doors."""

    def __init__(self, run: Run, boss: str) -> None:
        self._run = run
        self._boss = boss
        self._rng = Random(f"wall {run.plan.seed}")
        self._set_us = 0
        self._begin_us = run.site.now_us
        calendars = bool(run.plan.settings.calendars)
        self._sets = self._rng.choice((0.0, 0.0, 0.01)) if calendars else 0.0
        self._hands = self._rng.choice((0.0, 0.01, 0.03))

    def tell(self) -> None:
        """What it shows now; again in a second."""
        site, rng = self._run.site, self._rng
        site.after(SECOND_US, self.tell)
        if not self._run.calming:
            if rng.random() < self._sets:
                site.faults["wall clock set"] += 1
                self._set_us += rng.choice((-3600, -90, -20, 40, 90, 3600)) * SECOND_US
            if rng.random() < self._hands:
                self._hand()
        shown_us = BEGIN_UTC_S * SECOND_US + site.now_us - self._begin_us + self._set_us
        site.apply("", WallClock(shown_us // SECOND_US))

    def _hand(self) -> None:
        rng, site = self._rng, self._run.site
        queue = rng.choice(self._run.plan.settings.queues).name
        until_ms = rng.choice((0, 5_000, 40_000))
        request: ask.Request
        if rng.random() < 0.5:
            site.faults["closed by hand"] += 1
            request = ask.CloseQueue(1, "mia", "by chance", queue, rng.choice((None, "fire")), until_ms)
            request.serve_out = rng.random() < 0.3
        else:
            site.faults["opened by hand"] += 1
            request = ask.OpenQueue(1, "mia", "by chance", queue, until_ms)
        self._run.clients[self._boss].say(request)


class _Clock:
    """One calendar, minute by minute."""

    def __init__(self, settings: of.Calendar) -> None:
        self._settings = settings
        self.open = True
        self.open_us = 0
        """Open time so far, less core time at the begin."""
        self.at_us = 0
        """Counted up to this core time."""
        self.since_us = 0
        self.since_step = 0
        self.ahead_us = 0

    def is_open(self, utc_us: int) -> bool:
        """What the clock on the wall shows, compared with the hours of its day and of the day before."""
        utc_s = utc_us // SECOND_US
        ahead_s = 0
        for from_s, offset_s in self._settings.offsets:
            if from_s <= utc_s:
                ahead_s = offset_s
        day, second = divmod(utc_s + ahead_s, 86_400)
        days = dict(self._settings.days)
        minute = second // 60
        return any(first <= minute < after for first, after in days.get(day, ())) or any(
            first <= minute + 1440 < after for first, after in days.get(day - 1, ())
        )

    def go_on(self, now_us: int, step: int) -> None:
        """Count up to now, change by change."""
        while self.at_us < now_us:
            until_us = now_us
            if self.ahead_us:
                # Hours begin and end with minutes of the wall clock.
                next_us = (self.at_us + self.ahead_us) // MINUTE_US * MINUTE_US + MINUTE_US - self.ahead_us
                until_us = min(now_us, next_us)
            self.open_us += until_us - self.at_us if self.open else 0
            self.at_us = until_us
            self.look(step)

    def look(self, step: int) -> None:
        """Open or closed from here on?"""
        if self.ahead_us:
            is_open = self.is_open(self.at_us + self.ahead_us)
            if is_open != self.open:
                self.open, self.since_us, self.since_step = is_open, self.at_us, step

    def closes_within(self, us: int) -> bool:
        """Open now, and closed at some minute so soon?"""
        utc_us = self.at_us + self.ahead_us
        minutes = range(utc_us // MINUTE_US * MINUTE_US + MINUTE_US, utc_us + us + 1, MINUTE_US)
        return any(not self.is_open(minute_us) for minute_us in minutes)


class HoursBook:
    """The judge's view. See the module."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._clocks = {calendar.name: _Clock(calendar) for calendar in judge.settings.calendars}
        self._counts = {channel.name for channel in judge.settings.channels if channel.open_hours}
        self._hands: dict[str, tuple[str, int, bool, int, int]] = {}
        """Queue -> closed or open by hand, until when (0: no end), are they served out, since which time and step."""
        self._ahead_us = 0
        self.reached: Counter[str] = judge.reached

    # -- what happens ---------------------------------------------------------------------------------------------

    def step(self, command: Any) -> None:
        """Time has gone on to the judge's now; what was said then."""
        judge = self._judge
        for clock in self._clocks.values():
            if not clock.at_us:
                clock.at_us = judge.now_us
            clock.go_on(judge.now_us, judge.step)
        if isinstance(command, WallClock):
            self._told(command.utc_s * SECOND_US)

    def _told(self, told_us: int) -> None:
        taken_us = self._judge.now_us + self._ahead_us
        if self._ahead_us and told_us - SECOND_US <= taken_us < told_us + 2 * SECOND_US:
            return
        self._ahead_us = told_us - self._judge.now_us
        for clock in self._clocks.values():
            clock.ahead_us = self._ahead_us
            clock.look(self._judge.step)

    def hand(self, _boss: GatewaySeen, command: ask.CloseQueue | ask.OpenQueue, reply: Reply) -> None:
        """A supervisor has closed or opened a queue."""
        if isinstance(reply, Error):
            return
        judge = self._judge
        until_us = judge.now_us + command.until_ms * MILLISECOND_US if command.until_ms else 0
        if isinstance(command, ask.CloseQueue):
            self._hands[command.queue] = ("closed", until_us, command.serve_out, judge.now_us, judge.step)
        elif until_us:
            self._hands[command.queue] = ("open", until_us, False, judge.now_us, judge.step)
        else:
            self._hands.pop(command.queue, None)

    # -- waits ----------------------------------------------------------------------------------------------------

    def clock_of(self, visit: Visit) -> str:
        """The calendar whose open time counts for it; none: empty."""
        queue = visit.queue
        return queue.calendar if queue.calendar in self._clocks and visit.channel in self._counts else ""

    def now_us(self, visit: Visit) -> int:
        """The time by which its wait is counted."""
        return self._clocks[visit.clock].open_us if visit.clock else self._judge.now_us

    def enter(self, visit: Visit, waited_us: int) -> None:
        """It begins to wait where it is now, with so much behind it."""
        visit.clock = self.clock_of(visit)
        visit.entered_us = self.now_us(visit) - waited_us
        if visit.clock:
            self.reached["open hours counted"] += 1

    def moved(self, visit: Visit) -> None:
        """Its queue or its channel is another one: what it has waited is kept."""
        if visit.clock != self.clock_of(visit):
            self.enter(visit, self.now_us(visit) - visit.entered_us)

    # -- promises -------------------------------------------------------------------------------------------------

    def open_now(self) -> tuple[str, ...]:
        """The calendars that are open."""
        return tuple(name for name, clock in self._clocks.items() if clock.open)

    def _hand_on(self, queue: str) -> tuple[str, int, bool, int, int] | None:
        hand = self._hands.get(queue)
        return hand if hand is not None and (not hand[1] or self._judge.now_us < hand[1] + ABOUT_US) else None

    def _is_sure(self, queue: of.Queue) -> bool:
        """Is nothing about its door changing just now?"""
        now_us = self._judge.now_us
        hand, clock = self._hands.get(queue.name), self._clocks.get(queue.calendar)
        if hand is not None and (now_us - hand[3] < ABOUT_US or (hand[1] and abs(now_us - hand[1]) < ABOUT_US)):
            return False
        return clock is None or now_us - clock.since_us >= ABOUT_US

    def closed(self, queue: of.Queue, channel: str) -> bool:
        """May nobody come in?"""
        hand = self._hand_on(queue.name)
        if hand is not None:
            return hand[0] == "closed"
        clock = self._clocks.get(queue.calendar)
        if not queue.open or clock is None or channel in self._counts:
            return not queue.open
        return not clock.open or bool(queue.last_admission_us and clock.closes_within(queue.last_admission_us))

    def sends_away(self, queue: of.Queue, channel: str) -> tuple[int, int] | None:
        """Since when (time, step) must those go who wait? None: they need not."""
        if channel in self._counts:
            return None
        hand = self._hand_on(queue.name)
        if hand is not None:
            return (hand[3], hand[4]) if hand[0] == "closed" and not hand[2] else None
        clock = self._clocks.get(queue.calendar)
        if clock is None or clock.open or all(why != "at_closing" for why, _ in queue.treatments):
            return None
        since_us = clock.since_us + queue.serve_out_us
        last = self._hands.get(queue.name)
        if last is not None:
            since_us = max(since_us, last[1])
        return (since_us, clock.since_step) if self._judge.now_us >= since_us else None

    def came_in(self, visit: Visit, asked: Any) -> None:
        """It was let in: the door was not shut."""
        reopened = isinstance(self._judge.command, ask.Reopen)  # its own promise: no entry checks
        came = isinstance(asked, ask.Enqueue) and not reopened
        if came and self._is_sure(visit.queue) and self.closed(visit.queue, visit.channel):
            self._judge.fault("hours", f"{visit.id} came into {visit.queue.name}, which is closed")

    def refused(self, command: ask.Enqueue, reply: RefusedEntry) -> None:
        """Nobody let it in, and one of those that were asked was closed."""
        judge = self._judge
        queue = judge.queues.get(judge.routes.queue_of(command))
        if reply.why != "closed" or queue is None:
            return
        if queue.calendar or queue.name in self._hands:
            self.reached["refused by hours"] += 1
        elsewhere = any(treatment.do == "queue" for _, treatment in queue.treatments)
        if not elsewhere and self._is_sure(queue) and not self.closed(queue, command.channel):
            near = queue.last_admission_us and self._clocks[queue.calendar].closes_within(
                queue.last_admission_us + ABOUT_US
            )
            if not near:
                judge.fault("hours", f"{command.contact} was refused by {queue.name}, which is open")

    def treated(self, visit: Visit, told: Treat) -> None:
        """It is sent away because it is closed: it must be so."""
        if told.why != "closed":
            return
        if self._is_sure(visit.queue) and self.sends_away(visit.queue, visit.channel) is None:
            self._judge.fault("hours", f"{told!r}: nobody need leave {visit.queue.name}")

    def surely_open(self, queue: of.Queue, channel: str) -> bool:
        """Does its door let everybody of this channel in, now and a moment before and after?"""
        near = queue.last_admission_us and self._clocks[queue.calendar].closes_within(
            queue.last_admission_us + ABOUT_US
        )
        return self._is_sure(queue) and not self.closed(queue, channel) and not near

    def surely_shut(self, calendar: str) -> bool:
        """Has this calendar been closed for more than a moment?"""
        clock = self._clocks[calendar]
        return not clock.open and self._judge.now_us - clock.since_us >= ABOUT_US

    def may_leave(self, visit: Visit) -> bool:
        """May it be sent away from where it waits?"""
        return not self._is_sure(visit.queue) or self.sends_away(visit.queue, visit.channel) is not None

    def may_ring_more(self, visit: Visit) -> bool:
        """Is it surely not closed for those who wait, nor its wait over? Then no more agents are rung for who rings."""
        ends = wait_ends(self._judge.settings, visit)
        return not ends and self._is_sure(visit.queue) and self.sends_away(visit.queue, visit.channel) is None

    def is_over(self, visit: Visit) -> bool:
        """Must it surely be gone by now, if it waits and its gateway hears us?"""
        since = self.sends_away(visit.queue, visit.channel)
        judge = self._judge
        if visit.channel == "callback" or visit.id.startswith("callback-"):
            return False  # whom the centre has called is served
        if not self._is_sure(visit.queue):
            return False  # closed by hand until this moment, say
        return since is not None and judge.now_us - since[0] > SETTLED_US and judge.step - since[1] > SETTLED_STEPS

    def offered(self, visit: Visit) -> None:
        """Nobody is offered once the waiting have been sent away."""
        if self.is_over(visit):
            self._judge.fault("hours", f"{visit.id} is offered, and {visit.queue.name} sends everybody away")

    def look(self) -> None:
        """Does anybody wait where everybody has been sent away?"""
        judge = self._judge
        for _, visit in judge.places.all():
            if (
                visit.state == "waiting"
                and judge.step - visit.state_step > SETTLED_STEPS
                and visit.gateway.surely_open(judge.step, judge.now_us)
                and self.is_over(visit)
            ):
                judge.fault("hours", f"{visit.id} waits in {visit.queue.name}, which sends everybody away")
                return

    def waited(self, visit: Visit, before: str, event: ContactEvent) -> None:
        """What an event says of its wait agrees with what was counted here."""
        judge = self._judge
        told_now = event.at_ms == judge.now_us // MILLISECOND_US
        if visit.unsure or before not in COUNTED or event.state not in ("waiting", "held") or not told_now:
            return
        counted_ms = (self.now_us(visit) - visit.entered_us) // MILLISECOND_US
        if before != event.state and abs(counted_ms - event.waited_ms) > 1:
            judge.fault("hours", f"{visit.id} waited {event.waited_ms} ms, counted {counted_ms} by {visit.clock!r}")
