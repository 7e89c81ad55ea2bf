"""Each row of the table of who hangs up when, done to a real engine; and what a start makes of consults."""

from __future__ import annotations

from random import Random

import pytest

from router.core import commands as ask
from router.core import internal as told
from router.core import settings as of
from router.core.effects import ConsultOver, RefusedEntry
from router.core.engine import Engine
from router.core.entities import Contact
from router.core.needs.want import skills
from router.core.talks.consults import EVENTS, PHASES, TABLE, Event, Phase
from router.core.verify.world import verify
from router.terms import SECOND_US
from tests.core.drive import Centre
from tests.sim.twin import state_of

WRAP_UP = (("voice", of.WrapUp("timed", time_us=30 * SECOND_US)),)
SETTINGS = of.Settings(
    queues=(of.Queue("q", wrap_up=WRAP_UP), of.Queue("loans", needs=skills(loans=5), wrap_up=WRAP_UP)),
    agents=(of.Agent("ann"), of.Agent("bob", skills=(("loans", 5),))),
)
FIRST, SECOND = "ann", "bob"

REQUESTS: dict[Event, ask.Request] = {
    "consult": ask.Consult(0, "c", "again", "loans"),
    "cancel": ask.CancelConsult(0, "c"),
    "complete": ask.CompleteConsult(0, "c"),
    "conference": ask.Conference(0, "c"),
    "customer_leaves": ask.End(0, "c"),
    "first_leaves": ask.Leave(0, "c", FIRST),
    "second_leaves": ask.Leave(0, "c", SECOND),
}


def reach(phase: Phase) -> Centre:
    """The customer c with ann, and a consult k that has come so far."""
    centre = Centre(SETTINGS)
    centre.agent("ann")
    centre.call("c")
    centre.talk("c")
    if phase == "none":
        return centre
    centre.agent("bob", ready=False)
    assert centre.say(ask.Consult(0, "c", "k", "loans")).__class__.__name__ == "Queued"
    if phase == "waits":
        return centre
    centre.ok(ask.Ready(0, "bob"))
    if phase == "rings":
        return centre
    centre.talk("k")
    if phase == "conference":
        centre.ok(ask.Conference(0, "c"))
    return centre


def find(centre: Centre, name: str) -> Contact | None:
    """The contact, while it lives."""
    return centre.engine.world.peers["main/gw"].contacts.get(name)


def where(centre: Centre) -> tuple[str, str, str]:
    """Where customer, first and second agent are, in the words of the table."""
    contact = find(centre, "c")
    talks = [leg.agent.name for leg in contact.offers if leg.state == "connected"] if contact is not None else []
    customer = {(): "gone", (FIRST,): "with the first", (SECOND,): "with the second", (FIRST, SECOND): "with both"}[
        tuple(talks)
    ]
    if contact is not None and contact.hold_began_us:
        customer = "on hold"
    return customer, _doing(centre, FIRST), _doing(centre, SECOND)


def _doing(centre: Centre, name: str) -> str:
    states = [leg.state for leg in centre.engine.world.agents["main", name].offers.values()]
    return {"connected": "talks", "wrap_up": "wraps up", "offered": "rings"}[states[0]] if states else "free"


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("phase", PHASES)
def test_a_row_of_the_table(phase: Phase, event: Event) -> None:
    """What the table says becomes of the three is what becomes of them; what it does not have is refused and changes
    nothing."""
    centre = reach(phase)
    row = TABLE.get((phase, event))
    before = where(centre)
    if phase == "none" and event == "consult":
        centre.agent("bob", ready=False)
    if row is None:
        assert centre.refused(REQUESTS[event]) == "bad_state"
        assert where(centre) == before
        return
    if event == "consult":
        centre.say(REQUESTS[event])
    else:
        centre.ok(REQUESTS[event])
    assert where(centre) == row[1:]
    if event != "consult":
        assert find(centre, "k") is None
        over = [(message.contact, message.consult) for message in centre.told(ConsultOver)]
        assert over == ([] if phase == "none" else [("c", "k")])


@pytest.mark.parametrize("phase", PHASES)
def test_a_restart_keeps_who_is_with_whom(phase: Phase) -> None:
    """In every phase the engine goes on where it stood, also when it was killed in between."""
    centre = reach(phase)
    before, known = where(centre), state_of(centre.engine.world)
    engine = Engine(SETTINGS, 2)
    for (kind, key), record in reversed(centre.records.items()):
        engine.put(kind, key, record)
    engine.activate(centre.now_us)
    assert state_of(engine.world) == known
    centre.restart()
    assert where(centre) == before


@pytest.mark.parametrize("seed", range(30))
def test_records_of_different_moments(seed: int) -> None:
    """A consult that has ended by one record and goes on by the other is a legal world all the same."""
    rng = Random(f"moments {seed}")
    centre = reach("waits")
    moments = [dict(centre.records)]
    for step in (
        lambda: centre.ok(ask.Ready(0, "bob")),
        lambda: centre.talk("k"),
        lambda: centre.ok(rng.choice((ask.Conference(0, "c"), ask.CompleteConsult(0, "c"), ask.CancelConsult(0, "c")))),
        lambda: centre.ok(ask.End(0, "c")),
    ):
        step()
        moments.append(dict(centre.records))
    engine = Engine(SETTINGS, 2)
    for key in moments[-1]:
        kind, name = key
        records = [moment[key] for moment in moments if key in moment]
        if rng.random() < 0.9:
            engine.put(kind, name, rng.choice(records))
    engine.activate(centre.now_us)
    engine.apply(centre.now_us, "", told.Restarted())
    while engine.next_deadline_us() == centre.now_us:
        engine.tick(centre.now_us)
    assert verify(engine.world) == []


def test_who_asks_is_nobody_to_ask() -> None:
    """The only one who could answer is the one who asks: refused, and the customer stays where they are."""
    centre = Centre(SETTINGS)
    centre.agent("ann")
    centre.call("c")
    centre.talk("c")
    reply = centre.say(ask.Consult(0, "c", "k"))
    assert isinstance(reply, RefusedEntry)
    assert reply.why == "nobody"
    assert where(centre) == ("with the first", "talks", "free")
    assert centre.refused(ask.Consult(0, "c", "k", agent="ann")) == "bad_state"


def test_the_same_consult_again_is_a_repetition() -> None:
    """With the same body; another one under its id is a conflict, and an ended one is over."""
    centre = reach("talks")
    assert centre.say(ask.Consult(0, "c", "k", "loans")).__class__.__name__ == "Queued"
    assert centre.refused(ask.Consult(0, "c", "k", "q")) == "conflict"
    assert centre.refused(ask.Consult(0, "c", "c", "loans")) == "conflict"
    centre.ok(ask.CancelConsult(0, "c"))
    assert centre.refused(ask.Consult(0, "c", "k", "loans")) == "ended"
