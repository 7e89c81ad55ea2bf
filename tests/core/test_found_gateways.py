"""What reading and the simulation found in how gateways come and go, each as a scenario without chance."""

from __future__ import annotations

import pytest
from msgspec import structs

from router.core import commands as ask
from router.core import gateways
from router.core import internal as told
from router.core import settings as of
from router.core.callbacks.settings import TokenRules
from router.core.effects import Already, Confirm, OfferCancelled, Queued, State, Synced
from router.core.needs.asked import NOTHING
from router.core.verify.world import verify
from router.terms import SECOND_US
from tests.core.drive import Centre
from tests.core.test_found import Q, settings

TIMED = (("voice", of.WrapUp("timed", time_us=30 * SECOND_US)),)


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done in slices is done one by one, so that a test can stand between."""
    monkeypatch.setattr(gateways, "SLICE", 1)


def test_an_offer_stands_still_while_the_engine_is_away() -> None:
    """No offer is held against anyone for the time we were away: it rings on with what was left (I7)."""
    centre = Centre(settings())
    centre.agent("ann")
    centre.call("c")
    offer = centre.offer("c").offer
    centre.wait(5)
    centre.ok(ask.Update(0, "c", data={"a": "record"}))
    centre.restart(away_s=50)
    assert centre.offers() == {"c": "ann"}
    centre.up("gw", synced=False)
    device = ask.AliveEndpoint("sip-ann", "ann")
    centre.ok(ask.Sync(0, (ask.AliveContact("c", "q"),), (device,)))
    centre.say(ask.SyncEnd(0))
    (state,) = centre.told(State)
    assert [(live.offer, live.left_ms) for live in state.offers] == [(offer, 15_000)]
    centre.ok(ask.Accept(0, offer))
    assert centre.state("c") == "connected"


def test_what_came_due_while_the_engine_stood_still_is_held_against_nobody() -> None:
    """The process was stopped for longer than an offer rings, nobody was away: the answer that lies unread still
    counts, and a gateway's grace runs on with what it had left (I7)."""
    centre = Centre(settings(), ("gw", "phones"))
    centre.agent("ann")
    centre.call("c")
    offer = centre.offer("c").offer
    centre.down("phones")
    centre.wait(5)
    centre.now_us += 50 * SECOND_US
    centre.give("", told.StoodStill(50 * SECOND_US))
    assert centre.offers() == {"c": "ann"}
    assert not centre.engine.world.peers["main/phones"].gone
    centre.ok(ask.Accept(0, offer))
    assert centre.state("c") == "connected"


def test_after_standing_still_an_offer_ends_when_its_time_is_over() -> None:
    """It has what it had left, and no more."""
    centre = Centre(settings())
    centre.agent("ann")
    centre.call("c")
    centre.offer("c")
    centre.wait(5)
    centre.now_us += 50 * SECOND_US
    centre.give("", told.StoodStill(50 * SECOND_US))
    centre.wait(14)
    assert centre.offers() == {"c": "ann"}
    centre.wait(2)
    assert centre.told(OfferCancelled)[0].reason == "timed_out"


def test_joining_has_its_whole_time_where_the_callers_gateway_is_away() -> None:
    """Accepted while the other side is awaited: the time to join begins when it is back."""
    centre = Centre(settings(), ("gw", "phones"), reports_connecting=True)
    centre.agent("ann", "phones")
    centre.call("c")
    offer = centre.offer("c").offer
    centre.restart()
    centre.up("phones", synced=False)
    centre.ok(ask.Sync(0, endpoints=(ask.AliveEndpoint("sip-ann", "ann"),)), "phones")
    centre.say(ask.SyncEnd(0), "phones")
    centre.ok(ask.Accept(0, offer), "phones")
    centre.wait(40)
    centre.up("gw", synced=False, reports_connecting=True)
    centre.ok(ask.Sync(0, (ask.AliveContact("c", "q"),)))
    centre.say(ask.SyncEnd(0))
    centre.wait(20)
    centre.ok(ask.Connected(0, "c"))
    assert centre.state("c") == "connected"


