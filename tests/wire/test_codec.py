"""Every frame is a message or a fault with its code, path and number; the frames are written with another
codec."""

import json
import math
from typing import Any

import msgpack
import pytest

from router.core.commands import Enqueue, Hold
from router.core.effects import Error, Ok
from router.wire.codec import (
    FRAMES,
    LINES,
    Codec,
    decode_reply,
    encode_frame,
    line_of_frame,
)
from router.wire.explain import UNDECODABLE, Fault
from router.wire.frames import FRAME_BYTES_MAX
from router.wire.messages import Ping

GOOD = {"t": "enqueue", "seq": 7, "contact": "c-1", "queue": "cards"}


def fault_of(frame: bytes, codec: Codec = FRAMES) -> Fault:
    """Why this frame is no message; fails where it is one."""
    with pytest.raises(UNDECODABLE) as error:
        codec.decode(frame)
    return codec.explain(frame, error.value)


def without(field: str) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name != field}


def with_raw(value: bytes) -> bytes:
    """The good message with `queue` written as these bytes."""
    start: bytes = msgpack.packb(without("queue"))[1:]
    key: bytes = msgpack.packb("queue")
    return b"\x84" + start + key + value


def test_a_good_frame_is_its_message() -> None:
    """What another codec wrote is the typed message, defaults filled in."""
    assert FRAMES.decode(msgpack.packb(GOOD)) == Enqueue(7, "c-1", "cards")
    assert LINES.decode(json.dumps(GOOD).encode()) == Enqueue(7, "c-1", "cards")


def changed(**fields: Any) -> dict[str, Any]:
    return GOOD | fields


def occupy(**fields: Any) -> dict[str, Any]:
    return {"t": "occupy", "seq": 7, "endpoint": "e", "kind": "personal"} | fields


MISTAKES = [
    (changed(t="enqeue"), "unknown_type", "enqeue"),
    (changed(t="gateway_up"), "unknown_type", "gateway_up"),
    (changed(t=5), "unknown_type", "$.t"),
    (without("t"), "unknown_type", "`t`"),
    (changed(colour=1), "unknown_field", "colour"),
    ({"t": "sync", "seq": 7, "contacts": [without("seq")]}, "unknown_field", "$.contacts[0]"),
    (without("contact"), "bad_message", "`contact`"),
    (changed(priority_s=1.5), "bad_message", "$.priority_s"),
    (changed(priority_s=True), "bad_message", "$.priority_s"),
    (changed(priority_s=-1), "bad_message", "$.priority_s"),
    (changed(waited_ms=2**63), "bad_message", "$.waited_ms"),
    (changed(held=1), "bad_message", "$.held"),
    (changed(contact=""), "bad_id", "$.contact"),
    (changed(contact="x" * 65), "bad_id", "$.contact"),
    (changed(contact="a\nb"), "bad_id", "$.contact"),
    (changed(contact="a\n"), "bad_id", "$.contact"),
    (changed(contact="a\0"), "bad_id", "$.contact"),
    (changed(contact="a\u202eb"), "bad_id", "$.contact"),
    (changed(contact="a b"), "bad_id", "$.contact"),
    (changed(contact="ä"), "bad_id", "$.contact"),
    (changed(queue=""), "bad_message", "$.queue"),
    (changed(queue="x" * 65), "bad_message", "$.queue"),
    (changed(needs={"english": 0}), "bad_message", "$.needs"),
    (changed(needs={"english": 11}), "bad_message", "$.needs"),
    (changed(needs={"s" * 65: 1}), "bad_message", "$.needs"),
    (changed(needs={f"s{number}": 1 for number in range(17)}), "bad_message", "$.needs"),
    (changed(data={"k": 1}), "bad_message", "$.data"),
    (changed(data={"": "v"}), "bad_message", "$.data"),
    (occupy(units=-1), "bad_message", "$.units"),
    (occupy(units=10**9), "bad_message", "$.units"),
    (occupy(kind="holiday"), "bad_message", "$.kind"),
]
"""A message, the code it must get, and what its error must name."""


