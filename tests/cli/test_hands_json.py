"""What is done by hand, for scripts: an object says whether it was done, and why not."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from router.cli import asking
from router.cli.app import app
from router.wire.catalogue import HandOver, Message, Ok, Request
from tests.cli.conftest import asked_by_all

BY = ["--as", "mia", "--why", "storm"]
HANDS = [
    ["agent", "ann", "ready"],
    ["contact", "call-1", "move", "cards"],
    ["queue", "cards", "close"],
    ["callback", "callback-1-1", "cancel"],
    ["plan", "stop", "storm"],
    ["layers", "pause", "plan", "storm"],
    ["layers", "resume", "plan"],
    ["rules", "pause", "late"],
]


class Daemon(asking.Asker):
    """Says `Ok`, or no."""

    refuses = False

    def ask(self, question: Request | HandOver) -> Message:
        """See `Asker`."""
        if self.refuses:
            raise asking.Refusal("the daemon refuses: unknown_agent ann", "name one", "unknown_agent", "ann")
        return Ok(question.seq)


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Daemon:
    found = Daemon()
    asked_by_all(found, monkeypatch)
    return found


@pytest.mark.parametrize("words", HANDS, ids=" ".join)
def test_what_is_done_is_told(daemon: Daemon, words: list[str]) -> None:
    """Done: an object on standard output and nothing else; without --json a line for people, and no data."""
    done = CliRunner().invoke(app, [*words, *BY, "--json"])
    assert (done.exit_code, json.loads(done.stdout), done.stderr) == (0, {"done": True}, "")
    said = CliRunner().invoke(app, [*words, *BY])
    assert (said.exit_code, said.stdout) == (0, "")
    assert said.stderr


@pytest.mark.parametrize("words", [*HANDS, ["plan", "start", "storm"]], ids=" ".join)
def test_what_is_refused_is_told(daemon: Daemon, words: list[str]) -> None:
    """Refused: the code of the protocol page, exit code 1, and the remedy for people."""
    daemon.refuses = True
    done = CliRunner().invoke(app, [*words, *BY, "--json"])
    assert (done.exit_code, json.loads(done.stdout)) == (1, {"done": False, "code": "unknown_agent", "detail": "ann"})
    assert "name one" in done.stderr
