"""What the engine learns of its own traffic, and how it reads that: on a small centre whose talks last two minutes."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from router.core import commands as ask
from router.core import internal as told
from router.core import settings as of
from router.core.effects import QueueStatus, StatusReply
from router.core.engine import Engine
from router.core.entities import Contact
from router.core.estimates import slices
from router.core.estimates.expect import estimate, estimate_of
from router.core.estimates.kept import LearnedRecord
from router.core.estimates.service import Service
from router.core.estimates.settings import Estimating
from router.core.estimates.state import GHOSTS_MOST, KEEP_US, SLICE_US
from router.core.line import Line
from router.core.needs.want import Want
from router.core.routes.settings import Route
from router.core.stored.everything import everything
from router.ewt import Estimate
from router.terms import SECOND_US
from tests.core.drive import TENANT, Centre

TALK_S = 120
AGENTS = ("ann", "bob")
KNOWN = Estimating(low_confidence_lives=10, medium_confidence_lives=15)


def settings(estimates: Estimating = KNOWN, **changes: object) -> of.Settings:
    """One queue, two agents; a row of the routes marks what comes by the entry `test`."""
    queue = of.Queue("q", enter_unstaffed=True, **changes)  # type: ignore[arg-type]
    return of.Settings(queues=(queue,), agents=tuple(of.Agent(name) for name in AGENTS), estimates=estimates)


def line(site: Centre, queue: str = "q") -> Line:
    """The queue's own line."""
    return site.engine.world.queues[TENANT, queue].own["voice"]


def contact(site: Centre, name: str) -> Contact:
    """A contact that lives."""
    return site.engine.world.peers[f"{TENANT}/gw"].contacts[name]


def service(site: Centre) -> Service:
    """What is known of the queue."""
    return site.engine.world.estimates.by_name[f"{TENANT}/q/voice"]


def serve(site: Centre, count: int, named: str = "c") -> None:
    """So many calls come two at a time, are served, and talk as long as ever: one second apart, so that both agents
    never come free at once."""
    for number in range(0, count, 2):
        pair = (f"{named}{number}", f"{named}{number + 1}")
        for name in pair:
            site.call(name)
            site.talk(name)
            site.wait(1)
        for name in pair:
            site.wait(TALK_S / 2)
            site.ok(ask.End(0, name))


def experienced(estimates: Estimating = KNOWN, calls: int = 40) -> Centre:
    """A centre that has served some calls; nobody waits, nobody talks."""
    site = Centre(settings(estimates))
    for name in AGENTS:
        site.agent(name)
    serve(site, calls)
    site.wait(5)
    return site


def crowded() -> Centre:
    """Both agents talk since a minute, and four wait."""
    site = experienced()
    for name in ("t1", "t2"):
        site.call(name)
        site.talk(name)
    site.wait(60)
    for name in ("w1", "w2", "w3", "w4"):
        site.call(name)
        site.wait(3)
    return site


def ask_of(site: Centre, name: str) -> Estimate:
    """What this contact would be told."""
    said = estimate_of(site.engine.world, contact(site, name))
    assert said is not None
    return said


def test_it_learns_and_reads_the_ages_of_talks() -> None:
    """After forty equal talks an agent who has talked for most of that time is nearly free: far sooner than the closed
    form believes, which knows no ages."""
    site = crowded()
    first, last = ask_of(site, "w1"), ask_of(site, "w4")
    assert first.confidence == "high"
    closed_form_s = TALK_S / len(AGENTS)
    assert first.mean < closed_form_s
    assert first.p10 <= first.p50 <= first.p80 <= first.p90
    assert first.mean < last.mean
    joins = estimate(site.engine.world, line(site), 4)
    assert joins is not None
    assert joins.mean >= last.mean


def test_few_talks_are_the_closed_form_of_low_confidence() -> None:
    """Under the limit nothing is made of what was learned so far."""
    site = experienced(Estimating(low_confidence_lives=1000, medium_confidence_lives=2000))
    for name in ("t1", "t2", "w1"):
        site.call(name)
    site.talk("t1")
    site.talk("t2")
    assert ask_of(site, "w1").confidence == "low"


def test_a_free_agent_never_raises_it() -> None:
    """One more able agent who signs in takes somebody: those who wait on are told less, not more."""
    site = crowded()
    before = ask_of(site, "w4")
    site.ok(ask.LogIn(0, "ann", ready=True))
    site.wait(2)
    assert ask_of(site, "w4").mean <= before.mean


def test_it_goes_on_after_a_start() -> None:
    """What was recorded is known again, and estimates with it; nothing but the last half minute is lost."""
    site = experienced()
    site.wait(2 * KEEP_US / SECOND_US)
    lives = service(site).talk.lives
    assert lives == 40
    site.restart(away_s=5)
    assert service(site).talk.lives == lives
    # No record is written until something new was learned.
    assert site.engine.take_batch() is None or not service(site).dirty


