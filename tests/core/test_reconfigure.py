"""Switching settings under a live world: who is not touched does not notice, who is goes on at the old place."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from router.core import commands as ask
from router.core import settings as of
from router.core.commands import Complete, Connected, End
from router.core.effects import AgentState, Error, Offer, PositionReply, Queued
from router.core.engine import Engine
from router.core.internal import Configure, GatewayUp
from router.core.needs.want import skills
from router.core.verify.world import verify
from tests.core.drive import Centre

GATEWAY = "main/pbx"
OLD = of.Settings(
    queues=(
        of.Queue("sales", needs=skills(sales=1)),
        of.Queue("cards", needs=skills(cards=1), target_us=60_000_000),
    ),
    agents=(of.Agent("ann", skills=(("sales", 5),)), of.Agent("bob", skills=(("cards", 5),))),
)


class Site:
    """An engine with one gateway, ann and bob signed in and busy, and two contacts waiting in each queue."""

    def __init__(self) -> None:
        self.engine = Engine(OLD, 1)
        self.engine.activate(1_000_000)
        self.now_us = 1_000_000
        self.seq = 0
        self.heard: list[Any] = []
        self.engine.apply(self.now_us, GATEWAY, GatewayUp("i", reports_connecting=False))
        self.say(ask.SyncEnd)
        for agent, address in (("ann", "101"), ("bob", "102")):
            self.say(ask.LogIn, agent, True)
            self.say(ask.Attach, address, agent)
        for number in range(3):
            self.say(ask.Enqueue, f"s{number}", "sales")
            self.say(ask.Enqueue, f"c{number}", "cards")

    def say(self, kind: type[ask.Request], *fields: Any) -> Any:
        """Send a request a second later; returns its reply."""
        self.now_us += 1_000_000
        self.seq += 1
        self.engine.apply(self.now_us, GATEWAY, kind(self.seq, *fields))
        told = [message for _, message in self.engine.take_effects()]
        self.heard += told
        return next(message for message in told if getattr(message, "re", 0) == self.seq)

    def switch(self, **changes: Any) -> None:
        """Another version."""
        settings = msgspec.structs.replace(self.engine.world.settings, **changes)
        settings = msgspec.structs.replace(settings, version=settings.version + 1)
        self.engine.stage(settings)
        self.engine.apply(self.now_us, "", Configure(settings.version))
        self.heard += [message for _, message in self.engine.take_effects()]
        assert verify(self.engine.world) == []

    def offers(self) -> list[str]:
        """Contacts offered so far, in order, with the agent."""
        return [f"{message.contact} to {message.agent}" for message in self.heard if isinstance(message, Offer)]

    def finish(self, contact: str) -> None:
        """Accept and complete the contact's offer."""
        offer = next(o for o in self.engine.world.offers.values() if o.contact.id == contact)
        self.say(ask.Accept, offer.id)
        self.say(ask.Complete, contact)


def position(site: Site, contact: str) -> int:
    """Where the contact stands."""
    reply = site.say(ask.Position, contact)
    assert isinstance(reply, PositionReply)
    return reply.position


def queues(**changes: Any) -> tuple[of.Queue, ...]:
    """The old queues, `sales` with changes."""
    return (msgspec.structs.replace(OLD.queues[0], **changes), OLD.queues[1])


def test_an_agent_who_learns_a_skill_takes_those_who_wait() -> None:
    """Ann learns cards while idle: the contact that waits longest is hers at once."""
    site = Site()
    for contact in ("s0", "s1", "s2"):
        site.finish(contact)
    ann = msgspec.structs.replace(OLD.agents[0], skills=(("cards", 3), ("sales", 5)))
    site.switch(agents=(ann, OLD.agents[1]))
    assert site.offers()[-1] == "c1 to ann"


def test_a_lower_target_makes_a_line_more_urgent() -> None:
    """An agent of both queues takes by the targets in force now, without any contact being touched."""
    site = Site()
    both = tuple(msgspec.structs.replace(agent, skills=(("cards", 5), ("sales", 5))) for agent in OLD.agents)
    site.switch(agents=both, queues=queues(target_us=3_600_000_000))
    site.finish("s0")
    assert site.offers()[-1] == "c1 to ann"


