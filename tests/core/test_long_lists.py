"""A gateway's list that is longer than a slice: gone through piece by piece, and answered when it is through."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from router.core import commands as ask
from router.core import gateways
from router.core import internal as told
from router.core import settings as of
from router.core.actions import SteerAway
from router.core.effects import Advice, Error, Message, Reply, State, Synced
from router.core.engine import Engine
from router.core.handlers.sync_end import SLICES
from router.core.layers.plan_settings import Plan
from router.core.needs.want import skills
from router.core.verify.world import verify
from tests.core.drive import Centre
from tests.core.test_found import settings

GW = "main/gw"
MANY = 5 * SLICES + 1


@pytest.fixture(autouse=True)
def _one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices of one, so that a list of a few is a long one."""
    monkeypatch.setattr(gateways, "SLICE", 1)


class Stepwise(Centre):
    """A centre whose slices the test counts: a gateway with many contacts is back, and has listed every other one."""

    def __init__(self) -> None:
        super().__init__(settings())
        self.agent("ann")
        for number in range(MANY):
            self.call(f"c{number}")
        self.talk("c0")
        self.down("gw")
        self.up("gw", synced=False)
        self.told(State)
        listed = tuple(
            ask.AliveContact(f"c{number}", "q", talks_to=None if number else "ann") for number in range(0, MANY, 2)
        )
        self.ok(ask.Sync(0, listed, (ask.AliveEndpoint("sip-ann", "ann"),)))

    def apply(self, request: ask.Request) -> list[Message]:
        """One command and what it causes at once."""
        request.seq = self._seq["gw"] = self._seq["gw"] + 1
        self.engine.apply(self.now_us, GW, request)
        return self.said()

    def slice(self) -> list[Message]:
        """One slice more."""
        self.engine.tick(self.now_us)
        return self.said()

    def said(self) -> list[Message]:
        """What the gateway was told; the world is in order at every moment."""
        self._keep()
        assert verify(self.engine.world) == []
        return [message for key, message in self.engine.take_effects() if key == GW]

    def loaded(self) -> Engine:
        """An engine of the records, which goes on where this one stands."""
        engine = Engine(self.settings, self.engine.world.epoch)
        for (kind, key), record in self.records.items():
            engine.put(kind, key, record)
        engine.activate(self.now_us)
        return engine


def names(messages: list[Message]) -> list[str]:
    """Contacts that were told of, in order."""
    return [contact.contact for message in messages if isinstance(message, State) for contact in message.contacts]


