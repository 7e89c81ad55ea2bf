"""Hours in a real daemon: its wall clock opens and closes queues, and a hand on a door outlasts kill -9."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system.serving import Person, Serving
from tests.system.test_hands import MIA, switchboard

CALENDARS = """\
[calendars.always]
weekdays = ["00:00-24:00"]
saturday = ["00:00-24:00"]
sunday = ["00:00-24:00"]
[calendars.never]
days = { "2020-01-01" = ["09:00-18:00"] }
"""


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    """A daemon with two agents and one queue, and a store that lasts."""
    made = Serving(tmp_path)
    made.write(store=f"sqlite:{made.store}")
    yield made
    made.end()


def given_hours(serving: Serving, calendar: str) -> None:
    """Its queue goes by this calendar."""
    (serving.config / "calendars.toml").write_text(CALENDARS)
    queues = serving.config / "queues.toml"
    queues.write_text(queues.read_text().replace("[queues.loans]", f'[queues.loans]\ncalendar = "{calendar}"'))


def standing(serving: Serving) -> dict[str, Any]:
    """What `status` says of the queue."""
    ran = switchboard(serving, "status", "--json")
    return next(queue for queue in json.loads(ran.stdout)["queues"] if queue["queue"] == "loans")


@pytest.mark.parametrize(("calendar", "closed_by"), [("always", None), ("never", "calendar")])
def test_the_daemon_knows_the_time_from_its_first_moment(
    serving: Serving, calendar: str, closed_by: str | None
) -> None:
    """The wall clock is told before anybody is heard: the first caller of all is let in, or is not."""
    given_hours(serving, calendar)
    serving.start()
    assert standing(serving)["closed_by"] == closed_by


def test_a_queue_closed_by_hand_stays_closed_after_kill_9(serving: Serving) -> None:
    """Who waits is sent away with the message, nobody is let in, and so it is after a crash, until a hand opens it."""
    given_hours(serving, "always")
    serving.start()
    gateway = Person(serving)
    gateway.begin()
    gateway.ask(t="not_ready", seq=4, agent="ann", reason="break")
    assert gateway.ask(t="enqueue", seq=5, contact="c1", queue="loans")["t"] == "queued"
    assert switchboard(serving, "queue", "loans", "close", "--message", "storm", *MIA).returncode == 0
    while not any(event["t"] == "treat" for event in gateway.events):
        gateway.read()
    serving.kill()
    serving.start()
    assert standing(serving)["closed_by"] == "hand"
    assert switchboard(serving, "queue", "loans", "open", *MIA).returncode == 0
    assert standing(serving)["closed_by"] is None
    done = json.loads(switchboard(serving, "audit", "--json").stdout.splitlines()[0])
    assert "close_queue" in json.dumps(done)
