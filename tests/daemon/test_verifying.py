"""Invariants are looked at while the engine runs; what is found is counted and logged, within bounds."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from router.config.model import Configuration, Daemon
from router.core.verify.world import Violation
from router.daemon import verifying
from router.daemon.verifying import Verify


class Story:
    """A daemon of which there is only what the service reads, and a verifier that always finds something."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, every_us: int, live: int = 0) -> None:
        self.looks = 0
        self.logged: list[dict[str, Any]] = []
        self.world = SimpleNamespace(live=live, agents={}, offers={}, tally=SimpleNamespace(violations=0))
        self.daemon: Any = SimpleNamespace(
            configuration=Configuration(daemon=Daemon(verify_every_us=every_us)),
            engine=SimpleNamespace(world=self.world),
            ended=asyncio.get_running_loop().create_future(),
        )
        monkeypatch.setattr(verifying, "Verifier", lambda _: self)
        monkeypatch.setattr(
            verifying, "_log", SimpleNamespace(error=lambda event, **values: self.logged.append(values))
        )
        monkeypatch.setattr(verifying, "monotonic", lambda: 1.0)
        self.ns = 0
        monkeypatch.setattr(verifying, "monotonic_ns", lambda: self.ns)
        self.service = Verify(cast("Any", self.daemon))

    def step(self) -> list[Violation]:
        self.looks += 1
        self.ns += 10_000
        return [Violation("I3", "two offers")]

    def turn(self) -> None:
        self.service._turn()
        assert self.service._timer is not None
        self.service._timer.cancel()


def run(story: Any) -> None:
    asyncio.run(story())


def test_every_violation_is_counted_and_some_are_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    """The count is whole; the log takes ten lines a second."""

    async def story() -> None:
        told = Story(monkeypatch, every_us=1_000_000)
        for _ in range(50):
            told.turn()
        assert told.looks == told.world.tally.violations == 50
        assert told.logged == [{"invariant": "I3", "what": "two offers"}] * verifying.LINES_PER_S

    run(story)


def test_a_large_world_is_walked_through_in_time_but_stalls_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """More entities mean more slices a turn, up to a millisecond of them."""

    async def story() -> None:
        told = Story(monkeypatch, every_us=10_000_000, live=16_000)
        told.turn()
        assert told.looks == 6
        told = Story(monkeypatch, every_us=10_000, live=1_000_000)
        told.turn()
        assert told.looks == verifying.TURN_NS // 10_000 + 1

    run(story)


def test_nothing_is_looked_at_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `verify_every_s` at 0, or once the engine has ended, no slice is taken; a reload may begin it."""

    async def story() -> None:
        told = Story(monkeypatch, every_us=0)
        told.turn()
        assert told.looks == 0
        told.daemon.configuration = Configuration(daemon=Daemon(verify_every_us=1_000_000))
        told.turn()
        assert told.looks == 1
        told.daemon.ended.set_result(70)
        told.turn()
        assert told.looks == 1

    run(story)