class Tapped:
    """An engine whose batches are looked at; a compiled one can't be given another method."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.learned: list[tuple[str, str, bytes]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def take_batch(self, records: bool = True, most: int = 0) -> Any:
        """The engine's own; what it keeps of what was learned is noted."""
        batch = self._engine.take_batch(records, most)
        if batch is not None:
            self.learned.extend(put for put in batch.puts if put[0] == "learned")
        return batch


def test_records_are_by_the_clock_not_by_the_call() -> None:
    """However many calls end in half a minute, each service is recorded once."""
    site = experienced()
    site.wait(2 * KEEP_US / SECOND_US)
    tapped = Tapped(site.engine)
    site.engine = tapped  # type: ignore[assignment]  # all but one of its methods are the engine's
    for number in range(20):
        site.call(f"s{number}")
        site.talk(f"s{number}")
        site.wait(0.5)
        site.ok(ask.End(0, f"s{number}"))
    site.wait(2 * KEEP_US / SECOND_US)
    assert len(tapped.learned) in (1, 2)


def test_a_record_of_another_schema_is_not_taken_up() -> None:
    """Nor is one that nobody can read: learning begins anew, the record is dropped, and nothing else is lost."""
    for learned, state in ((99, {}), (1, {"talk": "nonsense"})):
        site = experienced()
        site.wait(2 * KEEP_US / SECOND_US)
        site.call("waits")
        kind_and_key = ("learned", f"{TENANT}/q/voice")
        record = msgspec.msgpack.decode(site.records[kind_and_key], type=LearnedRecord)
        record.learned, record.state = learned, state
        site.records[kind_and_key] = msgspec.msgpack.encode(record)
        site.restart()
        assert site.engine.world.estimates.by_name == {}
        assert kind_and_key not in site.records
        assert contact(site, "waits").state in ("waiting", "offered")


def test_a_reload_keeps_what_still_applies() -> None:
    """Other settings change how one learns, not what was learned; a queue that is gone is forgotten, record and all."""
    site = experienced()
    site.wait(2 * KEEP_US / SECOND_US)
    configure(site, msgspec.structs.replace(settings(Estimating(half_life_lives=777)), version=2))
    assert service(site).settings.half_life_lives == 777
    assert service(site).talk.lives == 40
    assert any(isinstance(entity, Service) for entity in everything(site.engine.world))
    gone = msgspec.structs.replace(settings(), version=3, queues=(of.Queue("other"),))
    configure(site, gone)
    site.restart()
    assert site.engine.world.estimates.by_name == {}


def test_switched_off_nothing_is_learned() -> None:
    """`enabled = false`: no table, no deadline, the closed form alone."""
    site = experienced(Estimating(enabled=False))
    estimates = site.engine.world.estimates
    assert estimates.by_name == {}
    assert estimates.due_us == 0
    said = estimate(site.engine.world, line(site), 5)
    assert said is not None
    assert said.confidence == "low"


def configure(site: Centre, new: of.Settings) -> None:
    """Switch to other settings."""
    site.engine.stage(new)
    site.settings = new
    site.give("", told.Configure(new.version))
    site.wait(1)


def test_who_hangs_up_is_judged_by_the_wait_they_would_have_had() -> None:
    """The ghost of an abandoner is released when an agent takes somebody who came later, and only then."""
    site = crowded()
    estimates = site.engine.world.estimates
    followed = [name for name in ("w1", "w2", "w3") if contact(site, name) in estimates.said]
    assert followed
    site.ok(ask.End(0, followed[0]))
    ghosts = estimates.ghosts[line(site)]
    assert len(ghosts) == 1
    judged = service(site).judge.judged
    site.wait(30)
    assert len(estimates.ghosts[line(site)]) == 1
    # Everybody else who came before is served, then one who came later.
    for _ in range(4):
        for talks in ("ann", "bob"):
            held = [offer.contact.id for offer in site.engine.world.offers.values() if offer.agent.name == talks]
            for name in held:
                if contact(site, name).state == "offered":
                    site.talk(name)
                site.ok(ask.End(0, name))
                site.wait(1)
    assert line(site) not in estimates.ghosts
    site.wait(5)
    assert service(site).judge.judged > judged


def test_ghosts_are_bounded() -> None:
    """A crowd that hangs up leaves no more of them than the limit."""
    site = crowded()
    for number in range(3 * GHOSTS_MOST):
        site.call(f"h{number}")
        site.wait(2.1)
    for number in range(3 * GHOSTS_MOST):
        site.ok(ask.End(0, f"h{number}"))
    assert len(site.engine.world.estimates.ghosts[line(site)]) <= GHOSTS_MOST


