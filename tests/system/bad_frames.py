"""What bad clients send, made with the msgpack package and by hand, and the outcome that each must have.

Data only: tests/system/test_bad_input.py sends it.
"""

import math
import random
import struct
from typing import Any

import msgpack

from tests.system.raw import frame_of

ENQUEUE = {"t": "enqueue", "seq": 7, "contact": "c-1", "queue": "cards"}


def changed(**fields: Any) -> bytes:
    """A good enqueue but for these fields."""
    payload: bytes = msgpack.packb(ENQUEUE | fields)
    return payload


def with_raw(value: bytes) -> bytes:
    """The enqueue with `queue` written as these bytes."""
    others = {name: value for name, value in ENQUEUE.items() if name != "queue"}
    start: bytes = msgpack.packb(others)[1:]
    key: bytes = msgpack.packb("queue")
    return b"\x84" + start + key + value


def hello_of(**fields: Any) -> bytes:
    """A hello as a frame, good but for these fields."""
    return frame_of({"t": "hello", "name": "x", "role": "gateway", "instance": "i"} | fields)


def framed(payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + payload


CLOSING = {
    "length 0": (b"\0\0\0\0", "bad_frame"),
    "length 2^32-1": (b"\xff\xff\xff\xff", "frame_too_large"),
    "length cap+1": ((65_537).to_bytes(4, "big"), "frame_too_large"),
    "10^6 deep": (framed(b"\x91" * 1_000_000), "frame_too_large"),
    "1 MB of empty maps in one frame": (framed(b"\x80" * 1_000_000), "frame_too_large"),
    "10^5 skills": (framed(changed(needs={f"s{number}": 1 for number in range(100_000)})), "frame_too_large"),
    "no MessagePack": (framed(b"\xc1\xc1\xc1"), "bad_frame"),
    "garbage": (framed(random.Random(1).randbytes(5_000)), "bad_frame"),
    "cut within its length": (framed(changed()[:-1]), "bad_frame"),
    "trailing bytes": (framed(changed() + b"\0"), "bad_frame"),
    "two maps": (framed(changed() + changed()), "bad_frame"),
    "not a map": (framed(msgpack.packb([1, 2])), "bad_frame"),
    "500 nested array16 headers": (framed(b"\xdc\xff\xff" * 500), "bad_frame"),
    "65,000 deep": (framed(b"\x91" * 65_000), "bad_frame"),
    "65,000 deep in a field": (framed(with_raw(b"\x91" * 65_000)), "bad_frame"),
    "500 nested array16 headers in a field": (framed(with_raw(b"\xdc\xff\xff" * 500)), "bad_frame"),
    "20,000 nested maps in a field": (framed(with_raw(b"\x81\xa1a" * 20_000 + b"\xc0")), "bad_frame"),
    "map32 of 2^32-1": (framed(b"\xdf\xff\xff\xff\xff"), "bad_frame"),
    "13,000 array32 headers of 2^32-1": (framed(with_raw(b"\xdd\xff\xff\xff\xff" * 13_000)), "bad_frame"),
    "a second hello": (hello_of(), "second_hello"),
}
"""What ends the connection, after it was let in, with its code."""

ANSWERED = {
    "2^63": (changed(waited_ms=2**63), "bad_message", 7),
    "2^64-1": (changed(waited_ms=2**64 - 1), "bad_message", 7),
    "-2^63": (changed(waited_ms=-(2**63)), "bad_message", 7),
    "seq 2^63": (changed(seq=2**63), "bad_message", 0),
    "seq 0": (changed(seq=0), "bad_message", 0),
    "NaN": (changed(waited_ms=math.nan), "bad_message", 7),
    "infinity": (changed(waited_ms=math.inf), "bad_message", 7),
    "infinity below": (changed(waited_ms=-math.inf), "bad_message", 7),
    "float for int": (changed(waited_ms=1.0), "bad_message", 7),
    "bool for int": (changed(waited_ms=True), "bad_message", 7),
    "int for bool": (changed(held=1), "bad_message", 7),
    "int for str": (changed(queue=5), "bad_message", 7),
    "id empty": (changed(contact=""), "bad_id", 7),
    "id of 65": (changed(contact="x" * 65), "bad_id", 7),
    "id with a control character": (changed(contact="a\nb"), "bad_id", 7),
    "id with NUL": (changed(contact="a\0"), "bad_id", 7),
    "id from right to left": (changed(contact="a\u202eb"), "bad_id", 7),
    "queue of 65": (changed(queue="x" * 65), "bad_message", 7),
    "invalid UTF-8": (with_raw(b"\xa2\xff\xfe"), "bad_message", 7),
    "overlong UTF-8": (with_raw(b"\xa2\xc0\x80"), "bad_message", 7),
    "UTF-8 surrogate": (with_raw(b"\xa3\xed\xa0\x80"), "bad_message", 7),
    "unknown field": (changed(colour="red"), "unknown_field", 7),
    "a wide map": (changed(**{f"k{number}": 1 for number in range(5_000)}), "unknown_field", 7),
    "unknown type": (changed(t="enqeue"), "unknown_type", 7),
    "internal type": (changed(t="gateway_down"), "unknown_type", 7),
    "no type": (msgpack.packb({"seq": 7}), "unknown_type", 7),
    "two types": (b"\x83\xa1t\xa4hold\xa3seq\x07\xa1t\xa4ping", "unknown_type", 7),
    "ext type": (with_raw(msgpack.packb(msgpack.ExtType(5, b"x"))), "bad_message", 7),
    "far timestamp": (with_raw(msgpack.packb(msgpack.Timestamp(2**40, 0))), "bad_message", 7),
    "capacity negative": (
        msgpack.packb({"t": "occupy", "seq": 7, "endpoint": "e", "kind": "personal", "units": -1}),
        "bad_message",
        7,
    ),
    "capacity 10^9": (
        msgpack.packb({"t": "occupy", "seq": 7, "endpoint": "e", "kind": "personal", "units": 10**9}),
        "bad_message",
        7,
    ),
    "1,000 skills": (changed(needs={f"s{number}": 1 for number in range(1_000)}), "bad_message", 7),
    "skill level 11": (changed(needs={"cards": 11}), "bad_message", 7),
    "data of 3 KiB": (changed(data={"a": "v" * 1500, "b": "v" * 1500}), "data_too_large", 7),
    "wrong role": (msgpack.packb({"t": "agents", "seq": 7}), "wrong_role", 7),
    "subscribe as gateway": (msgpack.packb({"t": "subscribe", "seq": 7}), "wrong_role", 7),
    "unknown queue": (changed(queue="crads"), "unknown_queue", 7),
    "another tenant's queue": (changed(queue="shoes"), "unknown_queue", 7),
    "another tenant's agent": (msgpack.packb({"t": "log_in", "seq": 7, "agent": "boris"}), "unknown_agent", 7),
    "unknown offer": (msgpack.packb({"t": "accept", "seq": 7, "offer": "1-99999"}), "unknown_offer", 7),
}
"""What is answered with an error, with its code and number, while the connection lives."""

FIRST = {
    "length cap+1": ((1_025).to_bytes(4, "big"), "frame_too_large"),
    "garbage": (framed(b"\xc1"), "bad_frame"),
    "enqueue before hello": (frame_of(ENQUEUE), "hello_first"),
    "ping before hello": (frame_of({"t": "ping", "seq": 1}), "hello_first"),
    "unknown type": (frame_of({"t": "hallo"}), "unknown_type"),
    "version 0": (hello_of(protocol_least=0, protocol_most=0), "no_common_protocol"),
    "version 999": (hello_of(protocol_least=999, protocol_most=999), "no_common_protocol"),
    "unknown role": (hello_of(role="king"), "bad_message"),
    "name of 65": (hello_of(name="x" * 65), "bad_id"),
    "a later epoch": (hello_of(epoch_seen=2**50), "stale_epoch"),
    "a key, no nonce": (hello_of(name="locked"), "wrong_key"),
}
"""What ends the connection when it is the first thing said."""
