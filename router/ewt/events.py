"""Reads the neutral event schema and answers every `ask`: the estimator outside the engine.

What lives here: the check of each line, and its translation into events of the estimator.
What it must not know: files, printing, the engine.
The idea: anybody can score the estimator on a trace of their own, one JSON object a line, `t` in seconds.

    config{queues, priority}  arrive{call, queue}  start{call, queue, agent, wait}  end{call, queue, agent}
    agent_ready{agent}  abandon{call, queue, waited}  agent_login{agent, skills, reason}
    agent_logout{agent, reason}  plan{at, agent, what, skills}  ask{call, queue, position, waited}

Lines with another `ev` are passed over, so that a trace may carry notes; a line that breaks the schema changes nothing
and is an `EventError` with its number, after which the next line can be read.
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

    def read(self, text: str) -> Answer | None:
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

    def _text(self, event: Mapping[str, Any], key: str) -> str:
        value = event.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str) or not value:
            raise EventError(self.line, f"`{key}` of {event['ev']} must be a text")
        return value

    def _skills(self, event: Mapping[str, Any]) -> frozenset[str]:
        value = event.get("skills")
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise EventError(self.line, f"`skills` of {event['ev']} must be a list of queue names")
        return frozenset(value)

    def _config(self, now: float, event: Mapping[str, Any]) -> None:
        del now
        names, priority = event.get("queues"), event.get("priority", {})
        if not isinstance(names, list) or not all(isinstance(item, str) and item for item in names):
            raise EventError(self.line, "`queues` of config must be a list of names")
        if not isinstance(priority, Mapping):
            raise EventError(self.line, "`priority` of config must be a table of queue to number, 0 served first")
        ranks = {name: priority.get(name, 0) for name in names}
        for name, rank in ranks.items():
            if isinstance(rank, bool) or not isinstance(rank, int):
                raise EventError(self.line, f"priority of queue {name!r} must be a whole number")
        for name, rank in ranks.items():
            self.estimator.set_queue(name, rank)

    def _arrive(self, now: float, event: Mapping[str, Any]) -> None:
        self.estimator.arrive(now, self._text(event, "call"), self._text(event, "queue"))

    def _start(self, now: float, event: Mapping[str, Any]) -> None:
        call, agent, queue = (self._text(event, key) for key in ("call", "agent", "queue"))
        self.estimator.start(now, call, agent, queue)

    def _end(self, now: float, event: Mapping[str, Any]) -> None:
        self.estimator.end(now, self._text(event, "call"))

    def _ready(self, now: float, event: Mapping[str, Any]) -> None:
        self.estimator.agent_ready(now, self._text(event, "agent"))

    def _abandon(self, now: float, event: Mapping[str, Any]) -> None:
        self.estimator.abandon(now, self._text(event, "call"))

    def _login(self, now: float, event: Mapping[str, Any]) -> None:
        self.estimator.agent_login(now, self._text(event, "agent"), self._skills(event))

    def _logout(self, now: float, event: Mapping[str, Any]) -> None:
        self.estimator.agent_logout(now, self._text(event, "agent"))

    def _plan(self, now: float, event: Mapping[str, Any]) -> None:
        what = event.get("what")
        if what not in ("login", "logout"):
            raise EventError(self.line, "`what` of plan must be login or logout")
        skills = self._skills(event) if what == "login" or "skills" in event else frozenset[str]()
        self.estimator.plan(now, self._number(event, "at"), self._text(event, "agent"), what == "login", skills)

    def _ask(self, now: float, event: Mapping[str, Any]) -> Answer:
        call, queue = self._text(event, "call"), self._text(event, "queue")
        position = self._number(event, "position") if event.get("position") is not None else 0.0
        if position < 0 or not position.is_integer():
            raise EventError(self.line, "`position` of ask must be a whole number, 1 for the next")
        waited = self._number(event, "waited") if event.get("waited") is not None else 0.0
        said = self.estimator.estimate(now, queue, int(position), call, waited)
        return {"call": event["call"], "t": event["t"], **said._asdict()}


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


def _parsed(number: int, text: str) -> object:
    if not text.strip():
        return {"ev": "note"}
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EventError(number, f"not a JSON object: {error}") from error
