"""The daemon as a process: started, stopped, killed, starved and told to read its configuration again."""

from __future__ import annotations

import contextlib
import itertools
import json
import resource
import signal
import socket
import stat
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from router.daemon import exits
from tests.system.serving import Person, Serving


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    made = Serving(tmp_path)
    yield made
    made.end()


def readyz(ready: dict[str, Any]) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://{ready['admin']}/readyz", timeout=10) as reply:
        shown: dict[str, Any] = json.load(reply)
    return shown


def wait_until(condition: Any) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def relist(person: Person, contacts: list[str]) -> dict[str, Any]:
    """After a reconnect: say what is alive."""
    alive = [{"contact": contact, "queue": "loans"} for contact in contacts]
    for number, start in enumerate(range(0, len(alive), 200), start=1_000_000):
        assert person.ask(t="sync", seq=number, contacts=alive[start : start + 200])["t"] == "ok"
    return person.ask(t="sync_end", seq=2_000_000)


def test_kill_9_loses_nothing_that_was_acknowledged(serving: Serving) -> None:
    """Killed in the middle of a stream of new contacts and started again: every acknowledged contact waits at
    its place, under a higher epoch, and its wait has gone on."""
    serving.start()
    person = Person(serving)
    person.begin()
    for seq in range(12, 1000):
        person.say(t="enqueue", seq=seq, contact=f"c{seq}", queue="loans")
    while len(person.replies) < 300:
        person.read()
    serving.kill()
    killed_s = time.monotonic()
    person.read_all()
    acknowledged = [re for re, reply in person.replies.items() if reply["t"] == "queued"]
    assert len(acknowledged) >= 290

    serving.start()
    ready_s = time.monotonic()
    again = Person(serving)
    assert again.welcome is not None
    assert person.welcome is not None
    assert again.welcome["epoch"] > person.welcome["epoch"]
    contacts = [f"c{re}" for re in acknowledged]
    assert relist(again, contacts)["lost"] == 0 or len(acknowledged) < 988
    positions = [again.ask(t="position", seq=3_000_000 + re, contact=f"c{re}") for re in acknowledged]
    assert [reply["position"] for reply in positions] == list(range(1, len(acknowledged) + 1))
    away_ms = (ready_s - killed_s) * 1000
    assert all(reply["waited_ms"] >= away_ms for reply in positions)
    serving.signal(signal.SIGTERM)
    assert serving.wait() == exits.STOPPED


def test_sigterm_under_load_drains(serving: Serving) -> None:
    """What was read is answered and kept; connections are told `stopping`; exit code 0; and the next start
    has exactly what was acknowledged, or more where the reply was still on its way."""
    serving.start()
    person = Person(serving)
    person.begin()
    for seq in range(12, 500):
        person.say(t="enqueue", seq=seq, contact=f"c{seq}", queue="loans")
    serving.signal(signal.SIGTERM)
    with contextlib.suppress(OSError):
        for seq in range(500, 3000):
            person.say(t="enqueue", seq=seq, contact=f"c{seq}", queue="loans")
    person.read_all()
    assert serving.wait() == exits.STOPPED
    assert person.events[-1]["t"] == "closing"
    assert person.events[-1]["code"] == "stopping"
    kinds = {reply["t"] for reply in person.replies.values()}
    assert kinds <= {"synced", "ok", "queued", "busy"}
    queued = [f"c{re}" for re, reply in person.replies.items() if reply["t"] == "queued"]
    assert not serving.socket.exists()
    serving.start()
    again = Person(serving)
    relist(again, queued)
    for number, contact in enumerate(queued, start=1):
        assert again.ask(t="position", seq=3_000_000 + number, contact=contact)["position"] == number


