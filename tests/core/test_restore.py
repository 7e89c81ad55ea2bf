"""Loading records: any order, any mixture, and the world goes on as it stood."""

from __future__ import annotations

from random import Random

import pytest
from msgspec import structs

from router.core import commands as ask
from router.core import internal as told
from router.core import settings as of
from router.core.engine import Engine
from router.core.needs.asked import Step
from router.core.needs.want import ANYBODY, skills
from router.core.stored.records import BadRecord
from router.core.verify.world import verify
from router.terms import SECOND_US
from tests.core.drive import Centre
from tests.core.test_found import Q, settings
from tests.sim.twin import state_of

WRAP_UP = (("voice", of.WrapUp("timed", time_us=30 * SECOND_US)),)


@pytest.fixture
def centre() -> Centre:
    """Somebody in every state: waiting, held, offered, talking, in wrap-up, ended."""
    queue = structs.replace(Q, wrap_up=WRAP_UP)
    centre = Centre(settings(queue))
    for agent in ("ann", "bob", "cy"):
        centre.agent(agent)
    for name in ("over", "talks", "rings", "waits"):
        centre.call(name, customer=f"customer of {name}", data={"crm": "7"})
    centre.call("held", held=True)
    centre.call("wished", preferred="bob")
    centre.talk("over")
    centre.ok(ask.End(0, "over"))
    centre.talk("talks")
    centre.call("gone")
    centre.ok(ask.End(0, "gone"))
    return centre


def load(centre: Centre, seed: int, keep: float = 1.0) -> Engine:
    """An engine of the same settings with the records, put in another order, some of them lost."""
    rng = Random(f"load {seed}")
    records = [record for record in centre.records.items() if rng.random() < keep]
    rng.shuffle(records)
    engine = Engine(centre.settings, 2)
    for (kind, key), value in records:
        engine.put(kind, key, value)
    engine.activate(centre.now_us)
    return engine


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_records_means_nothing(centre: Centre, seed: int) -> None:
    """What is loaded is what was committed, record by record (I13), and whole."""
    engine = load(centre, seed)
    assert verify(engine.world) == []
    assert state_of(engine.world) == state_of(centre.engine.world)


@pytest.mark.parametrize("seed", range(40))
def test_any_mixture_of_records_is_a_legal_world(centre: Centre, seed: int) -> None:
    """Records hold names, not links: whatever is missing is filled in harmlessly, and nothing else breaks. Who waits
    and who is free find each other when their gateways are back."""
    engine = load(centre, seed, keep=0.6)
    engine.apply(centre.now_us, "", told.Restarted())
    while engine.next_deadline_us() == centre.now_us:
        engine.tick(centre.now_us)
    assert verify(engine.world) == []


def test_putting_again_replaces_and_dropping_forgets(centre: Centre) -> None:
    """A standby follows by puts and drops, which may come in any order."""
    engine = Engine(centre.settings, 2)
    for (kind, key), value in centre.records.items():
        engine.put(kind, key, value)
        engine.put(kind, key, value)
    engine.drop("contact", "main/gw/waits")
    engine.drop("contact", "main/gw/never-there")
    assert engine.stored_us == centre.now_us
    engine.activate(centre.now_us)
    assert "waits" not in engine.world.peers["main/gw"].contacts
    assert verify(engine.world) == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [("contact", b""), ("contact", b"\xc1"), ("agent", b"\x90"), ("nothing", b"\x90"), ("world", b"\x95\x63\0\0\0\0")],
)
def test_what_is_no_record_is_named(kind: str, value: bytes) -> None:
    """A broken or newer record says which it is."""
    engine = Engine(of.Settings(), 1)
    with pytest.raises(BadRecord, match=f"{kind} some/key"):
        engine.put(kind, "some/key", value)


def test_what_configuration_no_longer_has(centre: Centre) -> None:
    """A queue and an agent that were taken out of the settings: their contacts and talks come to their end."""
    engine = Engine(of.Settings(), 2)
    for (kind, key), value in centre.records.items():
        engine.put(kind, key, value)
    engine.activate(centre.now_us)
    assert verify(engine.world) == []
    peer = engine.world.peers["main/gw"]
    assert {name: contact.state for name, contact in peer.contacts.items()} == {
        name: contact.state for name, contact in centre.engine.world.peers["main/gw"].contacts.items()
    }


def test_places_of_who_waits_for_one_agent_go_on_as_before() -> None:
    """Held while the needs of another queue gave way, then waiting for one agent by name, where that place stands
    nowhere: its next step is due at the same time for an engine that was loaded meanwhile."""
    steps = (Step(10 * SECOND_US, skills(loans=1)), Step(20 * SECOND_US, ANYBODY))
    other = structs.replace(Q, name="other", needs=skills(cards=9), relax=steps)
    centre = Centre(settings(Q, other), clients=("gw", "desk"))
    centre.ok(ask.LogIn(0, "ann"), "desk")
    centre.call("c", queues=("other",), agent="ann", held=True)
    centre.wait(12)
    centre.call("later")
    engine = load(centre, 1)
    resume = ask.Resume(0, "c")
    centre.ok(resume)
    engine.apply(centre.now_us, "main/gw", resume)
    engine.tick(centre.now_us)
    mine, its = (each.world.peers["main/gw"].contacts["c"] for each in (centre.engine, engine))
    assert (mine.due_us, mine.due_number) == (its.due_us, its.due_number)
    assert mine.due_us == centre.now_us + 8 * SECOND_US