def test_a_wrap_up_ends_though_the_agents_gateway_is_gone_for_good() -> None:
    """Time stands still for who is awaited, not for who was given up: nobody stays in wrap-up for ever (L2)."""
    centre = Centre(settings(structs.replace(Q, wrap_up=TIMED)), ("gw", "phones"))
    centre.agent("ann", "phones")
    centre.call("c")
    centre.talk("c")
    centre.down("phones", "bye")
    centre.wait(1)
    assert centre.state("c") == "connected"
    centre.ok(ask.End(0, "c"))
    assert centre.state("c") == "wrapping"
    centre.wait(31)
    assert (centre.state("c"), centre.used("ann")) == ("ended", 0)


def test_a_wrap_up_goes_on_though_the_callers_gateway_is_gone() -> None:
    """After-contact work is the agent's: it is not cut because the contact's gateway was given up."""
    centre = Centre(settings(structs.replace(Q, wrap_up=TIMED)), ("gw", "phones"))
    centre.agent("ann", "phones")
    centre.call("c")
    centre.talk("c")
    centre.ok(ask.End(0, "c"))
    centre.down("gw", "bye")
    centre.wait(20)
    assert centre.used("ann") == 100
    centre.wait(11)
    assert (centre.state("c"), centre.used("ann")) == ("ended", 0)


def test_a_connection_that_takes_over_begins_with_its_list() -> None:
    """A second connection of a name, without a word from the first, is asked for its list like any other."""
    centre = Centre(settings())
    centre.call("c")
    centre.up("gw", synced=False)
    centre.ok(ask.Sync(0, (ask.AliveContact("c", "q"),)))
    assert isinstance(centre.say(ask.SyncEnd(0)), Synced)
    assert centre.state("c") == "waiting"


@pytest.mark.usefixtures("one_at_a_time")
def test_who_comes_back_while_being_closed_keeps_what_is_left() -> None:
    """Closing a gateway goes on in slices only while it is away: nothing is lost behind its back."""
    centre = Centre(settings())
    for name in ("a", "b", "c"):
        centre.call(name)
    centre.down("gw")
    world, engine = centre.engine.world, centre.engine
    centre.now_us += world.settings.limits.gateway_grace_us
    while len(world.peers["main/gw"].contacts) == 3:
        engine.tick(centre.now_us)
    engine.apply(centre.now_us, "main/gw", told.GatewayUp("1"))
    centre.rest()
    # One was lost before, one in the step that let the gateway in.
    assert [centre.state(name) for name in ("a", "b", "c")] == ["ended", "ended", "waiting"]


def test_a_list_that_never_ends_is_given_up_with_the_grace_time() -> None:
    """A gateway that says hello and then nothing is as good as away (L2)."""
    centre = Centre(settings())
    centre.call("c")
    centre.down("gw")
    centre.up("gw", synced=False)
    centre.wait(59)
    assert centre.state("c") == "waiting"
    centre.wait(2)
    assert centre.state("c") == "ended"


@pytest.mark.usefixtures("one_at_a_time")
def test_opening_in_the_middle_of_being_shut_leaves_nobody_out() -> None:
    """A gateway that drains and at once no longer does has every contact looked at (I10)."""
    centre = Centre(settings(), ("gw", "phones"))
    centre.agent("ann", "phones", ready=False)
    for name in ("a", "b", "c"):
        centre.call(name)
    engine = centre.engine
    engine.apply(centre.now_us, "main/gw", ask.Drain(90, True))
    engine.tick(centre.now_us)
    engine.apply(centre.now_us, "main/phones", ask.Ready(90, "ann"))
    engine.apply(centre.now_us, "main/gw", ask.Drain(91, False))
    centre.rest()
    assert centre.offers() == {"a": "ann"}


@pytest.mark.usefixtures("one_at_a_time")
def test_direct_to_an_agent_whose_gateway_is_being_shut() -> None:
    """An agent who still stands free, because the chore has not come to them, is offered nothing."""
    centre = Centre(settings(), ("gw", "phones"))
    centre.agent("ann", "phones")
    for number in range(5):
        centre.ok(ask.Attach(0, f"spare-{number}", "bob"), "phones")
    engine = centre.engine
    engine.apply(centre.now_us, "main/phones", told.GatewayDown())
    engine.apply(centre.now_us, "main/gw", ask.Enqueue(90, "c", "q", agent="ann"))
    centre.rest()
    assert (centre.state("c"), centre.offers()) == ("waiting", {})


