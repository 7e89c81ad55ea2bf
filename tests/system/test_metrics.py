"""The metrics as Prometheus gets them: of a live daemon, over HTTP, judged by promtool."""

from __future__ import annotations

import json
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from router.core import commands as ask
from router.core.tally import callback_tally
from router.loop.figures import Figures
from router.metrics.catalogue import CATALOGUE
from tests.metrics.driven import Driven, families, text_of, value
from tests.system.serving import PATIENCE_S, Person, Serving


class Clients:
    """What a hub counts."""

    accepted = 3
    undelivered = 1
    errors: ClassVar = {'a "strange" reason\\\n': 1}
    closed: ClassVar = {"reset": 1}
    connections: ClassVar = [1, 2]
    lagging: ClassVar = [1]


class Traffic:
    """Bytes of all connections."""

    bytes_in = 10
    bytes_out = 20


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    made = Serving(tmp_path)
    yield made
    made.end()


def check(promtool: str, text: str) -> None:
    """promtool finds nothing to say about the text."""
    ran = subprocess.run(
        [promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False, timeout=60
    )
    assert (ran.returncode, ran.stdout + ran.stderr) == (0, "")


def get(ready: dict[str, Any], path: str) -> tuple[int, str, str]:
    """Status, content type and body."""
    try:
        with urllib.request.urlopen(f"http://{ready['admin']}{path}", timeout=PATIENCE_S) as reply:
            return reply.status, reply.headers["Content-Type"], reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


def scrape_until(ready: dict[str, Any], name: str, least: float, **labels: str) -> str:
    """A text in which this figure has come to `least`: one may be a second old."""
    until = time.monotonic() + PATIENCE_S
    while True:
        text = get(ready, "/metrics")[2]
        if name in text and value(text, name, **labels) >= least:
            return text
        assert time.monotonic() < until, f"{name} {labels} has not come to {least}"
        time.sleep(0.1)


OF_MORE = tuple(
    f"switchboard_{word}"
    for word in (
        "segment_", "steer_", "refused_by_route_", "estimate_", "judged_", "announce", "pressed_keys_", "partner_",
        "balance_", "withheld_offers_",
    )
)  # fmt: skip
"""Rows of segments, steering, routes, estimates, announcements, partners, balances and agents who are kept, which this
small centre has not: `tests/metrics` shows them."""


def test_promtool_accepts_every_row(promtool: str) -> None:
    """With every source there, each row of the catalogue that this centre can have is in the text, and promtool has
    nothing against it."""
    driven = Driven()
    driven.sign_in("agent1")
    for number in range(3):
        driven.ask(ask.Enqueue, f"c{number}", "sales")
    figures = Figures()
    site, queue = driven.engine.world.tally, driven.engine.world.queues["main", "sales"].tally
    # What has a label only once it has happened.
    site.repaired["connecting"] = site.reservations["made"] = 1
    queue.refused["full"] = queue.repeats["loan"] = callback_tally(queue).failed["busy"] = 1
    sources = driven.sources(loop=figures, hub=Clients(), traffic=Traffic(), free_to_offer_us=figures.offer_us)
    text = text_of(sources)
    found = families(text)
    missing = {entry.name for entry in CATALOGUE if entry.name.removesuffix("_total") not in found}
    # The process's own are read where the system tells.
    assert {name for name in missing if not name.startswith(("process_", *OF_MORE))} == set()
    check(promtool, text)


def test_a_live_daemon(serving: Serving, promtool: str) -> None:
    """A call is routed and another one hangs up: the text of the running daemon says so, promtool accepts it, and
    the other pages answer."""
    ready = serving.start()
    person = Person(serving)
    assert person.ask(t="sync_end", seq=1)["t"] == "synced"
    assert person.ask(t="log_in", seq=2, agent="ann", ready=True)["t"] == "ok"
    assert person.ask(t="attach", seq=3, endpoint="e1", agent="ann")["t"] == "ok"
    assert person.ask(t="enqueue", seq=4, contact="c1", queue="loans")["t"] == "queued"
    while not (offers := [event for event in person.events if event["t"] == "offer"]):
        person.read()
    assert person.ask(t="accept", seq=5, offer=offers[0]["offer"])["t"] == "ok"
    assert person.ask(t="connected", seq=6, contact="c1")["t"] == "ok"
    assert person.ask(t="enqueue", seq=7, contact="c2", queue="loans")["t"] == "queued"
    assert person.ask(t="end", seq=8, contact="c2", reason="hangup")["t"] == "ok"
    text = scrape_until(ready, "switchboard_ended_contacts_total", 1, outcome="abandoned")
    check(promtool, text)
    assert value(text, "switchboard_answered_wait_seconds_count", queue="loans") == 1
    assert value(text, "switchboard_arrived_contacts_total", queue="loans") == 2
    assert value(text, "switchboard_queue_contacts", queue="loans", state="connected") == 1
    assert value(text, "switchboard_agents", doing="connected") == 1
    assert value(text, "switchboard_connected_clients", role="gateway") == 1
    assert value(text, "switchboard_commit_seconds_count") > 0
    assert value(text, "switchboard_free_to_offer_seconds_count") == 1
    assert value(text, "switchboard_leader") == 1
    assert value(text, "switchboard_violations_total") == 0
    assert value(text, "switchboard_epoch") == ready["epoch"]
    assert get(ready, "/metrics")[1].startswith("text/plain; version=0.0.4")
    assert get(ready, "/livez")[0] == 200
    status, _, body = get(ready, "/readyz")
    assert (status, json.loads(body)["state"], json.loads(body)["store"]) == (200, "leader", "present")
    assert "version" in json.loads(get(ready, "/version")[2])
    assert get(ready, "/nowhere")[0] == 404


def test_protocol_errors_are_counted_by_reason(serving: Serving) -> None:
    """A message that is none is counted under its code."""
    ready = serving.start()
    person = Person(serving)
    person.say(t="nonsense", seq=1)
    person.read()
    text = scrape_until(ready, "switchboard_protocol_errors_total", 1)
    reasons = {
        sample.labels["reason"]: sample.value for sample in families(text)["switchboard_protocol_errors"].samples
    }
    assert reasons == {"unknown_type": 1}


def test_it_is_closed_with_the_daemon(serving: Serving) -> None:
    """After a stop nobody listens on the port any more, and the stop was clean though a scrape had just been made."""
    ready = serving.start()
    assert get(ready, "/metrics")[0] == 200
    serving.signal(signal.SIGTERM)
    assert serving.wait() == 0
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://{ready['admin']}/livez", timeout=5)
