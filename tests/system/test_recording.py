"""A daemon writes its own traffic down: played by real gateways over TCP, read back, replayed, and compared with what
the gateways saw and the store kept."""

import asyncio
from collections import Counter
from pathlib import Path

from router.cli.play import centre
from router.cli.play.own import OwnDaemon, free_port
from router.cli.play.report import PlayReport
from router.cli.play.stage import perform
from router.config import load
from router.core.stored import history
from router.store import open_store
from router.trace import Plan, Trace, draws, generate, read_trace
from router.trace.journal_visits import ENDS
from router.trace.replay.run import replay
from router.trace.whatif.run import run
from tests.system.test_play import is_clean

SPEED = 300
PLAN = Plan(agents=14, half_hours=(1.0,))
RECORD = '\n[record]\ntraces = true\ntraces_time_zone = "Asia/Tokyo"\n'


def play(folder: Path, trace: Trace, kills_s: tuple[float, ...] = ()) -> PlayReport:
    """Plays against a daemon in this folder that records."""
    port = free_port()
    texts = centre.texts(trace, port=port, admin_port=None, log_level="warning")
    texts["switchboard.toml"] += RECORD
    centre.write(folder, texts)
    daemon = OwnDaemon(folder, SPEED)
    try:
        daemon.start()
        played = perform(trace, draws(trace, 1), [f"127.0.0.1:{port}"], SPEED, daemon=daemon, kills_s=kills_s)
        report = asyncio.run(played)
        assert not daemon.died, daemon.log_tail()
        assert daemon.stop() == 0
    finally:
        daemon.stop()
    return report


def kept(folder: Path) -> list[history.Visit]:
    """The engine's own records."""
    store = open_store(f"sqlite:{folder / 'state' / 'switchboard.sqlite'}", "play", temporary=True)
    try:
        return [history.decode(entry) for _, entry in store.read(history.STREAM, 0, 1_000_000)]
    finally:
        store.close()


def recorded(folder: Path) -> list[Trace]:
    """Each day's trace."""
    traces = folder / "state" / "traces"
    return [read_trace(path) for path in sorted(traces.glob("????-??-??.trace"))]


def test_what_is_recorded_is_what_happened(tmp_path: Path) -> None:
    """Every visit that the store has, with its outcome, wait, talk and agent; everybody's shift; and it replays."""
    trace = generate(3, PLAN)
    report = play(tmp_path, trace)
    is_clean(report)
    visits, days = kept(tmp_path), recorded(tmp_path)
    settings = load(tmp_path, read_keys=False).settings
    contacts = [contact for day in days for contact in day.contacts]
    assert len(contacts) == len(visits) == len(trace.contacts)
    assert Counter(each.outcome for each in contacts) == Counter(ENDS[visit.outcome] for visit in visits)
    by_id = {f"{visit.gateway}:{visit.contact}": visit for visit in visits}
    for contact in contacts:
        visit = by_id[contact.id]
        assert contact.wait_us == visit.waited_ms * 1000
        served = [leg for leg in visit.legs if leg.how == "served"]
        assert contact.agent == (served[0].agent if served else None)
        assert contact.service_us == (served[0].talk_ms * 1000 if served else None)
    assert {agent.name for day in days for agent in day.agents} == {agent.name for agent in trace.agents}
    for day in days:
        assert day.header.time_zone == "Asia/Tokyo"
        found = replay(day)
        assert found.violations == {}, found.first_violations
        # The same configuration once more: everybody is known to it by name.
        again = run(day, settings, verify=True)
        assert again.violations == {}, again.first_violations
        assert len(again.callers) == len(day.contacts)
        assert not any("not in the configuration" in each for each in again.said), again.said
    key = tmp_path / "state" / "traces" / "customers.key"
    assert key.stat().st_mode & 0o777 == 0o600 if key.exists() else all(each.customer is None for each in contacts)


def test_a_kill_costs_the_last_moment_only(tmp_path: Path) -> None:
    """Killed with -9 in the middle, twice: what is there can be read and replayed, nothing is there twice, and all that
    ended more than some seconds before a kill is there."""
    trace = generate(4, PLAN)
    report = play(tmp_path, trace, kills_s=(2.0, 4.0))
    assert report.clean
    days = recorded(tmp_path)
    ids = Counter(contact.id for day in days for contact in day.contacts)
    known = {f"{visit.gateway}:{visit.contact}" for visit in kept(tmp_path)}
    assert set(ids) <= known
    assert max(ids.values()) == 1
    assert len(ids) >= len(known) / 2, "two kills cost two seconds, of six at least"
    assert list((tmp_path / "state" / "traces").glob("*.2.trace"))
    for day in days:
        assert replay(day).violations == {}
