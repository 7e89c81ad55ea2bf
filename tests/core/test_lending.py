"""A donor is protected whatever happens in which order: all orders of what may come between, with and without restarts.

Ten seconds lie between two events, so that the loan is looked at after each.
"""

from __future__ import annotations

from itertools import islice, permutations
from typing import Any

import pytest

from router.core import commands as ask
from router.core import settings as of
from router.core.actions import Borrow
from router.core.effects import Offer
from router.core.engine import Engine
from router.core.layers.plan_settings import Plan
from router.core.needs.want import Want
from router.core.verify.world import verify
from router.terms import SECOND_US
from tests.core.drive import Centre

KEPT = 1
LOAN = Borrow(skills=(("sales", 3),), team="back", agents_most=2, keep_idle=KEPT)
SETTINGS = of.Settings(
    queues=(
        of.Queue("letters", needs=Want((("letters", 1),))),
        of.Queue("sales", needs=Want((("sales", 1),)), enter_unstaffed=True),
    ),
    agents=tuple(of.Agent(name, team="back", skills=(("letters", 5),)) for name in ("ann", "bob", "cid")),
    plans=(Plan("storm", actions=(LOAN,)),),
)
WHO = ("mia", "a test")
EVENTS: dict[str, Any] = {
    "start": lambda centre: centre.say(ask.StartPlan(1, *WHO, "storm"), "boss"),
    "stop": lambda centre: centre.say(ask.StopPlan(1, *WHO, "storm"), "boss"),
    "letter": lambda centre: _call(centre, "l1", "letters"),
    "another letter": lambda centre: _call(centre, "l2", "letters"),
    "sale": lambda centre: _call(centre, "s1", "sales"),
    "break": lambda centre: centre.say(ask.NotReady(1, "ann", "lunch")),
}


def _call(centre: Centre, contact: str, queue: str) -> None:
    """A call that is taken as soon as it rings, and goes on."""
    before = len(centre.heard)
    centre.say(ask.Enqueue(1, contact, queue))
    for _, message in centre.heard[before:]:
        if isinstance(message, Offer):
            centre.say(ask.Accept(1, message.offer))


def _centre() -> Centre:
    centre = Centre(SETTINGS, ("gw",))
    centre.up("boss", role="supervisor")
    for number, name in enumerate(("ann", "bob", "cid")):
        centre.say(ask.Attach(1, f"10{number}", name))
        centre.say(ask.LogIn(1, name, True))
    return centre


def _loaded(centre: Centre) -> None:
    """Go on with an engine that knows nothing but the records."""
    engine = Engine(SETTINGS, 1)
    for (kind, key), record in centre.records.items():
        engine.put(kind, key, record)
    engine.activate(centre.now_us)
    assert verify(engine.world) == []
    centre.engine = engine


@pytest.mark.parametrize(("loaded", "every"), [(False, 1), (True, 6)], ids=["as it is", "loaded"])
def test_a_donor_is_protected_in_every_order(loaded: bool, every: int) -> None:
    """Nobody more is lent while too few of the donors are free, the last lent goes back, and at the end all have. One
    order in six is taken with a start between any two events."""
    seen = 0
    for order in islice(permutations(EVENTS), 0, None, every):
        centre = _centre()
        for name in order:
            EVENTS[name](centre)
            if loaded:
                _loaded(centre)
            before = _lent(centre)
            free = _free(centre)
            centre.now_us += 10 * SECOND_US
            centre.rest()
            after = _lent(centre)
            if free < KEPT:
                seen += bool(before)
                assert len(after) == max(0, len(before) - 1), (order, name)
            assert len(after) <= len(before) or _free(centre) >= KEPT, (order, name)
            assert len(after) <= LOAN.agents_most
        if order.index("stop") > order.index("start"):
            assert _lent(centre) == set(), order
            assert all(agent.skills == agent.configured for agent in centre.engine.world.agents.values()), order
    assert seen > 20, "the floor was hardly ever reached"


def _lent(centre: Centre) -> set[str]:
    return {agent.name for agent in centre.engine.world.agents.values() if agent.lent}


def _free(centre: Centre) -> int:
    return sum(1 for agent in centre.engine.world.agents.values() if agent.places and not agent.lent)
