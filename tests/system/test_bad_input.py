"""Bad input against a live server: each kind has its stated outcome, costs no memory to speak of, harms nobody else and
is counted by a reason.

What bad clients send is in tests/system/bad_frames.py. `live_server` is the one place that knows which program is
tested.
"""

import contextlib
import resource
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from router.server.limits import ServerLimits
from tests.system.bad_frames import ANSWERED, CLOSING, ENQUEUE, FIRST, framed, hello_of
from tests.system.raw import LiveServer, Witness, connect_many, frame_of

MEMORY_MOST = 32 << 20
"""How much a test may add to the server's peak: every cap of one connection together is well under it."""
SLOWEST_MOST_S = 1.0
"""The witness's slowest answer on a machine where others work too; a quiet one takes 0.5 ms."""


@pytest.fixture(scope="module")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The program under test. It must be alive after all of it, and end well when asked to."""
    server = LiveServer.start(tmp_path_factory.mktemp("live"))
    try:
        yield server
        assert server.process.poll() is None
    finally:
        code = server.stop()
    assert code == 0


@pytest.fixture(autouse=True)
def unharmed(live_server: LiveServer) -> Iterator[None]:
    """Around every test: another connection keeps getting its answers in time, and memory stays within its cap."""
    witness = Witness(live_server)
    live_server.forget_peak()
    before = live_server.rss_bytes()
    yield
    time.sleep(0.05)
    witness.stop()
    assert not witness.failed
    assert witness.answers > 0
    assert witness.worst_s < SLOWEST_MOST_S
    assert live_server.peak_bytes() - before < MEMORY_MOST
    assert live_server.process.poll() is None


@pytest.fixture
def staffed(live_server: LiveServer) -> Iterator[None]:
    """Somebody able is signed in, on a break: contacts are let in and wait."""
    with live_server.connect().gateway("staff") as gateway:
        assert gateway.ask({"t": "attach", "seq": 2, "endpoint": "sip:2", "agent": "carla"})["t"] == "ok"
        assert gateway.ask({"t": "log_in", "seq": 3, "agent": "carla"})["t"] == "ok"
        yield
        assert gateway.ask({"t": "log_out", "seq": 4, "agent": "carla"})["t"] == "ok"


class Counted:
    """Checks that a reason was counted within a block."""

    def __init__(self, server: LiveServer, reason: str) -> None:
        self._server = server
        self._reason = reason

    def __enter__(self) -> None:
        self._before = self._server.errors().get(self._reason, 0)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            return
        until = time.monotonic() + 5
        while self._server.errors().get(self._reason, 0) <= self._before:
            assert time.monotonic() < until, f"{self._reason} was not counted: {self._server.errors()}"
            time.sleep(0.01)


@pytest.mark.parametrize("what", CLOSING)
def test_it_ends_the_connection_with_its_code(live_server: LiveServer, what: str) -> None:
    """An error that says so, then the end."""
    data, code = CLOSING[what]
    with Counted(live_server, code), live_server.connect().gateway("bad") as bad:
        bad.send(data)
        heard = bad.closes()
    assert [(each["code"], each["closes"]) for each in heard] == [(code, True)]


@pytest.mark.parametrize("what", ANSWERED)
def test_it_is_answered_and_the_connection_lives(live_server: LiveServer, what: str) -> None:
    """An error with the message's number, and the next ping has its answer."""
    payload, code, number = ANSWERED[what]
    with Counted(live_server, code), live_server.connect().gateway("bad") as bad:
        bad.send(framed(payload))
        error = bad.hear_until("error")
        assert (error["code"], error["re"]) == (code, number)
        assert not error.get("closes")
        assert bad.ask({"t": "ping", "seq": 99})["t"] == "pong"


