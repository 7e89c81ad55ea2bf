"""The hub: names and who has them, what is decided for whom, admission, and the monitors' log."""

import pytest

from router.core.effects import ContactEvent, OfferCancelled, Ok
from router.server.limits import ServerLimits
from router.server.outbox import Outbox
from router.wire.messages import Hello
from router.wire.proof import proof
from tests.server.fake import STRANGERS, Bench, Client, kinds

ENQUEUE = {"t": "enqueue", "seq": 1, "contact": "c1", "queue": "cards"}


def event(contact: str) -> ContactEvent:
    return ContactEvent(0, contact, "gw1", "cards", "waiting")


class TestNames:
    """One connection has a name."""

    def test_a_second_connection_of_a_name_closes_the_first(self) -> None:
        """The first is told; what it said and was not applied is dropped; the core hears down, then up."""
        bench = Bench()
        first = bench.client().hello()
        bench.drain()
        first.say(ENQUEUE)
        second = bench.client().hello().say(ENQUEUE | {"contact": "c2"})
        assert first.heard()[-1] == {"t": "closing", "code": "replaced"}
        assert kinds(bench.drain()) == ["down replaced", "up", "c2"]
        first.lose()
        assert bench.hub.live["main/gw1"] is second.connection
        assert bench.drain() == []

    def test_replaced_before_the_core_had_heard_of_it(self) -> None:
        """Then it hears of the second one only."""
        bench = Bench()
        bench.client().hello().say(ENQUEUE)
        bench.client().hello().say(ENQUEUE | {"contact": "c2"})
        assert kinds(bench.drain()) == ["up", "c2"]

    def test_the_same_name_of_another_tenant_or_role_is_another_matter(self) -> None:
        """Names are by tenant; within a tenant a name is one client, whatever its role."""
        bench = Bench()
        here, there = bench.client().hello(), bench.client().hello(tenant="shop")
        assert not here.transport.ended
        bench.client().hello(role="desk")
        assert here.transport.ended
        assert not there.transport.ended

    def test_a_reply_to_the_first_never_reaches_the_second(self) -> None:
        """Packed before the second was bound, sent after: it goes nowhere."""
        bench = Bench()
        first = bench.client().hello()
        bench.drain()
        first.say(ENQUEUE)
        bench.drain()
        outbox = Outbox()
        bench.hub.pack([("main/gw1", Ok(1))], outbox)
        second = bench.client().hello()
        bench.drain()
        bench.hub.send(outbox)
        assert [each["t"] for each in second.heard()] == ["welcome"]
        assert bench.hub.undelivered == 1

    def test_nothing_is_for_a_connection_before_its_first_turn(self) -> None:
        """What is decided after it was let in, and before the core has heard of it, is not for it."""
        bench = Bench()
        client = bench.client().hello()
        bench.deliver(("main/gw1", OfferCancelled("o", "c", "moved")))
        assert [each["t"] for each in client.heard()] == ["welcome"]
        bench.drain()
        bench.deliver(("main/gw1", OfferCancelled("o", "c", "moved")))
        assert [each["t"] for each in client.heard()] == ["offer_cancelled"]

    def test_for_nobody(self) -> None:
        """Effects for a client that is gone are dropped and counted."""
        bench = Bench()
        bench.deliver(("main/nobody", Ok(1)))
        assert bench.hub.undelivered == 1


class TestDelivery:
    """Pack and send."""

    def test_one_write_a_connection_in_order(self) -> None:
        """Whatever the order over connections, each gets its own in order, in one piece."""
        bench = Bench()
        one, two = bench.client().hello("one"), bench.client().hello("two")
        bench.drain()
        one.heard(), two.heard()
        writes = one.transport.writes
        bench.deliver(*((f"main/{name}", Ok(number)) for number in range(1, 9) for name in ("one", "two")))
        assert [each["re"] for each in one.heard()] == list(range(1, 9))
        assert [each["re"] for each in two.heard()] == list(range(1, 9))
        assert one.transport.writes == writes + 1

    def test_an_outbox_is_filled_in_several_steps(self) -> None:
        """An open batch collects; its size is known; an empty one is false."""
        bench = Bench()
        client = bench.client().hello()
        bench.drain()
        client.heard()
        outbox = Outbox()
        assert not outbox
        bench.hub.pack([("main/gw1", Ok(1))], outbox)
        bench.hub.pack([("main/gw1", Ok(2))], outbox)
        assert client.heard() == []
        assert outbox.bytes() == 2 * (4 + 10)
        bench.hub.send(outbox)
        assert [each["re"] for each in client.heard()] == [1, 2]


KEYS = {"main/gw1": b"k" * 32}


