"""A played gateway against what an engine could say after a new connection, without any socket."""

import asyncio
from collections.abc import Callable

import pytest

from router.cli.play.caller import Caller
from router.cli.play.clock import PlayClock
from router.cli.play.gateway import PlayGateway
from router.cli.play.ledger import Ledger
from router.cli.play.person import Hand, Person
from router.trace import Agent, Contact, Draw
from router.wire.catalogue import Announce, ContactState, Message, Offer, OfferCancelled, OfferState, State, TalkOver


class Stage:
    """A gateway with one caller who waits and one agent at a phone; nothing is connected."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.clock = PlayClock(60)
        self.gateway = PlayGateway("gw", ["127.0.0.1:1"], self.clock, self.ledger)
        self.person = Person(Agent("anna", {}), "desk", "phone", self.gateway, {}, accepts_at_desk=False)
        self.gateway.phones["phone"] = self.person
        self.caller = Caller("c1", Contact("t1", 0, "cards"), Draw(None, 1, 0), self.gateway)
        self.caller.stage = "waiting"
        self.gateway.callers["c1"] = self.caller
        self.ledger.asked("c1", "cards", 0)
        self.ledger.acknowledged("c1")

    def connects(self, *messages: Message) -> None:
        """The engine asks what is alive, says what it has, and the sync is over."""
        alive = self.gateway.client._alive  # what the client calls at each welcome
        assert alive is not None
        self.listed = list(alive())
        for message in messages:
            self.gateway._take(message)
        self.gateway._synced()

    def in_hand(self, stage: str = "taken") -> Hand:
        """The agent has the caller in hand."""
        hand = Hand("o1", "c1", "gw")
        hand.stage = stage  # type: ignore[assignment]  # one of its literals
        self.person.hand = hand
        return hand


def on_stage(play: Callable[[Stage], None]) -> Ledger:
    """Plays in a loop of its own; whatever was begun is dropped at its end."""

    async def run() -> Ledger:
        stage = Stage()
        play(stage)
        for task in stage.gateway.tasks:
            task.cancel()
        await asyncio.gather(*stage.gateway.tasks, return_exceptions=True)
        return stage.ledger

    return asyncio.run(run())


def has(state: str = "waiting") -> ContactState:
    """The engine has the caller in this state."""
    return ContactState("c1", "cards", state)  # type: ignore[arg-type]  # one of its literals


def offer(state: str) -> OfferState:
    """The engine has an offer of the caller to the agent in this state."""
    return OfferState("o1", "c1", "gw", "anna", "phone", "gw", state)  # type: ignore[arg-type]  # one of its literals


def ringing(name: str, contact: str, gateway: str = "gw") -> Offer:
    """The engine lets the agent's phone ring."""
    return Offer(name, contact, gateway, "cards", "voice", "anna", "phone", "gw", 20_000, 0)


def test_everybody_alive_is_listed() -> None:
    """Phones and callers are in the list, also a caller who has left as long as the engine has not heard it."""

    def play(stage: Stage) -> None:
        stage.caller.stage = "over"
        stage.connects(State([has()]))
        assert len(stage.listed) == 2

    assert on_stage(play).clean


def test_a_contact_that_the_engine_has_forgotten_is_lost() -> None:
    """Listed, and not among what the engine says that it has."""
    assert dict(on_stage(lambda stage: stage.connects()).faults) == {"lost": 1}


def test_a_contact_that_nobody_listed_is_unexpected() -> None:
    """The engine has a live contact of ours that we know nothing of."""
    ghost = ContactState("ghost", "cards", "waiting")
    assert dict(on_stage(lambda stage: stage.connects(State([has(), ghost]))).faults) == {"unexpected": 1}


def test_an_accept_that_was_not_heard_is_carried_out() -> None:
    """The engine waits for us to join them: the caller talks."""

    def play(stage: Stage) -> None:
        stage.in_hand()
        stage.connects(State([has("connecting")], [offer("connecting")]))
        assert (stage.caller.stage, stage.caller.agent) == ("talking", "anna")
        assert stage.caller.alive().talks_to == "anna"

    assert on_stage(play).clean


