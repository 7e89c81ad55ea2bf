"""A connection: what reaches the inbox and when, what stops reading, and how it ends."""

import msgpack
import pytest

from router.core.effects import Ok
from router.server.limits import PEOPLE, ServerLimits
from router.server.outbox import Outbox
from router.wire.frames import FRAMES_A_TURN, frame
from tests.server.fake import Bench, Client, kinds

ENQUEUE = {"t": "enqueue", "seq": 1, "contact": "c1", "queue": "cards"}


def hold(contact: str) -> dict[str, object]:
    return {"t": "hold", "seq": 1, "contact": contact}


def test_commands_reach_the_inbox_in_order() -> None:
    """After hello, GatewayUp first, then what was said, each with the time of reading; one wake for all."""
    bench = Bench()
    client = bench.client().hello()
    client.say(ENQUEUE, hold("c1"))
    assert [each["t"] for each in client.heard()] == ["welcome"]
    times = [read_ns for _, read_ns in client.connection.inbox]
    assert times == sorted(times)
    assert kinds(bench.drain()) == ["up", "c1", "c1"]
    assert bench.woken == 1


def test_one_byte_at_a_time() -> None:
    """Hello and a command cut into single bytes do the same."""
    bench = Bench()
    client = bench.client()
    hello = {"t": "hello", "name": "gw1", "role": "gateway", "instance": "i"}
    for byte in frame(msgpack.packb(hello)) + frame(msgpack.packb(ENQUEUE)):
        client.send(bytes([byte]))
    assert kinds(bench.drain()) == ["up", "c1"]


def test_hello_and_a_large_frame_in_one_chunk() -> None:
    """The small limit holds until the welcome, not until the end of the chunk."""
    bench = Bench()
    client = bench.client()
    client.say(
        {"t": "hello", "name": "gw1", "role": "gateway", "instance": "i"},
        ENQUEUE | {"data": {"k": "v" * 2000}},
    )
    assert kinds(bench.drain()) == ["up", "c1"]


def test_a_large_frame_before_hello_is_refused() -> None:
    """1,025 bytes are too many before hello."""
    client = Bench().client().send((1025).to_bytes(4, "big"))
    (error,) = client.heard()
    assert (error["code"], error["closes"]) == ("frame_too_large", True)
    assert client.transport.ended


def test_ping_overtakes_what_waits() -> None:
    """Its answer is written while commands before it are not applied yet."""
    client = Bench().client().hello().say(ENQUEUE, {"t": "ping", "seq": 5})
    assert client.heard()[-1] == {"t": "pong", "re": 5}
    assert len(client.connection.inbox) == 2


def test_good_commands_before_a_bad_frame_are_applied() -> None:
    """What was read in order counts; then the core hears that the client is gone."""
    bench = Bench()
    bench.client().hello().send(frame(msgpack.packb(ENQUEUE)) + frame(b"\xc1") + frame(msgpack.packb(hold("later"))))
    assert kinds(bench.drain()) == ["up", "c1", "down bad_frame"]
    assert bench.hub.errors == {"bad_frame": 1}


def test_a_bad_message_among_good_ones_is_answered_with_its_number() -> None:
    """The others are untouched."""
    bench = Bench()
    client = bench.client().hello().say(ENQUEUE, {"t": "hold", "seq": 8}, hold("c2"))
    assert client.heard()[1] == {
        "t": "error",
        "re": 8,
        "code": "bad_message",
        "detail": "Object missing required field `contact`",
    }
    assert kinds(bench.drain()) == ["up", "c1", "c2"]
    assert bench.hub.errors == {"bad_message": 1}


@pytest.mark.parametrize(
    ("data", "reason"), [(b"GET / HTTP/1.1\r\n\r\n", "http"), (b"\x16\x03\x01\x02\x00\x01", "tls")]
)
def test_other_protocols_are_closed_without_a_word(data: bytes, reason: str) -> None:
    """A frame would only confuse them; they are counted by what they are."""
    bench = Bench()
    client = bench.client().send(data)
    assert client.transport.written == b""
    assert client.transport.ended
    assert bench.hub.errors == {reason: 1}


