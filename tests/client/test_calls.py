"""The typed methods promise what the protocol promises, for every message, and nothing is missing."""

from __future__ import annotations

import inspect

from router.client.calls import ANSWERS, Calls
from router.client.sync import SyncClient
from router.wire.catalogue import (
    FROM_ENGINE,
    WIRE_REQUESTS,
    Busy,
    HandedOver,
    HandOver,
    Request,
    Resumed,
    Subscribe,
    Sync,
    SyncEnd,
)

OWN: set[type] = {Sync, SyncEnd}
"""The client sends these itself."""


def tag(kind: type) -> str:
    return str(kind.__struct_config__.tag)  # type: ignore[attr-defined]


def test_every_message_has_a_method_of_its_name() -> None:
    """Except those that the client sends of itself; and the facade for scripts has the same."""
    kinds: set[type] = {*WIRE_REQUESTS, Subscribe, HandOver}
    for kind in kinds - OWN:
        assert kind in ANSWERS, tag(kind)
        assert inspect.iscoroutinefunction(getattr(Calls, tag(kind))), tag(kind)
        assert callable(getattr(SyncClient, tag(kind))), tag(kind)


def test_methods_promise_the_message_s_own_answers() -> None:
    """What a type checker is told is what the message's class says. `busy` is settled by the client."""
    types = {tag(kind): kind for kind in FROM_ENGINE if not hasattr(kind, "number")}
    promised: dict[type, tuple[type, ...]] = dict(ANSWERS)
    assert promised.pop(Subscribe) == (Resumed,)
    assert promised.pop(HandOver) == (HandedOver,)
    for kind, answers in promised.items():
        assert issubclass(kind, Request)
        declared = {types[name] for name in kind.answers} - {Busy}
        assert set(answers) == declared, tag(kind)