@pytest.mark.parametrize("what", FIRST)
def test_it_ends_the_connection_before_it_began(live_server: LiveServer, what: str) -> None:
    """Before somebody is let in, every error is the end."""
    data, code = FIRST[what]
    with Counted(live_server, code), live_server.connect() as bad:
        bad.send(data)
        heard = bad.closes()
    assert [(each["code"], each["closes"]) for each in heard] == [(code, True)]


def test_a_wrong_proof(live_server: LiveServer) -> None:
    """Challenged, answered wrong, ended."""
    with Counted(live_server, "wrong_key"), live_server.connect() as bad:
        assert bad.hello("locked", nonce=b"n" * 16)["t"] == "challenge"
        bad.say({"t": "auth", "proof": b"\0" * 32})
        assert [each["code"] for each in bad.closes()] == ["wrong_key"]


def test_of_a_key_given_twice_the_last_counts(live_server: LiveServer, staffed: None) -> None:
    """The stated outcome of duplicate keys: the contact is the second one."""
    with live_server.connect().gateway("twice") as gateway:
        twice = b"\x85\xa1t\xa7enqueue\xa3seq\x07\xa5queue\xa5cards\xa7contact\xa5first\xa7contact\xa6second"
        gateway.send(framed(twice))
        assert gateway.hear()["contact"] == "second"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "http"),
        (b"POST /v1/contacts HTTP/1.1\r\n\r\n{}", "http"),
        (bytes.fromhex("16030100c8010000c40303") + b"\0" * 194, "tls"),
    ],
)
def test_other_protocols_on_the_plain_port(live_server: LiveServer, data: bytes, reason: str) -> None:
    """A clean end without a byte, counted as what it was."""
    with Counted(live_server, reason), live_server.connect() as bad:
        bad.send(data)
        assert bad.closes() == []


def test_a_megabyte_of_tiny_frames(live_server: LiveServer) -> None:
    """200,000 frames of one empty map each: every one is answered, by turns, and nobody else waits for that."""
    with Counted(live_server, "unknown_type"), live_server.connect().gateway("tiny") as bad:
        piece = framed(b"\x80") * 2_000
        for _ in range(100):
            bad.send(piece)
            for _ in range(2_000):
                assert bad.hear()["code"] == "unknown_type"


def test_an_answer_that_needs_no_decision_belongs_to_its_number(live_server: LiveServer) -> None:
    """A message that can't be read is answered as soon as it is read, perhaps before what was asked earlier; each reply
    says to which it belongs."""
    with live_server.connect().gateway("early") as client:
        client.send(frame_of({"t": "status", "seq": 71}) + frame_of({"t": "hallo", "seq": 72}))
        told = {reply["re"]: reply["t"] for reply in (client.hear(), client.hear())}
    assert told == {71: "status", 72: "error"}


def test_truncated_and_reset_in_the_middle_of_a_frame(live_server: LiveServer) -> None:
    """Both are counted; the client's name is free again at once."""
    with Counted(live_server, "truncated"), live_server.connect().gateway("cut") as bad:
        bad.send(frame_of(ENQUEUE)[:-3])
    with Counted(live_server, "reset"), live_server.connect().gateway("cut") as bad:
        bad.send(frame_of(ENQUEUE)[:-3])
        bad.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    live_server.connect().gateway("cut").socket.close()


def test_close_between_command_and_reply(live_server: LiveServer) -> None:
    """A contact whose gateway left before it heard `queued` is there all the same: the same enqueue is no new one."""
    with live_server.connect() as bad:
        hello = {"t": "hello", "name": "leaver", "role": "gateway", "instance": "one"}
        bad.say(hello, {"t": "sync_end", "seq": 1}, ENQUEUE | {"contact": "left-behind"})
    with live_server.connect() as back:
        back.say(hello)
        assert back.hear()["t"] == "welcome"
        back.say({"t": "sync", "seq": 8, "contacts": [{"contact": "left-behind", "queue": "cards"}]})
        back.say({"t": "sync_end", "seq": 9})
        assert back.hear_until("synced")["contacts"] == 1
        position = back.ask({"t": "position", "seq": 10, "contact": "left-behind"})
        assert position["state"] == "waiting"
        back.ask({"t": "end", "seq": 11, "contact": "left-behind"})