@pytest.mark.parametrize(("message", "code", "where"), MISTAKES)
def test_what_is_wrong_in_a_message_is_named(message: dict[str, Any], code: str, where: str) -> None:
    """A map that is no message has a code, says where, and keeps its number; in JSON too."""
    for fault in (fault_of(msgpack.packb(message)), fault_of(json.dumps(message).encode(), LINES)):
        assert (fault.code, fault.re) == (code, 7)
        assert where in fault.detail


TOLD = [
    ({"t": "hello", "name": "pbx-1", "role": "gatway", "instance": "a1"}, "use desk, gateway, monitor or supervisor"),
    (occupy(kind="holiday"), "use dialler, internal, outbound or personal"),
    (changed(contact="a b"), "Expected an id - at `$.contact`"),
]
"""A message, and what its error adds to the decoder's own words."""


@pytest.mark.parametrize(("message", "said"), TOLD)
def test_an_error_says_what_would_be_right(message: dict[str, Any], said: str) -> None:
    """The values that a field may have are named, and nobody has to read a regular expression."""
    for fault in (fault_of(msgpack.packb(message)), fault_of(json.dumps(message).encode(), LINES)):
        assert said in fault.detail


@pytest.mark.parametrize(("said", "meant"), [("Enqueue", "enqueue"), ("logIn", "log_in"), ("sync-end", "sync_end")])
def test_a_type_in_other_letters_is_recognised(said: str, meant: str) -> None:
    """Case and what joins words differ between languages; what no message is called stays unknown."""
    assert fault_of(msgpack.packb(changed(t=said))).detail.endswith(f"write it {meant}")
    assert "write" not in fault_of(msgpack.packb(changed(t="queue"))).detail


def test_a_person_is_told_the_remedy() -> None:
    """A line says what to do about an error; a frame leaves that to the table of the protocol page."""
    pieces: list[bytes] = []
    LINES.append(pieces, Error(6, "unknown_queue", "card"))
    assert json.loads(b"".join(pieces))["remedy"] == "name a queue of the configuration"


@pytest.mark.parametrize(
    "number", [0, -1, 2**53 + 1, 2**63, 2**64 - 1, 7.0, math.nan, math.inf, True, "7", None, [7], {"a": 7}]
)
def test_a_number_that_is_none_is_not_answered_to(number: Any) -> None:
    """The reply to a message whose `seq` is no number within its range carries 0."""
    fault = fault_of(msgpack.packb(changed(seq=number)))
    assert (fault.code, fault.re) == ("bad_message", 0)
    assert "$.seq" in fault.detail
    assert fault_of(msgpack.packb(without("seq"))).re == 0


@pytest.mark.parametrize("duration", [1.0, math.nan, math.inf, -math.inf])
def test_no_field_takes_a_float(duration: float) -> None:
    """Not-a-number and infinities fall to the type, as every float does."""
    fault = fault_of(msgpack.packb(changed(waited_ms=duration)))
    assert (fault.code, fault.re) == ("bad_message", 7)


@pytest.mark.parametrize(
    "frame",
    [
        b"\xc1",
        b"\xc0",
        b"\x93\x01\x02\x03",
        b"\x05",
        b"\xa3abc",
        b"\xdf\xff\xff\xff\xff",
        b"\xdc\xff\xff" * 500,
        b"\x91" * FRAME_BYTES_MAX,
        b"\xdd\xff\xff\xff\xff" * 13_000,
        msgpack.packb(GOOD)[:-1],
        msgpack.packb(GOOD) + b"\0",
        msgpack.packb(GOOD) + msgpack.packb(GOOD),
        msgpack.packb(GOOD | {"t": "nothing"}) + b"\0",
        msgpack.packb(GOOD | {"seq": 0})[:-1],
        with_raw(b"\x91" * 60_000 + b"\xc0"),
        with_raw(b"\x81\xa1a" * 20_000 + b"\xc0"),
        b"\x80" * FRAME_BYTES_MAX,
        bytes(range(256)),
    ],
)
def test_what_is_no_map_or_not_whole_is_a_bad_frame(frame: bytes) -> None:
    """Garbage, other types, cut frames, trailing bytes and nesting bombs: `bad_frame`, whatever else is
    wrong."""
    assert fault_of(frame).code == "bad_frame"