def test_the_service_manager_is_told(serving: Serving, tmp_path: Path) -> None:
    """Ready when clients may come, a sign of life each second, stopping at SIGTERM."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(30)
        serving.launch(NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="5000000")
        assert manager.recv(1000).startswith(b"READY=1\n")
        Person(serving).close()
        assert manager.recv(1000) == b"WATCHDOG=1"
        began = time.monotonic()
        assert manager.recv(1000) == b"WATCHDOG=1"
        assert time.monotonic() - began < 5
        serving.signal(signal.SIGTERM)
        heard = b""
        while not heard.startswith(b"STOPPING=1"):
            heard = manager.recv(1000)
    assert serving.wait() == exits.STOPPED


def test_a_full_disk_is_survived(serving: Serving) -> None:
    """The store can't grow: the engine says so, routes on and promises `memory`; once there is room all that
    was promised meanwhile is kept."""
    ready = serving.start()
    person = Person(serving)
    person.begin()
    assert person.ask(t="enqueue", seq=12, contact="before", queue="loans") == {
        "t": "queued",
        "re": 12,
        "contact": "before",
    }
    serving.limit(resource.RLIMIT_FSIZE, 0)
    during = person.ask(t="enqueue", seq=13, contact="during", queue="loans")
    assert (during["t"], during["durability"]) == ("queued", "memory")
    assert person.ask(t="position", seq=14, contact="during")["position"] == 2
    assert readyz(ready)["store"] == "away"
    assert readyz(ready)["durability"] == "memory"
    serving.limit(resource.RLIMIT_FSIZE, resource.RLIM_INFINITY)
    serving.wait_for("store_back")
    after = person.ask(t="enqueue", seq=15, contact="after", queue="loans")
    assert after == {"t": "queued", "re": 15, "contact": "after"}
    away = serving.wait_for("store_away")
    assert (away["level"], away["code"]) == ("error", "store_away")
    assert away["remedy"]
    serving.kill()
    serving.start()
    again = Person(serving)
    relist(again, ["before", "during", "after"])
    asked = [again.ask(t="position", seq=9_000_000 + n, contact=c) for n, c in enumerate(("before", "during", "after"))]
    assert [reply["position"] for reply in asked] == [1, 2, 3]


def test_a_drain_has_an_end(tmp_path: Path) -> None:
    """With a store that takes nothing a drain ends after its time with the exit code that says so."""
    serving = Serving(tmp_path, machine="drain_most_s = 0.3")
    try:
        serving.start()
        person = Person(serving)
        person.begin()
        serving.limit(resource.RLIMIT_FSIZE, 0)
        person.ask(t="enqueue", seq=12, contact="c", queue="loans")
        serving.signal(signal.SIGTERM)
        assert serving.wait() == exits.NOT_KEPT
        assert serving.wait_for("drain_cut_short")["level"] == "error"
    finally:
        serving.end()


def test_a_second_signal_ends_at_once(serving: Serving) -> None:
    """Whoever asks twice does not want to wait for a store that is away."""
    serving.start()
    person = Person(serving)
    person.begin()
    serving.limit(resource.RLIMIT_FSIZE, 0)
    person.ask(t="enqueue", seq=12, contact="c", queue="loans")
    serving.signal(signal.SIGTERM)
    serving.wait_for("draining")
    serving.signal(signal.SIGTERM)
    assert serving.wait() == exits.SIGNAL_TWICE + signal.SIGTERM


def test_a_mistake_of_ours_ends_the_engine(serving: Serving) -> None:
    """The client whose message it was is told `internal`, others that we stop; the exit code asks for a
    restart; the batch is not kept, and everything before it is."""
    serving.start(SWITCHBOARD_TEST_BREAK="poison")
    person = Person(serving)
    other = Person(serving, "gw2")
    person.begin()
    other.ask(t="sync_end", seq=1)
    person.ask(t="enqueue", seq=12, contact="good", queue="loans")
    reply = person.ask(t="enqueue", seq=13, contact="poison", queue="loans")
    assert (reply["t"], reply["code"], reply["fault"]) == ("error", "internal", "engine")
    other.read_all()
    assert other.events[-1]["code"] == "stopping"
    assert serving.wait() == exits.OUR_MISTAKE
    failed = serving.wait_for("engine_failed")
    assert "ArithmeticError: planted" in failed["error"]
    assert "poison" in failed["command"]
    serving.start()
    again = Person(serving)
    relist(again, ["good"])
    assert again.ask(t="position", seq=3_000_000, contact="good")["position"] == 1
    assert again.ask(t="position", seq=3_000_001, contact="poison")["code"] == "unknown_contact"


def test_two_daemons_never_share(serving: Serving, tmp_path: Path) -> None:
    """A second daemon on the same store, and one on the same address, are refused with a code and a remedy;
    the first one does not notice."""
    ready = serving.start()
    first = serving.process
    assert serving.launch().wait(30) == exits.STORE_FAILED
    refused = serving.wait_for("store_unusable")
    assert refused["code"] == "store_in_use"
    assert "stop the other one" in refused["remedy"]
    (tmp_path / "two").mkdir()
    second = Serving(tmp_path / "two")
    second.write(port=int(ready["clients"].rpartition(":")[2]))
    assert second.launch().wait(30) == exits.LISTEN_FAILED
    assert second.wait_for("cannot_listen")["remedy"]
    assert first is not None
    assert first.poll() is None
    Person(serving).close()
    serving.process = first


def test_a_reload_is_whole_or_not_at_all(serving: Serving) -> None:
    """SIGHUP with a mistake in the files changes nothing and names it; repaired, the new version is in
    force."""
    ready = serving.start()
    before = readyz(ready)["config_version"]
    (serving.config / "queues.toml").write_text("[queues.loans]\nring = 3\n")
    serving.signal(signal.SIGHUP)
    serving.wait_for("reload_refused")
    fault = serving.wait_for("configuration_fault")
    assert "queues.toml:2" in fault["fault"]
    assert readyz(ready)["config_version"] == before
    serving.write(machine="stall_alarm_s = 0.5")
    serving.signal(signal.SIGHUP)
    serving.wait_for("reload_applied")
    wait_until(lambda: readyz(ready)["config_version"] == before + 1)
    changes = [line["change"] for line in serving.lines() if line["event"] == "configuration_change"]
    assert changes
    assert any("stall_alarm_s" in change for change in changes)


def test_a_reload_takes_in_new_people(serving: Serving) -> None:
    """An agent who is new in the files can sign in after the reload, one who is gone can't, and who waits
    stays."""
    ready = serving.start()
    person = Person(serving)
    person.begin()
    person.ask(t="enqueue", seq=12, contact="c", queue="loans")
    assert person.ask(t="log_in", seq=13, agent="cyd")["code"] == "unknown_agent"
    before = readyz(ready)["config_version"]
    serving.write(agents="ann,cyd")
    serving.signal(signal.SIGHUP)
    serving.wait_for("reload_applied")
    wait_until(lambda: readyz(ready)["config_version"] == before + 1)
    assert person.ask(t="log_in", seq=14, agent="cyd")["t"] == "ok"
    assert person.ask(t="log_in", seq=15, agent="bob")["code"] == "unknown_agent"
    assert person.ask(t="position", seq=16, contact="c")["position"] == 1
    serving.kill()
    serving.start()
    again = Person(serving)
    relist(again, ["c"])
    assert again.ask(t="position", seq=3_000_001, contact="c")["position"] == 1


def test_a_stopped_process_goes_on(serving: Serving) -> None:
    """SIGSTOP for longer than two heartbeats, then SIGCONT: connections live, and nothing is held against
    anybody."""
    serving.start()
    person = Person(serving)
    person.begin()
    person.ask(t="enqueue", seq=12, contact="c", queue="loans")
    serving.signal(signal.SIGSTOP)
    time.sleep(1.5)
    serving.signal(signal.SIGCONT)
    reply = person.ask(t="position", seq=13, contact="c")
    assert reply["position"] == 1
    assert reply["waited_ms"] >= 1500


def test_exhausted_descriptors_harm_nobody(serving: Serving) -> None:
    """With no descriptor left new connections wait or are refused, those that are there are served, and
    afterwards new ones come in again."""
    serving.start()
    person = Person(serving)
    person.begin()
    in_use = len(list(Path(f"/proc/{serving.pid}/fd").iterdir()))
    serving.limit(resource.RLIMIT_NOFILE, in_use + 10)
    crowd = []
    for _ in range(40):
        with contextlib.suppress(OSError):
            one = socket.socket(socket.AF_UNIX)
            one.settimeout(1)
            one.connect(str(serving.socket))
            crowd.append(one)
    for seq in range(12, 30):
        assert person.ask(t="enqueue", seq=seq, contact=f"c{seq}", queue="loans")["t"] == "queued"
    for one in crowd:
        one.close()
    serving.limit(resource.RLIMIT_NOFILE, in_use + 100)
    Person(serving, "gw2").close()
    assert person.ask(t="position", seq=99, contact="c12")["position"] == 1


def test_files_are_for_their_owner(serving: Serving) -> None:
    """The store, its folder and the people's socket are nobody else's business."""
    serving.start()
    assert stat.S_IMODE(serving.store.stat().st_mode) == 0o600
    assert stat.S_IMODE(serving.store.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(serving.socket.stat().st_mode) == 0o600


def test_a_faster_clock(tmp_path: Path) -> None:
    """At speed 600 a second is ten minutes of core time, over kill -9 too; the store made for it is refused
    by a daemon of ordinary time."""
    # An hour of it passes in six seconds: the gateway's time to come back must be long in core time.
    serving = Serving(tmp_path, machine="[limits]\ngateway_grace_s = 80000")
    try:
        serving.start("600")
        person = Person(serving)
        person.begin()
        person.ask(t="enqueue", seq=12, contact="c", queue="loans")
        seqs = itertools.count(100)
        wait_until(lambda: person.ask(t="position", seq=next(seqs), contact="c")["waited_ms"] > 60_000)
        serving.kill()
        serving.start("600")
        again = Person(serving)
        relist(again, ["c"])
        assert again.ask(t="position", seq=3_000_000, contact="c")["waited_ms"] > 60_000
        serving.kill()
        assert serving.launch().wait(30) == exits.STORE_FAILED
        assert serving.wait_for("store_unusable")["code"] == "temporary_store"
    finally:
        serving.end()
