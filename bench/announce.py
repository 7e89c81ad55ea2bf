"""`python -m bench announce`: what announcing to those who wait costs the loop, records encoded and effects decided.

ms_a_second          loop time for each second of core time, in the steady state: 10,000 who wait in 200 queues, each
                     with a schedule of welcome, estimate, comfort and place; nobody free, gateways that acknowledge
storm_ms_a_second    the same in the ten seconds after all of them came to wait at the same moment
longest_step_ms      the longest step of both, commits included, but for the one that lets everybody in
learned_ms_a_second  the steady state again, where every queue has learned of its talks: its agents talk, four talks a
                     second end in all and the next ones begin, and estimates are made from the tables
refresh_ms_a_second  what of that is learning and estimating
learned_step_ms      the longest step of it
announcement_us      one announcement, with its acknowledgement and the looks that found nothing to say
announcements        how many were made in the steady state, in a second
least_gap_s          the shortest pause between two announcements to the same contact
late_s               how long after its turn an announcement came at most in the storm

Limits: 20 ms a second, 15 ms more for estimates, and no step over 5 ms. Time is that of the processor.
"""

from __future__ import annotations

import argparse
import gc
import json
from random import Random
from time import process_time

from router.core import commands as ask
from router.core import settings as of
from router.core.announcements.settings import AnnounceRow, AnnounceRules
from router.core.effects import Announce, Offer
from router.core.engine import Engine
from router.core.estimates.state import Estimates
from router.core.internal import GatewayUp
from router.core.needs.want import Want
from router.core.on_due import ON_DUE
from router.core.world import World
from router.terms import SECOND_US

PEER = "main/gateway"
QUEUES = 200
WAITING = 10_000
AGENTS_A_QUEUE = 5
BEGIN_US = SECOND_US
HANDLE_S = 240
STEADY_S = 120
STORM_S = 10
WARM_S = 300
LEARNED = 300
"""Talks that each queue has learned of."""
TURN_S = HANDLE_S / QUEUES / AGENTS_A_QUEUE
"""A talk ends so often."""
LIMITS = {
    "ms_a_second": 20.0,
    "storm_ms_a_second": 20.0,
    "longest_step_ms": 5.0,
    "refresh_ms_a_second": 15.0,
    "learned_step_ms": 5.0,
}
"""What each figure may be at most."""
ROWS = (
    AnnounceRow("welcome", "welcome"),
    AnnounceRow("wait", "estimate", 5 * SECOND_US, 60 * SECOND_US),
    AnnounceRow("patience", "comfort", 30 * SECOND_US, 60 * SECOND_US),
    AnnounceRow("place", "position", 45 * SECOND_US, 60 * SECOND_US),
)


def _settings() -> of.Settings:
    names = [f"q{number}" for number in range(QUEUES)]
    rules = AnnounceRules(low_confidence="time", interval_ratio_max=100.0)
    return of.Settings(
        queues=tuple(of.Queue(name, needs=Want(((name, 1),)), announce=ROWS, announcing=rules) for name in names),
        agents=tuple(
            of.Agent(f"{name}-{number}", skills=((name, 1),)) for name in names for number in range(AGENTS_A_QUEUE)
        ),
    )


class Driver:
    """A centre where nobody is free, and everybody came to wait within so many seconds; `learned`: where its agents
    talk, and it knows how long they do."""

    def __init__(self, came_within_s: float, learned: bool = False) -> None:
        self._learned = learned
        self._talking: list[str] = []
        self._turn_s = came_within_s
        self.engine = Engine(_settings(), 1)
        self.engine.activate(BEGIN_US)
        self.now_us = BEGIN_US
        self._seq = 0
        self.longest_s = 0.0
        self.announced: list[tuple[int, str, Announce]] = []
        self._say(GatewayUp("bench", "gateway", reports_connecting=False))
        self._ask(ask.SyncEnd(self._next()))
        for agent in self.engine.world.settings.agents:
            self._ask(ask.LogIn(self._next(), agent.name, learned))
            self._ask(ask.Attach(self._next(), agent.name, agent.name))
        for queue in self.engine.world.queues.values():
            # As after an hour of such work: else nothing is known of waits.
            queue.tally.legs, queue.tally.talk_us = 100, 100 * HANDLE_S * SECOND_US
        self._commit()
        if learned:
            self._know()
            for number in range(QUEUES * AGENTS_A_QUEUE):
                self._ask(ask.Enqueue(self._next(), f"t{number}", f"q{number % QUEUES}", language="en"))
            self._answer()
        for number in range(WAITING):
            self.run(came_within_s * number / WAITING)
            self._ask(ask.Enqueue(self._next(), f"c{number}", f"q{number % QUEUES}", language="en"))
        assert self.engine.world.live == WAITING + len(self._talking), "somebody was refused"
        self._commit()
        self.longest_s = 0.0
        # As the daemon does once it has loaded: what lives long is not looked through again and again.
        gc.collect()
        gc.freeze()

    def _know(self) -> None:
        """What two hours of such work teach."""
        rng, world = Random(1), self.engine.world
        for queue in world.queues.values():
            service = world.estimates.service(queue, "voice")
            for _ in range(LEARNED):
                service.talk.add(rng.lognormvariate(0.0, 0.8) * HANDLE_S / 1.38, True)
                service.wrap.add(1.0, True)
                service.pick.add(rng.uniform(1.0, 4.0), True)
                service.patience.add(rng.expovariate(1 / 900.0), rng.random() < 0.1)

    def _answer(self) -> None:
        """Every offer is taken, and the talk begins."""
        effects = self.engine.take_effects()
        while offers := [message for _, message in effects if isinstance(message, Offer)]:
            for offer in offers:
                self._ask(ask.Accept(self._next(), offer.offer))
                self._ask(ask.Connected(self._next(), offer.contact))
                self._talking.append(offer.contact)
            effects = self.engine.take_effects()

    def _turn(self) -> None:
        """The talk that has lasted longest is over, and its agent takes the next one."""
        self._commit()
        self._ask(ask.End(self._next(), self._talking.pop(0)))
        self._answer()

    def _next(self) -> int:
        self._seq += 1
        return self._seq

    def _ask(self, request: ask.Request) -> None:
        self.engine.apply(self.now_us, PEER, request)

    def _say(self, command: object) -> None:
        self.engine.apply(self.now_us, PEER, command)

    def _commit(self) -> None:
        self.engine.take_batch()
        for _, message in self.engine.take_effects():
            if isinstance(message, Announce):
                self.announced.append((self.now_us, message.contact, message))

    def run(self, until_s: float) -> float:
        """Let time pass; returns the processor time in seconds. Whatever was announced is acknowledged at once."""
        until_us, spent_s = BEGIN_US + round(until_s * SECOND_US), 0.0
        while True:
            if self._learned and self.now_us >= BEGIN_US + round(self._turn_s * SECOND_US):
                self._turn_s += TURN_S
                self._turn()
            next_us = self.engine.next_deadline_us()
            if next_us is None or next_us > until_us:
                self.now_us = max(self.now_us, until_us)
                return spent_s
            self.now_us = max(self.now_us, next_us)
            known = len(self.announced)
            begin_s = process_time()
            self.engine.tick(self.now_us)
            self._commit()
            took_s = process_time() - begin_s
            replies = [(contact, message.announcement) for _, contact, message in self.announced[known:]]
            begin_s = process_time()
            for contact, number in replies:
                self._ask(ask.Announced(self._next(), contact, number, "played"))
            self._commit()
            acked_s = process_time() - begin_s
            self.longest_s = max(self.longest_s, took_s, acked_s)
            spent_s += took_s + acked_s


