"""A session: every message in every state, the handshake both ways, roles, and timers; no socket, no
clock."""

from collections.abc import Callable
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from router.core.commands import WIRE_REQUESTS, Agents, Audit, Enqueue, Status
from router.core.effects import Busy, Error
from router.core.internal import GatewayUp
from router.errors import ERRORS
from router.terms import Role
from router.wire.actions import Action, Enter, Follow, Hand, Leave, Outdated, Pass, Read, Tell
from router.wire.catalogue import (
    Auth,
    Bye,
    Challenge,
    Closing,
    HandOver,
    Hello,
    Limits,
    Ping,
    Pong,
    Subscribe,
    Welcome,
)
from router.wire.explain import Fault
from router.wire.proof import proof
from router.wire.session import FEATURES, TABLE, EngineFacts, Session, Timing, requests_of

FACTS = EngineFacts(epoch=5, durability="local", limits=Limits(65536, 2048, 10, 256, 1 << 20), version="1.2")
KEY = b"key of the locked one"
ENGINE_NONCE = b"e" * 32
CLIENT_NONCE = b"c" * 16
HELLO = Hello(name="gw1", role="gateway", instance="i1")
LOCKED = Hello(name="locked", role="gateway", instance="i1", nonce=CLIENT_NONCE)
ENQUEUE = Enqueue(3, "c1", "cards")
MESSAGES: dict[str, Any] = {
    "hello": HELLO,
    "auth": Auth(b"x" * 32),
    "ping": Ping(4),
    "subscribe": Subscribe(6),
    "hand_over": HandOver(7, "mia", "release 2"),
    "bye": Bye(),
    "request": ENQUEUE,
}


def session(timing: Timing | None = None, guest: Hello | None = None, facts: EngineFacts = FACTS) -> Session:
    key_of = {"main/locked": KEY}.get
    return Session(facts, timing or Timing(), key_of, ENGINE_NONCE, 100.0, guest)


def standby_facts() -> EngineFacts:
    return EngineFacts(epoch=5, durability="local", limits=FACTS.limits, state="standby")


def opened(hello: Hello = HELLO) -> Session:
    made = session()
    made.receive(hello)
    assert made.state == "open"
    return made


def in_state(state: str) -> Session:
    """A session in this state, by the shortest way."""
    makers: dict[str, Callable[[], Session]] = {"new": session, "open": opened}
    if state in makers:
        return makers[state]()
    made = session()
    made.receive(LOCKED)
    if state == "closing":
        made.close("stopping")
    return made


def errors(actions: list[Action]) -> list[str]:
    return [each.message.code for each in actions if isinstance(each, Tell) and isinstance(each.message, Error)]


@pytest.mark.parametrize("state", TABLE)
@pytest.mark.parametrize("kind", MESSAGES)
def test_the_table_says_what_happens(state: str, kind: str) -> None:
    """Every message in every state does what the table says: its error (and closes as the catalogue says), or
    none."""
    made = in_state(state)
    assert made.state == state
    actions = made.receive(MESSAGES[kind])
    what = TABLE[state][kind]
    if what.startswith("error "):
        code = what.removeprefix("error ")
        assert errors(actions) == [code]
        closes = ERRORS[code].closes
        assert (Leave(code) in actions) is closes
        assert made.state == ("closing" if closes else state)
    elif what == "ignore":
        assert actions == []
    elif (state, kind) in {("challenged", "auth"), ("open", "subscribe"), ("open", "hand_over")}:
        # A wrong proof, and a gateway: these have tests of their own.
        assert errors(actions) == ["wrong_key" if kind == "auth" else "wrong_role"]
    else:
        assert errors(actions) == []


def test_the_table_is_whole() -> None:
    """Every state has a row for every kind, naming a method or an error of the catalogue."""
    for row in TABLE.values():
        assert set(row) == set(MESSAGES)
        for what in row.values():
            assert what.removeprefix("error ") in ERRORS or hasattr(Session, what)


def test_without_a_key_hello_is_answered_with_welcome() -> None:
    """The core hears of the client first; the welcome names protocol, epoch, durability and limits."""
    enter, tell = session().receive(HELLO)
    assert enter == Enter("main/gw1", GatewayUp("i1", "gateway"))
    assert isinstance(tell, Tell)
    assert tell.message == Welcome(1, [], "leader", 5, "local", 5000, FACTS.limits, "1.2")


def test_features_that_both_know_are_agreed() -> None:
    """Unknown ones are left out, and the core is told what the known ones mean."""
    hello = Hello(name="gw1", role="gateway", instance="i", features=("teleport", *FEATURES))
    enter, tell = session().receive(hello)
    assert isinstance(enter, Enter)
    assert enter.up == GatewayUp(
        "i", "gateway", reports_ringing=True, reports_connecting=False, dials=True, confirms=True, sends=True
    )
    assert isinstance(tell, Tell)
    assert isinstance(tell.message, Welcome)
    assert tell.message.features == list(FEATURES)


