"""Asks a running daemon how things stand: over its unix socket as a guest, or over TCP as a supervisor.

It must not know how answers are shown. The one idea: on the unix socket a line of JSON needs no hello, so the common
case is a few lines of plain sockets and starts at once.
"""

from __future__ import annotations

import os
import socket
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from router.errors import ERRORS
from router.wire.catalogue import (
    Agents,
    AgentsReply,
    AgentStatus,
    Audit,
    AuditEntry,
    AuditReply,
    Busy,
    Callbacks,
    CallbacksReply,
    CallbackStatus,
    Error,
    EstimateStatus,
    HandOver,
    Message,
    MissingStatus,
    QueueStatus,
    Reply,
    Request,
    Rules,
    RulesReply,
    RuleStatus,
    Status,
)
from router.wire.catalogue import StatusReply as Whole
from router.wire.client_lines import decode_reply_line, encode_line

ANSWER_MOST_S: Final = 5.0
"""A daemon answers within milliseconds; one that takes this long is stopped or stuck."""

AUDIT_PAGE: Final = 200
"""Entries of one reply: as many as the protocol lets one ask for."""

STANDS_BY: Final = "this daemon stands by: another one of the site leads"
STANDBY_REMEDY: Final = "ask the one that leads: --socket PATH on its machine, or --address HOST:PORT"

NAME: Final = "switchboard-status"
"""Over TCP every client has a name; the same one each time, since the engine remembers names."""


class Unreachable(Exception):
    """Nobody answers."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy


class Refusal(Unreachable):
    """The daemon does not know what was asked for, or says no: `code` is one of the protocol page's errors, empty where
    it was never asked."""

    def __init__(self, what: str, remedy: str, code: str = "", detail: str = "") -> None:
        super().__init__(what, remedy)
        self.code = code
        self.detail = detail
        self.meant = ""
        """The known name nearest to one that is not known (`near.py`)."""


class Asker(ABC):
    """Whoever gets a question answered."""

    @abstractmethod
    def ask(self, question: Request | HandOver) -> Message:
        """The engine's reply. Raises `Unreachable` or `Refusal`."""


@dataclass(slots=True)
class Standing:
    """How things stand in a daemon."""

    whole: Whole
    agents: list[AgentStatus] | None = None
    by_queue: list[QueueStatus] = field(default_factory=list)

    @property
    def violations(self) -> int:
        """Violations of invariants that the daemon has found since its start."""
        return self.whole.violations

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        whole = self.whole
        out: dict[str, Any] = {
            "epoch": whole.epoch,
            "version": whole.version,
            "durability": whole.durability,
            "contacts": whole.contacts,
            "violations": whole.violations,
            "pending": whole.pending,
            "agents_by_state": whole.agents,
            "queues": [_fields(queue) for queue in self.by_queue],
            "missing": [_fields(each) for each in whole.missing],
            "missing_more": whole.missing_more,
        }
        if self.agents is not None:
            out["agents"] = [_fields(agent) for agent in self.agents]
        return out


def _fields(of: QueueStatus | AgentStatus | EstimateStatus | MissingStatus) -> dict[str, Any]:
    out = {name: getattr(of, name) for name in of.__struct_fields__}
    if isinstance(of, QueueStatus):
        out["estimates"] = [_fields(judged) for judged in of.estimates]
    return out


def standing(asker: Asker, queue: str | None, *, agents: bool) -> Standing:
    """Queues and, where asked for, every agent who is signed in."""
    whole = asker.ask(Status(0, queue))
    assert isinstance(whole, Whole)
    found = Standing(whole, None, sorted(whole.queues, key=lambda each: each.queue))
    if agents:
        found.agents = []
        more, after = True, ""
        while more:
            page = asker.ask(Agents(0, after))
            assert isinstance(page, AgentsReply)
            found.agents += page.agents
            more = page.more
            after = page.agents[-1].agent if page.agents else ""
    return found


@contextmanager
def asker(path: Path | None, address: str | None, answer_most_s: float = ANSWER_MOST_S) -> Iterator[Asker]:
    """A way to the daemon: over TCP where an address is given, else over a unix socket. `answer_most_s`: how long it
    may take to answer."""
    if address is not None:
        with _over_tcp(address, answer_most_s) as over_tcp:
            yield over_tcp
        return
    lines = Lines(path if path is not None else usual_socket(), answer_most_s)
    try:
        yield lines
    finally:
        lines.close()


