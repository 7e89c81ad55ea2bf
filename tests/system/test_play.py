"""`switchboard play` against real daemons: the ledger is clean, also through kill -9, and agrees with what was kept."""

import asyncio
import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from router.cli.play import centre
from router.cli.play.ledger import FITS
from router.cli.play.own import OwnDaemon, free_port
from router.cli.play.report import PlayReport
from router.cli.play.stage import perform
from router.core.stored import history
from router.store import open_store
from router.trace import Plan, Trace, draws, generate, import_technion, one_day, write_trace
from tests.conftest import ROOT

SPEED = 300
PLAN = Plan(agents=14, half_hours=(1.0,))
"""Half an hour with about 120 calls: six seconds."""


@pytest.fixture(scope="module")
def trace() -> Trace:
    return generate(3, PLAN)


def switchboard(*words: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "router.cli", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def play(folder: Path, trace: Trace, speed: int, kills_s: tuple[float, ...], basis: Trace | None = None) -> PlayReport:
    """Plays against a daemon of our own in this folder, which is stopped in order at the end."""
    port = free_port()
    centre.write(folder, centre.texts(trace, port=port, admin_port=None, log_level="warning"))
    daemon = OwnDaemon(folder, speed)
    try:
        daemon.start()
        drawn = draws(trace, 1, basis=basis)
        report = asyncio.run(perform(trace, drawn, [f"127.0.0.1:{port}"], speed, daemon=daemon, kills_s=kills_s))
        assert not daemon.died, daemon.log_tail()
        assert daemon.stop() == 0
    finally:
        daemon.stop()
    return report


def agrees_with_the_store(folder: Path, report: PlayReport) -> None:
    """The engine's records: each visit exactly once, under an outcome that fits what its gateway saw."""
    store = open_store(f"sqlite:{folder / 'state' / 'switchboard.sqlite'}", "play", temporary=True)
    try:
        kept = [history.decode(entry) for _, entry in store.read(history.STREAM, 0, 1_000_000)]
    finally:
        store.close()
    visits = report.ledger.visits
    assert Counter(visit.contact for visit in kept) == Counter(visits.keys())
    for record in kept:
        visit = visits[record.contact]
        assert visit.end is not None
        assert record.outcome in FITS[visit.end], (record, visit)
        if record.outcome == "answered":
            assert [leg.agent for leg in record.legs if leg.how == "served"] == [visit.agent]


def is_clean(report: PlayReport) -> None:
    told = report.as_json()
    assert told["ledger"] == {"lost": 0, "doubled": 0, "unexpected": 0, "unknown": 0, "first": []}
    assert told["violations"] == 0
    assert told["clean"] is True
    assert told["served"] + told["abandoned"] == told["contacts"] == len(report.trace.contacts)


def test_played_in_peace(tmp_path: Path, trace: Trace) -> None:
    """Every call is served or hangs up, half the offers cross the gateways, and the records agree."""
    report = play(tmp_path, trace, SPEED, ())
    is_clean(report)
    assert report.restarts == 0
    assert report.ledger.offers / 5 < report.ledger.across < report.ledger.offers * 4 / 5
    agrees_with_the_store(tmp_path, report)


def test_played_through_kills(tmp_path: Path, trace: Trace) -> None:
    """The daemon is killed (-9) and started again, twice in the middle of it: nothing is lost, doubled or unknown."""
    report = play(tmp_path, trace, SPEED, (2.0, 4.5))
    is_clean(report)
    # On a busy machine the second kill may come before the monitor is back from the first.
    assert 1 <= report.restarts <= 2
    agrees_with_the_store(tmp_path, report)


@pytest.fixture
def served(tmp_path: Path, trace: Trace) -> Iterator[tuple[Path, Path, int]]:
    """A daemon as a person starts it, on what --write-config wrote: its folder, the trace, its port."""
    path, folder, port = tmp_path / "half.trace", tmp_path / "centre", free_port()
    write_trace(path, trace)
    assert switchboard("play", path, "--write-config", folder, "--speed", SPEED).returncode == 0
    machine = folder / "switchboard.toml"
    text = machine.read_text().replace("port = 7450", f"port = {port}").replace("port = 7451", "port = 0")
    machine.write_text(text)
    process = subprocess.Popen(
        [sys.executable, "-m", "router.cli", "serve", "--config", str(folder), "--speed", str(SPEED), "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = json.loads(process.stdout.readline())
        assert said["ready"] is True
        yield folder, path, port
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_by_hand(served: tuple[Path, Path, int]) -> None:
    """Written configuration, served, played, and looked at: the commands as the page has them."""
    folder, trace, port = served
    played = switchboard("play", trace, "--speed", SPEED, "--address", f"127.0.0.1:{port}", "--json")
    assert played.returncode == 0, played.stdout + played.stderr
    told = json.loads(played.stdout)
    assert told["clean"] is True
    assert not played.stderr
    for way in (("--socket", folder / "state" / "switchboard.sock"), ("--address", f"127.0.0.1:{port}")):
        status = switchboard("status", *way, "--agents", "--json")
        assert status.returncode == 0, status.stderr
        stands = json.loads(status.stdout)
        assert sum(queue["answered"] for queue in stands["queues"]) == told["served"]
        assert sum(queue["abandoned"] for queue in stands["queues"]) == told["abandoned"]
        assert (stands["contacts"], stands["violations"], stands["agents"]) == (0, 0, [])
        assert switchboard("status", *way, "--queue", "none").returncode == 2
    one = switchboard("status", "--address", f"127.0.0.1:{port}", "--queue", "general")
    assert "general" in one.stdout
    assert "trading" not in one.stdout


def test_a_daemon_that_does_not_fit(served: tuple[Path, Path, int], tmp_path: Path) -> None:
    """A trace whose queues the daemon does not have is not played, and neither is one without a daemon."""
    _, _, port = served
    other = generate(1, Plan(agents=4, half_hours=(0.2,)))
    for contact in other.contacts:
        contact.queue = "elsewhere"
    write_trace(tmp_path / "other.trace", other)
    refused = switchboard("play", tmp_path / "other.trace", "--address", f"127.0.0.1:{port}")
    assert refused.returncode == 3
    assert "the daemon has no queue elsewhere" in refused.stderr


@pytest.mark.slow
def test_a_real_day_through_a_kill(tmp_path: Path, shared_data: Callable[[str], Path]) -> None:
    """The second day of February 1999 at 1,200 times the speed, killed in the middle: about 1,800 calls, all zero."""
    month = import_technion(shared_data("bank-1999-02.tsv.gz")).trace
    report = play(tmp_path, one_day(month, 1), 1_200, (25.0,), basis=month)
    is_clean(report)
    assert report.restarts == 1
    agrees_with_the_store(tmp_path, report)
