"""What reading and the simulation found in the core, each as a scenario that does not depend on chance: contacts,
offers and agents. What concerns gateways that come and go is in `test_found_gateways.py`."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from router.core import actions
from router.core import commands as ask
from router.core import internal as told
from router.core import settings as of
from router.core.callbacks.settings import CallbackRules, TokenRules
from router.core.effects import CallbackTaken, Dial, Queued, Treatment
from router.core.engine import Engine
from router.core.layers.plan_settings import Plan
from router.core.needs.want import skills
from router.core.ruling.settings import ActingRule
from router.core.verify.world import verify
from router.rules import Compare
from router.terms import SECOND_US
from tests.core.drive import Centre

VOICE = of.Channel("voice", ring_us=20 * SECOND_US, connect_us=30 * SECOND_US, misses_to_not_ready=2)
CHAT = of.Channel("chat", units=50, ring_us=20 * SECOND_US, misses_to_not_ready=2)
Q = of.Queue("q", channels=("voice", "chat"), enter_unstaffed=True)


def settings(*queues: of.Queue, **changes: Any) -> of.Settings:
    """Agents ann and bob can do everything, cy nothing special."""
    able = (("cards", 5), ("loans", 5))
    agents = (of.Agent("ann", skills=able), of.Agent("bob", skills=able), of.Agent("cy"))
    base = of.Settings(channels=(VOICE, CHAT), queues=queues or (Q,), agents=agents)
    return structs.replace(base, **changes)


def test_a_wait_limit_does_not_end_a_contact_that_is_being_offered() -> None:
    """The longest wait ends waiting, not ringing: whoever accepts in time gets the contact."""
    centre = Centre(settings(structs.replace(Q, wait_most_us=10 * SECOND_US)))
    centre.agent("ann")
    centre.call("c")
    centre.wait(12)
    assert centre.state("c") == "offered"
    assert centre.talk("c") == "ann"
    assert centre.state("c") == "connected"


def test_a_wait_limit_that_passed_while_offered_ends_the_wait_afterwards() -> None:
    """An offer that comes back after the longest wait is over leads to the treatment, not to another offer."""
    centre = Centre(settings(structs.replace(Q, wait_most_us=10 * SECOND_US)))
    centre.agent("ann")
    centre.call("c")
    centre.wait(21)
    assert centre.state("c") == "ended"


def test_of_several_who_come_to_wait_the_most_urgent_is_served() -> None:
    """Contacts that come to stand in the same step are compared with one another before one of them is offered (I8)."""
    centre = Centre(settings(), ("gw", "phones"))
    centre.agent("ann", "phones", ready=False)
    centre.call("early")
    centre.call("urgent", priority_s=90)
    centre.ok(ask.Drain(0, True))
    centre.ok(ask.Ready(0, "ann"), "phones")
    centre.ok(ask.Drain(0, False))
    assert centre.offers() == {"urgent": "ann"}


def test_the_one_able_agent_left_is_not_passed_over() -> None:
    """Who missed a contact gets it again at once when the other able agent signs out (I10)."""
    centre = Centre(settings())
    centre.agent("ann")
    centre.agent("bob", ready=False)
    centre.call("c")
    centre.ok(ask.Reject(0, centre.offer("c").offer))
    assert centre.state("c") == "waiting"
    centre.ok(ask.LogOut(0, "bob"))
    assert centre.offers() == {"c": "ann"}


def test_signing_in_again_undoes_a_pending_log_out() -> None:
    """An agent who stays takes contacts again with the capacity that is left (I10)."""
    centre = Centre(settings())
    centre.agent("ann", channels=("chat",))
    centre.call("one", channel="chat")
    centre.talk("one")
    centre.ok(ask.LogOut(0, "ann"))
    centre.call("two", channel="chat")
    assert centre.offers() == {}
    centre.ok(ask.LogIn(0, "ann"))
    assert centre.offers() == {"two": "ann"}


def test_a_preferred_agent_who_is_not_able_is_not_waited_for() -> None:
    """A wish does not replace a skill (I9): the contact goes to someone able at once."""
    centre = Centre(settings(structs.replace(Q, needs=skills(cards=1))))
    centre.agent("cy")
    centre.call("c", preferred="cy")
    assert centre.offers() == {}
    centre.agent("ann")
    assert centre.offers() == {"c": "ann"}


def test_a_refused_transfer_leaves_no_line_behind() -> None:
    """A command that is refused changes nothing, also not the number of different needs in a queue."""
    limits = of.Limits(data_bytes_max=10)
    centre = Centre(settings(limits=limits))
    centre.agent("ann")
    centre.call("c")
    centre.talk("c")
    lines = len(centre.engine.world.queues["main", "q"].lines)
    transfer = ask.Transfer(0, "c", "q", needs={"cards": 3}, data={"too": "much of it"})
    assert centre.refused(transfer) == "data_too_large"
    assert len(centre.engine.world.queues["main", "q"].lines) == lines


def test_the_outcome_of_a_wrap_up_does_not_cut_the_next_talk() -> None:
    """After a transfer the first agent's `complete` ends their wrap-up, and the second agent talks on."""
    wrap_up = (("voice", of.WrapUp("until_ready")),)
    centre = Centre(settings(structs.replace(Q, wrap_up=wrap_up)), ("gw", "desk1", "desk2"))
    centre.ok(ask.LogIn(0, "ann", True), "desk1")
    centre.ok(ask.Attach(0, "sip-ann", "ann"))
    centre.call("c")
    centre.talk("c")
    centre.ok(ask.LogIn(0, "bob", True), "desk2")
    centre.ok(ask.Attach(0, "sip-bob", "bob"))
    centre.ok(ask.Transfer(0, "c", "q"))
    assert centre.talk("c") == "bob"
    assert centre.used("ann") == 100
    centre.ok(ask.Complete(0, "c", "gw"), "desk1")
    assert (centre.state("c"), centre.used("ann"), centre.used("bob")) == ("connected", 0, 100)


