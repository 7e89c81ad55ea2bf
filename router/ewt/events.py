"""Reads the neutral event schema and answers every `ask`: the estimator outside the engine.

What lives here: the check of each line, and its translation into events of the estimator.
What it must not know: files, printing, the engine.
The idea: anybody can score the estimator on a trace of their own, one JSON object a line, `t` in seconds.

    config{queues, priority}  arrive{call, queue}  start{call, queue, agent, wait}  end{call, queue, agent}
    agent_ready{agent}  abandon{call, queue, waited}  agent_login{agent, skills, reason}
    agent_logout{agent, reason}  plan{at, agent, what, skills}  ask{call, queue, position, waited}

`reason`, `wait`, `waited`, `position`, `priority` and the `skills` of a log-out may be left out (or be null), and so
may `queue` of a start where the call has arrived, `queue` and `agent` of an end or a hang-up.  A log-in may have
`slots` (talks at a time).  Names may be whole numbers.  Lines with another `ev` are passed over, so that a trace may
carry notes; one that breaks the schema changes nothing and is an `EventError` with its number, after which the next
line can be read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import isfinite
from typing import Any

from router.ewt.estimator import Estimator
from router.ewt.settings import DEFAULT_SETTINGS, EwtSettings

SLICES_PER_EVENT = 4
"""Pieces of table building done after each event: a trace has no idle time of its own."""
VOTES_MAX = 100
"""Positions of known callers that are counted to find out whether the asker begins at 0 or at 1."""
PLANS = {"login": True, "logout": False}

Answer = dict[str, Any]


class EventError(ValueError):
    """A line of the trace is wrong; the trace's author must mend it.  `line` counts from 1."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f"line {line}: {text}")
        self.line = line
        self.code = "bad_event"


