"""One client's connection: bytes to typed commands in its inbox, and what the session says to do.

It knows the wire, not the core: a command is put into the inbox unread, in its order. Whatever is not a plain
command of an open session goes through the session. The one idea: the common chunk, whole frames with plain
commands, costs a reader call, a decoder call and an append for each; all else may be slow.
"""

from __future__ import annotations

from collections import deque
from secrets import token_bytes
from time import monotonic_ns
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from router.core.commands import Request
from router.core.internal import GatewayDown, GatewayUp
from router.server.limits import Door
from router.server.link import Link
from router.wire.actions import Action, Enter, Follow, Hand, Leave, Outdated, Pass, Read, Tell
from router.wire.codec import ClientMessage
from router.wire.explain import UNDECODABLE
from router.wire.frames import FRAME_BYTES_MAX, FRAMES_A_TURN, Chunk, Unreadable
from router.wire.messages import Hello
from router.wire.proof import NONCE_BYTES
from router.wire.session import EngineFacts, Session, error_message

if TYPE_CHECKING:
    from router.server.hub import Hub

Command: TypeAlias = Request | GatewayUp | GatewayDown
Entry: TypeAlias = tuple[Command, int]
"""A command, and when its bytes were read (`time.monotonic_ns`)."""

# Why a connection is not read now; it is read again when none of these holds.
_FULL: Final = 1
"""The inbox is."""
_TURN: Final = 2
"""It has had its turn; others first."""
_WAITING: Final = 4
"""It has said hello, and others are let in first."""

_STOPPED_CHECK_S: Final = 1.0
"""How often a connection that we do not read is looked at."""

_NO_INBOX: Final[deque[Entry]] = deque(maxlen=0)
"""Who is not let in has none, which saves memory where thousands knock at once."""


