"""How good estimates are on recorded traffic: ours, those of others, and what callers would have been told.

A trace is replayed through the engine, and everybody who estimates listens. Nobody is assumed to stay or to go for what
they would have been told. It must not know how an estimate is made, nor who prints.

The one idea: an estimate is asked for whenever a caller could be told one (on arriving, then each minute of waiting),
and judged by the wait that followed. Who hung up counts by the wait that they would have had: until an agent who could
have served them took somebody who ranks after them, or found nobody.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from statistics import median
from typing import Any, Final, NamedTuple, TypeAlias

from router.ewt.events import Reader
from router.ewt.policy import DEFAULT_POLICY, OVER, AnnouncePolicy, Quote, Told, decide
from router.ewt.rivals import NAMES, Rivals
from router.ewt.trajectory import Estimate
from router.terms import SECOND_US
from router.trace.codec import Progress
from router.trace.records import Trace
from router.trace.replay.run import replay

ASK_EVERY_S: Final = 60.0
"""Callers are told no more often than this."""
NEAR_S: Final = 30.0
NEAR_RATIO: Final = 0.25
"""An estimate is near when it is off by no more than either, as the estimator's own judge counts it."""
LONG_S: Final = 60.0
"""Whoever waits longer should have been told a time."""
GHOST_MOST_S: Final = 1800.0
"""Who hung up and would have waited longer is not judged: the hall was closed meanwhile."""

Event: TypeAlias = dict[str, Any]


class Ask(NamedTuple):
    """One estimate: after how many seconds of waiting, what we said, what the others said."""

    waited_s: float
    said: Estimate
    rivals: tuple[float, ...]


@dataclass(slots=True)
class Caller:
    """Somebody who came while the queue was staffed. Times in seconds."""

    call: str
    queue: str
    key: tuple[float, str]
    """Arrival less head start: the smaller goes first."""
    arrived: float
    asks: list[Ask] = field(default_factory=list)
    stayed: float = 0.0
    """Until taken, or hung up."""
    wait: float | None = None
    """The virtual wait; None while it is not known."""
    told: Told | None = None
    promise: float | None = None
    """The waiting time by which the first promise is to be kept; infinite for more than an hour."""
    raised: bool = False


@dataclass(frozen=True, slots=True)
class Errors:
    """Of some asks. Shares from 0 to 1; None where there is nothing to judge."""

    asks: int
    mean_s: float | None
    """Of the wait still to come."""
    rmse_s: float | None
    """Root of our mean squared error."""
    over_ours: dict[str, float]
    """Mean squared error of each rival over ours."""
    bias_s: float | None
    near: float | None
    covered: float | None
    """Share of waits within p10..p90."""


@dataclass(frozen=True, slots=True)
class Promises:
    """What callers would have been told by the default policy. Shares from 0 to 1."""

    promised: int
    kept: float | None
    """Share of first promises that were kept."""
    raised: float | None
    """Share of those told a time who were told a later one."""
    told: float | None
    """Share of those who waited over a minute who had been told a time."""
    promised_over_waited: float | None
    """Median of promised over real (virtual) wait, both from arrival, of those who waited at least a second."""


@dataclass(frozen=True, slots=True)
class QueueReport:
    """One queue's figures, or all queues'."""

    callers: int
    every: Errors
    """All asks."""
    arriving: Errors
    """On arrival, whoever came: what an IVR is told before it queues the call."""
    had_to_wait: Errors
    """On arrival, those of them who then waited."""
    waiting: Errors
    """After each minute of waiting."""
    promises: Promises


@dataclass(frozen=True, slots=True)
class EwtReport:
    """What came of it, whole and by queue, the busiest queue first."""

    source: str
    acknowledgement: str
    unjudged: int
    """Callers whose virtual wait never came to an end."""
    whole: QueueReport
    queues: dict[str, QueueReport]