def test_an_offer_that_was_not_heard_rings() -> None:
    """The engine says that our phone rings: the agent takes it."""

    def play(stage: Stage) -> None:
        stage.connects(State([has("offered")], [offer("offered")]))
        assert stage.person.hand is not None
        assert stage.person.hand.contact == "c1"

    assert on_stage(play).clean


def test_an_end_of_talk_that_was_not_heard_begins_wrap_up() -> None:
    """The engine says that the agent is in wrap-up: so they are."""

    def play(stage: Stage) -> None:
        hand = stage.in_hand()
        stage.connects(State([has("wrapping")], [offer("wrap_up")]))
        assert hand.stage == "wrap_up"

    assert on_stage(play).clean


def test_a_cancel_that_was_not_heard_frees_the_agent() -> None:
    """The engine does not have the offer that the agent took."""

    def play(stage: Stage) -> None:
        stage.in_hand()
        stage.connects(State([has()]))
        assert stage.person.hand is None

    assert on_stage(play).clean


def test_told_twice_is_done_once() -> None:
    """Desk and phone tell the same; the second telling changes nothing."""

    def play(stage: Stage) -> None:
        hand = stage.in_hand()
        for _ in range(2):
            stage.gateway._take(TalkOver("o1", "c1", "anna"))
        assert hand.stage == "wrap_up"
        stage.gateway._take(OfferCancelled("o1", "c1", "customer_left"))
        assert stage.person.hand is hand
        assert len(stage.gateway.tasks) == 1

    assert on_stage(play).clean


def test_a_second_contact_in_hand_is_doubled() -> None:
    """An agent who has a contact in hand is offered another one."""

    def play(stage: Stage) -> None:
        stage.in_hand()
        stage.connects(State([has("connecting")], [offer("connecting")]))
        stage.gateway._take(ringing("o2", "c2", "gw2"))

    assert dict(on_stage(play).faults) == {"doubled": 1}


@pytest.mark.parametrize("stage_of_hand", ["accepting", "taken"])
def test_an_offer_may_follow_the_state_at_once(stage_of_hand: str) -> None:
    """The engine has not named what is in hand, and offers before the client has said that it is back."""

    def play(stage: Stage) -> None:
        stage.in_hand(stage_of_hand)
        assert stage.gateway.client._alive is not None
        list(stage.gateway.client._alive())
        stage.gateway._take(State([has()]))
        stage.gateway._take(ringing("o2", "c1"))
        stage.gateway._synced()
        assert stage.person.hand is not None
        assert (stage.person.hand.offer, stage.person.hand.stage) == ("o2", "accepting")

    assert on_stage(play).clean


def test_the_desk_may_be_ahead_of_the_phone() -> None:
    """A desk that hears of the next offer before the phone hears that the last is over makes nobody answer."""

    def play(stage: Stage) -> None:
        hand = stage.in_hand()
        stage.person._take(ringing("o2", "c2", "gw2"))
        assert stage.person.hand is hand

    assert on_stage(play).clean


def test_a_hurry_ends_every_wait() -> None:
    """Waits are cut short, and say so; what has happened already still counts."""

    async def run() -> None:
        clock = PlayClock(1)
        late = asyncio.ensure_future(clock.until(10**12))
        joined = asyncio.Event()
        waits = asyncio.ensure_future(clock.either_or_hurry(joined, 10**12))
        await asyncio.sleep(0)
        clock.hurry()
        assert await late is False
        assert await waits is False
        joined.set()
        assert await clock.either_or_hurry(joined, 0)
        assert not await clock.until(0)

    asyncio.run(run())


def test_announcements_are_heard_and_counted() -> None:
    """Each is answered by a message of its own, which the play does not wait for; the ledger counts it."""

    def play(stage: Stage) -> None:
        stage.connects(State([has()]))
        stage.gateway._hear(Announce("c1", 1, "cards", "time", "wait"))
        stage.gateway._hear(Announce("c1", 2, "cards", "position", "place"))
        assert len(stage.gateway.tasks) == 2

    ledger = on_stage(play)
    assert ledger.clean
    assert ledger.announced == 2
