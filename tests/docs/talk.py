"""The real core and the real session, talked to in a test: what the documentation says is what they answer.

No socket and no clock. Time passes when the talk says so, and the numbers of epochs and offers are the same
in every run. The settings are those of the sample centre, so that a reader can type the same lines."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from router.config import load
from router.config.model import Configuration
from router.core.engine import Engine
from router.core.internal import GatewayUp
from router.core.settings import Settings
from router.daemon.ring import facts
from router.store.memory import MemoryStore
from router.wire import catalogue as c
from router.wire.actions import Enter, Tell
from router.wire.proof import NONCE_BYTES
from router.wire.session import Session, Timing

SAMPLE = Path(__file__).resolve().parents[2] / "config"
PEOPLE_TIMING = Timing(auth_most_s=0.0, frame_most_s=0.0, heartbeat_s=0.0)
ENGINE_NONCE = bytes(range(NONCE_BYTES))


@cache
def sample() -> Configuration:
    """The sample centre."""
    return load(SAMPLE, read_keys=False)


class Talk:
    """One engine and its clients, all of the tenant `main`."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.engine = Engine(settings or sample().settings, epoch=1)
        self.engine.activate(0)
        self.now_ms = 0

    def hello(self, hello: c.Hello, timing: Timing = PEOPLE_TIMING, key: bytes | None = None) -> list[c.Message]:
        """What a client is told on its first message; it is in the engine after that where no key was
        given."""
        # The release and the store are those of whoever runs it; here they are always the same.
        said = replace(facts(sample(), MemoryStore(), epoch=1), version="", durability="local")
        session = Session(said, timing, lambda peer: key, ENGINE_NONCE, 0.0)
        told: list[c.Message] = []
        for action in session.receive(hello):
            if isinstance(action, Tell):
                told.append(action.message)
            elif isinstance(action, Enter):
                self.engine.apply(self.now_ms * 1000, action.peer, action.up)
        return told

    def up(self, name: str, *, synced: bool = True, sends: bool = False) -> None:
        """Lets a gateway in, without the words."""
        self.engine.apply(self.now_ms * 1000, f"main/{name}", GatewayUp(instance="i", sends=sends))
        if synced:
            self.say(name, c.SyncEnd(1))

    def say(self, name: str, request: c.Request) -> list[tuple[str, c.Message]]:
        """One request, and all that is told to anybody because of it: (client, message) in order."""
        self.engine.apply(self.now_ms * 1000, f"main/{name}", request)
        return [(peer.partition("/")[2], message) for peer, message in self.engine.take_effects()]

    def reply(self, name: str, request: c.Request) -> c.Reply:
        """One request, and only its reply."""
        for peer, message in self.say(name, request):
            if peer == name and isinstance(message, c.Reply):
                return message
        raise AssertionError(f"no reply to {request!r}")

    def state_of(self, name: str, contact: str) -> str:
        """A contact's state; `ended` where it is only remembered, `unknown` where it is not."""
        peer: Any = self.engine.world.peers[f"main/{name}"]
        if contact in peer.contacts:
            return str(peer.contacts[contact].state)
        return "ended" if contact in peer.ended else "unknown"