def ewt_report(trace: Trace, *, policy: AnnouncePolicy = DEFAULT_POLICY, progress: Progress | None = None) -> EwtReport:
    """Replay a trace once, listening. The same report for the same arguments.

    `progress` is told contacts arrived, of how many. Raises TraceError where the trace cannot be replayed.
    """
    hall = _Hall(policy)
    names = sorted(trace.header.queues or {contact.queue for contact in trace.contacts})
    hall.feed({"ev": "config", "t": 0.0, "queues": names, "priority": dict.fromkeys(names, 0)})

    def hear(kind: str, at_us: int, **fields: Any) -> None:
        hall.feed({"ev": kind, "t": at_us / SECOND_US, **fields})

    replay(trace, verify=False, tap=hear, progress=progress)
    judged = [caller for caller in hall.callers if caller.wait is not None]
    by_queue: dict[str, list[Caller]] = {}
    for caller in judged:
        by_queue.setdefault(caller.queue, []).append(caller)
    busiest = sorted(by_queue, key=lambda name: (-len(by_queue[name]), name))
    return EwtReport(
        trace.header.source,
        trace.header.acknowledgement,
        len(hall.callers) - len(judged),
        _queue_report(judged),
        {name: _queue_report(by_queue[name]) for name in busiest},
    )


class _Hall:
    """Who waits, who is there, and everybody who estimates."""

    def __init__(self, policy: AnnouncePolicy) -> None:
        self.callers: list[Caller] = []
        self._policy = policy
        self._reader = Reader()
        self._rivals = Rivals()
        self._here: dict[str, Caller] = {}
        self._lines: dict[str, list[tuple[float, str]]] = {}
        self._ghosts: dict[str, list[Caller]] = {}
        self._skills: dict[str, frozenset[str]] = {}
        self._agenda: list[tuple[float, int, Callable[[float, Any], None], Any]] = []
        self._number = 0
        self._do: dict[str, Callable[[Event], None]] = {
            "config": self._config,
            "arrive": self._arrive,
            "start": self._start,
            "abandon": self._abandon,
            "agent_login": self._login,
            "agent_logout": self._logout,
            "agent_ready": self._ready,
        }

    def feed(self, event: Event) -> None:
        """Take one event; what is due before it comes first."""
        while self._agenda and self._agenda[0][0] < event["t"]:
            at, _, do, what = heappop(self._agenda)
            do(at, what)
        self._reader.feed(event)
        self._rivals.feed(event)
        do_event = self._do.get(event["ev"])
        if do_event is not None:
            do_event(event)

    def _at(self, at: float, do: Callable[[float, Any], None], what: Any) -> None:
        self._number += 1
        heappush(self._agenda, (at, self._number, do, what))

    def _config(self, event: Event) -> None:
        for name in event["queues"]:
            self._lines[name] = []
            self._ghosts[name] = []

    def _staffed(self, queue: str) -> bool:
        return any(queue in skills for skills in self._skills.values())

    def _arrive(self, event: Event) -> None:
        now, queue, call = event["t"], event["queue"], event["call"]
        caller = Caller(call, queue, (now - event["head_start"], call), now)
        insort(self._lines[queue], caller.key)
        self._here[call] = caller
        self._ask(now, caller)
        self._at(now + self._policy.first_after_s, self._look, caller)

    def _position(self, caller: Caller) -> int:
        return bisect_left(self._lines[caller.queue], caller.key) + 1

    def _estimate(self, now: float, caller: Caller) -> Estimate:
        return self._reader.estimator.estimate(now, caller.queue, self._position(caller))

    def _ask(self, now: float, caller: Caller) -> None:
        """Whoever waits for people to come, and not for a turn, is not judged."""
        if caller.call not in self._here:
            return
        if self._staffed(caller.queue):
            waited = now - caller.arrived
            rivals = self._rivals.answer(caller.queue, self._position(caller), waited)
            caller.asks.append(Ask(waited, self._estimate(now, caller), rivals))
        self._at(now + ASK_EVERY_S, self._ask, caller)

    def _leave(self, event: Event) -> Caller:
        caller = self._here.pop(event["call"])
        line = self._lines[caller.queue]
        del line[bisect_left(line, caller.key)]
        caller.stayed = event["t"] - caller.arrived
        if caller.asks:
            self.callers.append(caller)
        return caller

    def _start(self, event: Event) -> None:
        caller = self._leave(event)
        caller.wait = caller.stayed
        served = self._skills.get(event["agent"], frozenset()) | {caller.queue}
        self._release(event["t"], served, caller.key)

    def _abandon(self, event: Event) -> None:
        caller = self._leave(event)
        self._ghosts[caller.queue].append(caller)

    def _login(self, event: Event) -> None:
        self._skills[event["agent"]] = frozenset(event["skills"])
        self._ready(event)

    def _logout(self, event: Event) -> None:
        """Where the last one goes, nobody's wait ends any more."""
        for queue in self._skills.pop(event["agent"], frozenset()):
            if not self._staffed(queue):
                self._ghosts[queue].clear()

    def _ready(self, event: Event) -> None:
        served = self._skills.get(event["agent"], frozenset())
        if not any(self._lines[queue] for queue in served):
            self._release(event["t"], served, None)

    def _release(self, now: float, queues: Iterable[str], after: tuple[float, str] | None) -> None:
        """Whoever ranks before `after` (None: everybody) would have been taken now."""
        for queue in queues:
            kept = []
            for ghost in self._ghosts[queue]:
                if after is not None and ghost.key >= after:
                    kept.append(ghost)
                elif now - ghost.arrived <= GHOST_MOST_S:
                    ghost.wait = now - ghost.arrived
            self._ghosts[queue] = kept

    def _look(self, now: float, caller: Caller) -> None:
        """What a waiting caller is told now, if anything."""
        if caller.call not in self._here:
            return
        said = self._estimate(now, caller)
        quote = Quote(said.p10, said.p50, said.p80, said.p90, said.confidence == "low")
        say = decide(quote, self._position(caller), now - caller.arrived, caller.told, self._policy)
        if say.told is not None:
            caller.told = say.told
        caller.raised = caller.raised or say.raised
        if say.bucket is not None and say.told is not None and caller.promise is None:
            caller.promise = float("inf") if say.bucket == OVER else say.told.until_s
        self._at(now + say.again_in_s, self._look, caller)