@pytest.mark.parametrize("text", [b"\xa2\xc0\x80", b"\xa1\xff", b"\xa3\xed\xa0\x80", b"\xa4\xf8\x88\x80\x80"])
def test_bad_utf8_is_a_bad_message(text: bytes) -> None:
    """Overlong, stray and surrogate bytes in a text: the frame is whole, so its number is known."""
    fault = fault_of(with_raw(text))
    assert (fault.code, fault.re) == ("bad_message", 7)


@pytest.mark.parametrize(
    "value",
    [msgpack.packb(msgpack.ExtType(5, b"x")), msgpack.packb(msgpack.Timestamp(2**40, 0)), b"\xc7\xff\x05" +
    b"x" * 255],
)  # fmt: skip
def test_extension_types_are_a_bad_message(value: bytes) -> None:
    """No field takes an extension, nor a time of the year 36812."""
    fault = fault_of(with_raw(value))
    assert (fault.code, fault.re) == ("bad_message", 7)


def test_of_a_key_given_twice_the_last_value_counts() -> None:
    """The stated outcome of duplicate keys; of two types none can be meant."""
    twice = b"\x84\xa1t\xa4hold\xa3seq\x01\xa7contact\xa1a\xa7contact\xa1b"
    assert FRAMES.decode(twice) == Hold(1, "b")
    fault = fault_of(b"\x84\xa1t\xa4hold\xa3seq\x01\xa7contact\xa1a\xa1t\xa4ping")
    assert (fault.code, fault.re) == ("unknown_type", 1)
    assert LINES.decode(b'{"t":"hold","seq":1,"contact":"a","contact":"b"}') == Hold(1, "b")


def test_details_are_short() -> None:
    """An error names the mistake and does not send a frame back."""
    fault = fault_of(msgpack.packb({"t": "x" * 60_000, "seq": 2}))
    assert fault.re == 2
    assert len(fault.detail) <= 200


@pytest.mark.parametrize(
    "line", [b"hello", b"[1,2]", b'{"t":"ping"', b'{"t":"ping"} x', b"[" * 60_000, b'{"t":"\\ud800"}']
)
def test_a_slip_in_a_line_is_a_bad_message(line: bytes) -> None:
    """A person's typing error does not end the conversation."""
    assert fault_of(line, LINES).code == "bad_message"


def test_replies_are_frames_that_another_codec_reads() -> None:
    """A length and one map, defaults left out; a line is the same in JSON."""
    pieces: list[bytes] = []
    FRAMES.append(pieces, Ok(5))
    FRAMES.append(pieces, Error(6, "gone"))
    written = b"".join(pieces)
    assert int.from_bytes(written[:4], "big") == len(pieces[1])
    assert msgpack.unpackb(pieces[1]) == {"t": "ok", "re": 5}
    assert msgpack.unpackb(pieces[3]) == {"t": "error", "re": 6, "code": "gone"}
    pieces.clear()
    LINES.append(pieces, Ok(5))
    assert b"".join(pieces) == b'{"t":"ok","re":5}\n'
    assert line_of_frame(encode_frame(Ok(5))) == b'{"t":"ok","re":5}\n'


def test_a_client_skips_what_it_does_not_know() -> None:
    """Unknown types are None and unknown fields ignored; a broken frame is an error."""
    assert decode_reply(msgpack.packb({"t": "ok", "re": 1, "new": 2})) == Ok(1)
    assert decode_reply(msgpack.packb({"t": "brand_new", "x": 1})) is None
    with pytest.raises(ValueError, match="truncated"):
        decode_reply(msgpack.packb({"t": "ok", "re": 1})[:-1])


def test_session_messages_are_in_the_union() -> None:
    """One decoder reads commands and the session's own messages."""
    assert FRAMES.decode(msgpack.packb({"t": "ping", "seq": 4})) == Ping(4)