def test_above_the_rate_a_sample_is_learned_from() -> None:
    """Counters stay exact, while fewer lives are handed over."""
    site = experienced(msgspec.structs.replace(KNOWN, sample_above_per_s=1), calls=4)
    estimates = site.engine.world.estimates
    for number in range(400):
        site.call(f"f{number}")
        site.talk(f"f{number}")
        site.wait(0.02)
        site.ok(ask.End(0, f"f{number}"))
    assert estimates.stride > 1
    site.wait(40)
    assert estimates.legs == 404
    assert service(site).talk.lives < 300
    site.wait(10)
    assert estimates.stride == 1


def test_slices_come_by_core_time_only() -> None:
    """Any number of commands at one moment make no work but what was due before."""
    site = crowded()
    estimates = site.engine.world.estimates
    site.wait(10)
    before = estimates.worked_us
    for number in range(50):
        site.call(f"n{number}")
    assert estimates.worked_us == before
    site.wait(3 * SLICE_US / SECOND_US)
    assert estimates.worked_us > before


def test_needs_of_their_own_are_estimated_from_who_meets_them() -> None:
    """Who needs one of the two agents waits for that one's talk, and is told more than who may have either."""
    skilled = (of.Agent("ann", skills=(("cards", 5),)), of.Agent("bob"))
    site = Centre(msgspec.structs.replace(settings(), agents=skilled))
    for name in AGENTS:
        site.agent(name)
    serve(site, 40)
    for name in ("t1", "t2"):
        site.call(name)
        site.talk(name)
    site.wait(5)
    for name in ("w1", "w2", "w3"):
        site.call(name)
    site.call("special", needs={"cards": 1})
    site.call("plain")
    site.wait(5)
    special, plain = ask_of(site, "special"), ask_of(site, "plain")
    assert special.confidence == plain.confidence == "high"
    assert contact(site, "special").line is not contact(site, "plain").line
    assert contact(site, "special").needs.want == Want((("cards", 1),))
    assert special.mean > 0


def test_status_says_how_good_they_are() -> None:
    """Once a wait was judged the queue's status has a row of it by channel, and none before."""
    site = crowded()
    assert status(site).estimates == []
    for name in ("t1", "t2"):
        site.ok(ask.End(0, name))
    for name in ("w1", "w2"):
        site.talk(name)
    site.wait(KEEP_US / SECOND_US)
    (judged,) = status(site).estimates
    assert judged.channel == "voice"
    assert judged.judged >= 1
    assert 0 <= judged.near <= 1
    assert 0 <= judged.covered <= 1
    assert 0 <= judged.promise_kept <= 1


def status(site: Centre) -> QueueStatus:
    """The queue's status as a client gets it."""
    reply = site.say(ask.Status(0, "q"))
    assert isinstance(reply, StatusReply)
    return reply.queues[0]


def test_test_calls_teach_nothing() -> None:
    """A call that a row of the routes marks as a test is neither learned from nor followed; all the same it takes a
    place."""
    site = Centre(msgspec.structs.replace(settings(), routes=(Route("test", queue="q", test=True),)))
    site.agent("ann")
    for number in range(20):
        site.call(f"x{number}", None, entry="test")  # type: ignore[arg-type]  # the routes name the queue
        site.talk(f"x{number}")
        site.wait(10)
        site.ok(ask.End(0, f"x{number}"))
    for number in range(3):
        site.call(f"y{number}", None, entry="test")  # type: ignore[arg-type]
    site.wait(KEEP_US / SECOND_US)
    site.ok(ask.End(0, "y2"))
    estimates = site.engine.world.estimates
    assert estimates.lives == []
    assert all(service.talk.lives == 0 and service.patience.lives == 0 for service in estimates.by_name.values())
    assert estimates.said == {}


def test_where_nobody_asks_only_some_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a service that has learned enough one in half an hour is made to learn on; once somebody asks, each is."""
    monkeypatch.setattr(slices, "LEARN_ALL", 0)
    site = experienced()
    # Since it has begun to learn each was made.
    site.wait(slices.REST_US / SECOND_US)
    made = []
    for round_ in range(4):
        for name in ("t1", "t2", "w"):
            site.call(f"{name}{round_}")
            if not name.startswith("w"):
                site.talk(f"{name}{round_}")
        site.wait(10)
        made.append(site.engine.world.estimates.views[line(site)].made_us)
        if round_ == 2:
            ask_of(site, "w2")
        for name in ("w", "t1", "t2"):
            site.ok(ask.End(0, f"{name}{round_}"))
        site.wait(60)
    assert made[0] == made[1] == made[2] < made[3]
    assert site.now_us - made[3] < 80 * SECOND_US
