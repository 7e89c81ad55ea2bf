"""A second client, written from the protocol page alone, takes a contact through its whole life with a real
daemon; and the page's own conversations, typed at the people's socket, get the answers that the page
shows."""

from __future__ import annotations

import ast
import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.system.conftest import PATIENCE_S, RealDaemon, key_of
from tests.system.second_client import Refused, SecondClient

PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")


def connect(daemon: RealDaemon, name: str, instance: str = "first") -> SecondClient:
    return SecondClient(daemon.host, daemon.port, name, instance, key_of(name))


@pytest.fixture
def gateways(daemon: RealDaemon) -> Iterator[tuple[SecondClient, SecondClient]]:
    """Callers on pbx-1; on desk-7 the phone of anna, who is ready."""
    with ExitStack() as stack:
        pbx = stack.enter_context(closing(connect(daemon, "pbx-1")))
        desk = stack.enter_context(closing(connect(daemon, "desk-7")))
        assert pbx.request("sync_end")["t"] == "synced"
        assert desk.request("sync_end")["t"] == "synced"
        assert desk.request("attach", endpoint="phone-7", agent="anna") == {"t": "ok", "re": 2}
        assert desk.request("log_in", agent="anna", ready=True) == {"t": "ok", "re": 3}
        yield pbx, desk


def test_it_knows_nothing_of_the_project() -> None:
    """Only the standard library and the msgpack package: the page is all that it was written from."""
    tree = ast.parse((ROOT / "tests" / "system" / "second_client.py").read_text(encoding="utf-8"))
    modules = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules == {"__future__", "hmac", "msgpack", "os", "socket", "struct", "typing"}


def test_a_whole_life(gateways: tuple[SecondClient, SecondClient]) -> None:
    """Enqueue, offer, accept, connect, end, complete: the caller on one gateway, the phone on the other."""
    pbx, desk = gateways
    queued = pbx.request("enqueue", contact="call-1", queue="cards", data={"crm": "4711"})
    assert queued == {"t": "queued", "re": 2, "contact": "call-1"}
    offer = pbx.event("offer")
    assert offer == desk.event("offer")
    assert (offer["gateway"], offer["endpoint_gateway"], offer["endpoint"]) == ("pbx-1", "desk-7", "phone-7")
    assert offer["data"] == {"crm": "4711"}
    assert desk.request("accept", offer=offer["offer"])["t"] == "ok"
    assert pbx.event("accepted")["offer"] == offer["offer"]
    assert pbx.request("position", contact="call-1")["state"] == "connecting"
    assert pbx.request("connected", contact="call-1")["t"] == "ok"
    assert desk.event("connected")["contact"] == "call-1"
    assert pbx.request("end", contact="call-1")["t"] == "ok"
    assert desk.event("talk_over")["wrap_up_ms"] == 30_000
    assert desk.request("complete", contact="call-1", gateway="pbx-1", codes=["lost"], resolved="yes")["t"] == "ok"
    status = pbx.request("status", queue="cards")
    (cards,) = status["queues"]
    assert (cards["answered"], cards["arrived"], status["contacts"]) == (1, 1, 0)
    # A new visit is offered to her again, so she is free.
    pbx.request("enqueue", contact="call-2", queue="cards")
    assert desk.event("offer")["contact"] == "call-2"


def test_a_number_counts_once(gateways: tuple[SecondClient, SecondClient]) -> None:
    """The same request under the same number gets the same reply, and there is one contact and one offer."""
    pbx, desk = gateways
    first = pbx.request("enqueue", contact="call-1", queue="cards")
    assert pbx.again(2, "enqueue", contact="call-1", queue="cards") == first
    assert pbx.request("status")["contacts"] == 1
    desk.event("offer")
    desk.ping()
    assert desk.events == []