class TestFlood:
    """A connection that says more than is applied."""

    def test_a_full_inbox_is_not_read_until_it_is_empty(self) -> None:
        """Above the limit reading stops; once all is applied it goes on, and nothing is lost."""
        bench = Bench(ServerLimits(inbox_commands_max=10))
        client = bench.client().hello()
        client.say(*(hold(f"c{number}") for number in range(40)))
        assert not client.transport.reading
        taken = bench.drain(most=1)
        assert not client.transport.reading
        taken += bench.drain()
        assert client.transport.reading
        assert kinds(taken) == ["up", *(f"c{number}" for number in range(40))]

    def test_large_commands_fill_it_too(self) -> None:
        """The limit in bytes."""
        bench = Bench(ServerLimits(inbox_bytes_max=10_000))
        client = bench.client().hello()
        client.say(*(ENQUEUE | {"data": {"k": "v" * 2000}} for _ in range(5)))
        assert not client.transport.reading

    def test_all_inboxes_together_have_a_limit(self) -> None:
        """Each is under its own, and the second is stopped all the same."""
        bench = Bench(ServerLimits(inboxes_bytes_max=3_000))
        first = bench.client().hello("a").say(ENQUEUE | {"data": {"k": "v" * 2000}})
        second = bench.client().hello("b").say(ENQUEUE | {"data": {"k": "v" * 2000}})
        assert first.transport.reading
        assert not second.transport.reading
        bench.drain()
        assert second.transport.reading
        assert bench.hub.inboxes_bytes == 0

    def test_a_long_chunk_is_read_by_turns(self) -> None:
        """A turn's worth of frames is decoded, then others have theirs; pings of a flood are all answered in
        the end."""
        bench = Bench()
        client = bench.client().hello()
        client.heard()
        client.say(*({"t": "ping", "seq": number} for number in range(1, 601)))
        assert len(client.heard()) == FRAMES_A_TURN
        assert not client.transport.reading
        while bench.loop.soon:
            bench.loop.run_soon()
        assert [each["re"] for each in client.heard()][-1] == 600
        assert client.transport.reading

    def test_turns_go_round(self) -> None:
        """A thousand commands of one connection do not keep another's waiting."""
        bench = Bench()
        loud = bench.client().hello("loud")
        quiet = bench.client().hello("quiet")
        bench.drain()
        loud.say(*(hold(f"c{number}") for number in range(200)))
        quiet.say(hold("mine"))
        assert [peer for peer, _ in bench.drain()][:40].count("main/quiet") == 1


