"""Tells a program that there has been no engine for a while, and when there is one again.

A gateway keeps its callers on a local fallback then; how long it waits before that is its own choice, so
several watches may be set. It knows nothing of connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

Notify = Callable[[], None]


@dataclass(slots=True)
class Watch:
    """`gone` after `after_s` without an engine, `back` once there is one again after that."""

    after_s: float
    gone: Notify
    back: Notify | None
    told: bool = field(default=False, init=False)
    timer: asyncio.TimerHandle | None = field(default=None, init=False)


class Absence:
    """All watches of one client. Nothing is told before `start`, which begins an absence."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watches: list[Watch] = []
        self._since_s: float | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on time counts."""
        self._loop = loop
        self.begin()

    def watch(self, after_s: float, gone: Notify, back: Notify | None) -> None:
        """Adds one; where there is no engine now, the time since counts."""
        added = Watch(after_s, gone, back)
        self._watches.append(added)
        if self._since_s is not None:
            self._arm(added, self._since_s)

    def begin(self) -> None:
        """The engine is gone."""
        if self._since_s is None and self._loop is not None:
            self._since_s = self._loop.time()
            for each in self._watches:
                self._arm(each, self._since_s)

    def end(self) -> None:
        """It is back."""
        self._since_s = None
        for each in self._watches:
            self._disarm(each)
            if each.told:
                each.told = False
                if each.back is not None and self._loop is not None:
                    self._loop.call_soon(each.back)

    def close(self) -> None:
        """No more calls."""
        for each in self._watches:
            self._disarm(each)
        self._watches.clear()

    def _arm(self, each: Watch, since_s: float) -> None:
        assert self._loop is not None
        each.timer = self._loop.call_at(since_s + each.after_s, self._tell, each)

    @staticmethod
    def _disarm(each: Watch) -> None:
        if each.timer is not None:
            each.timer.cancel()
            each.timer = None

    @staticmethod
    def _tell(each: Watch) -> None:
        each.timer = None
        each.told = True
        each.gone()