def test_a_long_list_is_answered_when_it_is_gone_through() -> None:
    """Each step ends and tells a slice; `synced` is the last word and counts all, and only then is it offered (I1)."""
    centre = Stepwise()
    first = centre.apply(ask.SyncEnd(0))
    assert len(names(first)) == SLICES // 2
    heard, lives = list(first), [len(centre.engine.world.peers[GW].contacts)]
    assert not [message for message in heard if isinstance(message, Reply)]
    while not isinstance(heard[-1], Synced):
        assert not centre.engine.world.peers[GW].open
        heard += centre.slice()
        lives.append(len(centre.engine.world.peers[GW].contacts))
    assert all(before - after <= SLICES for before, after in pairwise(lives))
    assert names(heard) == [f"c{number}" for number in range(0, MANY, 2)]
    assert heard[-1] == Synced(heard[-1].re, MANY // 2 + 1, 1, MANY // 2)
    (talk,) = [offer for message in heard if isinstance(message, State) for offer in message.offers]
    assert (talk.contact, talk.agent, talk.state) == ("c0", "ann", "connected")


def test_until_then_nothing_else_is_taken() -> None:
    """A command is `not_synced` and can be said again; the list itself can't be added to, nor ended twice."""
    centre = Stepwise()
    centre.apply(ask.SyncEnd(0))
    (reply,) = [message for message in centre.apply(ask.Enqueue(0, "new", "q")) if isinstance(message, Reply)]
    assert isinstance(reply, Error)
    assert reply.code == "not_synced"
    for again in (ask.Sync(0, (ask.AliveContact("more", "q"),)), ask.SyncEnd(0)):
        (reply,) = [message for message in centre.apply(again) if isinstance(message, Reply)]
        assert isinstance(reply, Error)
        assert (reply.code, reply.detail) == ("bad_state", "synced already")
    centre.rest()
    centre.call("new")


def test_its_number_again_gets_the_same_answer() -> None:
    """The answer that came later is remembered for its number (I14)."""
    centre = Stepwise()
    heard = centre.apply(ask.SyncEnd(0))
    number = centre._seq["gw"]
    while not isinstance(heard[-1], Synced):
        heard += centre.slice()
    centre.engine.apply(centre.now_us, GW, ask.SyncEnd(number))
    assert centre.said() == [heard[-1]]


def test_a_connection_that_ends_in_the_middle_ends_the_list() -> None:
    """What was not gone through waits for the next list, which is the truth."""
    centre = Stepwise()
    centre.apply(ask.SyncEnd(0))
    centre.down("gw")
    left = set(centre.engine.world.peers[GW].contacts)
    assert len(left) > MANY // 2 + 1
    centre.up("gw", synced=False)
    centre.ok(ask.Sync(0, tuple(ask.AliveContact(name, "q") for name in sorted(left)[1:])))
    centre.say(ask.SyncEnd(0))
    assert set(centre.engine.world.peers[GW].contacts) == set(sorted(left)[1:])


def test_an_engine_loaded_in_the_middle_goes_on_alike() -> None:
    """How far it has come is kept: the loaded engine says what the first one says (I13)."""
    centre = Stepwise()
    centre.apply(ask.SyncEnd(0))
    for _ in range(2):
        other = centre.loaded()
        mine: list[Message] = []
        its: list[Message] = []
        while not mine or not isinstance(mine[-1], Synced):
            other.tick(centre.now_us)
            its += [message for key, message in other.take_effects() if key == GW]
            mine += centre.slice()
        assert its == mine
        centre = Stepwise()
        centre.apply(ask.SyncEnd(0))
        centre.slice()


def test_after_a_restart_it_lists_anew() -> None:
    """Nobody was heard meanwhile, so nothing is gone through on an old list."""
    centre = Stepwise()
    centre.apply(ask.SyncEnd(0))
    left = set(centre.engine.world.peers[GW].contacts)
    centre.restart(away_s=1)
    peer = centre.engine.world.peers[GW]
    assert peer.reckoning is None
    assert set(peer.contacts) == left
    assert verify(centre.engine.world) == []


def test_the_next_gateway_has_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two long lists at once: both come to their end."""
    centre = Stepwise()
    centre.up("gw2")
    monkeypatch.setattr(gateways, "SLICE", 8)
    for number in range(MANY):
        centre.call(f"d{number}", client="gw2")
    monkeypatch.setattr(gateways, "SLICE", 1)
    centre.down("gw2")
    centre.give("gw2", told.GatewayUp("1", "gateway"))
    centre.apply(ask.SyncEnd(0))
    centre.engine.apply(centre.now_us, "main/gw2", ask.SyncEnd(centre._seq["gw2"] + 1))
    found: list[Any] = []
    while len(found) < 2:
        centre.engine.tick(centre.now_us)
        found += [(key, m.lost) for key, m in centre.engine.take_effects() if isinstance(m, Synced)]
        assert verify(centre.engine.world) == []
    assert sorted(found) == [(GW, MANY // 2), ("main/gw2", MANY)]


def test_what_is_advised_is_told_contact_by_contact_as_they_take_part_again() -> None:
    """A gateway with many who wait is back, and they are better served elsewhere: it hears that of each of them once,
    in slices."""
    away = Plan("away", actions=(SteerAway(("q",)),))
    site = Centre(
        of.Settings(
            queues=(of.Queue("q", needs=skills(s=1)),), agents=(of.Agent("ann", skills=(("s", 5),)),), plans=(away,)
        )
    )
    site.up("boss", role="supervisor")
    site.say(ask.StartPlan(0, "mia", "a storm", "away"), "boss")
    for number in range(MANY):
        site.call(f"c{number}")
    site.down("gw")
    site.up("gw", synced=False)
    site.ok(ask.Sync(0, tuple(ask.AliveContact(f"c{number}", "q") for number in range(MANY))))
    site.engine.apply(site.now_us, GW, ask.SyncEnd(MANY + 3))
    advised = [sum(type(message) is Advice for _, message in site.engine.take_effects())]
    while site.engine.world.chores:
        site.engine.tick(site.now_us)
        advised.append(sum(type(message) is Advice for _, message in site.engine.take_effects()))
        assert verify(site.engine.world) == []
    assert sum(advised) == MANY
    assert max(advised) == 1
    assert not site.engine.world.routing.steering.untold
