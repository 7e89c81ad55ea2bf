"""One connection's conversation, as a state machine: messages in, actions out, time and chance as arguments.

It does no I/O, reads no clock and draws nothing: the caller hands in the engine's nonce and the time, and
carries out what comes back. It decides nothing about contacts either; once the client is let in, what its
role may send is passed to the core unread. The one idea: what may be said when is the table below, and
nowhere else.

            hello                    auth                      bye, or an error that closes
      new ---------> challenged ------------> open -------------------------------------> closing
       |  no key is asked for                  ^
       +---------------------------------------+
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from router.core.commands import WIRE_REQUESTS, Request
from router.core.effects import Busy, Error
from router.core.internal import GatewayUp
from router.errors import ERRORS
from router.terms import PROTOCOL, Role
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
from router.wire.codec import ClientMessage
from router.wire.explain import Fault
from router.wire.proof import peer_key, proof, proves

State: TypeAlias = Literal["new", "challenged", "open", "closing"]

TABLE: Final[dict[State, dict[str, str]]] = {
    "new": {
        "hello": "greet",
        "auth": "error hello_first",
        "ping": "error hello_first",
        "subscribe": "error hello_first",
        "hand_over": "error hello_first",
        "bye": "error hello_first",
        "request": "error hello_first",
    },
    "challenged": {
        "hello": "error second_hello",
        "auth": "check_proof",
        "ping": "error hello_first",
        "subscribe": "error hello_first",
        "hand_over": "error hello_first",
        "bye": "error hello_first",
        "request": "error hello_first",
    },
    "open": {
        "hello": "error second_hello",
        "auth": "error bad_state",
        "ping": "answer_ping",
        "subscribe": "subscribe",
        "hand_over": "hand_over",
        "bye": "leave",
        "request": "pass_on",
    },
    "closing": {
        "hello": "ignore",
        "auth": "ignore",
        "ping": "ignore",
        "subscribe": "ignore",
        "hand_over": "ignore",
        "bye": "ignore",
        "request": "ignore",
    },
}
"""State -> kind of message -> method of `Session`, or the error it is answered with. All commands and queries
are of the kind `request`."""

MOMENTS: Final[dict[State, str]] = {
    "new": "before hello",
    "challenged": "before auth",
    "open": "on a connection that is let in already",
    "closing": "after the end",
}
"""For people: when something was said that may not be said then."""

FEATURES: Final[tuple[str, ...]] = ("ringing", "no_connect_report", "dials", "confirm", "partners")
"""What can be agreed in hello. `ringing`: the gateway reports ringing. `no_connect_report`: accept is
connect. `dials`: it can dial a number, so call-backs are its work. `confirm`: it answers whether talks live.
`partners`: it can connect a customer with a partner."""

RETRY_MS: Final = 1_000
"""What a client is told to wait, at least, where no better figure is known."""


class Timing(Struct, frozen=True, gc=False):
    """How long a client may take; 0 where a wait has no end (people at a terminal)."""

    auth_most_s: float = 3.0
    """From connecting to welcome."""
    frame_most_s: float = 10.0
    """From the first byte of a frame to its last."""
    heartbeat_s: float = 5.0
    """A client says something this often; it is gone after twice as long without a byte."""


class EngineFacts(Struct, frozen=True):
    """What the session says about the engine; a new one replaces it when the engine leads or steps down."""

    epoch: int
    durability: str
    limits: Limits
    state: Literal["leader", "standby"] = "leader"
    version: str = ""
    leader: str = ""
    """This turn of leading, where several daemons may lead."""


@cache
def requests_of(role: Role) -> frozenset[type[Request]]:
    """The commands and queries that this role may send to the core."""
    return frozenset(kind for kind in WIRE_REQUESTS if role in kind.roles and not kind.of_store)


_NOTHING: Final[frozenset[type[Request]]] = frozenset()
_KINDS: Final[dict[type, str]] = {
    Hello: "hello",
    Auth: "auth",
    Ping: "ping",
    Subscribe: "subscribe",
    HandOver: "hand_over",
    Bye: "bye",
}


def error_message(code: str, detail: str = "", re: int = 0, closes: bool | None = None) -> Error:
    """The reply for a code of the catalogue. `closes` says otherwise than the catalogue where a connection
    ends all the same."""
    kind = ERRORS[code]
    ends = kind.closes if closes is None else closes
    return Error(re=re, code=code, detail=detail, fault=kind.fault, closes=ends)


NO_ROLES: Final[Mapping[str, Role]] = MappingProxyType({})


class Session:
    """The conversation with one client.

    `key_of` gives the shared key of a peer, None where none is asked for; `roles` the one role that its key is for.
    `nonce` is drawn for this connection alone. `guest` is the hello that is taken as said when somebody begins without
    one: only for a listener that knows who reaches it. Times are seconds of a clock that stands still while we do not
    listen.
    """

    __slots__ = (
        "allowed",
        "due_s",
        "facts",
        "greeted",
        "guest",
        "hello",
        "key_of",
        "nonce",
        "opened_s",
        "peer",
        "roles",
        "state",
        "timing",
    )

    def __init__(
        self,
        facts: EngineFacts,
        timing: Timing,
        key_of: Callable[[str], bytes | None],
        nonce: bytes,
        now_s: float,
        guest: Hello | None = None,
        roles: Mapping[str, Role] = NO_ROLES,
    ) -> None:
        self.facts = facts
        self.timing = timing
        self.key_of = key_of
        self.roles = roles
        self.nonce = nonce
        self.guest = guest
        self.state: State = "new"
        self.peer = ""
        self.greeted = False
        """It was told welcome; a guest who said no hello is not."""
        self.hello: Hello | None = None
        self.allowed = _NOTHING
        """Requests that go straight to the core now; whatever is not in it goes through `receive`."""
        self.opened_s = now_s
        self.due_s = now_s + timing.auth_most_s if timing.auth_most_s else float("inf")
        """`late` need not be asked before this time."""

    def receive(self, message: ClientMessage) -> list[Action]:
        """What follows from one message."""
        kind = _KINDS.get(type(message), "request")
        entered: list[Action] = []
        if self.state == "new" and self.guest is not None and kind != "hello":
            self.hello = self.guest
            entered = self._enter(self.guest, welcome=False)
        what = TABLE[self.state][kind]
        if what.startswith("error "):
            return entered + self._refuse(what[6:], f"{kind} {MOMENTS[self.state]}", number_of(message))
        actions: list[Action] = getattr(self, what)(message)
        return entered + actions

    def misread(self, fault: Fault) -> list[Action]:
        """What follows from a frame that is no message."""
        if self.state == "closing":
            return []
        return self._refuse(fault.code, fault.detail, fault.re)

    def late(self, now_s: float, heard_s: float, partial_since_s: float | None) -> str | None:
        """The code for which the connection ends now, if any; else sets `due_s`, when to ask again.

        `heard_s`: when a byte came last. `partial_since_s`: since when a frame has been on its way.
        """
        timing = self.timing
        ends: list[tuple[float, str]] = []
        if self.state in {"new", "challenged"} and timing.auth_most_s:
            ends.append((self.opened_s + timing.auth_most_s, "hello_too_late"))
        if partial_since_s is not None and timing.frame_most_s:
            ends.append((partial_since_s + timing.frame_most_s, "frame_too_slow"))
        if self.state == "open" and timing.heartbeat_s:
            ends.append((heard_s + 2 * timing.heartbeat_s, "silent"))
        self.due_s, code = min(ends, default=(float("inf"), ""))
        return code if self.due_s <= now_s else None

    def close(self, reason: str, retry_ms: int = 0) -> list[Action]:
        """End it for a reason of ours: the client is told why, and when to come back."""
        if self.state == "closing":
            return []
        self._shut()
        return [Tell(Closing(code=reason, retry_ms=retry_ms)), Leave(reason)]

    # -- what the table names --------------------------------------------------------------------------------

    def greet(self, hello: Hello) -> list[Action]:
        """The first message: protocol, key and epoch, in this order; then a challenge or the welcome."""
        if not hello.protocol_least <= PROTOCOL <= hello.protocol_most:
            offered = f"{hello.protocol_least} to {hello.protocol_most} offered, {PROTOCOL} spoken"
            return self._refuse("no_common_protocol", offered)
        self.hello = hello
        key = self.key_of(peer_key(hello.tenant, hello.name))
        if key is None:
            return self._enter(hello, welcome=True)
        if hello.nonce is None:
            return self._refuse("wrong_key", "this name has a key: hello needs a nonce")
        self.state = "challenged"
        return [Tell(Challenge(nonce=self.nonce, proof=proof(key, "engine", hello, self.nonce)))]

    def check_proof(self, auth: Auth) -> list[Action]:
        """The answer to the challenge. The key is looked up anew: it may have been taken away meanwhile."""
        hello = self.hello
        assert hello is not None, "challenged without hello"
        key = self.key_of(peer_key(hello.tenant, hello.name))
        if key is None or not proves(proof(key, "client", hello, self.nonce), auth.proof):
            return self._refuse("wrong_key", hello.name)
        role = self.roles.get(peer_key(hello.tenant, hello.name), hello.role)
        if role != hello.role:
            return self._refuse("wrong_role", f"the key of {hello.name} is for the role {role}")
        return self._enter(hello, welcome=True)

    def answer_ping(self, ping: Ping) -> list[Action]:
        """A sign of life, at once."""
        return [Tell(Pong(re=ping.seq))]

    def subscribe(self, subscribe: Subscribe) -> list[Action]:
        """Only monitors follow the events."""
        assert self.hello is not None, "open without hello"
        if self.hello.role != "monitor":
            return self._refuse("wrong_role", f"{self.hello.role} may not subscribe", subscribe.seq)
        if self.facts.state == "standby":
            return [Tell(Busy(re=subscribe.seq, retry_ms=RETRY_MS, what="standby"))]
        return [Follow(subscribe)]

    def hand_over(self, asked: HandOver) -> list[Action]:
        """Only supervisors decide who leads, and only the leader can hand over."""
        assert self.hello is not None, "open without hello"
        if self.hello.role != "supervisor":
            return self._refuse("wrong_role", f"{self.hello.role} may not hand over", asked.seq)
        if self.facts.state == "standby":
            return [Tell(Busy(re=asked.seq, retry_ms=RETRY_MS, what="standby"))]
        return [Hand(asked)]

    def leave(self, _bye: Bye) -> list[Action]:
        """The client leaves for good."""
        self._shut()
        return [Leave("bye")]

    def pass_on(self, request: Request) -> list[Action]:
        """A command or query: of this role, and to an engine that leads."""
        assert self.hello is not None, "open without hello"
        role = self.hello.role
        if role not in request.roles:
            said = f"{request.__struct_config__.tag} is for {', '.join(request.roles)}; this is a {role}"
            return self._refuse("wrong_role", said, request.seq)
        if self.facts.state == "standby":
            return [Tell(Busy(re=request.seq, retry_ms=RETRY_MS, what="standby"))]
        return [Read(request) if request.of_store else Pass(request)]

    def ignore(self, _message: ClientMessage) -> list[Action]:
        """What comes after the end is not answered."""
        return []

    # -- steps -----------------------------------------------------------------------------------------------

    def _enter(self, hello: Hello, welcome: bool) -> list[Action]:
        facts = self.facts
        if hello.epoch_seen > facts.epoch and facts.state == "leader":
            # Only who has proved to be who it is comes this far: what it has seen is believed.
            seen = f"epoch {hello.epoch_seen} seen, this is {facts.epoch}"
            return [*self._refuse("stale_epoch", seen), Outdated(hello.epoch_seen)]
        self.state = "open"
        self.peer = peer_key(hello.tenant, hello.name)
        self.due_s = 0.0
        self.greeted = welcome
        self.allowed = requests_of(hello.role) if facts.state == "leader" else _NOTHING
        up = self._up(hello)
        return [Enter(self.peer, up), Tell(self._welcome(hello))] if welcome else [Enter(self.peer, up)]

    def promote(self, facts: EngineFacts) -> list[Action]:
        """The engine leads from now on. A client that is in hears of it, and the core of the client."""
        self.facts = facts
        hello = self.hello
        if self.state != "open" or hello is None:
            return []
        self.allowed = requests_of(hello.role)
        entered: list[Action] = [Enter(self.peer, self._up(hello))]
        return [*entered, Tell(self._welcome(hello))] if self.greeted else entered

    @staticmethod
    def _up(hello: Hello) -> GatewayUp:
        return GatewayUp(
            instance=hello.instance,
            role=hello.role,
            reports_ringing="ringing" in hello.features,
            reports_connecting="no_connect_report" not in hello.features,
            dials="dials" in hello.features,
            confirms="confirm" in hello.features,
            sends="partners" in hello.features,
        )

    def _welcome(self, hello: Hello) -> Welcome:
        facts = self.facts
        features = [feature for feature in FEATURES if feature in hello.features]
        return Welcome(
            protocol=PROTOCOL,
            features=features,
            state=facts.state,
            epoch=facts.epoch,
            durability=facts.durability,
            heartbeat_ms=round(self.timing.heartbeat_s * 1000),
            limits=facts.limits,
            version=facts.version,
            leader=facts.leader,
        )

    def _refuse(self, code: str, detail: str, re: int = 0) -> list[Action]:
        """An error reply. Before the client is let in every error ends the connection: nothing useful can
        follow."""
        closes = ERRORS[code].closes or (self.state != "open" and self.guest is None)
        error = Tell(error_message(code, detail, re, closes))
        if not closes:
            return [error]
        self._shut()
        return [error, Leave(code)]

    def _shut(self) -> None:
        self.state = "closing"
        self.allowed = _NOTHING
        self.due_s = float("inf")


def number_of(message: ClientMessage) -> int:
    """The `seq` of a message, 0 where its type has none."""
    number: int = getattr(message, "seq", 0)
    return number
