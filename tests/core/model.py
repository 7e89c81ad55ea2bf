"""A naive model of one centre: who waits, who is free, and which offers may be made.

Everything is found by comparing everybody with everybody; nothing is indexed, nothing is kept sorted. It shares only
settings and messages with the core.
"""

from __future__ import annotations

from msgspec import Struct

from router.core import settings as of
from router.terms import SECOND_US

EQUAL = 1e-6
"""Urgencies of two lines that differ by less are equal."""


class Caller(Struct, eq=False):
    """A contact. `state`: waiting, held, offered, talking."""

    id: str
    number: int
    queue: of.Queue
    channel: str
    needs: dict[str, int]
    entered_us: int
    priority_s: int = 0
    state: str = "waiting"
    agent: str = ""
    offer: str = ""
    offered_us: int = 0
    accepted_us: int = 0
    preferred: str | None = None
    preferred_until_us: int = 0
    direct: str | None = None
    missed: dict[str, int] = {}
    retry_us: int = 0
    """After a failure that was nobody's miss: kept even from a sole agent until then."""
    waited_us: int = 0
    front: bool = False

    def rank(self, now_us: int, oldest_target_us: int) -> tuple[int, float, int]:
        """(class, urgency, earlier arrival first): the greater is served first."""
        oldest = self.queue.order == "oldest"
        target_us = oldest_target_us if oldest else self.queue.target_us
        waited_us = now_us - self.entered_us + self.priority_s * SECOND_US
        urgency = (0.0 if oldest else self.queue.boost) + waited_us / target_us
        return self.queue.contact_class, round(urgency, 9), -self.number


class Worker(Struct, eq=False):
    """An agent. `state`: offline, not_ready, available."""

    known: of.Agent
    number: int
    channels: tuple[str, ...]
    state: str = "offline"
    pending: bool = False
    """A break or log-out waits for the end of what they do."""
    made_ready_us: int = 0
    free_since_us: int = 0
    last_offer: int = 0
    several_ended_us: int = 0
    """When several wrap-ups ended in one moment: they end one after another, and each time there is a look."""
    misses: dict[str, int] = {}
    """Channel -> misses in a row."""
    work: dict[str, tuple[int, str, int]] = {}
    """Offer -> units, channel, and when its wrap-up ends (0: it is offered or talked)."""

    def used(self) -> int:
        """Units in use."""
        return sum(units for units, _, _ in self.work.values())


