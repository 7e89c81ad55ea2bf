"""The recorder beside a real world: what a day begins with, how customers are named, where days begin, and that it
stays out of the way."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from router.config.model import Configuration, Daemon, Record
from router.core.batch import Batch
from router.core.commands import LogIn, LogOut, NotReady, Ready, SyncEnd
from router.core.engine import Engine
from router.core.internal import GatewayUp, WallClock
from router.core.needs.want import skills
from router.core.settings import Agent, Queue, Settings
from router.core.stored.history import Visit
from router.daemon.recorder import WAITING_MOST, Recorder
from router.loop.figures import Figures
from router.trace import Trace, read_trace

US = 1_000_000
MIDNIGHT_S = 1_711_839_600
"""31 March 2024 in Berlin: a day of 23 hours."""
SETTINGS = Settings(
    queues=(Queue("cards", needs=skills(card=1)), Queue("shoes", tenant="shop", needs=skills(shoe=1))),
    agents=(Agent("ann", skills=(("card", 7),)), Agent("sue", tenant="shop", skills=(("shoe", 5),))),
)


class Site:
    """An engine whose traffic is recorded, at a time that a test moves."""

    def __init__(self, folder: Path, **record: Any) -> None:
        self.folder = folder
        self.engine = Engine(SETTINGS, epoch=1)
        self.engine.activate(0)
        self.now_us = US
        self.figures = Figures()
        self.seq = 0
        self.heard: list[Callable[[Batch], None]] = []
        configuration = Configuration(
            settings=SETTINGS,
            daemon=Daemon(state_directory=str(folder)),
            record=Record(traces=True, traces_time_zone="Europe/Berlin", **record),
        )
        clock = SimpleNamespace(now_us=lambda: self.now_us)
        daemon = SimpleNamespace(
            configuration=configuration,
            engine=self.engine,
            figures=self.figures,
            batch_heard=self.heard,
            loop=SimpleNamespace(clock=clock),
        )
        self.recorder = Recorder(daemon)  # type: ignore[arg-type]  # the parts of a daemon that it reads

    def at(self, clock_s: float) -> None:
        """The wall clock shows so many seconds after midnight of the Sunday."""
        utc_s = MIDNIGHT_S + clock_s
        self.now_us = (
            max(self.now_us + 1, round(utc_s * US) - self.engine.world.ahead_us) if self.engine.world.ahead_us else US
        )
        self.engine.apply(self.now_us, "main/gw1", WallClock(int(utc_s)))

    def say(self, tenant: str, command: Callable[[int], Any]) -> None:
        """A gateway of a tenant says something."""
        key = f"{tenant}/gw1"
        if key not in self.engine.world.peers:
            self.engine.apply(self.now_us, key, GatewayUp("i", reports_connecting=False))
            self.engine.apply(self.now_us, key, SyncEnd(1))
        self.seq += 1
        self.engine.apply(self.now_us, key, command(self.seq + 1))
        self.engine.take_batch()
        self.engine.take_effects()

    def ended(self, *visits: Visit) -> None:
        """These visits were kept."""
        for hears in self.heard:
            hears(Batch(1, 1, [], [], [], list(visits), []))

    def flush(self) -> None:
        """A second has passed."""
        asyncio.run(self.recorder._flush())

    def trace(self, name: str) -> Trace:
        """A file of the directory."""
        return read_trace(self.folder / "traces" / f"{name}.trace")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """It records from one o'clock on."""
    made = Site(tmp_path)
    made.at(3_600)
    asyncio.run(started(made))
    return made


async def started(site: Site) -> None:
    """Start it, but for its own clock: the test says when a second has passed."""
    await site.recorder.start()
    assert site.recorder._task is not None
    site.recorder._task.cancel()


def visit(site: Site, name: str, clock_s: float, customer: str | None = None, tenant: str = "main") -> Visit:
    """Somebody who hung up, who came at that time."""
    of = Visit(name, "gw1", tenant, "cards", "voice", "abandoned", customer=customer)
    of.arrived_utc_ms = round((MIDNIGHT_S + clock_s) * 1000)
    return of


