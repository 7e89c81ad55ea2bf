"""`switchboard callbacks` and `switchboard callback`: what they show, and what they ask the daemon."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from router.cli.app import app
from router.cli.commands import callbacks
from router.wire.catalogue import Callbacks, CallbacksReply, CallbackStatus, EndContact, Request
from tests.cli.conftest import Pages

PAGES = (
    CallbacksReply(
        0, [CallbackStatus("callback-1-5", "cards", "pbx", "******56", "hold", waited_ms=61_000)], more=True
    ),
    CallbacksReply(0, [CallbackStatus("callback-1-7", "cards", "pbx", "******77", "later", due_ms=5_000, agent="ann")]),
)


def test_all_pages_are_listed(daemon: Pages) -> None:
    """Page after page, as a table; numbers are hidden unless they are asked for."""
    shown = CliRunner().invoke(app, ["callbacks", "--queue", "cards"])
    assert shown.exit_code == 0
    assert [line.split()[0] for line in shown.output.splitlines() if "callback-" in line] == [
        "callback-1-5",
        "callback-1-7",
    ]
    assert "1:01" in shown.output
    assert daemon.asked == [Callbacks(0, "cards"), Callbacks(0, "cards", "callback-1-5")]


def test_as_json(daemon: Pages) -> None:
    """One object a line, with every field; whole numbers where they were asked for."""
    shown = CliRunner().invoke(app, ["callbacks", "--json", "--numbers"])
    assert [json.loads(line)["phase"] for line in shown.output.splitlines()] == ["hold", "later"]
    assert daemon.asked[0].numbers


def test_cancelling_is_a_deed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says who and why, so that the audit has it."""
    asked: list[Request] = []
    monkeypatch.setattr(callbacks, "carry_out", lambda request, *_, **_more: asked.append(request))
    by = ["--as", "mia", "--why", "settled"]
    assert CliRunner().invoke(app, ["callback", "callback-1-5", "cancel", *by]).exit_code == 0
    assert asked == [EndContact(0, "mia", "settled", "callback-1-5")]