class Model:
    """See the module."""

    def __init__(self, settings: of.Settings) -> None:
        self.settings = settings
        self.channels = {channel.name: channel for channel in settings.channels}
        self.callers: dict[str, Caller] = {}
        self.workers = {
            agent.name: Worker(agent, number, ("voice", "chat")) for number, agent in enumerate(settings.agents)
        }

    # -- who could take whom ----------------------------------------------------------------------------------------

    def able(self, worker: Worker, caller: Caller) -> bool:
        """Signed in and skilled, free or not."""
        levels = dict(worker.known.skills)
        return (
            worker.state != "offline"
            and caller.channel in worker.channels
            and all(levels.get(skill, 0) >= level for skill, level in caller.needs.items())
        )

    def has_room(self, worker: Worker, channel: str) -> bool:
        """Ready, with capacity for one more of this channel."""
        known = self.channels[channel]
        held = sum(1 for _, of_channel, _ in worker.work.values() if of_channel == channel)
        return (
            worker.state == "available"
            and not worker.pending
            and worker.used() + known.units <= worker.known.capacity_units
            and held < known.most_at_once
        )

    def passed_over(self, worker: Worker, caller: Caller, now_us: int) -> bool:
        """Missed it a moment ago, and somebody else could take it, or it is direct."""
        missed_us = caller.missed.get(worker.known.name)
        if missed_us is None or worker.made_ready_us > missed_us:
            return False
        if now_us >= missed_us + caller.queue.miss_hold_us:
            return False
        if now_us < caller.retry_us:
            return True
        alone = sum(self.able(other, caller) for other in self.workers.values()) <= 1
        return caller.direct is not None or not alone or now_us < caller.retry_us

    def waits_for(self, caller: Caller, now_us: int) -> str | None:
        """The one agent whom it waits for, if any."""
        if caller.direct is not None:
            return caller.direct
        if caller.preferred is None or now_us >= caller.preferred_until_us:
            return None
        worker = self.workers[caller.preferred]
        if worker.state != "available" or worker.pending or not self.able(worker, caller):
            # Not waited for any more, also when they come back.
            caller.preferred = None
        return caller.preferred

    def eligible(self, worker: Worker, caller: Caller, now_us: int) -> bool:
        """Could this free agent take this waiting contact?"""
        name = worker.known.name
        named = self.waits_for(caller, now_us)
        if named is not None and named != name:
            return False
        if caller.direct is None and not self.able(worker, caller):
            return False
        return caller.channel in worker.channels and not self.passed_over(worker, caller, now_us)

    def missed(self, worker: Worker, caller: Caller) -> None:
        """So many misses in a row on a channel make the agent not ready, at the latest when no longer engaged."""
        misses = worker.misses[caller.channel] = worker.misses.get(caller.channel, 0) + 1
        known = self.channels[caller.channel]
        if misses < known.misses_to_not_ready or worker.state != "available" or worker.pending:
            return
        worker.misses.clear()
        offered = {other.offer for other in self.callers.values() if other.state == "offered"}
        if set(worker.work) - offered:
            worker.pending = True
        else:
            worker.state = "not_ready"

    # -- what must hold ---------------------------------------------------------------------------------------------

    def idle_pairs(self, now_us: int) -> list[tuple[str, str]]:
        """Everybody who is free while somebody waits whom they could take (I10): must be empty."""
        for caller in self.callers.values():
            if caller.state == "waiting":
                self.waits_for(caller, now_us)
        return [
            (worker.known.name, caller.id)
            for worker in self.workers.values()
            for caller in self.callers.values()
            if caller.state == "waiting"
            and self.has_room(worker, caller.channel)
            and self.eligible(worker, caller, now_us)
        ]

    def better(self, taken: Caller, worker: Worker, now_us: int) -> list[str]:
        """Who waits and could be offered to this agent in the place of the one taken, and should be (I6, I8)."""
        if worker.several_ended_us == now_us:
            return []
        rank = taken.rank(now_us, self.settings.oldest_target_us)
        found = []
        for caller in self.callers.values():
            if caller.state != "waiting" or caller.front or taken.front or self.on_the_edge(caller, now_us):
                continue
            room = self.has_room(worker, caller.channel)
            its = caller.rank(now_us, self.settings.oldest_target_us)
            if its[0] == rank[0] and abs(its[1] - rank[1]) < EQUAL and caller.queue is not taken.queue:
                # Equal but for the last digits, which depend on the order of the multiplications.
                continue
            higher = its > rank
            if room and higher and self.eligible(worker, caller, now_us):
                found.append(caller.id)
        return found

    @staticmethod
    def on_the_edge(caller: Caller, now_us: int) -> bool:
        """Does a wait for somebody, or a hold after a miss, end at this very moment? Deadlines of one moment fire one
        after another."""
        ends = [missed_us + caller.queue.miss_hold_us for missed_us in caller.missed.values()]
        return now_us in (caller.preferred_until_us, caller.retry_us, *ends)

    def chosen(self, caller: Caller, free: list[Worker], now_us: int) -> str:
        """The agent whom the queue's agent choice takes out of those who are free and eligible."""
        choice = caller.queue.agent_choice

        def key(worker: Worker) -> tuple[int, int, int, int]:
            levels = dict(worker.known.skills)
            first, then = 0, worker.free_since_us
            if choice == "best_skill" and caller.needs:
                first = -min(levels.get(skill, 0) for skill in caller.needs)
            elif choice == "least_flexible":
                first = self.flexibility(worker, now_us)
            elif choice == "round_robin":
                then = worker.last_offer
            return first, worker.used(), then, worker.number

        return min(free, key=key).known.name

    def flexibility(self, worker: Worker, now_us: int) -> int:
        """How many queues the agent could serve: by their own needs, or by other ones that somebody has now."""
        levels = dict(worker.known.skills)
        lines = {
            (queue.name, channel, queue.needs.skills) for queue in self.settings.queues for channel in queue.channels
        } | {
            (caller.queue.name, caller.channel, tuple(sorted(caller.needs.items())))
            for caller in self.callers.values()
            if caller.state == "waiting" and self.waits_for(caller, now_us) is None
        }
        return len(
            {
                name
                for name, channel, needs in lines
                if channel in worker.channels and all(levels.get(skill, 0) >= level for skill, level in needs)
            }
        )