def test_agents_as_they_really_were(site: Site) -> None:
    """Shifts begin at the first moment ready, breaks are breaks; other tenants have files of their own."""
    site.say("main", lambda seq: LogIn(seq, "ann", ready=True))
    site.say("shop", lambda seq: LogIn(seq, "sue", ready=True))
    site.at(3_700)
    site.say("main", lambda seq: NotReady(seq, "ann", "lunch"))
    site.at(3_800)
    site.say("main", lambda seq: Ready(seq, "ann"))
    site.flush()
    site.at(3_900)
    site.say("main", lambda seq: LogOut(seq, "ann"))
    site.flush()
    trace = site.trace("2024-03-31")
    (ann,) = trace.agents
    (shift,) = ann.shifts
    assert (ann.skills, shift.skills) == ({"cards": 7}, ("cards",))
    assert shift.from_us == pytest.approx(3_600 * US, abs=US)
    assert shift.to_us == pytest.approx(3_900 * US, abs=US)
    assert [pause.for_us for pause in shift.breaks] == [pytest.approx(100 * US, abs=US)]
    assert [agent.name for agent in site.trace("shop.2024-03-31").agents] == ["sue"]


def test_a_day_begins_with_who_is_there(site: Site) -> None:
    """Over midnight: the old day says that somebody stayed to its end, the new one that they were there from its begin.
    The Sunday on which clocks go forward has 23 hours."""
    site.say("main", lambda seq: LogIn(seq, "ann", ready=True))
    site.flush()
    site.at(23 * 3_600 + 1)
    site.flush()
    sunday, monday = site.trace("2024-03-31"), site.trace("2024-04-01")
    assert sunday.header.days[0].to_us == 23 * 3_600 * US
    assert sunday.agents[0].shifts[0].to_us == 23 * 3_600 * US - 1
    site.at(23 * 3_600 + 500)
    site.say("main", lambda seq: LogOut(seq, "ann"))
    site.flush()
    monday = site.trace("2024-04-01")
    assert monday.header.start == "2024-04-01T00:00:00+02:00"
    assert monday.agents[0].shifts[0].from_us == pytest.approx(US, abs=US)
    assert monday.agents[0].shifts[0].to_us == pytest.approx(500 * US, abs=US)


def test_a_contact_belongs_to_the_day_on_which_it_came(site: Site) -> None:
    """Who came before midnight and ended after it is in the old day's file; who waited for longer than days are kept is
    counted as lost."""
    site.flush()
    site.at(23 * 3_600 + 60)
    site.ended(visit(site, "late", 22 * 3_600), visit(site, "new", 23 * 3_600 + 5), visit(site, "old", -40 * 86_400))
    site.flush()
    assert [each.id for each in site.trace("2024-03-31").contacts] == ["gw1:late"]
    assert [each.id for each in site.trace("2024-04-01").contacts] == ["gw1:new"]
    assert (site.figures.traced, site.figures.traces_lost) == (2, 1)


@pytest.mark.parametrize("how", ["digest", "plain", "none"])
def test_how_customers_are_named(tmp_path: Path, how: str) -> None:
    """The same word for the same customer, also after a restart; nobody's number where it is not wanted."""
    words: list[list[str | None]] = []
    for number in range(2):
        site = Site(tmp_path, traces_customers=how)
        site.at(3_600)
        asyncio.run(started(site))
        site.ended(visit(site, f"a{number}", 100, "+4930123"), visit(site, f"b{number}", 100, "+4930999"))
        site.flush()
        by_id = {each.id: each.customer for each in site.trace("2024-03-31").contacts}
        words.append([by_id[f"gw1:a{number}"], by_id[f"gw1:b{number}"]])
    assert words[0] == words[1]
    if how == "plain":
        assert words[0] == ["+4930123", "+4930999"]
    elif how == "none":
        assert words[0] == [None, None]
    else:
        assert len(set(words[0])) == 2
        assert not any("4930" in (word or "") for word in words[0])
        assert (tmp_path / "traces" / "customers.key").stat().st_mode & 0o777 == 0o600


def test_a_disk_that_hangs_costs_records_and_not_memory(site: Site) -> None:
    """What waits to be written is bounded; what is beyond it is counted."""
    many = [visit(site, "c", 100)] * (WAITING_MOST // 2)
    for _ in range(3):
        site.ended(*many)
    site.flush()
    assert site.figures.traces_lost == WAITING_MOST // 2
    assert site.figures.traced == WAITING_MOST


def test_off_it_costs_nothing(tmp_path: Path) -> None:
    """Without the setting nobody listens and nothing is kept."""
    site = Site(tmp_path)
    record = Record()
    site.recorder._settings = record
    asyncio.run(site.recorder.start())
    assert not site.heard
    assert site.engine.world.roster.presence is None
    assert not (tmp_path / "traces").exists()