class Refreshing:
    """The time that slices of estimates take."""

    def __init__(self) -> None:
        self.spent_s = 0.0
        self._due = ON_DUE[Estimates]
        ON_DUE[Estimates] = self

    def __call__(self, world: World, estimates: Estimates) -> None:
        """A slice, timed."""
        begin_s = process_time()
        self._due(world, estimates)
        self.spent_s += process_time() - begin_s

    def stop(self) -> None:
        """As it was."""
        ON_DUE[Estimates] = self._due


def measure_learned() -> dict[str, float]:
    """The figures of a centre that has learned."""
    driver = Driver(STEADY_S, learned=True)
    # Laws of all queues are built first, a slice at a time.
    driver.run(STEADY_S + WARM_S)
    # What the collector looks through is mostly what this bench has heard, which a daemon does not keep.
    gc.collect()
    gc.freeze()
    gc.disable()
    driver.longest_s, begin_s = 0.0, STEADY_S + WARM_S
    refreshing = Refreshing()
    try:
        spent_s = driver.run(begin_s + STEADY_S)
    finally:
        refreshing.stop()
        gc.enable()
    world = driver.engine.world
    made = [view for view in world.estimates.views.values() if view.trajectory is not None]
    assert len(made) == QUEUES, f"{len(made)} queues are estimated by what they have learned"
    return {
        "learned_ms_a_second": round(spent_s / STEADY_S * 1000, 2),
        "refresh_ms_a_second": round(refreshing.spent_s / STEADY_S * 1000, 2),
        "learned_step_ms": round(driver.longest_s * 1000, 2),
    }


def measure() -> dict[str, float]:
    """All figures."""
    storm = Driver(0)
    storm_s = storm.run(STORM_S)
    first: dict[str, int] = {}
    storm.run(2 * STORM_S)
    for at_us, contact, _ in storm.announced:
        first.setdefault(contact, at_us)
    driver = Driver(STEADY_S)
    before, begin_s = len(driver.announced), (driver.now_us - BEGIN_US) / SECOND_US
    steady_s = driver.run(begin_s + STEADY_S)
    made = len(driver.announced) - before
    last: dict[str, int] = {}
    least_us = 2 * STEADY_S * SECOND_US
    for at_us, contact, _ in driver.announced:
        if contact in last:
            least_us = min(least_us, at_us - last[contact])
        last[contact] = at_us
    assert len(last) == len(first) == WAITING, "somebody was told nothing"
    return {
        "ms_a_second": round(steady_s / STEADY_S * 1000, 2),
        "storm_ms_a_second": round(storm_s / STORM_S * 1000, 2),
        "longest_step_ms": round(max(driver.longest_s, storm.longest_s) * 1000, 2),
        **measure_learned(),
        "announcement_us": round(steady_s / max(1, made) * 1e6, 1),
        "announcements": round(made / STEADY_S, 1),
        "least_gap_s": round(least_us / SECOND_US, 1),
        "late_s": round((max(first.values()) - BEGIN_US) / SECOND_US, 1),
    }


def main(arguments: list[str]) -> int:
    """Print the figures; exit code 1 where one is over its limit."""
    parser = argparse.ArgumentParser(prog="python -m bench announce")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    args = parser.parse_args(arguments)
    figures = measure()
    over = [name for name, most in LIMITS.items() if figures[name] > most]
    if args.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            limit = f"  (at most {LIMITS[name]:g}{', OVER' if name in over else ''})" if name in LIMITS else ""
            print(f"{value:10}  {name}{limit}")
    return 1 if over else 0