def test_a_list_takes_back_who_was_thought_to_talk() -> None:
    """The queue has too many different needs by then: the contact joins the line of the queue's own."""
    limits = of.Limits(lines_per_queue_max=3)
    centre = Centre(settings(limits=limits))
    centre.agent("ann")
    centre.call("c", needs={"cards": 2})
    centre.talk("c")
    centre.call("d", needs={"loans": 2})
    centre.down("gw")
    centre.up("gw", synced=False)
    centre.ok(ask.Sync(0, (ask.AliveContact("c", "q"), ask.AliveContact("d", "q"))))
    centre.say(ask.SyncEnd(0))
    contact = centre.engine.world.peers["main/gw"].contacts["c"]
    assert (contact.state, contact.needs) == ("waiting", NOTHING)


def test_after_contact_work_is_not_lost_with_a_list() -> None:
    """A visit that is over need not be listed, and is not counted as lost."""
    centre = Centre(settings(structs.replace(Q, wrap_up=TIMED)))
    centre.agent("ann")
    centre.call("c")
    centre.talk("c")
    centre.ok(ask.End(0, "c"))
    centre.down("gw")
    centre.up("gw", synced=False)
    synced = centre.say(ask.SyncEnd(0))
    assert isinstance(synced, Synced)
    assert synced.lost == 0


def test_a_device_that_is_not_listed_rings_no_more() -> None:
    """Its offer is withdrawn without a miss, and the contact looks for someone else."""
    centre = Centre(settings(), ("gw", "phones"))
    centre.agent("ann", "phones")
    centre.call("c")
    offer = centre.offer("c").offer
    centre.restart()
    centre.up("gw", synced=False)
    centre.ok(ask.Sync(0, (ask.AliveContact("c", "q"),)))
    centre.say(ask.SyncEnd(0))
    centre.up("phones")
    cancelled = [told_of.offer for told_of in centre.told(OfferCancelled)]
    assert cancelled == [offer]
    assert centre.state("c") == "waiting"
    assert centre.engine.world.agents["main", "ann"].misses == {}


def test_lists_have_one_order_before_and_after_a_start() -> None:
    """What a gateway is told of its contacts is in the order of their numbers, however it came to be known (I13)."""
    wide = structs.replace(of.Agent("ann"), capacity_units=200)
    centre = Centre(settings(agents=(wide,)))
    centre.agent("ann")
    centre.call("a")
    centre.talk("a")
    centre.call("b")
    centre.ok(ask.Transfer(0, "a", "q", place="restart"))
    alive = (ask.AliveContact("a", "q"), ask.AliveContact("b", "q"))
    lists = []
    for _ in range(2):
        centre.down("gw")
        centre.up("gw", synced=False)
        centre.ok(ask.Sync(0, alive))
        centre.say(ask.SyncEnd(0))
        lists.append([contact.contact for state in centre.told(State) for contact in state.contacts])
        centre.restart()
    assert lists == [["b", "a"], ["b", "a"]]


def test_a_client_that_was_given_up_keeps_its_numbers_for_a_while() -> None:
    """What it says again after its grace time has no second effect (I14); it is forgotten like ended ids are."""
    centre = Centre(settings(), ("gw", "desk1"))
    centre.ok(ask.LogIn(0, "ann"), "desk1")
    centre.down("desk1", "bye")
    centre.wait(100)
    centre.restart()
    centre.up("desk1")
    centre.give("desk1", ask.LogIn(1, "ann"))
    assert centre.told(Already, "desk1") != []
    assert centre.engine.world.agents["main", "ann"].state == "offline"
    centre.down("desk1", "bye")
    centre.wait(400)
    assert "main/desk1" not in centre.engine.world.peers