def usual_socket() -> Path:
    """Where a daemon of this user, or the system's, has its socket."""
    from router.config import Configuration, Surroundings, resolved

    own = Path(resolved(Configuration(), Surroundings(Path.cwd(), os.environ)).people.socket)
    for path in (own, Path("/run/switchboard/switchboard.sock")):
        if path.exists():
            return path
    return own


class Lines(Asker):
    """The unix socket: a line of JSON each way, as a guest."""

    def __init__(self, path: Path, answer_most_s: float = ANSWER_MOST_S) -> None:
        self._path = path
        self._number = 0
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(answer_most_s)
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise self._unreachable(error.strerror or str(error)) from error
        self._file = self._socket.makefile("rb")

    def ask(self, question: Request | HandOver) -> Message:
        """See `Asker`."""
        self._number += 1
        question.seq = self._number
        try:
            self._socket.sendall(encode_line(question))
            while line := self._file.readline():
                message = decode_reply_line(line)
                if isinstance(message, Reply) and message.re == self._number:
                    return _answer(message)
        except OSError as error:
            raise self._unreachable(error.strerror or str(error)) from error
        raise self._unreachable("the daemon closed the connection")

    def close(self) -> None:
        """Let go of the socket."""
        self._file.close()
        self._socket.close()

    def _unreachable(self, why: str) -> Unreachable:
        return Unreachable(
            f"no daemon answers at {self._path}: {why}",
            "start one with: switchboard serve; or say where it is: --socket PATH, --address HOST:PORT",
        )


@contextmanager
def _over_tcp(address: str, answer_most_s: float) -> Iterator[Asker]:
    from router.client.outcomes import Refused
    from router.client.sync import SyncClient

    try:
        client = SyncClient([address], NAME, "supervisor")
    except ValueError as error:
        raise Refusal(str(error), "give it as HOST:PORT") from error
    with client:
        if not client.wait_up(ANSWER_MOST_S):
            lost = client.troubles().get(address)
            if lost is not None and lost.code == "standby":
                raise Unreachable(STANDS_BY, STANDBY_REMEDY)
            why = f"{lost.code} {lost.detail}".strip() if lost is not None else "no answer"
            raise Unreachable(f"no daemon answers at {address}: {why}", "start one with: switchboard serve")

        class OverTcp(Asker):
            def ask(self, question: Request | HandOver) -> Message:
                outcome = client.call(question, answer_most_s)
                if isinstance(outcome, Message):
                    return outcome
                if isinstance(outcome, Refused):
                    raise _refusal(outcome.code, outcome.detail)
                raise Unreachable(f"{address}: {outcome}", "try again")

        yield OverTcp()


def _answer(message: Message) -> Message:
    if isinstance(message, Error):
        raise _refusal(message.code, message.detail)
    if isinstance(message, Busy):
        if message.what == "standby":
            raise Unreachable(STANDS_BY, STANDBY_REMEDY)
        raise Unreachable(f"the daemon is busy: {message.what}", "try again in a moment")
    return message


def _refusal(code: str, detail: str) -> Refusal:
    """What the daemon says no to, and what to do about it."""
    if code == "unknown_queue":
        what, remedy = f"there is no queue of that name: {detail}", "see their names with: switchboard status"
    else:
        what = f"the daemon refuses: {code} {detail}".strip()
        remedy = ERRORS[code].remedy if code in ERRORS else ""
    return Refusal(what, remedy, code, detail)


def open_callbacks(asker: Asker, queue: str | None, numbers: bool) -> list[CallbackStatus]:
    """Every open call-back, or those of one queue, by id."""
    found: list[CallbackStatus] = []
    more = True
    while more:
        page = asker.ask(Callbacks(0, queue, found[-1].callback if found else "", numbers))
        assert isinstance(page, CallbacksReply)
        found += page.callbacks
        more = page.more
    return found


def all_rules(asker: Asker) -> list[RuleStatus]:
    """Every rule, by name."""
    found: list[RuleStatus] = []
    more = True
    while more:
        page = asker.ask(Rules(0, found[-1].rule if found else ""))
        assert isinstance(page, RulesReply)
        found += page.rules
        more = page.more
    return found


def deeds(asker: Asker, after: int, last: int) -> list[AuditEntry]:
    """What people did by hand after the number `after`: the last `last` entries, oldest first."""
    found: list[AuditEntry] = []
    more = True
    while more:
        page = asker.ask(Audit(0, after, AUDIT_PAGE))
        assert isinstance(page, AuditReply)
        found = (found + page.entries)[-last:]
        more, after = page.more, page.last
    return found
