"""What the tests of commands share: a way to run one, and small traces."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from router.cli import asking
from router.cli.app import app
from router.trace import generate_busy_hour, write_trace
from router.wire.catalogue import HandOver, Message, Ok, Request

Switchboard = Callable[..., Result]


class Pages(asking.Asker):
    """A daemon that answers with these pages, one after the other, and knows what it was asked."""

    def __init__(self, pages: list[Message]) -> None:
        self.asked: list[Any] = []
        self.pages = pages

    def ask(self, question: Request | HandOver) -> Message:
        """The next page."""
        self.asked.append(question)
        return self.pages[len(self.asked) - 1]


class Answers(asking.Asker):
    """A daemon that answers with its `replies`, one after the other, or with trouble; with `ok` where none is left."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.replies: list[Message | Exception] = []

    def ask(self, question: Request | HandOver) -> Message:
        """The next answer."""
        self.asked.append(question)
        reply = self.replies.pop(0) if self.replies else Ok(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


def asked_by_all(daemon: asking.Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of this test asks that daemon."""

    @contextmanager
    def asker(*_: object) -> Iterator[asking.Asker]:
        yield daemon

    monkeypatch.setattr(asking, "asker", asker)


@pytest.fixture
def daemon(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Pages:
    """What every command of a test asks: it answers with the `PAGES` of the test's file."""
    pages = Pages(list(request.module.PAGES))
    asked_by_all(pages, monkeypatch)
    return pages


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """What every command of a test asks: the test says what it answers."""
    made = Answers()
    asked_by_all(made, monkeypatch)
    return made


@pytest.fixture
def switchboard() -> Switchboard:
    """Runs the command of these words, and gives what it printed and its exit code."""

    def run(*words: object) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words], prog_name="switchboard")

    return run


@pytest.fixture(scope="session")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up busy hour as a trace file."""
    path = tmp_path_factory.mktemp("traces") / "hour.trace"
    write_trace(path, generate_busy_hour(1))
    return path