class TestTimers:
    """The hub's clock is moved by hand."""

    def advance(self, bench: Bench, seconds: float) -> None:
        for _ in range(round(seconds / 0.25)):
            bench.hub.advance(0.25)

    def test_no_hello_in_time(self) -> None:
        """Three seconds; told why, counted, closed for good a second later."""
        bench = Bench()
        client = bench.client()
        self.advance(bench, 2.75)
        assert client.heard() == []
        self.advance(bench, 0.25)
        assert client.heard() == [{"t": "closing", "code": "hello_too_late"}]
        assert client.transport.ended
        self.advance(bench, 1.25)
        assert client.transport.aborted
        assert bench.hub.errors == {"hello_too_late": 1}

    def test_a_frame_that_never_ends(self) -> None:
        """One byte a second is cut off after ten, though it is never silent; the core hears of it."""
        bench = Bench()
        client = bench.client().hello()
        client.heard()
        client.send(b"\0\0\x01\0")
        for _ in range(10):
            assert client.heard() == []
            self.advance(bench, 1)
            client.send(b"x")
        self.advance(bench, 0.5)
        assert client.heard() == [{"t": "closing", "code": "frame_too_slow"}]
        assert kinds(bench.drain()) == ["up", "down frame_too_slow"]

    def test_silence(self) -> None:
        """Two heartbeats without a byte; a ping in time keeps it."""
        bench = Bench()
        client = bench.client().hello()
        client.heard()
        self.advance(bench, 8)
        client.say({"t": "ping", "seq": 1})
        self.advance(bench, 9.5)
        assert client.heard() == [{"t": "pong", "re": 1}]
        self.advance(bench, 0.75)
        assert client.heard() == [{"t": "closing", "code": "silent"}]
        assert "main/gw1" not in bench.hub.live

    def test_who_is_not_read_is_not_silent(self) -> None:
        """While we do not listen nothing counts against the client, and afterwards it has its whole time
        again."""
        bench = Bench(ServerLimits(inbox_commands_max=1))
        client = bench.client().hello().say(hold("a"), hold("b"), hold("c"))
        client.heard()
        self.advance(bench, 60)
        assert client.heard() == []
        bench.drain()
        self.advance(bench, 9)
        assert client.heard() == []

    def test_who_is_not_read_is_not_slow(self) -> None:
        """Nor does a frame that we left lying count as on its way."""
        bench = Bench(ServerLimits(inbox_commands_max=1))
        client = bench.client().hello()
        client.heard()
        client.send(b"".join(frame(msgpack.packb(hold(name))) for name in "abc") + b"\0\0\0\x40x")
        self.advance(bench, 60)
        bench.drain()
        self.advance(bench, 9)
        client.send(b"x")
        assert client.heard() == []
        self.advance(bench, 2)
        assert client.heard() == [{"t": "closing", "code": "frame_too_slow"}]

    def test_time_stands_still_while_the_process_does(self) -> None:
        """After a stop of a minute the clock has moved by two ticks."""
        bench = Bench()
        bench.loop.time = lambda: 60.0  # type: ignore[method-assign]  # a minute has passed unseen
        client = bench.client()
        bench.hub._tick()
        assert bench.hub.now_s == 0.5
        assert client.heard() == []


class TestSlowReader:
    """A client that does not read."""

    def test_past_the_cap_it_is_cut_and_others_are_not(self) -> None:
        """What is written to it is dropped, counted, and the core hears of it once."""
        bench = Bench(ServerLimits(unread_bytes_max=100_000))
        slow, quick = bench.client().hello("slow"), bench.client().hello("quick")
        slow.transport.stuck = True
        pings = [{"t": "ping", "seq": number} for number in range(1, 201)]
        for _ in range(60):
            slow.say(*pings)
            quick.say(*pings)
            while bench.loop.soon:
                bench.loop.run_soon()
        assert slow.transport.aborted
        assert len(slow.transport.written) < 110_000
        assert bench.hub.errors == {"too_slow_reader": 1}
        assert not quick.transport.closed
        slow.lose()
        assert kinds(bench.drain()) == ["up", "down too_slow_reader", "up"]

    def test_all_slow_readers_together_have_a_cap(self) -> None:
        """The one that lags most is cut when their sum is too much, each being under its own cap."""
        bench = Bench(ServerLimits(unread_bytes_max=100_000, unreads_bytes_max=150_000))
        clients = [bench.client().hello(f"gw{number}") for number in range(3)]
        for number, client in enumerate(clients):
            client.transport.stuck = True
            client.connection.write(b"x" * (66_000 + number * 1_000))
        assert [client.transport.aborted for client in clients] == [False, False, True]

    def test_reading_again_in_time_is_no_harm(self) -> None:
        """Who lagged and has read counts as lagging no more."""
        bench = Bench()
        client = bench.client().hello()
        client.transport.stuck = True
        client.connection.write(b"x" * 70_000)
        assert list(bench.hub.lagging) == [client.connection]
        client.transport.read_all()
        assert not bench.hub.lagging