class Reader:
    """Feeds parsed events to an estimator."""

    def __init__(self, settings: EwtSettings = DEFAULT_SETTINGS) -> None:
        self.estimator = Estimator(settings)
        self.line = 0
        self._votes = [0, 0]
        self._unplaced: tuple[str, str, int] | None = None
        self._handlers: dict[str, Callable[[float, Mapping[str, Any]], Answer | None]] = {
            "config": self._config,
            "arrive": self._arrive,
            "start": self._start,
            "end": self._end,
            "agent_ready": self._ready,
            "abandon": self._abandon,
            "agent_login": self._login,
            "agent_logout": self._logout,
            "plan": self._plan,
            "ask": self._ask,
        }

    def read(self, text: str | bytes) -> Answer | None:
        """Take one line as it is written; nothing is made of an empty one."""
        try:
            event = _parsed(self.line + 1, text)
        except EventError:
            self.line += 1
            raise
        return self.feed(event)

    def feed(self, event: object) -> Answer | None:
        """Take one event; an answer for an `ask`, else None.  EventError if it breaks the schema."""
        self.line += 1
        if not isinstance(event, Mapping):
            raise EventError(self.line, "expected one JSON object a line")
        kind = event.get("ev")
        if not isinstance(kind, str):
            raise EventError(self.line, "`ev` must name the kind of event")
        handler = self._handlers.get(kind)
        if handler is None:
            return None
        answer = handler(self._number(event, "t"), event)
        self.estimator.work(SLICES_PER_EVENT)
        return answer

    def _number(self, event: Mapping[str, Any], key: str) -> float:
        value = event.get(key)
        # A whole number may be too large to be a float at all.
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e12 or not isfinite(value):
            raise EventError(self.line, f"`{key}` of {event['ev']} must be a finite number")
        return float(value)

    def _whole(self, event: Mapping[str, Any], key: str, what: str, otherwise: int) -> int:
        value = self._number(event, key) if event.get(key) is not None else float(otherwise)
        if value < 0 or not value.is_integer():
            raise EventError(self.line, f"`{key}` of {event['ev']} must be a whole number, {what}")
        return int(value)

    def _text(self, event: Mapping[str, Any], key: str) -> str:
        name = _name(event.get(key))
        if not name:
            raise EventError(self.line, f"`{key}` of {event['ev']} must be a text")
        return name

    def _names(self, event: Mapping[str, Any], key: str, what: str) -> list[str]:
        value = event.get(key)
        names = [_name(item) for item in value] if isinstance(value, list) else [""]
        if not all(names):
            raise EventError(self.line, f"`{key}` of {event['ev']} must be a list of {what}")
        return names

    def _config(self, now: float, event: Mapping[str, Any]) -> None:
        del now
        names, priority = self._names(event, "queues", "names"), event.get("priority") or {}
        if not isinstance(priority, Mapping):
            raise EventError(self.line, "`priority` of config must be a table of queue to number, 0 served first")
        ranks = {name: priority.get(name, 0) for name in names}
        for name, rank in ranks.items():
            if isinstance(rank, bool) or not (isinstance(rank, int) or (isinstance(rank, float) and rank.is_integer())):
                raise EventError(self.line, f"priority of queue {name!r} must be a whole number")
        for name, rank in ranks.items():
            self.estimator.set_queue(name, int(rank))

    def _arrive(self, now: float, event: Mapping[str, Any]) -> None:
        call, queue = self._text(event, "call"), self._text(event, "queue")
        self.estimator.arrive(now, call, queue)
        asked, self._unplaced = self._unplaced, None
        if asked is not None and asked[:2] == (call, queue):
            self._vote(asked[2], self.estimator.many(queue))

    def _start(self, now: float, event: Mapping[str, Any]) -> None:
        call, agent = self._text(event, "call"), self._text(event, "agent")
        known = self.estimator.waited(call) is not None and event.get("queue") is None
        self.estimator.start(now, call, agent, "" if known else self._text(event, "queue"))

    def _end(self, now: float, event: Mapping[str, Any]) -> None:
        self.estimator.end(now, self._text(event, "call"))

    def _ready(self, now: float, event: Mapping[str, Any]) -> None:
        self.estimator.agent_ready(now, self._text(event, "agent"))

    def _abandon(self, now: float, event: Mapping[str, Any]) -> None:
        self.estimator.abandon(now, self._text(event, "call"))

    def _login(self, now: float, event: Mapping[str, Any]) -> None:
        agent, skills = self._text(event, "agent"), self._names(event, "skills", "queue names")
        slots = self._whole(event, "slots", "talks at a time", 1)
        self.estimator.agent_login(now, agent, frozenset(skills), slots)

    def _logout(self, now: float, event: Mapping[str, Any]) -> None:
        self.estimator.agent_logout(now, self._text(event, "agent"))

    def _plan(self, now: float, event: Mapping[str, Any]) -> None:
        what = event.get("what")
        login = PLANS.get(what.removeprefix("agent_")) if isinstance(what, str) else None
        if login is None:
            raise EventError(self.line, "`what` of plan must be login or logout")
        needed = login or event.get("skills") is not None
        skills = self._names(event, "skills", "queue names") if needed else []
        self.estimator.plan(now, self._number(event, "at"), self._text(event, "agent"), login, frozenset(skills))

    def _ask(self, now: float, event: Mapping[str, Any]) -> Answer:
        call, queue = self._text(event, "call"), self._text(event, "queue")
        position = self._whole(event, "position", "1 for the next", 0)
        waited = self._number(event, "waited") if event.get("waited") is not None else 0.0
        told = event.get("position") is not None
        made = self.estimator.trajectory(now, queue)
        if told and self.estimator.waits(call, queue):
            self._vote(position, self.estimator.place(made, queue, position, call, waited))
        elif told:
            self._unplaced = call, queue, position
            position += self._votes[0] > self._votes[1]
        said = self.estimator.estimate(now, queue, position, call, waited)
        return {"call": event["call"], "t": event["t"], **said._asdict()}

    def _vote(self, position: int, place: int) -> None:
        """Whether the next one has position 0 or 1 is told by callers whose place is known."""
        if sum(self._votes) < VOTES_MAX and 0 <= place - position <= 1:
            self._votes[position == place] += 1


def _name(value: object) -> str:
    """A name as text: numbers are names, too; empty for what is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def answers(events: Iterable[object], settings: EwtSettings = DEFAULT_SETTINGS) -> Iterator[Answer]:
    """One answer for each `ask` among parsed events, in their order."""
    reader = Reader(settings)
    for event in events:
        answer = reader.feed(event)
        if answer is not None:
            yield answer


def parse(lines: Iterable[str]) -> Iterator[object]:
    """Parsed events of a text; empty lines are kept as notes so that line numbers stay right."""
    for number, line in enumerate(lines, 1):
        yield _parsed(number, line)


def _parsed(number: int, text: str | bytes) -> object:
    if not text.strip():
        return {"ev": "note"}
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EventError(number, f"not a JSON object: {error}") from error