def test_coming_back(daemon: RealDaemon, gateways: tuple[SecondClient, SecondClient]) -> None:
    """After a lost connection: the tail under its numbers, the list, and the engine's whole state in
    answer."""
    pbx, desk = gateways
    pbx.request("enqueue", contact="call-1", queue="cards")
    offer = desk.event("offer")
    assert desk.request("accept", offer=offer["offer"])["t"] == "ok"
    pbx.close()
    with closing(connect(daemon, "pbx-1")) as again:
        # The reply to number 2 might have been lost: the same number gets it. Number 3 is new, and too early.
        assert again.again(2, "enqueue", contact="call-1", queue="cards")["t"] == "queued"
        assert again.again(3, "connected", contact="call-1")["code"] == "not_synced"
        listed = {"contact": "call-1", "queue": "cards"}
        assert again.again(4, "sync", contacts=[listed])["t"] == "ok"
        assert again.again(5, "sync_end") == {"t": "synced", "re": 5, "contacts": 1, "endpoints": 0, "lost": 0}
        state = again.event("state")
        assert [(live["offer"], live["state"]) for live in state["offers"]] == [(offer["offer"], "connecting")]
        assert again.again(6, "connected", contact="call-1")["t"] == "ok"
        assert desk.event("connected")["offer"] == offer["offer"]


def test_after_a_crash_everything_is_there(daemon: RealDaemon, gateways: tuple[SecondClient, SecondClient]) -> None:
    """kill -9, a new start with a higher epoch: the contact that was acknowledged waits, the agent is
    signed in."""
    pbx, desk = gateways
    assert desk.request("not_ready", agent="anna", reason="break")["t"] == "ok"
    assert pbx.request("enqueue", contact="call-1", queue="cards")["t"] == "queued"
    epoch = pbx.welcome["epoch"]
    daemon.kill()
    daemon.start()
    with closing(connect(daemon, "pbx-1")) as pbx_again, closing(connect(daemon, "desk-7")) as desk_again:
        assert pbx_again.welcome["epoch"] > epoch
        assert pbx_again.again(2, "enqueue", contact="call-1", queue="cards") == {"t": "already", "re": 2}
        pbx_again.again(3, "sync", contacts=[{"contact": "call-1", "queue": "cards"}])
        pbx_again.again(4, "sync_end")
        desk_again.again(5, "sync", endpoints=[{"endpoint": "phone-7", "agent": "anna"}])
        desk_again.again(6, "sync_end")
        assert desk_again.again(7, "ready", agent="anna")["t"] == "ok"
        assert desk_again.event("offer")["contact"] == "call-1"


def test_a_wrong_key_is_refused(daemon: RealDaemon) -> None:
    """A name that has a key is nobody else's: the engine's own proof does not fit the wrong key."""
    with pytest.raises(Refused):
        SecondClient(daemon.host, daemon.port, "pbx-1", "i", b"another key altogether")
    with pytest.raises(Refused, match="wrong_key"):
        SecondClient(daemon.host, daemon.port, "pbx-1", "i")


class Terminal:
    """What `nc -U` is: lines to the people's socket and back."""

    def __init__(self, daemon: RealDaemon) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(str(daemon.people))
        self._file = self.socket.makefile("rb")

    def type(self, line: str) -> None:
        self.socket.sendall(line.encode() + b"\n")

    def read(self) -> dict[str, Any]:
        line: dict[str, Any] = json.loads(self._file.readline())
        return line

    def close(self) -> None:
        self._file.close()
        self.socket.close()


CHANGING = {"epoch", "version", "waited_ms"}
"""What differs from one run to the next."""


def conversation(heading: str) -> list[tuple[str, str, str]]:
    """The lines of one of the page's conversations: who, `->` or `<-`, the JSON."""
    part = PAGE.split(f"### {heading}\n")[1].split("\n### ")[0]
    return re.findall(r"^(\S*) *(->|<-) (\{.*\})$", part, re.MULTILINE)


@pytest.mark.parametrize("heading", ["One gateway", "Two gateways"])
def test_the_page_s_conversations_happen(daemon: RealDaemon, heading: str) -> None:
    """Each line that the page types is typed, and what comes back is what the page shows, in its order."""
    lines = conversation(heading)
    assert len(lines) > 15
    terminals = {who: Terminal(daemon) for who in dict.fromkeys(who for who, _, _ in lines)}
    offer = ""
    try:
        for who, way, line in lines:
            shown = line.replace('"offer":"1-7"', f'"offer":"{offer}"')
            if way == "->":
                terminals[who].type(shown)
                continue
            said, expected = terminals[who].read(), json.loads(shown)
            if said["t"] == "offer" and not offer:
                offer = expected["offer"] = said["offer"]
            for field in CHANGING:
                assert (field in said) >= (field in expected)
                said.pop(field, None)
                expected.pop(field, None)
            assert said == expected
    finally:
        for terminal in terminals.values():
            terminal.close()
