"""The facade for scripts, against the same fake engine: no socket, a thread with its own loop."""

from __future__ import annotations

from typing import Any

import pytest

from router.client import Refused, Unknown
from router.client.sync import SyncClient
from router.wire import catalogue as c
from tests.client.fake import FakeEngine


def supervisor(engine: FakeEngine, **options: Any) -> SyncClient:
    return SyncClient(["e:1"], "cli", "supervisor", connect=engine.connect, **options)


def test_calls_return_their_outcome() -> None:
    """Typed replies, refusals and time-outs are the same as the asyncio client's."""
    engine = FakeEngine()
    status = c.StatusReply(1, [], {}, 0, 1, 1, 0)
    answers: list[list[c.Message]] = [[status], [c.Error(2, "unknown_queue", "x")], []]
    engine.answers = lambda message: None if isinstance(message, c.Hello) else answers.pop(0)
    with supervisor(engine) as engine_at:
        assert engine_at.wait_up(5.0)
        assert engine_at.status() == status
        assert engine_at.status(queue="x") == Refused("unknown_queue", "x")
        assert engine_at.call(c.Status(0), timeout_s=0.01) == Unknown("timed out", sent=True)
        assert engine_at.welcome is not None


def test_events_can_be_waited_for() -> None:
    """`next_event` returns the next one, or None in time."""
    engine = FakeEngine()
    engine.answers = lambda message: [engine.welcome(), c.Displaced("a", "x")]
    with supervisor(engine) as engine_at:
        assert engine_at.next_event(5.0) == c.Displaced("a", "x")
        assert engine_at.next_event(0.0) is None


def test_without_an_engine_it_says_why() -> None:
    """`wait_up` gives up in time, and `troubles` names the reason for each address."""
    engine = FakeEngine()
    engine.refuse_connections = True
    with supervisor(engine) as engine_at:
        assert not engine_at.wait_up(0.02)
        assert "refused" in engine_at.troubles()["e:1"].detail


def test_closing_twice_is_harmless() -> None:
    """The thread has ended after the first; a call after it raises instead of hanging."""
    engine = FakeEngine()
    engine_at = supervisor(engine)
    engine_at.close()
    engine_at.close()
    with pytest.raises(RuntimeError, match="closed"):
        engine_at.status()
