"""Entities are not tracked by the cycle collector, so whatever leaves the world must be unlinked by hand."""

from __future__ import annotations

import gc
import sys
from random import Random

from router.core import commands as ask
from router.core import settings as of
from router.core.effects import Offer
from router.core.engine import Engine
from router.core.entities import Contact, Peer
from router.core.internal import GatewayUp
from router.core.needs.want import skills

GATEWAY = "main/pbx"


class Hour:
    """An engine, and traffic in which contacts end in many ways."""

    def __init__(self) -> None:
        agents = tuple(of.Agent(f"a{i}", skills=(("s", 1),)) for i in range(20))
        self.engine = Engine(of.Settings(queues=(of.Queue("q", needs=skills(s=1)),), agents=agents), 1)
        self.engine.activate(1_000_000)
        self.now_us = 1_000_000
        self.seq = 0
        self.rng = Random(1)
        self.engine.apply(self.now_us, GATEWAY, GatewayUp("i", reports_connecting=False))
        self.say(ask.SyncEnd)
        for i in range(20):
            self.say(ask.LogIn, f"a{i}", True)
            self.say(ask.Attach, f"e{i}", f"a{i}")

    def say(self, kind: type[ask.Request], *fields: object) -> list[Offer]:
        """A request, a tenth of a second later; returns the offers that follow."""
        self.now_us += 100_000
        self.seq += 1
        self.engine.apply(self.now_us, GATEWAY, kind(self.seq, *fields))
        self.engine.take_batch()
        return [message for _, message in self.engine.take_effects() if isinstance(message, Offer)]

    def traffic(self, contacts: int) -> None:
        """So many contacts: answered, rejected, put back, transferred, hung up; then all ids are forgotten."""
        for _ in range(contacts):
            name = f"c{self.seq}"
            for offer in self.say(ask.Enqueue, name, "q", "voice", 0, {"s": self.rng.choice((1, 1, 9))}):
                if self.rng.random() < 0.1:
                    self.say(ask.Reject, offer.offer, "busy")
                else:
                    self.say(ask.Accept, offer.offer)
                    if self.rng.random() < 0.1:
                        self.say(ask.Transfer, offer.contact, "q")
            self.say(ask.End, name)
        for agent in self.engine.world.agents.values():
            self.say(ask.Ready, agent.name)
        for peer in self.engine.world.peers.values():
            for contact in list(peer.contacts):
                self.say(ask.End, contact)
        self.now_us += 400_000_000
        for _ in range(contacts // 100):
            self.engine.tick(self.now_us)
            self.engine.take_batch()
            self.engine.take_effects()


def test_an_hour_of_traffic_leaves_nothing_behind() -> None:
    """Once ended ids are forgotten as many blocks of memory are in use as before: nothing hangs in a cycle."""
    hour = Hour()
    hour.traffic(2_000)
    gc.collect()
    before = sys.getallocatedblocks()
    hour.traffic(10_000)
    gc.collect()
    assert hour.engine.world.live == 0
    assert not hour.engine.world.buried
    assert sys.getallocatedblocks() - before < 2_000, "less than one block for five contacts"


def test_an_entity_prints_its_name_only() -> None:
    """Its fields lead to everything else, so an error message with one in it would print the world."""
    hour = Hour()
    hour.say(ask.Enqueue, "c1", "q")
    peer = hour.engine.world.peers[GATEWAY]
    assert isinstance(peer, Peer)
    contact = peer.contacts["c1"]
    assert isinstance(contact, Contact)
    assert repr(contact) == "<Contact c1>"
    assert repr(peer) == "<Peer main/pbx>"
