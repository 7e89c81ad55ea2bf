"""A supervisor's hands reach the agents and contacts of their own tenant, and nobody else's."""

from __future__ import annotations

import pytest

from router.core import commands as ask
from router.core.commands import Hand
from router.core.effects import Error
from router.core.engine import Engine
from router.core.internal import GatewayUp
from router.core.settings import Agent, Queue, Settings

SETTINGS = Settings(
    queues=(Queue("loans", enter_unstaffed=True), Queue("theirs", "other", enter_unstaffed=True)),
    agents=(Agent("ann"), Agent("eve", "other", skills=(("secret", 5),))),
)
WHO = ("mia", "curious")


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (ask.SetAgent(1, *WHO, "eve", "offline"), "unknown_agent"),
        (ask.SetSkills(1, *WHO, "eve", {"secret": 1}), "unknown_agent"),
        (ask.SetSkills(1, *WHO, "ann", {"secret": 1}), "unknown_skill"),
        (ask.MoveContact(1, *WHO, "c1", "loans"), "unknown_contact"),
        (ask.MoveContact(1, *WHO, "c1", "loans", gateway="gw1"), "unknown_contact"),
        (ask.SetPriority(1, *WHO, "c1", 60), "unknown_contact"),
        (ask.AssignContact(1, *WHO, "c1", "ann"), "unknown_contact"),
        (ask.PullContact(1, *WHO, "c1"), "unknown_contact"),
        (ask.EndContact(1, *WHO, "c1"), "unknown_contact"),
    ],
)
def test_another_tenant_is_out_of_reach(request_: Hand, code: str) -> None:
    """It does not even exist; and nothing is noted."""
    engine = Engine(SETTINGS, 1)
    engine.activate(1_000_000)
    engine.apply(1_000_000, "other/gw1", GatewayUp("i1"))
    engine.apply(1_000_000, "other/gw1", ask.SyncEnd(1))
    engine.apply(1_000_000, "other/gw1", ask.Enqueue(2, "c1", "theirs"))
    engine.apply(1_000_000, "main/boss", GatewayUp("i1", "supervisor"))
    engine.take_effects()
    engine.apply(1_000_000, "main/boss", request_)
    [(peer, reply)] = engine.take_effects()
    assert peer == "main/boss"
    assert isinstance(reply, Error)
    assert reply.code == code
    assert engine.world.deeds == []
