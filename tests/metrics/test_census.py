"""Counts of agents, clients and the process itself."""

from pathlib import Path

from router.core import commands as ask
from router.core.states import AGENT
from router.metrics.census import A_SLICE, DESCRIPTORS, DOING, Census
from router.metrics.process import boot_utc_s, read_process
from tests.metrics.driven import Driven, settings


def counted(driven: Driven) -> Census:
    census = Census()
    for _ in census.take(driven.engine.world):
        pass
    return census


def test_agents_by_what_they_do() -> None:
    """Every agent is in exactly one count of their team, and all that an agent can do is there, also at 0."""
    driven = Driven()
    driven.sign_in("agent1")
    driven.ask(ask.Enqueue, "c1", "sales")
    agents = counted(driven).agents
    assert agents["main", "main", "offered"] == 1
    assert agents["main", "main", "offline"] == 1
    assert sum(agents.values()) == len(driven.engine.world.agents)
    assert {doing for _, _, doing in agents} == set(DOING)
    assert set(AGENT) < set(DOING)


def test_clients_by_role() -> None:
    """Clients that are live are counted, and every role is there."""
    clients = counted(Driven()).clients
    assert clients == {("gateway",): 1, ("desk",): 0, ("supervisor",): 0, ("monitor",): 0}


def test_agents_who_come_and_go_meanwhile() -> None:
    """A world that changes between two slices spoils nothing."""
    driven = Driven(settings(agents=2 * A_SLICE))
    world = driven.engine.world
    census = Census()
    steps = census.take(world)
    next(steps)
    world.agents.clear()
    world.peers.clear()
    for _ in steps:
        pass
    assert sum(census.agents.values()) == 2 * A_SLICE


def test_this_process() -> None:
    """Where the system tells, the figures are this process's own."""
    booted = boot_utc_s()
    process = read_process(booted)
    if booted is None:
        assert process is None
        return
    assert process is not None
    assert process.resident_bytes > 1_000_000
    assert process.start_utc_s > booted
    assert process.cpu_s > 0
    # Both lists have the descriptor of the listing itself in them, which the census leaves out.
    assert counted(Driven()).open_descriptors == sum(1 for _ in Path(DESCRIPTORS).iterdir()) - 1
