"""A supervisor's hands at the command line, in a real daemon: what they do, what is said where they can't, and that it
is all still known after a crash."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.system.serving import Person, Serving


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    """A daemon with two agents and one queue, and a store that lasts."""
    made = Serving(tmp_path)
    made.write(store=f"sqlite:{made.store}")
    yield made
    made.end()


def switchboard(serving: Serving, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    command = [sys.executable, "-m", "router.cli", *words, "--socket", str(serving.socket)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


MIA = ("--as", "mia", "--why", "a storm")


def test_hands_at_the_command_line(serving: Serving) -> None:
    """Each does what it says; the gateway and the agent are told; the audit has them all, also after kill -9."""
    serving.start()
    gateway = Person(serving)
    gateway.begin()
    assert gateway.ask(t="enqueue", seq=4, contact="c1", queue="loans")["t"] == "queued"
    for words in (
        ("contact", "c1", "priority", "60"),
        ("agent", "ann", "ready"),
        ("contact", "c1", "pull"),
        ("agent", "ann", "not-ready", "--reason", "lunch"),
        ("contact", "c1", "assign", "ann"),
        ("contact", "c1", "assign", "--anyone"),
        ("contact", "c1", "move", "loans", "--place", "front"),
        ("contact", "c1", "end", "--gateway", "gw1"),
        ("agent", "ann", "skills", "--reset"),
        ("agent", "ann", "logout"),
    ):
        ran = switchboard(serving, *words, *MIA)
        assert ran.returncode == 0, (words, ran.stderr)
    while not any(event["t"] == "ended" for event in gateway.events):
        gateway.read()
    assert {event["t"] for event in gateway.events} >= {"offer", "offer_cancelled", "agent_state", "moved", "ended"}
    serving.kill()
    serving.start()
    told = [json.loads(line) for line in switchboard(serving, "audit", "--json").stdout.splitlines()]
    assert [entry["what"] for entry in told] == [
        "set_priority", "set_agent", "pull_contact", "set_agent", "assign_contact", "assign_contact", "move_contact",
        "end_contact", "set_skills", "set_agent",
    ]  # fmt: skip
    assert {(entry["who"], entry["why"]) for entry in told} == {("mia", "a storm")}
    assert told[1]["after"] == {"state": "available"}
    shown = switchboard(serving, "audit", "--after", str(told[-2]["number"]))
    assert "set_agent" in shown.stdout
    assert "end_contact" not in shown.stdout


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("agent", "nobody", "ready", *MIA), 1, "unknown_agent nobody"),
        (("agent", "bob", "ready", *MIA), 1, "log the agent in first"),
        (("contact", "c9", "end", *MIA), 1, "unknown_contact c9"),
        (("contact", "c9", "move", *MIA), 2, "move takes a queue"),
        (("contact", "c9", "end", "now", *MIA), 2, "end takes nothing more"),
        (("contact", "c9", "priority", "much", *MIA), 2, "no number of seconds"),
        (("agent", "ann", "skills", "loans=11", *MIA), 2, "is no level"),
        (("agent", "ann", "skills", *MIA), 2, "skills need levels"),
        (("agent", "ann", "ready", "loans=1", *MIA), 2, "takes no levels"),
        (("agent", "ann", "ready", "--as", "two words", "--why", "x"), 1, "bad_id"),
        (("agent", "ann", "ready", "--as", "mia", "--why", "two\nlines"), 1, "bad_message"),
        (("agent", "ann", "ready", "--as", "mia"), 2, "--why"),
    ],
)
def test_what_cannot_be_done_is_said(serving: Serving, words: tuple[str, ...], code: int, says: str) -> None:
    """In one line with what to do about it, and an exit code of its own."""
    serving.start()
    ran = switchboard(serving, *words)
    assert ran.returncode == code, ran.stderr
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr
