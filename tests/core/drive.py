"""A small centre to drive by hand in tests: one call a command, its reply checked, and `verify` after each."""

from __future__ import annotations

from typing import Any, TypeVar

from router.core import commands as ask
from router.core import internal as told
from router.core import settings as of
from router.core.effects import Error, Message, Offer, Ok, Reply
from router.core.engine import Engine
from router.core.verify.world import verify
from router.terms import SECOND_US

M = TypeVar("M", bound=Message)

START_US = 1_000_000 * SECOND_US
TENANT = "main"


class Centre:
    """An engine with clients that are up. `gw` is the client that commands come from unless another one is named."""

    def __init__(self, settings: of.Settings, clients: tuple[str, ...] = ("gw",), **up: Any) -> None:
        self.settings = settings
        self.now_us = START_US
        self.records: dict[tuple[str, str], bytes] = {}
        self._seq: dict[str, int] = {}
        self.engine = Engine(settings, 1)
        self.engine.activate(self.now_us)
        self.heard: list[tuple[str, Message]] = []
        for client in clients:
            self.up(client, **up)

    # -- clients --------------------------------------------------------------------------------------------------

    def up(self, client: str, *, role: str = "gateway", synced: bool = True, instance: str = "1", **up: Any) -> None:
        """The client connects; a gateway with nothing alive says so."""
        if role == "gateway" and client.startswith("desk"):
            role = "desk"
        self.give(client, told.GatewayUp(instance, role, **{"reports_connecting": False, **up}))  # type: ignore[arg-type]
        if role == "gateway" and synced:
            self.say(ask.SyncEnd(0), client)

    def down(self, client: str, reason: str = "closed") -> None:
        """The connection is gone."""
        self.give(client, told.GatewayDown(reason))

    def give(self, client: str, command: Any) -> None:
        """Give the engine a command, let what is done in slices come to its end, and check the world."""
        self.engine.apply(self.now_us, f"{TENANT}/{client}" if client else "", command)
        self.rest()

    def rest(self) -> None:
        """Let everything that is due now be done."""
        for _ in range(100):
            due_us = self.engine.next_deadline_us()
            if due_us is None or due_us > self.now_us:
                break
            self.engine.tick(self.now_us)
        self._keep()
        self.heard += self.engine.take_effects()
        assert verify(self.engine.world) == []

    def _keep(self) -> None:
        batch = self.engine.take_batch()
        if batch is not None:
            for kind_and_key in batch.drops:
                self.records.pop(kind_and_key, None)
            self.records.update({(kind, key): record for kind, key, record in batch.puts})

    def say(self, request: ask.Request, client: str = "gw") -> Reply:
        """Say something and return its reply."""
        seq = self._seq[client] = self._seq.get(client, 0) + 1
        request.seq = seq
        before = len(self.heard)
        self.give(client, request)
        replies = [message for key, message in self.heard[before:] if isinstance(message, Reply) and message.re == seq]
        assert len(replies) == 1, replies
        return replies[0]

    def ok(self, request: ask.Request, client: str = "gw") -> None:
        """Say something that is done."""
        reply = self.say(request, client)
        assert isinstance(reply, Ok), reply

    def refused(self, request: ask.Request, client: str = "gw") -> str:
        """Say something that is refused; its code."""
        reply = self.say(request, client)
        assert isinstance(reply, Error), reply
        return reply.code

    # -- time and stores ------------------------------------------------------------------------------------------

    def wait(self, seconds: float) -> None:
        """Let time pass, deadline by deadline."""
        until_us = self.now_us + int(seconds * SECOND_US)
        while True:
            due_us = self.engine.next_deadline_us()
            if due_us is None or due_us > until_us:
                break
            self.now_us = max(self.now_us, due_us)
            self.engine.tick(self.now_us)
        self.now_us = until_us
        self.engine.tick(self.now_us)
        self.rest()

    def restart(self, away_s: float = 0.0) -> None:
        """kill -9, and a start from what was kept."""
        engine = Engine(self.settings, self.engine.world.epoch + 1)
        for (kind, key), record in reversed(self.records.items()):
            engine.put(kind, key, record)
        self.now_us += int(away_s * SECOND_US)
        engine.activate(self.now_us)
        self.engine = engine
        self.give("", told.Restarted())

    # -- shorthand ------------------------------------------------------------------------------------------------

    def agent(
        self, name: str, client: str = "gw", channels: tuple[str, ...] = ("voice",), *, ready: bool = True
    ) -> None:
        """Sign an agent in, with a device `sip-<name>` on the same client."""
        self.ok(ask.LogIn(0, name, ready), client)
        self.ok(ask.Attach(0, f"sip-{name}", name, channels), client)

    def call(self, contact: str, queue: str = "q", client: str = "gw", **fields: Any) -> None:
        """A contact is let in."""
        reply = self.say(ask.Enqueue(0, contact, queue, **fields), client)
        assert not isinstance(reply, Error), reply

    def talk(self, contact: str) -> str:
        """The contact's offer is accepted; returns the agent."""
        offer = self.offer(contact)
        self.ok(ask.Accept(0, offer.offer), offer.endpoint_gateway)
        return offer.agent

    def offers(self) -> dict[str, str]:
        """Contact -> agent of every live offer that has not been accepted."""
        return {o.contact.id: o.agent.name for o in self.engine.world.offers.values() if o.state == "offered"}

    def offer(self, contact: str) -> Offer:
        """The last offer that was made of this contact."""
        return [message for _, message in self.heard if isinstance(message, Offer) and message.contact == contact][-1]

    def told(self, kind: type[M], client: str = "gw") -> list[M]:
        """What a client was told of one kind since the last time that this was asked."""
        found = [message for key, message in self.heard if key == f"{TENANT}/{client}" and isinstance(message, kind)]
        self.heard = [pair for pair in self.heard if pair[0] != f"{TENANT}/{client}" or not isinstance(pair[1], kind)]
        return found

    def state(self, contact: str, client: str = "gw") -> str:
        """The contact's state, `ended` where only its tombstone is left."""
        peer = self.engine.world.peers[f"{TENANT}/{client}"]
        return peer.contacts[contact].state if contact in peer.contacts else "ended"

    def used(self, agent: str) -> int:
        """The agent's units in use."""
        return self.engine.world.agents[TENANT, agent].used
