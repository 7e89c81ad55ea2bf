"""Who could take a contact: the answer is the engine's own, in pages, and changes nothing."""

from __future__ import annotations

import pytest

from router.core import commands as ask
from router.core import settings as of
from router.core.effects import WhoReply, WhoStatus
from router.core.handlers import who as handler
from router.core.match.choose import usable_endpoint
from router.core.needs.want import skills
from tests.core.drive import TENANT, Centre


def centre(count: int = 9) -> Centre:
    """A centre in which agents differ in level, and in what they do."""
    settings = of.Settings(
        channels=(of.Channel("voice"), of.Channel("chat", units=50, most_at_once=2), of.Channel("email", units=10)),
        queues=(of.Queue("q", channels=("voice", "chat", "email"), needs=skills(cards=2)),),
        agents=tuple(of.Agent(f"a{number}", skills=(("cards", number % 4 + 1),)) for number in range(count)),
    )
    return Centre(settings)


def answer(site: Centre, **asked: object) -> WhoReply:
    """The reply to `who`."""
    reply = site.say(ask.Who(0, **asked))  # type: ignore[arg-type]  # the fields of the request
    assert isinstance(reply, WhoReply)
    return reply


@pytest.mark.parametrize("channel", ["voice", "chat", "email"])
def test_those_who_could_are_those_whom_the_engine_would_offer_it(channel: str) -> None:
    """Agents in every kind of state: whom `who` names are exactly those in the pools of the queue's needs."""
    site = centre()
    channels = ("voice", "chat", "email")
    for number in range(1, 9):
        site.agent(f"a{number}", channels=channels[: number % 3 + 1], ready=number != 2)
    for number in range(2):
        site.call(f"c{number}", channel="voice")
    site.call("c4", channel="chat")
    site.talk("c0")
    site.ok(ask.NotReady(0, site.talk("c1"), "lunch"))
    found = answer(site, queue="q", channel=channel)
    needs = site.engine.world.queues[TENANT, "q"].own[channel].needs
    able = {
        entry[3].name
        for pool in needs.ready.values()
        for entry in pool.orders["free_since_us"]
        if usable_endpoint(entry[3], channel) is not None
    }
    assert {entry.agent for entry in found.agents if entry.takes} == able
    assert able
    assert len({entry.why_not for entry in found.agents}) >= 3


def test_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """By name; every agent once; the last page says that it is the last."""
    monkeypatch.setattr(handler, "PAGE", 4)
    site = centre()
    found: list[WhoStatus] = []
    pages = 0
    more = True
    while more:
        page = answer(site, after=found[-1].agent if found else "")
        found += page.agents
        more = page.more
        pages += 1
    assert [entry.agent for entry in found] == [f"a{number}" for number in range(9)]
    assert pages == 3


def test_refused() -> None:
    """Each code that the request lists."""
    site = centre()
    assert site.refused(ask.Who(0, needs={"cards": 3, "any": ({},)})) == "bad_needs"
    assert site.refused(ask.Who(0, contact="c1", gateway="nobody")) == "unknown_contact"
    assert site.refused(ask.Who(0, "nowhere")) == "unknown_queue"
    assert site.refused(ask.Who(0, "q", "smoke")) == "unknown_channel"
    assert site.refused(ask.Who(0, channel="smoke")) == "unknown_channel"
    site.agent("a3")
    site.call("c1")
    site.talk("c1")
    site.ok(ask.End(0, "c1"))
    assert site.refused(ask.Who(0, contact="c1", gateway="gw")) == "bad_state"


def test_it_changes_nothing() -> None:
    """No line, no course and no record comes of asking."""
    site = centre()
    queue = site.engine.world.queues[TENANT, "q"]
    before = (dict(queue.courses), dict(queue.lines), dict(site.engine.world.roster.needs), dict(site.records))
    answer(site, queue="q", needs={"cards": 4, "prefer": {"cards": 9}}, language="german")
    assert (queue.courses, queue.lines, site.engine.world.roster.needs, site.records) == before
