"""Going over to another version in slices: here of one piece each, with the world checked after every one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import structs

from router.core import commands as ask
from router.core import internal as told
from router.core import settings as of
from router.core.effects import Treat, Treatment
from router.core.needs import courses
from router.core.needs.asked import Step
from router.core.needs.want import skills
from router.core.reload import crossing
from router.core.verify.world import verify
from router.terms import SECOND_US
from tests.core.drive import Centre

AGENTS = 6
SALES = of.Queue("sales", needs=skills(sales=1), treatments=(("nobody_left", Treatment("message", "gone")),))
CARDS = of.Queue("cards", needs=skills(cards=1), target_us=60 * SECOND_US)
OLD = of.Settings(
    queues=(SALES, CARDS),
    agents=tuple(of.Agent(f"a{i}", skills=(("cards", 5), ("sales", 1 + i))) for i in range(AGENTS)),
)
IN_ORDER = [f"s{i}" for i in range(AGENTS)]


@pytest.fixture(autouse=True)
def one_piece_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every piece of work is a step of its own."""
    monkeypatch.setattr(crossing, "SLICE_US", 1)


class Site(Centre):
    """All agents but `free` talk; some wait in each queue."""

    def __init__(self, settings: of.Settings = OLD, waiting: int = AGENTS, free: int = 0) -> None:
        super().__init__(settings)
        for i in range(AGENTS):
            self.agent(f"a{i}")
        for i in range(AGENTS - free):
            self.call(f"busy{i}", "sales")
            self.talk(f"busy{i}")
        for i in range(waiting):
            self.wait(1)
            self.call(f"s{i}", "sales")
            self.call(f"c{i}", "cards")

    def begin(self, **changes: Any) -> None:
        """Begin to switch, and do the first slice."""
        version = self.settings.version + 1
        self.settings = structs.replace(self.settings, version=version, **changes)
        self.engine.stage(self.settings)
        self.engine.apply(self.now_us, "", told.Configure(version))
        self.heard += self.engine.take_effects()
        assert verify(self.engine.world) == []

    def slices(self) -> Iterator[None]:
        """One slice after the other, each checked, until everybody has crossed."""
        while self.engine.world.crossing is not None:
            yield
            self.engine.tick(self.now_us)
            self.heard += self.engine.take_effects()
            assert verify(self.engine.world) == []
        assert not [line for queue in self.engine.world.queues.values() for line in queue.lines if line.version]

    def through(self) -> int:
        """To the end; how many slices it took."""
        return sum(1 for _ in self.slices())

    def in_order(self, queue: str) -> list[str]:
        """Who stands in the lines of a queue, by their places."""
        found = self.engine.world.queues["main", queue]
        return [entry[2].id for entry in sorted(entry for line in found.lines for entry in line.order)]

    def one(self, command: ask.Request) -> None:
        """One command from the gateway, without letting slices come to their end."""
        command.seq = self._seq["gw"] = self._seq["gw"] + 1
        self.engine.apply(self.now_us, "main/gw", command)
        self.heard += self.engine.take_effects()


@pytest.mark.parametrize(
    "changes",
    [
        {"needs": skills(sales=2)},
        {"order": "newest"},
        {"contact_class": 3},
        {"relax": (Step(3 * SECOND_US, needs=skills(cards=1)),)},
        {"boost": 0.5, "target_us": 5 * SECOND_US},
        {"wait_most_us": 900 * SECOND_US},
        {"agent_choice": "round_robin"},
        {"channels": ("voice", "chat")},
    ],
    ids="_".join,
)
def test_everybody_keeps_their_place(changes: dict[str, Any]) -> None:
    """Whatever changes about a queue: after each slice the world is legal, and in the end all stand in order."""
    site = Site()
    site.begin(queues=(structs.replace(SALES, **changes), CARDS))
    assert site.through() > 1
    assert site.in_order("sales") == (IN_ORDER[::-1] if changes.get("order") == "newest" else IN_ORDER)
    assert site.in_order("cards") == [f"c{i}" for i in range(AGENTS)]
    for contact in site.engine.world.peers["main/gw"].contacts.values():
        course = contact.line.course if contact.line is not None else None
        assert course is None or course.queue.courses[course.way] is course


def test_a_skill_renamed_everywhere_sends_nobody_away() -> None:
    """Queue and agents get the new name in one reload: for some slices nobody seems able, and nobody is treated for
    that, nor refused."""
    site = Site()
    agents = tuple(structs.replace(agent, skills=(("cards", 5), ("selling", 5))) for agent in OLD.agents)
    site.begin(queues=(structs.replace(SALES, needs=skills(selling=1)), CARDS), agents=agents)
    came = False
    for _ in site.slices():
        needs = site.engine.world.queues["main", "sales"].own["voice"].needs
        if not came and needs.want == skills(selling=1):
            assert needs.staffed == 0
            came = True
            site.one(ask.Enqueue(0, "late", "sales"))
    assert came
    site.rest()
    assert not site.told(Treat)
    assert site.in_order("sales") == [*IN_ORDER, "late"]


def test_who_is_left_without_anybody_is_treated_in_the_end() -> None:
    """Nobody has the skill that the queue asks for now: once all have crossed, its treatment is carried out."""
    site = Site()
    site.begin(queues=(structs.replace(SALES, needs=skills(selling=1)), CARDS))
    for _ in site.slices():
        assert not site.told(Treat)
    site.rest()
    assert [treat.contact for treat in site.told(Treat)] == IN_ORDER


