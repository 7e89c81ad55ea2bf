"""From a store to an engine: what a restart keeps, and what it charges nobody for."""

from __future__ import annotations

from pathlib import Path

import pytest

from router.config.model import Configuration, Store
from router.core.batch import Batch
from router.core.commands import Attach, Enqueue, LogIn, SyncEnd
from router.core.engine import Engine
from router.core.internal import GatewayUp
from router.core.settings import Agent, Queue, Settings
from router.daemon import loading
from router.daemon.loading import Loaded, load
from router.store.base import Stamp, StoreUnusable
from router.terms import SECOND_US

SETTINGS = Settings(queues=(Queue("loans"),), agents=(Agent("ann"), Agent("bob")))
GATEWAY = "main/gw1"


class Machine:
    """The machine's clocks, and starts of a daemon on it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.configuration = Configuration(settings=SETTINGS, store=Store(url=f"sqlite:{folder / 's.db'}"))
        self.boot = 100 * SECOND_US
        self.wall = 1_732_000_000 * SECOND_US
        self.name = "boot-1"
        monkeypatch.setattr(loading, "boot_us", lambda: self.boot)
        monkeypatch.setattr(loading, "wall_us", lambda: self.wall)
        monkeypatch.setattr(loading, "boot_id", lambda: self.name)

    def start(self) -> Loaded:
        return load(self.configuration)

    def live(self, loaded: Loaded, *commands: object) -> None:
        """Apply commands of the gateway now, and keep what changed."""
        now_us = loaded.resumed.core_us
        for command in commands:
            loaded.engine.apply(now_us, GATEWAY, command)
        self.keep(loaded, now_us)

    def keep(self, loaded: Loaded, now_us: int) -> None:
        batch = loaded.engine.take_batch()
        assert batch is not None
        loaded.store.commit(batch, Stamp(now_us, self.boot, self.wall, self.name))
        loaded.engine.effects.clear()

    def away(self, seconds: float) -> None:
        self.boot += int(seconds * SECOND_US)
        self.wall += int(seconds * SECOND_US)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


OFFERED = (
    GatewayUp("i1"),
    SyncEnd(1),
    LogIn(2, "ann", ready=True),
    Attach(3, "e1", "ann"),
    Enqueue(4, "first", "loans"),
    Enqueue(5, "second", "loans"),
    Enqueue(6, "third", "loans"),
)
"""One contact is offered to ann, two wait."""


def places(engine: Engine) -> dict[str, str]:
    return {contact.id: contact.state for contact in engine.world.peers[GATEWAY].contacts.values()}


@pytest.mark.parametrize("seconds", [0.5, 7200])
def test_a_restart_keeps_everybody_at_their_place(machine: Machine, seconds: float) -> None:
    """However long we were away: the same contacts in the same states, time went on, and the offer that was
    ringing is neither timed out nor held against the agent."""
    loaded = machine.start()
    assert loaded.resumed.how == "new"
    machine.live(loaded, *OFFERED)
    before = places(loaded.engine)
    assert before == {"first": "offered", "second": "waiting", "third": "waiting"}
    loaded.store.close()
    machine.away(seconds)
    again = machine.start()
    assert again.resumed.how == "same_boot"
    assert again.resumed.core_us == loaded.resumed.core_us + int(seconds * SECOND_US)
    assert again.store.epoch > loaded.store.epoch
    for _ in range(20):
        again.engine.tick(again.clock.now_us())
    assert places(again.engine) == before
    ann = again.engine.world.agents["main", "ann"]
    assert (ann.state, dict(ann.misses or {})) == ("available", {})
    again.store.close()


def test_a_new_boot_goes_by_the_wall_clock(machine: Machine) -> None:
    """The boot clock began anew: the gap is what the wall clock says."""
    loaded = machine.start()
    machine.live(loaded, *OFFERED)
    loaded.store.close()
    machine.boot, machine.name = SECOND_US, "boot-2"
    machine.wall += 90 * SECOND_US
    again = machine.start()
    assert (again.resumed.how, again.resumed.gap_us) == ("new_boot", 90 * SECOND_US)
    again.store.close()


def test_a_store_of_another_site_is_refused(machine: Machine) -> None:
    """And let go of, so that the right engine can open it."""
    machine.start().store.close()
    other = Settings(site="berlin")
    with pytest.raises(StoreUnusable, match="berlin"):
        load(Configuration(settings=other, store=machine.configuration.store))
    machine.start().store.close()


def test_a_record_that_cannot_be_read_names_itself(machine: Machine) -> None:
    """Nothing is dropped in silence: the start is refused with the record's kind and key."""
    loaded = machine.start()
    loaded.store.commit(Batch(1, loaded.store.epoch, [("contact", "main/gw1/odd", b"\xc1")], [], []))
    loaded.store.close()
    with pytest.raises(StoreUnusable, match="main/gw1/odd") as caught:
        machine.start()
    assert caught.value.code == "bad_record"


def test_a_kind_that_is_not_known_is_refused(machine: Machine) -> None:
    """A later release's record is not passed over either."""
    loaded = machine.start()
    loaded.store.commit(Batch(1, loaded.store.epoch, [("rocket", "x", b"\x90")], [], []))
    loaded.store.close()
    with pytest.raises(StoreUnusable, match="rocket"):
        machine.start()


def test_a_store_that_ran_faster_is_not_taken_for_a_real_one(machine: Machine) -> None:
    """A store is made for a speed other than 1, or never used with one."""
    load(machine.configuration, speed=60).store.close()
    with pytest.raises(StoreUnusable, match="temporary"):
        machine.start()
