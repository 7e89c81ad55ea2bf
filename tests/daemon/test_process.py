"""What the daemon does to its own process."""

from __future__ import annotations

import asyncio
import gc
import resource

import pytest

from router.daemon import process


@pytest.mark.usefixtures("collector")
def test_no_full_collection_by_itself() -> None:
    """However many objects come and go, the oldest generation is not looked through; young ones are."""
    process.settle_garbage()
    assert gc.isenabled()
    before = gc.get_stats()
    held: list[list[int]] = []
    for _ in range(50):
        held = [[] for _ in range(process.YOUNG_OBJECTS)]
    assert held
    after = gc.get_stats()
    assert after[2]["collections"] == before[2]["collections"]
    assert after[0]["collections"] > before[0]["collections"]
    assert gc.get_freeze_count() > 0


@pytest.mark.usefixtures("collector")
def test_what_is_made_out_of_sight_is_not_looked_through() -> None:
    """However much it is, no collection looks at it, then or later; young objects are looked through afterwards."""
    process.settle_garbage()
    frozen = gc.get_freeze_count()
    before = gc.get_stats()[0]["collections"]
    with process.out_of_sight():
        made: list[list[int]] = [[] for _ in range(3 * process.YOUNG_OBJECTS)]
        assert gc.get_stats()[0]["collections"] == before
    assert gc.isenabled()
    assert gc.get_freeze_count() >= frozen + len(made)


@pytest.mark.usefixtures("collector")
def test_what_takes_the_place_of_others_is_looked_through_in_time() -> None:
    """The collector counts what was made less what was freed, so by itself it looks at nothing of it until it is much;
    after so much work it is looked through whatever that count is, a part at a time."""
    held: list[list[int]] = [[] for _ in range(20_000)]
    process.settle_garbage()
    looked: list[int] = []

    def looking(phase: str, about: dict[str, int]) -> None:
        if phase == "start":
            looked.append(sum(len(gc.get_objects(generation=older)) for older in range(about["generation"] + 1)))

    gc.callbacks.append(looking)
    try:
        for i in range(len(held)):
            held[i] = []
        assert looked == []
        sweeper = process.Sweeper()
        sweeper.worked(process.SWEEP_AFTER_US)
        for i in range(len(held)):
            held[i] = []
            if i % 100 == 0:
                sweeper.worked(process.SWEEP_AFTER_US // 10)
    finally:
        gc.callbacks.remove(looking)
    assert len(looked) == 21
    # What outlived a look is looked at once more, and then no more.
    assert max(looked[2:]) < 2_500


@pytest.mark.usefixtures("collector")
def test_a_sweep_waits_until_collecting_is_on_again() -> None:
    """What is made out of sight stays out of it, however much work there is meanwhile."""
    process.settle_garbage()
    before = gc.get_stats()
    sweeper = process.Sweeper()
    with process.out_of_sight():
        sweeper.worked(10 * process.SWEEP_AFTER_US)
        assert gc.get_stats() == before
    sweeper.worked(1)
    assert gc.get_stats()[0]["collections"] == before[0]["collections"] + 1


def test_descriptors_go_up_to_the_hard_limit() -> None:
    """And never down; a refusal is no error."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(before[0], 512), before[1]))
        limit = process.raise_descriptors()
        assert limit == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        assert limit == min(before[1], process.DESCRIPTORS_MOST)
        assert process.raise_descriptors() == limit
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_an_event_loop_is_made_with_and_without_uvloop(monkeypatch: pytest.MonkeyPatch) -> None:
    """uvloop where it imports, asyncio's own where it doesn't."""
    loop = process.loop_factory()()
    assert type(loop).__module__.startswith("uvloop")
    loop.close()
    monkeypatch.setitem(__import__("sys").modules, "uvloop", None)
    loop = process.loop_factory()()
    assert isinstance(loop, asyncio.SelectorEventLoop)
    loop.close()