def test_who_may_not_wait_for_nobody_any_more_is_treated() -> None:
    """The queue let people wait for whom nobody is able; from now on it does not."""
    lenient = structs.replace(SALES, needs=skills(loans=1), enter_unstaffed=True)
    site = Site(structs.replace(OLD, queues=(lenient, CARDS)), waiting=1, free=AGENTS)
    site.call("s9", "sales")
    site.begin(queues=(structs.replace(SALES, needs=skills(loans=1)), CARDS))
    site.through()
    site.rest()
    assert [treat.contact for treat in site.told(Treat)] == ["s0", "s9"]


def test_what_is_offered_meanwhile_names_the_version_it_was_made_by() -> None:
    """Who has not crossed is taken by the needs of before, and the record says so."""
    site = Site(structs.replace(OLD, queues=(structs.replace(SALES, target_us=SECOND_US), CARDS)))
    site.begin(queues=(structs.replace(SALES, needs=skills(sales=9)), CARDS))
    for _ in site.slices():
        if site.engine.world.settings.version == 2:
            break
    site.one(ask.End(0, "busy0"))
    offers = [offer for offer in site.engine.world.offers.values() if offer.state == "offered"]
    assert [(offer.contact.id, offer.version) for offer in offers] == [("s0", 1)]
    site.through()


def test_what_rings_while_its_agent_crosses_rings_on() -> None:
    """An agent who can do something else now goes on with what was offered in this version, before they crossed."""
    site = Site(free=1, waiting=1)
    (offer,) = (offer for offer in site.engine.world.offers.values() if offer.state == "offered")
    offer.version = 2
    site.wait(1)
    site.begin(agents=tuple(structs.replace(agent, skills=(("other", 1),)) for agent in OLD.agents))
    site.through()
    assert offer.state == "offered"
    assert site.offers() == {offer.contact.id: offer.agent.name}


def test_a_second_version_in_the_middle_waits_for_the_first() -> None:
    """What was under way is through before the next begins."""
    site = Site()
    site.begin(queues=(structs.replace(SALES, needs=skills(sales=2)), CARDS))
    site.engine.tick(site.now_us)
    site.begin(queues=(structs.replace(SALES, needs=skills(sales=3)), CARDS))
    assert site.through()
    (line,) = site.engine.world.queues["main", "sales"].lines
    assert line.needs.want == skills(sales=3)
    assert site.in_order("sales") == IN_ORDER


def test_a_start_in_the_middle_has_the_new_version_whole() -> None:
    """Nothing of crossing is stored: the records and the new settings make the world that would have come of it."""
    site = Site()
    talks = {offer.contact.id: offer.agent.name for offer in site.engine.world.offers.values()}
    site.begin(queues=(structs.replace(SALES, needs=skills(sales=2)), CARDS), agents=OLD.agents[:-1])
    site.engine.tick(site.now_us)
    site._keep()
    site.restart()
    site.up("gw", synced=False)
    alive = tuple(ask.AliveContact(name, "sales", talks_to=talks.get(name)) for name in (*IN_ORDER, *talks))
    devices = tuple(ask.AliveEndpoint(f"sip-a{i}", f"a{i}", ("voice",)) for i in range(AGENTS))
    site.ok(ask.Sync(0, alive, devices))
    site.say(ask.SyncEnd(0))
    assert site.in_order("sales") == IN_ORDER
    (line,) = site.engine.world.queues["main", "sales"].lines
    assert line.needs.want == skills(sales=2)


def test_an_untouched_site_has_nothing_to_cross() -> None:
    """A reload of the same leaves every agent, queue and contact as it is, and records none of them."""
    site = Site()
    site.engine.take_batch()
    site.begin()
    site.through()
    batch = site.engine.take_batch()
    assert batch is None or {kind for kind, _, _ in batch.puts} == {"world"}


def test_what_is_known_of_steps_is_recorded_after_crossing() -> None:
    """A step's condition held once: whoever waits on it has it in effect, and a start after a reload knows that."""
    steps = (Step(SECOND_US, needs=skills(cards=1), if_none_free=True),)
    site = Site(structs.replace(OLD, queues=(structs.replace(SALES, relax=steps), CARDS)))
    site.wait(10)
    assert [key for kind, key in site.records if kind == "steps"]
    for level in (2, 3):
        site.begin(queues=(structs.replace(SALES, relax=steps, needs=skills(sales=level)), CARDS))
        for _ in site.slices():
            site._keep()
        site._keep()
        known = {
            courses.record_key(course)
            for queue in site.engine.world.queues.values()
            for course in queue.courses.values()
            if course.held_us
        }
        assert known
        assert {key for kind, key in site.records if kind == "steps"} == known


def test_a_version_that_is_asked_for_meanwhile_waits_for_the_one_before() -> None:
    """It holds nobody up: both are gone over to in slices, one after the other, and the last one is in force."""
    site = Site()
    versions = [site.settings.version]
    site.begin(queues=(structs.replace(SALES, needs=skills(sales=2)), CARDS))
    site.begin(queues=(structs.replace(SALES, needs=skills(sales=3)), CARDS))
    assert site.engine.world.settings.version == versions[0], "one slice of the first was done, and nothing else"
    for _ in site.slices():
        if site.engine.world.settings.version != versions[-1]:
            versions.append(site.engine.world.settings.version)
    assert versions == [1, 2, 3]
    assert site.in_order("sales") == IN_ORDER
    assert site.engine.world.queues["main", "sales"].settings.needs == skills(sales=3)