def test_other_needs_move_the_line_with_its_order() -> None:
    """Contacts of a queue that asks for another skill keep their places in the new line."""
    site = Site()
    site.switch(queues=queues(needs=skills(loans=1)))
    assert [position(site, contact) for contact in ("s1", "s2")] == [1, 2]
    ann = msgspec.structs.replace(OLD.agents[0], skills=(("loans", 1),))
    site.switch(agents=(ann, OLD.agents[1]))
    site.finish("s0")
    assert site.offers()[-1] == "s1 to ann"


def test_a_queue_that_is_gone_is_served_to_the_end() -> None:
    """It takes nobody in, and who waits is still offered."""
    site = Site()
    site.switch(queues=OLD.queues[1:])
    reply = site.say(ask.Enqueue, "late", "sales")
    assert isinstance(reply, Error)
    assert reply.code == "unknown_queue"
    site.finish("s0")
    assert site.offers()[-1] == "s1 to ann"
    site.switch(queues=OLD.queues)
    assert isinstance(site.say(ask.Enqueue, "later", "sales"), Queued)


def test_an_agent_who_is_gone_finishes_first() -> None:
    """Signed out after the talk, and not let in again."""
    site = Site()
    offer = next(o for o in site.engine.world.offers.values() if o.contact.id == "s0")
    site.say(ask.Accept, offer.id)
    site.switch(agents=OLD.agents[1:])
    assert site.engine.world.agents["main", "ann"].state == "available"
    site.say(ask.Complete, "s0")
    assert AgentState("ann", "offline") in site.heard
    reply = site.say(ask.LogIn, "ann", True)
    assert isinstance(reply, Error)
    assert reply.code == "unknown_agent"


@pytest.mark.parametrize("choice", ["round_robin", "least_occupied", "best_skill"])
def test_another_agent_choice_rebuilds_the_orders(choice: of.AgentChoice) -> None:
    """Free agents are found by the new choice at once."""
    site = Site()
    for contact in ("s0", "s1", "s2"):
        site.finish(contact)
    site.switch(queues=queues(agent_choice=choice))
    site.say(ask.Enqueue, "new", "sales")
    assert site.offers()[-1] == "new to ann"


def test_there_and_back_is_nothing() -> None:
    """After a change and its opposite the world decides as before."""
    plain, changed = Site(), Site()
    changed.switch(queues=queues(needs=skills(loans=1), contact_class=2, agent_choice="round_robin"), agents=())
    changed.switch(queues=OLD.queues, agents=OLD.agents)
    for site in (plain, changed):
        site.say(ask.LogIn, "ann", True)
        site.say(ask.LogIn, "bob", True)
        for contact in ("s0", "c0", "s1", "c1"):
            site.finish(contact)
    assert plain.offers() == changed.offers()


def test_fewer_customers_are_remembered_from_now_on() -> None:
    """Those heard of longest ago are forgotten: with the reload, or with the start where it came meanwhile."""
    for restarted in (False, True):
        centre = Centre(OLD, reports_connecting=True)
        centre.agent("ann")
        for number in range(4):
            centre.call(f"c{number}", "sales", customer=f"anna-{number}")
            centre.talk(f"c{number}")
            centre.ok(Connected(0, f"c{number}"))
            centre.ok(End(0, f"c{number}"))
            centre.say(Complete(0, f"c{number}"))
        assert len(centre.engine.world.customers) == 4
        fewer = msgspec.structs.replace(OLD, version=2, repeat=of.Repeat(customers_max=2))
        if restarted:
            centre.settings = fewer
            centre.restart()
        else:
            centre.engine.stage(fewer)
            centre.give("", Configure(2))
        assert len(centre.engine.world.customers) == 2
        assert sum(kind == "customer" for kind, _ in centre.records) == 2