def test_both_sides_prove_that_they_have_the_key() -> None:
    """Challenge with the engine's proof, auth with the client's, then welcome."""
    made = session()
    (challenge,) = made.receive(LOCKED)
    assert challenge == Tell(Challenge(ENGINE_NONCE, proof(KEY, "engine", LOCKED, ENGINE_NONCE)))
    assert made.state == "challenged"
    enter, welcome = made.receive(Auth(proof(KEY, "client", LOCKED, ENGINE_NONCE)))
    assert isinstance(enter, Enter)
    assert enter.peer == "main/locked"
    assert isinstance(welcome, Tell)
    assert isinstance(welcome.message, Welcome)


@pytest.mark.parametrize(
    "wrong",
    [
        b"\0" * 32,
        proof(b"another key", "client", LOCKED, ENGINE_NONCE),
        proof(KEY, "engine", LOCKED, ENGINE_NONCE),
        proof(KEY, "client", LOCKED, b"f" * 32),
        proof(KEY, "client", HELLO, ENGINE_NONCE),
    ],
)
def test_a_wrong_proof_is_refused(wrong: bytes) -> None:
    """Another key, our own proof sent back, another nonce, another name: wrong_key, closed."""
    made = session()
    made.receive(LOCKED)
    actions = made.receive(Auth(wrong))
    assert errors(actions) == ["wrong_key"]
    assert actions[-1] == Leave("wrong_key")


def test_a_name_with_a_key_needs_a_nonce() -> None:
    """Without one there is nothing to prove over."""
    assert errors(session().receive(Hello(name="locked", role="gateway", instance="i"))) == ["wrong_key"]


@pytest.mark.parametrize(("least", "most"), [(0, 0), (2, 999), (999, 999), (5, 1)])
def test_no_common_protocol(least: int, most: int) -> None:
    """Ranges that do not hold our version are refused, version 0 and 999 among them."""
    hello = Hello(name="gw1", role="gateway", instance="i", protocol_least=least, protocol_most=most)
    assert errors(session().receive(hello)) == ["no_common_protocol"]


def test_a_client_that_has_seen_a_later_epoch_is_not_led() -> None:
    """Ours is 5: who has seen 6 is told stale_epoch, who has seen 5 is let in."""
    outdated = session().receive(Hello("gw1", "gateway", "i", epoch_seen=6))
    assert errors(outdated) == ["stale_epoch"]
    assert outdated[-1] == Outdated(6)
    assert errors(session().receive(Hello("gw1", "gateway", "i", epoch_seen=5))) == []


def test_only_who_has_proved_itself_is_believed_about_epochs() -> None:
    """A stranger that names a later epoch under the name of a client with a key is asked for the key first, and makes
    no leader doubt itself."""
    made = session()
    challenged = made.receive(replace(LOCKED, epoch_seen=6))
    assert [type(action.message) for action in challenged if isinstance(action, Tell)] == [Challenge]
    assert errors(made.receive(Auth(b"x" * 32))) == ["wrong_key"]


def test_a_standby_does_not_mind_a_later_epoch() -> None:
    """It follows who leads, and may not know yet that somebody else does."""
    made = session(facts=standby_facts())
    assert errors(made.receive(Hello("gw1", "gateway", "i", epoch_seen=6))) == []


@pytest.mark.parametrize("role", get_args(Role))
def test_each_role_sends_what_its_messages_allow(role: Any) -> None:
    """`allowed` is exactly the requests that name the role; anything else is wrong_role and the connection
    lives."""
    made = opened(Hello("x", role, "i"))
    of_core = {kind for kind in WIRE_REQUESTS if role in kind.roles and not kind.of_store}
    assert made.allowed == requests_of(role) == of_core
    if Enqueue not in made.allowed:
        assert errors(made.receive(ENQUEUE)) == ["wrong_role"]
        assert made.state == "open"


def test_what_is_stored_is_read_beside_the_core() -> None:
    """For the roles that may ask it, and never passed on to the core."""
    asked = Audit(3)
    assert opened(Hello("x", "supervisor", "i")).receive(asked) == [Read(asked)]
    assert errors(opened(Hello("x", "gateway", "i")).receive(asked)) == ["wrong_role"]


def test_commands_pass_unread() -> None:
    """What the role may send goes to the core; whether it fits the state is the core's to say."""
    assert opened().receive(ENQUEUE) == [Pass(ENQUEUE)]


def test_a_standby_answers_busy() -> None:
    """No command reaches a core that does not lead."""
    made = session(facts=standby_facts())
    made.receive(HELLO)
    assert made.allowed == frozenset()
    (tell,) = made.receive(ENQUEUE)
    assert isinstance(tell, Tell)
    assert isinstance(tell.message, Busy)
    assert tell.message.re == 3


def test_ping_is_answered_at_once() -> None:
    """With its own number."""
    assert opened().receive(Ping(9)) == [Tell(Pong(9))]