@pytest.mark.usefixtures("one_at_a_time")
def test_a_gateway_that_drains_as_soon_as_it_is_back_lets_its_offers_run() -> None:
    """An offer stood still while its gateway was away; it rings on, and to its end, though the gateway drains before
    it was wholly opened (I7)."""
    centre = Centre(settings(), ("gw", "phones"))
    centre.agent("ann", "phones")
    centre.call("c")
    centre.wait(5)
    centre.restart()
    centre.up("phones", synced=False)
    centre.up("gw", synced=False)
    centre.ok(ask.Sync(0, (), (ask.AliveEndpoint("sip-ann", "ann"),)), "phones")
    centre.say(ask.SyncEnd(0), "phones")
    centre.ok(ask.Sync(0, (ask.AliveContact("c", "q"),)))
    engine = centre.engine
    engine.apply(centre.now_us, "main/gw", ask.SyncEnd(90))
    engine.apply(centre.now_us, "main/gw", ask.Drain(91, True))
    centre.rest()
    assert centre.offers() == {"c": "ann"}
    centre.wait(21)
    assert (centre.offers(), centre.state("c")) == ({}, "waiting")


@pytest.mark.parametrize("others", [("old", "a", "b"), ("a", "old", "b")])
def test_a_place_taken_while_the_gateway_is_being_opened(one_at_a_time: None, others: tuple[str, ...]) -> None:
    """Opening goes by the numbers of places: who takes an earlier one, passed already or listed under the number of
    before, stands too when all is open (I10)."""
    queue = structs.replace(Q, tokens=TokenRules(give=True))
    centre = Centre(settings(queue), ("gw", "other"))
    centre.give("", told.Secret(b"a secret of thirty-two bytes....."[:32]))
    token = ""
    for name in others:
        reply = centre.say(ask.Enqueue(0, name, "q"), "other" if name == "old" else "gw")
        assert isinstance(reply, Queued)
        token = reply.token or token if name == "old" else token
    assert token
    centre.call("new")
    centre.ok(ask.Drain(0, True))
    seq = centre.say(ask.Position(0, "new")).re
    engine = centre.engine
    engine.apply(centre.now_us, "main/gw", ask.Drain(seq + 1, False))
    engine.apply(centre.now_us, "main/gw", ask.TakePlace(seq + 2, "new", token))
    gateway = engine.world.peers["main/gw"]
    assert gateway.chore == "open", "it was taken in the middle"
    assert gateway.contacts["b"].standing is None
    centre.rest()
    assert gateway.contacts["new"].standing is not None
    assert centre.state("old", "other") == "ended"


@pytest.mark.usefixtures("one_at_a_time")
def test_listed_as_waiting_before_the_gateway_is_shut() -> None:
    """A connection took over, and its first list comes before the shutting of the old one has come to a call that was
    thought to talk: it stands till then as all do, as it would after a start (I10, I13); its agent has it when the
    list is whole."""
    centre = Centre(settings())
    centre.call("c")
    centre.agent("ann")
    for number in range(9):
        centre.call(f"d{number}")
    centre.ok(ask.Accept(0, centre.offer("c").offer))
    centre.ok(ask.Connected(0, "c"))
    engine = centre.engine
    engine.apply(centre.now_us, "main/gw", told.GatewayUp("2"))
    device = ask.AliveEndpoint("sip-ann", "ann")
    alive = tuple(ask.AliveContact(name, "q") for name in ("c", *(f"d{number}" for number in range(9))))
    engine.apply(centre.now_us, "main/gw", ask.Sync(1, alive, (device,)))
    peer = engine.world.peers["main/gw"]
    contact = peer.contacts["c"]
    assert (peer.chore, contact.state) == ("shut", "waiting")
    assert contact.standing is not None
    assert verify(engine.world) == []
    engine.apply(centre.now_us, "main/gw", ask.SyncEnd(2))
    centre.rest()
    assert centre.state("c") == "offered"


def test_a_gateway_that_can_be_asked_no_more() -> None:
    """A release of it that knows no `confirm` takes over in the middle of a talk: the lease of before runs out without
    a question, and until then it is no fault (I7)."""
    centre = Centre(settings(), confirms=True)
    centre.agent("ann")
    centre.call("c")
    centre.talk("c")
    centre.wait(10)
    centre.up("gw", synced=False, instance="2")
    device = ask.AliveEndpoint("sip-ann", "ann")
    centre.ok(ask.Sync(0, (ask.AliveContact("c", "q", talks_to="ann"),), (device,)))
    centre.say(ask.SyncEnd(0))
    centre.wait(3600)
    assert centre.state("c") == "connected"
    assert not centre.told(Confirm)