def test_the_same_contact_twice(live_server: LiveServer, staffed: None) -> None:
    """With the same body it is answered as before; with another, `conflict`; after its end, `ended`."""
    with live_server.connect().gateway("doubles") as gateway:
        contact = ENQUEUE | {"contact": "twice"}
        assert gateway.ask(contact | {"seq": 10})["t"] == "queued"
        assert gateway.ask(contact | {"seq": 11})["t"] == "queued"
        with Counted(live_server, "conflict"):
            assert gateway.ask(contact | {"seq": 12, "priority_s": 90})["code"] == "conflict"
        assert gateway.ask({"t": "end", "seq": 13, "contact": "twice"})["t"] == "ok"
        assert gateway.ask(contact | {"seq": 14})["code"] == "ended"


def test_offers_that_are_not_yours_or_over(live_server: LiveServer) -> None:
    """Another gateway's offer is `not_yours`, one that is over is `gone`, and nobody is connected by either."""
    with live_server.connect().gateway("pbx") as pbx, live_server.connect().gateway("thief") as thief:
        assert pbx.ask({"t": "attach", "seq": 2, "endpoint": "sip:1", "agent": "anna"})["t"] == "ok"
        assert pbx.ask({"t": "log_in", "seq": 3, "agent": "anna", "ready": True})["t"] == "ok"
        assert pbx.ask(ENQUEUE | {"seq": 4, "contact": "wanted"})["t"] == "queued"
        offer = pbx.hear_until("offer")["offer"]
        with Counted(live_server, "not_yours"):
            assert thief.ask({"t": "accept", "seq": 2, "offer": offer})["code"] == "not_yours"
        assert pbx.ask({"t": "end", "seq": 5, "contact": "wanted"})["t"] == "ok"
        with Counted(live_server, "gone"):
            assert pbx.ask({"t": "accept", "seq": 6, "offer": offer})["code"] == "gone"
        assert pbx.ask({"t": "log_out", "seq": 7, "agent": "anna"})["t"] == "ok"


def test_flood(live_server: LiveServer) -> None:
    """A hundred thousand questions as fast as they go: every one is answered, in order."""
    with live_server.connect().gateway("flood") as bad:
        bad.socket.setblocking(True)
        piece = b"".join(frame_of({"t": "position", "seq": number, "contact": "nobody"}) for number in range(1, 1001))
        for _ in range(100):
            bad.send(piece)
            assert [bad.hear()["re"] for _ in range(1000)] == list(range(1, 1001))


def test_a_client_that_never_reads(live_server: LiveServer) -> None:
    """It is cut when a megabyte waits for it; what it had said until then costs nobody anything."""
    with Counted(live_server, "too_slow_reader"), live_server.connect().gateway("deaf") as bad:
        # A busy machine may leave it unread for a while; being cut ends the wait at once.
        bad.socket.settimeout(20)
        piece = b"".join(frame_of({"t": "agents", "seq": number}) for number in range(1, 2001))
        with contextlib.suppress(OSError):
            for _ in range(2_000):
                bad.socket.sendall(piece)


def test_replaced(live_server: LiveServer) -> None:
    """The first connection of a name is told and ended; the second works."""
    with live_server.connect().gateway("same") as first, live_server.connect().gateway("same") as second:
        assert first.closes() == [{"t": "closing", "code": "replaced"}]
        assert second.ask({"t": "ping", "seq": 1})["t"] == "pong"


