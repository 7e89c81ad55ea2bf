"""`verify` sees what is wrong: each planted fault is found, at once by the whole and soon by the slices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from router.core import commands as ask
from router.core.needs.want import skills
from router.core.verify.world import Verifier, verify
from router.core.world import World
from tests.core.drive import Centre
from tests.core.test_found import settings


@pytest.fixture
def centre() -> Centre:
    """Ann talks, bob is offered one, cy is free for nobody who waits, and three wait."""
    centre = Centre(settings())
    for agent in ("ann", "bob"):
        centre.agent(agent)
    for number in range(5):
        centre.call(f"c{number}")
    centre.agent("cy", channels=("chat",))
    centre.talk("c0")
    centre.call("ended")
    centre.ok(ask.End(0, "ended"))
    return centre


def contact(world: World, name: str) -> Any:
    """A live contact."""
    return world.peers["main/gw"].contacts[name]


def agent(world: World, name: str) -> Any:
    """An agent."""
    return world.agents["main", name]


def _stands_twice(world: World) -> None:
    waiting = contact(world, "c3")
    waiting.line.order.add((0, 0, waiting))


def _stands_nowhere(world: World) -> None:
    waiting = contact(world, "c3")
    waiting.standing.remove(waiting.entry)


def _free_and_not_in_a_pool(world: World) -> None:
    world.roster.withdraw(agent(world, "cy"))


def _idle_beside_a_contact(world: World) -> None:
    agent(world, "ann").capacity = 200


def _deadline_not_kept(world: World) -> None:
    offered = contact(world, "c1").offers[0]
    due_us = offered.due_us
    world.deadlines.cancel(offered)
    offered.due_us = due_us


PLANTED: dict[str, Callable[[World], object]] = {
    "I1": lambda world: contact(world, "c2").queue.counts.update(waiting=9),
    "I1 live": lambda world: setattr(world, "live", world.live + 1),
    "I1 state": lambda world: setattr(contact(world, "c2"), "state", "ended"),
    "index roster": lambda world: world.rota.at_work.update({("main", "ann"): ((1, 2),)}),
    "I3": lambda world: contact(world, "c1").offers.extend(contact(world, "c0").offers),
    "I5": lambda world: setattr(agent(world, "ann"), "used", 50),
    "I5 capacity": lambda world: setattr(agent(world, "ann"), "capacity", 50),
    "I6": lambda world: setattr(contact(world, "c3"), "key_us", 1),
    "I6 stands twice": _stands_twice,
    "I6 stands nowhere": _stands_nowhere,
    "I7": lambda world: setattr(contact(world, "c1").offers[0], "left_us", 5),
    "I7 not kept": _deadline_not_kept,
    "I9": lambda world: setattr(contact(world, "c1").line.needs, "key", ("main", "voice", skills(cards=9))),
    "I10 pool": _free_and_not_in_a_pool,
    "I10": _idle_beside_a_contact,
    "index staffed": lambda world: setattr(contact(world, "c2").line.needs, "staffed", 7),
    "index members": lambda world: setattr(contact(world, "c2").line, "members", 7),
    "index profile": lambda world: setattr(agent(world, "ann").profile, "agents", 7),
    "index ready": lambda world: contact(world, "c2").line.needs.ready.update(
        {agent(world, "ann").profile: agent(world, "ann").profile.pools["voice"]}
    ),
    "index open": lambda world: setattr(world.peers["main/gw"], "open", False),
}


def test_nothing_is_wrong_with_what_is_right(centre: Centre) -> None:
    """No fault is found where none was planted, by the whole or by the slices."""
    assert verify(centre.engine.world) == []
    verifier = Verifier(centre.engine.world)
    assert [verifier.step() for _ in range(20)] == [[]] * 20


@pytest.mark.parametrize("name", PLANTED)
def test_planted_faults_are_seen(centre: Centre, name: str) -> None:
    """The whole sees each of them; where a name begins with an invariant, among others as a breach of that one."""
    PLANTED[name](centre.engine.world)
    found = {violation.invariant for violation in verify(centre.engine.world)}
    assert name.split(maxsplit=1)[0] in found


@pytest.mark.parametrize(
    "name", [name for name in PLANTED if name not in ("I1", "index members", "index profile", "index roster")]
)
def test_slices_see_them_soon(centre: Centre, name: str) -> None:
    """A running engine sees them within a walk through the world; what only a count of all shows is for the whole."""
    PLANTED[name](centre.engine.world)
    verifier = Verifier(centre.engine.world)
    assert any(verifier.step() for _ in range(40))
