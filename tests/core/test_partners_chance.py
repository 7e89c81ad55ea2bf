"""Partners under chance: whatever is said, lost or edited in whatever order, every invariant holds, and an engine
loaded from the records at any moment goes on in the same way.
"""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from router.core import commands as ask
from router.core.actions import SendToPartner
from router.core.effects import Offer, Send
from router.core.engine import Engine
from router.core.internal import Configure, GatewayDown, GatewayUp, Restarted
from router.core.layers.plan_settings import Plan
from router.core.partners.sent import sent_of
from router.core.partners.settings import PartnerContract
from router.core.settings import Agent, Queue, Settings
from router.core.verify.world import verify
from router.terms import SECOND_US

GATEWAY = "main/gw"
STEPS = 250
REPORTS = {"answered": ask.PartnerAnswered, "failed": ask.PartnerFailed, "ended": ask.PartnerEnded}
ACTIONS = (
    SendToPartner(("a",), ("one", "two"), 5 * SECOND_US),
    SendToPartner(("b",), ("two",), 0, 0.5),
)


def settings(rng: Random, version: int) -> Settings:
    """A version of the contracts: hours apart, everything is drawn; sometimes one of them is gone."""
    contracts = tuple(
        PartnerContract(
            name, address=name, at_most=rng.randint(1, 3), share_most=rng.choice((0.3, 1.0)),
            window_us=60 * SECOND_US, answer_most_us=rng.randint(5, 30) * SECOND_US, talk_most_us=90 * SECOND_US,
            service_level=rng.choice((0.5, 1.0)), price_minute=1.0,
        )
        for name in ("one", "two")
        if rng.random() < 0.9
    )  # fmt: skip
    return Settings(
        version=version, queues=(Queue("a", enter_unstaffed=True), Queue("b", enter_unstaffed=True)),
        agents=(Agent("ann"),), plans=(Plan("busy", actions=ACTIONS),), partners=contracts,
    )  # fmt: skip