def test_one_who_was_put_back_has_waited_since_they_came() -> None:
    """A joining that failed leaves no trace in the time waited."""
    centre = Centre(settings(), reports_connecting=True)
    centre.agent("ann")
    centre.agent("bob", ready=False)
    centre.call("c")
    centre.wait(3)
    centre.talk("c")
    centre.wait(1)
    centre.ok(ask.ConnectFailed(0, "c", "device"))
    contact = centre.engine.world.peers["main/gw"].contacts["c"]
    assert (contact.state, contact.waited_us) == ("waiting", 0)


def test_a_turn_is_kept_over_a_start() -> None:
    """Who was offered a contact last is known after a start in the middle of that offer (I13); a talk that a gateway
    reported is nobody's turn."""
    centre = Centre(settings(structs.replace(Q, agent_choice="round_robin")))
    centre.agent("ann")
    centre.call("c")
    turn = centre.engine.world.agents["main", "ann"].last_offer
    assert turn > 0
    centre.restart()
    assert centre.engine.world.agents["main", "ann"].last_offer == turn
    centre.up("gw", synced=False)
    centre.ok(ask.Sync(0, (ask.AliveContact("c", "q", talks_to="bob"),)))
    assert centre.state("c") == "connected"
    centre.restart()
    assert centre.engine.world.agents["main", "bob"].last_offer == 0


def test_forgiven_misses_stay_forgiven_over_a_start() -> None:
    """Misses in a row end with an accept, and the record says so (I13)."""
    centre = Centre(settings())
    centre.agent("ann")
    centre.agent("bob", ready=False)
    centre.call("c")
    centre.ok(ask.Reject(0, centre.offer("c").offer))
    centre.ok(ask.End(0, "c"))
    centre.call("d")
    centre.talk("d")
    assert centre.engine.world.agents["main", "ann"].misses == {}
    centre.restart()
    assert centre.engine.world.agents["main", "ann"].misses == {}


def test_a_deadline_that_fired_does_not_fire_again_after_a_start() -> None:
    """The wait for a preferred agent is over once; the record says so (I13)."""
    centre = Centre(settings(), reports_connecting=True)
    centre.agent("ann")
    centre.call("busy")
    centre.talk("busy")
    centre.ok(ask.Connected(0, "busy"))
    centre.call("c", preferred="ann", preferred_most_ms=3000)
    centre.wait(5)
    assert centre.engine.world.peers["main/gw"].contacts["c"].due_us == 0
    centre.restart()
    assert centre.engine.world.peers["main/gw"].contacts["c"].due_us == 0