class TestKeys:
    """Who must prove what, through each kind of door."""

    def auth(self, client: Client, key: bytes, name: str = "gw1") -> None:
        hello = Hello(name=name, role="gateway", instance="i", nonce=b"n" * 16)
        challenge = client.heard()[-1]
        assert challenge["t"] == "challenge"
        client.say({"t": "auth", "proof": proof(key, "client", hello, challenge["nonce"])})

    def test_a_name_with_a_key_proves_it(self) -> None:
        """On any TCP door."""
        bench = Bench(keys=KEYS)
        client = bench.client().hello(nonce=b"n" * 16)
        self.auth(client, b"k" * 32)
        assert client.heard()[-1]["t"] == "welcome"

    def test_a_name_without_a_key_on_a_trusting_door(self) -> None:
        """Is let in."""
        assert Bench(keys=KEYS).client().hello("other").heard()[-1]["t"] == "welcome"

    def test_a_name_without_a_key_on_a_strict_door(self) -> None:
        """Is challenged like any other, and no proof is good: names can't be tried out."""
        bench = Bench(keys=KEYS)
        client = bench.client(STRANGERS).hello("other", nonce=b"n" * 16)
        self.auth(client, b"k" * 32, "other")
        assert client.heard()[-1]["code"] == "wrong_key"
        assert bench.hub.errors == {"wrong_key": 1}

    def test_a_key_is_good_for_its_role_only(self) -> None:
        """Whoever holds a gateway's key can't come as a supervisor with it."""
        bench = Bench(keys=KEYS)
        bench.hub.gate.roles = {"main/gw1": "desk"}
        client = bench.client().hello(nonce=b"n" * 16)
        self.auth(client, b"k" * 32)
        assert client.heard()[-1]["code"] == "wrong_role"

    def test_keys_are_exchanged_whole(self) -> None:
        """A key that was taken away between challenge and proof is not good any more."""
        bench = Bench(keys=KEYS)
        client = bench.client(STRANGERS).hello(nonce=b"n" * 16)
        bench.hub.gate.keys = {}
        self.auth(client, b"k" * 32)
        assert client.heard()[-1]["code"] == "wrong_key"


class TestAdmission:
    """Newcomers are bounded in number and let in at a bounded rate."""

    LIMITS = ServerLimits(newcomers_max=3, hello_burst=2, hellos_per_s=4)

    def test_the_oldest_silent_newcomer_makes_room(self) -> None:
        """Whoever speaks is no newcomer any more and is not pushed out."""
        bench = Bench(self.LIMITS)
        speaking = bench.client().hello()
        silent = [bench.client() for _ in range(4)]
        assert [client.transport.aborted for client in silent] == [True, False, False, False]
        assert not speaking.transport.aborted
        assert bench.hub.errors == {"too_many_connections": 1}

    def test_all_connections_have_a_cap(self) -> None:
        """With nobody silent to make room, the new one goes."""
        bench = Bench(ServerLimits(connections_max=2))
        old = [bench.client().hello(f"gw{number}") for number in range(2)]
        new = bench.client()
        assert new.transport.aborted
        assert not any(client.transport.aborted for client in old)

    def test_hellos_are_answered_at_a_rate_in_order(self) -> None:
        """Two at once, then one each quarter of a second; waiting is not the client's time, and what it sent
        is kept."""
        bench = Bench(self.LIMITS)
        clients = [bench.client().hello(f"gw{number}") for number in range(5)]
        clients[4].send(b"")
        assert [len(client.heard()) for client in clients] == [1, 1, 0, 0, 0]
        assert not clients[4].transport.reading
        welcomes = []
        for _ in range(3):
            bench.hub.advance(0.25)
            welcomes.append([len(client.heard()) for client in clients[2:]])
        assert welcomes == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        assert clients[4].transport.reading

    def test_who_left_while_waiting_takes_no_turn(self) -> None:
        """The next one is let in instead."""
        bench = Bench(self.LIMITS)
        clients = [bench.client().hello(f"gw{number}") for number in range(4)]
        clients[2].lose()
        bench.hub.advance(0.25)
        assert [each["t"] for each in clients[3].heard()] == ["welcome"]

    def test_waiting_long_for_a_welcome_is_not_too_late(self) -> None:
        """The three seconds of the handshake begin anew when it is its turn."""
        bench = Bench(ServerLimits(hello_burst=1, hellos_per_s=0.1), keys={"main/b": b"k"})
        bench.client().hello("a")
        client = bench.client().hello("b", nonce=b"n" * 16)
        for _ in range(42):
            bench.hub.advance(0.25)
        assert [each["t"] for each in client.heard()] == ["challenge"]
        bench.hub.advance(2.25)
        assert client.heard() == []