class Connection(Link):
    """The loop reads `peer`, `inbox` and `fresh`; everything else is between here and the hub."""

    __slots__ = (
        "_early",
        "_hello",
        "_partial_since_s",
        "allowed",
        "decode",
        "fresh",
        "heard_s",
        "inbox",
        "inbox_bytes",
        "input_ended",
        "peer",
        "queued",
        "reader",
        "session",
    )

    def __init__(self, hub: Hub, door: Door) -> None:
        super().__init__(hub, door)
        self.decode = door.codec.decode
        self.reader = door.reader()
        guest = hub.gate.guest() if door.people else None
        key_of = hub.gate.keyring(door.trust)
        nonce, roles = token_bytes(NONCE_BYTES), hub.gate.roles
        self.session = Session(hub.facts, door.timing, key_of, nonce, hub.now_s, guest, roles)
        self.allowed = self.session.allowed
        self.due_s = self.session.due_s
        self.peer = ""
        """Its client's key, once it is let in."""
        self.inbox = _NO_INBOX
        """Commands to apply, oldest first, with the time of reading."""
        self.inbox_bytes = 0
        """Bytes read since the inbox was empty."""
        self.queued = False
        """Stands in the hub's queue of those with something in their inbox."""
        self.fresh = True
        """The core has not heard of it: its first command is GatewayUp. See `Hub.bind`."""
        self.input_ended = False
        """The core was told, or need not be told, that nothing more comes."""
        self.heard_s = hub.now_s
        """When a byte came last."""
        self._partial_since_s: float | None = None
        self._early = b""
        """Bytes that came although we had stopped reading."""
        self._hello: Hello | None = None
        """Said, and not answered yet."""

    # -- what the event loop calls ---------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Bytes, in pieces of any size."""
        hub = self.hub
        self.heard_s = hub.now_s
        if self.closing or self.input_ended:
            return
        size = len(data)
        self.inbox_bytes += size
        hub.inboxes_bytes += size
        if self._stops:
            self._early += data
        else:
            self._read(data)

    def eof_received(self) -> bool:
        """The client has ended its side. A person's shell does so before it has read the replies."""
        if not self.door.people or self.closing or not self.peer:
            return False
        self.due_s = self.hub.now_s + self.hub.limits.finish_s
        self._end_input("closed")
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone, whoever ended it."""
        if not self.closing:
            if self._partial_since_s is not None:
                self.hub.count("truncated")
            if exc:
                self.hub.count("reset")
            reason = "reset" if exc else "closed"
            self.session.close(reason)
            self._end(reason)
        self.hub.departed(self)

    # -- in --------------------------------------------------------------------------------------------------

    def _read(self, data: Chunk) -> None:
        """Decode what is whole, up to a turn's worth, and queue it."""
        read_ns = monotonic_ns()
        reader = self.reader
        left = FRAMES_A_TURN
        while True:
            try:
                # One by one until the client is let in: the frame after hello has other limits.
                frames = reader.feed(data, left if self.peer else 1)
            except Unreadable as unreadable:
                self._refuse_bytes(unreadable)
                return
            self._take(frames, read_ns)
            if not reader.more or self._stops or self.closing:
                break
            left -= len(frames)
            if left <= 0:
                self._stop(_TURN)
                self.hub.later(self._have_turn)
                break
            data = b""
        if reader.rest or self._partial_since_s is not None:
            self._note_partial(bool(frames))
        if not self.inbox:
            self._forget_bytes()
            return
        if not self.queued:
            self.hub.queue(self)
        if self.hub.is_full(self):
            self._stop(_FULL)

    def _take(self, frames: list[Chunk], read_ns: int) -> None:
        """Decode frames; plain commands go into the inbox."""
        decode = self.decode
        for frame in frames:
            try:
                message = decode(frame)
            except UNDECODABLE as error:
                self._act(self.session.misread(self.door.codec.explain(frame, error)), read_ns)
            else:
                if type(message) in self.allowed:
                    self.inbox.append((cast("Request", message), read_ns))
                else:
                    self._receive(message, read_ns)

    def _receive(self, message: ClientMessage, read_ns: int) -> None:
        """Anything but a plain command."""
        if isinstance(message, Hello) and self.session.state == "new" and not self.hub.gate.admit(self):
            self._hello = message
            self._stop(_WAITING)
            return
        self._act(self.session.receive(message), read_ns)

    def _act(self, actions: list[Action], read_ns: int) -> None:
        """Do what the session says."""
        for action in actions:
            match action:
                case Tell(message):
                    self.tell(message)
                case Pass(request):
                    self.inbox.append((request, read_ns))
                case Enter(peer, up):
                    self._enter(peer, up, read_ns)
                case Follow(subscribe):
                    self.hub.monitors.follow(self, subscribe, self.hub.facts.epoch)
                case Read(request):
                    self.hub.read(self, request)
                case Hand(asked):
                    self.hub.on_hand_over(self, asked)
                case Outdated(epoch):
                    self.hub.on_outdated(epoch)
                case Leave(reason):
                    self._leave(reason)

    def _enter(self, peer: str, up: GatewayUp, read_ns: int) -> None:
        """The client is let in."""
        self.peer = peer
        self.inbox = deque(((up, read_ns),))
        self.allowed = self.session.allowed
        self.due_s = 0.0
        if self.framed:
            self.reader.bytes_max = FRAME_BYTES_MAX
        self.hub.entered(self)

    def promoted(self, facts: EngineFacts) -> None:
        """The engine leads from now on."""
        actions = self.session.promote(facts)
        self.allowed = self.session.allowed
        for action in actions:
            if isinstance(action, Enter):
                # It was let in by a standby, whose core heard of nobody.
                self.inbox.append((action.up, monotonic_ns()))
                self.hub.queue(self)
            else:
                self._act([action], 0)

    def _refuse_bytes(self, unreadable: Unreadable) -> None:
        """What came is no frame, and nothing after it can be one."""
        if unreadable.answer:
            self.tell(error_message(unreadable.code, unreadable.detail, closes=True))
        else:
            self.hub.count(unreadable.reason)
        self._leave(unreadable.reason)

    def _note_partial(self, whole: bool) -> None:
        """Keep in mind since when a frame has been on its way."""
        if not self.reader.partial:
            self._partial_since_s = None
        elif whole or self._partial_since_s is None:
            self._partial_since_s = self.hub.now_s
            self.due_s = 0.0

    # -- going on --------------------------------------------------------------------------------------------

    def _go_on(self, why: int) -> None:
        """One of the reasons not to read is gone; read on when none is left."""
        if not self._stops & why:
            return
        self._stops &= ~why
        if self._stops or self.closing:
            return
        early, self._early = self._early, b""
        self.heard_s = self.hub.now_s
        if self._partial_since_s is not None:
            self._partial_since_s = self.hub.now_s
        # What was read already comes first, and may stop it again.
        self._read(early)
        self._read_on()

    def _read_on(self) -> None:
        if not self._stops and not self.closing:
            self._resume()

    def _have_turn(self) -> None:
        """Others have had theirs."""
        self._go_on(_TURN)

    def admitted(self) -> None:
        """Its hello may be answered now. The time that it waited for that is not its own."""
        hello, self._hello = self._hello, None
        if hello is None or self.closing:
            return
        self.session.opened_s = self.hub.now_s
        self.due_s = 0.0
        self._act(self.session.receive(hello), monotonic_ns())
        self._go_on(_WAITING)

    def emptied(self) -> None:
        """The loop has applied all that was in the inbox."""
        self._forget_bytes()
        if self._stops:
            self._go_on(_FULL)

    def _forget_bytes(self) -> None:
        self.hub.inboxes_bytes -= self.inbox_bytes
        self.inbox_bytes = 0

    # -- the end ---------------------------------------------------------------------------------------------

    def check(self, now_s: float) -> None:
        """Its timers may be due."""
        if self.closing or self.input_ended:
            self.abort(self.reason or "closed")
        elif self._stops:
            # It is we who do not listen: `_go_on` gives it its whole time again.
            self.due_s = now_s + _STOPPED_CHECK_S
        else:
            code = self.session.late(now_s, self.heard_s, self._partial_since_s)
            self.due_s = self.session.due_s
            if code is not None:
                self.hub.count(code)
                self.close(code)

    def close(self, reason: str, retry_ms: int = 0) -> None:
        """End it for a reason of ours, and say so."""
        self._act(self.session.close(reason, retry_ms), 0)

    def replaced(self) -> None:
        """Another connection has taken its name: what it said and we have not applied is dropped, and not
        answered; the client says it again on the new one."""
        self.inbox.clear()
        self.close("replaced")

    def cut(self, reason: str) -> None:
        """End it at once: it would not read what we say."""
        self.hub.count(reason)
        self.abort(reason)

    def abort(self, reason: str) -> None:
        """End it at once, and drop what is unsent."""
        if not self.closing:
            self.session.close(reason)
            self._end(reason)
        self._close_at_once(drop=True)

    def finish(self) -> None:
        """All that a person asked before ending the input is answered."""
        if not self.closing:
            self.session.close("closed")
            self._end("closed")
        self._close_at_once(drop=False)

    def _leave(self, reason: str) -> None:
        """Stop listening, let our last words out, then close."""
        if not self.closing:
            self.session.close(reason)
            self._end(reason)
            self._hang_up()

    def _end(self, reason: str) -> None:
        """It takes no part any more; the core hears of it once."""
        self.closing = True
        self.reason = reason
        self.allowed = self.session.allowed
        self._early = b""
        self._hello = None
        if self.peer:
            self._end_input(reason)
        if not self.inbox:
            self._forget_bytes()
        self.hub.detach(self)

    def _end_input(self, reason: str) -> None:
        if self.input_ended:
            return
        self.input_ended = True
        if self.fresh and not self.inbox:
            # Replaced before the core had heard of it at all.
            return
        self.inbox.append((GatewayDown(reason=reason), monotonic_ns()))
        self.hub.queue(self)