@pytest.mark.slow
def test_who_is_slow_is_cut(live_server: LiveServer) -> None:
    """No hello: 3 s. A length and then silence, or one byte a second: 10 s. No byte at all: 10 s, two heartbeats."""
    with contextlib.ExitStack() as opened:
        dumb, half = (opened.enter_context(live_server.connect()) for _ in range(2))
        half.send(b"\0\0\0\x40" + b"x")
        silent, stuck, dripping = (
            opened.enter_context(live_server.connect().gateway(name)) for name in ("silent", "stuck", "dripping")
        )
        for each in (stuck, dripping):
            each.send(b"\0\0\0\x40")
        before = live_server.errors()
        began = time.monotonic()
        while time.monotonic() - began < 9:
            dripping.send(b"x")
            time.sleep(0.5)
        assert [each["code"] for each in dumb.closes()] == ["hello_too_late"]
        assert [each["code"] for each in half.closes()] == ["hello_too_late"]
        assert time.monotonic() - began < 9.5
        for each, code in ((silent, "silent"), (stuck, "silent"), (dripping, "frame_too_slow")):
            heard = [message["code"] for message in each.closes()]
            # A length and then silence is both at once.
            assert heard == [code] or (each is stuck and heard == ["frame_too_slow"])
        assert 9 < time.monotonic() - began < 13
        after = live_server.errors()
        for code, more in (("hello_too_late", 2), ("frame_too_slow", 1), ("silent", 1)):
            assert after.get(code, 0) - before.get(code, 0) >= more


@pytest.mark.slow
def test_ten_thousand_connections_before_authentication(live_server: LiveServer) -> None:
    """The oldest silent ones make room; whoever says hello in the middle of it is let in at once."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))
    crowd: list[socket.socket] = []
    try:
        with Counted(live_server, "too_many_connections"):
            for _ in range(10):
                crowd += connect_many(live_server.port, 1_000)
                with live_server.connect() as honest:
                    assert honest.hello("honest")["t"] == "welcome"
        assert live_server.counts()["connections"] < 2_100
    finally:
        for each in crowd:
            each.close()
    until = time.monotonic() + 10
    while live_server.counts()["connections"] > 5:
        assert time.monotonic() < until, "connections are left behind"
        time.sleep(0.05)


def test_a_thousand_reconnects_at_once(live_server: LiveServer) -> None:
    """After an outage everybody is back in the same moment: all are let in, no faster than the rate, and whoever was
    connected already notices nothing."""
    limits = ServerLimits()
    crowd = connect_many(live_server.port, 1_000)
    try:
        began = time.monotonic()
        for number, each in enumerate(crowd):
            each.settimeout(30)
            each.sendall(hello_of(name=f"back{number}"))
        welcomes = [each.recv(4_096) for each in crowd]
        took_s = time.monotonic() - began
        assert all(b"welcome" in said for said in welcomes)
        assert took_s > 0.95 * (len(crowd) - limits.hello_burst) / limits.hellos_per_s
    finally:
        for each in crowd:
            each.close()


def test_people(live_server: LiveServer) -> None:
    """The socket is its owner's alone; a typing error is answered, a line without end is not kept."""
    assert Path(live_server.people).stat().st_mode & 0o777 == 0o600
    with socket.socket(socket.AF_UNIX) as typing:
        typing.settimeout(5)
        typing.connect(live_server.people)
        with Counted(live_server, "bad_message"):
            typing.sendall(b'{"t":"status", oops\n{"t":"status","seq":1}\n')
            heard = b""
            while heard.count(b"\n") < 2:
                heard += typing.recv(65_536)
        assert b'"code":"bad_message"' in heard
        assert b'"t":"status"' in heard
        with Counted(live_server, "frame_too_large"), contextlib.suppress(OSError):
            typing.sendall(b"x" * 200_000)


def test_the_witness_would_notice(live_server: LiveServer) -> None:
    """The witness itself: it fails when its connection is taken from it."""
    witness = Witness(live_server)
    witness._raw.socket.shutdown(socket.SHUT_RDWR)
    time.sleep(0.1)
    witness.stop()
    assert witness.failed