def test_legs_of_one_device_do_not_suspend_its_gateway_for_ever() -> None:
    """Failures in a row end with a success: afterwards they count from the beginning, agents included."""
    centre = Centre(settings(limits=of.Limits(suspend_after_failures=2)))
    centre.agent("ann")
    for name in ("a", "b"):
        centre.call(name)
        centre.talk(name)
        centre.ok(ask.End(0, name))
        peer = centre.engine.world.peers["main/gw"]
        peer.failures, peer.failed_agent, peer.failed_several = 1, "bob", True
    centre.call("c")
    centre.talk("c")
    peer = centre.engine.world.peers["main/gw"]
    assert (peer.failures, peer.failed_agent, peer.failed_several) == (0, "", False)


def test_nobody_left_is_told_and_not_silently_ended() -> None:
    """When the last able agent leaves, those of a gateway that is away are not treated behind its back."""
    queue = structs.replace(
        Q, needs=skills(cards=1), enter_unstaffed=False, treatments=(("nobody_left", Treatment("message", "m")),)
    )
    centre = Centre(settings(queue), ("gw", "phones"))
    centre.agent("ann", "phones", ready=False)
    centre.call("c")
    centre.down("gw")
    centre.ok(ask.LogOut(0, "ann"), "phones")
    assert centre.state("c") == "waiting"
    centre.up("gw", synced=False)
    centre.ok(ask.Sync(0, (ask.AliveContact("c", "q"),)))
    centre.say(ask.SyncEnd(0))
    assert centre.state("c") == "ended"


def test_a_plan_whose_time_passed_while_the_engine_was_away_may_be_wanted_anew() -> None:
    """As the engine starts a rule wants it too: it ends in the next moment, and nothing is wrong before that (L2)."""
    crowd = Compare("queue", "q", "waiting", "at_least", 1)
    change = (actions.ChangeTarget(("q",), 5 * SECOND_US),)
    plans = tuple(Plan(f"p{lasts}", actions=change, lasts_us=lasts * SECOND_US) for lasts in (10, 20))
    centre = Centre(settings(plans=plans, rules=(ActingRule("crowd", crowd),), limits=of.Limits(deadlines_a_step=1)))
    centre.call("c")
    for plan in plans:
        centre.say(ask.StartPlan(0, "mia", "test", plan.name))
    wants = ActingRule("crowd", crowd, actions=(actions.ActivatePlan("p20"),))
    loaded, now_us = (
        Engine(structs.replace(centre.settings, rules=(wants,), version=2), 2),
        centre.now_us + 90 * SECOND_US,
    )
    for (kind, key), record in centre.records.items():
        loaded.put(kind, key, record)
    loaded.activate(now_us)
    loaded.apply(now_us, "", told.Restarted())
    assert list(loaded.world.plans.active) == [("main", "p20")]
    assert verify(loaded.world) == []
    while (due_us := loaded.next_deadline_us()) is not None and due_us <= now_us:
        loaded.tick(now_us)
    assert not loaded.world.plans.active


def test_a_place_is_taken_from_the_last_of_its_line() -> None:
    """Who rings again with a token needs what the visit before needed, and nobody else does: the line does not go with
    the one who gives the place up (I1)."""
    q = structs.replace(Q, tokens=TokenRules(give=True))
    centre = Centre(settings(q))
    centre.engine.apply(centre.now_us, "", told.Secret(b"s" * 16))
    reply = centre.say(ask.Enqueue(0, "first", "q", needs={"cards": 3}))
    assert isinstance(reply, Queued)
    centre.call("again", needs={"cards": 3}, token=reply.token)
    assert centre.state("first") == "ended"
    centre.agent("ann")
    assert centre.talk("again") == "ann"


def test_a_call_back_of_the_last_of_its_line() -> None:
    """Who was called back and waits again may ask for a call-back once more, though nobody else needs the same (I1)."""
    q = structs.replace(Q, channels=("voice", "callback"), callback=CallbackRules(numbers=("+",)))
    centre = Centre(settings(q, channels=(VOICE, of.Channel("callback"))), dials=True)
    centre.say(ask.Enqueue(0, "c", "q", "callback", needs={"cards": 3}))
    assert isinstance(centre.say(ask.TakeCallback(0, "c", "+4930")), CallbackTaken)
    centre.agent("ann", channels=("callback",))
    assert [dial.number for dial in centre.told(Dial)] == ["+4930"]
