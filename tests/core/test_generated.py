"""Every request that the wire lets through, with anything in it, at any time: the engine never fails.

Beside requests made from their declarations (`generated.py`) connections come and go, time passes in leaps, other
settings come into force, and the engine is loaded anew from its records. Each request has one reply, with a code that
its page of the protocol names; nothing that must hold is broken; and the loaded world is the one that was stored.
Centres are those that the simulation draws. `SWITCHBOARD_GENERATED=300` plays so many of them.
"""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from router.core import commands as ask
from router.core import internal as told
from router.core.effects import Error, Reply
from router.core.engine import Engine
from router.core.verify.world import verify
from router.terms import SECOND_US, Role
from tests.core.generated import Generated
from tests.sim.plan import draw

SEEDS = range(int(os.environ.get("SWITCHBOARD_GENERATED", "8")))
STEPS = 1_200
CLIENTS: dict[str, Role] = {
    "main/gw1": "gateway", "main/gw2": "gateway", "main/gw3": "gateway", "main/desk1": "desk",
    "main/boss": "supervisor",
}  # fmt: skip
OFTEN: dict[type, float] = {
    ask.Enqueue: 14, ask.Accept: 10, ask.Connected: 8, ask.Ready: 6, ask.LogIn: 5, ask.End: 5, ask.Complete: 5,
    ask.Attach: 4, ask.Transfer: 3, ask.Consult: 3, ask.Park: 3, ask.OpenTicket: 3, ask.TakeCallback: 3,
    ask.SyncEnd: 0.2, ask.EndContact: 0.4, ask.LogOut: 0.6, ask.CloseQueue: 0.3, ask.Drain: 0.3,
}  # fmt: skip
KINDS = [kind for kind in ask.WIRE_REQUESTS if not kind.of_store]
WEIGHTS = [OFTEN.get(kind, 1.0 if kind.numbered else 0.2) for kind in KINDS]
TICKS_MOST = 300
GENERAL = ("not_synced",)
"""What any request may be answered, beside the codes of its own."""


