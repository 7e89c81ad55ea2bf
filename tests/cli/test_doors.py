"""`switchboard queue`: the times that it takes, and what it asks the daemon."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import typer
from typer.testing import CliRunner

from router.cli.app import app
from router.cli.commands import doors
from router.wire.catalogue import CloseQueue, OpenQueue, Request

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC).astimezone()
BY = ["--as", "mia", "--why", "storm"]


@pytest.mark.parametrize(
    ("word", "seconds"),
    [("90m", 5400), ("2h", 7200), ("1d", 86_400), ("45s", 45), ("2026-11-20T18:00+00:00", 1800)],
)
def test_until(word: str, seconds: int) -> None:
    """A duration, or a moment."""
    assert doors.until_ms_of(word, NOW) == seconds * 1000


def test_until_a_time_of_day() -> None:
    """The next time that the clock on the wall shows it: today's, or tomorrow's where that is past."""
    assert doors.until_ms_of(f"{NOW:%H}:45", NOW) == 900_000
    assert doors.until_ms_of(f"{NOW:%H:%M}", NOW) == 86_400_000


@pytest.mark.parametrize("word", ["soon", "25:00", "2026-11-20T17:00+00:00", "400d", "0m"])
def test_until_no_time(word: str) -> None:
    """Said, and nothing is asked of the daemon."""
    with pytest.raises(typer.Exit) as ended:
        doors.until_ms_of(word, NOW)
    assert ended.value.exit_code == 2


def test_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each word of the command stands in the request."""
    asked: list[Request] = []
    monkeypatch.setattr(doors, "carry_out", lambda request, *_, **_more: asked.append(request))
    run = CliRunner().invoke
    closing = ["queue", "sales", "close", "--message", "fire", "--until", "1h", "--serve-out", *BY]
    assert run(app, closing).exit_code == 0
    assert run(app, ["queue", "sales", "open", *BY]).exit_code == 0
    first = asked[0]
    assert isinstance(first, CloseQueue)
    assert (first.queue, first.who, first.why, first.message, first.serve_out) == (
        "sales",
        "mia",
        "storm",
        "fire",
        True,
    )
    assert abs(first.until_ms - 3_600_000) < 2
    assert asked[1] == OpenQueue(0, "mia", "storm", "sales")
    assert run(app, ["queue", "sales", "open", "--message", "fire", *BY]).exit_code == 2
    assert len(asked) == 2