class TestMonitors:
    """Numbered events, without gaps within an epoch, as far back as they are kept."""

    def monitor(self, bench: Bench, name: str = "m", tenant: str = "main", **subscribe: int) -> Client:
        client = bench.client().hello(name, "monitor", tenant=tenant)
        bench.drain()
        client.heard()
        return client.say({"t": "subscribe", "seq": 1} | subscribe)

    def numbers(self, client: Client) -> list[int]:
        return [each["number"] for each in client.heard() if each["t"] == "contact_event"]

    def test_events_are_numbered_and_sent_to_all_who_follow(self) -> None:
        """From 1, in order, one write each; `resumed` says from where."""
        bench = Bench()
        assert not bench.hub.monitors.wanted
        one, two = self.monitor(bench, "one"), self.monitor(bench, "two")
        assert bench.hub.monitors.wanted
        assert one.heard() == [{"t": "resumed", "re": 1, "epoch": 7, "from_number": 1}]
        bench.deliver(*(("*monitor", event(f"c{number}")) for number in range(3)))
        assert self.numbers(one) == self.numbers(two) == [1, 2, 3]

    def test_who_comes_back_in_time_misses_nothing(self) -> None:
        """From the one after the last it saw."""
        bench = Bench()
        self.monitor(bench).lose()
        bench.deliver(*(("*monitor", event(f"c{number}")) for number in range(5)))
        back = self.monitor(bench, epoch=7, after=2)
        assert self.numbers(back) == [3, 4, 5]

    @pytest.mark.parametrize(("epoch", "after"), [(0, 0), (6, 3), (7, 99), (7, 1)])
    def test_who_can_not_be_caught_up_starts_from_now(self, epoch: int, after: int) -> None:
        """Another epoch, a number from nowhere, or one that is kept no more: from the next event on."""
        bench = Bench(ServerLimits(events_max=2))
        self.monitor(bench).lose()
        bench.deliver(*(("*monitor", event(f"c{number}")) for number in range(5)))
        back = self.monitor(bench, epoch=epoch, after=after)
        assert back.heard() == [{"t": "resumed", "re": 1, "epoch": 7, "from_number": 6}]

    def test_the_log_is_bounded_in_bytes_too(self) -> None:
        """Old events make room."""
        bench = Bench(ServerLimits(events_bytes_max=200))
        self.monitor(bench).lose()
        bench.deliver(*(("*monitor", event(f"c{number}")) for number in range(9)))
        assert self.numbers(self.monitor(bench, epoch=7, after=7)) == [8, 9]

    def test_events_wait_for_their_batch(self) -> None:
        """What is numbered and not kept yet is read by nobody, not even by who subscribes meanwhile."""
        bench = Bench()
        self.monitor(bench, "early")
        outbox = Outbox()
        bench.hub.pack([("*monitor", event("c1"))], outbox)
        late = self.monitor(bench, "late", epoch=7, after=0)
        assert self.numbers(late) == []
        bench.hub.send(outbox)
        assert self.numbers(late) == [1]

    def test_a_slow_monitor_is_served_from_the_log(self) -> None:
        """It gets no more than it reads, catches up without a gap, and is cut when the log has overtaken
        it."""
        bench = Bench(ServerLimits(events_max=3_000))
        slow = self.monitor(bench)
        slow.transport.stuck = True
        for _ in range(4):
            bench.deliver(*(("*monitor", event(f"c{number}")) for number in range(500)))
        assert len(slow.transport.written) < 150_000
        slow.transport.read_all()
        assert self.numbers(slow) == list(range(1, 2001))
        slow.transport.stuck = True
        for _ in range(10):
            bench.deliver(*(("*monitor", event(f"c{number}")) for number in range(500)))
        slow.transport.read_all()
        assert slow.transport.aborted
        assert bench.hub.errors == {"too_slow_reader": 1}

    def test_tenants_see_their_own(self) -> None:
        """Events of another tenant are in another log; those that name none are of the main one."""
        bench = Bench()
        ours, theirs = self.monitor(bench, "a"), self.monitor(bench, "b", "shop")
        bench.deliver(("*monitor", event("c1")), ("shop/*monitor", event("c2")), ("main/*monitor", event("c3")))
        assert [each.get("contact") for each in ours.heard()] == [None, "c1", "c3"]
        assert [each.get("contact") for each in theirs.heard()] == [None, "c2"]

    def test_when_nobody_has_followed_for_long_no_events_are_wanted(self) -> None:
        """And who comes back after that learns that there is a gap."""
        bench = Bench(ServerLimits(events_kept_s=2.0))
        self.monitor(bench).lose()
        bench.deliver(("*monitor", event("c1")))
        bench.hub.advance(1.5)
        assert bench.hub.monitors.wanted
        bench.hub.advance(1.0)
        assert not bench.hub.monitors.wanted
        back = self.monitor(bench, epoch=7, after=1)
        assert back.heard()[0]["from_number"] == 3
        bench.deliver(("*monitor", event("c2")))
        assert self.numbers(back) == [3]


def test_closing_all_tells_everybody_when_to_come_back() -> None:
    """Newcomers too."""
    bench = Bench()
    clients = [bench.client().hello(), bench.client()]
    clients[0].heard()
    bench.hub.close_all("stopping", 500)
    for client in clients:
        assert client.heard() == [{"t": "closing", "code": "stopping", "retry_ms": 500}]
        assert client.transport.ended
    assert bench.hub.errors == {}
