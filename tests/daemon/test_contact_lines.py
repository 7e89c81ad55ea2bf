"""One line for each contact that has ended, up to the limit."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest

from router import logs
from router.core.audit import Deed
from router.core.batch import Batch
from router.core.commands import Attach, End, Enqueue, LogIn, SyncEnd
from router.core.engine import Engine
from router.core.internal import GatewayUp
from router.core.settings import Agent, Queue, Settings
from router.daemon.contact_lines import ContactLines
from router.loop.figures import Figures

GATEWAY = "main/gw1"


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Where the lines go; pytest's own handlers are put back."""
    import logging

    before = logging.getLogger().handlers
    out = io.StringIO()
    logs.configure("info", "json", out)
    monkeypatch.setattr("router.daemon.contact_lines.time.monotonic", lambda: 5.0)
    yield out
    logs.configure()
    logging.getLogger().handlers = before


def ended(count: int) -> Batch:
    """A batch of the real engine in which so many contacts have ended."""
    engine = Engine(Settings(queues=(Queue("loans"),), agents=(Agent("ann"),)), 1)
    engine.activate(1_000_000)
    seq = 10
    for command in (GatewayUp("i1"), SyncEnd(1), LogIn(2, "ann", reason="lunch"), Attach(3, "e1", "ann")):
        engine.apply(1_000_000, GATEWAY, command)
    for number in range(count):
        engine.apply(1_000_000, GATEWAY, Enqueue(seq, f"c{number}", "loans"))
        engine.apply(3_500_000, GATEWAY, End(seq + 1, f"c{number}"))
        seq += 2
    batch = engine.take_batch()
    assert batch is not None
    return batch


def test_a_line_says_how_a_visit_went(stream: io.StringIO) -> None:
    """Who, where, how it ended and how long it waited, from the record that is kept."""
    figures = Figures()
    ContactLines(500, figures)(ended(1))
    line = json.loads(stream.getvalue())
    shown = {name: line[name] for name in ("event", "contact", "gateway", "queue", "outcome", "waited_ms")}
    assert shown == {
        "event": "contact_ended",
        "contact": "c0",
        "gateway": "gw1",
        "queue": "loans",
        "outcome": "abandoned",
        "waited_ms": 2500,
    }
    assert figures.contact_lines_left_out == 0


def test_above_the_limit_contacts_are_counted(stream: io.StringIO) -> None:
    """A busy second costs so many lines and no more; what was left out is a figure."""
    figures = Figures()
    lines = ContactLines(20, figures)
    lines(ended(50))
    assert stream.getvalue().count("\n") == 20
    assert figures.contact_lines_left_out == 30
    lines.limit(0)
    lines(ended(5))
    assert figures.contact_lines_left_out <= 35


def test_other_streams_are_not_contacts(stream: io.StringIO) -> None:
    """The audit is not the contact log's business."""
    ContactLines(500, Figures())(Batch(1, 1, [], [], [("audit", b"\xc1")]))
    assert stream.getvalue() == ""


def test_a_deed_is_a_line_whatever_the_limit(stream: io.StringIO) -> None:
    """Who changed what by hand, and why."""
    deed = Deed(1, "main", "mia", "storm", "set_agent", "ann", "boss", {}, {"state": "not_ready"})
    ContactLines(0, Figures())(Batch(1, 1, [], [], [], [], [deed]))
    line = json.loads(stream.getvalue())
    assert {name: line[name] for name in ("event", "who", "why", "what", "target", "after")} == {
        "event": "by_hand",
        "who": "mia",
        "why": "storm",
        "what": "set_agent",
        "target": "ann",
        "after": {"state": "not_ready"},
    }