class Played:
    """One centre, and what is done to it."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(f"generated {seed}")
        self.now_us = 1_000_000 * SECOND_US
        self.utc_s = 1_774_745_000
        self.records: dict[tuple[str, str], bytes] = {}
        self.seqs = dict.fromkeys(CLIENTS, 0)
        self.up = dict.fromkeys(CLIENTS, False)
        self.engine = Engine(draw(seed).settings, 1)
        self.engine.activate(self.now_us)
        self.drawn = Generated(self.rng, self.engine.world)
        self.tell(told.Secret(b"s" * 32))
        self.tell(told.WallClock(self.utc_s))

    def play(self, steps: int) -> None:
        for step in range(steps):
            what = self.rng.random()
            if what < 0.25:
                self.pass_time()
            elif what < 0.27:
                self.utc_s += self.rng.choice((1, 60, 3_600, -3_600, 86_400))
                self.tell(told.WallClock(self.utc_s))
            elif what < 0.29:
                self.come_or_go(self.rng.choice([*CLIENTS]))
            elif what < 0.3:
                self.tell(told.StoodStill(self.rng.choice((500_000, 3_600_000_000))))
            elif what < 0.305:
                self.reload()
            elif what < 0.308:
                self.load_anew()
            else:
                self.say(self.rng.choices(KINDS, WEIGHTS)[0])
            if step % 25 == 0:
                self.rest()
                assert verify(self.engine.world) == []

    # -- what is done ---------------------------------------------------------------------------------------------

    def tell(self, command: Any, client: str = "") -> None:
        self.engine.apply(self.now_us, client, command)

    def say(self, kind: type[ask.Request]) -> None:
        """By a client that may; about a contact mostly by the one that owns it."""
        client = self.rng.choice([name for name, role in CLIENTS.items() if role in kind.roles])
        if not self.up[client]:
            self.come_or_go(client)
        self.seqs[client] += 1
        request = self.drawn.request(kind, self.seqs[client])
        if request is None:
            return
        contact = getattr(request, "contact", "")
        owners = [peer.key for peer in self.engine.world.peers.values() if contact in peer.contacts]
        if owners and CLIENTS[client] == "gateway" and self.up[owners[0]] and self.rng.random() < 0.8:
            client = owners[0]
            self.seqs[client] += 1
            request.seq = self.seqs[client]
        self.hear()
        self.tell(request, client)
        replies = [
            message
            for key, message in self.engine.effects
            if key == client and isinstance(message, Reply) and message.re == request.seq
        ]
        assert len(replies) == 1 or (kind is ask.SyncEnd and not replies), (request, replies)
        for reply in replies:
            known = not isinstance(reply, Error) or reply.code in (*kind.errors, *GENERAL)
            assert known, f"{request!r} is answered {reply!r}, which its page does not say"
        self.hear()

    def hear(self) -> None:
        for _, message in self.engine.take_effects():
            self.drawn.heard(message)

    def pass_time(self) -> None:
        self.now_us += int(self.rng.choice((0, 1_000, 50_000, 5 * SECOND_US, 30 * SECOND_US)) * self.rng.random())
        due_us = self.engine.next_deadline_us()
        if due_us is not None and due_us < self.now_us + 3_600 * SECOND_US and self.rng.random() < 0.5:
            self.now_us = max(self.now_us, due_us)
        if self.rng.random() < 0.01:
            self.now_us += self.rng.choice((3_600, 86_400, 40 * 86_400)) * SECOND_US
        self.engine.tick(self.now_us)

    def come_or_go(self, client: str) -> None:
        if self.up[client]:
            self.up[client] = False
            self.tell(told.GatewayDown(self.rng.choice(("closed", "bye", "silent"))), client)
            return
        can = [self.rng.random() < 0.6 for _ in range(5)]
        self.tell(told.GatewayUp("1", CLIENTS[client], *can), client)
        self.up[client] = True
        if CLIENTS[client] == "gateway":
            self.list_what_is_alive(client)

    def list_what_is_alive(self, client: str) -> None:
        """Most of it."""
        peer = self.engine.world.peers[client]
        contacts = tuple(
            ask.AliveContact(each.id, each.queue.name, each.channel)
            for each in list(peer.contacts.values())[:200]
            if self.rng.random() < 0.9
        )
        endpoints = tuple(ask.AliveEndpoint(each.address, each.agent.name) for each in peer.endpoints.values())
        for request in (ask.Sync(0, contacts, endpoints), ask.SyncEnd(0)):
            self.seqs[client] += 1
            request.seq = self.seqs[client]
            self.tell(request, client)

    def reload(self) -> None:
        """The settings of another centre: queues, agents, plans and rules come and go."""
        settings = replace(draw(self.rng.randrange(500)).settings, version=self.engine.world.settings.version + 1)
        self.engine.stage(settings)
        self.tell(told.Configure(settings.version))

    def rest(self) -> None:
        """Everything that is due now is done, and kept."""
        for _ in range(TICKS_MOST):
            due_us = self.engine.next_deadline_us()
            if due_us is None or due_us > self.now_us:
                break
            self.engine.tick(self.now_us)
        else:
            raise AssertionError("it never comes to rest")
        self.hear()
        batch = self.engine.take_batch()
        if batch is not None:
            for kept in batch.drops:
                self.records.pop(kept, None)
            self.records.update({(kind, key): record for kind, key, record in batch.puts})

    def load_anew(self) -> None:
        """kill -9, and a start from what was kept."""
        self.rest()
        engine = Engine(self.engine.world.settings, self.engine.world.epoch + 1)
        records = [*self.records.items()]
        self.rng.shuffle(records)
        for (kind, key), record in records:
            engine.put(kind, key, record)
        engine.activate(self.now_us)
        assert states_of(engine) == states_of(self.engine)
        self.engine, self.drawn.world = engine, engine.world
        self.tell(told.Restarted())
        self.tell(told.WallClock(self.utc_s))
        self.up = dict.fromkeys(CLIENTS, False)
        self.rest()


def states_of(engine: Engine) -> dict[tuple[str, str], str]:
    """Of everybody who is there."""
    return {(peer.key, each.id): each.state for peer in engine.world.peers.values() for each in peer.contacts.values()}


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_that_can_be_said_breaks_it(seed: int) -> None:
    """A centre of this seed holds whatever is said."""
    Played(seed).play(STEPS)