class Centre:
    """One engine with its records, and now and then a twin that was loaded from them."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.settings = settings(self.rng, 1)
        self.engine = Engine(self.settings, 1)
        self.engine.activate(0)
        self.twin: Engine | None = None
        self.now_us = self.seq = self.calls = 0
        self.stored: dict[tuple[str, str], bytes] = {}
        self.sends: list[Send] = []
        self.offers: list[Offer] = []
        self.away = 0
        self.up()

    def up(self) -> None:
        """The gateway comes, with all that it still has."""
        contacts = list(self.engine.world.peers[GATEWAY].contacts.values()) if self.calls else []
        talking = {offer.contact.id: offer.agent.name for offer in self.engine.world.offers.values()
                   if offer.state == "connected"}  # fmt: skip
        self.inform(GatewayUp("i", sends=True, reports_connecting=False))
        self.say(ask.Sync, tuple(
            ask.AliveContact(each.id, each.queue.name, talks_to=talking.get(each.id),
                             partner=sent.partner if (sent := sent_of(each)) and each.state == "at_partner" else None)
            for each in contacts if each.state != "wrapping" and self.rng.random() < 0.9
        ), (ask.AliveEndpoint("p", "ann"),))  # fmt: skip
        self.say(ask.SyncEnd)

    def say(self, kind: Any, *fields: Any) -> None:
        """A request of the gateway."""
        self.seq += 1
        self.inform(kind(self.seq, *fields))

    def inform(self, command: Any) -> None:
        """A step of the engine, and of its twin."""
        for engine in self.engines():
            engine.apply(self.now_us, GATEWAY, command)
        self.work_off()

    def engines(self) -> list[Engine]:
        """Those that hear everything."""
        return [self.engine] if self.twin is None else [self.engine, self.twin]

    def work_off(self) -> None:
        """Do what is due now, commit, and look at everything. The twin must tell the same."""
        for engine in self.engines():
            while (due_us := engine.next_deadline_us()) is not None and due_us <= self.now_us:
                engine.tick(self.now_us)
        told = self.engine.take_effects()
        if self.twin is not None:
            assert self.twin.take_effects() == told
            self.twin.take_batch()
        batch = self.engine.take_batch()
        if batch is not None:
            for drop in batch.drops:
                self.stored.pop(drop, None)
            self.stored.update({(kind, key): record for kind, key, record in batch.puts})
        self.sends += [message for _, message in told if isinstance(message, Send)]
        self.offers += [message for _, message in told if isinstance(message, Offer)]
        assert verify(self.engine.world) == []

    def reload(self) -> None:
        """Other contracts."""
        self.settings = settings(self.rng, self.settings.version + 1)
        for engine in self.engines():
            engine.stage(self.settings)
        self.inform(Configure(self.settings.version))

    def loaded(self, epoch: int) -> Engine:
        """An engine that knows nothing but the records."""
        loaded = Engine(self.settings, epoch)
        for (kind, key), record in self.stored.items():
            loaded.put(kind, key, record)
        loaded.activate(self.now_us)
        assert verify(loaded.world) == []
        return loaded

    def restart(self) -> None:
        """The engine is killed, and goes on from its records; everything that it keeps is what it kept."""
        self.twin, loaded = None, self.loaded(self.engine.world.epoch + 1)
        kept = {(kind, key): record for kind, key, record in loaded.everything() if kind in ("partner", "contact")}
        stored = {at: record for at, record in self.stored.items() if at[0] in ("partner", "contact")}
        assert {at: kept.get(at) for at in stored} == stored
        fresh = [partner for partner in loaded.world.partners.known.values() if ("partner", partner.key) not in stored]
        assert kept.keys() - stored.keys() == {("partner", partner.key) for partner in fresh}
        assert not any(partner.sent for partner in fresh)
        self.engine = loaded
        self.inform(Restarted())
        self.up()

    def step(self) -> None:
        """Something happens."""
        rng = self.rng
        self.now_us += rng.randint(0, 4 * SECOND_US)
        self.work_off()
        if rng.random() < 0.1:
            self.twin = self.loaded(self.engine.world.epoch)
        what = rng.choices(
            ("enqueue", "answered", "failed", "ended", "hangup", "accept", "plan", "lost", "reload", "restart", "ann"),
            (30, 20, 8, 15, 8, 5, 6, 1, 1, 1, 3),
        )[0]
        live = sorted(self.engine.world.peers[GATEWAY].contacts)
        send = rng.choice(self.sends[-8:]) if self.sends else None
        if what == "enqueue":
            self.calls += 1
            self.say(ask.Enqueue, f"c{self.calls}", rng.choice("ab"))
        elif what in REPORTS and send:
            self.say(REPORTS[what], send.contact, send.send)
        elif what == "hangup" and live:
            self.say(ask.End, rng.choice(live))
        elif what == "accept" and self.offers:
            self.say(ask.Accept, self.offers[-1].offer)
        elif what == "ann":
            self.say(*rng.choice([(ask.LogIn, "ann", True), (ask.NotReady, "ann", "break"), (ask.LogOut, "ann")]))
        elif what == "plan":
            kind = rng.choice((ask.StartPlan, ask.StartPlan, ask.StartPlan, ask.StopPlan))
            self.say(kind, "mia", "chance", "busy")
        elif what == "lost":
            self.inform(GatewayDown())
            self.now_us += rng.choice((1, 5, 200)) * SECOND_US
            self.work_off()
            self.up()
        elif what == "reload":
            self.reload()
        elif what == "restart":
            self.restart()


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_nothing_sticks_and_nothing_is_lost(seed: int) -> None:
    """Every step is verified; at the end everybody hangs up, and no partner has anybody left."""
    centre = Centre(seed)
    for _ in range(STEPS):
        centre.step()
    world = centre.engine.world
    assert len(centre.sends) > 3, "a seed that sends nobody shows nothing"
    for name in sorted(world.peers[GATEWAY].contacts):
        centre.say(ask.End, name)
    assert all(not partner.contacts for partner in world.partners.known.values())
    visits = centre.engine.world.live
    assert visits == sum(len(peer.contacts) for peer in world.peers.values())


def test_a_stalled_process_counts_against_no_partner() -> None:
    """Who is on the way there has the time still that it had."""
    from router.core.internal import StoodStill

    centre = Centre(3)
    centre.settings = replace(
        centre.settings, version=9, partners=(PartnerContract("two", address="two", answer_most_us=10 * SECOND_US),)
    )
    centre.engine.stage(centre.settings)
    centre.inform(Configure(9))
    centre.say(ask.StartPlan, "mia", "test", "busy")
    centre.say(ask.Enqueue, "x1", "a")
    centre.now_us += 6 * SECOND_US
    centre.work_off()
    assert centre.engine.world.peers[GATEWAY].contacts["x1"].state == "sent"
    centre.now_us += 60 * SECOND_US
    centre.engine.apply(centre.now_us, "", StoodStill(60 * SECOND_US))
    centre.work_off()
    assert centre.engine.world.peers[GATEWAY].contacts["x1"].state == "sent"
    centre.now_us += 11 * SECOND_US
    centre.work_off()
    assert centre.engine.world.peers[GATEWAY].contacts["x1"].state == "waiting"