def _queue_report(callers: Sequence[Caller]) -> QueueReport:
    asks = [(ask, (caller.wait or 0.0) - ask.waited_s) for caller in callers for ask in caller.asks]
    arriving = [(ask, left) for ask, left in asks if ask.waited_s == 0.0]
    return QueueReport(
        len(callers),
        _errors([(ask, left) for ask, left in asks if left >= 0]),
        _errors(arriving),
        _errors([(ask, left) for ask, left in arriving if left > 0]),
        _errors([(ask, left) for ask, left in asks if ask.waited_s > 0]),
        _promises(callers),
    )


def _errors(judged: Sequence[tuple[Ask, float]]) -> Errors:
    """`judged`: asks, each with the wait that was still to come, in seconds."""
    ours = _mean((ask.said.mean - left) ** 2 for ask, left in judged)
    rivals = [_mean((ask.rivals[place] - left) ** 2 for ask, left in judged) for place in range(len(NAMES))]
    return Errors(
        asks=len(judged),
        mean_s=_mean(left for _, left in judged),
        rmse_s=None if ours is None else ours**0.5,
        over_ours={name: square / ours for name, square in zip(NAMES, rivals, strict=True) if square and ours},
        bias_s=_mean(ask.said.mean - left for ask, left in judged),
        near=_mean(abs(ask.said.mean - left) <= max(NEAR_S, NEAR_RATIO * left) for ask, left in judged),
        covered=_mean(ask.said.p10 <= left <= ask.said.p90 for ask, left in judged),
    )


def _promises(callers: Iterable[Caller]) -> Promises:
    known = [(caller, caller.wait, caller.promise) for caller in callers if caller.wait is not None]
    told = [(caller, wait, promise) for caller, wait, promise in known if promise is not None]
    ratios = [promise / wait for _, wait, promise in told if wait >= 1.0 and promise != float("inf")]
    return Promises(
        promised=len(told),
        kept=_mean(wait <= promise for _, wait, promise in told),
        raised=_mean(caller.raised for caller, _, _ in told),
        told=_mean(promise is not None for caller, _, promise in known if caller.stayed > LONG_S),
        promised_over_waited=median(ratios) if ratios else None,
    )


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return sum(found) / len(found) if found else None
