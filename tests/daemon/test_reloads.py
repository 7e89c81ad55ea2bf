"""A reload in the daemon's own process: what is done to it while one version of the settings goes over to another."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import pytest

from router.config import load
from router.daemon import process
from router.daemon.daemon import Daemon
from router.daemon.loading import load as begun
from router.daemon.notify import Notifier
from router.daemon.reloads import Order

AGENTS = 1_000
QUEUES = 100
YOUNG_OBJECTS = 100
"""So few that any step of a crossing makes more: with those of production it takes a large centre."""


def write(folder: Path, level: int) -> None:
    """A centre in which everybody has other skills for each level, and every queue asks for another one."""
    (folder / "state").mkdir(exist_ok=True)
    (folder / "switchboard.toml").write_text(
        f'[daemon]\nstate_directory = "{folder}/state"\n[store]\nurl = "memory:"\n[listen]\nport = 0\n'
        'trust_loopback = true\n[reload]\nwatch = "off"\n'
    )
    queues = [f"[queues.q{i}]\nneeds = {{ s{i} = {level} }}\n" for i in range(QUEUES)]
    agents = [f"[agents.a{i}]\nskills = {{ s{i % QUEUES} = {level + 1} }}\n" for i in range(AGENTS)]
    (folder / "queues.toml").write_text("\n".join(queues))
    (folder / "agents.toml").write_text("\n".join(agents))


async def collections_of_a_reload(folder: Path, young_objects: int) -> tuple[int, int]:
    """How often young objects were looked through while everybody crossed, and otherwise. `young_objects`: at how many
    of them the collector does it by itself."""
    configuration = load(folder)
    loaded = begun(configuration)
    process.settle_garbage()
    gc.set_threshold(young_objects, process.MIDDLE_ROUNDS, process.NEVER)
    daemon = Daemon(configuration, loaded, Notifier({}), (), folder)
    world = daemon.engine.world
    crossing: list[bool] = []

    def collecting(phase: str, _about: dict[str, int]) -> None:
        if phase == "start":
            crossing.append(world.crossing is not None)

    await daemon.start()
    gc.callbacks.append(collecting)
    try:
        write(folder, level=2)
        told = await daemon.reloads.carry_out(Order("apply", who="ann", why="a test"))
    finally:
        await daemon.drain()
        gc.callbacks.remove(collecting)
        loaded.store.close()
    assert (told.done, told.version) == (True, 2)
    assert world.agents["main", "a0"].configured == (("s0", 3),)
    return crossing.count(True), crossing.count(False)


@pytest.mark.usefixtures("collector")
def test_nothing_is_collected_while_everybody_crosses(tmp_path: Path) -> None:
    """The step that switches makes lines and needs of all queues at once: looking through young objects in it took
    longer than the step. Afterwards they are looked through as ever."""
    write(tmp_path, level=1)
    during, otherwise = asyncio.run(collections_of_a_reload(tmp_path, YOUNG_OBJECTS))
    assert (during, otherwise > 0, gc.isenabled()) == (0, True, True)


@pytest.mark.usefixtures("collector")
def test_after_much_work_young_objects_are_looked_through_whatever_their_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the collector would never do it by itself the loop's work brings it about, but not while everybody
    crosses."""
    monkeypatch.setattr(process, "SWEEP_AFTER_US", 100)
    write(tmp_path, level=1)
    during, otherwise = asyncio.run(collections_of_a_reload(tmp_path, process.NEVER))
    assert (during, otherwise > 0) == (0, True)