def test_supervisors_hand_over() -> None:
    """Nobody else does, and a standby has nothing to hand over."""
    asked = HandOver(6, "mia", "release 2")
    assert opened(Hello("s", "supervisor", "i")).receive(asked) == [Hand(asked)]
    assert errors(opened().receive(asked)) == ["wrong_role"]
    standby = session(facts=standby_facts())
    standby.receive(Hello("s", "supervisor", "i"))
    assert standby.receive(asked) == [Tell(Busy(6, 1000, "standby"))]


def test_a_standby_that_leads_says_welcome_again() -> None:
    """Who was let in before hears of the new epoch, and the core hears of them; who is at the door is let in by the
    leader."""
    made, late = session(facts=standby_facts()), session(facts=standby_facts())
    made.receive(HELLO)
    entered, told = made.promote(FACTS)
    assert isinstance(entered, Enter)
    assert entered.up == GatewayUp("i1")
    assert isinstance(told, Tell)
    assert isinstance(told.message, Welcome)
    assert (told.message.state, told.message.epoch) == ("leader", 5)
    assert Enqueue in made.allowed
    assert late.promote(FACTS) == []
    assert any(isinstance(a, Tell) and getattr(a.message, "state", "") == "leader" for a in late.receive(HELLO))


def test_monitors_subscribe() -> None:
    """Nobody else does."""
    monitor = opened(Hello("m", "monitor", "i"))
    assert monitor.receive(Subscribe(6)) == [Follow(Subscribe(6))]
    assert errors(opened().receive(Subscribe(6))) == ["wrong_role"]


def test_bye_ends_it() -> None:
    """Without an error; what comes after is ignored."""
    made = opened()
    assert made.receive(Bye()) == [Leave("bye")]
    assert made.receive(ENQUEUE) == []
    assert made.allowed == frozenset()


def test_a_bad_message_is_answered_and_the_connection_lives() -> None:
    """Once the client is let in; before, every error closes."""
    fault = Fault("bad_message", "at `$.x`", 12)
    assert opened().misread(fault) == [Tell(Error(12, "bad_message", "at `$.x`"))]
    actions = session().misread(fault)
    assert actions == [Tell(Error(12, "bad_message", "at `$.x`", closes=True)), Leave("bad_message")]
    assert opened().misread(Fault("bad_frame", "cut", 0))[-1] == Leave("bad_frame")


class TestGuests:
    """People who say no hello."""

    GUEST = Hello(name="~1", role="supervisor", instance="1")

    def test_a_guest_is_let_in_without_a_word(self) -> None:
        """The first request enters the guest and passes; no welcome is told."""
        made = session(guest=self.GUEST)
        enter, passed = made.receive(Status(1))
        assert isinstance(enter, Enter)
        assert enter.peer == "main/~1"
        assert passed == Pass(Status(1))
        assert made.receive(Agents(2)) == [Pass(Agents(2))]

    def test_a_guest_may_say_hello_first(self) -> None:
        """And is then who they say."""
        enter, _welcome = session(guest=self.GUEST).receive(HELLO)
        assert isinstance(enter, Enter)
        assert enter.peer == "main/gw1"

    def test_a_slip_does_not_end_it(self) -> None:
        """Not even before anything else was said."""
        made = session(guest=self.GUEST)
        assert len(made.misread(Fault("bad_message", "not JSON", 0))) == 1
        assert made.state == "new"


class TestTimers:
    """Times are arguments; `late` says what is due and when to ask again."""

    def test_hello_must_come_in_time(self) -> None:
        """Three seconds from connecting to welcome, also in the middle of the handshake."""
        made = session()
        assert made.due_s == 103.0
        assert made.late(102.9, 100.0, None) is None
        made.receive(LOCKED)
        assert made.late(103.0, 102.9, None) == "hello_too_late"

    def test_a_frame_must_be_whole_in_time(self) -> None:
        """Ten seconds from its first byte, however busy the line is."""
        made = opened()
        assert made.late(109.9, 109.9, 100.0) is None
        assert made.due_s == 110.0
        assert made.late(110.0, 109.9, 100.0) == "frame_too_slow"

    def test_silence_is_found_after_two_heartbeats(self) -> None:
        """Ten seconds after the last byte, and not before."""
        made = opened()
        assert made.late(109.9, 100.0, None) is None
        assert made.due_s == 110.0
        assert made.late(110.0, 105.0, None) is None
        assert made.due_s == 115.0
        assert made.late(115.0, 105.0, None) == "silent"

    def test_people_are_not_hurried(self) -> None:
        """Limits of 0 never end anything."""
        made = session(timing=Timing(auth_most_s=0.0, frame_most_s=0.0, heartbeat_s=0.0))
        assert made.late(1e9, 100.0, 100.0) is None
        made.receive(HELLO)
        assert made.late(1e9, 100.0, 100.0) is None

    def test_closing_says_why_and_when_to_come_back(self) -> None:
        """Once; afterwards nothing is due."""
        made = opened()
        assert made.close("stopping", 700) == [Tell(Closing("stopping", 700)), Leave("stopping")]
        assert made.close("silent") == []
        assert made.due_s == float("inf")