class TestTheEnd:
    """Every way a connection goes, and what the core hears."""

    def test_a_lost_connection(self) -> None:
        """Commands that were read are applied, then the core hears that it is gone."""
        bench = Bench()
        client = bench.client().hello().say(ENQUEUE)
        client.lose()
        assert kinds(bench.drain()) == ["up", "c1", "down closed"]
        assert bench.hub.closed == {"closed": 1}
        assert not bench.hub.connections

    def test_a_reset_in_the_middle_of_a_frame(self) -> None:
        """Counted as both."""
        bench = Bench()
        client = bench.client().hello().send(b"\0\0\0\x10abc")
        client.lose(ConnectionResetError())
        assert bench.hub.errors == {"truncated": 1, "reset": 1}

    def test_bye(self) -> None:
        """The core hears that it is for good."""
        bench = Bench()
        client = bench.client().hello().say({"t": "bye"}, ENQUEUE)
        assert kinds(bench.drain()) == ["up", "down bye"]
        assert client.transport.ended
        assert bench.hub.errors == {}

    def test_before_hello_the_core_hears_nothing(self) -> None:
        """Neither of the coming nor of the going."""
        bench = Bench()
        bench.client().send(b"\0\0").lose()
        bench.client().say(ENQUEUE).lose()
        assert bench.drain() == []
        assert bench.hub.errors == {"truncated": 1, "hello_first": 1}

    def test_what_comes_after_the_end_is_thrown_away(self) -> None:
        """While the last words go out, bytes are read and dropped."""
        bench = Bench()
        client = bench.client().hello().say({"t": "hello", "name": "x", "role": "gateway", "instance": "i"})
        client.say(ENQUEUE, ENQUEUE)
        assert [each["t"] for each in client.heard()] == ["welcome", "error"]
        assert kinds(bench.drain()) == ["up", "down second_hello"]
        assert bench.hub.inboxes_bytes == 0

    @pytest.mark.parametrize("end", ["lost", "left"])
    def test_an_answer_that_comes_after_the_end_is_for_nobody(self, end: str) -> None:
        """What is asked outside of the core (records, a hand-over) is answered later: a client that has gone by then
        does no harm."""
        bench = Bench()
        client = bench.client().hello()
        if end == "lost":
            client.lose(ConnectionResetError())
        else:
            client.say({"t": "bye"})
        client.connection.tell(Ok(1))
        assert [each["t"] for each in client.heard()] == ["welcome"]
        assert bench.hub.undelivered == 1


class TestPeople:
    """One JSON object a line."""

    def person(self, bench: Bench) -> Client:
        return bench.client(PEOPLE)

    def test_a_guest_asks_and_reads(self) -> None:
        """No hello: a supervisor under a name that no client can have."""
        bench = Bench()
        client = self.person(bench).send(b'{"t":"status","seq":1}\r\n\nnonsense\n')
        assert kinds(bench.drain()) == ["up", "status"]
        assert client.connection.peer == "main/~1"
        assert client.transport.written.startswith(b'{"t":"error","re":0,"code":"bad_message"')
        assert not client.transport.ended

    def test_replies_come_after_the_input_has_ended(self) -> None:
        """`echo ... | nc -U`: the connection is closed when the last reply is out, and not before."""
        bench = Bench()
        client = self.person(bench).send(b'{"t":"status","seq":1}\n')
        assert client.connection.eof_received()
        outbox = Outbox()
        taken = bench.drain()
        assert kinds(taken) == ["up", "status", "down closed"]
        bench.hub.pack([("main/~1", Ok(1))], outbox)
        assert not client.transport.closed
        bench.hub.send(outbox)
        assert client.transport.written == b'{"t":"ok","re":1}\n'
        assert client.transport.closed
        client.lose()
        assert bench.drain() == []

    def test_names_of_guests_are_used_again(self) -> None:
        """So that a thousand questions from a shell do not make a thousand names; the core hears them in order."""
        bench = Bench()
        for _ in range(3):
            person = self.person(bench).send(b'{"t":"status","seq":1}\n')
            other = self.person(bench)
            assert person.connection.session.guest is not None
            assert person.connection.peer == "main/~1"
            person.lose()
            other.lose()
        assert kinds(bench.drain()) == ["up", "status", "down closed"] * 3

    def test_without_a_word_the_end_is_the_end(self) -> None:
        """Nothing was asked, so nothing is waited for."""
        assert not self.person(Bench()).connection.eof_received()
